"""Forget events an hour after they were last seen, as the API server does."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import parse_stamp
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.errors import NotFoundError
from pyhelm.kube.objects import ObjectKey, key_of, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object

TTL_SECONDS = 3600.0
KEY = ObjectKey("", "events")
STEP_SECONDS = 60.0
"""Events are removed in steps of at least this, not one by one."""


class EventExpiry:
    """Removes old Event objects."""

    name = "event-expiry"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.client.catalog.for_kind("v1", "Event")
        self._waiting = False

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._events, self._when_event_came),)

    def keys(self) -> Iterable[ObjectKey]:
        return (KEY,)

    def _when_event_came(self, change: Change) -> Sequence[ObjectKey]:
        if self._waiting or change.old is not None:
            return ()
        self._waiting = True
        return (KEY,)

    def reconcile(self, key: ObjectKey) -> Result:  # noqa: ARG002  (there is only one)
        now = self._clock.now()
        oldest = 0.0
        self._waiting = False
        for event in list(self._lister.scan(self._events)):
            age = (now - _last_seen(event, now)).total_seconds()
            if age >= TTL_SECONDS:
                with suppress(NotFoundError):
                    self._client.delete(self._events, key_of(event))
            else:
                oldest = max(oldest, age)
                self._waiting = True
        if not self._waiting:
            return DONE
        return Result(max(STEP_SECONDS, TTL_SECONDS - oldest))

    def snapshot(self) -> Any:
        """Return whether a look is queued already."""
        return self._waiting or None

    def restore(self, memory: Any) -> None:
        """Take over what ``snapshot`` returned."""
        self._waiting = bool(memory)


def _last_seen(event: Object, now: datetime) -> datetime:
    series = (event.get("series") or {}).get("lastObservedTime")
    stamps = (series, event.get("lastTimestamp"), event.get("eventTime"), metadata(event).get("creationTimestamp"))
    return next((moment for text in stamps if (moment := parse_stamp(text)) is not None), now)
