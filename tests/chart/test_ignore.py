from __future__ import annotations

import itertools
import random
import re
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from pyhelm import chart
from pyhelm.chart import ignore
from pyhelm.chart.gotext import PatternSyntaxError, matches, sanitize
from pyhelm.errors import ChartLoadError
from tests.chart.broken_charts import Content, write

if TYPE_CHECKING:
    from pathlib import Path


# Of Go's own path/filepath: what its documentation says and what its code does at the edges.
@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "a", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/f", True),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[b-d]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^c]", "abc", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a☺b", True),
        ("a[^a]b", "a☺b", True),
        ("a???b", "a☺b", False),
        ("[a-ζ]*", "α", True),
        ("*[a-ζ]", "A", False),
        ("a?b", "a/b", False),
        ("a*b", "a/b", False),
        ("[\\]a]", "]", True),
        ("[\\-x]", "-", True),
        ("[x\\-]", "z", False),
        ("*x", "xxx", True),
        ("[^x]b", "/b", True),
    ],
)
def test_patterns(pattern: str, name: str, *, expected: bool) -> None:
    assert matches(pattern, name) is expected


@pytest.mark.parametrize("pattern", ["[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a["])
def test_bad_patterns(pattern: str) -> None:
    with pytest.raises(PatternSyntaxError):
        matches(pattern, "a")


def test_what_is_not_reached_is_not_checked() -> None:
    assert matches("x*[", "abc") is False


@pytest.mark.parametrize("text", ["a\n**/b\n", "a/**\n"])
def test_double_star_is_refused(text: str) -> None:
    with pytest.raises(ChartLoadError, match=r"^double-star \(\*\*\) syntax is not supported$"):
        ignore.parse(text.encode())


def test_a_very_long_line_is_refused() -> None:
    with pytest.raises(ChartLoadError, match="token too long"):
        ignore.parse(b"a" * 70_000)


def test_spaces_and_unprintable_characters() -> None:
    assert sanitize("a\tb\u00a0c\u200bd\x07é") == "a b cdé"


NAMES = ["a", "b", "ab", ".a", "a.txt", "A b"]


def rules(seed: random.Random) -> str:
    parts = ["a", "b", "*", "?", "*.txt", "[ab]", "[^a]", ".a", "A b", ".*", "?*", "\\a", "x"]
    lines = ["# comment", ""]
    for _ in range(seed.randint(1, 4)):
        line = "/".join(seed.choice(parts) for _ in range(seed.choice([1, 1, 1, 2, 3])))
        lines.append(f"{seed.choice(['', '', '', '/', '!'])}{line}{seed.choice(['', '', '/'])}")
    seed.shuffle(lines)
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(25))
def test_random_rules_keep_the_files_that_helm_keeps(helm: Path, tmp_path: Path, seed: int) -> None:
    choice = random.Random(seed)
    text = rules(choice)
    files: dict[str, Content] = {f"files/{'/'.join(parts)}/f": "" for parts in itertools.product(NAMES, NAMES[:3])}
    files |= dict.fromkeys(NAMES, "") | {f"x/{name}": "" for name in NAMES}
    folder = write(tmp_path / "c", files | {".helmignore": text})
    done = subprocess.run([helm, "package", folder, "-d", tmp_path], capture_output=True, text=True, check=False)
    if done.returncode:
        with pytest.raises(ChartLoadError, match=f"^{re.escape(done.stderr.strip().removeprefix('Error: '))}$"):
            chart.load(folder)
        return
    with tarfile.open(tmp_path / "c-1.0.0.tgz") as archive:
        theirs = {name.removeprefix("c/") for name in archive.getnames()}
    assert {file.name for file in chart.load(folder).raw} == theirs, text
