"""Run ``pyhelm kube`` in the process: on recorded objects, or on an embedded cluster of one test."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pyhelm.cli.failures import report
from pyhelm.cli.invocation import Invocation
from pyhelm.cli.main import main
from pyhelm.cluster import Cluster
from pyhelm.errors import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Return a function that runs a command line of ``pyhelm kube``."""

    def call(*args: str) -> Answer:
        invocation, code = Invocation(), 0
        capsys.readouterr()
        try:
            main.main(["kube", *args], prog_name="pyhelm", standalone_mode=False, obj=invocation)
        except PyhelmError as error:
            code = report(error, invocation)
        captured = capsys.readouterr()
        err = "".join(line for line in captured.err.splitlines(True) if not line.startswith("cluster: embedded"))
        return Answer(captured.out, err, code)

    return call


@pytest.fixture
def kube(run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Return ``run`` on a new embedded cluster, whose time only moves by waiting, in the folder ``tmp_path``."""
    folder = tmp_path / "cluster"
    Cluster.reset(folder, seed="kube", clock="manual")
    monkeypatch.setenv("PYHELM_CLUSTER", str(folder))
    monkeypatch.chdir(tmp_path)
    return run


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make the local zone UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
