"""Services: defaults and the addresses and ports that the API server hands out (pkg/registry/core/service)."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, FieldError, duplicate, forbidden, invalid, not_supported, required
from pyhelm.cluster.admission.metadata import validate_labels
from pyhelm.cluster.admission.names import port_errors
from pyhelm.cluster.admission.podvalidation import port_or_name
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import (
    dns_label_errors,
    dns_subdomain_errors,
    qualified_name_errors,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object

# 10.96.0.0/12, kubeadm's default; the first address belongs to the Service "kubernetes".
_NETWORK = (10 << 24) | (96 << 16)
_SIZE = 1 << 20
_RESERVED = 256
_NODE_PORTS = range(30000, 32768)
_ALLOCATING = frozenset({"ClusterIP", "NodePort", "LoadBalancer"})
_PORTS = frozenset({"NodePort", "LoadBalancer"})


def _default(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    if not spec.get("sessionAffinity"):
        spec["sessionAffinity"] = "None"
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client = (spec.get("sessionAffinityConfig") or {}).get("clientIP") or {}
        if client.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    if not spec.get("type"):
        spec["type"] = "ClusterIP"
    for port in spec.get("ports") or ():
        if not port.get("protocol"):
            port["protocol"] = "TCP"
        if port.get("targetPort") in {None, 0, ""} and "port" in port:
            port["targetPort"] = port["port"]
    kind = spec["type"]
    if (kind in _PORTS or (kind == "ClusterIP" and spec.get("externalIPs"))) and not spec.get("externalTrafficPolicy"):
        spec["externalTrafficPolicy"] = "Cluster"
    if kind in _ALLOCATING:
        spec.setdefault("internalTrafficPolicy", "Cluster")
    if kind == "LoadBalancer":
        spec.setdefault("allocateLoadBalancerNodePorts", True)


def _prepare_create(obj: Object, context: Context) -> None:
    _allocate(obj, context)


def _prepare_update(new: Object, old: Object, context: Context) -> None:
    spec, before = new["spec"], old["spec"]
    if spec["type"] in _ALLOCATING and before["type"] in _ALLOCATING:
        # Whoever leaves an allocated value out means: keep it.
        for field in ("clusterIP", "ipFamilies", "ipFamilyPolicy"):
            if not spec.get(field) and before.get(field):
                spec[field] = before[field]
        if spec.get("clusterIP") == before.get("clusterIP"):
            if not spec.get("clusterIPs") and before.get("clusterIPs"):
                spec["clusterIPs"] = before["clusterIPs"]
        elif spec.get("clusterIPs") == before.get("clusterIPs"):
            # Who changes the one field and not the other does not know the other.
            spec["clusterIPs"] = [spec["clusterIP"]]
        if spec["type"] in _PORTS and before["type"] in _PORTS:
            known = {
                (port.get("protocol"), port.get("port")): port.get("nodePort") for port in before.get("ports") or ()
            }
            taken = {port.get("nodePort") for port in spec.get("ports") or ()}
            for port in spec.get("ports") or ():
                number = known.get((port.get("protocol"), port.get("port")))
                if not port.get("nodePort") and number and number not in taken:
                    port["nodePort"] = number
            if not spec.get("healthCheckNodePort") and before.get("healthCheckNodePort") and _needs_health_port(spec):
                spec["healthCheckNodePort"] = before["healthCheckNodePort"]
    if spec["type"] == "ExternalName" and before["type"] != "ExternalName":
        for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(field) == before.get(field):
                spec.pop(field, None)
    if spec["type"] not in _PORTS and before["type"] in _PORTS:
        before_ports = {port.get("nodePort") for port in before.get("ports") or ()}
        for port in spec.get("ports") or ():
            if port.get("nodePort") in before_ports:
                port.pop("nodePort", None)
    if spec["type"] != "LoadBalancer" and before["type"] == "LoadBalancer":
        if spec.get("allocateLoadBalancerNodePorts") == before.get("allocateLoadBalancerNodePorts"):
            spec.pop("allocateLoadBalancerNodePorts", None)
        new["status"] = {"loadBalancer": {}}
    if not (spec["type"] in _PORTS or spec.get("externalIPs")) and before.get("externalTrafficPolicy") == spec.get(
        "externalTrafficPolicy"
    ):
        spec.pop("externalTrafficPolicy", None)
    _allocate(new, context)


def _allocate(obj: Object, context: Context) -> None:
    spec = obj["spec"]
    kind = spec["type"]
    if kind in _ALLOCATING:
        address = spec.get("clusterIP") or next(iter(spec.get("clusterIPs") or ()), "")
        if not address:
            address = _free_address(obj, context)
        spec["clusterIP"] = address
        spec.setdefault("clusterIPs", [address])
        spec.setdefault("ipFamilies", ["IPv6" if ":" in address else "IPv4"])
        spec.setdefault("ipFamilyPolicy", "SingleStack")
    wants = kind == "NodePort" or (kind == "LoadBalancer" and spec.get("allocateLoadBalancerNodePorts", True))
    missing = [port for port in spec.get("ports") or () if wants and not port.get("nodePort")]
    health = _needs_health_port(spec) and not spec.get("healthCheckNodePort")
    if missing or health:
        free = _free_ports(obj, context)
        by_number: dict[object, int] = {}
        for port in missing:
            # One number serves the same port in several protocols.
            number = by_number.get(port.get("port"))
            if number is None:
                number = next(free)
                by_number[port.get("port")] = number
            port["nodePort"] = number
        if health:
            spec["healthCheckNodePort"] = next(free)


def _needs_health_port(spec: Object) -> bool:
    return spec["type"] == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"


def _start(obj: Object, what: str) -> int:
    meta = obj["metadata"]
    text = f"{what}/{meta.get('namespace')}/{meta.get('name')}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _free_address(obj: Object, context: Context) -> str:
    """Return the first free address from one that the Service's name decides: the same for the same history."""
    used = {
        address
        for service in context.every("v1", "Service")
        for address in (service["spec"].get("clusterIPs") or [service["spec"].get("clusterIP")])
    }
    # The lowest addresses are left to those who ask for one by number, as the real allocator does.
    span = _SIZE - _RESERVED - 1
    start = _start(obj, "address") % span
    for step in range(span):
        number = _NETWORK + _RESERVED + (start + step) % span
        address = f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        if address not in used:
            return address
    raise context.refuse("services", obj["metadata"]["name"], "no cluster address is left")


def _free_ports(obj: Object, context: Context) -> Iterator[int]:
    """Yield free node ports, from one that the Service's name decides."""
    used = {port.get("nodePort") for port in obj["spec"].get("ports") or ()}
    for service in context.every("v1", "Service"):
        used.update(port.get("nodePort") for port in service["spec"].get("ports") or ())
        used.add(service["spec"].get("healthCheckNodePort"))
    start = _start(obj, "port")
    for step in range(len(_NODE_PORTS)):
        number = _NODE_PORTS[(start + step) % len(_NODE_PORTS)]
        if number not in used:
            used.add(number)
            yield number
    raise context.refuse("services", obj["metadata"]["name"], "no node port is left")


# --- validation -------------------------------------------------------------------------------------------------------

_TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
_PROTOCOLS = ("SCTP", "TCP", "UDP")


def _headless(spec: Object) -> bool:
    return spec.get("clusterIP") == "None"


def _validate(obj: Object) -> Errors:
    spec = obj["spec"]
    kind, ports = spec.get("type") or "", spec.get("ports") or []
    errors: Errors = []
    if not ports and not _headless(spec) and kind != "ExternalName":
        errors.append(required("spec.ports"))
    if kind in _PORTS and _headless(spec):
        errors.append(invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services"))
    if kind == "ExternalName":
        for field in ("clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if spec.get(field):
                errors.append(forbidden(f"spec.{field}", "may not be set for ExternalName services"))
        name = (spec.get("externalName") or "").removesuffix(".")
        if name:
            errors += [invalid("spec.externalName", name, wrong) for wrong in dns_subdomain_errors(name)]
        else:
            errors.append(required("spec.externalName"))
    names: set[str] = set()
    for position, port in enumerate(ports):
        errors += _port(port, names, f"spec.ports[{position}]", needs_name=len(ports) > 1)
    if selector := spec.get("selector"):
        errors += validate_labels(selector, "spec.selector")
    affinity = spec.get("sessionAffinity")
    if affinity not in {"ClientIP", "None"}:
        errors.append(not_supported("spec.sessionAffinity", affinity, ("ClientIP", "None")))
    if kind != "ExternalName":
        errors += _addresses(spec)
    for position, address in enumerate(spec.get("externalIPs") or ()):
        errors += _address(address, f"spec.externalIPs[{position}]")
    if kind not in _TYPES:
        errors.append(not_supported("spec.type", kind, _TYPES))
    if kind == "ClusterIP":
        errors += [
            forbidden(f"spec.ports[{position}].nodePort", "may not be used when `type` is 'ClusterIP'")
            for position, port in enumerate(ports)
            if port.get("nodePort")
        ]
    errors += _unique_ports(ports)
    if spec.get("loadBalancerSourceRanges") and kind != "LoadBalancer":
        errors.append(forbidden("spec.LoadBalancerSourceRanges", "may only be used when `type` is 'LoadBalancer'"))
    for field in ("allocateLoadBalancerNodePorts", "loadBalancerClass"):
        if spec.get(field) is not None and kind != "LoadBalancer":
            errors.append(forbidden(f"spec.{field}", "may only be used when `type` is 'LoadBalancer'"))
    return errors + _traffic(spec)


def _port(port: Object, names: set[str], path: str, *, needs_name: bool) -> Errors:
    errors: Errors = []
    name = port.get("name") or ""
    if name:
        errors += [invalid(f"{path}.name", name, wrong) for wrong in dns_label_errors(name)]
        if name in names:
            errors.append(duplicate(f"{path}.name", name))
        names.add(name)
    elif needs_name:
        errors.append(required(f"{path}.name"))
    number = port.get("port") or 0
    errors += [invalid(f"{path}.port", number, wrong) for wrong in port_errors(number)]
    protocol = port.get("protocol") or ""
    if protocol not in _PROTOCOLS:
        errors.append(not_supported(f"{path}.protocol", protocol, _PROTOCOLS))
    errors += port_or_name(port.get("targetPort"), f"{path}.targetPort")
    application = port.get("appProtocol")
    if application is not None:
        errors += [invalid(f"{path}.appProtocol", application, wrong) for wrong in qualified_name_errors(application)]
    return errors


def _unique_ports(ports: list[Object]) -> Errors:
    errors: Errors = []
    seen: set[tuple[object, object]] = set()
    for position, port in enumerate(ports):
        number = port.get("nodePort")
        if number:
            if (port.get("protocol"), number) in seen:
                errors.append(duplicate(f"spec.ports[{position}].nodePort", number))
            seen.add((port.get("protocol"), number))
    seen = set()
    for position, port in enumerate(ports):
        key = (port.get("protocol"), port.get("port"))
        if key in seen:
            # The API server shows a port that has nothing but these two fields.
            shown = (
                f'{{"Name":"","Protocol":"{key[0]}","AppProtocol":null,"Port":{key[1]},"TargetPort":0,"NodePort":0}}'
            )
            errors.append(FieldError("FieldValueDuplicate", f"spec.ports[{position}]", f"Duplicate value: {shown}"))
        seen.add(key)
    return errors


def _addresses(spec: Object) -> Errors:
    errors: Errors = []
    address, addresses = spec.get("clusterIP") or "", spec.get("clusterIPs") or []
    if address and not addresses:
        errors.append(required("spec.clusterIPs"))
    elif address and addresses[0] != address:
        errors.append(invalid("spec.clusterIPs", addresses, "first value must match `clusterIP`"))
    for position, item in enumerate(addresses):
        if position == 0 and item == "None":
            if len(addresses) > 1:
                errors.append(invalid("spec.clusterIPs", addresses, "'None' must be the first and only value"))
            continue
        errors += _address(item, f"spec.clusterIPs[{position}]")
    if len(addresses) > 2:
        errors.append(invalid("spec.clusterIPs", addresses, "may only hold up to 2 values"))
    return errors


def _address(text: str, path: str) -> Errors:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return [invalid(path, text, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")]
    return []


def _traffic(spec: Object) -> Errors:
    errors: Errors = []
    policy = spec.get("externalTrafficPolicy")
    external = spec.get("type") in _PORTS or (spec.get("type") == "ClusterIP" and spec.get("externalIPs"))
    if not external:
        if policy:
            errors.append(
                invalid("spec.externalTrafficPolicy", policy, "may only be set for externally-accessible services")
            )
    elif policy not in {"Cluster", "Local"}:
        errors.append(not_supported("spec.externalTrafficPolicy", policy, ("Cluster", "Local")))
    if spec.get("healthCheckNodePort") and not _needs_health_port(spec):
        errors.append(
            invalid(
                "spec.healthCheckNodePort",
                spec["healthCheckNodePort"],
                "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
            )
        )
    internal = spec.get("internalTrafficPolicy")
    if internal is not None and internal not in {"Cluster", "Local"}:
        errors.append(not_supported("spec.internalTrafficPolicy", internal, ("Cluster", "Local")))
    return errors


def _validate_update(new: Object, old: Object) -> Errors:
    spec, before = new["spec"], old["spec"]
    errors: Errors = []
    if "ExternalName" not in {spec.get("type"), before.get("type")} and not (_headless(spec) and _headless(before)):
        mine, theirs = spec.get("clusterIPs") or [], before.get("clusterIPs") or []
        if not mine and theirs:
            errors.append(invalid("spec.clusterIPs[0]", mine, "primary clusterIP can not be unset"))
        else:
            errors += [
                invalid(f"spec.clusterIPs[{position}]", mine, "may not change once set")
                for position, (one, other) in enumerate(zip(mine, theirs, strict=False))
                if one != other
            ]
    return errors + _validate(new)


SERVICE = Strategy(
    default=_default,
    prepare_create=_prepare_create,
    prepare_update=_prepare_update,
    validate=_validate,
    validate_update=_validate_update,
    check_name=dns_label_errors,
    status={"loadBalancer": {}},
    answers_object=True,
)
