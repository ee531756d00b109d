"""Ingresses, NetworkPolicies and EndpointSlices (pkg/apis/networking, pkg/apis/discovery)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, not_supported, required
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.names import port_errors, wildcard_errors
from pyhelm.cluster.admission.podvalidation import port_or_name
from pyhelm.cluster.admission.selectors import validate_selector
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_label_errors, dns_subdomain_errors, port_name_errors

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object

_PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
_PROTOCOLS = ("TCP", "UDP", "SCTP")
_CLASS = "kubernetes.io/ingress.class"
_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"
_BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
_BAD_ENDINGS = ("/..", "/.")


# --- Ingress ----------------------------------------------------------------------------------------------------------


def _admit_ingress(obj: Object, context: Context) -> None:
    """Give an Ingress that names no class the default one, if there is one (the DefaultIngressClass plugin)."""
    spec = obj.setdefault("spec", {})
    if spec.get("ingressClassName") or _CLASS in (obj["metadata"].get("annotations") or {}):
        return
    defaults = [
        found["metadata"]["name"]
        for found in context.every("networking.k8s.io/v1", "IngressClass")
        if (found["metadata"].get("annotations") or {}).get(_DEFAULT_CLASS) == "true"
    ]
    if defaults:
        spec["ingressClassName"] = defaults[0]


def _create_ingress(obj: Object) -> Errors:
    errors = _validate_ingress(obj)
    annotation = (obj["metadata"].get("annotations") or {}).get(_CLASS)
    name = (obj.get("spec") or {}).get("ingressClassName")
    if annotation is not None and name is not None and annotation != name:
        errors.append(
            invalid(f"annotations.{_CLASS}", annotation, "must match `ingressClassName` when both are specified")
        )
    return errors


def _validate_ingress(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors: Errors = []
    rules = spec.get("rules")
    if not rules and "defaultBackend" not in spec:
        errors.append(invalid("spec", rules, "either `defaultBackend` or `rules` must be specified"))
    if "defaultBackend" in spec:
        errors += _backend(spec["defaultBackend"], "spec.defaultBackend")
    for position, rule in enumerate(rules or ()):
        errors += _rule(rule, f"spec.rules[{position}]")
    for position, entry in enumerate(spec.get("tls") or ()):
        place = f"spec.tls[{position}]"
        for index, host in enumerate(entry.get("hosts") or ()):
            check = wildcard_errors if "*" in host else dns_subdomain_errors
            errors += [invalid(f"{place}.hosts[{index}]", host, wrong) for wrong in check(host)]
        secret = entry.get("secretName")
        if secret:
            errors += [invalid(f"{place}.secretName", secret, wrong) for wrong in dns_subdomain_errors(secret)]
    name = spec.get("ingressClassName")
    if name is not None:
        errors += [invalid("spec.ingressClassName", name, wrong) for wrong in dns_subdomain_errors(name)]
    return errors


def _rule(rule: Object, path: str) -> Errors:
    errors: Errors = []
    host = rule.get("host")
    if host:
        if _is_address(host):
            errors.append(invalid(f"{path}.host", host, "must be a DNS name, not an IP address"))
        check = wildcard_errors if "*" in host else dns_subdomain_errors
        errors += [invalid(f"{path}.host", host, wrong) for wrong in check(host)]
    http = rule.get("http")
    if http is not None:
        paths = http.get("paths") or []
        if not paths:
            errors.append(required(f"{path}.http.paths"))
        for position, entry in enumerate(paths):
            errors += _path(entry, f"{path}.http.paths[{position}]")
    return errors


def _path(entry: Object, place: str) -> Errors:
    kind, path = entry.get("pathType"), entry.get("path") or ""
    if kind is None:
        return [required(f"{place}.pathType", "pathType must be specified")]
    errors: Errors = []
    if kind in {"Exact", "Prefix"}:
        if not path.startswith("/"):
            errors.append(invalid(f"{place}.path", path, "must be an absolute path"))
        errors += [
            invalid(f"{place}.path", path, f"must not contain '{part}'") for part in _BAD_SEQUENCES if part in path
        ]
        errors += [
            invalid(f"{place}.path", path, f"cannot end with '{part}'") for part in _BAD_ENDINGS if path.endswith(part)
        ]
    elif kind == "ImplementationSpecific":
        if path and not path.startswith("/"):
            errors.append(invalid(f"{place}.path", path, "must be an absolute path"))
    else:
        errors.append(not_supported(f"{place}.pathType", kind, _PATH_TYPES))
    return errors + _backend(entry.get("backend") or {}, f"{place}.backend")


def _backend(backend: Object, path: str) -> Errors:
    service, resource = backend.get("service"), backend.get("resource")
    if service is not None and resource is not None:
        return [invalid(path, "", "cannot set both resource and service backends")]
    if resource is not None:
        return [required(f"{path}.resource.{field}") for field in ("kind", "name") if not resource.get(field)]
    if service is None:
        return [invalid(path, "", "resource or service backend is required")]
    errors: Errors = []
    name = service.get("name")
    if not name:
        errors.append(required(f"{path}.service.name"))
    else:
        errors += [invalid(f"{path}.service.name", name, wrong) for wrong in dns_label_errors(name)]
    port = service.get("port") or {}
    word, number = port.get("name"), port.get("number")
    if word and number:
        errors.append(invalid(path, "", "cannot set both port name & port number"))
    elif word:
        errors += [invalid(f"{path}.service.port.name", word, wrong) for wrong in port_name_errors(word)]
    elif number:
        errors += [invalid(f"{path}.service.port.number", number, wrong) for wrong in port_errors(number)]
    else:
        errors.append(required(path, "port name or number is required"))
    return errors


def _is_address(text: str) -> bool:
    from ipaddress import ip_address

    try:
        ip_address(text)
    except ValueError:
        return False
    return True


# --- NetworkPolicy ----------------------------------------------------------------------------------------------------


def _default_policy(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("podSelector", {})
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", "Egress"] if spec.get("egress") else ["Ingress"]
    for direction in ("ingress", "egress"):
        for rule in spec.get(direction) or ():
            for port in rule.get("ports") or ():
                port.setdefault("protocol", "TCP")


def _validate_policy(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors = validate_selector(spec.get("podSelector") or {}, "spec.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for position, rule in enumerate(spec.get(direction) or ()):
            place = f"spec.{direction}[{position}]"
            for index, port in enumerate(rule.get("ports") or ()):
                errors += _policy_port(port, f"{place}.ports[{index}]")
            for index, peer in enumerate(rule.get(peers) or ()):
                errors += _peer(peer, f"{place}.{peers}[{index}]")
    types = spec.get("policyTypes") or ()
    if len(types) > 2:
        return [*errors, invalid("spec.policyTypes", types, "may not specify more than two policyTypes")]
    errors += [
        not_supported(f"spec.policyTypes[{position}]", kind, ("Ingress", "Egress"))
        for position, kind in enumerate(types)
        if kind not in {"Ingress", "Egress"}
    ]
    return errors


def _policy_port(port: Object, path: str) -> Errors:
    errors: Errors = []
    protocol = port.get("protocol")
    if protocol is not None and protocol not in _PROTOCOLS:
        errors.append(not_supported(f"{path}.protocol", protocol, _PROTOCOLS))
    number, end = port.get("port"), port.get("endPort")
    if number is None:
        if end is not None:
            errors.append(invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified"))
        return errors
    if isinstance(number, int) and end is not None:
        if end < number:
            errors.append(invalid(f"{path}.endPort", number, "must be greater than or equal to `port`"))
        errors += [invalid(f"{path}.endPort", end, wrong) for wrong in port_errors(end)]
    elif end is not None:
        errors.append(invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric"))
    return errors + port_or_name(number, f"{path}.port")


def _peer(peer: Object, path: str) -> Errors:
    errors: Errors = []
    for kind in ("podSelector", "namespaceSelector"):
        if kind in peer:
            errors += validate_selector(peer[kind], f"{path}.{kind}")
    block = peer.get("ipBlock")
    if block is not None:
        errors += _block(block, f"{path}.ipBlock")
    if not any(kind in peer for kind in ("podSelector", "namespaceSelector", "ipBlock")):
        errors.append(required(path, "must specify a peer"))
    elif block is not None and len(peer) > 1:
        errors.append(forbidden(path, "may not specify both ipBlock and another peer"))
    return errors


BAD_CIDR = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"


def is_cidr(text: str) -> bool:
    """Return whether ``text`` is a range of addresses; bits beyond the prefix do no harm."""
    from ipaddress import ip_network

    try:
        return "/" in text and ip_network(text, strict=False) is not None
    except ValueError:
        return False


def _block(block: Object, path: str) -> Errors:
    errors: Errors = []
    cidr = block.get("cidr")
    if not cidr:
        return [required(f"{path}.cidr")]
    for place, text in [
        (f"{path}.cidr", cidr),
        *((f"{path}.except[{position}]", item) for position, item in enumerate(block.get("except") or ())),
    ]:
        if not is_cidr(text):
            errors.append(invalid(place, text, BAD_CIDR))
    return errors


# --- EndpointSlice ----------------------------------------------------------------------------------------------------


def _default_slice(obj: Object) -> None:
    for port in obj.get("ports") or ():
        port.setdefault("name", "")
        port.setdefault("protocol", "TCP")


def _validate_slice(obj: Object) -> Errors:
    kind = obj.get("addressType") or ""
    errors: Errors = []
    if not kind:
        errors.append(required("addressType"))
    elif kind not in {"IPv4", "IPv6", "FQDN"}:
        errors.append(not_supported("addressType", kind, ("FQDN", "IPv4", "IPv6")))
    for position, endpoint in enumerate(obj.get("endpoints") or ()):
        if not endpoint.get("addresses"):
            errors.append(required(f"endpoints[{position}].addresses", "must contain at least 1 address"))
    return errors


def _default_class(obj: Object) -> None:
    parameters = (obj.get("spec") or {}).get("parameters")
    if parameters is not None:
        parameters.setdefault("scope", "Cluster")


STRATEGIES = {
    "Ingress": Strategy(
        admit=_admit_ingress,
        validate=_create_ingress,
        validate_update=lambda new, _: _validate_ingress(new),
        generation=("spec",),
        status={"loadBalancer": {}},
    ),
    "IngressClass": Strategy(default=_default_class, generation=("spec",)),
    "NetworkPolicy": Strategy(
        default=_default_policy,
        validate=_validate_policy,
        validate_update=lambda new, _: _validate_policy(new),
        generation=("spec",),
    ),
    "EndpointSlice": Strategy(
        default=_default_slice,
        validate=_validate_slice,
        validate_update=lambda new, old: [
            *_validate_slice(new),
            *validate_immutable(new.get("addressType"), old.get("addressType"), "addressType"),
        ],
        generation=("endpoints", "ports", "addressType"),
    ),
}
