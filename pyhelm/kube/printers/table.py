"""A table of objects: which printer serves a kind, and what is shown for kinds without one."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.kube import times
from pyhelm.kube.objects import metadata, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

_PACKAGE = "pyhelm.kube.printers"
_MODULES = {
    "": {
        "ConfigMap": "config",
        "Endpoints": "network",
        "Event": "events",
        "LimitRange": "config",
        "Namespace": "cluster",
        "Node": "cluster",
        "PersistentVolume": "storage",
        "PersistentVolumeClaim": "storage",
        "Pod": "pods",
        "PodTemplate": "workloads",
        "ReplicationController": "workloads",
        "ResourceQuota": "config",
        "Secret": "config",
        "Service": "network",
        "ServiceAccount": "config",
    },
    "apps": dict.fromkeys(("ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"), "workloads"),
    "autoscaling": {"HorizontalPodAutoscaler": "scaling"},
    "batch": {"CronJob": "workloads", "Job": "workloads"},
    "coordination.k8s.io": {"Lease": "cluster"},
    "discovery.k8s.io": {"EndpointSlice": "network"},
    "events.k8s.io": {"Event": "events"},
    "networking.k8s.io": dict.fromkeys(("Ingress", "IngressClass", "NetworkPolicy"), "network"),
    "policy": {"PodDisruptionBudget": "scaling"},
    "rbac.authorization.k8s.io": dict.fromkeys(("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"), "rbac"),
    "apiextensions.k8s.io": {"CustomResourceDefinition": "cluster"},
    "scheduling.k8s.io": {"PriorityClass": "cluster"},
    "storage.k8s.io": {"StorageClass": "storage"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title; ``wide`` ones are shown by ``-o wide`` only."""

    title: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, one row for each object, in the objects' order."""

    columns: tuple[Column, ...]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class Printer:
    """How a kind is shown: titles, and a function from an object and the present to cells (wide ones included)."""

    columns: tuple[Column, ...]
    cells: Callable[[Object, datetime], Sequence[Any]]


def columns(*titles: str, wide: Sequence[str] = ()) -> tuple[Column, ...]:
    """Return columns by title; the ``wide`` ones last."""
    return (*(Column(title) for title in titles), *(Column(title, wide=True) for title in wide))


def table_for(resource: Resource, objects: Iterable[Object], now: datetime) -> Table:
    """Return the table of ``objects``, all of one resource.

    Args:
        resource: Decides the columns; kinds without a printer get NAME and AGE.
        objects: In the order of the rows.
        now: The cluster's time, for ages.
    """
    printer = _printer_for(resource)
    return Table(printer.columns, [[_cell(cell) for cell in printer.cells(obj, now)] for obj in objects])


def age(obj: Object, now: datetime) -> str:
    """Return how long ago the object was created."""
    return since(metadata(obj).get("creationTimestamp"), now)


def since(timestamp: str | None, now: datetime) -> str:
    """Return the time passed since ``timestamp`` in kubectl's short form."""
    if not timestamp:
        return "<unknown>"
    return times.human_duration((now - times.parse(timestamp)).total_seconds())


def _printer_for(resource: Resource) -> Printer:
    module = _MODULES.get(resource.group, {}).get(resource.kind)
    if module is None:
        return _DEFAULT
    printers: dict[str, Printer] = importlib.import_module(f"{_PACKAGE}.{module}").PRINTERS
    return printers[resource.kind]


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_DEFAULT = Printer(columns("Name", "Age"), lambda obj, now: (name_of(obj), age(obj, now)))
