"""Rules about subcharts: declared and present, each once (``pkg/chart/v2/lint/rules/dependencies.go``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.chart.folder import read_folder
from pyhelm.chart.loader import load_files
from pyhelm.errors import ChartError
from pyhelm.lint.messages import Linter, Severity

if TYPE_CHECKING:
    from pyhelm.chart.model import Chart


def check(linter: Linter) -> None:
    """Run the rules."""
    try:
        chart = load_files(read_folder(linter.folder))
    except ChartError as error:
        linter.check(Severity.ERROR, "", f"unable to load chart\n\t{error}")
        return
    linter.check(Severity.ERROR, linter.folder, _undeclared(chart))
    linter.check(Severity.WARNING, linter.folder, _missing(chart))


def _undeclared(chart: Chart) -> str | None:
    declared = {dependency.name for dependency in chart.metadata.dependencies}
    missing = [child.name for child in chart.dependencies if child.name not in declared]
    return f"chart metadata is missing these dependencies: {','.join(missing)}" if missing else None


def _missing(chart: Chart) -> str | None:
    present = {child.name for child in chart.dependencies}
    missing = [dependency.name for dependency in chart.metadata.dependencies if dependency.name not in present]
    return f"chart directory is missing these dependencies: {','.join(missing)}" if missing else None
