"""Numbers to text and back by the rules of Go's ``strconv``."""

from __future__ import annotations

import math
import re
import struct

_MAX = 0x7FFF_FFFF_FFFF_FFFF


class NumberSyntaxError(ValueError):
    """Text that is no number; ``reason`` is Go's word for it (``invalid syntax`` or ``value out of range``)."""

    def __init__(self, function: str, text: str, reason: str) -> None:
        super().__init__(function, text, reason)
        self.function = function
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        from pyhelm.functions.goquote import quote

        return f"strconv.{self.function}: parsing {quote(self.text)}: {self.reason}"


# --- floats to text -------------------------------------------------------------------------------------------------


def text_of_float(value: float) -> str:
    """Return the shortest text that reads back as ``value``, with an exponent from 1e+06 and below 1e-04 (``%v``)."""
    text = repr(value)
    if -1e6 < value < 1e6 and "e" not in text:  # repr too has an exponent below 1e-4
        return text.removesuffix(".0")
    return format_float(value, "g", -1)


def format_float(value: float, shape: str, precision: int) -> str:
    """Return ``value`` as Go's ``strconv.FormatFloat(value, shape, precision, 64)``; -1 is the shortest precision."""
    if value != value:  # noqa: PLR0124 - the test for NaN
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if shape == "b":
        return _binary(value)
    if shape in "xX":
        return _hexadecimal(value, shape, precision)
    if precision < 0:
        return _shortest(value, shape)
    if shape in "gG":
        return _general(value, shape, precision)
    return format(value, f".{precision}{shape}")


def _decimal(value: float) -> tuple[str, str, int]:
    """Return sign, shortest digits, and the position of the decimal point relative to the digits' start."""
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    point = len(whole) + int(exponent or 0)
    digits = whole + fraction
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    stripped = stripped.rstrip("0")
    return (sign, stripped, point) if stripped else (sign, "0", 1)


def _shortest(value: float, shape: str) -> str:
    sign, digits, point = _decimal(value)
    exponent = point - 1
    if shape in "eE" or (shape in "gG" and (exponent < -4 or exponent >= 6)):
        if value == 0:
            exponent = 0
        return f"{sign}{_scientific(digits, exponent, 'E' if shape in 'EG' else 'e')}"
    return sign + _positional(digits, point)


def _scientific(digits: str, exponent: int, mark: str) -> str:
    fraction = "." + digits[1:] if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}{mark}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _positional(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}" if digits != "0" else "0"
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"


def _general(value: float, shape: str, precision: int) -> str:
    """Return ``%g`` with a precision: digits rounded, without trailing zeros."""
    precision = precision or 1
    mantissa, _, power = format(value, f".{precision - 1}e").partition("e")
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0") or "0"
    exponent = int(power)
    point = exponent + 1
    limit = len(digits) if precision > len(digits) >= point else precision
    if value != 0 and (exponent < -4 or exponent >= limit):
        return sign + _scientific(digits, exponent, "E" if shape == "G" else "e")
    return sign + _positional(digits, point)


def _split_bits(value: float) -> tuple[str, int, int]:
    """Return sign, 53-bit mantissa and the exponent of its lowest bit."""
    bits = int.from_bytes(struct.pack(">d", value), "big")
    exponent = (bits >> 52) & 0x7FF
    mantissa = bits & ((1 << 52) - 1)
    if exponent:
        mantissa |= 1 << 52
    else:
        exponent = 1
    return ("-" if bits >> 63 else ""), mantissa, exponent - 1075


def _binary(value: float) -> str:
    sign, mantissa, exponent = _split_bits(value)
    return f"{sign}{mantissa}p{exponent:+d}"


def _hexadecimal(value: float, shape: str, precision: int) -> str:
    sign, mantissa, exponent = _split_bits(value)
    exponent = exponent + 52 if mantissa else 0
    mantissa <<= 8  # the leading 1 at bit 60
    while mantissa and not mantissa >> 60:
        mantissa <<= 1
        exponent -= 1
    if 0 <= precision < 15:
        drop = 60 - precision * 4
        rest = mantissa & ((1 << drop) - 1)
        mantissa >>= drop
        half = 1 << (drop - 1)
        if rest > half or (rest == half and mantissa & 1):
            mantissa += 1
        mantissa <<= drop
        if mantissa >> 61:
            mantissa >>= 1
            exponent += 1
    fraction = f"{mantissa & ((1 << 60) - 1):015x}"
    fraction = fraction.rstrip("0") if precision < 0 else fraction.ljust(precision, "0")[:precision]
    text = f"0x{mantissa >> 60}{'.' + fraction if fraction else ''}p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return sign + (text.upper() if shape == "X" else text)


# --- text to numbers ------------------------------------------------------------------------------------------------

_BASE_0 = re.compile(
    r"([+-]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?[0-9])*)"
)
_DIGITS = {base: re.compile(rf"[+-]?[{digits}]+") for base, digits in ((8, "0-7"), (10, "0-9"), (16, "0-9a-fA-F"))}


def parse_int(text: str, base: int = 10, *, function: str = "ParseInt") -> int:
    """Return the int64 that ``text`` spells; base 0 takes prefixes and underscores (Go's ``strconv.ParseInt``).

    Raises:
        NumberSyntaxError: It spells none, or one that does not fit.
    """
    if base == 0:
        match = _BASE_0.fullmatch(text)
        if match is None:
            raise NumberSyntaxError(function, text, "invalid syntax")
        digits = match[2].replace("_", "").lower()
        if digits[:2] in {"0x", "0b", "0o"}:
            number = int(digits[2:], {"x": 16, "b": 2, "o": 8}[digits[1]])
        elif len(digits) > 1 and digits[0] == "0":
            number = int(digits, 8)
        else:
            number = _decimal_integer(digits)
        number = -number if match[1] == "-" else number
    else:
        if not _DIGITS[base].fullmatch(text):
            raise NumberSyntaxError(function, text, "invalid syntax")
        number = _decimal_integer(text) if base == 10 else int(text, base)
    if not -_MAX - 1 <= number <= _MAX:
        raise NumberSyntaxError(function, text, "value out of range")
    return number


def _decimal_integer(text: str) -> int:
    return int(text) if len(text) < 4000 else 1 << 64  # far beyond any range; int() refuses longer texts


def saturated_int(text: str) -> int:
    """Return what ``strconv.ParseInt(text, 10, 64)`` returns beside its error: 0, or the nearest int64."""
    try:
        return parse_int(text)
    except NumberSyntaxError as error:
        if error.reason == "invalid syntax":
            return 0
        return -_MAX - 1 if text.startswith("-") else _MAX


_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_HEX_FLOAT = re.compile(r"([+-]?)0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)")
# An underscore must stand between digits, or between 0x and a digit; by whether the number is hexadecimal.
_STRAY_UNDERSCORE = (
    re.compile("(?<![0-9])_|_(?![0-9])"),
    re.compile("(?<![0-9a-fA-FxX])_|_(?![0-9a-fA-F])"),
)
_SPECIAL = re.compile(r"([+-]?)(inf|infinity|nan)", re.IGNORECASE)


def parse_float(text: str) -> float:
    """Return the float64 that ``text`` spells (Go's ``strconv.ParseFloat``).

    Raises:
        NumberSyntaxError: It spells none, or one beyond the range.
    """
    special = _SPECIAL.fullmatch(text)
    if special is not None:
        if special[2].lower() == "nan":
            if special[1]:
                raise NumberSyntaxError("ParseFloat", text, "invalid syntax")
            return math.nan
        return -math.inf if special[1] == "-" else math.inf
    plain = text
    if "_" in text and not _STRAY_UNDERSCORE[text.lstrip("+-")[:2].lower() == "0x"].search(text):
        plain = text.replace("_", "")
    if _FLOAT.fullmatch(plain):
        number = float(plain)
    else:
        match = _HEX_FLOAT.fullmatch(plain)
        if match is None or not (match[2] or match[3]):
            raise NumberSyntaxError("ParseFloat", text, "invalid syntax")
        try:
            number = float.fromhex(plain)
        except OverflowError:
            number = math.inf
    if math.isinf(number):
        raise NumberSyntaxError("ParseFloat", text, "value out of range")
    return number


def float_to_int64(value: float) -> int:
    """Return ``int64(value)`` as Go on amd64 computes it: towards zero, the smallest int64 where it does not fit."""
    if -9223372036854775808.0 <= value < 9223372036854775808.0:
        return int(value)
    return -_MAX - 1
