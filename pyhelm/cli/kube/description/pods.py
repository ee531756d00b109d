"""Descriptions of Pods and of Pod templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.containers import describe_containers, describe_resources, describe_seccomp
from pyhelm.cli.kube.description.volumes import describe_volumes
from pyhelm.cli.kube.description.writer import Writer, long_time
from pyhelm.kube.objects import Object, annotations_of, is_terminating, labels_of, metadata, name_of, namespace_of
from pyhelm.kube.printers.table import since
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.kube.client import Client


def describe_pod(writer: Writer, pod: Object, client: Client) -> None:
    """Write everything about a Pod but its events."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    _head(writer, pod, spec, status)
    _status(writer, pod, status, client)
    describe_seccomp(writer, 0, spec.get("securityContext"))
    writer.line(0, f"IP:\t{status.get('podIP', '')}")
    addresses = status.get("podIPs") or ()
    writer.line(0, "IPs:" if addresses else "IPs:\t<none>")
    for address in addresses:
        writer.line(1, f"IP:\t{address.get('ip', '')}")
    writer.controlled_by(pod)
    if status.get("nominatedNodeName"):
        writer.line(0, f"NominatedNodeName:\t{status['nominatedNodeName']}")
    if spec.get("resources") is not None:
        writer.line(0, "Resources:")
        describe_resources(writer, 1, spec["resources"])
    for title, field in (
        ("Init Containers", "initContainers"),
        ("Containers", "containers"),
        ("Ephemeral Containers", "ephemeralContainers"),
    ):
        if spec.get(field) or field == "containers":
            statuses = status.get(f"{field.removesuffix('s')}Statuses")
            describe_containers(writer, title, spec.get(field) or (), statuses=statuses, pod=pod)
    _conditions(writer, spec, status)
    describe_volumes(writer, spec.get("volumes"), "")
    writer.line(0, f"QoS Class:\t{status.get('qosClass', '')}")
    _placement(writer, spec, "", spread_last=True)


def describe_template(writer: Writer, template: Object | None) -> None:
    """Write a Pod template."""
    writer.line(0, "Pod Template:")
    if template is None:
        writer.write(1, "<unset>")
        return
    spec = template.get("spec") or {}
    writer.labels("  Labels", labels_of(template))
    if annotations_of(template):
        writer.annotations("  Annotations", annotations_of(template))
    if spec.get("serviceAccountName"):
        writer.line(1, f"Service Account:\t{spec['serviceAccountName']}")
    if spec.get("initContainers"):
        describe_containers(writer, "Init Containers", spec["initContainers"], space="  ")
    describe_containers(writer, "Containers", spec.get("containers") or (), space="  ")
    describe_volumes(writer, spec.get("volumes"), "  ")
    _placement(writer, spec, "  ", spread_last=False)


def _head(writer: Writer, pod: Object, spec: Object, status: Object) -> None:
    writer.line(0, f"Name:\t{name_of(pod)}")
    writer.line(0, f"Namespace:\t{namespace_of(pod)}")
    if spec.get("priority") is not None:
        writer.line(0, f"Priority:\t{spec['priority']}")
    for label, field in (
        ("Priority Class Name", "priorityClassName"),
        ("Runtime Class Name", "runtimeClassName"),
        ("Service Account", "serviceAccountName"),
    ):
        if spec.get(field):
            writer.line(0, f"{label}:\t{spec[field]}")
    node = spec.get("nodeName")
    writer.line(0, f"Node:\t{node}/{status.get('hostIP', '')}" if node else "Node:\t<none>")
    if status.get("startTime"):
        writer.line(0, f"Start Time:\t{long_time(status['startTime'])}")
    writer.labels("Labels", labels_of(pod))
    writer.annotations("Annotations", annotations_of(pod))


def _status(writer: Writer, pod: Object, status: Object, client: Client) -> None:
    phase = status.get("phase", "")
    if is_terminating(pod) and phase not in {"Failed", "Succeeded"}:
        lasts = since(metadata(pod)["deletionTimestamp"], client.now())
        writer.line(0, f"Status:\tTerminating (lasts {lasts})")
        writer.line(0, f"Termination Grace Period:\t{metadata(pod).get('deletionGracePeriodSeconds', 0)}s")
    else:
        writer.line(0, f"Status:\t{phase}")
    for field in ("reason", "message"):
        if status.get(field):
            writer.line(0, f"{field.title()}:\t{status[field]}")


def _conditions(writer: Writer, spec: Object, status: Object) -> None:
    conditions = status.get("conditions") or ()
    if spec.get("readinessGates"):
        writer.line(0, "Readiness Gates:\n  Type\tStatus")
        held = {condition.get("type"): condition.get("status") for condition in reversed(conditions)}
        for gate in spec["readinessGates"]:
            kind = gate.get("conditionType")
            writer.line(1, f"{kind} \t{held.get(kind, '<none>')} ")
    if conditions:
        writer.line(0, "Conditions:\n  Type\tStatus")
        for condition in conditions:
            writer.line(1, f"{condition.get('type')} \t{condition.get('status')} ")


def _placement(writer: Writer, spec: Object, space: str, *, spread_last: bool) -> None:
    if not spread_last:
        _spread(writer, spec.get("topologySpreadConstraints"), space)
        if spec.get("priorityClassName"):
            writer.line(1, f"Priority Class Name:\t{spec['priorityClassName']}")
    writer.labels(f"{space}Node-Selectors", spec.get("nodeSelector"))
    _tolerations(writer, f"{space}Tolerations", spec.get("tolerations"))
    if spread_last:
        _spread(writer, spec.get("topologySpreadConstraints"), space)
    if spec.get("schedulingGroup") is not None:
        writer.line(0, f"{space}SchedulingGroup:")
        writer.line(1, f"PodGroupName:\t{spec['schedulingGroup'].get('podGroupName', '')}")


def _tolerations(writer: Writer, title: str, tolerations: Sequence[Object] | None) -> None:
    shown = []
    for toleration in sorted(tolerations or (), key=lambda item: item.get("key", "")):
        text = toleration.get("key", "")
        if toleration.get("value"):
            text += f"={toleration['value']}"
        if toleration.get("effect"):
            text += f":{toleration['effect']}"
        if toleration.get("operator") == "Exists" and not toleration.get("value"):
            text += " op=Exists" if toleration.get("key") or toleration.get("effect") else "op=Exists"
        if toleration.get("tolerationSeconds") is not None:
            text += f" for {toleration['tolerationSeconds']}s"
        shown.append(text)
    writer.listed(title, shown)


def _spread(writer: Writer, constraints: Sequence[Object] | None, space: str) -> None:
    shown = []
    for constraint in sorted(constraints or (), key=lambda item: item.get("topologyKey", "")):
        text = (
            f"{constraint.get('topologyKey', '')}:{constraint.get('whenUnsatisfiable', '')} "
            f"when max skew {constraint.get('maxSkew', 0)} is exceeded"
        )
        if constraint.get("labelSelector") is not None:
            text += f" for selector {format_selector(constraint['labelSelector'])}"
        shown.append(text)
    if shown:
        writer.listed("Topology Spread Constraints", shown, indent=space)
