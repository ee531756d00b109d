"""Constants as Go writes them: quoted strings, runes and numbers (strconv's ``Unquote`` and ``ParseInt``)."""

from __future__ import annotations

import re

from pyhelm.template.gotmpl.nodes import Number

_PLAIN = re.compile(r'"[^"\\\n]*"')
_SIMPLE = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\",
}  # fmt: skip
_ESCAPE = re.compile(
    r"""\\(?:([abfnrtv\\'"])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([^\\]+)""", re.DOTALL
)
_INTEGER = re.compile(
    r"([+-]?)(?:0[xX](?P<hex>(?:_?[0-9a-fA-F])+)|0[bB](?P<binary>(?:_?[01])+)|0[oO](?P<octal>(?:_?[0-7])+)"
    r"|0(?P<old>(?:_?[0-7])+)|(?P<decimal>0|[1-9](?:_?[0-9])*))\Z"
)
_BASES = {"hex": 16, "binary": 2, "octal": 8, "old": 8, "decimal": 10}
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_HEXADECIMAL = re.compile(r"([+-]?0[xX](?:[0-9a-fA-F_]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+)\Z")

MIN_INT64, MAX_INT64, MAX_UINT64 = -(2**63), 2**63 - 1, 2**64 - 1


class LiteralError(ValueError):
    """A constant that is none; the text is Go's."""


def unquote(quoted: str) -> str:
    """Return what a quoted or raw string means."""
    if quoted[0] == "`":
        return quoted[1:-1].replace("\r", "")
    if _PLAIN.fullmatch(quoted):
        return quoted[1:-1]
    return _unescape(quoted[1:-1], '"')


def _unescape(text: str, quote: str) -> str:
    pieces: list[bytes] = []
    end = 0
    for match in _ESCAPE.finditer(text):
        if match.start() != end:
            break
        end = match.end()
        simple, byte, octal, short, long, plain = match.groups()
        if plain is not None:
            pieces.append(plain.encode("utf-8", "surrogateescape"))
        elif simple is not None:
            if simple in "'\"" and simple != quote:
                raise LiteralError("invalid syntax")
            pieces.append(_SIMPLE.get(simple, simple).encode())
        elif byte is not None:
            pieces.append(bytes([int(byte, 16)]))
        elif octal is not None:
            if int(octal, 8) > 255:
                raise LiteralError("invalid syntax")
            pieces.append(bytes([int(octal, 8)]))
        else:
            code = int(short or long, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise LiteralError("invalid syntax")
            pieces.append(chr(code).encode())
    if end != len(text):
        raise LiteralError("invalid syntax")
    return b"".join(pieces).decode("utf-8", "surrogateescape")


def rune(pos: int, text: str) -> Number:
    """Return the character constant ``text`` (with its quotes) as a number."""
    inner = text[1:-1]
    if not inner or (inner[0] != "\\" and len(inner) > 1):
        raise LiteralError("invalid syntax" if not inner else f"malformed character constant: {text}")
    if inner[0] == "\\":
        match = _ESCAPE.match(inner)
        if match is None or match.group(1) == '"':
            raise LiteralError("invalid syntax")
        if match.end() != len(inner):
            raise LiteralError(f"malformed character constant: {text}")
        simple, byte, octal, short, long, _ = match.groups()
        if simple is not None:
            code = ord(_SIMPLE.get(simple, simple))
        elif octal is not None:
            code = int(octal, 8)
        else:
            code = int(byte or short or long, 16)
        if code > (255 if octal is not None else 0x10FFFF) or ((short or long) and 0xD800 <= code <= 0xDFFF):
            raise LiteralError("invalid syntax")
    else:
        code = ord(inner)
        code = 0xFFFD if 0xD800 <= code <= 0xDFFF else code
    return Number(pos, text, code, code, float(code))


def parse_integer(text: str) -> int | None:
    """Return ``text`` read as strconv's base 0 does, without a limit; None if it is no integer."""
    match = _INTEGER.match(text)
    if match is None:
        return None
    name = match.lastgroup or "decimal"
    value = int(match.group(name).replace("_", ""), _BASES[name])
    return -value if match.group(1) == "-" else value


def parse_float(text: str) -> float | None:
    """Return ``text`` read by strconv's ``ParseFloat``; None if it is no number or out of range."""
    if _DECIMAL.match(text):
        value = float(text)
    elif _HEXADECIMAL.match(text):
        try:
            value = float.fromhex(text.replace("_", ""))
        except OverflowError:
            return None
    elif "_" in text and _DECIMAL.match(text.replace("_", "")):
        return None
    else:
        return None
    return None if value in {float("inf"), float("-inf")} else value


def number(pos: int, text: str) -> Number:
    """Return the numeric constant ``text``.

    Raises:
        LiteralError: It is none, or no type can hold it.
    """
    if text[0] in "123456789" and len(text) < 18 and text.isdecimal():
        value = int(text)
        return Number(pos, text, value, value, float(value))
    if text[-1] == "i":
        return _imaginary(pos, text)
    whole = parse_integer(text)
    integer = whole if whole is not None and MIN_INT64 <= whole <= MAX_INT64 else None
    unsigned = whole if whole is not None and 0 <= whole <= MAX_UINT64 and (whole == 0 or text[0] not in "+-") else None
    if integer is not None:
        return Number(pos, text, integer, unsigned, float(integer))
    if unsigned is not None:
        return Number(pos, text, None, unsigned, float(unsigned))
    real = parse_float(text)
    if real is None:
        raise LiteralError(f'illegal number syntax: "{text}"')
    if not any(mark in text for mark in ".eEpP"):
        raise LiteralError(f'integer overflow: "{text}"')
    integral = real.is_integer()
    return Number(
        pos,
        text,
        int(real) if integral and MIN_INT64 <= real < 2.0**63 else None,
        int(real) if integral and 0 <= real < 2.0**64 else None,
        real,
    )


def _imaginary(pos: int, text: str) -> Number:
    split = max(text.rfind("+", 1), text.rfind("-", 1))
    while split > 0 and text[split - 1] in "eEpP" and not text.lower().startswith("0x"):
        split = max(text.rfind("+", 1, split), text.rfind("-", 1, split))
    head, tail = (text[:split], text[split:-1]) if split > 0 else ("0", text[:-1])
    real, imaginary = parse_float(head), parse_float(tail)
    if real is None or imaginary is None:
        raise LiteralError(f'illegal number syntax: "{text}"')
    value = complex(real, imaginary)
    if imaginary != 0:
        return Number(pos, text, None, None, None, value)
    integral = real.is_integer()
    return Number(
        pos,
        text,
        int(real) if integral and MIN_INT64 <= real < 2.0**63 else None,
        int(real) if integral and 0 <= real < 2.0**64 else None,
        real,
        value,
    )
