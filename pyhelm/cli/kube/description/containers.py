"""Descriptions of containers, in Pods and in Pod templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cli.kube.description.writer import amount, go_list, host_port, long_time, yes_no
from pyhelm.kube import quantity
from pyhelm.kube.objects import name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.objects import Object

_PROBES = (("livenessProbe", "Liveness"), ("readinessProbe", "Readiness"), ("startupProbe", "Startup"))
_KEPT_IN_PATHS = "$&+,/:;=@-_.~"


def describe_containers(
    writer: Writer,
    title: str,
    containers: Sequence[Object],
    *,
    statuses: Sequence[Object] | None = None,
    space: str = "",
    pod: Object | None = None,
) -> None:
    """Write containers; ``space`` indents the ones of a template, ``pod`` answers what variables refer to."""
    writer.line(0, f"{space}{title}:{'' if containers else ' <none>'}")
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
        describe_resources(writer, 2, container.get("resources"))
        for field, label in _PROBES:
            if container.get(field) is not None:
                writer.line(2, f"{label}:\t{_probe(container[field])}")
        _sources(writer, container)
        _environment(writer, container, pod)
        _mounts(writer, container)


def describe_resources(writer: Writer, level: int, resources: Mapping[str, Any] | None) -> None:
    """Write limits and requests."""
    for field in ("limits", "requests"):
        amounts = (resources or {}).get(field)
        if amounts:
            writer.line(level, f"{field.title()}:")
            writer.facts(level + 1, [(name, amount(amounts[name])) for name in sorted(amounts)])


def describe_seccomp(writer: Writer, level: int, context: Object | None) -> None:
    """Write the seccomp profile of a security context, if it has one."""
    profile = (context or {}).get("seccompProfile")
    if profile is not None:
        writer.line(level, f"SeccompProfile:\t{profile.get('type', '')}")
        if profile.get("type") == "Localhost":
            writer.line(level + bool(level), f"LocalhostProfile:\t{profile.get('localhostProfile', '')}")


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
    describe_seccomp(writer, 2, container.get("securityContext"))


def _container_state(writer: Writer, status: Object) -> None:
    _state(writer, "State", status.get("state") or {})
    if (status.get("lastState") or {}).get("terminated") is not None:
        _state(writer, "Last State", status["lastState"])
    writer.line(2, f"Ready:\t{bool(status.get('ready'))}")
    writer.line(2, f"Restart Count:\t{status.get('restartCount', 0)}")


def _state(writer: Writer, title: str, state: Object) -> None:
    if state.get("running") is not None:
        writer.line(2, f"{title}:\tRunning")
        writer.line(3, f"Started:\t{long_time(state['running'].get('startedAt'))}")
    elif state.get("waiting") is not None or state.get("terminated") is None:
        writer.line(2, f"{title}:\tWaiting")
        reason = (state.get("waiting") or {}).get("reason")
        if reason:
            writer.line(3, f"Reason:\t{reason}")
    else:
        end = state["terminated"]
        writer.line(2, f"{title}:\tTerminated")
        for field in ("reason", "message"):
            if end.get(field):
                writer.line(3, f"{field.title()}:\t{end[field]}")
        writer.line(3, f"Exit Code:\t{end.get('exitCode', 0)}")
        if end.get("signal", 0) > 0:
            writer.line(3, f"Signal:\t{end['signal']}")
        writer.line(3, f"Started:\t{long_time(end.get('startedAt'))}")
        writer.line(3, f"Finished:\t{long_time(end.get('finishedAt'))}")


def _probe(probe: Object) -> str:
    settings = (
        f"delay={probe.get('initialDelaySeconds', 0)}s timeout={probe.get('timeoutSeconds', 0)}s "
        f"period={probe.get('periodSeconds', 0)}s successThreshold={probe.get('successThreshold', 0)} "
        f"failureThreshold={probe.get('failureThreshold', 0)}"
    )
    if probe.get("exec") is not None:
        return f"exec {go_list(probe['exec'].get('command'))} {settings}"
    if probe.get("httpGet") is not None:
        return f"http-get {_url(probe['httpGet'])} {settings}"
    if probe.get("tcpSocket") is not None:
        socket = probe["tcpSocket"]
        return f"tcp-socket {socket.get('host', '')}:{socket.get('port', '')} {settings}"
    if probe.get("grpc") is not None:
        return f"grpc <pod>:{probe['grpc'].get('port', 0)} {probe['grpc'].get('service') or ''} {settings}"
    return f"unknown {settings}"


def _url(get: Object) -> str:
    from urllib.parse import quote

    path = quote(get.get("path") or "", safe=_KEPT_IN_PATHS)
    slash = "/" if path and not path.startswith("/") else ""
    return f"{get.get('scheme', '').lower()}://{host_port(get.get('host', ''), get.get('port', ''))}{slash}{path}"


def _sources(writer: Writer, container: Object) -> None:
    sources = container.get("envFrom") or ()
    if not sources:
        return
    writer.line(2, "Environment Variables from:")
    for source in sources:
        kind = "ConfigMap" if source.get("configMapRef") is not None else "Secret" if "secretRef" in source else ""
        reference = source.get("configMapRef") or source.get("secretRef") or {}
        prefix = f" with prefix '{source['prefix']}'" if source.get("prefix") else ""
        writer.line(3, f"{reference.get('name', '')}\t{kind}{prefix}\tOptional: {yes_no(reference.get('optional'))}")


def _environment(writer: Writer, container: Object, pod: Object | None) -> None:
    variables = container.get("env") or ()
    writer.line(2, "Environment:" if variables else "Environment:\t<none>")
    for variable in variables:
        source = variable.get("valueFrom")
        if source is None:
            first, *rest = str(variable.get("value", "")).split("\n")
            writer.line(3, f"{variable.get('name', '')}:\t{first}")
            for line in rest:
                writer.line(3, f"\t{line}")
        else:
            shown = _variable_source(source, container, pod)
            if shown:
                writer.line(3, f"{variable.get('name', '')}:\t{shown}")


def _variable_source(source: Object, container: Object, pod: Object | None) -> str:
    if source.get("fieldRef") is not None:
        reference = source["fieldRef"]
        path = reference.get("fieldPath", "")
        value = _field(pod, path) if pod is not None else ""
        return f"{value} ({reference.get('apiVersion', '')}:{path})"
    if source.get("resourceFieldRef") is not None:
        reference = source["resourceFieldRef"]
        resource = reference.get("resource", "")
        value = _resource_value(reference, container)
        if value == "0" and resource in {"limits.cpu", "limits.memory"}:
            value = "node allocatable"
        return f"{value} ({resource})"
    for field, place in (("secretKeyRef", "in secret"), ("configMapKeyRef", "of config map")):
        if source.get(field) is not None:
            reference = source[field]
            return (
                f"<set to the key '{reference.get('key', '')}' {place} '{reference.get('name', '')}'>\t"
                f"Optional: {yes_no(reference.get('optional'))}"
            )
    return ""


def _field(pod: Object, path: str) -> str:
    """Return what a field reference means, as far as kubectl looks it up."""
    return {"metadata.name": name_of(pod), "metadata.namespace": namespace_of(pod)}.get(path, "")


def _resource_value(reference: Object, container: Object) -> str:
    """Return a container's limit or request in units of the divisor, rounded up."""
    side, _, name = reference.get("resource", "").partition(".")
    if side not in {"limits", "requests"} or not (
        name in {"cpu", "memory", "ephemeral-storage"} or name.startswith("hugepages-")
    ):
        return ""
    held = quantity.parse(((container.get("resources") or {}).get(side) or {}).get(name, "0"))
    divisor = quantity.parse(reference.get("divisor") or "1")
    if not divisor:
        divisor = quantity.parse("1")
    amount, unit = (held.milli, divisor.milli) if name == "cpu" else (held.value, divisor.value)
    return str(-(-amount // unit))


def _mounts(writer: Writer, container: Object) -> None:
    mounts = sorted(container.get("volumeMounts") or (), key=lambda mount: mount.get("mountPath", ""))
    none = "" if mounts else "\t<none>"
    writer.line(2, f"Mounts:{none}")
    for mount in mounts:
        flags = ["ro" if mount.get("readOnly") else "rw"]
        if mount.get("subPath"):
            from pyhelm.functions.goquote import quote

            flags.append(f"path={quote(mount['subPath'])}")
        writer.line(3, f"{mount.get('mountPath', '')} from {mount.get('name', '')} ({','.join(flags)})")
    devices = sorted(container.get("volumeDevices") or (), key=lambda device: device.get("devicePath", ""))
    if devices:
        writer.line(2, f"Devices:{none}")
        for device in devices:
            writer.line(3, f"{device.get('devicePath', '')} from {device.get('name', '')}")
