"""Descriptions of volumes that outlive Pods, and of what they are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.volumes import describe_persistent_source
from pyhelm.cli.kube.description.writer import amount, go_list, long_time, pairs
from pyhelm.kube.objects import (
    Object,
    annotations_of,
    is_terminating,
    labels_of,
    metadata,
    name_of,
    namespace_of,
    uid_of,
)
from pyhelm.kube.printers.storage import access_modes, storage_class
from pyhelm.kube.printers.table import since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client

_DEFAULT_CLASSES = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
_CLAIM_CONDITIONS = (
    ("Type", "type"),
    ("Status", "status"),
    ("LastProbeTime", "lastProbeTime"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)


def describe_claim(writer: Writer, obj: Object, client: Client) -> None:
    """Write a PersistentVolumeClaim and which Pods use it."""
    describe_claim_fields(writer, obj, whole=True, client=client)
    writer.listed("Used By", sorted(name_of(pod) for pod in _users(client, obj)))
    writer.conditions((obj.get("status") or {}).get("conditions"), _CLAIM_CONDITIONS, gap=" ")


def describe_claim_fields(writer: Writer, obj: Object, *, whole: bool, client: Client | None = None) -> None:
    """Write what claims and templates of claims have in common; ``whole`` ones have a name and a status too."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    if whole:
        writer.identity(obj)
    writer.line(0, f"StorageClass:\t{storage_class(obj)}")
    if whole:
        writer.line(0, f"Status:\t{_phase(obj, client)}")
    bound = bool(spec.get("volumeName"))
    writer.line(0, f"Volume:\t{spec.get('volumeName', '')}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    if whole:
        writer.line(0, f"Finalizers:\t{go_list(metadata(obj).get('finalizers'))}")
    writer.line(0, f"Capacity:\t{amount((status.get('capacity') or {}).get('storage')) if bound else ''}")
    writer.line(0, f"Access Modes:\t{access_modes(status.get('accessModes')) if bound else ''}")
    if spec.get("volumeMode") is not None:
        writer.line(0, f"VolumeMode:\t{spec['volumeMode']}")
    source = spec.get("dataSource")
    if source is not None:
        writer.line(0, "DataSource:")
        if source.get("apiGroup") is not None:
            writer.line(1, f"APIGroup:\t{source['apiGroup']}")
        writer.facts(1, [("Kind", source.get("kind", "")), ("Name", source.get("name", ""))])


def _users(client: Client, claim: Object) -> list[Object]:
    pods = client.list(client.catalog.for_kind("v1", "Pod"), namespace_of(claim)).items
    owners = [item.get("uid") for item in metadata(claim).get("ownerReferences") or () if item.get("kind") == "Pod"]
    users = []
    for pod in pods:
        volumes = (pod.get("spec") or {}).get("volumes") or ()
        named = [
            item for item in volumes if (item.get("persistentVolumeClaim") or {}).get("claimName") == name_of(claim)
        ]
        users.extend([pod] * (len(named) or int(uid_of(pod) in owners)))
    return users


def _phase(obj: Object, client: Client | None) -> str:
    if is_terminating(obj) and client is not None:
        return f"Terminating (lasts {since(metadata(obj)['deletionTimestamp'], client.now())})"
    return str((obj.get("status") or {}).get("phase", ""))


def describe_volume(writer: Writer, obj: Object, client: Client) -> None:
    """Write a PersistentVolume."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.head(obj, namespaced=False)
    writer.line(0, f"Finalizers:\t{go_list(metadata(obj).get('finalizers'))}")
    writer.line(0, f"StorageClass:\t{storage_class(obj)}")
    writer.line(0, f"Status:\t{_phase(obj, client)}")
    claim = spec.get("claimRef")
    writer.line(0, f"Claim:\t{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "Claim:\t")
    writer.line(0, f"Reclaim Policy:\t{spec.get('persistentVolumeReclaimPolicy', '')}")
    writer.line(0, f"Access Modes:\t{access_modes(spec.get('accessModes'))}")
    if spec.get("volumeMode") is not None:
        writer.line(0, f"VolumeMode:\t{spec['volumeMode']}")
    writer.line(0, f"Capacity:\t{amount((spec.get('capacity') or {}).get('storage'))}")
    _node_affinity(writer, spec.get("nodeAffinity"))
    writer.line(0, f"Message:\t{status.get('message', '')}")
    writer.line(0, "Source:")
    describe_persistent_source(writer, spec)


def _node_affinity(writer: Writer, affinity: Object | None) -> None:
    required = (affinity or {}).get("required")
    if required is None:
        writer.line(0, "Node Affinity:\t<none>")
        return
    writer.line(0, "Node Affinity:\t")
    terms = required.get("nodeSelectorTerms") or ()
    writer.line(1, "Required Terms:\t" if terms else "Required Terms:\t<none>")
    for position, term in enumerate(terms):
        expressions = [
            _expression(item.get("key", ""), item.get("operator", "").lower(), item.get("values"))
            for item in term.get("matchExpressions") or ()
        ]
        _term(writer, 2, position, expressions)


def _expression(key: str, operator: str, values: Sequence[str] | None) -> str:
    return f"{key} {operator} [{', '.join(values)}]" if values else f"{key} {operator}"


def _term(writer: Writer, level: int, position: int, expressions: Sequence[str]) -> None:
    writer.write(level, f"Term {position}:\t")
    if not expressions:
        writer.line(0, "<none>")
    for at, expression in enumerate(expressions):
        if at:
            writer.write(level, "\t")
        writer.line(0, expression)


def describe_storage_class(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a StorageClass."""
    is_default = any(annotations_of(obj).get(name) == "true" for name in _DEFAULT_CLASSES)
    expands = obj.get("allowVolumeExpansion")
    writer.facts(
        0,
        [
            ("Name", name_of(obj)),
            ("IsDefaultClass", "Yes" if is_default else "No"),
            ("Annotations", pairs(annotations_of(obj))),
            ("Provisioner", obj.get("provisioner", "")),
            ("Parameters", pairs(obj.get("parameters"))),
            ("AllowVolumeExpansion", "<unset>" if expands is None else expands),
        ],
    )
    options = obj.get("mountOptions") or ()
    writer.line(0, "MountOptions:" if options else "MountOptions:\t<none>")
    for option in options:
        writer.line(1, option)
    for label, field in (("ReclaimPolicy", "reclaimPolicy"), ("VolumeBindingMode", "volumeBindingMode")):
        if obj.get(field) is not None:
            writer.line(0, f"{label}:\t{obj[field]}")
    if obj.get("allowedTopologies") is not None:
        topologies = obj["allowedTopologies"]
        writer.line(0, "AllowedTopologies:\t" if topologies else "AllowedTopologies:\t<none>")
        for position, term in enumerate(topologies):
            expressions = [
                _expression(item.get("key", ""), "in", item.get("values"))
                for item in term.get("matchLabelExpressions") or ()
            ]
            _term(writer, 1, position, expressions)


def describe_attributes_class(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a VolumeAttributesClass."""
    writer.facts(
        0,
        [
            ("Name", name_of(obj)),
            ("Annotations", pairs(annotations_of(obj))),
            ("DriverName", obj.get("driverName", "")),
            ("Parameters", pairs(obj.get("parameters"))),
        ],
    )


def describe_csi_node(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a CSINode."""
    writer.head(obj, namespaced=False)
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.line(0, "Spec:")
    drivers = (obj.get("spec") or {}).get("drivers")
    if drivers is not None:
        writer.line(1, "Drivers:")
    for driver in drivers or ():
        writer.line(2, f"{driver.get('name', '')}:")
        writer.line(3, f"Node ID:\t{driver.get('nodeID', '')}")
        count = (driver.get("allocatable") or {}).get("count")
        if count is not None:
            writer.line(3, "Allocatables:")
            writer.line(4, f"Count:\t{count}")
        if driver.get("topologyKeys") is not None:
            writer.line(3, f"Topology Keys:\t{go_list(driver['topologyKeys'])}")
