"""Quoting of text by the rules of Go's ``strconv.Quote``."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    "\\": "\\\\",
}
_NOT_RAW = re.compile("[\x00-\x08\x0a-\x1f`\x7f\ufeff\ud800-\udfff\ufffd]")


def quote(text: str, *, ascii_only: bool = False) -> str:
    """Return ``text`` between double quotes, with Go's escapes for what cannot be printed (``%q``)."""
    if _PLAIN.fullmatch(text):
        return f'"{text}"'
    return '"' + "".join([_escape(char, '"', ascii_only) for char in text]) + '"'


def quote_rune(char: str, *, ascii_only: bool = False) -> str:
    """Return one character between single quotes (``%q`` of an integer)."""
    return "'" + _escape(char, "'", ascii_only) + "'"


def _escape(char: str, mark: str, ascii_only: bool) -> str:  # noqa: FBT001
    if char == mark:
        return "\\" + char
    escape = _ESCAPES.get(char)
    if escape is not None:
        return escape
    code = ord(char)
    if code < 0x7F and code >= 0x20:
        return char
    if code >= 0x80 and not ascii_only and is_print(char):
        return char
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_print(char: str) -> bool:
    """Return whether Go's ``strconv.IsPrint`` holds: letters, marks, numbers, punctuation, symbols and the space."""
    return char.isprintable()


def can_backquote(text: str) -> bool:
    """Return whether ``text`` can stand between back quotes, on one line."""
    return _NOT_RAW.search(text) is None
