"""Go's ``time.Duration``: int64 nanoseconds that print as ``1h30m0s``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from pyhelm.functions.gotypes import wrap_int64
from pyhelm.functions.registry import Function

if TYPE_CHECKING:
    from collections.abc import Mapping

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

LONGEST = 0x7FFF_FFFF_FFFF_FFFF
_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "\u00b5s": MICROSECOND,
    "\u03bcs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}


class DurationSyntaxError(ValueError):
    """Text that is no duration; the text is Go's."""


class Duration(int):
    """A span of time in nanoseconds."""

    __slots__ = ()
    go_type = "time.Duration"
    go_kind = "int64"
    go_methods: ClassVar[Mapping[str, Function]]

    def go_string(self) -> str:
        """Return the duration as ``time.Duration.String`` does."""
        return format_duration(self)


def format_duration(nanoseconds: int) -> str:
    """Return ``nanoseconds`` as hours, minutes and seconds, or in the largest unit below a second."""
    if nanoseconds == 0:
        return "0s"
    sign = "-" if nanoseconds < 0 else ""
    rest = abs(nanoseconds)
    if rest < SECOND:
        for unit, name, places in ((MILLISECOND, "ms", 6), (MICROSECOND, "\u00b5s", 3), (NANOSECOND, "ns", 0)):
            if rest >= unit:
                return f"{sign}{_with_fraction(rest, unit, places)}{name}"
    minutes, rest = divmod(rest, MINUTE)
    hours, minutes = divmod(minutes, 60)
    text = f"{_with_fraction(rest, SECOND, 9)}s"
    if hours:
        text = f"{hours}h{minutes}m{text}"
    elif minutes:
        text = f"{minutes}m{text}"
    return sign + text


def _with_fraction(number: int, unit: int, places: int) -> str:
    whole, fraction = divmod(number, unit)
    digits = f"{fraction:0{places}d}".rstrip("0") if fraction else ""
    return f"{whole}.{digits}" if digits else str(whole)


_PART = re.compile(r"([0-9]*)(\.([0-9]*))?([^.0-9]*)")


def parse_duration(text: str) -> Duration:
    """Return the duration ``text`` means, such as ``-1.5h`` or ``300ms`` (Go's ``time.ParseDuration``).

    Raises:
        DurationSyntaxError: It means none, or one beyond int64 nanoseconds.
    """
    rest = text[1:] if text[:1] in {"-", "+"} else text
    if rest == "0":
        return Duration(0)
    invalid = DurationSyntaxError(f"time: invalid duration {quote_time_text(text)}")
    if not rest:
        raise invalid
    total = 0
    at = 0
    while at < len(rest):
        match = _PART.match(rest, at)
        if match is None or not (match[1] or match[3]):
            raise invalid
        whole = int(match[1][:30] or 0) if len(match[1]) <= 30 else LONGEST * 10
        if whole > LONGEST + 1:
            raise invalid
        name = match[4]
        if not name:
            raise DurationSyntaxError(f"time: missing unit in duration {quote_time_text(text)}")
        unit = _UNITS.get(name)
        if unit is None:
            raise DurationSyntaxError(f"time: unknown unit {quote_time_text(name)} in duration {quote_time_text(text)}")
        if whole > (LONGEST + 1) // unit:
            raise invalid
        total += whole * unit + _fraction(match[3] or "", unit)
        if total > LONGEST + 1:
            raise invalid
        at = match.end()
    if text[0] == "-":
        return Duration(-total)
    if total > LONGEST:
        raise invalid
    return Duration(total)


def _fraction(digits: str, unit: int) -> int:
    """Return the nanoseconds of a fraction of ``unit``, in the floating point that Go uses for it."""
    number = 0
    scale = 1.0
    for digit in digits:
        if number > LONGEST // 10 or number * 10 + int(digit) > LONGEST + 1:
            break
        number = number * 10 + int(digit)
        scale *= 10
    return int(float(number) * (float(unit) / scale)) if number else 0


def quote_time_text(text: str) -> str:
    """Return ``text`` quoted as package ``time`` does: every byte beyond ASCII in hexadecimal."""
    out = []
    for octet in text.encode("utf-8", "surrogateescape"):
        char = chr(octet)
        if octet >= 0x80 or octet < 0x20:
            out.append(f"\\x{octet:02x}")
        else:
            out.append("\\" + char if char in '"\\' else char)
    return '"' + "".join(out) + '"'


def cut_quotient(number: int, unit: int) -> tuple[int, int]:
    """Return quotient and rest of a division towards zero, as Go divides."""
    quotient, rest = divmod(abs(number), unit)
    return (-quotient, -rest) if number < 0 else (quotient, rest)


def in_units(nanoseconds: int, unit: int) -> float:
    """Return a duration in ``unit`` as a float64 (``Duration.Seconds``, ``Minutes``, ``Hours``)."""
    whole, rest = cut_quotient(nanoseconds, unit)
    return float(whole) + float(rest) / float(unit)


def truncate(duration: int, unit: int) -> Duration:
    """Return ``duration`` cut to a multiple of ``unit`` (``Duration.Truncate``)."""
    return Duration(duration - cut_quotient(duration, unit)[1] if unit > 0 else duration)


def round_to(duration: int, unit: int) -> Duration:
    """Return the multiple of ``unit`` nearest to ``duration``, halves away from zero (``Duration.Round``)."""
    if unit <= 0:
        return Duration(duration)
    rest = abs(duration) % unit
    size = abs(duration) - rest if rest * 2 < unit else abs(duration) - rest + unit
    rounded = -size if duration < 0 else size
    return Duration(max(-LONGEST - 1, min(LONGEST, rounded)))


def saturate(nanoseconds: int) -> Duration:
    """Return ``nanoseconds``, or the nearest duration there is."""
    return Duration(max(-LONGEST - 1, min(LONGEST, nanoseconds)))


Duration.go_methods = {
    function.name: function
    for function in (
        Function("Hours", lambda self: in_units(self, HOUR), returns="float64"),
        Function("Minutes", lambda self: in_units(self, MINUTE), returns="float64"),
        Function("Seconds", lambda self: in_units(self, SECOND), returns="float64"),
        Function("Milliseconds", lambda self: cut_quotient(self, MILLISECOND)[0], returns="int64"),
        Function("Microseconds", lambda self: cut_quotient(self, MICROSECOND)[0], returns="int64"),
        Function("Nanoseconds", int, returns="int64"),
        Function("Round", round_to, ("time.Duration",), returns="time.Duration"),
        Function("Truncate", truncate, ("time.Duration",), returns="time.Duration"),
        Function("Abs", lambda self: saturate(abs(self)), returns="time.Duration"),
        Function("String", Duration.go_string, returns="string"),
    )
}


def of_seconds(seconds: int) -> Duration:
    """Return ``seconds`` as a duration that wraps around as int64 does."""
    return Duration(wrap_int64(seconds * SECOND))
