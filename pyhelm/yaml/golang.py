"""How Go spells values: quoted strings, ``%#v``, floating-point numbers. Helm's texts and files are full of them."""

from __future__ import annotations

import math
import re
import struct
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\",
}


def clean(text: str) -> str:
    """Return ``text`` with each byte that was no UTF-8 (a lone surrogate here) replaced, as ``encoding/json`` does."""
    return _SURROGATE.sub("\ufffd", text)


def json_kind(value: object) -> str:
    """Return what ``encoding/json`` calls a value it cannot take (``UnmarshalTypeError.Value``)."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    if value is None:
        return "null"
    return "array" if isinstance(value, list) else "object"


def quote(text: str) -> str:
    """Return ``text`` as ``strconv.Quote`` (``%q``) prints it."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return '"' + "".join(_quote_char(char) for char in text) + '"'


def _quote_char(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def syntax(value: Any, *, nested: bool = False) -> str:
    """Return ``value`` as ``%#v`` prints what go-yaml decoded; ``nested`` inside an interface-typed container."""
    if isinstance(value, dict):
        items = ", ".join(f"{syntax(key)}:{syntax(item, nested=True)}" for key, item in sorted(value.items()))
        return f"map[interface {{}}]interface {{}}{{{items}}}"
    if isinstance(value, list):
        return f"[]interface {{}}{{{', '.join(syntax(item, nested=True) for item in value)}}}"
    if value is None:
        return "interface {}(nil)" if nested else "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value - value != 0:
            return {"inf": "+Inf", "-inf": "-Inf"}.get(str(value), "NaN")
        return str(int(value)) if value.is_integer() and abs(value) < 1e21 else repr(value)
    return quote(value) if isinstance(value, str) else str(value)


def plain(value: Any) -> str:
    """Return a value as ``%v`` prints it: ``map[a:1 b:[x y]]``."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{plain(value[key])}" for key in sorted(value)) + "]"
    if isinstance(value, list):
        return "[" + " ".join(plain(item) for item in value) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_float(value) if isinstance(value, float) else str(value)


def format_float(value: float) -> str:
    """Return a finite float as ``strconv.FormatFloat(value, 'g', -1, 64)`` spells it."""
    return _general(repr(value))


def format_float32(value: float) -> str:
    """Return a float rounded to 32 bits as ``FormatFloat(value, 'g', -1, 32)`` spells it; YAML's own infinities."""
    if math.isnan(value):
        return ".nan"
    try:
        narrow = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        narrow = math.copysign(math.inf, value)
    if math.isinf(narrow):
        return ".inf" if narrow > 0 else "-.inf"
    for digits in range(1, 10):
        text = f"{narrow:.{digits - 1}e}"
        if struct.unpack("f", struct.pack("f", float(text)))[0] == narrow:
            break
    return _general(text)


def whole(value: float) -> int:
    """Return an integral float by its shortest digits, filled up with zeros, which is how JSON spells it."""
    if abs(value) < 1e15:
        return int(value)
    mantissa, _, exponent = repr(value).partition("e")
    if not exponent:
        return int(value)
    head, _, fraction = mantissa.partition(".")
    return int(head + fraction + "0" * (int(exponent) - len(fraction)))


def _general(text: str) -> str:
    """Rewrite Python's shortest digits in Go's ``%g`` form, which turns to exponents below 1e-04 and from 1e+06 on."""
    sign = "-" if text[0] == "-" else ""
    mantissa, _, exponent = text.lstrip("-").partition("e")
    head, _, fraction = mantissa.partition(".")
    digits = (head + fraction).lstrip("0")
    if not digits:
        return f"{sign}0"
    point = len(head) + int(exponent or 0) - (len(head + fraction) - len(digits))
    digits = digits.rstrip("0")
    power = point - 1
    if power < -4 or power >= 6:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


def quote_runes(text: str) -> str:
    """Return the characters of ``text`` as ``%q`` prints a slice of runes: ``['a' 'b']``."""
    return "[" + " ".join(quote_rune(char) for char in text) + "]"


def quote_rune(char: str) -> str:
    """Return one character between single quotes (``%q`` of a rune)."""
    if char == "'":
        return "'\\''"
    return "'\"'" if char == '"' else f"'{_quote_char(char)}'"
