"""Functions on slices. None changes its arguments; each element keeps its type."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.casts import to_int64
from pyhelm.functions.goruntime import NIL_DEREFERENCE
from pyhelm.functions.gotypes import Lists, NilList, deep_equal, elements, is_slice, kind_of
from pyhelm.functions.limits import check_list
from pyhelm.functions.registry import Function, table

if TYPE_CHECKING:
    from collections.abc import Sequence


def _elements(value: Any, complaint: str) -> Sequence[Any]:
    """Return the elements of a slice; ``complaint`` begins the error about anything else."""
    if type(value) is list:
        return value
    if value is None:
        raise FunctionError(NIL_DEREFERENCE)
    if not is_slice(value):
        raise FunctionError(f"{complaint} {kind_of(value)}")
    return elements(value)


def _list(*values: Any) -> list[Any]:
    return list(values)


def _append(value: Any, item: Any) -> list[Any]:
    return [*_elements(value, "Cannot push on type"), item]


def _prepend(value: Any, item: Any) -> list[Any]:
    return [item, *_elements(value, "Cannot prepend on type")]


def _concat(*values: Any) -> list[Any]:
    joined: list[Any] = []
    for value in values:
        if value is not None and not is_slice(value):
            raise FunctionError(f"Cannot concat type {kind_of(value)} as list")
        joined += _elements(value, "")
    check_list(len(joined))
    return joined or NilList()


def _first(value: Any) -> Any:
    items = _elements(value, "Cannot find first on type")
    return items[0] if items else None


def _last(value: Any) -> Any:
    items = _elements(value, "Cannot find last on type")
    return items[-1] if items else None


def _rest(value: Any) -> list[Any]:
    items = _elements(value, "Cannot find rest on type")
    return list(items[1:]) if items else NilList()


def _initial(value: Any) -> list[Any]:
    items = _elements(value, "Cannot find initial on type")
    return list(items[:-1]) if items else NilList()


def _reverse(value: Any) -> list[Any]:
    return list(reversed(_elements(value, "Cannot find reverse on type")))


def _compact(value: Any) -> list[Any]:
    return [item for item in _elements(value, "Cannot compact on type") if item]


_SCALARS = (str, int, float)


def _uniq(value: Any) -> list[Any]:
    kept: list[Any] = []
    seen: set[tuple[type, Any]] = set()  # text and numbers, so that long lists take linear time
    others: list[Any] = []
    for item in _elements(value, "Cannot find uniq on type"):
        if isinstance(item, _SCALARS):
            key = (type(item), item)
            if key in seen and item == item:  # noqa: PLR0124 - NaN differs from itself
                continue
            seen.add(key)
        elif _in(others, item):
            continue
        else:
            others.append(item)
        kept.append(item)
    return kept


def _in(items: Sequence[Any], wanted: Any) -> bool:
    cls = type(wanted)
    if cls is str:
        return any(type(item) is str and item == wanted for item in items)
    return any(deep_equal(wanted, item) for item in items)


def _without(value: Any, *omitted: Any) -> list[Any]:
    items = _elements(value, "Cannot find without on type")
    return [item for item in items if not _in(omitted, item)]


def _has(needle: Any, haystack: Any) -> bool:
    if haystack is None:
        return False
    return _in(_elements(haystack, "Cannot find has on type"), needle)


def _slice(value: Any, *indices: Any) -> Any:
    items = _elements(value, "list should be type of slice or array but")
    if not items:
        return None
    start = to_int64(indices[0]) if indices else 0
    end = to_int64(indices[1]) if len(indices) > 1 else len(items)
    if not 0 <= start <= end <= len(items):
        raise FunctionError("reflect.Value.Slice: slice index out of bounds")
    part = value[start:end]
    return part if type(part) is type(value) else type(value)(part)


def _chunk(size: int, value: Any) -> Lists:
    items = _elements(value, "Cannot chunk type")
    length = len(items)
    if size == 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    count = math.floor((length - 1) / size) + 1
    last = int(math.fmod(length, size)) or size
    if count < 0 or (count > 0 and last < 0):
        raise FunctionError("runtime error: makeslice: len out of range")
    return Lists(list(items[at * size : at * size + size]) for at in range(count))


def _both(name: str, call: Any, params: tuple[str, ...], returns: str, *, variadic: bool = False) -> list[Function]:
    """Return a function and its ``must`` variant: here both fail, one by a panic in Go and one by an error."""
    return [
        Function(spelling, call, params, variadic=variadic, returns=returns)
        for spelling in (name, f"must{name[0].upper()}{name[1:]}")
    ]


_ANYS = "[]interface {}"
FUNCTIONS = table(
    [
        *_both("append", _append, ("any", "any"), _ANYS),
        *_both("chunk", _chunk, ("int", "any"), "[][]interface {}"),
        *_both("compact", _compact, ("any",), _ANYS),
        Function("concat", _concat, ("any",), variadic=True),
        *_both("first", _first, ("any",), "any"),
        *_both("has", _has, ("any", "any"), "bool"),
        *_both("initial", _initial, ("any",), _ANYS),
        *_both("last", _last, ("any",), "any"),
        Function("list", _list, ("any",), variadic=True, returns=_ANYS),
        *_both("prepend", _prepend, ("any", "any"), _ANYS),
        *_both("push", _append, ("any", "any"), _ANYS),
        *_both("rest", _rest, ("any",), _ANYS),
        *_both("reverse", _reverse, ("any",), _ANYS),
        *_both("slice", _slice, ("any", "any"), "any", variadic=True),
        Function("tuple", _list, ("any",), variadic=True, returns=_ANYS),
        *_both("uniq", _uniq, ("any",), _ANYS),
        *_both("without", _without, ("any", "any"), _ANYS, variadic=True),
    ]
)
