"""Times and durations as Kubernetes writes and shows them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)


def parse(text: str) -> datetime:
    """Return the moment that an RFC 3339 text names, in UTC; digits beyond microseconds are dropped.

    Raises:
        ValueError: It is not RFC 3339.
    """
    found = _RFC3339.fullmatch(text)
    if found is None:
        message = f"not an RFC 3339 time: {text!r}"
        raise ValueError(message)
    year, month, day, hour, minute, second, fraction, zulu, sign, hours, minutes = found.groups()
    zone: timezone = UTC
    if not zulu:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        zone = timezone(-offset if sign == "-" else offset)
    micros = int((fraction or "0")[:6].ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), micros, zone)
    return moment if zulu else moment.astimezone(UTC)


def parse_or_none(text: str | None) -> datetime | None:
    """Return the moment that ``text`` names, or None when it is absent or empty."""
    return parse(text) if text else None


def format_seconds(moment: datetime) -> str:
    """Return ``2026-01-31T12:00:00Z`` (metav1.Time); fractions are cut off."""
    moment = moment.astimezone(UTC)
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S}Z"


def format_micros(moment: datetime) -> str:
    """Return ``2026-01-31T12:00:00.000000Z`` (metav1.MicroTime)."""
    moment = moment.astimezone(UTC)
    return f"{moment.year:04d}-{moment:%m-%dT%H:%M:%S.%f}Z"


def human_duration(seconds: float) -> str:
    """Return a duration as kubectl's AGE shows it, with two or three significant figures (duration.HumanDuration)."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 120:
        return f"{whole}s"
    minutes = whole // 60
    if minutes < 10:
        return _pair(minutes, "m", whole % 60, "s")
    if minutes < 180:
        return f"{minutes}m"
    hours = minutes // 60
    if hours < 8:
        return _pair(hours, "h", minutes % 60, "m")
    if hours < 48:
        return f"{hours}h"
    days = hours // 24
    if hours < 24 * 8:
        return _pair(days, "d", hours % 24, "h")
    if days < 365 * 2:
        return f"{days}d"
    if days < 365 * 8:
        return _pair(days // 365, "y", days % 365, "d")
    return f"{days // 365}y"


def short_human_duration(seconds: float) -> str:
    """Return a duration with one figure, such as ``5m`` or ``3d`` (duration.ShortHumanDuration)."""
    whole = int(seconds)
    if whole < -1:
        return "<invalid>"
    if whole < 0:
        return "0s"
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m"
    hours = whole // 3600
    if hours < 24:
        return f"{hours}h"
    return f"{hours // 24}d" if hours < 24 * 365 else f"{hours // 24 // 365}y"


def _pair(large: int, unit: str, small: int, small_unit: str) -> str:
    return f"{large}{unit}{small}{small_unit}" if small else f"{large}{unit}"
