"""Layouts of Go's package ``time``: a reference time, written the way other times are to be written or read.

The reference is Mon Jan 2 15:04:05 MST 2006 (-0700): each part of it in a layout stands for that part of a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pyhelm.functions.goduration import quote_time_text

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")

_ELEMENT = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|0[1-6]|002|15|1|2006|2|_2(?!006)|__2|3|4|5|PM|pm"
    r"|[-Z]070000|[-Z]07:00:00|[-Z]0700|[-Z]07:00|[-Z]07|[.,](?:0+|9+)(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time taken apart in its zone.

    Attributes:
        weekday: 0 is Sunday.
        year_day: 1 is the first of January.
        offset: Seconds east of UTC.
        zone: Abbreviation, or empty.
    """

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    weekday: int
    year_day: int
    offset: int
    zone: str


@lru_cache(maxsize=128)
def split_layout(layout: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of literal text and the element after it; the last element is empty."""
    parts = []
    at = 0
    for match in _ELEMENT.finditer(layout):
        parts.append((layout[at : match.start()], match[0]))
        at = match.end()
    parts.append((layout[at:], ""))
    return tuple(parts)


# --- writing --------------------------------------------------------------------------------------------------------


def format_moment(layout: str, moment: Moment) -> str:
    """Return ``moment`` written as ``layout`` says (Go's ``Time.Format``)."""
    out: list[str] = []
    for literal, element in split_layout(layout):
        out += (literal, _write(element, moment))
    return "".join(out)


def _write(element: str, moment: Moment) -> str:
    if not element:
        return ""
    first = element[0]
    if first in ".,":
        return _write_fraction(element, moment.nanosecond)
    if first in "-Z":
        return _write_offset(element, moment.offset)
    return _WRITERS[element](moment)


def _width(number: int, width: int) -> str:
    return ("-" if number < 0 else "") + str(abs(number)).rjust(width, "0")


def _write_zone(moment: Moment) -> str:
    if moment.zone:
        return moment.zone
    minutes = abs(moment.offset) // 60
    return f"{'-' if moment.offset <= -60 else '+'}{minutes // 60:02d}{minutes % 60:02d}"


_WRITERS = {
    "2006": lambda m: _width(m.year, 4),
    "06": lambda m: f"{abs(m.year) % 100:02d}",
    "January": lambda m: MONTHS[m.month - 1],
    "Jan": lambda m: MONTHS[m.month - 1][:3],
    "1": lambda m: str(m.month),
    "01": lambda m: f"{m.month:02d}",
    "Monday": lambda m: WEEKDAYS[m.weekday],
    "Mon": lambda m: WEEKDAYS[m.weekday][:3],
    "2": lambda m: str(m.day),
    "_2": lambda m: f"{m.day:2d}",
    "02": lambda m: f"{m.day:02d}",
    "__2": lambda m: f"{m.year_day:3d}",
    "002": lambda m: f"{m.year_day:03d}",
    "15": lambda m: f"{m.hour:02d}",
    "3": lambda m: str(m.hour % 12 or 12),
    "03": lambda m: f"{m.hour % 12 or 12:02d}",
    "4": lambda m: str(m.minute),
    "04": lambda m: f"{m.minute:02d}",
    "5": lambda m: str(m.second),
    "05": lambda m: f"{m.second:02d}",
    "PM": lambda m: "PM" if m.hour >= 12 else "AM",
    "pm": lambda m: "pm" if m.hour >= 12 else "am",
    "MST": _write_zone,
}


def _write_offset(element: str, offset: int) -> str:
    if element[0] == "Z" and offset == 0:
        return "Z"
    minutes = abs(offset) // 60
    sign = "-" if offset <= -60 else "+"
    colon = ":" if ":" in element else ""
    text = f"{sign}{minutes // 60:02d}"
    if len(element) > 3:
        text += f"{colon}{minutes % 60:02d}"
    if len(element) > 6:
        seconds = abs(offset) % 60 if sign == "-" or offset >= 0 else offset % 60 - 60
        text += f"{colon}{_width(seconds, 2)}"
    return text


def _write_fraction(element: str, nanosecond: int) -> str:
    digits = f"{nanosecond:09d}"[: len(element) - 1]
    if element[1] == "9":
        digits = digits.rstrip("0")
        return element[0] + digits if digits else ""
    return element[0] + digits


# --- reading --------------------------------------------------------------------------------------------------------


class TimeSyntaxError(ValueError):
    """Text that is not as its layout says; the text is Go's."""

    def __init__(self, layout: str, text: str, element: str, rest: str, complaint: str = "") -> None:
        if complaint:
            message = f"parsing time {quote_time_text(text)}{complaint}"
        else:
            message = (
                f"parsing time {quote_time_text(text)} as {quote_time_text(layout)}: "
                f"cannot parse {quote_time_text(rest)} as {quote_time_text(element)}"
            )
        super().__init__(message)


@dataclass(slots=True)
class Reading:
    """What a text says about a time.

    Attributes:
        utc: It says that it is in UTC.
        offset: Seconds east of UTC, if it says so.
        zone: The abbreviation of the zone, or empty.
    """

    year: int = 0
    month: int = -1
    day: int = -1
    year_day: int = -1
    hour: int = 0
    minute: int = 0
    second: int = 0
    nanosecond: int = 0
    afternoon: bool | None = None
    utc: bool = False
    offset: int | None = None
    zone: str = ""


class _UnreadableError(Exception):
    """The element at hand cannot be read."""


class _RangeError(Exception):
    """The element at hand was read, and is no possible value; the argument says of what."""


def parse_moment(layout: str, text: str) -> Reading:
    """Return what ``text``, written as ``layout``, says (Go's ``time.Parse``).

    Raises:
        TimeSyntaxError: It is not written so, or no such time exists.
    """
    reading = Reading()
    rest = text
    parts = split_layout(layout)
    for position, (literal, element) in enumerate(parts):
        rest, matched = _skip(rest, literal)
        if not matched:
            raise TimeSyntaxError(layout, text, literal, rest)
        if not element:
            if rest:
                raise TimeSyntaxError(layout, text, "", rest, f": extra text: {quote_time_text(rest)}")
            break
        following = parts[position + 1][1]
        reader = _Reader(rest)
        try:
            reader.read(element, reading, fraction_follows=following[:1] in {".", ","} and following != "")
        except _UnreadableError:
            raise TimeSyntaxError(layout, text, element, rest) from None
        except _RangeError as error:
            raise TimeSyntaxError(layout, text, element, reader.rest, f": {error} out of range") from None
        rest = reader.rest
    _settle(reading, layout, text, rest)
    return reading


def _skip(text: str, literal: str) -> tuple[str, bool]:
    """Return ``text`` after ``literal``, in which one space stands for any number of them."""
    while literal:
        if literal[0] == " ":
            if text and text[0] != " ":
                return text, False
            literal = literal.lstrip(" ")
            text = text.lstrip(" ")
        elif not text or text[0] != literal[0]:
            return text, False
        else:
            literal, text = literal[1:], text[1:]
    return text, True


def is_leap(year: int) -> bool:
    """Return whether ``year`` has a 29th of February."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)


def days_in(month: int, year: int) -> int:
    """Return the number of days of a month."""
    return 29 if month == 2 and is_leap(year) else _DAYS_BEFORE[month] - _DAYS_BEFORE[month - 1]


def _settle(reading: Reading, layout: str, text: str, rest: str) -> None:
    """Fill in what was not said, and refuse a day that does not exist."""
    if reading.afternoon is True and reading.hour < 12:
        reading.hour += 12
    elif reading.afternoon is False and reading.hour == 12:
        reading.hour = 0
    if reading.year_day >= 0:
        length = 366 if is_leap(reading.year) else 365
        if not 1 <= reading.year_day <= length:
            raise TimeSyntaxError(layout, text, "", rest, ": day-of-year out of range")
        month, day = 1, reading.year_day
        while day > days_in(month, reading.year):
            day -= days_in(month, reading.year)
            month += 1
        if reading.month >= 0 and reading.month != month:
            raise TimeSyntaxError(layout, text, "", rest, ": day-of-year does not match month")
        if reading.day >= 0 and reading.day != day:
            raise TimeSyntaxError(layout, text, "", rest, ": day-of-year does not match day")
        reading.month, reading.day = month, day
    reading.month = 1 if reading.month < 0 else reading.month
    reading.day = 1 if reading.day < 0 else reading.day
    if not 1 <= reading.day <= days_in(reading.month, reading.year):
        raise TimeSyntaxError(layout, text, "", rest, ": day out of range")


_TWO_DIGITS = re.compile(r"[0-9][0-9]")
_ONE_OR_TWO = re.compile(r"[0-9][0-9]?")
_UP_TO_THREE = re.compile(r"[0-9]{1,3}")
_FRACTION = re.compile(r"[.,]([0-9]+)")
_FRACTION_DIGITS = re.compile(r"[.,]([+-]?)([0-9]*)")
_OFFSETS = {
    "07": re.compile(r"(.)(..)", re.DOTALL),
    "0700": re.compile(r"(.)(..)(..)", re.DOTALL),
    "07:00": re.compile(r"(.)(..):(..)", re.DOTALL),
    "070000": re.compile(r"(.)(..)(..)(..)", re.DOTALL),
    "07:00:00": re.compile(r"(.)(..):(..):(..)", re.DOTALL),
}
_ABBREVIATION = re.compile(r"ChST|MeST|[A-Z]{4}T(?![A-Z])|(?:[A-Z]{3}T|WITA)(?![A-Z])|[A-Z]{3}(?![A-Z])")
_SIGNED_HOURS = re.compile(r"[+-]([0-9]+)")


class _Reader:
    """The text still to read."""

    __slots__ = ("rest",)

    def __init__(self, rest: str) -> None:
        self.rest = rest

    def read(self, element: str, into: Reading, *, fraction_follows: bool) -> None:
        """Read what ``element`` stands for."""
        if element == "2006":
            if not re.match(r"[0-9]", self.rest):
                raise _UnreadableError
            into.year = self._take_number(4)
        elif element == "06":
            year = self._take_number(2)
            into.year = year + (1900 if year >= 69 else 2000)
        elif element in {"Jan", "January"}:
            into.month = self._name([name[: len(element) if element == "Jan" else None] for name in MONTHS]) + 1
        elif element in {"Mon", "Monday"}:
            self._name([name[: len(element) if element == "Mon" else None] for name in WEEKDAYS])
        elif element in {"1", "01"}:
            into.month = self._number("month", 1, 12, fixed=element == "01")
        elif element in {"2", "_2", "02"}:
            if element == "_2":
                self.rest = self.rest.removeprefix(" ")
            into.day = self._digits(_TWO_DIGITS if element == "02" else _ONE_OR_TWO)
        elif element in {"__2", "002"}:
            self._year_day(element, into)
        elif element == "15":
            into.hour = self._number("hour", 0, 23, fixed=False)
        elif element in {"3", "03"}:
            into.hour = self._number("hour", 0, 12, fixed=element == "03")
        elif element in {"4", "04"}:
            into.minute = self._number("minute", 0, 59, fixed=element == "04")
        elif element in {"5", "05"}:
            into.second = self._number("second", 0, 59, fixed=element == "05")
            match = _FRACTION.match(self.rest)
            if match and not fraction_follows:  # fractions of a second are read even where the layout has none
                into.nanosecond = _nanoseconds(match[1])
                self.rest = self.rest[match.end() :]
        elif element in {"PM", "pm"}:
            word = self._take(2)
            if word.lower() not in {"am", "pm"} or word.isupper() != element.isupper() or not word.isascii():
                raise _UnreadableError
            if word not in {"AM", "PM", "am", "pm"}:
                raise _UnreadableError
            into.afternoon = word.lower() == "pm"
        elif element[0] in "-Z":
            self._offset(element, into)
        elif element == "MST":
            self._abbreviation(into)
        else:
            self._fraction(element, into)

    def _take(self, count: int) -> str:
        if len(self.rest) < count:
            raise _UnreadableError
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def _take_number(self, count: int) -> int:
        taken = self._take(count)
        if not re.fullmatch(r"[+-]?[0-9]*", taken):
            raise _UnreadableError
        return int(taken) if taken.strip("+-") else 0

    def _digits(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.rest)
        if match is None:
            raise _UnreadableError
        self.rest = self.rest[match.end() :]
        return int(match[0])

    def _number(self, name: str, least: int, most: int, *, fixed: bool) -> int:
        number = self._digits(_TWO_DIGITS if fixed else _ONE_OR_TWO)
        if not least <= number <= most:
            raise _RangeError(name)
        return number

    def _name(self, names: list[str]) -> int:
        for position, name in enumerate(names):
            head = self.rest[: len(name)]
            if head.isascii() and head.lower() == name.lower():
                self.rest = self.rest[len(name) :]
                return position
        raise _UnreadableError

    def _year_day(self, element: str, into: Reading) -> None:
        if element == "__2":
            self.rest = self.rest.removeprefix(" ").removeprefix(" ")
        match = _UP_TO_THREE.match(self.rest)
        if match is None or (element == "002" and len(match[0]) != 3):
            raise _UnreadableError
        into.year_day = int(match[0])
        self.rest = self.rest[match.end() :]

    def _offset(self, element: str, into: Reading) -> None:
        if element[0] == "Z" and self.rest.startswith("Z"):
            self.rest = self.rest[1:]
            into.utc = True
            return
        match = _OFFSETS[element[1:]].match(self.rest)
        if match is None:
            raise _UnreadableError
        self.rest = self.rest[match.end() :]
        numbers: list[int] = []
        for digits in match.groups()[1:]:
            if not _TWO_DIGITS.fullmatch(digits):
                break
            numbers.append(int(digits))
        hours, minutes, seconds = [*numbers, 0, 0, 0][:3]
        for number, most, name in ((hours, 24, "hour"), (minutes, 60, "minute"), (seconds, 60, "second")):
            if number > most:
                raise _RangeError(f"time zone offset {name}")
        if len(numbers) < len(match.groups()) - 1:
            raise _UnreadableError
        if match[1] not in {"+", "-"}:
            raise _UnreadableError
        offset = (hours * 60 + minutes) * 60 + seconds
        into.offset = -offset if match[1] == "-" else offset

    def _abbreviation(self, into: Reading) -> None:
        if self.rest.startswith("UTC"):
            self.rest = self.rest[3:]
            into.utc = True
            return
        length = _length_of_zone(self.rest)
        if not length:
            raise _UnreadableError
        into.zone, self.rest = self.rest[:length], self.rest[length:]

    def _fraction(self, element: str, into: Reading) -> None:
        if element[1] == "0":
            taken = self._take(len(element))
            match = _FRACTION_DIGITS.fullmatch(taken[:10])  # Go looks at no more
            if match is None:
                raise _UnreadableError
            into.nanosecond = int(match[2] or 0) * 10 ** (10 - min(len(taken), 10))
            if match[1] == "-" and into.nanosecond:
                raise _RangeError("fractional second")
            return
        match = _FRACTION.match(self.rest)
        if match:
            into.nanosecond = _nanoseconds(match[1])
            self.rest = self.rest[match.end() :]


def _nanoseconds(digits: str) -> int:
    return int(digits[:9].ljust(9, "0"))


def _length_of_zone(text: str) -> int:
    """Return how much of ``text`` is an abbreviation of a zone; 0 if it begins with none."""
    if text.startswith("GMT"):
        return 3 + _length_of_hours(text[3:])
    if text[:1] in {"+", "-"} and len(text) >= 3:
        return _length_of_hours(text)
    match = _ABBREVIATION.match(text)
    return match.end() if match else 0


def _length_of_hours(text: str) -> int:
    match = _SIGNED_HOURS.match(text)
    return match.end() if match and int(match[1][:20]) <= 23 else 0
