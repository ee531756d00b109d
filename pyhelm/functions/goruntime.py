"""What Go's runtime does where Python differs: slicing of bytes, and the words of its panics."""

from __future__ import annotations

from typing import Any

from pyhelm.errors import FunctionError

NIL_DEREFERENCE = "runtime error: invalid memory address or nil pointer dereference"


def to_bytes(text: str) -> str:
    """Return ``text`` with one character per byte of its UTF-8 (:func:`from_bytes` turns it back)."""
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def from_bytes(octets: str) -> str:
    """Return the text whose UTF-8 bytes are the characters of ``octets``."""
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")


def slice_text(octets: str, start: int | None, end: int | None) -> str:
    """Return ``octets[start:end]``, one character per byte.

    Raises:
        FunctionError: Out of bounds, in the words of Go's panic.
    """
    length = len(octets)
    check_bounds(start, end, length, "length")
    return octets[start:end]


def check_bounds(start: int | None, end: int | None, length: int, measure: str) -> None:
    """Panic as Go does for ``value[start:end]``; ``measure`` is what ``length`` is called (``length``, ``capacity``).

    Raises:
        FunctionError: Out of bounds.
    """
    if end is not None and not 0 <= end <= length:
        detail = f"[:{end}]" if end < 0 else f"[:{end}] with {measure} {length}"
    elif start is not None and start < 0:
        detail = f"[{start}:]"
    elif start is not None and start > (length if end is None else end):
        detail = f"[{start}:{length if end is None else end}]"
    else:
        return
    raise FunctionError(f"runtime error: slice bounds out of range {detail}")


def conversion_panic(value: Any, wanted: str) -> FunctionError:
    """Return the panic of a failed type assertion ``value.(wanted)``."""
    from pyhelm.functions.gotypes import type_of

    have = "nil" if value is None else type_of(value)
    return FunctionError(f"interface conversion: interface {{}} is {have}, not {wanted}")
