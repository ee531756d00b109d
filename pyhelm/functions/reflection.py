"""Functions that ask for a value's Go type or kind, and compare values with it."""

from __future__ import annotations

from typing import Any

from pyhelm.functions.gotypes import deep_equal, kind_of, type_of
from pyhelm.functions.registry import Function, table


def _kind_is(kind: str, value: Any) -> bool:
    return kind == kind_of(value)


def _type_is(name: str, value: Any) -> bool:
    return name == type_of(value)


def _type_is_like(name: str, value: Any) -> bool:
    return type_of(value) in {name, f"*{name}"}


FUNCTIONS = table(
    [
        Function("deepEqual", deep_equal, ("any", "any"), returns="bool"),
        Function("kindIs", _kind_is, ("string", "any"), returns="bool"),
        Function("kindOf", kind_of, ("any",), returns="string"),
        Function("typeIs", _type_is, ("string", "any"), returns="bool"),
        Function("typeIsLike", _type_is_like, ("string", "any"), returns="bool"),
        Function("typeOf", type_of, ("any",), returns="string"),
    ]
)
