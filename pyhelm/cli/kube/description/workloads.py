"""Descriptions of the kinds that run Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.pods import describe_template
from pyhelm.cli.kube.description.writer import Writer, long_time
from pyhelm.kube import times
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
from pyhelm.kube.rollout import REVISION
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.kube.client import Client


def describe_deployment(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Deployment and its ReplicaSets."""
    spec, status = obj["spec"], obj.get("status") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    writer.line(0, f"Selector:\t{format_selector(spec.get('selector'))}")
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
        writer.line(
            0,
            f"RollingUpdateStrategy:\t{rolling.get('maxUnavailable', 0)} max unavailable, "
            f"{rolling.get('maxSurge', 0)} max surge",
        )
    describe_template(writer, spec.get("template"))
    _conditions(writer, status)
    owned = _owned(client, "apps/v1", "ReplicaSet", obj)
    current = annotations_of(obj).get(REVISION)
    new = [item for item in owned if annotations_of(item).get(REVISION) == current]
    old = [item for item in owned if item not in new]
    if owned:
        writer.line(0, f"OldReplicaSets:\t{_replica_sets(old)}")
        writer.line(0, f"NewReplicaSet:\t{_replica_sets(new)}")


def describe_replica_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a ReplicaSet."""
    spec, status = obj["spec"], obj.get("status") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"Selector:\t{format_selector(spec.get('selector'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    _controlled_by(writer, obj)
    writer.line(0, f"Replicas:\t{status.get('replicas', 0)} current / {spec.get('replicas', 0)} desired")
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, spec.get("template"))
    _conditions(writer, status)


def describe_stateful_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a StatefulSet."""
    spec, status = obj["spec"], obj.get("status") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.line(0, f"Selector:\t{format_selector(spec.get('selector'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    writer.line(0, f"Replicas:\t{spec.get('replicas', 0)} desired | {status.get('replicas', 0)} total")
    strategy = spec.get("updateStrategy") or {}
    writer.line(0, f"Update Strategy:\t{strategy.get('type', '')}")
    partition = (strategy.get("rollingUpdate") or {}).get("partition")
    if partition is not None:
        writer.line(1, f"Partition:\t{partition}")
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, spec.get("template"))
    _claim_templates(writer, spec.get("volumeClaimTemplates") or ())


def describe_daemon_set(writer: Writer, obj: Object, client: Client) -> None:
    """Write a DaemonSet."""
    spec, status = obj["spec"], obj.get("status") or {}
    node_selector = ((spec.get("template") or {}).get("spec") or {}).get("nodeSelector") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"Selector:\t{format_selector(spec.get('selector'))}")
    pairs = ",".join(f"{key}={value}" for key, value in sorted(node_selector.items()))
    writer.line(0, f"Node-Selector:\t{pairs or '<none>'}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    for label, field in (
        ("Desired Number of Nodes Scheduled", "desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "numberAvailable"),
        ("Number of Nodes Misscheduled", "numberMisscheduled"),
    ):
        writer.line(0, f"{label}: {status.get(field, 0)}")
    writer.line(0, f"Pods Status:\t{_pods_status(client, obj)}")
    describe_template(writer, spec.get("template"))


def describe_job(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Job."""
    spec, status = obj["spec"], obj.get("status") or {}
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"Selector:\t{format_selector(spec.get('selector'))}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    _controlled_by(writer, obj)
    if spec.get("parallelism") is not None:
        writer.line(0, f"Parallelism:\t{spec['parallelism']}")
    writer.line(0, f"Completions:\t{spec.get('completions', '<unset>')}")
    if spec.get("completionMode"):
        writer.line(0, f"Completion Mode:\t{spec['completionMode']}")
    if spec.get("suspend") is not None:
        writer.line(0, f"Suspend:\t{str(spec['suspend']).lower()}")
    if spec.get("backoffLimit") is not None:
        writer.line(0, f"Backoff Limit:\t{spec['backoffLimit']}")
    if spec.get("ttlSecondsAfterFinished") is not None:
        writer.line(0, f"TTL Seconds After Finished:\t{spec['ttlSecondsAfterFinished']}")
    start, end = status.get("startTime"), status.get("completionTime")
    if start:
        writer.line(0, f"Start Time:\t{long_time(start)}")
    if end:
        writer.line(0, f"Completed At:\t{long_time(end)}")
    if start and end:
        seconds = (times.parse(end) - times.parse(start)).total_seconds()
        writer.line(0, f"Duration:\t{times.human_duration(seconds)}")
    if spec.get("activeDeadlineSeconds") is not None:
        writer.line(0, f"Active Deadline Seconds:\t{spec['activeDeadlineSeconds']}s")
    active = str(status.get("active", 0))
    if status.get("ready") is not None:
        active = f"{active} Active ({status['ready']} Ready)"
    else:
        active = f"{active} Active"
    counts = f"{status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed"
    writer.line(0, f"Pods Statuses:\t{active} / {counts}")
    describe_template(writer, spec.get("template"))


def _controlled_by(writer: Writer, obj: Object) -> None:
    owner = controller_of(obj)
    if owner:
        writer.line(0, f"Controlled By:\t{owner['kind']}/{owner['name']}")


def _conditions(writer: Writer, status: Object) -> None:
    conditions = status.get("conditions") or ()
    if conditions:
        writer.write(0, "Conditions:\n  Type\tStatus\tReason\n")
        writer.line(1, "----\t------\t------")
        for condition in conditions:
            writer.line(1, f"{condition['type']} \t{condition['status']}\t{condition.get('reason', '')}")


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
        phase = (pod.get("status") or {}).get("phase", "Pending")
        counts[phase] = counts.get(phase, 0) + 1
    return (
        f"{counts['Running']} Running / {counts['Pending']} Waiting / "
        f"{counts['Succeeded']} Succeeded / {counts['Failed']} Failed"
    )


def _owned(client: Client, api_version: str, kind: str, owner: Object) -> list[Object]:
    resource = client.catalog.for_kind(api_version, kind)
    selector = format_selector(owner["spec"].get("selector"))
    items = client.list(resource, namespace_of(owner), labels=selector).items
    return [item for item in items if (controller_of(item) or {}).get("uid") == uid_of(owner)]


def _claim_templates(writer: Writer, templates: Sequence[Object]) -> None:
    if not templates:
        writer.line(0, "Volume Claims:\t<none>")
        return
    writer.line(0, "Volume Claims:")
    for template in templates:
        spec = template.get("spec") or {}
        writer.line(1, f"Name:\t{name_of(template)}")
        writer.line(1, f"StorageClass:\t{spec.get('storageClassName', '')}")
        writer.labels("  Labels", labels_of(template))
        writer.annotations("  Annotations", annotations_of(template))
        requests = (spec.get("resources") or {}).get("requests") or {}
        writer.line(1, f"Capacity:\t{requests.get('storage', '<default>')}")
        writer.line(1, f"Access Modes:\t[{' '.join(spec.get('accessModes') or ())}]")
