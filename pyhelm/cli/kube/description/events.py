"""The events of an object, as descriptions end with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.kube.objects import namespace_of, uid_of
from pyhelm.kube.printers.events import order
from pyhelm.kube.printers.table import since

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object


def describe_events(writer: Writer, client: Client, obj: Object) -> None:
    """Write the events about ``obj``, oldest first."""
    resource = client.catalog.for_kind("v1", "Event")
    found = client.list(resource, namespace_of(obj), fields=f"involvedObject.uid={uid_of(obj)}").items
    if not found:
        writer.line(0, "Events:\t<none>")
        return
    found.sort(key=order)
    now = client.now()
    writer.write(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage\n")
    writer.line(1, "----\t------\t----\t----\t-------")
    for event in found:
        first = since(event.get("eventTime") or event.get("firstTimestamp"), now)
        age, series, count = first, event.get("series"), event.get("count") or 1
        if series:
            age = f"{since(series.get('lastObservedTime'), now)} (x{series.get('count', 1)} over {first})"
        elif count > 1:
            age = f"{since(event.get('lastTimestamp'), now)} (x{count} over {first})"
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
        message = (event.get("message") or "").strip()
        path = (event.get("involvedObject") or {}).get("fieldPath")
        if path:
            message = f"{path}: {message}"
        writer.line(1, f"{event.get('type', '')}\t{event.get('reason', '')}\t{age}\t{source}\t{message}")
