"""What is wrong with a Pod's or a template's spec (pkg/apis/core/v1 validation: ValidatePodSpec and what it calls).

The order of errors is Kubernetes': volumes, containers, init containers, then the spec's own fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import (
    Errors,
    duplicate,
    forbidden,
    invalid,
    not_found,
    not_supported,
    required,
)
from pyhelm.cluster.admission.metadata import validate_annotations, validate_labels
from pyhelm.cluster.admission.names import header_errors, port_errors
from pyhelm.kube.names import (
    config_key_errors,
    dns_label_errors,
    dns_subdomain_errors,
    env_name_errors,
    label_value_errors,
    port_name_errors,
    qualified_name_errors,
)
from pyhelm.kube.quantity import NANO, parse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.kube.objects import Object

_PROTOCOLS = ("SCTP", "TCP", "UDP")
_PULL_POLICIES = ("Always", "IfNotPresent", "Never")
_RESTARTS = ("Always", "OnFailure", "Never")
_DNS = ("ClusterFirstWithHostNet", "ClusterFirst", "Default", "None")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_STANDARD_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})
_MODE_MESSAGE = "must be a number between 0 and 0777 (octal), both inclusive"
_ENV_FIELDS = (
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
)
_ENV_RESOURCES = (
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
)
_ENV_SOURCES = ("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef")
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_MOUNTED_RESTART = "may not be set for init containers without restartPolicy=Always"


def validate_template(template: Object, path: str) -> Errors:
    """Check a Pod template (ValidatePodTemplateSpec)."""
    meta = template.get("metadata") or {}
    errors = validate_labels(meta.get("labels") or {}, f"{path}.labels")
    errors += validate_annotations(meta.get("annotations") or {}, f"{path}.annotations")
    spec = template.get("spec") or {}
    errors += validate_spec(spec, f"{path}.spec")
    if spec.get("ephemeralContainers"):
        errors.append(forbidden(f"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template"))
    return errors


def validate_pod(pod: Object) -> Errors:
    """Check a new Pod's spec, which allows a little less than a template's."""
    spec = pod.get("spec") or {}
    errors = validate_spec(spec, "spec")
    for kind in ("containers", "initContainers"):
        for position, container in enumerate(spec.get(kind) or ()):
            image = container.get("image") or ""
            if image != image.strip():
                errors.append(
                    invalid(f"spec.{kind}[{position}].image", image, "must not have leading or trailing whitespace")
                )
    return errors


def validate_spec(spec: Object, path: str) -> Errors:
    """Check a Pod's spec after defaulting (ValidatePodSpec)."""
    volumes, errors = _volumes(spec.get("volumes") or [], f"{path}.volumes")
    containers = spec.get("containers") or []
    errors += _containers(containers, volumes, f"{path}.containers")
    errors += _init_containers(spec.get("initContainers") or [], containers, volumes, f"{path}.initContainers")
    errors += _host_network(spec, path)
    policy = spec.get("restartPolicy") or ""
    if policy not in _RESTARTS:
        errors.append(not_supported(f"{path}.restartPolicy", policy, _RESTARTS))
    dns = spec.get("dnsPolicy") or ""
    if dns not in _DNS:
        errors.append(not_supported(f"{path}.dnsPolicy", dns, _DNS))
    if selector := spec.get("nodeSelector"):
        errors += validate_labels(selector, f"{path}.nodeSelector")
    errors += _security(spec.get("securityContext") or {}, f"{path}.securityContext")
    if dns == "None" and not (spec.get("dnsConfig") or {}).get("nameservers"):
        errors.append(
            required(f"{path}.dnsConfig", "must provide `dnsConfig` when `dnsPolicy` is None")
            if "dnsConfig" not in spec
            else required(
                f"{path}.dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"
            )
        )
    errors += _spread(spec.get("topologySpreadConstraints") or (), f"{path}.topologySpreadConstraints")
    for name in ("serviceAccountName", "nodeName"):
        errors += _named(spec.get(name), f"{path}.{name}", dns_subdomain_errors)
    deadline = spec.get("activeDeadlineSeconds")
    if deadline is not None and deadline < 1:
        errors.append(invalid(f"{path}.activeDeadlineSeconds", deadline, "must be between 1 and 2147483647, inclusive"))
    for name in ("hostname", "subdomain"):
        errors += _named(spec.get(name), f"{path}.{name}", dns_label_errors)
    errors += _tolerations(spec.get("tolerations") or (), f"{path}.tolerations")
    errors += _named(spec.get("priorityClassName"), f"{path}.priorityClassName", dns_subdomain_errors)
    errors += _named(spec.get("runtimeClassName"), f"{path}.runtimeClassName", dns_subdomain_errors)
    return errors


def nonnegative(value: int | None, path: str) -> Errors:
    """Check a number that may be 0, but not less."""
    if value is not None and value < 0:
        return [invalid(path, value, "must be greater than or equal to 0")]
    return []


def port_or_name(value: Any, path: str) -> Errors:
    """Check a port's number or name (ValidatePortNumOrName)."""
    if isinstance(value, str):
        return [invalid(path, value, wrong) for wrong in port_name_errors(value)]
    return [invalid(path, value or 0, wrong) for wrong in port_errors(value or 0)]


def validate_resources(resources: Object, path: str, *, container: bool = True) -> Errors:
    """Check requests and limits of a container (ValidateContainerResourceRequirements)."""
    errors: Errors = []
    limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
    for name, value in limits.items():
        field = f"{path}.limits[{name}]"
        errors += _resource_name(name, field, container=container)
        errors += _quantity(name, value, field)
    for name, value in requests.items():
        field = f"{path}.requests[{name}]"
        errors += _resource_name(name, field, container=container)
        errors += _quantity(name, value, field)
        limit = limits.get(name)
        if limit is None:
            if not _may_overcommit(name):
                errors.append(required(f"{path}.limits", "Limit must be set for non overcommitable resources"))
        elif not _may_overcommit(name):
            if parse(value) != parse(limit):
                errors.append(invalid(f"{path}.requests", value, f"must be equal to {name} limit of {limit}"))
        elif parse(limit) < parse(value):
            errors.append(invalid(f"{path}.requests", value, f"must be less than or equal to {name} limit of {limit}"))
    return errors


# --- containers -------------------------------------------------------------------------------------------------------


def _containers(containers: list[Object], volumes: set[str], path: str) -> Errors:
    if not containers:
        return [required(path)]
    errors: Errors = []
    names: set[str] = set()
    for position, container in enumerate(containers):
        place = f"{path}[{position}]"
        errors += _container(container, volumes, place)
        name = container.get("name") or ""
        if name in names:
            errors.append(duplicate(f"{place}.name", name))
        names.add(name)
        errors += _lifecycle(container.get("lifecycle"), f"{place}.lifecycle")
        errors += _probes(container, place)
    return errors + _host_ports(containers, path)


def _init_containers(containers: list[Object], regular: list[Object], volumes: set[str], path: str) -> Errors:
    errors: Errors = []
    names = {container.get("name") or "" for container in regular}
    for position, container in enumerate(containers):
        place = f"{path}[{position}]"
        errors += _container(container, volumes, place)
        policy = container.get("restartPolicy")
        if policy is not None and policy not in _RESTARTS:
            errors.append(not_supported(f"{place}.restartPolicy", policy, sorted(_RESTARTS)))
        name = container.get("name") or ""
        if name in names:
            errors.append(duplicate(f"{place}.name", name))
        elif name:
            names.add(name)
        if policy == "Always":
            errors += _lifecycle(container.get("lifecycle"), f"{place}.lifecycle")
            errors += _probes(container, place)
        else:
            errors += [
                forbidden(f"{place}.{field}", _MOUNTED_RESTART)
                for field in ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")
                if field in container
            ]
    return errors


def _container(container: Object, volumes: set[str], path: str) -> Errors:
    errors: Errors = []
    name = container.get("name")
    if not name:
        errors.append(required(f"{path}.name"))
    else:
        errors += [invalid(f"{path}.name", name, wrong) for wrong in dns_label_errors(name)]
    if not container.get("image"):
        errors.append(required(f"{path}.image"))
    policy = container.get("terminationMessagePolicy")
    if policy not in {"File", "FallbackToLogsOnError"}:
        errors.append(
            not_supported(f"{path}.terminationMessagePolicy", policy or "", ("File", "FallbackToLogsOnError"))
        )
    if ports := container.get("ports"):
        errors += _ports(ports, f"{path}.ports")
    if variables := container.get("env"):
        errors += _env(variables, f"{path}.env")
    if sources := container.get("envFrom"):
        errors += _env_from(sources, f"{path}.envFrom")
    if mounts := container.get("volumeMounts"):
        errors += _mounts(mounts, container.get("volumeDevices") or (), volumes, f"{path}.volumeMounts")
    pull = container.get("imagePullPolicy") or ""
    if pull not in _PULL_POLICIES:
        errors.append(not_supported(f"{path}.imagePullPolicy", pull, _PULL_POLICIES))
    if resources := container.get("resources"):
        errors += validate_resources(resources, f"{path}.resources")
    if context := container.get("securityContext"):
        errors += _security(context, f"{path}.securityContext")
    return errors


def _ports(ports: list[Object], path: str) -> Errors:
    errors: Errors = []
    names: set[str] = set()
    for position, port in enumerate(ports):
        place = f"{path}[{position}]"
        name = port.get("name")
        if name:
            wrong = port_name_errors(name)
            if wrong:
                errors += [invalid(f"{place}.name", name, text) for text in wrong]
            elif name in names:
                errors.append(duplicate(f"{place}.name", name))
            names.add(name)
        number = port.get("containerPort") or 0
        if not number:
            errors.append(required(f"{place}.containerPort"))
        else:
            errors += [invalid(f"{place}.containerPort", number, text) for text in port_errors(number)]
        host = port.get("hostPort") or 0
        if host:
            errors += [invalid(f"{place}.hostPort", host, text) for text in port_errors(host)]
        protocol = port.get("protocol") or ""
        if protocol not in _PROTOCOLS:
            errors.append(not_supported(f"{place}.protocol", protocol, _PROTOCOLS))
    return errors


def _host_ports(containers: Iterable[Object], path: str) -> Errors:
    errors: Errors = []
    taken: set[str] = set()
    for position, container in enumerate(containers):
        for index, port in enumerate(container.get("ports") or ()):
            number = port.get("hostPort")
            if not number:
                continue
            key = f"{port.get('protocol')}/{port.get('hostIP') or ''}/{number}"
            if key in taken:
                errors.append(duplicate(f"{path}[{position}].ports[{index}].hostPort", key))
            taken.add(key)
    return errors


def _env(variables: list[Object], path: str) -> Errors:
    errors: Errors = []
    for position, variable in enumerate(variables):
        place = f"{path}[{position}]"
        name = variable.get("name")
        if not name:
            errors.append(required(f"{place}.name"))
        else:
            errors += [invalid(f"{place}.name", name, wrong) for wrong in env_name_errors(name)]
        source = variable.get("valueFrom")
        if source is not None:
            errors += _env_source(source, bool(variable.get("value")), f"{place}.valueFrom")
    return errors


def _env_source(source: Object, has_value: bool, path: str) -> Errors:  # noqa: FBT001
    errors: Errors = []
    if "fieldRef" in source:
        errors += _field_reference(source["fieldRef"], _ENV_FIELDS, f"{path}.fieldRef")
    if "resourceFieldRef" in source:
        resource = source["resourceFieldRef"].get("resource") or ""
        place = f"{path}.resourceFieldRef.resource"
        if not resource:
            errors.append(required(place))
        elif resource not in _ENV_RESOURCES and not resource.startswith(("limits.hugepages-", "requests.hugepages-")):
            errors.append(not_supported(place, resource, _ENV_RESOURCES))
    for kind in ("configMapKeyRef", "secretKeyRef"):
        if kind in source:
            errors += _key_selector(source[kind], f"{path}.{kind}")
    count = sum(1 for kind in _ENV_SOURCES if kind in source)
    if not count:
        errors.append(
            invalid(
                path,
                "",
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or "
                "`fileKeyRef`",
            )
        )
    elif has_value:
        errors.append(invalid(path, "", "may not be specified when `value` is not empty"))
    elif count > 1:
        errors.append(invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def _field_reference(reference: Object, known: tuple[str, ...], path: str) -> Errors:
    field = reference.get("fieldPath") or ""
    if not field:
        return [required(f"{path}.fieldPath")]
    name, bracket, subscript = field.partition("['")
    if bracket and subscript.endswith("']"):
        key = subscript[:-2]
        if name == "metadata.annotations":
            return [invalid(path, key.lower(), wrong) for wrong in qualified_name_errors(key.lower())]
        if name == "metadata.labels":
            return [invalid(path, key, wrong) for wrong in qualified_name_errors(key)]
        return [invalid(path, name, "does not support subscript")]
    if field in {"metadata.annotations", "metadata.labels"} and field not in known:
        return [not_supported(f"{path}.fieldPath", field, known)]
    if field not in known:
        if field in {"spec.restartPolicy", "spec.schedulerName", "status.phase", "metadata.annotations"}:
            return [not_supported(f"{path}.fieldPath", field, known)]
        return [invalid(f"{path}.fieldPath", field, f"error converting fieldPath: field label not supported: {field}")]
    return []


def _key_selector(selector: Object, path: str) -> Errors:
    name, key = selector.get("name") or "", selector.get("key") or ""
    errors = [invalid(f"{path}.name", name, wrong) for wrong in dns_subdomain_errors(name)]
    if not key:
        return [*errors, required(f"{path}.key")]
    return errors + [invalid(f"{path}.key", key, wrong) for wrong in config_key_errors(key)]


def _env_from(sources: list[Object], path: str) -> Errors:
    errors: Errors = []
    for position, source in enumerate(sources):
        place = f"{path}[{position}]"
        prefix = source.get("prefix")
        if prefix:
            errors += [invalid(f"{place}.prefix", prefix, wrong) for wrong in env_name_errors(prefix)]
        kinds = [kind for kind in ("configMapRef", "secretRef") if kind in source]
        for kind in kinds:
            name = source[kind].get("name") or ""
            if not name:
                errors.append(required(f"{place}.{kind}.name"))
            else:
                errors += [invalid(f"{place}.{kind}.name", name, wrong) for wrong in dns_subdomain_errors(name)]
        if not kinds:
            errors.append(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"))
        elif len(kinds) > 1:
            errors.append(invalid(path, "", "may not have more than one field specified at a time"))
    return errors


def _mounts(mounts: list[Object], devices: Iterable[Object], volumes: set[str], path: str) -> Errors:
    errors: Errors = []
    paths: set[str] = set()
    device_names = {device.get("name") for device in devices}
    for position, mount in enumerate(mounts):
        place = f"{path}[{position}]"
        name, target = mount.get("name") or "", mount.get("mountPath") or ""
        if not name:
            errors.append(required(f"{place}.name"))
        if name not in volumes:
            errors.append(not_found(f"{place}.name", name))
        if not target:
            errors.append(required(f"{place}.mountPath"))
        if target in paths:
            errors.append(invalid(f"{place}.mountPath", target, "must be unique"))
        paths.add(target)
        if name in device_names:
            errors.append(invalid(f"{place}.name", name, "must not already exist in volumeDevices"))
        # Kubernetes names the list here, not the item.
        for field in ("subPath", "subPathExpr"):
            if inner := mount.get(field):
                if field == "subPathExpr" and mount.get("subPath"):
                    errors.append(
                        invalid(f"{place}.subPathExpr", inner, "subPathExpr and subPath are mutually exclusive")
                    )
                errors += _descending(inner, f"{path}.{field}")
    return errors


def _descending(value: str, path: str) -> Errors:
    errors: Errors = []
    if value.startswith("/"):
        errors.append(invalid(path, value, "must be a relative path"))
    return errors + _no_backsteps(value, path)


def _no_backsteps(value: str, path: str) -> Errors:
    if ".." in value.replace("\\", "/").split("/"):
        return [invalid(path, value, "must not contain '..'")]
    return []


def _lifecycle(lifecycle: Object | None, path: str) -> Errors:
    errors: Errors = []
    for hook in ("postStart", "preStop"):
        handler = (lifecycle or {}).get(hook)
        if handler is not None:
            errors += _handler(handler, f"{path}.{hook}")
    return errors


def _probes(container: Object, path: str) -> Errors:
    errors: Errors = []
    for kind in ("livenessProbe", "readinessProbe", "startupProbe"):
        probe = container.get(kind)
        if probe is None:
            continue
        place = f"{path}.{kind}"
        errors += _handler(probe, place)
        for field in ("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"):
            errors += nonnegative(probe.get(field), f"{place}.{field}")
        grace = probe.get("terminationGracePeriodSeconds")
        if grace is not None and grace <= 0:
            errors.append(invalid(f"{place}.terminationGracePeriodSeconds", grace, "must be greater than 0"))
        if kind == "readinessProbe":
            if grace is not None:
                errors.append(
                    invalid(f"{place}.terminationGracePeriodSeconds", grace, "must not be set for readinessProbes")
                )
        elif probe.get("successThreshold") != 1:
            errors.append(invalid(f"{place}.successThreshold", probe.get("successThreshold"), "must be 1"))
    return errors


def _handler(handler: Object, path: str) -> Errors:
    kinds = [kind for kind in _HANDLERS if kind in handler]
    if not kinds:
        return [required(path, "must specify a handler type")]
    errors: Errors = []
    first, *others = kinds
    action = handler[first]
    if first == "exec" and not action.get("command"):
        errors.append(required(f"{path}.exec.command"))
    elif first == "httpGet":
        if not action.get("path"):
            errors.append(required(f"{path}.httpGet.path"))
        errors += port_or_name(action.get("port"), f"{path}.httpGet.port")
        scheme = action.get("scheme") or ""
        if scheme not in {"HTTP", "HTTPS"}:
            errors.append(not_supported(f"{path}.httpGet.scheme", scheme, ("HTTP", "HTTPS")))
        for header in action.get("httpHeaders") or ():
            name = header.get("name") or ""
            errors += [invalid(f"{path}.httpGet.httpHeaders", name, wrong) for wrong in header_errors(name)]
    elif first == "tcpSocket":
        errors += port_or_name(action.get("port"), f"{path}.tcpSocket.port")
    elif first == "grpc":
        errors += port_or_name(action.get("port") or 0, f"{path}.grpc.port")
    elif first == "sleep" and (action.get("seconds") or 0) < 0:
        errors.append(invalid(f"{path}.sleep", action.get("seconds"), "must be non-negative"))
    errors += [forbidden(f"{path}.{kind}", "may not specify more than 1 handler type") for kind in others]
    return errors


# --- volumes ----------------------------------------------------------------------------------------------------------


def _volumes(volumes: list[Object], path: str) -> tuple[set[str], Errors]:
    errors: Errors = []
    names: set[str] = set()
    for position, volume in enumerate(volumes):
        place = f"{path}[{position}]"
        found = _volume_source(volume, place)
        name = volume.get("name") or ""
        if not name:
            found.append(required(f"{place}.name"))
        else:
            found += [invalid(f"{place}.name", name, wrong) for wrong in dns_label_errors(name)]
        if name in names:
            found.append(duplicate(f"{place}.name", name))
        if found:
            errors += found
        else:
            names.add(name)
    return names, errors


def _volume_source(volume: Object, path: str) -> Errors:
    kinds = [kind for kind in volume if kind != "name"]
    if not kinds:
        return [required(path, "must specify a volume type")]
    errors: Errors = []
    first, *others = kinds
    source = volume[first]
    place = f"{path}.{first}"
    if first in {"configMap", "secret"}:
        field = "name" if first == "configMap" else "secretName"
        if not source.get(field):
            errors.append(required(f"{place}.{field}"))
        errors += _mode(source.get("defaultMode"), f"{place}.defaultMode")
        errors += _items(source.get("items") or (), f"{place}.items")
    elif first == "hostPath":
        if not source.get("path"):
            errors.append(required(f"{place}.path"))
        else:
            errors += _no_backsteps(source["path"], f"{place}.path")
    elif first == "persistentVolumeClaim" and not source.get("claimName"):
        errors.append(required(f"{place}.claimName"))
    elif first == "projected":
        errors += _mode(source.get("defaultMode"), f"{place}.defaultMode")
        for index, part in enumerate(source.get("sources") or ()):
            for kind in ("configMap", "secret"):
                if kind in part:
                    inner = f"{place}.sources[{index}].{kind}"
                    if not part[kind].get("name"):
                        errors.append(required(f"{inner}.name"))
                    errors += _items(part[kind].get("items") or (), f"{inner}.items")
    elif first == "nfs":
        errors += [required(f"{place}.{field}") for field in ("server", "path") if not source.get(field)]
    elif first == "csi" and not source.get("driver"):
        errors.append(required(f"{place}.driver"))
    errors += [forbidden(f"{path}.{kind}", "may not specify more than 1 volume type") for kind in others]
    return errors


def _items(items: Iterable[Object], path: str) -> Errors:
    errors: Errors = []
    for position, item in enumerate(items):
        place = f"{path}[{position}]"
        errors += [required(f"{place}.{field}") for field in ("key", "path") if not item.get(field)]
        target = item.get("path") or ""
        errors += _descending(target, f"{place}.path")
        if target.startswith("..") and not target.startswith("../"):
            errors.append(invalid(f"{place}.path", target, "must not start with '..'"))
        errors += _mode(item.get("mode"), f"{place}.mode")
    return errors


def _mode(mode: int | None, path: str) -> Errors:
    return [invalid(path, mode, _MODE_MESSAGE)] if mode is not None and not 0 <= mode <= 0o777 else []


# --- the rest of the spec ---------------------------------------------------------------------------------------------


def _host_network(spec: Object, path: str) -> Errors:
    if not spec.get("hostNetwork"):
        return []
    errors: Errors = []
    for kind in ("containers", "initContainers"):
        for position, container in enumerate(spec.get(kind) or ()):
            for index, port in enumerate(container.get("ports") or ()):
                if port.get("hostPort") != port.get("containerPort"):
                    place = f"{path}.{kind}[{position}].ports[{index}].containerPort"
                    errors.append(
                        invalid(place, port.get("containerPort"), "must match `hostPort` when `hostNetwork` is true")
                    )
    return errors


def _security(context: Object, path: str) -> Errors:
    errors: Errors = []
    for field in ("runAsUser", "runAsGroup", "fsGroup"):
        number = context.get(field)
        if number is not None and not 0 <= number <= 2147483647:
            errors.append(invalid(f"{path}.{field}", number, "must be between 0 and 2147483647, inclusive"))
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged"):
            errors.append(
                invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true")
            )
        if "CAP_SYS_ADMIN" in ((context.get("capabilities") or {}).get("add") or ()):
            errors.append(
                invalid(
                    path,
                    context,
                    "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN",
                )
            )
    return errors


def _spread(constraints: Iterable[Object], path: str) -> Errors:
    errors: Errors = []
    for position, constraint in enumerate(constraints):
        place = f"{path}[{position}]"
        skew = constraint.get("maxSkew") or 0
        if skew <= 0:
            errors.append(invalid(f"{place}.maxSkew", skew, "must be greater than zero"))
        if not constraint.get("topologyKey"):
            errors.append(required(f"{place}.topologyKey", "can not be empty"))
        action = constraint.get("whenUnsatisfiable") or ""
        if action not in {"DoNotSchedule", "ScheduleAnyway"}:
            errors.append(not_supported(f"{place}.whenUnsatisfiable", action, ("DoNotSchedule", "ScheduleAnyway")))
    return errors


def _tolerations(tolerations: Iterable[Object], path: str) -> Errors:
    errors: Errors = []
    for position, toleration in enumerate(tolerations):
        place = f"{path}[{position}]"
        key, operator = toleration.get("key") or "", toleration.get("operator") or ""
        value, effect = toleration.get("value") or "", toleration.get("effect") or ""
        if key:
            errors += [invalid(f"{place}.key", key, wrong) for wrong in qualified_name_errors(key)]
        elif operator != "Exists":
            errors.append(
                invalid(
                    f"{place}.operator",
                    operator,
                    'operator must be Exists when `key` is empty, which means "match all values and all keys"',
                )
            )
        if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
            errors.append(
                invalid(f"{place}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set")
            )
        if operator in {"", "Equal"}:
            if wrong := label_value_errors(value):
                errors.append(invalid(f"{place}.operator", value, ";".join(wrong)))
        elif operator == "Exists":
            if value:
                errors.append(invalid(f"{place}.operator", value, "value must be empty when `operator` is 'Exists'"))
        else:
            errors.append(not_supported(f"{place}.operator", operator, ("Equal", "Exists")))
        if effect and effect not in _EFFECTS:
            errors.append(not_supported(f"{place}.effect", effect, _EFFECTS))
    return errors


def _named(value: str | None, path: str, check: Any) -> Errors:
    return [invalid(path, value, wrong) for wrong in check(value)] if value else []


def _may_overcommit(name: str) -> bool:
    """Tell whether requests may be less than limits: not for what is counted or for huge pages."""
    return ("/" not in name or "kubernetes.io/" in name) and not name.startswith("hugepages-")


def _resource_name(name: str, path: str, *, container: bool) -> Errors:
    errors = [invalid(path, name, wrong) for wrong in qualified_name_errors(name)]
    if container and "/" not in name and name not in _STANDARD_RESOURCES and not name.startswith("hugepages-"):
        errors.append(invalid(path, name, "must be a standard resource for containers"))
    return errors


def _quantity(name: str, value: str, path: str) -> Errors:
    number = parse(value)
    if number.nanos < 0:
        return [invalid(path, value, "must be greater than or equal to 0")]
    if "/" in name and not _may_overcommit(name) and number.nanos % NANO:
        return [invalid(path, value, "must be an integer")]
    return []
