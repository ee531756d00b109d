"""Functions on maps. ``set``, ``unset`` and the ``merge`` family change their first argument, as in sprig.

``keys`` and ``values`` keep a map's order of insertion; Go's is random.
"""

from __future__ import annotations

from typing import Any

from pyhelm.errors import FunctionError
from pyhelm.functions.goruntime import conversion_panic
from pyhelm.functions.gotypes import NilMap, StringMap, Strings, is_nil, is_slice, type_of
from pyhelm.functions.registry import Function, table
from pyhelm.functions.strings import strval

_MAP = "map[string]interface {}"


def _dict(*values: Any) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for at in range(0, len(values) - 1, 2):
        made[strval(values[at])] = values[at + 1]
    if len(values) % 2:
        made[strval(values[-1])] = ""
    return made


def _get(source: dict[str, Any], key: str) -> Any:
    return source.get(key, "")


def _set(target: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    if not target and is_nil(target):
        raise FunctionError("assignment to entry in nil map")
    target[key] = value
    return target


def _unset(target: dict[str, Any], key: str) -> dict[str, Any]:
    target.pop(key, None)
    return target


def _has_key(source: dict[str, Any], key: str) -> bool:
    return key in source


def _pluck(key: str, *sources: dict[str, Any]) -> list[Any]:
    return [source[key] for source in sources if key in source]


def _keys(*sources: dict[str, Any]) -> Strings:
    return Strings(key for source in sources for key in source)


def _values(source: dict[str, Any]) -> list[Any]:
    return list(source.values())


def _pick(source: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: source[key] for key in keys if key in source}


def _omit(source: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key not in keys}


def _dig(*arguments: Any) -> Any:
    if len(arguments) < 3:
        raise FunctionError("dig needs at least three arguments")
    *keys, fallback, source = arguments
    here = _assert_map(source)
    for key in keys:
        if not isinstance(key, str):
            raise conversion_panic(key, "string")
    for key in keys[:-1]:
        if key not in here:
            return fallback
        here = _assert_map(here[key])
    return here.get(keys[-1], fallback)


def _assert_map(value: Any) -> dict[str, Any]:
    if type(value) is dict or type_of(value) == _MAP:
        return value  # type: ignore[no-any-return]
    raise conversion_panic(value, _MAP)


# --- merge ----------------------------------------------------------------------------------------------------------


def _merge(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _fill(target, source)
    return target


def _merge_overwrite(target: dict[str, Any], *sources: dict[str, Any]) -> dict[str, Any]:
    for source in sources:
        _overwrite(target, source)
    return target


def _fill(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Take from ``source`` what is missing or empty in ``target`` (``mergo.Merge``); what is taken is not copied."""
    for key, value in list(source.items()):
        if value is None:
            continue
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict) and type(present) is not NilMap:
            _fill(present, value)
        if not present:
            _check_element(target, source)
            target[key] = value


def _overwrite(target: dict[str, Any], source: dict[str, Any]) -> None:
    """Take everything from ``source``, empty values too, map by map (``mergo.MergeWithOverwrite``)."""
    for key, value in list(source.items()):
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict) and type(present) is not NilMap:
            _overwrite(present, value)
            if present:
                continue
        _check_element(target, source)
        target[key] = value


def _check_element(target: dict[str, Any], source: dict[str, Any]) -> None:
    if type(target) is StringMap and type(source) is not StringMap:
        raise FunctionError("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string")


# --- copies ---------------------------------------------------------------------------------------------------------


def deep_copy(value: Any) -> Any:
    """Return ``value`` with every map and slice in it copied."""
    if isinstance(value, dict):
        copied = {key: deep_copy(item) for key, item in value.items()}
        return copied if type(value) is dict else type(value)(copied)
    if is_slice(value) and not isinstance(value, bytes):
        items = [deep_copy(item) for item in value]
        return items if type(value) is list else type(value)(items)
    copy = getattr(value, "go_copy", None)
    return value if copy is None else copy()


def _deep_copy(value: Any) -> Any:
    if value is None:
        raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
    return deep_copy(value)


_STRING_AND_MORE = (_MAP, "string")
FUNCTIONS = table(
    [
        Function("deepCopy", _deep_copy, ("any",)),
        Function("dict", _dict, ("any",), variadic=True, returns=_MAP),
        Function("dig", _dig, ("any",), variadic=True),
        Function("get", _get, (_MAP, "string")),
        Function("hasKey", _has_key, (_MAP, "string"), returns="bool"),
        Function("keys", _keys, (_MAP,), variadic=True, returns="[]string"),
        Function("merge", _merge, (_MAP, _MAP), variadic=True),
        Function("mergeOverwrite", _merge_overwrite, (_MAP, _MAP), variadic=True),
        Function("mustDeepCopy", _deep_copy, ("any",)),
        Function("mustMerge", _merge, (_MAP, _MAP), variadic=True),
        Function("mustMergeOverwrite", _merge_overwrite, (_MAP, _MAP), variadic=True),
        Function("omit", _omit, _STRING_AND_MORE, variadic=True, returns=_MAP),
        Function("pick", _pick, _STRING_AND_MORE, variadic=True, returns=_MAP),
        Function("pluck", _pluck, ("string", _MAP), variadic=True, returns="[]interface {}"),
        Function("set", _set, (_MAP, "string", "any"), returns=_MAP),
        Function("unset", _unset, (_MAP, "string"), returns=_MAP),
        Function("values", _values, (_MAP,), returns="[]interface {}"),
    ]
)
