"""Descriptions of configuration and network kinds, and of every kind that has no describer of its own."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, annotations_of, labels_of, metadata, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client

_ACRONYMS = {"API", "URL", "UID", "GUID"}
_SERVICE_NAME = "kubernetes.io/service-name"
_SHOWN = 3


def describe_head(writer: Writer, obj: Object, *, namespaced: bool = True) -> None:
    """Write name, namespace, labels and annotations."""
    writer.line(0, f"Name:\t{name_of(obj)}")
    if namespaced:
        writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))


def describe_config_map(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ConfigMap with its data."""
    describe_head(writer, obj)
    writer.write(0, "\nData\n====\n")
    for key, value in sorted((obj.get("data") or {}).items()):
        writer.write(0, f"{key}:\n----\n{value}\n\n")
    writer.write(0, "\nBinaryData\n====\n")
    for key, value in sorted((obj.get("binaryData") or {}).items()):
        writer.line(0, f"{key}: {len(b64decode(value))} bytes")
    writer.line(0, "")


def describe_secret(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Secret with the sizes of its data."""
    describe_head(writer, obj)
    writer.write(0, f"\nType:\t{obj.get('type', '')}\n\nData\n====\n")
    for key, value in sorted((obj.get("data") or {}).items()):
        writer.line(0, f"{key}:\t{len(b64decode(value))} bytes")


def describe_service_account(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ServiceAccount."""
    describe_head(writer, obj)
    names = [secret.get("name", "") for secret in obj.get("imagePullSecrets") or ()]
    writer.line(0, f"Image pull secrets:\t{names[0] if names else '<none>'}")
    for name in names[1:]:
        writer.line(0, f"{' ' * 19}\t{name}")


def describe_namespace(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Namespace."""
    describe_head(writer, obj, namespaced=False)
    writer.line(0, f"Status:\t{(obj.get('status') or {}).get('phase', '')}")
    writer.write(0, "\nNo resource quota.\n")
    writer.write(0, "\nNo LimitRange resource.\n")


def describe_service(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Service and its endpoints."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    describe_head(writer, obj)
    selector = ",".join(f"{key}={value}" for key, value in sorted((spec.get("selector") or {}).items()))
    writer.line(0, f"Selector:\t{selector or '<none>'}")
    writer.line(0, f"Type:\t{spec.get('type', '')}")
    if spec.get("ipFamilyPolicy"):
        writer.line(0, f"IP Family Policy:\t{spec['ipFamilyPolicy']}")
    writer.line(0, f"IP Families:\t{','.join(spec.get('ipFamilies') or ()) or '<none>'}")
    writer.line(0, f"IP:\t{spec.get('clusterIP', '')}")
    writer.line(0, f"IPs:\t{','.join(spec.get('clusterIPs') or ()) or '<none>'}")
    if spec.get("externalIPs"):
        writer.line(0, f"External IPs:\t{','.join(spec['externalIPs'])}")
    if spec.get("externalName"):
        writer.line(0, f"External Name:\t{spec['externalName']}")
    ingress = (status.get("loadBalancer") or {}).get("ingress") or ()
    if ingress:
        listed = ", ".join(item.get("ip") or item.get("hostname") or "" for item in ingress)
        writer.line(0, f"LoadBalancer Ingress:\t{listed}")
    slices = client.list(
        client.catalog.for_kind("discovery.k8s.io/v1", "EndpointSlice"),
        namespace_of(obj),
        labels=f"{_SERVICE_NAME}={name_of(obj)}",
    ).items
    for port in spec.get("ports") or ():
        name, protocol = port.get("name") or "<unset>", port.get("protocol", "TCP")
        writer.line(0, f"Port:\t{name}\t{port['port']}/{protocol}")
        writer.line(0, f"TargetPort:\t{port.get('targetPort', port['port'])}/{protocol}")
        if port.get("appProtocol"):
            writer.line(0, f"AppProtocol:\t{port['appProtocol']}")
        if port.get("nodePort"):
            writer.line(0, f"NodePort:\t{name}\t{port['nodePort']}/{protocol}")
        writer.line(0, f"Endpoints:\t{_endpoints(slices, port.get('name', ''))}")
    writer.line(0, f"Session Affinity:\t{spec.get('sessionAffinity', '')}")
    for label, field in (
        ("External Traffic Policy", "externalTrafficPolicy"),
        ("Internal Traffic Policy", "internalTrafficPolicy"),
        ("HealthCheck NodePort", "healthCheckNodePort"),
    ):
        if spec.get(field):
            writer.line(0, f"{label}:\t{spec[field]}")


def describe_unknown(writer: Writer, obj: Object, _client: Client) -> None:
    """Write all fields of an object in words (kubectl's generic describer)."""
    writer.line(0, f"Name:\t{name_of(obj)}")
    writer.line(0, f"Namespace:\t{namespace_of(obj)}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    hidden = {"managedFields", "name", "namespace", "labels", "annotations"}
    shown = {**obj, "metadata": {key: value for key, value in metadata(obj).items() if key not in hidden}}
    _content(writer, 0, shown)


def _content(writer: Writer, level: int, content: Object) -> None:
    for field, value in sorted(content.items()):
        if isinstance(value, dict):
            writer.line(level, f"{_label(field)}:")
            _content(writer, level + 1, value)
        elif isinstance(value, list):
            writer.line(level, f"{_label(field)}:")
            for item in value:
                if isinstance(item, dict):
                    _content(writer, level + 1, item)
                else:
                    writer.line(level + 1, _scalar(item))
        else:
            writer.line(level, f"{_label(field)}:\t{_scalar(value)}")


def _scalar(value: Any) -> str:
    if value is None:
        return "<nil>"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _label(field: str) -> str:
    if not re.fullmatch(r"[^\W\d_-]+(?:-[^\W\d_]+)*", field):
        return field
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-", field)
    return " ".join(
        word.upper() if word.upper() in _ACRONYMS else word.title() if word.islower() else word for word in words
    )


def _endpoints(slices: Iterable[Object], port_name: str) -> str:
    listed = []
    for item in slices:
        addresses = [
            endpoint["addresses"][0]
            for endpoint in item.get("endpoints") or ()
            if (endpoint.get("conditions") or {}).get("ready") is not False
        ]
        ports = item.get("ports") or ()
        if not ports:
            listed.extend(addresses)
        listed.extend(
            f"{address}:{port['port']}" for port in ports if port.get("name", "") == port_name for address in addresses
        )
    shown = ",".join(listed[:_SHOWN])
    if len(listed) > _SHOWN:
        return f"{shown} + {len(listed) - _SHOWN} more..."
    return shown or "<none>"
