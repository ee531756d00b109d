"""Rules about crds/ (``pkg/chart/v2/lint/rules/crds.go``)."""

from __future__ import annotations

from pathlib import Path

from pyhelm.chart.loader import load
from pyhelm.errors import ChartError, YamlError
from pyhelm.lint.manifests import manifests
from pyhelm.lint.messages import Linter, Severity

_FOLDER = "crds/"


def check(linter: Linter) -> None:
    """Run the rules."""
    path = Path(linter.folder, _FOLDER)
    if not path.exists():
        return
    if not linter.check(Severity.ERROR, _FOLDER, None if path.is_dir() else "not a directory"):
        return
    try:
        chart = load(linter.folder, detect=False)
    except ChartError as error:
        linter.check(Severity.ERROR, _FOLDER, str(error))
        return
    for file in chart.crds:
        try:
            for manifest in manifests(file.text):
                if manifest is None:
                    continue
                if not manifest.api_version.startswith("apiextensions.k8s.io"):
                    linter.check(Severity.ERROR, file.name, "apiVersion is not in 'apiextensions.k8s.io'")
                if manifest.kind != "CustomResourceDefinition":
                    linter.check(Severity.ERROR, file.name, "object kind is not 'CustomResourceDefinition'")
        except YamlError as error:
            linter.check(Severity.ERROR, file.name, f"unable to parse YAML: {error}")
            return
