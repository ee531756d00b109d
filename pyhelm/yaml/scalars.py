"""What a scalar means: the resolver of ``go.yaml.in/yaml/v2``.

YAML 1.1 with Go's number syntax: ``yes`` and ``on`` are booleans, ``0755`` and ``0o755`` octal, ``1_000`` a number,
``0b-1`` too; ``1:30`` and dates are text.
"""

from __future__ import annotations

import math
import re

from pyhelm.yaml.golang import clean

Scalar = str | int | float | bool | None

_INT64_MAX = (1 << 63) - 1
_UINT64_MAX = (1 << 64) - 1

_CONSTANTS: dict[str, bool | float | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")  # Go's own underscores
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")  # an oddity of the Go code, kept
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_TIMESTAMP = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"| ([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?"
)
_TAG_PREFIX = "tag:yaml.org,2002:"
_RESOLVABLE = frozenset(_TAG_PREFIX + name for name in ("str", "bool", "int", "float", "null", "timestamp"))


class TagMismatchError(ValueError):
    """A scalar whose explicit tag contradicts its text; the message is Go's."""


def resolve(text: str) -> Scalar:
    """Return what a plain (unquoted, untagged) scalar means."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    first = text[0]
    if first in "+-0123456789":
        return _number(text)
    if first == "." and _DOT_FLOAT.fullmatch(text):
        return _finite(text)
    return text


def resolve_tagged(tag: str, text: str) -> Scalar:
    """Return what a scalar with an explicit ``tag`` means; an unknown tag makes it text.

    Raises:
        TagMismatchError: The text is nothing the tag allows.
    """
    if tag == _TAG_PREFIX + "binary":
        return _binary(text)
    if tag not in _RESOLVABLE or tag == _TAG_PREFIX + "str":
        return text
    name = tag.removeprefix(_TAG_PREFIX)
    value = resolve(text)
    found = _tag_of(value)
    if found == "str" and name == "timestamp" and is_timestamp(text):
        return text
    if found == "int" and name == "float" and isinstance(value, int) and value <= _INT64_MAX:
        return float(value)
    if found != name:
        if found == "str" and is_timestamp(text) and name == "timestamp":
            found = "timestamp"
        raise TagMismatchError(f"cannot decode !!{found} `{text}` as a !!{name}")
    return value


def is_plain_text(text: str) -> bool:
    """Return whether ``text``, written without quotes, is read as that text."""
    if text in _CONSTANTS:
        return False
    first = text[0]
    if first in "+-0123456789":
        if type(_number(text)) is not str or is_timestamp(text):
            return False
        return ":" not in text or _SEXAGESIMAL.fullmatch(text) is None
    if first == "." and _DOT_FLOAT.fullmatch(text):
        return isinstance(_finite(text), str)
    return True


def is_timestamp(text: str) -> bool:
    """Return whether ``text`` has a form of YAML timestamp that Go knows, and is a date of the calendar."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    if not 1 <= month <= 12 or not 1 <= day <= _month_days(year, month):
        return False
    clock = match.group(4, 5, 6) if match[4] else match.group(7, 8, 9)
    if clock[0] is None:
        return True
    hour, minute, second = (int(part) for part in clock)
    return hour < 24 and minute < 60 and second < 60


def _number(text: str) -> Scalar:
    """Resolve a scalar that begins with a digit or a sign."""
    plain = text.replace("_", "") if "_" in text else text
    match = _INTEGER.fullmatch(plain)
    if match is not None:
        sign, hexadecimal, octal, binary, decimal = match.groups()
        if decimal:
            value = int(decimal) if len(decimal) < 32 else _UINT64_MAX + 1
        elif hexadecimal:
            value = int(hexadecimal, 16)
        elif octal:
            value = int(octal, 8)
        else:
            value = int(binary, 2)
        if sign == "-":
            value = -value
        if -_INT64_MAX - 1 <= value <= _INT64_MAX or (not sign and value <= _UINT64_MAX):
            return value
    if _FLOAT.fullmatch(plain):
        found = _finite(plain)
        return text if isinstance(found, str) else found
    odd = _SIGNED_BINARY.fullmatch(plain)
    if odd is not None:
        value = int(odd[1], 2)
        if -_INT64_MAX - 1 <= value <= _INT64_MAX:
            return value
    return text


def _finite(text: str) -> str | float:
    """Return the float ``text`` spells, or ``text`` itself when it is out of range."""
    value = float(text)
    return text if math.isinf(value) else value


def _tag_of(value: Scalar) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    return "float" if isinstance(value, float) else "str"


def _binary(text: str) -> str:
    from binascii import Error, a2b_base64

    try:
        data = a2b_base64(text.replace("\n", "").replace("\r", "").encode(), strict_mode=True)
    except (Error, UnicodeEncodeError):
        raise TagMismatchError("!!binary value contains invalid base64 data") from None
    return clean(data.decode("utf-8", "surrogateescape"))


def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31
