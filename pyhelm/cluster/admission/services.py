"""Services: defaults and the addresses and ports that the API server hands out (pkg/registry/core/service)."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
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
    _allocate(obj, None, context)


def _prepare_update(new: Object, old: Object, context: Context) -> None:
    spec, before = new["spec"], old["spec"]
    if spec["type"] in _ALLOCATING and before["type"] in _ALLOCATING:
        # Whoever leaves an allocated value out means: keep it.
        for field in ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"):
            if not spec.get(field) and before.get(field):
                spec[field] = before[field]
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
    _allocate(new, old, context)


def _allocate(obj: Object, old: Object | None, context: Context) -> None:
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


def _free_ports(obj: Object, context: Context):  # type: ignore[no-untyped-def]
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


SERVICE = Strategy(
    default=_default,
    prepare_create=_prepare_create,
    prepare_update=_prepare_update,
    status={"loadBalancer": {}},
    answers_object=True,
)
