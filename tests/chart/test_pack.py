from __future__ import annotations

import io
import os
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from pyhelm import chart
from pyhelm.chart import pack
from pyhelm.chart.archive import expand
from pyhelm.errors import ArchiveError, ChartLoadError, UsageError
from tests.chart.broken_charts import GOOD, SUBCHART, Content, tgz, write

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, Content] = {
    "Chart.yaml": "# a comment\n" + GOOD + "dependencies: [{name: sub, version: 0.1.0}]\n",
    "Chart.lock": "generated: 2024-05-06T07:08:09.100Z\ndigest: sha256:x\ndependencies: []\n",
    "values.yaml": "# kept\na: 1\n",
    "values.schema.json": "{}",
    "README.md": "read me\n",
    "crds/a.yaml": "kind: CustomResourceDefinition\n",
    "templates/a.yaml": "a: {{ .Values.a }}\n",
    f"templates/{'long-name/' * 15}b.yaml": "b: 2\n",
    "charts/sub/Chart.yaml": SUBCHART,
    "charts/sub/values.yaml": "c: 3\n",
}


def members(data: bytes) -> dict[str, tuple[bytes, int]]:
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        found = {}
        for member in archive:
            source = archive.extractfile(member)
            assert source is not None
            found[member.name] = (source.read(), int(member.mtime))
        return found


def test_the_layout_and_contents_are_helms(helm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "c", FILES)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    subprocess.run([helm, "package", folder, "-d", tmp_path / "theirs"], check=True, capture_output=True)
    path = pack.pack(chart.load(folder), tmp_path / "ours", epoch=1_000_000_000)
    theirs = members((tmp_path / "theirs" / "c-1.0.0.tgz").read_bytes())
    ours = members(path.read_bytes())
    assert list(ours) == list(theirs)
    assert ours == theirs


def test_helm_loads_what_was_packed(helm: Path, tmp_path: Path) -> None:
    path = pack.pack(chart.load(write(tmp_path / "c", FILES)), tmp_path)
    assert path == tmp_path / "c-1.0.0.tgz"
    done = subprocess.run([helm, "template", path], check=True, capture_output=True, text=True)
    assert "b: 2" in done.stdout


def test_the_same_chart_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write(tmp_path / "one" / "c", FILES)
    other = write(tmp_path / "other" / "c", dict(reversed(FILES.items())))
    for path in other.rglob("*"):
        os.utime(path, (1, 1))
    assert pack.pack_bytes(chart.load(one)) == pack.pack_bytes(chart.load(other))


def test_packing_again_changes_nothing(tmp_path: Path) -> None:
    first = pack.pack_bytes(chart.load(write(tmp_path / "c", FILES)))
    assert pack.pack_bytes(chart.load_archive(first)) == first


def test_an_old_chart_keeps_its_requirements_apart(tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "Chart.yaml": GOOD.replace("v2", "v1"),
        "requirements.yaml": "dependencies: [{name: sub}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
    }
    found = members(pack.pack_bytes(chart.load(write(tmp_path / "c", files))))
    assert found["c/Chart.yaml"][0] == b"apiVersion: v1\nname: c\nversion: 1.0.0\n"
    assert found["c/requirements.yaml"][0] == b"dependencies: [{name: sub}]\n"


def test_a_schema_must_be_json(tmp_path: Path) -> None:
    loaded = chart.load(write(tmp_path / "c", {"values.schema.json": "{"}))
    with pytest.raises(ChartLoadError, match=r"^invalid JSON in values.schema.json$"):
        pack.pack(loaded, tmp_path)
    assert not list(tmp_path.glob("*.tgz*"))
    assert not list(tmp_path.glob(".*"))


def test_a_chart_that_was_spoiled_is_not_packed(tmp_path: Path) -> None:
    loaded = chart.load(write(tmp_path / "c", {}))
    loaded.metadata.version = "latest"
    with pytest.raises(ChartLoadError) as caught:
        pack.pack(loaded, tmp_path)
    assert str(caught.value) == 'chart validation: validation: chart.metadata.version "latest" is invalid'


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is not a directory: "):
        pack.pack(chart.load(write(tmp_path / "c", {})), tmp_path / "file")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("0", 0, id="zero"),
        pytest.param("1000000000", 1_000_000_000, id="number"),
        pytest.param("x", 'invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing "x": invalid syntax', id="word"),
        pytest.param("-1", "invalid SOURCE_DATE_EPOCH: must not be negative", id="negative"),
        pytest.param(
            "99999999999999999999",
            'invalid SOURCE_DATE_EPOCH: strconv.ParseInt: parsing "99999999999999999999": value out of range',
            id="huge",
        ),
    ],
)
def test_source_date_epoch(text: str, expected: int | str | None) -> None:
    try:
        found: int | str | None = pack.source_date_epoch({"SOURCE_DATE_EPOCH": text})
    except UsageError as error:
        found = str(error)
    assert found == expected


def test_expanding_gives_the_files_as_they_were_packed(tmp_path: Path) -> None:
    folder = expand(tgz(("x/Chart.yaml", "# c\n" + GOOD), ("x/templates/a.yaml", "a: b\n")), tmp_path)
    assert folder == tmp_path / "c"
    assert (folder / "Chart.yaml").read_text() == "# c\n" + GOOD
    assert (folder / "templates" / "a.yaml").read_text() == "a: b\n"


def test_expanding_follows_no_link_out_of_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "templates").symlink_to(outside)
    with pytest.raises(ArchiveError, match="a link leads out"):
        expand(tgz(("c/Chart.yaml", GOOD), ("c/templates/a.yaml", "a: b\n")), tmp_path)
    assert not list(outside.iterdir())


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("..", 'chart name ".." is not allowed'),
        ("a/b", 'chart name "a/b" must not contain path separators'),
        ("''", "chart name not specified"),
    ],
)
def test_expanding_stays_where_it_was_told(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(ArchiveError) as caught:
        expand(tgz(("c/Chart.yaml", f"name: {name}\n")), tmp_path)
    assert str(caught.value) == reason
    assert not list(tmp_path.iterdir())
