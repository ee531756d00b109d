"""Descriptions of Nodes: their state, and what the Pods on them take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.requirements import limits_of, requests_of
from pyhelm.cli.kube.description.writer import amount, long_time, yes_no
from pyhelm.errors import ApiError
from pyhelm.kube import quantity
from pyhelm.kube.objects import ObjectKey, metadata, name_of, namespace_of
from pyhelm.kube.printers.cluster import node_roles
from pyhelm.kube.printers.table import age
from pyhelm.kube.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_CONDITIONS = (
    ("Type", "type"),
    ("Status", "status"),
    ("LastHeartbeatTime", "lastHeartbeatTime"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)
_SYSTEM_INFO = (
    ("Machine ID", "machineID"),
    ("System UUID", "systemUUID"),
    ("Boot ID", "bootID"),
    ("Kernel Version", "kernelVersion"),
    ("OS Image", "osImage"),
    ("Operating System", "operatingSystem"),
    ("Architecture", "architecture"),
    ("Container Runtime Version", "containerRuntimeVersion"),
    ("Kubelet Version", "kubeletVersion"),
)
_POD_COLUMNS = ("Namespace", "Name", "", "CPU Requests", "CPU Limits", "Memory Requests", "Memory Limits", "Age")
_ZERO = Quantity(0)
_STANDARD = ("cpu", "memory", "ephemeral-storage")


def describe_node(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Node, the Pods on it and what they ask for."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Roles:\t{','.join(node_roles(obj)) or '<none>'}")
    writer.labels("Labels", metadata(obj).get("labels"))
    writer.annotations("Annotations", metadata(obj).get("annotations"))
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    taints = sorted(spec.get("taints") or (), key=lambda item: f"{item.get('effect', '')},{item.get('key', '')}")
    writer.listed("Taints", [_taint(item) for item in taints])
    writer.line(0, f"Unschedulable:\t{yes_no(spec.get('unschedulable'))}")
    _lease(writer, client, name_of(obj))
    writer.conditions(status.get("conditions"), _CONDITIONS, gap=" ")
    writer.line(0, "Addresses:")
    writer.facts(1, [(item.get("type", ""), item.get("address", "")) for item in status.get("addresses") or ()])
    for label, field in (("Capacity", "capacity"), ("Allocatable", "allocatable")):
        if status.get(field):
            writer.line(0, f"{label}:")
            writer.facts(1, [(name, amount(value)) for name, value in sorted(status[field].items())])
    info = status.get("nodeInfo") or {}
    writer.line(0, "System Info:")
    writer.facts(1, [(label, info.get(field, "")) for label, field in _SYSTEM_INFO])
    if spec.get("podCIDR"):
        writer.line(0, f"PodCIDR:\t{spec['podCIDR']}")
    if spec.get("podCIDRs"):
        writer.line(0, f"PodCIDRs:\t{','.join(spec['podCIDRs'])}")
    if spec.get("providerID"):
        writer.line(0, f"ProviderID:\t{spec['providerID']}")
    fields = f"spec.nodeName={name_of(obj)},status.phase!=Succeeded,status.phase!=Failed"
    pods = client.list(client.catalog.for_kind("v1", "Pod"), fields=fields).items
    held = status.get("allocatable") or status.get("capacity") or {}
    _resources(writer, pods, {name: quantity.parse(value) for name, value in held.items()}, client)


def _taint(taint: Object) -> str:
    text = str(taint.get("key", ""))
    if taint.get("value"):
        text += f"={taint['value']}"
    if taint.get("effect"):
        text += f":{taint['effect']}"
    elif not taint.get("value"):
        text += ":"
    return text


def _lease(writer: Writer, client: Client, name: str) -> None:
    try:
        resource = client.catalog.for_kind("coordination.k8s.io/v1", "Lease")
        lease = client.get(resource, ObjectKey("kube-node-lease", name))
    except ApiError as error:
        writer.line(0, f"Lease:\tFailed to get lease: {error}")
        return
    spec = lease.get("spec") or {}
    writer.line(0, "Lease:")
    writer.line(1, f"HolderIdentity:\t{spec.get('holderIdentity', '<unset>')}")
    for label, field in (("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")):
        writer.line(1, f"{label}:\t{long_time(spec[field]) if spec.get(field) else '<unset>'}")


def _resources(writer: Writer, pods: Sequence[Object], allocatable: Mapping[str, Quantity], client: Client) -> None:
    writer.line(0, f"Non-terminated Pods:\t({len(pods)} in total)")
    writer.line(1, "\t".join(_POD_COLUMNS))
    writer.line(1, "\t".join("-" * len(title) for title in _POD_COLUMNS))
    requests = [requests_of(pod) for pod in pods]
    limits = [limits_of(pod) for pod in pods]
    now = client.now()
    for pod, asked, allowed in zip(pods, requests, limits, strict=True):
        cells = [_share(side, name, allocatable) for name in ("cpu", "memory") for side in (asked, allowed)]
        writer.line(1, "\t".join([namespace_of(pod), name_of(pod), "", *cells, age(pod, now)]))
    writer.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)")
    writer.line(1, "Resource\tRequests\tLimits")
    writer.line(1, "--------\t--------\t------")
    asked, allowed = _total(requests), _total(limits)
    pages = sorted(name for name in allocatable if name.startswith("hugepages-"))
    for name in (*_STANDARD, *pages):
        writer.line(1, f"{name}\t{_share(asked, name, allocatable)}\t{_share(allowed, name, allocatable)}")
    for name in sorted(set(allocatable) - {*_STANDARD, *pages, "pods"}):
        writer.line(1, f"{name}\t{asked.get(name, _ZERO)}\t{allowed.get(name, _ZERO)}")


def _share(side: Mapping[str, Quantity], name: str, allocatable: Mapping[str, Quantity]) -> str:
    part, whole = side.get(name, _ZERO), allocatable.get(name, _ZERO)
    numbers = (part.milli, whole.milli) if name == "cpu" else (part.value, whole.value)
    percent = int(numbers[0] / numbers[1] * 100) if numbers[1] else 0
    return f"{part} ({percent}%)"


def _total(sides: Iterable[Mapping[str, Quantity]]) -> dict[str, Quantity]:
    total: dict[str, Quantity] = {}
    for side in sides:
        for name, value in side.items():
            total[name] = total[name] + value if name in total else value
    return total
