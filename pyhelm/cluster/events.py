"""The event recorder: what happened to objects, joined and limited as client-go's recorder does.

An event that repeats raises the count of the one that exists. From the tenth different message of one reason on, events
about an object are joined; after 25 in a row about one object the rest is dropped, and one more is allowed every five
minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import micros, stamp
from pyhelm.errors import ApiError
from pyhelm.kube.objects import ObjectKey, metadata

if TYPE_CHECKING:
    from pyhelm.cluster.clock import Clock
    from pyhelm.cluster.controllers.base import Lister
    from pyhelm.cluster.internal import InternalWriter
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import ResourceCatalog

NORMAL, WARNING = "Normal", "Warning"

SIMILAR_LIMIT = 10
"""So many different messages of one reason are kept apart (client-go defaultAggregateMaxEvents)."""
SIMILAR_INTERVAL = 600_000_000
"""Microseconds of silence after which messages are counted anew."""
BURST = 25
"""Events about one object before some are dropped (client-go defaultSpamBurst)."""
REFILL = 300_000_000
"""Microseconds until one more event is allowed."""
REMEMBERED = 4096
"""Entries kept per cache; the oldest go first."""


@dataclass(slots=True)
class _Similar:
    messages: dict[str, None] = field(default_factory=dict)
    last: int = 0


@dataclass(slots=True)
class _Bucket:
    tokens: float
    last: int


class Recorder:
    """Writes Event objects; never raises when the API refuses one (as the real recorder)."""

    def __init__(self, writer: InternalWriter, lister: Lister, clock: Clock, catalog: ResourceCatalog) -> None:
        self._writer = writer
        self._lister = lister
        self._clock = clock
        self._events = catalog.for_kind("v1", "Event")
        self._similar: dict[tuple[str, ...], _Similar] = {}
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def normal(
        self, component: str, obj: Object, reason: str, message: str, *, host: str = "", field_path: str = ""
    ) -> None:
        """Record that something went as it should."""
        self.record(component, obj, NORMAL, reason, message, host=host, field_path=field_path)

    def warning(
        self, component: str, obj: Object, reason: str, message: str, *, host: str = "", field_path: str = ""
    ) -> None:
        """Record that something went wrong."""
        self.record(component, obj, WARNING, reason, message, host=host, field_path=field_path)

    def record(
        self,
        component: str,
        obj: Object,
        event_type: str,
        reason: str,
        message: str,
        *,
        host: str = "",
        field_path: str = "",
    ) -> None:
        """Record an event about ``obj`` from ``component`` (on the node ``host``)."""
        about = metadata(obj)
        kind, api_version = obj.get("kind", ""), obj.get("apiVersion", "")
        uid, name, namespace = about.get("uid", ""), about.get("name", ""), about.get("namespace", "")
        moment = self._clock.now()
        now = micros(moment)
        source = (component, host, kind, namespace, name, uid, api_version, event_type)
        identity: tuple[str, ...] = (*source, field_path, reason, message)
        if self._joined((*source, reason), message, now):
            message = f"(combined from similar events): {message}"
            identity = (*source, reason)
        event_namespace = namespace or "default"
        digest = blake2b("\0".join(identity).encode(), digest_size=8).hexdigest()
        key = ObjectKey(event_namespace, f"{name}.{digest}")
        if not self._accepted(source, now):
            return
        existing = self._lister.peek(self._events, key)
        try:
            if existing is not None:
                change: dict[str, Any] = {"count": (existing.get("count") or 1) + 1, "lastTimestamp": stamp(moment)}
                if existing.get("message") != message:
                    change["message"] = message
                self._writer.replace(self._events, existing, change)
                return
            involved = {
                "kind": kind,
                "namespace": namespace,
                "name": name,
                "uid": uid,
                "apiVersion": api_version,
                "resourceVersion": about.get("resourceVersion", ""),
            }
            if field_path:
                involved["fieldPath"] = field_path
            event: Object = {
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": key.name, "namespace": event_namespace},
                "involvedObject": {field: value for field, value in involved.items() if value},
                "reason": reason,
                "message": message,
                "source": {"component": component, "host": host} if host else {"component": component},
                "firstTimestamp": stamp(moment),
                "lastTimestamp": stamp(moment),
                "count": 1,
                "type": event_type,
                "eventTime": None,
                "reportingComponent": component,
                "reportingInstance": host,
            }
            self._writer.create(self._events, event)
        except ApiError:
            # An event that cannot be stored (its namespace is going away) is lost, and nothing else is.
            return

    def _joined(self, key: tuple[str, ...], message: str, now: int) -> bool:
        """Tell whether the event is joined with similar ones (client-go EventAggregator.EventAggregate)."""
        similar = self._similar.get(key)
        if similar is None or now - similar.last > SIMILAR_INTERVAL:
            similar = _Similar()
            _remember(self._similar, key, similar)
        similar.messages[message] = None
        similar.last = now
        if len(similar.messages) < SIMILAR_LIMIT:
            return False
        del similar.messages[next(iter(similar.messages))]
        return True

    def _accepted(self, key: tuple[str, ...], now: int) -> bool:
        """Tell whether the object's token bucket has one left (client-go EventSourceObjectSpamFilter)."""
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = _Bucket(BURST, now)
            _remember(self._buckets, key, bucket)
        bucket.tokens = min(BURST, bucket.tokens + (now - bucket.last) / REFILL)
        bucket.last = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True


def _remember(cache: dict[tuple[str, ...], Any], key: tuple[str, ...], value: Any) -> None:
    if len(cache) >= REMEMBERED:
        del cache[next(iter(cache))]
    cache[key] = value
