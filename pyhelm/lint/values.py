"""Rules about values.yaml and its schema (``pkg/chart/v2/lint/rules/values.go``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm import yaml
from pyhelm.chart.folder import describe
from pyhelm.chart.gojson import mismatch
from pyhelm.chart.model import Chart, Metadata
from pyhelm.errors import SchemaError, YamlError
from pyhelm.lint.messages import Linter, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = "values.yaml"


def check(linter: Linter, given: Mapping[str, Any], *, skip_schema: bool) -> None:
    """Run the rules; ``given`` is what the user gave. Subcharts' values are not looked at."""
    path = Path(linter.folder, NAME)
    if not linter.check(Severity.INFO, NAME, None if path.exists() else "file does not exist"):
        return
    try:
        linter.check(Severity.ERROR, NAME, _values(path, given, skip_schema=skip_schema))
    except YamlError as error:
        linter.check(Severity.ERROR, NAME, f"unable to parse YAML: {error}")


def _values(path: Path, given: Mapping[str, Any], *, skip_schema: bool) -> str | None:
    try:
        own = yaml.load(path.read_bytes())
    except OSError as error:
        verb = "read" if isinstance(error, IsADirectoryError) else "open"
        return f"unable to parse YAML: {describe(verb, str(path), error)}"
    if own is not None and not isinstance(own, dict):
        raise mismatch(own, "common.Values")
    try:
        schema = path.with_name("values.schema.json").read_bytes()
    except OSError:
        return None
    if not schema or skip_schema:
        return None
    from pyhelm.values import coalesce_tables, validate_schema

    merged = coalesce_tables(dict(given), own or {})
    try:
        validate_schema(Chart(Metadata(name="chart"), schema=schema), merged)
    except SchemaError as error:
        return str(error).split("\n", 2)[2]
    return None
