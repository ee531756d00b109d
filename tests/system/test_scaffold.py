"""What the real ``helm create`` makes renders to the same bytes here, and installs until it is ready."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FLAGS = [
    pytest.param([], id="defaults"),
    pytest.param(["--set", "ingress.enabled=true", "--set", "ingress.className=nginx"], id="ingress"),
    pytest.param(["--set", "autoscaling.enabled=true", "--set", "autoscaling.maxReplicas=4"], id="autoscaling"),
    pytest.param(["--set", "serviceAccount.create=false", "--set-string", "podAnnotations.a=1"], id="no-account"),
    pytest.param(["--set", "fullnameOverride=other", "--namespace", "shop", "--is-upgrade"], id="names"),
    pytest.param(["--set", "volumes[0].name=v", "--set-json", 'tolerations=[{"key":"a"}]'], id="lists"),
]


@pytest.fixture(scope="module")
def scaffold(helm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scaffold")
    subprocess.run([helm, "create", "demo"], cwd=folder, check=True, capture_output=True)
    return folder / "demo"


@pytest.mark.parametrize("flags", FLAGS)
def test_same_bytes(flags: list[str], scaffold: Path, helm: Path) -> None:
    theirs = subprocess.run([helm, "template", "x", scaffold, *flags], check=False, capture_output=True)
    ours = subprocess.run(
        [sys.executable, "-m", "pyhelm", "template", "x", scaffold, *flags], check=False, capture_output=True
    )
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


def test_installs_until_ready(scaffold: Path, tmp_path: Path) -> None:
    def run(*args: str) -> str:
        command = [sys.executable, "-m", "pyhelm", *args, "--cluster", str(tmp_path / "cluster")]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "STATUS: deployed" in run("install", "x", str(scaffold), "--wait", "--set", "replicaCount=3")
    assert "3/3" in run("kube", "get", "deployment", "x-demo", "--no-headers")
    assert "Phase:          Succeeded" in run("test", "x")


def test_generated_names(scaffold: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pyhelm", "install", str(scaffold), "--generate-name"]
    done = subprocess.run([*command, "--cluster", str(tmp_path / "c")], check=True, capture_output=True, text=True)
    name = done.stdout.splitlines()[0].removeprefix("NAME: ")
    assert name.startswith("demo-")
    assert name.removeprefix("demo-").isdigit()
