"""Descriptions of the kinds that keep Pods running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.pods import describe_template
from pyhelm.cli.kube.description.writer import amount, go_list, long_time, pairs
from pyhelm.kube.objects import (
    Object,
    annotations_of,
    controller_of,
    labels_of,
    metadata,
    name_of,
    namespace_of,
    uid_of,
)
from pyhelm.kube.printers.storage import storage_class
from pyhelm.kube.rollout import newest_replica_set
from pyhelm.kube.selectors import format_selector, from_labels, from_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client

_DAEMON_COUNTS = (
    ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
    ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
    ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
    ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
    ("Number of Nodes Misscheduled", "numberMisscheduled"),
)


def describe_deployment(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Deployment and its ReplicaSets."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.identity(obj)
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    writer.line(0, f"Selector:\t{_selector(spec)}")
    writer.line(
        0,
        f"Replicas:\t{spec.get('replicas', 0)} desired | {status.get('updatedReplicas', 0)} updated | "
        f"{status.get('replicas', 0)} total | {status.get('availableReplicas', 0)} available | "
        f"{status.get('unavailableReplicas', 0)} unavailable",
    )
    strategy = spec.get("strategy") or {}
    writer.line(0, f"StrategyType:\t{strategy.get('type', '')}")
    writer.line(0, f"MinReadySeconds:\t{spec.get('minReadySeconds', 0)}")
    rolling = strategy.get("rollingUpdate")
    if rolling is not None:
        bounds = (
            f"{rolling.get('maxUnavailable', '<nil>')} max unavailable, {rolling.get('maxSurge', '<nil>')} max surge"
        )
        writer.line(0, f"RollingUpdateStrategy:\t{bounds}")
    describe_template(writer, spec.get("template") or {})
    _conditions(writer, status)
    owned = _owned(client, "apps/v1", "ReplicaSet", obj)
    new = newest_replica_set(obj, owned)
    owned.sort(key=lambda item: (metadata(item).get("creationTimestamp", ""), name_of(item)))
    if owned:
        writer.line(0, f"OldReplicaSets:\t{_replica_sets([item for item in owned if item is not new])}")
        writer.line(0, f"NewReplicaSet:\t{_replica_sets([new] if new else [])}")


def describe_replica_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a ReplicaSet."""
    _replicated(writer, obj, client, format_selector((obj.get("spec") or {}).get("selector")), owned=True)


def describe_replication_controller(writer: Writer, obj: Object, client: Client) -> None:
    """Write a ReplicationController."""
    _replicated(writer, obj, client, pairs((obj.get("spec") or {}).get("selector")), owned=False)


def _replicated(writer: Writer, obj: Object, client: Client, selector: str, *, owned: bool) -> None:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.identity(obj)
    writer.line(0, f"Selector:\t{selector}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    if owned:
        writer.controlled_by(obj)
    writer.line(0, f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 0)} desired")
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, spec.get("template") or ({} if owned else None))
    _conditions(writer, status)


def describe_stateful_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a StatefulSet."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.identity(obj)
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.line(0, f"Selector:\t{_selector(spec)}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    for label, field in (("Service Name", "serviceName"), ("Pod Management Policy", "podManagementPolicy")):
        if spec.get(field):
            writer.line(0, f"{label}:\t{spec[field]}")
    writer.line(0, f"Replicas:\t{spec.get('replicas', 0)} desired | {status.get('replicas', 0)} total")
    strategy = spec.get("updateStrategy") or {}
    writer.line(0, f"Update Strategy:\t{strategy.get('type', '')}")
    rolling = strategy.get("rollingUpdate") or {}
    if rolling.get("partition") is not None:
        writer.line(1, f"Partition:\t{rolling['partition']}")
        if rolling.get("maxUnavailable") is not None:
            writer.line(1, f"MaxUnavailable:\t{rolling['maxUnavailable']}")
    retention = spec.get("persistentVolumeClaimRetentionPolicy")
    if retention is not None:
        writer.line(0, "Persistent Volume Claim Retention Policy:")
        writer.facts(
            1, [("WhenDeleted", retention.get("whenDeleted", "")), ("WhenScaled", retention.get("whenScaled", ""))]
        )
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, spec.get("template") or {})
    _claim_templates(writer, spec.get("volumeClaimTemplates") or ())


def describe_daemon_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a DaemonSet."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    template = spec.get("template") or {}
    writer.identity(obj)
    writer.line(0, f"Selector:\t{_selector(spec)}")
    writer.line(0, f"Node-Selector:\t{pairs((template.get('spec') or {}).get('nodeSelector'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    for label, field in _DAEMON_COUNTS:
        writer.line(0, f"{label}: {status.get(field, 0)}")
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, template)


def _conditions(writer: Writer, status: Object) -> None:
    conditions = status.get("conditions") or ()
    if conditions:
        writer.line(0, "Conditions:\n  Type\tStatus\tReason")
        writer.line(1, "----\t------\t------")
    for condition in conditions:
        writer.line(1, f"{condition.get('type')} \t{condition.get('status')}\t{condition.get('reason', '')}")


def _replica_sets(items: Sequence[Object]) -> str:
    return (
        ", ".join(
            f"{name_of(item)} ({(item.get('status') or {}).get('replicas', 0)}/{item['spec'].get('replicas', 0)} "
            "replicas created)"
            for item in items
        )
        or "<none>"
    )


def _pods_status(client: Client, owner: Object) -> str:
    counts = dict.fromkeys(("Running", "Pending", "Succeeded", "Failed"), 0)
    for pod in _owned(client, "v1", "Pod", owner):
        phase = (pod.get("status") or {}).get("phase", "")
        if phase in counts:
            counts[phase] += 1
    return (
        f"{counts['Running']} Running / {counts['Pending']} Waiting / "
        f"{counts['Succeeded']} Succeeded / {counts['Failed']} Failed"
    )


def _owned(client: Client, api_version: str, kind: str, owner: Object) -> list[Object]:
    selector = (owner.get("spec") or {}).get("selector")
    if selector is None:
        return []
    chosen = from_labels(selector) if owner.get("kind") == "ReplicationController" else from_object(selector)
    items = client.list(client.catalog.for_kind(api_version, kind), namespace_of(owner), labels=str(chosen)).items
    return [item for item in items if (controller_of(item) or {}).get("uid") == uid_of(owner)]


def _selector(spec: Object) -> str:
    return str(from_object(spec["selector"])) if spec.get("selector") is not None else ""


def _claim_templates(writer: Writer, templates: Sequence[Object]) -> None:
    writer.line(0, "Volume Claims:" if templates else "Volume Claims:\t<none>")
    for template in templates:
        spec = template.get("spec") or {}
        requests = (spec.get("resources") or {}).get("requests") or {}
        writer.line(1, f"Name:\t{name_of(template)}")
        writer.line(1, f"StorageClass:\t{storage_class(template)}")
        writer.labels("Labels", labels_of(template), indent="  ")
        writer.labels("Annotations", annotations_of(template), indent="  ")
        writer.line(1, f"Capacity:\t{amount(requests['storage']) if 'storage' in requests else '<default>'}")
        writer.line(1, f"Access Modes:\t{go_list(spec.get('accessModes'))}")
