"""YAML of values and back, as Helm's template functions do it."""

from __future__ import annotations

from operator import is_not
from typing import Any

from pyhelm import yaml
from pyhelm.errors import FunctionError, YamlError
from pyhelm.functions.gotypes import Int, Ints, Strings, is_nil, type_of
from pyhelm.functions.registry import Function, table

_MAP = "map[string]interface {}"


def plain(value: Any) -> Any:
    """Return ``value`` as ``encoding/json`` sees it: objects as what they write, nil slices and maps as nil.

    What holds neither is returned itself.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        items = [plain(item) for item in value]
        return items if any(map(is_not, items, value)) else value
    if kind is dict:
        entries = {key: plain(item) for key, item in value.items()}
        return entries if any(map(is_not, entries.values(), value.values())) else value
    if is_nil(value):
        return None
    if hasattr(value, "go_json"):
        return plain(value.go_json())
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


_PLAIN = frozenset({str, bool, int, float, Int, type(None), Strings, Ints, bytes})


def _to_yaml(value: Any) -> str:
    try:
        return yaml.dump(plain(value)).removesuffix("\n")
    except YamlError:
        return ""


def _must_to_yaml(value: Any) -> str:
    try:
        return yaml.dump(plain(value)).removesuffix("\n")
    except YamlError as error:
        raise FunctionError(error.reason) from error


def _to_yaml_pretty(value: Any) -> str:
    from pyhelm.functions.prettyyaml import dumps

    return dumps(value).removesuffix("\n")


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
        Function("toYamlPretty", _to_yaml_pretty, ("any",), returns="string"),
    ]
)
