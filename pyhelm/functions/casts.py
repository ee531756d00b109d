"""Numbers from any value by the rules of ``github.com/spf13/cast``, which swallows what it cannot convert as 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.functions.gonumbers import NumberSyntaxError, float_to_int64, parse_float, parse_int
from pyhelm.functions.gotypes import Int, Int32, Uint8, Uint64, wrap_int64

if TYPE_CHECKING:
    from collections.abc import Callable


def to_int64(value: Any) -> int:
    """Return ``value`` as an int64: floats are cut, text may have a prefix (``0x``, ``0``) or end in ``.0``."""
    cls = type(value)
    if cls is Int or cls is int:
        return value  # type: ignore[no-any-return]
    convert = _TO_INT64.get(cls)
    return convert(value) if convert is not None else 0


def to_float64(value: Any) -> float:
    """Return ``value`` as a float64."""
    cls = type(value)
    if cls is float:
        return value  # type: ignore[no-any-return]
    convert = _TO_FLOAT64.get(cls)
    return convert(value) if convert is not None else 0.0


def _text_to_int64(text: str) -> int:
    whole, point, fraction = text.rpartition(".")
    if point and fraction and not fraction.strip("0"):
        text = whole
    try:
        return parse_int(text, 0)
    except NumberSyntaxError:
        return 0


def _text_to_float64(text: str) -> float:
    try:
        return parse_float(text)
    except NumberSyntaxError:
        return 0.0


_TO_INT64: dict[type, Callable[[Any], int]] = {
    float: float_to_int64,
    str: _text_to_int64,
    bool: int,
    Int32: int,
    Uint8: int,
    Uint64: wrap_int64,
}
_TO_FLOAT64: dict[type, Callable[[Any], float]] = {
    Int: float,
    int: float,
    str: _text_to_float64,
    bool: float,
    Int32: float,
    Uint8: float,
    Uint64: float,
}


def register_int(cls: type) -> None:
    """Let values of ``cls``, a named type of Go's that ``cast`` knows as ``int``, convert to numbers."""
    _TO_INT64[cls] = int
    _TO_FLOAT64[cls] = float
