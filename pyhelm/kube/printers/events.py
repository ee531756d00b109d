"""The table of Events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, metadata, name_of
from pyhelm.kube.printers.table import Printer, columns, since

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def _event(obj: Object, now: datetime) -> Sequence[Any]:
    source, series = obj.get("source") or {}, obj.get("series")
    target = obj.get("involvedObject") or obj.get("regarding") or {}
    first = since(obj.get("firstTimestamp") or obj.get("eventTime"), now)
    last = since(obj["lastTimestamp"], now) if obj.get("lastTimestamp") else first
    count = obj.get("count") or 1
    if series:
        last, count = since(series.get("lastObservedTime"), now), series.get("count", 1)
    kind = target.get("kind", "").lower()
    component = source.get("component") or obj.get("reportingComponent") or ""
    host = source.get("host") or obj.get("reportingInstance") or ""
    return (
        last,
        obj.get("type", ""),
        obj.get("reason", ""),
        f"{kind}/{target['name']}" if target.get("name") else kind,
        target.get("fieldPath", ""),
        f"{component}, {host}" if host else component,
        (obj.get("message") or obj.get("note") or "").strip(),
        first,
        count,
        name_of(obj),
    )


def order(event: Object) -> tuple[str, int]:
    """Return a sort key: when an event was last seen, and within one second in order of writing."""
    series = event.get("series") or {}
    seen = series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or ""
    return str(seen), int(metadata(event).get("resourceVersion") or 0)


_COLUMNS = columns(
    "Last Seen", "Type", "Reason", "Object", "Subobject", "Source", "Message", "First Seen", "Count", "Name"
)
_NARROW = {"Last Seen", "Type", "Reason", "Object", "Message"}

PRINTERS = {
    "Event": Printer(
        tuple(column if column.title in _NARROW else type(column)(column.title, wide=True) for column in _COLUMNS),
        _event,
    )
}
