"""Descriptions of Services, what they lead to, and what leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.writer import host_port, pairs, yes_no
from pyhelm.errors import ApiError
from pyhelm.kube.objects import ObjectKey, annotations_of, labels_of, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_SERVICE_NAME = "kubernetes.io/service-name"
_SHOWN = 3
_CONDITIONS = (
    ("Type", "type"),
    ("Status", "status"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)


def describe_service(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Service and its endpoints."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.head(obj)
    writer.line(0, f"Selector:\t{pairs(spec.get('selector'))}")
    writer.line(0, f"Type:\t{spec.get('type', '')}")
    if spec.get("ipFamilyPolicy") is not None:
        writer.line(0, f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    writer.line(0, f"IP Families:\t{','.join(spec.get('ipFamilies') or ()) or '<none>'}")
    writer.line(0, f"IP:\t{spec.get('clusterIP', '')}")
    writer.line(0, f"IPs:\t{','.join(spec['clusterIPs']) if spec.get('clusterIPs') else '<none>'}")
    if spec.get("externalIPs"):
        writer.line(0, f"External IPs:\t{','.join(spec['externalIPs'])}")
    for label, field in (("Desired LoadBalancer IP", "loadBalancerIP"), ("External Name", "externalName")):
        if spec.get(field):
            writer.line(0, f"{label}:\t{spec[field]}")
    ingress = (status.get("loadBalancer") or {}).get("ingress") or ()
    if ingress:
        writer.line(0, f"LoadBalancer Ingress:\t{', '.join(map(_balancer, ingress))}")
    slices = _slices(client, obj, name_of(obj))
    for port in spec.get("ports") or ():
        _service_port(writer, port, slices)
    writer.line(0, f"Session Affinity:\t{spec.get('sessionAffinity', '')}")
    for label, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        if spec.get(field):
            writer.line(0, f"{label}:\t{spec[field]}")
    if spec.get("loadBalancerSourceRanges"):
        writer.line(0, f"LoadBalancer Source Ranges:\t{','.join(spec['loadBalancerSourceRanges'])}")
    if spec.get("trafficDistribution") is not None:
        writer.line(0, f"Traffic Distribution:\t{spec['trafficDistribution']}")


def _service_port(writer: Writer, port: Object, slices: Sequence[Object]) -> None:
    name, protocol = port.get("name") or "<unset>", port.get("protocol", "")
    writer.line(0, f"Port:\t{name}\t{port.get('port', 0)}/{protocol}")
    writer.line(0, f"TargetPort:\t{port.get('targetPort', 0)}/{protocol}")
    if port.get("appProtocol") is not None:
        writer.line(0, f"AppProtocol:\t{port['appProtocol']}")
    if port.get("nodePort"):
        writer.line(0, f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
    writer.line(0, f"Endpoints:\t{_addresses(slices, port.get('name', ''))}")


def _balancer(ingress: Object) -> str:
    if not ingress.get("ip"):
        return str(ingress.get("hostname", ""))
    return f"{ingress['ip']} ({ingress['ipMode']})" if ingress.get("ipMode") is not None else str(ingress["ip"])


def _slices(client: Client, obj: Object, service: str) -> list[Object]:
    resource = client.catalog.for_kind("discovery.k8s.io/v1", "EndpointSlice")
    return client.list(resource, namespace_of(obj), labels=f"{_SERVICE_NAME}={service}").items


def _addresses(slices: Sequence[Object], port_name: str) -> str:
    """Return the first few ready addresses behind a port (formatEndpointSlices)."""
    if not slices:
        return "<none>"
    listed: list[str] = []
    more, count = False, 0
    for item in slices:
        for port in item.get("ports") or (None,):
            if port is not None and (port.get("name") or "") != port_name:
                continue
            for endpoint in item.get("endpoints") or ():
                # kubectl decides that there is more before it looks whether the endpoint counts.
                more = more or len(listed) == _SHOWN
                if (endpoint.get("conditions") or {}).get("ready") is False:
                    continue
                if not more:
                    address = endpoint["addresses"][0]
                    listed.append(address if port is None else host_port(address, port.get("port", 0)))
                count += 1
    shown = ",".join(listed)
    return f"{shown} + {count - _SHOWN} more..." if more else shown


def describe_endpoints(writer: Writer, obj: Object, _client: Client) -> None:
    """Write an Endpoints object."""
    writer.head(obj)
    writer.line(0, "Subsets:")
    for subset in obj.get("subsets") or ():
        for label, field in (("Addresses", "addresses"), ("NotReadyAddresses", "notReadyAddresses")):
            addresses = ",".join(item.get("ip", "") for item in subset.get(field) or ())
            writer.line(1, f"{label}:\t{addresses or '<none>'}")
        if subset.get("ports"):
            _port_table(writer, 1, subset["ports"], unset=0)
        writer.line(0, "")


def _port_table(writer: Writer, level: int, ports: Sequence[Object], *, unset: object) -> None:
    writer.line(level, "Ports:")
    writer.line(level + 1, "Name\tPort\tProtocol")
    writer.line(level + 1, "----\t----\t--------")
    for port in ports:
        writer.line(
            level + 1, f"{port.get('name') or '<unset>'}\t{port.get('port', unset)}\t{port.get('protocol', '')}"
        )


def describe_endpoint_slice(writer: Writer, obj: Object, _client: Client) -> None:
    """Write an EndpointSlice."""
    writer.head(obj)
    writer.line(0, f"AddressType:\t{obj.get('addressType', '')}")
    if obj.get("ports"):
        _port_table(writer, 0, obj["ports"], unset="<unset>")
    else:
        writer.line(0, "Ports: <unset>")
    endpoints = obj.get("endpoints") or ()
    writer.line(0, "Endpoints:" if endpoints else "Endpoints: <none>")
    for endpoint in endpoints:
        writer.line(1, f"- Addresses:\t{', '.join(endpoint.get('addresses') or ()) or '<none>'}")
        ready = (endpoint.get("conditions") or {}).get("ready")
        writer.line(2, "Conditions:")
        writer.line(3, f"Ready:\t{'<unset>' if ready is None else yes_no(ready)}")
        writer.line(2, f"Hostname:\t{endpoint.get('hostname', '<unset>')}")
        target = endpoint.get("targetRef")
        if target is not None:
            writer.line(2, f"TargetRef:\t{target.get('kind', '')}/{target.get('name', '')}")
        writer.line(2, f"NodeName:\t{endpoint.get('nodeName', '<unset>')}")
        writer.line(2, f"Zone:\t{endpoint.get('zone', '<unset>')}")


def describe_ingress(writer: Writer, obj: Object, client: Client) -> None:
    """Write an Ingress, with the endpoints that its paths lead to."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    addresses = {
        item.get("ip") or item.get("hostname") for item in (status.get("loadBalancer") or {}).get("ingress") or ()
    }
    backend = spec.get("defaultBackend")
    default = "<default>" if backend is None else _backend(client, obj, backend)
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.labels("Labels", labels_of(obj))
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.line(0, f"Address:\t{','.join(sorted(filter(None, addresses)))}")
    writer.line(0, f"Ingress Class:\t{spec.get('ingressClassName', '<none>')}")
    writer.line(0, f"Default backend:\t{default}")
    if spec.get("tls"):
        writer.line(0, "TLS:")
    for item in spec.get("tls") or ():
        hosts = ",".join(item.get("hosts") or ())
        secret = item.get("secretName")
        writer.line(1, f"{secret} terminates {hosts}" if secret else f"SNI routes {hosts}")
    writer.line(0, "Rules:\n  Host\tPath\tBackends")
    writer.line(1, "----\t----\t--------")
    rules = [rule for rule in spec.get("rules") or () if rule.get("http") is not None]
    for rule in rules:
        writer.line(1, f"{rule.get('host') or '*'}\t")
        for path in rule["http"].get("paths") or ():
            writer.line(2, f"\t{path.get('path', '')} \t{_backend(client, obj, path.get('backend') or {})}")
    if not rules:
        writer.line(1, f"*\t*\t{default}")
    writer.annotations("Annotations", annotations_of(obj))


def _backend(client: Client, ingress: Object, backend: Object) -> str:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None:
        port = service.get("port") or {}
        number, wanted = port.get("number"), port.get("name")
        shown = f"{service.get('name', '')}:{number or wanted or ''}"
        try:
            slices = _slices(client, ingress, service.get("name", ""))
            services = client.catalog.for_kind("v1", "Service")
            found = client.get(services, ObjectKey(namespace_of(ingress), service.get("name", "")))
        except ApiError as error:
            return f"{shown} (<error: {error}>)"
        name = ""
        for item in (found.get("spec") or {}).get("ports") or ():
            if (number and number == item.get("port")) or (wanted and wanted == item.get("name")):
                name = item.get("name", "")
        return f"{shown} ({_addresses(slices, name)})"
    if resource is not None:
        group = resource.get("apiGroup", "<none>")
        return f"APIGroup: {group}, Kind: {resource.get('kind', '')}, Name: {resource.get('name', '')}"
    return ""


def describe_ingress_class(writer: Writer, obj: Object, _client: Client) -> None:
    """Write an IngressClass."""
    spec = obj.get("spec") or {}
    writer.head(obj, namespaced=False)
    writer.line(0, f"Controller:\t{spec.get('controller', '')}")
    parameters = spec.get("parameters")
    if parameters is not None:
        writer.line(0, "Parameters:")
        if parameters.get("apiGroup") is not None:
            writer.line(1, f"APIGroup:\t{parameters['apiGroup']}")
        writer.facts(1, [("Kind", parameters.get("kind", "")), ("Name", parameters.get("name", ""))])


def describe_service_cidr(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ServiceCIDR."""
    writer.head(obj, namespaced=False)
    writer.line(0, f"CIDRs:\t{', '.join((obj.get('spec') or {}).get('cidrs') or ())}")
    conditions = (obj.get("status") or {}).get("conditions")
    if conditions:
        writer.line(0, "Status:")
    writer.conditions(conditions, _CONDITIONS, gap="")


def describe_ip_address(writer: Writer, obj: Object, _client: Client) -> None:
    """Write an IPAddress."""
    writer.head(obj, namespaced=False)
    parent = (obj.get("spec") or {}).get("parentRef")
    if parent is not None:
        writer.line(0, "Parent Reference:")
        writer.facts(
            1, [(field.title(), parent.get(field, "")) for field in ("group", "resource", "namespace", "name")]
        )
