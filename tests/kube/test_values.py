"""Times, durations, quantities and percentages as Kubernetes writes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pyhelm.kube import times
from pyhelm.kube.intstr import fenceposts, scaled
from pyhelm.kube.quantity import ZERO, Quantity, canonical, milli, parse

MINUTE, HOUR, DAY = 60, 3600, 86400
YEAR = 365 * DAY


@pytest.mark.parametrize(
    ("seconds", "long", "short"),
    [
        pytest.param(-2, "<invalid>", "<invalid>", id="future"),
        pytest.param(-1.5, "0s", "0s", id="clock-skew"),
        pytest.param(0, "0s", "0s", id="now"),
        pytest.param(119.9, "119s", "1m", id="seconds"),
        pytest.param(2 * MINUTE, "2m", "2m", id="minutes"),
        pytest.param(5 * MINUTE + 7, "5m7s", "5m", id="minutes-and-seconds"),
        pytest.param(10 * MINUTE + 7, "10m", "10m", id="ten-minutes"),
        pytest.param(179 * MINUTE, "179m", "2h", id="many-minutes"),
        pytest.param(3 * HOUR, "3h", "3h", id="hours"),
        pytest.param(7 * HOUR + 30 * MINUTE, "7h30m", "7h", id="hours-and-minutes"),
        pytest.param(47 * HOUR, "47h", "1d", id="many-hours"),
        pytest.param(2 * DAY, "2d", "2d", id="days"),
        pytest.param(7 * DAY + 5 * HOUR, "7d5h", "7d", id="days-and-hours"),
        pytest.param(8 * DAY + 5 * HOUR, "8d", "8d", id="eight-days"),
        pytest.param(2 * YEAR - HOUR, "729d", "1y", id="many-days"),
        pytest.param(3 * YEAR, "3y", "3y", id="years"),
        pytest.param(3 * YEAR + 4 * DAY, "3y4d", "3y", id="years-and-days"),
        pytest.param(9 * YEAR + 4 * DAY, "9y", "9y", id="many-years"),
    ],
)
def test_durations(seconds: float, long: str, short: str) -> None:
    assert times.human_duration(seconds) == long
    assert times.short_human_duration(seconds) == short


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-01-31T12:00:01Z", datetime(2026, 1, 31, 12, 0, 1, tzinfo=UTC), id="seconds"),
        pytest.param("2026-01-31T12:00:01.5Z", datetime(2026, 1, 31, 12, 0, 1, 500000, tzinfo=UTC), id="fraction"),
        pytest.param("2026-01-31T12:00:01.123456789Z", datetime(2026, 1, 31, 12, 0, 1, 123456, tzinfo=UTC), id="nanos"),
        pytest.param("2026-01-31T12:00:01+02:30", datetime(2026, 1, 31, 9, 30, 1, tzinfo=UTC), id="zone"),
    ],
)
def test_parse_time(text: str, moment: datetime) -> None:
    assert times.parse(text) == moment
    assert times.parse(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["", "2026-01-31", "2026-01-31 12:00:01Z", "2026-13-31T12:00:01Z"])
def test_no_time(text: str) -> None:
    with pytest.raises(ValueError):
        times.parse(text)


def test_write_time() -> None:
    moment = datetime(2026, 1, 31, 12, 0, 1, 5, tzinfo=UTC)
    assert times.format_seconds(moment) == "2026-01-31T12:00:01Z"
    assert times.format_micros(moment) == "2026-01-31T12:00:01.000005Z"
    assert times.parse(times.format_micros(moment)) == moment


# Recorded from kubectl 1.37.1: create quota --hard=a=VALUE --dry-run=client.
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("0.1", "100m"),
        ("1.500", "1.500"),
        ("1.5G", "1500M"),
        ("1.5Gi", "1536Mi"),
        ("1024Mi", "1Gi"),
        ("1025Mi", "1025Mi"),
        ("0.3Mi", "314572800m"),
        ("2.5Ki", "2560"),
        ("0.5Ki", "512"),
        ("1e3", "1e3"),
        ("1E2", "100"),
        ("+5", "+5"),
        ("0.0000000001", "1n"),
        ("1.5n", "2n"),
        ("-1500m", "-1500m"),
        ("00", "0"),
        ("0m", "0"),
        (".5", "500m"),
        ("100Ei", "9223372036854775807"),
        ("12E", "12E"),
    ],
)
def test_quantity_text(text: str, shown: str) -> None:
    assert canonical(text) == shown
    assert parse(shown) == parse(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        ("1 Gi", "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
        ("1mi", "unable to parse quantity's suffix"),
        ("1e", "unable to parse quantity's suffix"),
        ("1e99999999", "unable to parse quantity's suffix"),
        ("Ei", "unable to parse numeric part of quantity"),
    ],
)
def test_no_quantity(text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse(text)
    assert str(caught.value) == message


def test_quantity_values() -> None:
    assert (parse("1500m").value, parse("1500m").milli) == (2, 1500)
    assert (parse("-1500m").value, parse("1Ki").value) == (-2, 1024)
    assert parse(2) == parse("2") == parse(2.0)
    assert str(parse("1Gi") + parse("512Mi")) == "1536Mi"
    assert str(ZERO + parse("1Gi")) == "1Gi"
    assert str(parse("1") - parse("250m")) == "750m"
    assert parse("100m") < parse("1")
    assert not Quantity(0)


@pytest.mark.parametrize(
    ("value", "total", "up", "down"),
    [
        pytest.param(3, 10, 3, 3, id="number"),
        pytest.param("25%", 10, 3, 2, id="percent"),
        pytest.param("0%", 10, 0, 0, id="zero"),
        pytest.param("100%", 7, 7, 7, id="all"),
        pytest.param("150%", 3, 5, 4, id="more-than-all"),
    ],
)
def test_scaled(value: int | str, total: int, up: int, down: int) -> None:
    assert scaled(value, total, round_up=True) == up
    assert scaled(value, total, round_up=False) == down


@pytest.mark.parametrize("value", ["3", "x%", "%"])
def test_not_scalable(value: str) -> None:
    with pytest.raises(ValueError, match="invalid value for IntOrString: invalid"):
        scaled(value, 10, round_up=True)


@pytest.mark.parametrize(
    ("surge", "unavailable", "desired", "found"),
    [
        pytest.param("25%", "25%", 10, (3, 2), id="default"),
        pytest.param(0, 0, 10, (0, 1), id="both-zero"),
        pytest.param("10%", "10%", 1, (1, 0), id="one-replica"),
        pytest.param(None, None, 4, (0, 1), id="absent"),
    ],
)
def test_fenceposts(
    surge: int | str | None, unavailable: int | str | None, desired: int, found: tuple[int, int]
) -> None:
    assert fenceposts(surge, unavailable, desired) == found


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1", 1000),
        ("250m", 250),
        ("0.1", 100),
        ("1.5", 1500),
        ("64Mi", 64 * 2**20 * 1000),
        ("1k", 1_000_000),
        ("1e3", 1_000_000),
        ("12E", 12 * 10**21),
        ("100n", 1),
        (2, 2000),
        ("nonsense", 0),
        ("", 0),
    ],
)
def test_milli(text: str | int, amount: int) -> None:
    assert milli(text) == amount
