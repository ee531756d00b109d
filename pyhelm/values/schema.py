"""Checks of values against the ``values.schema.json`` of a chart and its subcharts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.errors import SchemaError, SchemaViolation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.chart.model import Chart


def validate_schema(chart: Chart, values: Mapping[str, Any]) -> None:
    """Check coalesced ``values`` against every schema in the tree of ``chart`` (Go's ``ValidateAgainstSchema``).

    Raises:
        SchemaError: Some values break a schema, or a schema is none; all that is wrong is listed, parents first.
        UnsupportedError: A schema refers to another document.
    """
    violations: list[SchemaViolation] = []
    _collect(chart, values, violations)
    if violations:
        raise SchemaError(violations)


def _collect(chart: Chart, values: Mapping[str, Any], violations: list[SchemaViolation]) -> None:
    if chart.schema is not None:
        from pyhelm.values import schema_rules

        try:
            for finding in schema_rules.check(chart.schema, values):
                report = "\n".join(finding.lines(""))
                violations.append(SchemaViolation(chart.name, finding.path, finding.reason, report))
        except schema_rules.InvalidSchemaError as error:
            violations.append(SchemaViolation(chart.name, None, str(error)))
    for child in chart.dependencies:
        given = values.get(child.name)
        if isinstance(given, dict):
            _collect(child, given, violations)
