"""The cluster's time: it only moves when the loop moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Clock:
    """A clock that is set, not read from the machine; times are aware and in UTC."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Return the current cluster time."""
        return self._now

    def advance_to(self, moment: datetime) -> None:
        """Move to ``moment``; moments of the past are ignored, time never goes back."""
        self._now = max(self._now, moment)

    def advance(self, seconds: float) -> None:
        """Move ``seconds`` ahead."""
        self.advance_to(self._now + timedelta(seconds=seconds))


def micros(moment: datetime) -> int:
    """Return microseconds since 1970, which compare and serialise without loss."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(value: int) -> datetime:
    """Return the moment ``value`` microseconds after 1970."""
    return EPOCH + timedelta(microseconds=value)


def stamp(moment: datetime) -> str:
    """Return a time as Kubernetes objects carry it (metav1.Time: whole seconds, cut off)."""
    return moment.isoformat(timespec="seconds")[:19] + "Z"


def parse_stamp(text: object) -> datetime | None:
    """Return the time that ``stamp`` (or a MicroTime) wrote, or None where there is none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        return None
