"""What depends on the host's clock, zone and randomness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from pyhelm.functions import lookup
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, type_of
from tests.functions.expressions import FixedHost

PARIS = FixedHost(datetime(2024, 7, 14, 12, 0, 0, 250_000, tzinfo=ZoneInfo("Europe/Paris")))


def run(name, *args, host=None):
    function = lookup(name)
    return function.call(host or FixedHost(), *args) if function.impure else function.call(*args)


def method(value, name, *args):
    return type(value).go_methods[name].call(value, *args)


@pytest.mark.parametrize(
    ("host", "text"),
    [
        pytest.param(FixedHost(), "2024-02-03 04:05:06.789 +0000 UTC m=+0.000000000", id="utc"),
        pytest.param(PARIS, "2024-07-14 12:00:00.25 +0200 CEST m=+0.000000000", id="paris"),
    ],
)
def test_now(host, text):
    assert to_text(run("now", host=host)) == text


def test_whatever_is_no_time_means_now():
    for value in (None, "2020-01-01", 0.0, [], True):
        assert run("date", "2006-01-02T15:04:05Z07:00", value, host=PARIS) == "2024-07-14T12:00:00+02:00"
        assert run("ago", value, host=PARIS) == "0s"
    assert run("htmlDate", None, host=PARIS) == "2024-07-14"


def test_local_is_the_hosts_zone():
    assert run("date", "2006-01-02 15:04 MST", Int(0), host=PARIS) == "1970-01-01 01:00 CET"
    assert to_text(run("toDate", "2006-01-02", "2024-01-01", host=PARIS)) == "2024-01-01 00:00:00 +0100 CET"
    assert run("dateInZone", "15:04", Int(0), "Local", host=PARIS) == "01:00"
    assert run("dateInZone", "15:04", Int(0), "No/Where", host=PARIS) == "00:00"


def test_a_clock_with_an_offset_only_means_the_machines_zone():
    host = FixedHost(datetime(2024, 1, 1, tzinfo=timezone(timedelta(hours=1), "XYZ")))
    assert to_text(run("now", host=host)).startswith(
        datetime(2023, 12, 31, 23, tzinfo=UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S %z ")
    )


def test_ago_and_rounding():
    hour_before = int(datetime(2024, 2, 3, 3, 5, 6, tzinfo=UTC).timestamp())
    assert run("ago", hour_before) == "1h0m1s"
    assert run("ago", Int(hour_before)) == "1h0m1s"
    moment = run("toDate", "2006-01-02", "2023-12-01")
    assert run("durationRound", moment) == "2mo"
    assert run("durationRound", run("dateModify", "-90s", run("now"))) == "1m"


def test_methods_of_times():
    moment = run("toDate", "2006-01-02T15:04:05Z07:00", "2020-02-29T23:30:00.5-05:00")
    parts = ["Year", "Day", "Hour", "Minute", "Second", "Nanosecond", "YearDay", "Unix", "UnixMilli"]
    assert [method(moment, name) for name in parts] == [
        2020, 29, 23, 30, 0, 500_000_000, 60, 1583037000, 1583037000500,
    ]  # fmt: skip
    assert to_text(method(moment, "Month")) == "February"
    assert type_of(method(moment, "Month")) == "time.Month"
    assert run("int", method(moment, "Month")) == 2
    assert to_text(method(moment, "Weekday")) == "Saturday"
    assert to_text(method(moment, "UTC")) == "2020-03-01 04:30:00.5 +0000 UTC"
    assert to_text(method(moment, "AddDate", 1, -12, 1)) == "2020-03-01 23:30:00.5 -0500 -0500"
    assert method(moment, "Format", "Jan 2") == "Feb 29"
    later = method(moment, "Add", 90 * 10**9)
    assert to_text(method(later, "Sub", moment)) == "1m30s"
    assert method(moment, "Before", later)
    assert method(moment, "Equal", method(moment, "UTC"))
    assert not run("deepEqual", moment, method(moment, "UTC"))
    assert method(method(moment, "Truncate", 3600 * 10**9), "Format", "15:04:05.0") == "23:00:00.0"


@pytest.mark.parametrize("name", ["randAlpha", "randAlphaNum", "randAscii", "randNumeric", "randBytes"])
def test_same_seed_same_text(name):
    texts = [run(name, Int(40), host=FixedHost(seed=seed)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_random_numbers_stay_in_their_range():
    host = FixedHost()
    assert {run("randInt", Int(-1), Int(3), host=host) for _ in range(200)} == {-1, 0, 1, 2}


def test_shuffle_keeps_the_characters():
    assert sorted(run("shuffle", "h\u00e9llo")) == sorted("h\u00e9llo")
