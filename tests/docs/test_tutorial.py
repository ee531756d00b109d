"""The tutorial is a test: every command in it runs as a process of its own, and prints what the page says.

``PYHELM_RECORD_TUTORIAL=1 pytest tests/docs`` writes what the commands print into the page instead.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
RECORD = os.environ.get("PYHELM_RECORD_TUTORIAL") == "1"


@dataclass
class Step:
    """A command of the page: ``first`` and ``last`` are the lines of its output, counted from 0."""

    command: str
    first: int
    last: int = 0
    expected: list[str] = field(default_factory=list)


@dataclass
class Page:
    files: dict[str, str]
    steps: list[Step]


def read_page(lines: list[str]) -> Page:
    """Return the files (```yaml NAME) and the commands (```console, lines that begin with $) of a page."""
    files: dict[str, str] = {}
    steps: list[Step] = []
    at = 0
    while at < len(lines):
        fence = re.fullmatch(r"```(\w+)(?: (\S+))?", lines[at])
        if fence is None:
            at += 1
            continue
        end = lines.index("```", at + 1)
        if fence[1] == "console":
            steps.extend(read_console(lines, at + 1, end))
        elif fence[2]:
            files[fence[2]] = "\n".join(lines[at + 1 : end]) + "\n"
        at = end + 1
    return Page(files, steps)


def read_console(lines: list[str], start: int, end: int) -> list[Step]:
    steps: list[Step] = []
    at = start
    while at < end:
        assert lines[at].startswith("$ "), f"line {at + 1}: a console block begins with a command"
        command = lines[at][2:]
        while command.endswith("\\"):
            at += 1
            command += "\n" + lines[at]
        step = Step(command, at + 1)
        at += 1
        while at < end and not lines[at].startswith("$ "):
            at += 1
        step.last = at
        step.expected = lines[step.first : at]
        steps.append(step)
    return steps


def run(command: str, folder: Path) -> list[str]:
    """Run a command in a shell, as a reader would; return the lines of both streams."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PYHELM_CLUSTER": "cluster",
        "TZ": "UTC",
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    lines = done.stdout.rstrip("\n").split("\n") if done.stdout.strip() else []
    return [*(line.rstrip() for line in lines), *([f"(exit code {done.returncode})"] if done.returncode else [])]


def test_every_command_prints_what_the_page_says(tmp_path: Path) -> None:
    lines = PAGE.read_text("utf-8").split("\n")
    page = read_page(lines)
    assert len(page.steps) > 30
    for name, text in page.files.items():
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(ROOT / "example-charts", tmp_path / "example-charts")
    printed = [run(step.command, tmp_path) for step in page.steps]
    if RECORD:
        for step, output in reversed(list(zip(page.steps, printed, strict=True))):
            lines[step.first : step.last] = output
        PAGE.write_text("\n".join(lines), "utf-8")
        pytest.skip("recorded")
    for step, output in zip(page.steps, printed, strict=True):
        assert output == [line.rstrip() for line in step.expected], f"$ {step.command}"
