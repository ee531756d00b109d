"""Tables of Services and what routes traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, metadata, name_of
from pyhelm.kube.printers.table import Printer, age, columns
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_SHOWN = 3


def _first(items: Sequence[str], total: int, shown: int = _SHOWN) -> str:
    text = ",".join(items[:shown])
    return f"{text} + {total - shown} more..." if total > shown else text


def _pairs(labels: Object | None) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted((labels or {}).items())) or "<none>"


def _balancer_addresses(status: Object) -> list[str]:
    ingress: Iterable[Object] = (status.get("loadBalancer") or {}).get("ingress") or ()
    found = {item.get("ip") or item.get("hostname") or "" for item in ingress}
    return sorted(found - {""})


def _external_address(spec: Object, status: Object) -> str:
    kind, given = spec.get("type"), list(spec.get("externalIPs") or ())
    if kind in {"ClusterIP", "NodePort"}:
        return ",".join(given) or "<none>"
    if kind == "LoadBalancer":
        return ",".join([*_balancer_addresses(status), *given]) or "<pending>"
    if kind == "ExternalName":
        return str(spec.get("externalName", ""))
    return "<unknown>"


def _port(port: Object) -> str:
    protocol = port.get("protocol", "TCP")
    if port.get("nodePort"):
        return f"{port['port']}:{port['nodePort']}/{protocol}"
    return f"{port['port']}/{protocol}"


def _service(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    addresses = spec.get("clusterIPs") or ()
    return (
        name_of(obj),
        spec.get("type", ""),
        addresses[0] if addresses else "<none>",
        _external_address(spec, status),
        ",".join(_port(port) for port in spec.get("ports") or ()) or "<none>",
        age(obj, now),
        _pairs(spec.get("selector")),
    )


def _join(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _endpoints(obj: Object, now: datetime) -> Sequence[Any]:
    listed: list[str] = []
    for subset in obj.get("subsets") or ():
        addresses = [item.get("ip", "") for item in subset.get("addresses") or ()]
        ports = subset.get("ports") or ()
        if not ports:
            listed.extend(addresses)
        listed.extend(_join(address, port["port"]) for port in ports for address in addresses)
    return (name_of(obj), _first(listed, len(listed)) if listed else "<none>", age(obj, now))


def _endpoint_slice(obj: Object, now: datetime) -> Sequence[Any]:
    ports = [str(port.get("port", "*")) for port in obj.get("ports") or ()]
    addresses = [address for item in obj.get("endpoints") or () for address in item.get("addresses") or ()]
    return (
        name_of(obj),
        obj.get("addressType", ""),
        _first(ports, len(ports)) if ports else "<unset>",
        _first(addresses, len(addresses)) if addresses else "<unset>",
        age(obj, now),
    )


def _ingress(obj: Object, now: datetime) -> Sequence[Any]:
    spec = obj.get("spec") or {}
    rules = spec.get("rules") or ()
    hosts = [rule["host"] for rule in rules[:_SHOWN] if rule.get("host")]
    shown = ",".join(hosts) or "*"
    if hosts and len(rules) > _SHOWN:
        shown = f"{shown} + {len(rules) - _SHOWN} more..."
    return (
        name_of(obj),
        spec.get("ingressClassName") or "<none>",
        shown,
        ",".join(_balancer_addresses(obj.get("status") or {})),
        "80, 443" if spec.get("tls") else "80",
        age(obj, now),
    )


def _ingress_class(obj: Object, now: datetime) -> Sequence[Any]:
    spec = obj.get("spec") or {}
    parameters = spec.get("parameters")
    shown = "<none>"
    if parameters:
        group = parameters.get("apiGroup")
        kind = f"{parameters['kind']}.{group}" if group else parameters["kind"]
        shown = f"{kind}/{parameters['name']}"
    return (name_of(obj), spec.get("controller", ""), shown, age(obj, now))


def _network_policy(obj: Object, now: datetime) -> Sequence[Any]:
    selector = (obj.get("spec") or {}).get("podSelector")
    return (metadata(obj).get("name", ""), format_selector(selector), age(obj, now))


PRINTERS = {
    "Service": Printer(
        columns("Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", wide=("Selector",)), _service
    ),
    "Endpoints": Printer(columns("Name", "Endpoints", "Age"), _endpoints),
    "EndpointSlice": Printer(columns("Name", "AddressType", "Ports", "Endpoints", "Age"), _endpoint_slice),
    "Ingress": Printer(columns("Name", "Class", "Hosts", "Address", "Ports", "Age"), _ingress),
    "IngressClass": Printer(columns("Name", "Controller", "Parameters", "Age"), _ingress_class),
    "NetworkPolicy": Printer(columns("Name", "Pod-Selector", "Age"), _network_policy),
}
