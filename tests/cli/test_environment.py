"""Helm's environment variables, and odd ones."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("HELM_BURST_LIMIT", "HELM_MAX_HISTORY", "HELM_QPS")


def settings(command: list[str | Path], **variables: str) -> dict[str, str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=variables)
    pairs = (line.split("=", 1) for line in done.stdout.splitlines())
    return {name: value.strip('"') for name, value in pairs}


@pytest.mark.parametrize("text", ["x", "-1", "", "3.5", "7"])
def test_numbers_are_read_as_helm_reads_them(helm: Path, tmp_path: Path, text: str) -> None:
    variables = {"HOME": str(tmp_path), **dict.fromkeys(ASKED, text)}
    ours = settings([sys.executable, "-m", "pyhelm", "env"], **variables)
    theirs = settings([helm, "env"], **variables)
    assert {name: ours[name] for name in ASKED} == {name: theirs[name] for name in ASKED}


def test_the_home_of_nobody_is_a_name_like_any_other(tmp_path: Path) -> None:
    ours = settings([sys.executable, "-m", "pyhelm", "env"], HOME=str(tmp_path), PYHELM_CLUSTER="~nobody-at-all/x")
    assert ours["PYHELM_CLUSTER"] == "~nobody-at-all/x"
