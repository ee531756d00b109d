"""Go's ``time.Time`` with its zones and methods."""

from __future__ import annotations

import time
from datetime import UTC as UTC_ZONE
from datetime import date, datetime, timedelta, timezone
from datetime import time as clock
from typing import TYPE_CHECKING, ClassVar

from pyhelm.functions.casts import register_int
from pyhelm.functions.goduration import SECOND, Duration, quote_time_text, saturate
from pyhelm.functions.golayout import MONTHS, WEEKDAYS, Moment, Reading, format_moment, parse_moment
from pyhelm.functions.gotypes import Int, Object
from pyhelm.functions.registry import Function

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from pyhelm.functions.registry import Host

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC_ZONE)
# The years that Python's datetime has; beyond them the rules of zones repeat every 400 years, as the calendar does.
_FIRST, _LAST = -62_135_510_400, 253_402_214_400
_CYCLE = 146_097 * 86_400


def _within_datetime(unix: int) -> int:
    if unix > _LAST:
        unix -= (1 + (unix - _LAST) // _CYCLE) * _CYCLE
    return max(_FIRST, unix)


_DAY = 86_400


class Month(int):
    """Go's ``time.Month``: 1 is January."""

    __slots__ = ()
    go_type = "time.Month"
    go_kind = "int"
    go_methods: ClassVar[Mapping[str, Function]]

    def go_string(self) -> str:
        """Return the month's name."""
        return MONTHS[self - 1] if 1 <= self <= 12 else f"%!Month({int(self)})"


class Weekday(int):
    """Go's ``time.Weekday``: 0 is Sunday."""

    __slots__ = ()
    go_type = "time.Weekday"
    go_kind = "int"
    go_methods: ClassVar[Mapping[str, Function]]

    def go_string(self) -> str:
        """Return the day's name."""
        return WEEKDAYS[self] if 0 <= self <= 6 else f"%!Weekday({int(self)})"


for _cls in (Month, Weekday):
    register_int(_cls)
    _cls.go_methods = {"String": Function("String", _cls.go_string, returns="string")}


# --- zones ----------------------------------------------------------------------------------------------------------


class Location(Object):
    """Go's ``*time.Location``; this one has a fixed offset in seconds east of UTC."""

    __slots__ = ("abbreviation", "name", "offset")
    go_type = "*time.Location"
    go_kind = "ptr"
    go_methods: ClassVar[Mapping[str, Function]]

    def __init__(self, name: str, offset: int = 0) -> None:
        self.name = name
        self.abbreviation = name
        self.offset = offset

    def lookup(self, unix: int) -> tuple[str, int]:  # noqa: ARG002
        """Return the abbreviation and the offset that hold at a time."""
        return self.abbreviation, self.offset

    def go_string(self) -> str:
        """Return the location's name."""
        return self.name


Location.go_methods = {"String": Function("String", Location.go_string, returns="string")}
UTC = Location("UTC")


class _ZoneLocation(Location):
    """A location with the rules of a ``tzinfo``."""

    __slots__ = ("zone",)

    def __init__(self, name: str, zone: tzinfo) -> None:
        super().__init__(name)
        self.zone = zone

    def lookup(self, unix: int) -> tuple[str, int]:
        moment = (_EPOCH + timedelta(seconds=_within_datetime(unix))).astimezone(self.zone)
        offset = moment.utcoffset() or timedelta()
        return moment.tzname() or "", round(offset.total_seconds())


class _SystemLocation(Location):
    """The location of this machine."""

    __slots__ = ()

    def lookup(self, unix: int) -> tuple[str, int]:
        local = time.localtime(_within_datetime(unix))
        return local.tm_zone, local.tm_gmtoff


_SYSTEM = _SystemLocation("Local")


def local_of(now: datetime) -> Location:
    """Return the local zone of whoever renders: that of its clock, or the machine's if that only has an offset."""
    zone = now.tzinfo
    if zone is None or (isinstance(zone, timezone) and zone is not UTC_ZONE):
        return _SYSTEM
    return _ZoneLocation("Local", zone)


def load_location(name: str, local: Location) -> Location | None:
    """Return the location of that name in the database of zones, ``None`` if there is none (``time.LoadLocation``)."""
    if name in {"", "UTC"}:
        return UTC
    if name == "Local":
        return local
    if ".." in name or name[0] in "/\\":
        return None
    from zoneinfo import ZoneInfo

    try:
        return _ZoneLocation(name, ZoneInfo(name))
    except (OSError, ValueError, KeyError):
        return None


# --- times ----------------------------------------------------------------------------------------------------------


class Time(Object):
    """A point in time, in a location.

    Attributes:
        nanoseconds: Since 1970 in UTC.
        location: Where it is told.
        monotonic: It has a reading of Go's monotonic clock, which is printed (as 0: here it never differs).
    """

    __slots__ = ("location", "monotonic", "nanoseconds")
    go_type = "time.Time"
    go_kind = "struct"
    go_methods: ClassVar[Mapping[str, Function]]

    def __init__(self, nanoseconds: int, location: Location, *, monotonic: bool = False) -> None:
        self.nanoseconds = nanoseconds
        self.location = location
        self.monotonic = monotonic

    @classmethod
    def of(cls, now: datetime) -> Time:
        """Return the time of a clock, in its local zone."""
        delta = now - _EPOCH
        microseconds = (delta.days * _DAY + delta.seconds) * 1_000_000 + delta.microseconds
        return cls(microseconds * 1000, local_of(now), monotonic=True)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Time):
            return NotImplemented
        return (self.nanoseconds, self.location.name) == (other.nanoseconds, other.location.name)

    def __hash__(self) -> int:
        return hash(self.nanoseconds)

    @property
    def unix(self) -> int:
        """Seconds since 1970 in UTC."""
        return self.nanoseconds // SECOND

    def moment(self) -> Moment:
        """Return the time taken apart."""
        zone, offset = self.location.lookup(self.unix)
        days, second = divmod(self.unix + offset, _DAY)
        year, month, day = _civil(days)
        return Moment(
            year,
            month,
            day,
            second // 3600,
            second // 60 % 60,
            second % 60,
            self.nanoseconds % SECOND,
            (days + 4) % 7,
            days - _days(year, 1, 1) + 1,
            offset,
            zone,
        )

    def format(self, layout: str) -> str:
        """Return the time written as ``layout`` says."""
        return format_moment(layout, self.moment())

    def go_string(self) -> str:
        """Return the time as ``time.Time.String`` does."""
        text = self.format("2006-01-02 15:04:05.999999999 -0700 MST")
        return f"{text} m=+0.000000000" if self.monotonic else text

    def go_syntax(self) -> str:
        """Return what ``%#v`` prints (``time.Time.GoString``)."""
        now = self.moment()
        place = {"UTC": "time.UTC", "Local": "time.Local"}.get(
            self.location.name, f"time.Location({quote_time_text(self.location.name)})"
        )
        clock_text = f"{now.hour}, {now.minute}, {now.second}, {now.nanosecond}"
        return f"time.Date({now.year}, time.{MONTHS[now.month - 1]}, {now.day}, {clock_text}, {place})"

    def go_json(self) -> str:
        """Return the time as JSON has it: RFC 3339."""
        return self.format("2006-01-02T15:04:05.999999999Z07:00")

    def into(self, location: Location) -> Time:
        """Return the same time in another location."""
        return Time(self.nanoseconds, location)

    def add(self, duration: int) -> Time:
        """Return the time ``duration`` later."""
        return Time(self.nanoseconds + duration, self.location, monotonic=self.monotonic)

    def since(self, other: Time) -> Duration:
        """Return the duration from ``other`` to this time, or the longest there is."""
        return saturate(self.nanoseconds - other.nanoseconds)


def _days(year: int, month: int, day: int) -> int:
    """Return the number of days from 1970-01-01 to a date; ``month`` and ``day`` may be out of their range."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    shifted = year - (month <= 2)
    era, of_era = divmod(shifted, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _civil(days: int) -> tuple[int, int, int]:
    """Return year, month and day of a number of days since 1970-01-01."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year + era * 400 + (month <= 2), month, day


def at(date: tuple[int, int, int], clock: tuple[int, int, int, int], location: Location) -> Time:
    """Return the time at which clocks in ``location`` show this (Go's ``time.Date``).

    Args:
        date: Year, month and day; each may be out of its range.
        clock: Hour, minute, second and nanosecond, likewise.
        location: Where.
    """
    seconds = _days(*date) * _DAY + clock[0] * 3600 + clock[1] * 60 + clock[2]
    offset = location.lookup(seconds)[1]
    if offset:
        offset = location.lookup(seconds - offset)[1]
    return Time((seconds - offset) * SECOND + clock[3], location)


ZERO = at((1, 1, 1), (0, 0, 0, 0), UTC)


def parse(layout: str, text: str, local: Location) -> Time:
    """Return the time that ``text``, written as ``layout``, means in ``local`` (Go's ``time.ParseInLocation``).

    Raises:
        TimeSyntaxError: It means none.
    """
    said = parse_moment(layout, text)
    date = (said.year, said.month, said.day)
    clock = (said.hour, said.minute, said.second, said.nanosecond)
    if said.utc:
        return at(date, clock, UTC)
    if said.offset is None and not said.zone:
        return at(date, clock, local)
    in_utc = at(date, clock, UTC)
    if said.offset is not None:
        moment = in_utc.add(-said.offset * SECOND)
        name, offset = local.lookup(moment.unix)
        if offset == said.offset and said.zone in {"", name}:
            return moment.into(local)
        return moment.into(Location(said.zone, said.offset))
    return _in_named_zone(in_utc, said, local)


def _in_named_zone(in_utc: Time, said: Reading, local: Location) -> Time:
    """Return a time told with a zone's abbreviation only: the local zone's own, or one of unknown offset."""
    seasons = [local.lookup(at((said.year, month, 1), (0, 0, 0, 0), UTC).unix) for month in (1, 7)]
    offsets = [offset for name, offset in seasons if name == said.zone]
    for offset in offsets:
        if local.lookup(in_utc.unix - offset)[0] == said.zone:
            return in_utc.add(-offset * SECOND).into(local)
    if offsets:
        return in_utc.add(-offsets[0] * SECOND).into(local)
    offset = 0
    if said.zone.startswith("GMT") and len(said.zone) > 3:
        offset = int(said.zone[3:]) * 3600
    return in_utc.into(Location(said.zone, offset))


def from_toml(value: date | clock | datetime) -> Time:
    """Return a date, time or both, as TOML has them, in a location that says which parts there are."""
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None:
            location = Location("datetime-local")
        else:
            seconds = round(offset.total_seconds())
            location = Location("", seconds) if seconds else UTC
        day, of_day = (value.year, value.month, value.day), value.time()
    elif isinstance(value, clock):
        location = Location("time-local")
        day, of_day = (0, 1, 1), value
    else:
        location = Location("date-local")
        day, of_day = (value.year, value.month, value.day), clock()
    return at(day, (of_day.hour, of_day.minute, of_day.second, of_day.microsecond * 1000), location)


# --- methods --------------------------------------------------------------------------------------------------------


def _add_date(self: Time, years: int, months: int, days: int) -> Time:
    now = self.moment()
    return at(
        (now.year + years, now.month + months, now.day + days),
        (now.hour, now.minute, now.second, now.nanosecond),
        self.location,
    )


def _since_zero(self: Time) -> int:
    return self.nanoseconds - ZERO.nanoseconds


def _truncate(self: Time, unit: int) -> Time:
    rest = _since_zero(self) % unit if unit > 0 else 0
    return Time(self.nanoseconds - rest, self.location)


def _round(self: Time, unit: int) -> Time:
    rest = _since_zero(self) % unit if unit > 0 else 0
    return Time(self.nanoseconds - rest + (unit if unit > 0 and rest * 2 >= unit else 0), self.location)


def _compare(self: Time, other: Time) -> Int:
    return Int((self.nanoseconds > other.nanoseconds) - (self.nanoseconds < other.nanoseconds))


def _is_summer(self: Time) -> bool:
    year = self.moment().year
    offsets = {self.location.lookup(at((year, month, 1), (0, 0, 0, 0), UTC).unix)[1] for month in (1, 7)}
    return len(offsets) > 1 and self.location.lookup(self.unix)[1] == max(offsets)


_TIME = ("time.Time",)
Time.go_methods = {
    function.name: function
    for function in (
        Function("Add", Time.add, ("time.Duration",), returns="time.Time"),
        Function("AddDate", _add_date, ("int", "int", "int"), returns="time.Time"),
        Function("After", lambda self, other: self.nanoseconds > other.nanoseconds, _TIME, returns="bool"),
        Function("Before", lambda self, other: self.nanoseconds < other.nanoseconds, _TIME, returns="bool"),
        Function("Compare", _compare, _TIME, returns="int"),
        Function("Day", lambda self: Int(self.moment().day), returns="int"),
        Function("Equal", lambda self, other: self.nanoseconds == other.nanoseconds, _TIME, returns="bool"),
        Function("Format", Time.format, ("string",), returns="string"),
        Function("GoString", Time.go_syntax, returns="string"),
        Function("Hour", lambda self: Int(self.moment().hour), returns="int"),
        Function("In", Time.into, ("*time.Location",), returns="time.Time"),
        Function("IsDST", _is_summer, returns="bool"),
        Function("IsZero", lambda self: _since_zero(self) == 0, returns="bool"),
        Function("Local", lambda self: self.into(_SYSTEM), returns="time.Time"),
        Function("Location", lambda self: self.location, returns="*time.Location"),
        Function("Minute", lambda self: Int(self.moment().minute), returns="int"),
        Function("Month", lambda self: Month(self.moment().month), returns="time.Month"),
        Function("Nanosecond", lambda self: Int(self.nanoseconds % SECOND), returns="int"),
        Function("Round", _round, ("time.Duration",), returns="time.Time"),
        Function("Second", lambda self: Int(self.moment().second), returns="int"),
        Function("String", Time.go_string, returns="string"),
        Function("Sub", Time.since, _TIME, returns="time.Duration"),
        Function("Truncate", _truncate, ("time.Duration",), returns="time.Time"),
        Function("UTC", lambda self: self.into(UTC), returns="time.Time"),
        Function("Unix", lambda self: self.unix, returns="int64"),
        Function("UnixMicro", lambda self: self.nanoseconds // 1000, returns="int64"),
        Function("UnixMilli", lambda self: self.nanoseconds // 1_000_000, returns="int64"),
        Function("UnixNano", lambda self: self.nanoseconds, returns="int64"),
        Function("Weekday", lambda self: Weekday(self.moment().weekday), returns="time.Weekday"),
        Function("Year", lambda self: Int(self.moment().year), returns="int"),
        Function("YearDay", lambda self: Int(self.moment().year_day), returns="int"),
    )
}


def now_of(host: Host) -> Time:
    """Return the host's time."""
    return Time.of(host.now())
