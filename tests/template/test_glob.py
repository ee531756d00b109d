"""File name patterns, alone and against the real Helm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyhelm.chart import load
from pyhelm.template import render
from pyhelm.template.glob import Glob, GlobError
from tests.template.charts import helm_renders, write

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [
    "a.txt",
    "b.yaml",
    "conf/a.txt",
    "conf/b.txt",
    "conf/deep/a.txt",
    "conf/deep/c-1.yaml",
    "x y.txt",
    "[z].txt",
    "e",
]
PATTERNS = [
    "*", "**", "*.txt", "**.txt", "conf/*", "conf/**", "conf/*/*", "**/a.txt", "?.txt", "conf/?.txt", "[ab].*", "[!a]*",
    "[a-b].txt", "[!a-b].*", "{a,b}.*", "conf/{a,deep/a}.txt", "{conf,nope}/**", "*.{txt,yaml}", "\\[z\\].txt",
    "[a.txt", "", "nope", "conf", "**/*-[0-9].yaml", "{a,{b,e}}*", "x y.*", "conf/*a*t", "*/*/*", "[]", "[b-a]",
]  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        pytest.param("a*c", "abc", True, id="star"),
        pytest.param("a*c", "a/c", False, id="star-stops-at-slash"),
        pytest.param("a**c", "a/b/c", True, id="two-stars-do-not"),
        pytest.param("a?c", "a/c", False, id="question-mark-stops-too"),
        pytest.param("[!a]", "/", True, id="set-takes-a-slash"),
        pytest.param("{a,b*}c", "bxc", True, id="alternatives"),
        pytest.param("a\\*", "a*", True, id="escape"),
        pytest.param("a", "ab", False, id="whole-name"),
    ],
)
def test_matches(pattern: str, name: str, fits: bool) -> None:
    assert Glob(pattern).matches(name) is fits


@pytest.mark.parametrize("pattern", ["[a", "[b-a]", "[]", "[!]"])
def test_a_pattern_that_cannot_be_read(pattern: str) -> None:
    with pytest.raises(GlobError):
        Glob(pattern)


def test_many_stars_take_linear_time() -> None:
    assert not Glob("*a" * 50).matches("a" * 49 + "b" * 2000)


def test_same_files_as_helm(helm: Path, tmp_path: Path) -> None:
    quoted = " ".join(f"`{pattern}`" for pattern in PATTERNS)
    each = '"{{ range $name, $_ := $.Files.Glob $p }}{{ $name }};{{ end }}"'
    template = "kind: A\n{{ range $i, $p := list %s }}p{{ $i }}: " + each + "\n{{ end }}"
    files = {
        "Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n",
        "templates/a.yaml": template % quoted,
        **dict.fromkeys(NAMES, "text"),
    }
    folder = write(tmp_path / "c", files)
    ours = render(load(folder), {})["c/templates/a.yaml"].strip()
    assert ours == helm_renders(helm, folder)["c/templates/a.yaml"]
