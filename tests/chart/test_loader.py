from __future__ import annotations

import gzip
import io
import os
import stat
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from pyhelm import chart
from pyhelm.chart.metadata import dump_metadata
from pyhelm.errors import ArchiveError, ChartError, ChartLoadError, ChartNotFoundError, MissingDependenciesError
from tests.chart.broken_charts import CASES, GOOD, SUBCHART, Content, Link, tgz, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(helm: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([helm, *args], capture_output=True, text=True, errors="surrogateescape", check=False)
    lines = done.stderr.splitlines(keepends=True)
    done.stderr = "".join(line for line in lines if not line.startswith("level="))
    return done


def said(action: Callable[[], str | None]) -> str:
    """What an action returns, or the error it ends in as the command line would print it."""
    try:
        return action() or ""
    except ChartError as error:
        return f"Error: {error}\n"


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in CASES.items()])
def test_show_says_what_helm_says(helm: Path, tmp_path: Path, files: dict[str, Content]) -> None:
    folder = write(tmp_path / "c", files)
    theirs = run(helm, "show", "chart", folder)
    ours = said(lambda: dump_metadata(chart.load(folder, detect=False).metadata) + "\n")
    assert ours == theirs.stdout + theirs.stderr


# What only a chart that is about to be rendered is told.
RENDERED = [name for name in CASES if name.startswith(("api-version", "top", "helmignore", "dependenc", "bad-indent"))]


@pytest.mark.parametrize("name", RENDERED)
def test_template_refuses_what_helm_refuses(helm: Path, tmp_path: Path, name: str) -> None:
    folder = write(tmp_path / "c", CASES[name])
    ours = said(lambda: chart.check_dependencies(chart.load(folder)))
    assert ours == run(helm, "template", folder).stderr


ARCHIVES = {
    "good": tgz(("c/Chart.yaml", GOOD)),
    "escape": tgz(("c/../../x", "a"), ("c/Chart.yaml", GOOD)),
    "absolute": tgz(("c//etc/passwd", "a"), ("c/Chart.yaml", GOOD)),
    "flat": tgz(("Chart.yaml", GOOD)),
    "drive": tgz(("c\\c:\\x", "a"), ("c/Chart.yaml", GOOD)),
    "link": tgz(("c/Chart.yaml", GOOD), ("c/files/link", Link("/etc/passwd"))),
    "empty": tgz(),
    "no-chart-yaml": tgz(("c/values.yaml", "a: b")),
    "truncated": tgz(("c/Chart.yaml", os.urandom(4000)))[:2000],
    "wrong-checksum": tgz(("c/Chart.yaml", GOOD))[:-8] + b"\0" * 8,
    "tail": tgz(("c/Chart.yaml", GOOD)) + b"tail",
    "no-gzip": b"hello",
    "html": b"<html><body>Not found</body></html>",
    "zip": b"PK\x03\x04" + b"\0" * 100,
    "nothing": b"",
}


@pytest.mark.parametrize("detect", [True, False], ids=["template", "show"])
@pytest.mark.parametrize("name", ARCHIVES)
def test_archives_are_taken_and_refused_as_by_helm(helm: Path, tmp_path: Path, name: str, *, detect: bool) -> None:
    path = tmp_path / "c-1.0.0.tgz"
    path.write_bytes(ARCHIVES[name])
    ours = said(lambda: str(chart.load(path, detect=detect) and ""))
    assert ours == run(helm, *(["template"] if detect else ["show", "chart"]), path).stderr


def test_the_detail_that_helm_hides_is_a_hint(tmp_path: Path) -> None:
    path = tmp_path / "c-1.0.0.tgz"
    path.write_bytes(ARCHIVES["escape"])
    with pytest.raises(ChartLoadError) as caught:
        chart.load(path)
    assert caught.value.hint == "chart illegally references parent directory"


def test_yaml_in_place_of_an_archive_is_named(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("a: b\n")
    with pytest.raises(ArchiveError, match=r"seems to be a YAML file, but expected a gzipped archive$"):
        chart.load(path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(ChartLoadError) as caught:
        chart.load(tmp_path / "missing")
    assert str(caught.value) == f"stat {tmp_path}/missing: no such file or directory"


def test_a_folder_without_chart_yaml(tmp_path: Path) -> None:
    with pytest.raises(ChartLoadError) as caught:
        chart.load(tmp_path)
    path = tmp_path / "Chart.yaml"
    assert str(caught.value) == f"unable to detect chart at {path}: open {path}: no such file or directory"
    with pytest.raises(ChartLoadError, match=r"^Chart.yaml file is missing$"):
        chart.load(tmp_path, detect=False)


@pytest.mark.parametrize("reference", ["./missing", "../missing", "/missing/chart", ".missing"])
def test_a_path_to_nothing_is_not_found(reference: str) -> None:
    with pytest.raises(ChartNotFoundError) as caught:
        chart.locate(reference)
    assert str(caught.value) == f'path "{reference}" not found'


def test_locate_leaves_repositories_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    assert chart.locate(" here ") == tmp_path / "here"
    assert chart.locate("bitnami/nginx") is None
    assert chart.locate("") is None


def test_parts_of_a_chart(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "Chart.yaml": GOOD + "dependencies: [{name: sub, version: '>0', repository: ''}]\n",
        "Chart.lock": "generated: 2024-05-06T07:08:09.120Z\ndigest: sha256:x\ndependencies: [{name: sub}]\n",
        "values.yaml": "\ufeffa: 1\n",
        "values.schema.json": "{}",
        "README.md": "read me",
        "crds/b.yaml": "b",
        "crds/a.YML": "a",
        "crds/readme.md": "r",
        "templates/b.yaml": "b",
        "templates/a/z.yaml": "z",
        "templates/.hidden": "h",
        "templates/_p.tpl": "p",
        "charts/sub/Chart.yaml": SUBCHART,
        "charts/sub/crds/c.json": "{}",
        "charts/sub/templates/s.yaml": "s",
        "charts/sub-0.1.0.tgz.prov": "p",
    }
    found = chart.load(write(tmp_path / "c", files))
    assert [file.name for file in found.templates] == ["templates/_p.tpl", "templates/a/z.yaml", "templates/b.yaml"]
    assert [file.name for file in found.files] == [
        "README.md", "charts/sub-0.1.0.tgz.prov", "crds/a.YML", "crds/b.yaml", "crds/readme.md",
    ]  # fmt: skip
    assert found.values == {"a": 1.0}
    assert found.schema == b"{}"
    assert found.lock is not None
    assert found.lock.generated == "2024-05-06T07:08:09.12Z"
    assert [file.name for file in found.crds] == ["crds/a.YML", "crds/b.yaml", "crds/c.json"]
    (child,) = found.dependencies
    assert (child.name, child.parent, child.full_path) == ("sub", found, "c/charts/sub")
    assert {file.name for file in child.raw} == {"Chart.yaml", "crds/c.json", "templates/s.yaml"}
    assert len(found.raw) == len(files) - 1
    assert all(file.modified_ns for file in found.raw)


def test_missing_dependencies_are_named(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "Chart.yaml": GOOD + "dependencies: [{name: a}, {name: sub, version: 9.9.9}, {name: b, alias: z}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
    }
    with pytest.raises(MissingDependenciesError) as caught:
        chart.check_dependencies(chart.load(write(tmp_path / "c", files)))
    assert caught.value.names == ("a", "b")


def test_pipes_are_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", {})
    os.mkfifo(folder / "pipe")
    assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)
    with pytest.raises(ChartLoadError, match="cannot load irregular file"):
        chart.load(folder)


def test_a_link_that_leads_to_itself_ends(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", {"files/loop": Link(".")})
    with pytest.raises(ChartLoadError):
        chart.load(folder)


def test_a_chart_may_have_100_mib_and_no_more(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", {})
    with (folder / "big").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(ChartLoadError) as caught:
        chart.load(folder)
    assert str(caught.value) == "error reading big: chart exceeds maximum decompressed size of 104857600 bytes"
    (folder / ".helmignore").write_text("big\n")
    assert chart.load(folder).name == "c"


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = tgz(("c/Chart.yaml", GOOD), *((f"c/{number}", b"\0" * (30 << 20)) for number in range(5)))
    with pytest.raises(ArchiveError, match=r"^decompressed chart is larger than the maximum size 104857600$"):
        chart.load_archive(bomb)


def test_nesting_ends() -> None:
    data = tgz(("c/Chart.yaml", GOOD))
    for _ in range(120):
        data = tgz(("c/Chart.yaml", GOOD), ("c/charts/c-1.0.0.tgz", data))
    with pytest.raises(ChartLoadError, match="nested more than"):
        chart.load_archive(data)


def test_archives_in_charts_share_one_limit() -> None:
    inner = tgz(("s/Chart.yaml", GOOD), ("s/zero", b"\0" * (60 << 20)))
    outer = tgz(("c/Chart.yaml", GOOD), ("c/charts/a.tgz", inner), ("c/charts/b.tgz", inner))
    with pytest.raises(ChartLoadError, match=r"subchart b\.tgz .*: decompressed chart is larger than the maximum size"):
        chart.load_archive(outer)


def test_an_archive_of_endless_entries_is_refused() -> None:
    header = tgz(("c/empty", ""))
    block = gzip.decompress(header)[:512]
    with pytest.raises(ArchiveError, match=r"^chart archive has more than 50000 entries$"):
        chart.load_archive(gzip.compress(block * 50_001))


def test_an_archive_may_be_compressed_in_many_pieces() -> None:
    whole = tgz(("c/Chart.yaml", GOOD))
    stream = gzip.decompress(whole)
    pieces = b"".join(gzip.compress(stream[start : start + 100]) for start in range(0, len(stream), 100))
    nothing = gzip.compress(b"") * 50_000
    assert chart.load_archive(nothing + pieces).name == chart.load_archive(whole).name


def test_a_name_with_a_zero_byte_is_refused() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("c/a")
        info.pax_headers = {"path": "c/a\0b"}
        tar.addfile(info)
    with pytest.raises(ArchiveError, match=r"^archive/tar: invalid tar header$"):
        chart.load_archive(buffer.getvalue())
