"""Tables of Nodes, Namespaces and other kinds that belong to the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, labels_of, metadata, name_of
from pyhelm.kube.printers.table import Printer, age, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_ROLE = "node-role.kubernetes.io/"


def _namespace(obj: Object, now: datetime) -> Sequence[Any]:
    return (name_of(obj), (obj.get("status") or {}).get("phase", ""), age(obj, now))


def _address(status: Object, kind: str) -> str:
    for address in status.get("addresses") or ():
        if address.get("type") == kind:
            return str(address.get("address"))
    return "<none>"


def node_roles(obj: Object) -> list[str]:
    """Return the roles that a Node's labels give it, sorted."""
    roles = {label.removeprefix(_ROLE) for label in labels_of(obj) if label.startswith(_ROLE)}
    roles.add(labels_of(obj).get("kubernetes.io/role", ""))
    return sorted(roles - {""})


def _node(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    states = [
        "Ready" if condition.get("status") == "True" else "NotReady"
        for condition in status.get("conditions") or ()
        if condition.get("type") == "Ready"
    ] or ["Unknown"]
    if spec.get("unschedulable"):
        states.append("SchedulingDisabled")
    info = status.get("nodeInfo") or {}
    kernel = info.get("kernelVersion") or "<unknown>"
    if info.get("architecture"):
        kernel = f"{kernel} ({info['architecture']})"
    return (
        name_of(obj),
        ",".join(states),
        ",".join(node_roles(obj)) or "<none>",
        age(obj, now),
        info.get("kubeletVersion", ""),
        _address(status, "InternalIP"),
        _address(status, "ExternalIP"),
        info.get("osImage") or "<unknown>",
        kernel,
        info.get("containerRuntimeVersion") or "<unknown>",
    )


def _lease(obj: Object, now: datetime) -> Sequence[Any]:
    return (name_of(obj), (obj.get("spec") or {}).get("holderIdentity", ""), age(obj, now))


def _custom_resource_definition(obj: Object, _now: datetime) -> Sequence[Any]:
    return (name_of(obj), metadata(obj).get("creationTimestamp", "<unknown>"))


def _priority_class(obj: Object, now: datetime) -> Sequence[Any]:
    return (
        name_of(obj),
        obj.get("value", 0),
        bool(obj.get("globalDefault")),
        age(obj, now),
        obj.get("preemptionPolicy", "PreemptLowerPriority"),
    )


PRINTERS = {
    "Namespace": Printer(columns("Name", "Status", "Age"), _namespace),
    "Node": Printer(
        columns(
            "Name",
            "Status",
            "Roles",
            "Age",
            "Version",
            wide=("Internal-IP", "External-IP", "OS-Image", "Kernel-Version", "Container-Runtime"),
        ),
        _node,
    ),
    "Lease": Printer(columns("Name", "Holder", "Age"), _lease),
    "CustomResourceDefinition": Printer(columns("Name", "Created At"), _custom_resource_definition),
    "PriorityClass": Printer(columns("Name", "Value", "Global-Default", "Age", "PreemptionPolicy"), _priority_class),
}
