"""A chart and values become what a release is made of: hooks, manifests, notes.

The one way from templates to documents, shared by template, install and upgrade (``renderResources``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.errors import (
    DependencyProcessingError,
    FunctionError,
    IncompatibleKubeVersionError,
    ManifestError,
    NotFoundError,
    ValuesError,
)
from pyhelm.release import manifests as release_manifests
from pyhelm.template import Capabilities, KubeVersion, ReleaseInfo, RenderOptions, render_values
from pyhelm.values import coalesce, resolve_dependencies

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.chart.model import Chart
    from pyhelm.kube.client import Client
    from pyhelm.release.manifests import Manifest
    from pyhelm.release.record import Hook
    from pyhelm.values import ValuesWarning


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """What to render besides chart and values.

    Attributes:
        name: The release's name.
        namespace: The release's namespace.
        revision: Its number.
        is_upgrade: What ``.Release.IsUpgrade`` says; ``IsInstall`` is the opposite.
        ask_cluster: Take capabilities from the cluster and let ``lookup`` read it.
        kube_version: Instead of the default, when the cluster is not asked; None for the default.
        api_versions: Besides the default ones, when the cluster is not asked.
        include_crds: Put the files under ``crds/`` before the manifest.
        hide_secrets: Leave the content of Secrets out of the manifest's text.
        sub_notes: Collect the notes of subcharts too.
        skip_schema: Do not check the values.
        enable_dns: Let ``getHostByName`` ask.
    """

    name: str
    namespace: str
    revision: int = 1
    is_upgrade: bool = False
    ask_cluster: bool = False
    kube_version: KubeVersion | None = None
    api_versions: Sequence[str] = ()
    include_crds: bool = False
    hide_secrets: bool = False
    sub_notes: bool = False
    skip_schema: bool = False
    enable_dns: bool = False


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a chart came to.

    Attributes:
        chart: With its dependencies resolved, which is what a record keeps.
        hooks: In order of their kinds.
        manifests: In the order of installation.
        notes: NOTES.txt.
        crds: Path and text of the files under ``crds/``, if they were asked for.
        hide_secrets: Secrets are left out of the text.
    """

    chart: Chart
    hooks: list[Hook]
    manifests: list[Manifest]
    notes: str
    crds: list[tuple[str, str]] = field(default_factory=list)
    hide_secrets: bool = False

    @property
    def text(self) -> str:
        """The release's manifest, as Helm stores and prints it."""
        crds = "".join(release_manifests.source_document(path, text) for path, text in self.crds)
        return crds + release_manifests.join_manifests(self.manifests, hide_secrets=self.hide_secrets)


def render(env: Environment, chart: Chart, values: dict[str, Any], request: RenderRequest) -> Rendered:
    """Render a chart.

    Args:
        env: Its cluster is used only if the request says so.
        chart: Not changed.
        values: What the user gave. Not changed.
        request: Everything else.

    Raises:
        IncompatibleKubeVersionError: The chart wants another Kubernetes.
        SchemaError: The values are refused.
        TemplateError: A template failed.
        ManifestError: What came out is no YAML; ``manifest`` has it.
    """
    client = env.cluster if request.ask_cluster else None
    capabilities = capabilities_of(client) if client is not None else _offline_capabilities(request)
    options = RenderOptions(
        release=ReleaseInfo(
            name=request.name,
            namespace=request.namespace,
            revision=request.revision,
            is_install=not request.is_upgrade,
            is_upgrade=request.is_upgrade,
        ),
        capabilities=capabilities,
        lookup=_lookup(client) if client is not None else None,
        skip_schema=request.skip_schema,
        enable_dns=request.enable_dns,
        clock=lambda: env.now().astimezone(),
        warn=lambda warning: _tell(env, warning),
    )
    try:
        resolved = resolve_dependencies(chart, values, warn=options.warn)
    except ValuesError as error:
        raise DependencyProcessingError(error) from error
    whole = coalesce(resolved, values, warn=options.warn)
    if not request.skip_schema:
        from pyhelm.values import validate_schema

        validate_schema(resolved, whole)
    _check_kube_version(chart, capabilities.kube_version)
    texts = render_values(resolved, whole, options)
    files, notes = release_manifests.take_notes(texts, chart.name, sub_notes=request.sub_notes)
    try:
        ordered = release_manifests.sort_manifests(files, release_name=request.name)
    except ManifestError as error:
        error.manifest = "".join(
            release_manifests.source_document(path, files[path]) for path in sorted(files) if files[path].strip()
        )
        raise
    for _path, marks in ordered.skipped:
        from pyhelm.action.progress import Noted

        env.tell(Noted("skipping unknown hooks", (("hookTypes", marks),), level="info"))
    crds = crd_files(resolved) if request.include_crds else []
    return Rendered(resolved, ordered.hooks, ordered.manifests, notes, crds, request.hide_secrets)


def _tell(env: Environment, warning: ValuesWarning) -> None:
    from pyhelm.action.progress import Noted

    env.tell(Noted(warning.message, warning.facts, level="warning" if warning.severe else "info"))


def _check_kube_version(chart: Chart, version: KubeVersion) -> None:
    wanted = chart.metadata.kube_version
    if not wanted:
        return
    from pyhelm.chart import semver

    if not semver.matches(wanted, str(version)):
        raise IncompatibleKubeVersionError(wanted, version.Version)


def crd_files(chart: Chart) -> list[tuple[str, str]]:
    """Return (path from the root chart, text) of the files under ``crds/``, this chart's first (``CRDObjects``)."""
    files: list[tuple[str, str]] = []
    for part in chart.walk():
        own = [
            file
            for file in part.files
            if file.name.startswith("crds/") and file.name.endswith((".yaml", ".yml", ".json"))
        ]
        files.extend((f"{part.full_path}/{file.name}", file.text) for file in own)
    return files


def capabilities_of(client: Client) -> Capabilities:
    """Return what a cluster can do, from its version and its discovery."""
    version = client.version()
    text = version.get("gitVersion", "")
    names = []
    for resource in client.catalog.all():
        names.append(resource.api_version)
        names.append(f"{resource.api_version}/{resource.kind}")
    # Unlike one given by --kube-version, a server's version keeps its suffixes when it is printed.
    found = KubeVersion(text, text, version.get("major", ""), version.get("minor", ""))
    return Capabilities(found, dict.fromkeys(names))


def _offline_capabilities(request: RenderRequest) -> Capabilities:
    default = Capabilities.default()
    if request.kube_version is None and not request.api_versions:
        return default
    return Capabilities(request.kube_version or default.kube_version, [*default.api_versions, *request.api_versions])


def _lookup(client: Client) -> Callable[[str, str, str, str], dict[str, Any]]:
    """Return what ``lookup`` calls: one object, a list, or an empty map where there is none."""
    from pyhelm.kube.objects import ObjectKey

    def lookup(api_version: str, kind: str, namespace: str, name: str) -> dict[str, Any]:
        try:
            resource = client.catalog.for_kind(api_version, kind)
        except NotFoundError as error:
            raise FunctionError(
                f"unable to get apiresource from unstructured: {api_version}, Kind={kind}: {error.message}"
            ) from error
        if not resource.namespaced:
            namespace = ""
        if not name:
            found = client.list(resource, namespace)
            return {
                "apiVersion": api_version,
                "kind": f"{kind}List",
                "metadata": {"resourceVersion": found.resource_version},
                "items": found.items,
            }
        try:
            return client.get(resource, ObjectKey(namespace, name))
        except NotFoundError:
            return {}

    return lookup
