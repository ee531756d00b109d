"""From a chart and the user's values to rendered files (``Engine.Render``, and what its callers do before it)."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.template.depth import deeply
from pyhelm.template.engine import LIBRARY, GoEngine
from pyhelm.template.gotmpl.runtime import Run
from pyhelm.template.objects import Capabilities, ReleaseInfo, Values, chart_map, files_of
from pyhelm.values import coalesce, resolve_dependencies
from pyhelm.values.coalesce import copy_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyhelm.chart.model import Chart
    from pyhelm.values import ValuesWarning

    Lookup = Callable[[str, str, str, str], dict[str, Any]]

JINJA_SUFFIX = ".j2"
NOTES_SUFFIX = "NOTES.txt.j2"


def _local_now() -> datetime:
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How to render.

    Attributes:
        release: What ``.Release`` says.
        capabilities: What ``.Capabilities`` says.
        lookup: Finds an object by API version, kind, namespace and name (empty: a list); None without a cluster.
        skip_schema: Do not check values against schemas.
        enable_dns: Let ``getHostByName`` ask.
        strict: Missing keys are errors.
        lint: ``required`` and ``fail`` do not fail.
        clock: Returns the time, in its local zone.
        random: Where ``randAlphaNum`` and its like get randomness.
        warn: Is told what was ignored while values were put together.
    """

    release: ReleaseInfo = field(default_factory=ReleaseInfo)
    capabilities: Capabilities = field(default_factory=Capabilities.default)
    lookup: Lookup | None = None
    skip_schema: bool = False
    enable_dns: bool = False
    strict: bool = False
    lint: bool = False
    clock: Callable[[], datetime] = _local_now
    random: random.Random = field(default_factory=random.SystemRandom)
    warn: Callable[[ValuesWarning], None] | None = None


class Source(NamedTuple):
    """A template file.

    Attributes:
        path: From the root chart's name down, such as ``parent/charts/child/templates/a.yaml``.
        text: Its content.
        data: Dot.
        base_path: ``.Template.BasePath``.
    """

    path: str
    text: str
    data: dict[str, Any]
    base_path: str

    @property
    def partial(self) -> bool:
        """Whether it only defines what others use."""
        return self.path.rpartition("/")[2].startswith("_")


class Render(Run):
    """The state of one render, and the ``functions.Host`` of what runs in it."""

    def __init__(self, options: RenderOptions) -> None:
        super().__init__({}, LIBRARY, strict=options.strict)
        self.lint = options.lint
        self.lookup = options.lookup
        self.random = options.random
        self.enable_dns = options.enable_dns
        self.now = options.clock


def render(chart: Chart, values: Mapping[str, Any], options: RenderOptions | None = None) -> dict[str, str]:
    """Return what the templates of ``chart`` write, by path (``mychart/templates/a.yaml``), partials left out.

    Args:
        chart: As loaded; its dependencies are resolved here.
        values: What the user gave, merged.
        options: How.

    Raises:
        ValuesError: The values do not fit the chart.
        TemplateError: A template failed.
    """
    options = options or RenderOptions()
    chart = resolve_dependencies(chart, values, warn=options.warn)
    whole = coalesce(chart, values, warn=options.warn)
    if not options.skip_schema:
        from pyhelm.values import validate_schema

        validate_schema(chart, whole)
    return render_values(chart, whole, options)


def render_values(chart: Chart, values: Mapping[str, Any], options: RenderOptions) -> dict[str, str]:
    """Return what the templates of ``chart``, its dependencies resolved, write for coalesced ``values``.

    Templates may change the values they see (``set``); what is passed in here they do not change.

    Raises:
        TemplateError: A template failed.
    """
    return deeply(lambda: _render(chart, copy_table(values), options))


def _render(chart: Chart, values: dict[str, Any], options: RenderOptions) -> dict[str, str]:
    sources = sources_of(chart, values, options)
    run = Render(options)
    engine = GoEngine()
    go = [source for source in sources if not source.path.endswith(JINJA_SUFFIX)]
    engine.prepare(go, run)
    jinja = None
    if len(go) < len(sources):
        from pyhelm.template.jinja import JinjaEngine

        jinja = JinjaEngine()
        jinja.prepare([source for source in sources if source.path.endswith(JINJA_SUFFIX)], run)
    rendered: dict[str, str] = {}
    for source in sources:
        if source.partial:
            continue
        source.data["Template"] = Values({"Name": source.path, "BasePath": source.base_path})
        if jinja is not None and source.path.endswith(JINJA_SUFFIX):
            # The notes of a chart are known by their name.
            path = source.path.removesuffix(JINJA_SUFFIX) if source.path.endswith(NOTES_SUFFIX) else source.path
            rendered[path] = jinja.execute(source, source.data)
        else:
            rendered[source.path] = engine.execute(source, source.data)
    return rendered


def sources_of(chart: Chart, values: dict[str, Any], options: RenderOptions) -> list[Source]:
    """Return the template files of ``chart`` and its subcharts in Helm's order: the deepest first, then backwards.

    The last definition of a name counts, so the chart nearest to the root has its way.
    """
    sources: dict[str, Source] = {}
    top = {"Release": options.release.as_map(), "Capabilities": options.capabilities, "Values": Values(values)}
    _collect(chart, top, sources)
    return sorted(sources.values(), key=lambda source: (source.path.count("/"), source.path), reverse=True)


def _collect(chart: Chart, parent: dict[str, Any], sources: dict[str, Source]) -> dict[str, Any]:
    """Add the templates of ``chart`` and its subcharts; return dot of ``chart``."""
    subcharts: dict[str, Any] = {}
    if chart.is_root:
        values = parent["Values"]
    else:
        values = parent["Values"]
        for name in chart.name.split("."):
            values = values.get(name) if isinstance(values, dict) else None
        values = Values(values) if isinstance(values, dict) else Values()
    dot = Values(
        {
            "Chart": chart_map(chart),
            "Files": files_of(chart.files),
            "Release": parent["Release"],
            "Capabilities": parent["Capabilities"],
            "Values": values,
            "Subcharts": subcharts,
        }
    )
    for child in chart.dependencies:
        subcharts[child.name] = _collect(child, dot, sources)
    library = chart.metadata.type.lower() == "library"
    prefix = chart.full_path
    for file in chart.templates:
        if library and not file.name.rpartition("/")[2].startswith("_"):
            continue
        path = _join(prefix, file.name)
        sources[path] = Source(path, file.text, dot, f"{prefix}/templates")
    return dot


def _join(prefix: str, name: str) -> str:
    if "//" not in name and "./" not in name:
        return f"{prefix}/{name}"
    import posixpath

    return posixpath.normpath(f"{prefix}/{name}")
