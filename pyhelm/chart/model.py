"""What a chart is: metadata, values, templates, other files and subcharts.

Follows the Go types of Helm's ``pkg/chart/v2``; field names on the wire are Helm's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """A file of a chart.

    Attributes:
        name: Relative to the chart's root, with ``/``.
        data: Its bytes, a BOM removed.
        modified_ns: When it was last modified, nanoseconds since 1970; 0 when unknown. Two files may differ in it alone
            and be equal.
    """

    name: str
    data: bytes
    modified_ns: int = field(default=0, compare=False)

    @property
    def text(self) -> str:
        """The content as text; bytes that are no UTF-8 survive as surrogates."""
        return self.data.decode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Maintainer:
    """A person or organisation behind a chart."""

    name: str = ""
    email: str = ""
    url: str = ""


@dataclass(slots=True)
class Dependency:
    """An entry of ``dependencies`` in Chart.yaml.

    Attributes:
        import_values: Strings or ``{"child": …, "parent": …}`` maps, as written.
        enabled: Helm's field of that name; what conditions and tags decided.
    """

    name: str
    version: str = ""
    repository: str = ""
    condition: str = ""
    tags: list[str] = field(default_factory=list)
    enabled: bool = False
    import_values: list[Any] = field(default_factory=list)
    alias: str = ""


@dataclass(slots=True)
class Metadata:
    """The content of Chart.yaml. Missing strings are empty, missing lists are empty."""

    name: str = ""
    home: str = ""
    sources: list[str] = field(default_factory=list)
    version: str = ""
    description: str = ""
    keywords: list[str] = field(default_factory=list)
    maintainers: list[Maintainer] = field(default_factory=list)
    icon: str = ""
    api_version: str = ""
    condition: str = ""
    tags: str = ""
    app_version: str = ""
    deprecated: bool = False
    annotations: dict[str, str] = field(default_factory=dict)
    kube_version: str = ""
    dependencies: list[Dependency] = field(default_factory=list)
    type: str = ""


@dataclass(slots=True)
class Lock:
    """The content of Chart.lock: what dependency resolution chose."""

    generated: str = ""
    digest: str = ""
    dependencies: list[Dependency] = field(default_factory=list)


@dataclass(slots=True)
class Chart:
    """A chart and its subcharts.

    Attributes:
        metadata: Chart.yaml.
        values: The parsed values.yaml. Shared: never change it, copy first.
        templates: Files under ``templates/``, in loading order.
        files: Every other file that ``.Files`` offers.
        raw: All files as they were read.
        schema: The bytes of values.schema.json, if there is one.
        lock: Chart.lock, if there is one.
        dependencies: Subcharts found under ``charts/``.
        parent: The chart this one is a subchart of.
    """

    metadata: Metadata
    values: Values = field(default_factory=dict)
    templates: list[File] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    raw: list[File] = field(default_factory=list)
    schema: bytes | None = None
    lock: Lock | None = None
    dependencies: list[Chart] = field(default_factory=list)
    parent: Chart | None = None

    @property
    def name(self) -> str:
        """The chart's name, as Chart.yaml (or an alias) says."""
        return self.metadata.name

    @property
    def is_root(self) -> bool:
        """Whether this chart is nobody's subchart."""
        return self.parent is None

    @property
    def root(self) -> Chart:
        """The outermost chart."""
        chart = self
        while chart.parent is not None:
            chart = chart.parent
        return chart

    @property
    def path(self) -> str:
        """Names from the root down, joined by dots (``parent.child``); Helm's ``ChartPath``."""
        return self.name if self.parent is None else f"{self.parent.path}.{self.name}"

    @property
    def full_path(self) -> str:
        """Folder-like path from the root (``parent/charts/child``); Helm's ``ChartFullPath``."""
        return self.name if self.parent is None else f"{self.parent.full_path}/charts/{self.name}"

    @property
    def crds(self) -> list[File]:
        """The YAML files under ``crds/``, this chart's first, then its subcharts'."""
        own = [
            file
            for file in self.files
            if file.name.startswith("crds/") and file.name.lower().endswith((".yaml", ".yml", ".json"))
        ]
        for child in self.dependencies:
            own.extend(child.crds)
        return own

    def walk(self) -> Iterator[Chart]:
        """Yield this chart and all its subcharts, parents first."""
        yield self
        for child in self.dependencies:
            yield from child.walk()
