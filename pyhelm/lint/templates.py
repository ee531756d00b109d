"""Rules about templates and what they render to (``pkg/chart/v2/lint/rules/template.go``)."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING

from pyhelm.chart.gotext import SPACES
from pyhelm.chart.loader import load
from pyhelm.errors import ChartError, PyhelmError, SchemaError, ValuesError, YamlError
from pyhelm.kube import names
from pyhelm.lint.deprecations import deprecation
from pyhelm.lint.manifests import Manifest, item_annotations, manifests
from pyhelm.lint.messages import Linter, Severity
from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    from pyhelm.chart.model import Chart
    from pyhelm.lint.run import LintOptions

_FOLDER = "templates/"
_EXTENSIONS = frozenset((".yaml", ".yml", ".tpl", ".txt"))
_JINJA = ".j2"
_SELECTING = frozenset(("Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"))
_LONGEST_LINE = 64 * 1024  # bufio.MaxScanTokenSize


def check(linter: Linter, options: LintOptions) -> None:
    """Run the rules."""
    path = Path(linter.folder, _FOLDER)
    if not linter.check(Severity.WARNING, _FOLDER, None if path.exists() else "directory does not exist"):
        return
    if not linter.check(Severity.ERROR, _FOLDER, None if path.is_dir() else "not a directory"):
        return
    try:
        chart = load(linter.folder, detect=False)
    except ChartError as error:
        linter.check(Severity.ERROR, _FOLDER, str(error))
        return
    rendered = _render(linter, chart, options)
    if rendered is None:
        return
    minor = options.kube_version.Minor if options.kube_version is not None else ""
    for file in chart.templates:
        name = file.name.removesuffix(_JINJA)
        if name == file.name or "." in posixpath.basename(name):  # a Jinja2 file of macros needs no other extension
            linter.check(Severity.ERROR, file.name, _extension(name))
        if posixpath.splitext(name)[1].lower() not in {".yaml", ".yml"}:
            continue
        text = rendered.get(posixpath.join(chart.name, file.name), "")
        if text.strip(SPACES) and not _check_text(linter, file.name, text, minor):
            return


def _render(linter: Linter, chart: Chart, options: LintOptions) -> dict[str, str] | None:
    """Return what the chart renders to, or None where it fails; values that do not fit are passed over, as by Helm."""
    from pyhelm.template import Capabilities, ReleaseInfo, RenderOptions, render

    capabilities = Capabilities.default()
    if options.kube_version is not None:
        capabilities = Capabilities(options.kube_version, capabilities.api_versions)
    settings = RenderOptions(
        release=ReleaseInfo(name="test-release", namespace=options.namespace),
        capabilities=capabilities,
        skip_schema=options.skip_schema,
        lint=True,
    )
    try:
        return render(chart, options.values, settings)
    except PyhelmError as error:
        if isinstance(error, SchemaError) or not isinstance(error, ValuesError):
            linter.check(Severity.ERROR, _FOLDER, str(error))
    return None


def _check_text(linter: Linter, name: str, text: str, minor: str) -> bool:
    """Check one rendered file; return whether it is YAML, without which Helm looks no further."""
    linter.check(Severity.WARNING, name, _indent(text))
    try:
        for manifest in manifests(text):
            if manifest is None:
                continue
            linter.check(Severity.WARNING, name, _object_name(manifest))
            linter.check(Severity.WARNING, name, deprecation(manifest.api_version, manifest.kind, minor))
            linter.check(Severity.ERROR, name, _selector(manifest, text))
            linter.check(Severity.ERROR, name, _list_annotations(manifest, text))
    except YamlError as error:
        linter.check(Severity.ERROR, name, f"unable to parse YAML: {error}")
        return False
    return True


def _extension(name: str) -> str | None:
    base = name.rpartition("/")[2]
    extension = base[base.rindex(".") :] if "." in base else ""
    if extension in _EXTENSIONS:
        return None
    return f"file extension '{extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt"


def _indent(text: str) -> str | None:
    for line in text.split("\n"):
        line = line.removesuffix("\r")  # noqa: PLW2901 - as Go's scanner gives lines
        if len(line) >= _LONGEST_LINE:
            return "bufio.Scanner: token too long"
        if line.strip(SPACES):
            if line.startswith((" ", "\t")):
                return f"document starts with an illegal indent: {quote(line)}, which may cause parsing problems"
            return None
    return None


def _object_name(manifest: Manifest) -> str | None:
    kind = manifest.kind.lower()
    name = manifest.metadata.name
    if kind == "service":
        errors = names.dns_1035_label_errors(name)
    elif kind == "namespace":
        errors = names.dns_label_errors(name)
    elif kind == "certificatesigningrequest":
        errors = []
    elif kind in {"role", "clusterrole", "rolebinding", "clusterrolebinding"}:
        errors = names.path_segment_errors(name)
    else:
        errors = names.dns_subdomain_errors(name)
    if not errors:
        return None
    found = list(dict.fromkeys(f"metadata.name: Invalid value: {quote(name)}: {error}" for error in errors))
    joined = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
    return f"object name does not conform to Kubernetes naming requirements: {quote(name)}: {joined}"


def _selector(manifest: Manifest, text: str) -> str | None:
    if manifest.kind not in _SELECTING or "matchLabels" in text or "matchExpressions" in text:
        return None
    name = quote(manifest.metadata.name)
    return f"a {manifest.kind} must contain matchLabels or matchExpressions, and {name} does not"


def _list_annotations(manifest: Manifest, text: str) -> str | None:
    if manifest.kind != "List":
        return None
    try:
        annotated = item_annotations(text)
    except YamlError as error:
        return f"unable to parse YAML: {error}"
    if any("helm.sh/resource-policy" in annotations for annotations in annotated):
        return "annotation 'helm.sh/resource-policy' within List objects are ignored"
    return None
