"""Choosing between values by whether they are empty: zero, false, nil, or of length 0 (structs never are)."""

from __future__ import annotations

from operator import not_
from typing import Any

from pyhelm.functions.registry import Function, table

# Python's truth is sprig's: false for None, False, 0, 0.0 and empty containers; objects of Go structs have no length.
empty = not_


def _default(fallback: Any, *given: Any) -> Any:
    return given[0] if given and given[0] else fallback


def _coalesce(*values: Any) -> Any:
    for value in values:
        if value:
            return value
    return None


def _all(*values: Any) -> bool:
    return all(values)


def _any(*values: Any) -> bool:
    return any(values)


def _ternary(when_true: Any, when_false: Any, condition: bool) -> Any:  # noqa: FBT001
    return when_true if condition else when_false


FUNCTIONS = table(
    [
        Function("all", _all, ("any",), variadic=True, returns="bool"),
        Function("any", _any, ("any",), variadic=True, returns="bool"),
        Function("coalesce", _coalesce, ("any",), variadic=True),
        Function("default", _default, ("any", "any"), variadic=True),
        Function("empty", empty, ("any",), returns="bool"),
        Function("ternary", _ternary, ("any", "any", "bool")),
    ]
)
