"""Write a new chart: the files under ``starter/``, with the chart's name filled in."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pyhelm.chart.folder import describe
from pyhelm.errors import ChartError, UsageError

if TYPE_CHECKING:
    from pyhelm.chart.model import Metadata

_STARTER = Path(__file__).with_name("starter")
_PLACEHOLDER = "<CHARTNAME>"
_NAME = re.compile(r"[a-zA-Z0-9._-]+")
_LONGEST_NAME = 250

# In the order in which they are written.
_FILES = {
    "Chart.yaml": "Chart.yaml",
    "values.yaml": "values.yaml",
    ".helmignore": "helmignore",
    **{
        f"templates/{name}": f"templates/{name}"
        for name in (
            "ingress.yaml",
            "httproute.yaml",
            "deployment.yaml",
            "service.yaml",
            "serviceaccount.yaml",
            "hpa.yaml",
            "NOTES.txt",
            "_helpers.tpl",
            "tests/test-connection.yaml",
        )
    },
}


@dataclass(frozen=True, slots=True)
class Created:
    """What was written.

    Attributes:
        path: The chart's folder.
        overwritten: Files that were there before, in the order of writing.
    """

    path: Path
    overwritten: tuple[Path, ...]


def create(name: str, directory: str | os.PathLike[str] = ".") -> Created:
    """Write a chart called ``name`` into a folder of that name in ``directory``, which must exist.

    Raises:
        UsageError: The name cannot be a chart's, or the folder cannot be made.
    """
    _require_name(name)
    parent = Path(os.path.abspath(directory))  # noqa: PTH100 - Go's filepath.Abs: links are kept
    try:
        is_folder = parent.is_dir() if parent.stat() else False
    except OSError as error:
        raise UsageError(describe("stat", str(parent), error)) from error
    if not is_folder:
        raise UsageError(f"no such directory {parent}")
    folder = Path(os.path.normpath(parent / name))
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"file {folder} already exists and is not a directory")
    overwritten = []
    try:
        for target, source in _FILES.items():
            path = folder / target
            if path.exists():
                overwritten.append(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_filled((_STARTER / source).read_text("utf-8"), name), "utf-8")
        (folder / "charts").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(describe("open", str(error.filename or folder), error)) from error
    return Created(folder, tuple(overwritten))


def create_from(metadata: Metadata, directory: str | os.PathLike[str], starter: str | os.PathLike[str]) -> Created:
    """Write a copy of the chart ``starter`` under new ``metadata``, its placeholders replaced by the name.

    Raises:
        ChartError: The starter cannot be loaded.
        UsageError: The folder cannot be made.
    """
    from pyhelm.chart.loader import load
    from pyhelm.chart.pack import save_folder
    from pyhelm.errors import ChartLoadError

    try:
        pattern = load(starter, detect=False)
    except ChartError as error:
        raise ChartLoadError(f"could not load {os.fspath(starter)}: {error}") from error
    name = metadata.name
    pattern.metadata = metadata
    pattern.templates = [replace(file, data=_filled(file.text, name).encode("utf-8", "surrogateescape"))
                         for file in pattern.templates]  # fmt: skip
    pattern.raw = [
        replace(file, data=_filled(file.text, name).encode("utf-8", "surrogateescape"))
        if file.name == "values.yaml"
        else file
        for file in pattern.raw
    ]
    return Created(save_folder(pattern, directory), ())


def _require_name(name: str) -> None:
    if not 1 <= len(name.encode("utf-8", "surrogateescape")) <= _LONGEST_NAME:
        raise UsageError(f"chart name must be between 1 and {_LONGEST_NAME} characters")
    if not _NAME.fullmatch(name):
        raise UsageError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"')


def _filled(text: str, name: str) -> str:
    return text.replace(_PLACEHOLDER, name)
