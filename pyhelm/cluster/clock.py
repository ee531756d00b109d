"""The cluster's time: it only moves when the loop moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


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
