"""Read the files of a chart from a folder, as Helm's ``pkg/chart/v2/loader/directory.go`` does.

Symbolic links are followed, in the chart and out of it: whoever can write the folder decides. Files that
``.helmignore`` names are not read.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pyhelm.chart import ignore
from pyhelm.chart.model import File
from pyhelm.errors import ChartLoadError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_CHART_SIZE = 100 * 1024 * 1024
BOM = b"\xef\xbb\xbf"


def read_folder(folder: str | os.PathLike[str]) -> list[File]:
    """Return the files under ``folder`` in Helm's order: by name, folder by folder.

    Raises:
        ChartLoadError: A file cannot be read, is none (a pipe, a device), or they are more than 100 MiB.
    """
    top = os.path.abspath(folder)  # noqa: PTH100 - Go's filepath.Abs: links are kept
    try:
        rules = ignore.parse(Path(top, ignore.FILE_NAME).read_bytes())
    except FileNotFoundError:
        rules = ignore.Rules()
    except OSError as error:
        raise _failure("read" if error.errno == 21 else "open", os.path.join(top, ignore.FILE_NAME), error) from error  # noqa: PTH118
    files = []
    remaining = MAX_CHART_SIZE
    for path, name, facts in _walk(top, "", rules):
        file = _read(path, name, facts, remaining)
        remaining -= len(file.data)
        files.append(file)
    return files


def describe(verb: str, path: str, error: OSError) -> str:
    """Return an operating system's refusal in Go's words: ``open /a: no such file or directory``."""
    text = (error.strerror or str(error)).lower()
    return f"{verb} {path}: {text}"


def _walk(folder: str, prefix: str, rules: ignore.Rules) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield the path, the name in the chart and the facts of each file that is not ignored."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        raise _failure("open", folder, error) from error
    for entry in entries:
        name = prefix + entry.name
        path = f"{folder}/{entry.name}"
        try:
            facts = _follow(path) if entry.is_symlink() else entry.stat(follow_symlinks=False)
        except OSError as error:
            raise _failure("lstat", path, error) from error
        if stat.S_ISDIR(facts.st_mode):
            if not rules.ignore(name, is_folder=True):
                yield from _walk(path, name + "/", rules)
        elif not rules.ignore(name, is_folder=False):
            yield path, name, facts


def _read(path: str, name: str, facts: os.stat_result, remaining: int) -> File:
    if not stat.S_ISREG(facts.st_mode):
        raise ChartLoadError(f"cannot load irregular file {path} as it has file mode type bits set")
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - a third quicker, and there are many
            data = file.read(min(facts.st_size, remaining) + 1)
    except OSError as error:
        raise ChartLoadError(f"error reading {name}: {describe('open', path, error)}") from error
    if len(data) > remaining:
        reason = f"chart exceeds maximum decompressed size of {MAX_CHART_SIZE} bytes"
        raise ChartLoadError(f"error reading {name}: {reason}")
    return File(name, data.removeprefix(BOM), facts.st_mtime_ns)


def _follow(path: str) -> os.stat_result:
    """Return the facts of what a symbolic link leads to."""
    import logging

    try:
        resolved = os.path.realpath(path, strict=True)
    except OSError as error:
        target = error.filename if isinstance(error.filename, str) else path
        reason = "EvalSymlinks: too many links" if error.errno == 40 else describe("lstat", target, error)
        raise ChartLoadError(f"error evaluating symlink {path}: {reason}") from error
    logging.getLogger(__name__).info(
        "found symbolic link in path. Contents of linked file included and used",
        extra={"path": path, "resolved": resolved},
    )
    return os.lstat(resolved)


def _failure(verb: str, path: str, error: OSError) -> ChartLoadError:
    return ChartLoadError(describe(verb, path, error))
