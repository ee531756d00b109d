"""Functions on points in time. What is neither a time nor a whole number of seconds means now, as in sprig."""

from __future__ import annotations

from typing import Any

from pyhelm.errors import FunctionError
from pyhelm.functions.goduration import (
    SECOND,
    DurationSyntaxError,
    format_duration,
    parse_duration,
    round_to,
)
from pyhelm.functions.golayout import TimeSyntaxError
from pyhelm.functions.gotime import UTC, ZERO, Time, load_location, local_of, now_of, parse
from pyhelm.functions.gotypes import Int, Int32
from pyhelm.functions.registry import Function, Host, table


def _time_of(host: Host, value: Any) -> Time:
    if isinstance(value, Time):
        return value
    if type(value) in {int, Int, Int32}:
        return Time(value * SECOND, local_of(host.now()))
    return now_of(host)


def _date_in_zone(host: Host, layout: str, value: Any, zone: str) -> str:
    location = load_location(zone, local_of(host.now())) or UTC
    return _time_of(host, value).into(location).format(layout)


def _date(host: Host, layout: str, value: Any) -> str:
    return _date_in_zone(host, layout, value, "Local")


def _html_date(host: Host, value: Any) -> str:
    return _date_in_zone(host, "2006-01-02", value, "Local")


def _html_date_in_zone(host: Host, value: Any, zone: str) -> str:
    return _date_in_zone(host, "2006-01-02", value, zone)


def _date_modify(duration: str, moment: Time) -> Time:
    try:
        return moment.add(parse_duration(duration))
    except DurationSyntaxError:
        return moment


def _must_date_modify(duration: str, moment: Time) -> Time:
    try:
        return moment.add(parse_duration(duration))
    except DurationSyntaxError as error:
        raise FunctionError(str(error)) from error


def _to_date(host: Host, layout: str, text: str) -> Time:
    try:
        return parse(layout, text, local_of(host.now()))
    except TimeSyntaxError:
        return ZERO


def _must_to_date(host: Host, layout: str, text: str) -> Time:
    try:
        return parse(layout, text, local_of(host.now()))
    except TimeSyntaxError as error:
        raise FunctionError(str(error)) from error


def _ago(host: Host, value: Any) -> str:
    moment = now_of(host) if type(value) is Int32 else _time_of(host, value)
    return format_duration(round_to(now_of(host).since(moment), SECOND))


def _unix_epoch(moment: Time) -> str:
    return str(moment.unix)


_IN_ZONE = ("string", "any", "string")
_MODIFY = ("string", "time.Time")
_PARSE = ("string", "string")
FUNCTIONS = table(
    [
        Function("ago", _ago, ("any",), returns="string", impure=True),
        Function("date", _date, ("string", "any"), returns="string", impure=True),
        Function("dateInZone", _date_in_zone, _IN_ZONE, returns="string", impure=True),
        Function("dateModify", _date_modify, _MODIFY, returns="time.Time"),
        Function("date_in_zone", _date_in_zone, _IN_ZONE, returns="string", impure=True),
        Function("date_modify", _date_modify, _MODIFY, returns="time.Time"),
        Function("htmlDate", _html_date, ("any",), returns="string", impure=True),
        Function("htmlDateInZone", _html_date_in_zone, ("any", "string"), returns="string", impure=True),
        Function("mustDateModify", _must_date_modify, _MODIFY, returns="time.Time"),
        Function("mustToDate", _must_to_date, _PARSE, returns="time.Time", impure=True),
        Function("must_date_modify", _must_date_modify, _MODIFY, returns="time.Time"),
        Function("now", now_of, returns="time.Time", impure=True),
        Function("toDate", _to_date, _PARSE, returns="time.Time", impure=True),
        Function("unixEpoch", _unix_epoch, ("time.Time",), returns="string"),
    ]
)
