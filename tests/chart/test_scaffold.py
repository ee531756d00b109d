from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from pyhelm import chart
from pyhelm.chart import scaffold
from pyhelm.chart.model import Metadata
from pyhelm.errors import UsageError
from tests.chart.broken_charts import write

if TYPE_CHECKING:
    from pathlib import Path

# Everything that is off by default.
ALL_ON = (
    "ingress.enabled=true,ingress.tls[0].secretName=tls,ingress.annotations.a=b,ingress.className=nginx,"
    "httpRoute.enabled=true,httpRoute.annotations.a=b,autoscaling.enabled=true,"
    "autoscaling.targetMemoryUtilizationPercentage=70,podLabels.a=b,podAnnotations.c=d,nodeSelector.x=y,"
    "volumes[0].name=v,volumeMounts[0].name=v,volumeMounts[0].mountPath=/v,resources.limits.cpu=1,"
    "securityContext.runAsUser=1,podSecurityContext.fsGroup=2,imagePullSecrets[0].name=s,"
    "serviceAccount.annotations.k=v,serviceAccount.name=sa,tolerations[0].operator=Exists"
)


def template(helm: Path, *args: str | Path) -> str:
    return subprocess.run([helm, "template", "rel", *args], check=True, capture_output=True, text=True).stdout


def test_the_files_are_those_of_helm_create(helm: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "ours").mkdir()
    subprocess.run([helm, "create", tmp_path / "theirs" / "web"], check=True, capture_output=True)
    created = scaffold.create("web", tmp_path / "ours")
    assert created == scaffold.Created(tmp_path / "ours" / "web", ())
    names = [
        sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
        for folder in (created.path, tmp_path / "theirs" / "web")
    ]
    assert names[0] == names[1]
    ours, theirs = (chart.load(tmp_path / name / "web").values for name in ("ours", "theirs"))
    assert set(ours) == set(theirs)


@pytest.mark.parametrize("settings", ["", ALL_ON], ids=["defaults", "all-on"])
def test_a_new_chart_passes_helms_strict_lint(helm: Path, tmp_path: Path, settings: str) -> None:
    folder = scaffold.create("web", tmp_path).path
    done = subprocess.run(
        [helm, "lint", "--strict", folder, "--set", settings], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_every_knob_does_something(helm: Path, tmp_path: Path) -> None:
    folder = scaffold.create("web", tmp_path).path
    before = template(helm, folder)
    for setting in ALL_ON.split(","):
        on = [setting] if "enabled" in setting or "." not in setting else [f"{setting.split('.')[0]}.enabled=true"]
        if setting.split(".")[0] not in {"ingress", "httpRoute", "autoscaling"}:
            on = []
        base = template(helm, folder, "--set", ",".join(on)) if on and on != [setting] else before
        assert template(helm, folder, "--set", ",".join([*on, setting])) != base, setting


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        pytest.param("", {"rel-web"}, id="release-and-chart"),
        pytest.param("nameOverride=shop", {"rel-shop"}, id="name"),
        pytest.param("nameOverride=rel", {"rel"}, id="release-names-it"),
        pytest.param("fullnameOverride=mine", {"mine"}, id="full-name"),
    ],
)
def test_names(helm: Path, tmp_path: Path, settings: str, names: set[str]) -> None:
    folder = scaffold.create("web", tmp_path).path
    output = template(helm, folder, "-s", "templates/deployment.yaml", "--set", settings)
    assert {line.split(": ")[1] for line in output.splitlines() if line.startswith("  name: ")} == names


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "chart name must be between 1 and 250 characters"),
        ("a" * 251, "chart name must be between 1 and 250 characters"),
        ("a b", 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'),
        ("é", 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'),
        ("a/b", 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'),
        ("a\n", 'chart name must match the regular expression "^[a-zA-Z0-9._-]+$"'),
    ],
)
def test_names_that_no_chart_may_have(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold.create(name, tmp_path)
    assert str(caught.value) == reason
    assert not list(tmp_path.iterdir())


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        scaffold.create("web", tmp_path / "missing")
    assert str(caught.value) == f"stat {tmp_path}/missing: no such file or directory"


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "web").write_text("")
    with pytest.raises(UsageError) as caught:
        scaffold.create("web", tmp_path)
    assert str(caught.value) == f"file {tmp_path}/web already exists and is not a directory"


def test_files_that_were_there_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path / "web", {"values.yaml": "a: b\n", "mine.txt": "kept"})
    created = scaffold.create("web", tmp_path)
    assert created.overwritten == (folder / "Chart.yaml", folder / "values.yaml")
    assert (folder / "mine.txt").read_text() == "kept"
    assert "replicaCount" in (folder / "values.yaml").read_text()


def test_a_starter_of_ones_own(tmp_path: Path) -> None:
    starter = write(
        tmp_path / "starter",
        {
            "values.yaml": "# of <CHARTNAME>\nname: <CHARTNAME>\n",
            "templates/a.yaml": "n: <CHARTNAME>\n",
            "README.md": "<CHARTNAME>",
        },
    )
    (tmp_path / "out").mkdir()
    metadata = Metadata(name="web", version="0.1.0", api_version="v2")
    folder = scaffold.create_from(metadata, tmp_path / "out", starter).path
    assert (folder / "values.yaml").read_text() == "# of web\nname: web\n"
    assert (folder / "templates" / "a.yaml").read_text() == "n: web\n"
    assert (folder / "README.md").read_text() == "<CHARTNAME>"
    assert (folder / "Chart.yaml").read_text() == "apiVersion: v2\nname: web\nversion: 0.1.0\n"
