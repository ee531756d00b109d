"""Which charts can be installed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import MissingDependenciesError, NotInstallableError

if TYPE_CHECKING:
    from pyhelm.chart.model import Chart


def check_installable(chart: Chart) -> None:
    """Refuse charts that are not applications; raises NotInstallableError."""
    if chart.metadata.type not in {"", "application"}:
        raise NotInstallableError(chart.metadata.type)


def check_dependencies(chart: Chart) -> None:
    """Refuse a chart whose declared subcharts are not all in ``charts/``; raises MissingDependenciesError."""
    present = {child.name for child in chart.dependencies}
    missing = [wanted.name for wanted in chart.metadata.dependencies if wanted.name not in present]
    if missing:
        error = MissingDependenciesError(missing)
        error.hint = "put them into the folder charts/, as folders or .tgz files; pyhelm does not fetch them yet"
        raise error
