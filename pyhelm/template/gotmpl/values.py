"""How templates look into values: fields, methods, and what may be passed where (``evalField``, ``validateType``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, NilList, Object, type_of

if TYPE_CHECKING:
    from pyhelm.functions.registry import Function


class _Nil:
    """An element that is nil: text/template tells it from no value at all, and complains about fields of it."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "NIL"


NIL: Any = _Nil()
"""Dot or variable in a ``range`` whose element is nil. Never leaves the engine: functions and output see None."""


class RefusedError(Exception):
    """A field, call or argument that text/template refuses; the text is its."""


def zero_of(container: dict[str, Any]) -> Any:
    """Return what a missing key of ``container`` gives: nil, or the zero of its elements' type."""
    if type(container) is dict:
        return None
    zero = getattr(container, "go_zero", None)
    return "" if zero is None and type_of(container).endswith("]string") else zero


class Complex(Object):
    """Go's ``complex128``: an imaginary constant."""

    __slots__ = ("value",)
    go_type = "complex128"
    go_kind = "complex128"

    def __init__(self, value: complex) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Complex) and self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)

    def __bool__(self) -> bool:
        return self.value != 0

    def go_string(self) -> str:
        """Return what ``%v`` prints."""
        imaginary = to_text(self.value.imag)
        return f"({to_text(self.value.real)}{'' if imaginary[0] in '+-' else '+'}{imaginary}i)"


def printed(value: Any) -> str:
    """Return what an action writes for ``value``, which is not nil: pointers are followed (``printableValue``)."""
    if isinstance(value, Object):
        own = getattr(value, "go_printed", None)
        if own is not None:
            return str(own())
        return to_text(value).removeprefix("&")
    return to_text(value)


def holds_anything(container: Any) -> bool:
    """Whether Go has the elements of a map or slice as interfaces."""
    name = getattr(container, "go_underlying", None) or type_of(container)
    return name.endswith("]interface {}") and not name.startswith("[][]")


def method_of(value: Any, name: str) -> Function | None:
    """Return the method ``name`` of ``value``."""
    methods = getattr(value, "go_methods", None)
    return methods.get(name) if methods else None


def field(value: Any, name: str, *, loose: bool, strict: bool) -> tuple[Any, bool]:
    """Return the field ``name`` of ``value`` (which is not nil), and whether Go has it as an interface.

    Args:
        loose: Go has ``value`` as an interface, and so names no type in complaints.
        strict: Missing keys are errors.

    Raises:
        RefusedError: There is no such field.
    """
    if isinstance(value, dict):
        try:
            found = value[name]
        except KeyError:
            if strict:
                raise RefusedError(f'map has no entry for key "{name}"') from None
            found = zero_of(value)
        return found, type(value) is dict or zero_of(value) is None
    if name in getattr(value, "go_fields", ()):
        if not name[0].isupper():
            raise RefusedError(f"{name} is an unexported field of struct type {type_of(value)}")
        return getattr(value, name), False
    raise RefusedError(f"can't evaluate field {name} in type {'interface {}' if loose else type_of(value)}")


_ALIASES = {
    "any": "interface {}",
    "value": "reflect.Value",
    "[]any": "[]interface {}",
    "map[string]any": "map[string]interface {}",
    "rune": "int32",
    "byte": "uint8",
    "[]byte": "[]uint8",
}


def go_name(param: str) -> str:
    """Return the type ``param`` as Go's reflection writes it."""
    known = _ALIASES.get(param)
    return known if known is not None else param.replace("any", "interface {}")


_NILLABLE = ("map[", "[]", "*", "func(", "chan ", "interface {")


def can_be_nil(param: str) -> bool:
    """Whether an untyped nil can be given for a parameter of the type."""
    return param.startswith(_NILLABLE) or param in {"reflect.Value", "error", "fmt.Stringer"}


def zero_for(param: str) -> Any:
    """Return what a function gets for a nil in a parameter of a type that has one."""
    if param.startswith("map["):
        return {}
    if param.startswith("[]"):
        return NilList()
    return None


def accept(value: Any, param: str, *, loose: bool) -> Any:
    """Return ``value`` as a function with a parameter of type ``param`` gets it.

    Args:
        loose: A nil ``value`` is a nil interface (a field that is nil or missing), rather than no value at all.

    Raises:
        RefusedError: It cannot be given for ``param``.
    """
    if param in {"interface {}", "reflect.Value"}:
        return None if value is NIL else value
    if value is NIL:
        value, loose = None, True
    if value is None:
        if loose:
            raise RefusedError(f"wrong type for value; expected {param}; got interface {{}}")
        if can_be_nil(param):
            return zero_for(param)
        raise RefusedError(f"invalid value; expected {param}")
    actual = type_of(value)
    if actual == param or getattr(value, "go_underlying", None) == param:
        return value
    if param.startswith("*") and actual == param[1:]:
        return value
    if actual.startswith("*") and actual[1:] == param:
        return value
    if param == "error" and getattr(value, "go_error", False):
        return value
    raise RefusedError(f"wrong type for value; expected {param}; got {actual}")


def integer_constant(value: int, param: str) -> Any:
    """Return an integer constant for a parameter of an integer type."""
    return Int(value) if param == "int" else value
