"""Load a chart from a folder, an archive or files in memory.

Flow: path -> files (``folder``, ``archive``) -> Chart.yaml, its rules -> values, templates, other files -> subcharts.
Follows Helm's ``pkg/chart/loader`` and ``pkg/chart/v2/loader``, errors included.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm import yaml
from pyhelm.chart import metadata as chart_metadata
from pyhelm.chart.folder import MAX_CHART_SIZE, describe, read_folder
from pyhelm.chart.model import Chart, File, Metadata
from pyhelm.errors import (
    ArchiveError,
    ChartError,
    ChartLoadError,
    ChartNotFoundError,
    MissingDependenciesError,
    YamlError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# A subchart within a subchart …; far beyond any real chart, and within Python's recursion limit.
_MAX_NESTING = 100


def load(path: str | os.PathLike[str], *, detect: bool = True) -> Chart:
    """Return the chart at ``path``, a folder or a packed chart.

    Args:
        path: As it should stand in messages.
        detect: Look at Chart.yaml's ``apiVersion`` before anything else, as install, upgrade, template and package do;
            show, lint and the repository commands do not. It decides which error a bad chart gets.

    Raises:
        ChartNotFoundError: Nothing is there.
        ChartLoadError: A file of it cannot be used.
        ChartMetadataError: Chart.yaml breaks its rules.
        ArchiveError: A packed chart that is damaged, unsafe or too large.
    """
    name = os.fspath(path)
    try:
        is_folder = Path(name).stat() is not None and Path(name).is_dir()
    except OSError as error:
        raise ChartLoadError(describe("stat", name, error)) from error
    if is_folder:
        if detect:
            _detect_folder(name)
        return load_files(read_folder(name))
    return _load_file(name, detect=detect)


def locate(reference: str) -> Path | None:
    """Return the absolute path of a chart on this machine, or None where ``reference`` can only mean a repository's.

    Raises:
        ChartNotFoundError: It is written as a path, and nothing is there.
    """
    name = reference.strip()
    if os.path.exists(name):  # noqa: PTH110 - an empty reference is no path
        return Path(os.path.abspath(name))  # noqa: PTH100 - Go's filepath.Abs: links are kept
    if name.startswith((".", "/")):
        raise ChartNotFoundError(name)
    return None


def load_archive(data: bytes, *, detect: bool = False) -> Chart:
    """Return the packed chart whose bytes are ``data``; raises as ``load`` does."""
    from pyhelm.chart.archive import read_archive

    files = read_archive(data)
    if detect:
        _detect_files(files)
    return load_files(files)


def load_files(files: Sequence[File]) -> Chart:
    """Return the chart that ``files`` make, names relative to its root; raises as ``load`` does."""
    return _Assembly(files, nesting=0, room=_Room()).chart


def check_dependencies(chart: Chart) -> None:
    """Raise unless ``charts/`` holds every dependency that Chart.yaml declares; only names count, not versions.

    Raises:
        MissingDependenciesError: Names those that are missing.
    """
    present = {child.name for child in chart.dependencies}
    missing = [dependency.name for dependency in chart.metadata.dependencies if dependency.name not in present]
    if missing:
        raise MissingDependenciesError(missing)


# --- one chart ------------------------------------------------------------------------------------------------------


class _Room:
    """How many bytes the archives in ``charts/`` may still unpack to, all together: small ones may hold a lot."""

    def __init__(self) -> None:
        self.left = MAX_CHART_SIZE


class _Assembly:
    """Sorts files into the parts of a chart."""

    def __init__(self, files: Sequence[File], *, nesting: int, room: _Room) -> None:
        if nesting > _MAX_NESTING:
            raise ChartLoadError(f"charts are nested more than {_MAX_NESTING} deep")
        self._nesting = nesting
        self._room = room
        self._subcharts: dict[str, list[File]] = {}
        metadata: Metadata | None = None
        for file in files:
            if file.name == "Chart.yaml":
                metadata = _translated(file.name, lambda data=file.data, known=metadata: _metadata(data, known))
        self.chart = Chart(metadata=metadata or Metadata(), raw=list(files))
        for file in files:
            self._place(file)
        if metadata is None:
            raise ChartLoadError("Chart.yaml file is missing")
        chart_metadata.validate(metadata)
        for name, members in self._subcharts.items():
            if not name.startswith(("_", ".")):
                self._add_subchart(name, members)

    def _place(self, file: File) -> None:
        chart = self.chart
        name = file.name
        if name.startswith("templates/"):
            chart.templates.append(file)
        elif name.startswith("charts/"):
            if name.endswith(".prov"):
                chart.files.append(file)
            else:
                inner = name.removeprefix("charts/")
                member = File(inner, file.data, file.modified_ns)
                self._subcharts.setdefault(inner.split("/", 1)[0], []).append(member)
        elif name == "values.yaml":
            chart.values = _translated(name, lambda: yaml.load_values(file.data))
        elif name == "values.schema.json":
            chart.schema = file.data
        elif name in {"Chart.lock", "requirements.lock"}:
            chart.lock = _translated(name, lambda: chart_metadata.read_lock(file.data))
            if name == "requirements.lock":
                self._keep_if_old(file, 'Dependency locking is handled in Chart.lock since apiVersion "v2". '
                                        "We recommend migrating to Chart.lock.")  # fmt: skip
        elif name == "requirements.yaml":
            _translated(name, lambda: chart_metadata.read_metadata(file.data, chart.metadata))
            self._keep_if_old(file, 'Dependencies are handled in Chart.yaml since apiVersion "v2". '
                                    "We recommend migrating dependencies to Chart.yaml.")  # fmt: skip
        elif name != "Chart.yaml":
            chart.files.append(file)

    def _keep_if_old(self, file: File, advice: str) -> None:
        if self.chart.metadata.api_version == "v1":
            self.chart.files.append(file)
        else:
            import logging

            logging.getLogger(__name__).warning("Warning: %s", advice)

    def _add_subchart(self, name: str, members: list[File]) -> None:
        chart = self.chart
        try:
            if Path(name).suffix == ".tgz":
                child = self._packed(name, members[0])
            else:
                inner = [File(rest, file.data, file.modified_ns) for file in members if (rest := _inside(file.name))]
                child = _Assembly(inner, nesting=self._nesting + 1, room=self._room).chart
        except _MisplacedArchiveError:
            raise
        except ChartError as error:
            raise ChartLoadError(f"error unpacking subchart {name} in {chart.name}: {error}") from error
        child.parent = chart
        chart.dependencies.append(child)

    def _packed(self, name: str, file: File) -> Chart:
        from pyhelm.chart.archive import read_archive

        if file.name != name:
            raise _MisplacedArchiveError(
                f"error unpacking subchart tar in {self.chart.name}: expected {name}, got {file.name}"
            )
        files = read_archive(file.data, limit=self._room.left)
        self._room.left -= sum(len(inner.data) for inner in files)
        return _Assembly(files, nesting=self._nesting + 1, room=self._room).chart


class _MisplacedArchiveError(ChartLoadError):
    """A folder in ``charts/`` that is named like an archive; told as it is, whatever holds it."""


def _metadata(data: bytes, known: Metadata | None) -> Metadata:
    metadata = chart_metadata.read_metadata(data, known)
    metadata.api_version = metadata.api_version or "v1"
    return metadata


def _inside(name: str) -> str:
    return name.partition("/")[2]


def _translated(name: str, read: Any) -> Any:
    """Return what ``read`` returns; a YAML error becomes the chart's."""
    try:
        return read()
    except YamlError as error:
        raise ChartLoadError(f"cannot load {name}: {error}", line=error.line) from error


# --- which kind of chart ----------------------------------------------------------------------------------------------


def _detect_folder(name: str) -> None:
    path = os.path.join(os.path.abspath(name), "Chart.yaml")  # noqa: PTH100, PTH118 - Go's filepath.Abs: links are kept
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        verb = "read" if isinstance(error, IsADirectoryError) else "open"
        raise ChartLoadError(f"unable to detect chart at {path}: {describe(verb, path, error)}") from error
    _detect(data)


def _detect_files(files: Sequence[File]) -> None:
    for file in files:
        if file.name == "Chart.yaml":
            _detect(file.data)
            return
    raise ChartLoadError("unable to detect chart version, no Chart.yaml found")


def _detect(data: bytes) -> None:
    version = _translated("Chart.yaml", lambda: chart_metadata.read_api_version(data))
    if version == "v3":
        raise ChartLoadError("invalid chart apiVersion")
    if version not in {"", "v1", "v2"}:
        raise ChartLoadError("unsupported chart version")


def _load_file(name: str, *, detect: bool) -> Chart:
    from pyhelm.chart.archive import require_gzip

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise ChartLoadError(describe("open", name, error)) from error
    require_gzip(name, data)
    try:
        return load_archive(data, detect=detect)
    except ArchiveError as error:
        if error.reason == "gzip: invalid header":
            reason = f"file '{name}' does not appear to be a valid chart file (details: {error})"
            raise ChartLoadError(reason) from error
        if detect:
            refusal = ChartLoadError("unable to load chart archive")
            refusal.hint = str(error)
            raise refusal from error
        raise
