"""YAML of values and back, as Helm's template functions do it."""

from __future__ import annotations

from typing import Any

from pyhelm import yaml
from pyhelm.errors import FunctionError, YamlError
from pyhelm.functions.gotypes import type_of
from pyhelm.functions.registry import Function, table

_MAP = "map[string]interface {}"


def _to_yaml(value: Any) -> str:
    try:
        return yaml.dump(value).removesuffix("\n")
    except YamlError:
        return ""


def _must_to_yaml(value: Any) -> str:
    try:
        return yaml.dump(value).removesuffix("\n")
    except YamlError as error:
        raise FunctionError(error.reason) from error


def _from_yaml(text: str) -> dict[str, Any]:
    try:
        value = yaml.load(text)
    except YamlError as error:
        return {"Error": error.reason}
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"Error": _mismatch(value, _MAP)}


def _from_yaml_array(text: str) -> list[Any]:
    try:
        value = yaml.load(text)
    except YamlError as error:
        return [error.reason]
    if value is None:
        return []
    return value if isinstance(value, list) else [_mismatch(value, "[]interface {}")]


def _mismatch(value: Any, wanted: str) -> str:
    kinds = {_MAP: "object", "[]interface {}": "array", "float64": "number", "int64": "number"}
    kind = kinds.get(type_of(value), type_of(value))
    return f"error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} into Go value of type {wanted}"


FUNCTIONS = table(
    [
        Function("fromYaml", _from_yaml, ("string",), returns=_MAP),
        Function("fromYamlArray", _from_yaml_array, ("string",), returns="[]interface {}"),
        Function("mustToYaml", _must_to_yaml, ("any",), returns="string"),
        Function("toYaml", _to_yaml, ("any",), returns="string"),
        Function("toYamlPretty", _to_yaml, ("any",), returns="string"),
    ]
)
