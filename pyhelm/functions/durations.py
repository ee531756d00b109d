"""Functions on spans of time: sprig's on text, Helm's on anything that means a duration (junk is 0)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.goduration import (
    HOUR,
    LONGEST,
    MICROSECOND,
    MILLISECOND,
    MINUTE,
    SECOND,
    Duration,
    DurationSyntaxError,
    cut_quotient,
    format_duration,
    in_units,
    of_seconds,
    parse_duration,
    round_to,
    saturate,
    truncate,
)
from pyhelm.functions.gonumbers import NumberSyntaxError, float_to_int64, parse_float, saturated_int, text_of_float
from pyhelm.functions.goquote import quote
from pyhelm.functions.gotypes import kind_of, type_of
from pyhelm.functions.registry import Function, Host, table

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_SECONDS = LONGEST // SECOND


def _as_duration(value: Any) -> Duration:
    """Return the duration ``value`` means: text with units, or a number of seconds.

    Raises:
        FunctionError: It means none.
    """
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return _text_as_duration(value)
    if value is None:
        raise FunctionError("invalid duration")
    if isinstance(value, float):
        return _float_as_duration(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if abs(value) > _MOST_SECONDS or (kind_of(value)[0] == "u" and value < 0):
            raise FunctionError(f"duration seconds overflow: {int(value)}")
        return Duration(value * SECOND)
    raise FunctionError(f"unsupported duration type {type_of(value)}")


def _text_as_duration(text: str) -> Duration:
    from pyhelm.functions.letters import SPACE

    trimmed = text.strip(SPACE)
    if not trimmed:
        raise FunctionError("empty duration")
    try:
        return parse_duration(trimmed)
    except DurationSyntaxError:
        pass
    try:
        seconds = parse_float(trimmed)
    except NumberSyntaxError:
        raise FunctionError(f"could not parse duration {quote(text)}") from None
    return _float_as_duration(seconds)


def _float_as_duration(seconds: float) -> Duration:
    if not math.isfinite(seconds):
        raise FunctionError(f"invalid duration seconds: {text_of_float(seconds)}")
    if abs(seconds) > float(LONGEST) / SECOND:
        raise FunctionError(f"duration seconds overflow: {text_of_float(seconds)}")
    return Duration(float_to_int64(seconds * SECOND))


def _or_zero(convert: Callable[[Duration], Any], zero: float) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        try:
            return convert(_as_duration(value))
        except FunctionError:
            return zero

    return run


def _round_or_cut(operation: Callable[[int, int], Duration]) -> Callable[[Any, Any], Duration]:
    def run(value: Any, unit: Any) -> Duration:
        try:
            duration = _as_duration(value)
        except FunctionError:
            return Duration(0)
        try:
            return operation(duration, _as_duration(unit))
        except FunctionError:
            return duration

    return run


# --- sprig's --------------------------------------------------------------------------------------------------------


def _duration(seconds: Any) -> str:
    if isinstance(seconds, str):
        number = saturated_int(seconds)
    else:
        number = seconds if type(seconds) is int else 0
    return format_duration(of_seconds(number))


_LARGE_UNITS = (
    (365 * 24 * HOUR, "y"),
    (30 * 24 * HOUR, "mo"),
    (24 * HOUR, "d"),
    (HOUR, "h"),
    (MINUTE, "m"),
    (SECOND, "s"),
)


def _duration_round(host: Host, value: Any) -> str:
    """Return a duration, or the time since a ``time.Time``, in its largest unit only, without a sign."""
    duration = 0
    if isinstance(value, str):
        try:
            duration = parse_duration(value)
        except DurationSyntaxError:
            duration = 0
    elif type(value) is int:
        duration = value
    elif type_of(value) == "time.Time":
        from pyhelm.functions.gotime import Time

        duration = saturate(Time.of(host.now()).nanoseconds - value.nanoseconds)
    for unit, name in _LARGE_UNITS:
        if abs(duration) > unit:
            return f"{abs(duration) // unit}{name}"
    return "0s"


_ANY = ("any",)
_DURATION = "time.Duration"
FUNCTIONS = table(
    [
        Function("duration", _duration, _ANY, returns="string"),
        Function("durationDays", _or_zero(lambda it: in_units(it, HOUR) / 24.0, 0.0), _ANY, returns="float64"),
        Function("durationHours", _or_zero(lambda it: in_units(it, HOUR), 0.0), _ANY, returns="float64"),
        Function(
            "durationMicroseconds", _or_zero(lambda it: cut_quotient(it, MICROSECOND)[0], 0), _ANY, returns="int64"
        ),
        Function(
            "durationMilliseconds", _or_zero(lambda it: cut_quotient(it, MILLISECOND)[0], 0), _ANY, returns="int64"
        ),
        Function("durationMinutes", _or_zero(lambda it: in_units(it, MINUTE), 0.0), _ANY, returns="float64"),
        Function("durationNanoseconds", _or_zero(int, 0), _ANY, returns="int64"),
        Function("durationRound", _duration_round, _ANY, returns="string", impure=True),
        Function("durationRoundTo", _round_or_cut(round_to), ("any", "any"), returns=_DURATION),
        Function("durationSeconds", _or_zero(lambda it: in_units(it, SECOND), 0.0), _ANY, returns="float64"),
        Function("durationTruncateTo", _round_or_cut(truncate), ("any", "any"), returns=_DURATION),
        Function("durationWeeks", _or_zero(lambda it: in_units(it, HOUR) / 24.0 / 7.0, 0.0), _ANY, returns="float64"),
        Function("mustToDuration", _as_duration, _ANY, returns=_DURATION),
    ]
)
