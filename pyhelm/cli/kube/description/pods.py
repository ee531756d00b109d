"""Descriptions of Pods and of Pod templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cli.kube.description.volumes import describe_volumes
from pyhelm.cli.kube.description.writer import Writer, long_time
from pyhelm.kube.objects import (
    Object,
    annotations_of,
    controller_of,
    is_terminating,
    labels_of,
    metadata,
    name_of,
    namespace_of,
)
from pyhelm.kube.printers.table import since
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def describe_pod(writer: Writer, pod: Object, now: datetime) -> None:
    """Write everything about a Pod but its events."""
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    writer.line(0, f"Name:\t{name_of(pod)}")
    writer.line(0, f"Namespace:\t{namespace_of(pod)}")
    if spec.get("priority") is not None:
        writer.line(0, f"Priority:\t{spec['priority']}")
    if spec.get("priorityClassName"):
        writer.line(0, f"Priority Class Name:\t{spec['priorityClassName']}")
    if spec.get("runtimeClassName"):
        writer.line(0, f"Runtime Class Name:\t{spec['runtimeClassName']}")
    if spec.get("serviceAccountName"):
        writer.line(0, f"Service Account:\t{spec['serviceAccountName']}")
    node = spec.get("nodeName")
    writer.line(0, f"Node:\t{node}/{status.get('hostIP', '')}" if node else "Node:\t<none>")
    if status.get("startTime"):
        writer.line(0, f"Start Time:\t{long_time(status['startTime'])}")
    writer.labels("Labels", labels_of(pod))
    writer.annotations("Annotations", annotations_of(pod))
    phase = status.get("phase", "")
    if is_terminating(pod) and phase not in {"Failed", "Succeeded"}:
        writer.line(0, f"Status:\tTerminating (lasts {since(metadata(pod)['deletionTimestamp'], now)})")
        writer.line(0, f"Termination Grace Period:\t{metadata(pod).get('deletionGracePeriodSeconds', 0)}s")
    else:
        writer.line(0, f"Status:\t{phase}")
    for field in ("reason", "message"):
        if status.get(field):
            writer.line(0, f"{field.title()}:\t{status[field]}")
    _seccomp(writer, 0, spec.get("securityContext"))
    writer.line(0, f"IP:\t{status.get('podIP', '')}")
    addresses = status.get("podIPs") or ()
    writer.line(0, "IPs:" if addresses else "IPs:\t<none>")
    for address in addresses:
        writer.line(1, f"IP:\t{address.get('ip', '')}")
    owner = controller_of(pod)
    if owner:
        writer.line(0, f"Controlled By:\t{owner['kind']}/{owner['name']}")
    if status.get("nominatedNodeName"):
        writer.line(0, f"NominatedNodeName:\t{status['nominatedNodeName']}")
    if spec.get("initContainers"):
        _containers(writer, "Init Containers", spec["initContainers"], status.get("initContainerStatuses"), "", pod)
    _containers(writer, "Containers", spec.get("containers") or (), status.get("containerStatuses"), "", pod)
    _conditions(writer, spec, status)
    describe_volumes(writer, spec.get("volumes"), "")
    writer.line(0, f"QoS Class:\t{status.get('qosClass', '')}")
    writer.labels("Node-Selectors", spec.get("nodeSelector"))
    _tolerations(writer, "Tolerations", spec.get("tolerations"))
    _spread(writer, spec.get("topologySpreadConstraints"), "")


def describe_template(writer: Writer, template: Object | None) -> None:
    """Write a Pod template."""
    writer.line(0, "Pod Template:")
    if not template:
        writer.write(1, "<unset>")
        return
    spec = template.get("spec") or {}
    writer.labels("  Labels", labels_of(template))
    if annotations_of(template):
        writer.annotations("  Annotations", annotations_of(template))
    if spec.get("serviceAccountName"):
        writer.line(1, f"Service Account:\t{spec['serviceAccountName']}")
    if spec.get("initContainers"):
        _containers(writer, "Init Containers", spec["initContainers"], None, "  ", None)
    _containers(writer, "Containers", spec.get("containers") or (), None, "  ", None)
    describe_volumes(writer, spec.get("volumes"), "  ")
    _spread(writer, spec.get("topologySpreadConstraints"), "  ")
    if spec.get("priorityClassName"):
        writer.line(1, f"Priority Class Name:\t{spec['priorityClassName']}")
    writer.labels("  Node-Selectors", spec.get("nodeSelector"))
    _tolerations(writer, "  Tolerations", spec.get("tolerations"))


def _conditions(writer: Writer, spec: Object, status: Object) -> None:
    conditions = status.get("conditions") or ()
    if spec.get("readinessGates"):
        writer.write(0, "Readiness Gates:\n  Type\tStatus\n")
        held = {condition.get("type"): condition.get("status") for condition in conditions}
        for gate in spec["readinessGates"]:
            kind = gate.get("conditionType")
            writer.line(1, f"{kind} \t{held.get(kind, '<none>')} ")
    if conditions:
        writer.write(0, "Conditions:\n  Type\tStatus\n")
        for condition in conditions:
            writer.line(1, f"{condition.get('type')} \t{condition.get('status')} ")


def _containers(
    writer: Writer,
    title: str,
    containers: Sequence[Object],
    statuses: Sequence[Object] | None,
    space: str,
    pod: Object | None,
) -> None:
    writer.line(0, f"{space}{title}:" if containers else f"{space}{title}:\t<none>")
    by_name = {status.get("name"): status for status in statuses or ()}
    for container in containers:
        status = by_name.get(container.get("name"))
        _identity(writer, container, status, space)
        for field in ("command", "args"):
            if container.get(field):
                writer.line(2, f"{field.title()}:")
                for word in container[field]:
                    for line in word.split("\n"):
                        writer.line(3, line)
        if status is not None:
            _container_state(writer, status)
        _resources(writer, container.get("resources") or {})
        for field, label in (
            ("livenessProbe", "Liveness"),
            ("readinessProbe", "Readiness"),
            ("startupProbe", "Startup"),
        ):
            if container.get(field):
                writer.line(2, f"{label}:\t{_probe(container[field])}")
        _environment(writer, container, pod)
        _mounts(writer, container)


def _identity(writer: Writer, container: Object, status: Object | None, space: str) -> None:
    writer.line(1, f"{' ' if space else ''}{container.get('name', '')}:")
    if status is not None:
        writer.line(2, f"Container ID:\t{status.get('containerID', '')}")
    writer.line(2, f"Image:\t{container.get('image', '')}")
    if status is not None:
        writer.line(2, f"Image ID:\t{status.get('imageID', '')}")
    for label, field in (("Port", "containerPort"), ("Host Port", "hostPort")):
        ports = ", ".join(
            f"{port.get(field, 0)}/{port.get('protocol', '')}" + (f" ({port['name']})" if port.get("name") else "")
            for port in container.get("ports") or ()
        )
        writer.line(2, f"{label}s:\t{ports}" if "," in ports else f"{label}:\t{ports or '<none>'}")
    _seccomp(writer, 2, container.get("securityContext"))


def _seccomp(writer: Writer, level: int, context: Object | None) -> None:
    profile = (context or {}).get("seccompProfile")
    if profile:
        writer.line(level, f"SeccompProfile:\t{profile.get('type', '')}")
        if profile.get("type") == "Localhost":
            writer.line(level + bool(level), f"LocalhostProfile:\t{profile.get('localhostProfile', '')}")


def _container_state(writer: Writer, status: Object) -> None:
    _state(writer, "State", status.get("state") or {})
    if (status.get("lastState") or {}).get("terminated"):
        _state(writer, "Last State", status["lastState"])
    writer.line(2, f"Ready:\t{bool(status.get('ready'))}")
    writer.line(2, f"Restart Count:\t{status.get('restartCount', 0)}")


def _state(writer: Writer, title: str, state: Object) -> None:
    if state.get("running") is not None:
        writer.line(2, f"{title}:\tRunning")
        writer.line(3, f"Started:\t{long_time(state['running'].get('startedAt'))}")
    elif state.get("terminated"):
        end = state["terminated"]
        writer.line(2, f"{title}:\tTerminated")
        for field in ("reason", "message"):
            if end.get(field):
                writer.line(3, f"{field.title()}:\t{end[field]}")
        writer.line(3, f"Exit Code:\t{end.get('exitCode', 0)}")
        if end.get("signal"):
            writer.line(3, f"Signal:\t{end['signal']}")
        writer.line(3, f"Started:\t{long_time(end.get('startedAt'))}")
        writer.line(3, f"Finished:\t{long_time(end.get('finishedAt'))}")
    else:
        writer.line(2, f"{title}:\tWaiting")
        reason = (state.get("waiting") or {}).get("reason")
        if reason:
            writer.line(3, f"Reason:\t{reason}")


def _resources(writer: Writer, resources: Mapping[str, Any]) -> None:
    for field in ("limits", "requests"):
        amounts = resources.get(field)
        if amounts:
            writer.line(2, f"{field.title()}:")
            for name in sorted(amounts):
                writer.line(3, f"{name}:\t{amounts[name]}")


def _probe(probe: Object) -> str:
    settings = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 0)}s "
        f"period={probe.get('periodSeconds', 0)}s #success={probe.get('successThreshold', 0)} "
        f"#failure={probe.get('failureThreshold', 0)}"
    )
    if "exec" in probe:
        return f"exec [{' '.join(probe['exec'].get('command') or ())}] {settings}"
    if "httpGet" in probe:
        get = probe["httpGet"]
        path = get.get("path", "")
        slash = "" if not path or path.startswith("/") else "/"
        url = f"{get.get('scheme', '').lower()}://{get.get('host', '')}:{get.get('port', '')}{slash}{path}"
        return f"http-get {url} {settings}"
    if "tcpSocket" in probe:
        socket = probe["tcpSocket"]
        return f"tcp-socket {socket.get('host', '')}:{socket.get('port', '')} {settings}"
    if "grpc" in probe:
        return f"grpc <pod>:{probe['grpc'].get('port', 0)} {probe['grpc'].get('service', '')} {settings}"
    return f"unknown {settings}"


def _environment(writer: Writer, container: Object, pod: Object | None) -> None:
    sources = container.get("envFrom") or ()
    if sources:
        writer.line(2, "Environment Variables from:")
        for source in sources:
            kind = "ConfigMap" if "configMapRef" in source else "Secret"
            reference = source.get("configMapRef") or source.get("secretRef") or {}
            prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
            optional = str(bool(reference.get("optional"))).lower()
            writer.line(3, f"{reference.get('name', '')}\t{kind}{prefix}\tOptional: {optional}")
    variables = container.get("env") or ()
    writer.line(2, "Environment:" if variables else "Environment:\t<none>")
    for variable in variables:
        source = variable.get("valueFrom")
        if source is None:
            first, *rest = str(variable.get("value", "")).split("\n")
            writer.line(3, f"{variable['name']}:\t{first}")
            for line in rest:
                writer.line(3, f"\t{line}")
        else:
            writer.line(3, f"{variable['name']}:\t{_source(source, pod)}")


def _source(source: Object, pod: Object | None) -> str:
    if "fieldRef" in source:
        reference = source["fieldRef"]
        path = reference.get("fieldPath", "")
        return f"{_field(pod, path)} ({reference.get('apiVersion', 'v1')}:{path})"
    if "resourceFieldRef" in source:
        reference = source["resourceFieldRef"]
        return f" ({reference.get('resource', '')})"
    for field, kind in (("secretKeyRef", "secret"), ("configMapKeyRef", "config map")):
        if field in source:
            reference = source[field]
            optional = str(bool(reference.get("optional"))).lower()
            return (
                f"<set to the key '{reference.get('key', '')}' {'in' if kind == 'secret' else 'of'} {kind} "
                f"'{reference.get('name', '')}'>\tOptional: {optional}"
            )
    return ""


def _field(pod: Object | None, path: str) -> str:
    if pod is None:
        return ""
    value: Any = pod
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "" if value is None else str(value)


def _mounts(writer: Writer, container: Object) -> None:
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: mount.get("mountPath", ""))
    writer.line(2, "Mounts:" if mounts else "Mounts:\t<none>")
    for mount in mounts:
        flags = ["ro" if mount.get("readOnly") else "rw"]
        if mount.get("subPath"):
            flags.append(f'path="{mount["subPath"]}"')
        writer.line(3, f"{mount.get('mountPath', '')} from {mount.get('name', '')} ({','.join(flags)})")


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
    writer.write(0, f"{title}:\t" + ("\n\t".join(shown) or "<none>") + "\n")


def _spread(writer: Writer, constraints: Sequence[Object] | None, space: str) -> None:
    if not constraints:
        return
    shown = []
    for constraint in sorted(constraints, key=lambda item: item.get("topologyKey", "")):
        text = (
            f"{constraint.get('topologyKey', '')}:{constraint.get('whenUnsatisfiable', '')} "
            f"when max skew {constraint.get('maxSkew', 0)} is exceeded"
        )
        if constraint.get("labelSelector") is not None:
            text += f" for selector {format_selector(constraint['labelSelector'])}"
        shown.append(text)
    writer.write(0, f"{space}Topology Spread Constraints:\t" + f"\n{space}\t".join(shown) + "\n")
