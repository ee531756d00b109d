from __future__ import annotations

import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from pyhelm.testing import oracle

if TYPE_CHECKING:
    from pathlib import Path


def test_helm_runs_and_says_its_version(helm: Path) -> None:
    done = subprocess.run([helm, "version", "--template", "{{.Version}}"], capture_output=True, text=True, check=True)
    assert done.stdout == "v4.3.1"


def test_kubectl_runs_and_says_its_version(kubectl: Path) -> None:
    done = subprocess.run([kubectl, "version", "--client"], capture_output=True, text=True, check=True)
    assert "v1.37.1" in done.stdout


def test_only_the_owner_can_write_the_programs(helm: Path) -> None:
    for path in (helm, helm.parent, helm.parent.parent):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o022


def test_a_cache_that_others_can_write_is_refused(helm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o777)
    monkeypatch.setenv(oracle.CACHE_VARIABLE, str(tmp_path))
    with pytest.raises(oracle.UnavailableError, match="only you can write"):
        oracle.helm()
    assert list(tmp_path.iterdir()) == []


def test_another_platform_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(oracle.UnavailableError, match="riscv64"):
        oracle.kubectl()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "DISTRIBUTION", "no-such-distribution")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("sys.platform", "linux")
    with pytest.raises(oracle.UnavailableError, match=r"no-such-distribution is not installed"):
        oracle.helm()


def test_tests_see_an_empty_home(isolated_environment: Path) -> None:
    import os

    assert os.environ["HOME"] == str(isolated_environment)
    assert "KUBERNETES_MASTER" not in os.environ


def test_a_test_can_have_a_home_of_its_own(home: Path, isolated_environment: Path) -> None:
    import os

    assert os.environ["HOME"] == str(home) != str(isolated_environment)
