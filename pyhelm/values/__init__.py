"""Values: what the user gives, over what charts default to, handed down to subcharts.

Belongs here: the ``--set`` grammar, values files, merge, coalesce, conditions, tags, import-values, schema checks.
"""

from pyhelm.values.coalesce import ValuesWarning, coalesce, coalesce_tables, merge_chart_values, merge_tables
from pyhelm.values.dependencies import resolve_dependencies
from pyhelm.values.expressions import (
    parse_json_object,
    parse_set,
    parse_set_file,
    parse_set_json,
    parse_set_literal,
    parse_set_string,
)
from pyhelm.values.schema import validate_schema
from pyhelm.values.sources import ValueSources, merge_sources, read_local

__all__ = [
    "ValueSources",
    "ValuesWarning",
    "coalesce",
    "coalesce_tables",
    "merge_chart_values",
    "merge_sources",
    "merge_tables",
    "parse_json_object",
    "parse_set",
    "parse_set_file",
    "parse_set_json",
    "parse_set_literal",
    "parse_set_string",
    "read_local",
    "resolve_dependencies",
    "validate_schema",
]
