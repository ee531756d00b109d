"""Descriptions of NetworkPolicies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.writer import local
from pyhelm.cli.output import go_string
from pyhelm.kube.objects import annotations_of, labels_of, metadata
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_INDENT = "    "


def describe_network_policy(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a NetworkPolicy."""
    spec = obj.get("spec") or {}
    writer.identity(obj)
    created = metadata(obj).get("creationTimestamp")
    writer.line(0, f"Created on:\t{go_string(local(created)) if created else '0001-01-01 00:00:00 +0000 UTC'}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    writer.line(0, "Spec:")
    selector = spec.get("podSelector") or {}
    chosen = (
        format_selector(selector)
        if selector.get("matchLabels") or selector.get("matchExpressions")
        else "<none> (Allowing the specific traffic to all pods in this namespace)"
    )
    writer.write(1, "PodSelector: ")
    writer.line(2, chosen)
    types = spec.get("policyTypes") or ()
    for kind, peers, verb, side in (("Ingress", "from", "From", "source"), ("Egress", "to", "To", "destination")):
        traffic = kind.lower()
        if kind in types:
            writer.line(1, f"Allowing {traffic} traffic:")
            _rules(writer, spec.get(traffic) or (), traffic, peers, verb, side)
        else:
            writer.line(1, f"Not affecting {traffic} traffic")
    writer.line(1, f"Policy Types: {', '.join(types) or '<none>'}")


def _rules(writer: Writer, rules: Sequence[Object], traffic: str, field: str, verb: str, side: str) -> None:
    if not rules:
        writer.line(0, f"{_INDENT}<none> (Selected pods are isolated for {traffic} connectivity)")
    for position, rule in enumerate(rules):
        ports = rule.get("ports") or ()
        if not ports:
            writer.line(0, f"{_INDENT}To Port: <any> (traffic allowed to all ports)")
        for port in ports:
            number, protocol = port.get("port", "<nil>"), port.get("protocol", "TCP")
            if port.get("endPort") is None:
                writer.line(0, f"{_INDENT}To Port: {number}/{protocol}")
            else:
                writer.line(0, f"{_INDENT}To Port Range: {number}-{port['endPort']}/{protocol}")
        peers = rule.get(field) or ()
        if not peers:
            writer.line(0, f"{_INDENT}{verb}: <any> (traffic not restricted by {side})")
        for peer in peers:
            writer.line(0, f"{_INDENT}{verb}:")
            _peer(writer, peer)
        if position != len(rules) - 1:
            writer.line(0, f"{_INDENT}----------")


def _peer(writer: Writer, peer: Object) -> None:
    selected = False
    for label, field in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if peer.get(field) is not None:
            selected = True
            writer.line(1, f"{_INDENT}{label}: {format_selector(peer[field])}")
    block = peer.get("ipBlock")
    if not selected and block is not None:
        writer.line(1, f"{_INDENT}IPBlock:")
        writer.line(2, f"{_INDENT}CIDR: {block.get('cidr', '')}")
        writer.line(2, f"{_INDENT}Except: {', '.join(block.get('except') or ())}")
