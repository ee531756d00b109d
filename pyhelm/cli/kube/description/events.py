"""The events of an object, as descriptions end with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.kube.objects import annotations_of, metadata, name_of, namespace_of, uid_of
from pyhelm.kube.printers.events import order
from pyhelm.kube.printers.table import since

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_MIRROR = "kubernetes.io/config.mirror"


def describe_events(writer: Writer, client: Client, obj: Object) -> None:
    """Write the events about ``obj``, the latest last."""
    kind, uid = obj.get("kind", ""), uid_of(obj)
    if kind == "Pod":  # whatever the version it was read in; mirrors are known by what they mirror
        kind, uid = "", annotations_of(obj).get(_MIRROR) or uid
    found = _search(client, obj, kind, uid)
    if kind == "Node":  # kubelets know a Node by its name only
        found += _search(client, obj, kind, name_of(obj))
    if not found:
        writer.line(0, "Events:\t<none>")
        return
    found.sort(key=order)
    now = client.now()
    writer.line(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage")
    writer.line(1, "----\t------\t----\t----\t-------")
    for event in found:
        first = since(event.get("eventTime") or event.get("firstTimestamp"), now)
        age, series, count = first, event.get("series"), event.get("count") or 1
        if series:
            age = f"{since(series.get('lastObservedTime'), now)} (x{series.get('count', 0)} over {first})"
        elif count > 1:
            age = f"{since(event.get('lastTimestamp'), now)} (x{count} over {first})"
        source = (event.get("source") or {}).get("component") or event.get("reportingComponent") or ""
        message = (event.get("message") or "").strip()
        path = (event.get("involvedObject") or {}).get("fieldPath")
        if path:
            message = f"{path}: {message}"
        writer.line(1, f"{event.get('type', '')}\t{event.get('reason', '')}\t{age}\t{source}\t{message}")


def _search(client: Client, obj: Object, kind: str, uid: str) -> list[Object]:
    namespace = metadata(obj).get("namespace", "")
    terms = {"name": name_of(obj), "namespace": namespace, "kind": kind, "uid": uid}
    fields = ",".join(
        f"involvedObject.{field}={value}" for field, value in terms.items() if value or field == "namespace"
    )
    return client.list(client.catalog.for_kind("v1", "Event"), namespace_of(obj), fields=fields).items
