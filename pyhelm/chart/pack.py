"""Write a chart: packed as ``name-version.tgz``, or laid out in a folder.

The layout is Helm's (Chart.yaml first and written anew, subcharts unpacked under ``charts/``), so that Helm loads it.
The same chart gives the same bytes on every machine and at every time: nothing of the machine gets in, and all files
have one modification time.
"""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm.chart import metadata as chart_metadata
from pyhelm.chart.folder import describe
from pyhelm.errors import ChartLoadError, ChartMetadataError, UsageError
from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyhelm.chart.model import Chart

DEFAULT_EPOCH = 315532800
"""1980-01-01, the time of files whose time is not told: the earliest that every archive format knows."""

_EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
_INT64_MAX = (1 << 63) - 1


def pack(chart: Chart, directory: str | os.PathLike[str] = ".", *, epoch: int | None = None) -> Path:
    """Write ``chart`` into ``directory`` (made if missing) as ``name-version.tgz``; return the file's path.

    The file appears whole or not at all, and replaces one of that name.

    Args:
        chart: Loaded, and perhaps changed; it is not changed here.
        directory: Where to.
        epoch: Modification time of all files and of Chart.lock, seconds since 1970 (``SOURCE_DATE_EPOCH``); None leaves
            Chart.lock as it is and gives files a fixed time.

    Raises:
        ChartLoadError: The chart must not be packed: Chart.yaml breaks its rules, or values.schema.json is no JSON.
        UsageError: The file cannot be written.
    """
    try:
        chart_metadata.validate(chart.metadata)
    except ChartMetadataError as error:
        raise ChartLoadError(f"chart validation: {error}") from error
    path = Path(directory) / f"{chart.name}-{chart.metadata.version}.tgz"
    data = pack_bytes(chart, epoch=epoch)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"is not a directory: {path.parent}") from error
    _replace(path, data)
    return path


def pack_bytes(chart: Chart, *, epoch: int | None = None) -> bytes:
    """Return what ``pack`` would write.

    Raises:
        ChartLoadError: As ``pack``.
    """
    import gzip
    import io

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, data in _members(chart, "", epoch):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            member.mtime = DEFAULT_EPOCH if epoch is None else epoch
            archive.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def save_folder(chart: Chart, directory: str | os.PathLike[str]) -> Path:
    """Write ``chart`` as a folder of its name in ``directory``, its subcharts packed; return the folder's path.

    Raises:
        UsageError: It cannot be written.
    """
    _require_plain(chart.name)
    folder = Path(directory) / chart.name
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"file {folder} already exists and is not a directory")
    try:
        for name, data in _own_members(chart, None, lock=False):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise UsageError(describe("open", str(error.filename or folder), error)) from error
    for child in chart.dependencies:
        pack(child, folder / "charts")
    return folder


def source_date_epoch(environment: Mapping[str, str]) -> int | None:
    """Return the time that ``SOURCE_DATE_EPOCH`` sets for reproducible builds, or None.

    Raises:
        UsageError: It is no number of seconds.
    """
    text = environment.get(_EPOCH_VARIABLE)
    if not text:
        return None
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        raise UsageError(f"invalid {_EPOCH_VARIABLE}: strconv.ParseInt: parsing {quote(text)}: invalid syntax")
    value = int(text)
    if abs(value) > _INT64_MAX:
        raise UsageError(f"invalid {_EPOCH_VARIABLE}: strconv.ParseInt: parsing {quote(text)}: value out of range")
    if value < 0:
        raise UsageError(f"invalid {_EPOCH_VARIABLE}: must not be negative")
    return value


def _members(chart: Chart, prefix: str, epoch: int | None) -> Iterator[tuple[str, bytes]]:
    _require_plain(chart.name)
    base = f"{prefix}{chart.name}/"
    for name, data in _own_members(chart, epoch, lock=True):
        yield base + name, data
    for child in chart.dependencies:
        yield from _members(child, f"{base}charts/", epoch)


def _own_members(chart: Chart, epoch: int | None, *, lock: bool) -> Iterator[tuple[str, bytes]]:
    described: dict[str, Any] = chart_metadata.metadata_object(chart.metadata)
    if chart.metadata.api_version == "v1":  # its dependencies are in requirements.yaml, one of the files
        described.pop("dependencies", None)
    yield "Chart.yaml", _yaml(described)
    if lock and chart.lock is not None and chart.metadata.api_version == "v2":
        locked = chart_metadata.lock_object(chart.lock)
        if epoch is not None:
            locked["generated"] = _timestamp(epoch)
        yield "Chart.lock", _yaml(locked)
    for file in chart.raw:
        if file.name == "values.yaml":
            yield file.name, file.data
    if chart.schema is not None:
        if lock:
            _require_json(chart.schema)
        yield "values.schema.json", chart.schema
    for file in (*chart.templates, *chart.files):
        yield file.name, file.data


def _yaml(value: dict[str, Any]) -> bytes:
    from pyhelm import yaml

    return yaml.dump(value).encode("utf-8", "surrogateescape")


def _timestamp(epoch: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _require_plain(name: str) -> None:
    if name != chart_metadata.base_name(name):
        raise ChartLoadError(f"{quote(name)} is not a valid chart name")


def _require_json(schema: bytes) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        json.loads(schema, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise ChartLoadError("invalid JSON in values.schema.json") from error


def _replace(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with fresh.open("wb") as file:
            file.write(data)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise UsageError(describe("open", str(path), error)) from error
