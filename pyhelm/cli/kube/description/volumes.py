"""Descriptions of volumes: of Pods, of Pod templates and of PersistentVolumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.cli.kube.description.writer import amount, go_list, shorten, yes_no

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.objects import Object

_LONGEST_ATTRIBUTE = 140


@dataclass(frozen=True, slots=True)
class _Fact:
    """A line: its label, and where its value comes from."""

    label: str
    field: str
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)


def _number(value: Any) -> str:
    return str(value or 0)


def _or(default: str) -> Callable[[Any], str]:
    return lambda value: default if value is None else str(value)


def _reference(value: Any) -> str:
    """Return a reference to a Secret as Go prints the structure."""
    if value is None:
        return "nil"
    if "namespace" in value:
        return f"&SecretReference{{Name:{value.get('name', '')},Namespace:{value['namespace']},}}"
    return f"&LocalObjectReference{{Name:{value.get('name', '')},}}"


def _persistent_reference(value: Any) -> str:
    return "nil" if value is None else _reference({"namespace": "", **value})


def _map(value: Any) -> str:
    return f"map[{' '.join(f'{key}:{item}' for key, item in sorted((value or {}).items()))}]"


def _joined(value: Any) -> str:
    return ", ".join(value or ())


def _size_limit(value: Any) -> str:
    shown = amount(value)
    return "<unset>" if shown == "0" or shown.startswith("-") else shown


_FS_TYPE, _READ_ONLY = _Fact("FSType", "fsType"), _Fact("ReadOnly", "readOnly", yes_no)
_SECRET_REF, _PATH = _Fact("SecretRef", "secretRef", _reference), _Fact("Path", "path")
_VOLUME_ID = _Fact("VolumeID", "volumeID")

_SOURCES: dict[str, tuple[str, tuple[_Fact, ...]]] = {
    "hostPath": ("HostPath (bare host directory volume)", (_PATH, _Fact("HostPathType", "type", _or("<none>")))),
    "emptyDir": (
        "EmptyDir (a temporary directory that shares a pod's lifetime)",
        (_Fact("Medium", "medium"), _Fact("SizeLimit", "sizeLimit", _size_limit)),
    ),
    "gcePersistentDisk": (
        "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
        (_Fact("PDName", "pdName"), _FS_TYPE, _Fact("Partition", "partition", _number), _READ_ONLY),
    ),
    "awsElasticBlockStore": (
        "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
        (_VOLUME_ID, _FS_TYPE, _Fact("Partition", "partition", _number), _READ_ONLY),
    ),
    "gitRepo": (
        "GitRepo (a volume that is pulled from git when the pod is created)",
        (_Fact("Repository", "repository"), _Fact("Revision", "revision")),
    ),
    "secret": (
        "Secret (a volume populated by a Secret)",
        (_Fact("SecretName", "secretName"), _Fact("Optional", "optional", yes_no)),
    ),
    "configMap": (
        "ConfigMap (a volume populated by a ConfigMap)",
        (_Fact("Name", "name"), _Fact("Optional", "optional", yes_no)),
    ),
    "nfs": ("NFS (an NFS mount that lasts the lifetime of a pod)", (_Fact("Server", "server"), _PATH, _READ_ONLY)),
    "iscsi": (
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        (
            _Fact("TargetPortal", "targetPortal"),
            _Fact("IQN", "iqn"),
            _Fact("Lun", "lun", _number),
            _Fact("ISCSIInterface", "iscsiInterface"),
            _FS_TYPE,
            _READ_ONLY,
            _Fact("Portals", "portals", go_list),
            _Fact("DiscoveryCHAPAuth", "chapAuthDiscovery", yes_no),
            _Fact("SessionCHAPAuth", "chapAuthSession", yes_no),
            _SECRET_REF,
            _Fact("InitiatorName", "initiatorName", _or("<none>")),
        ),
    ),
    "glusterfs": (
        "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
        (_Fact("EndpointsName", "endpoints"), _PATH, _READ_ONLY),
    ),
    "persistentVolumeClaim": (
        "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
        (_Fact("ClaimName", "claimName"), _READ_ONLY),
    ),
    "ephemeral": (
        "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
        (),
    ),
    "rbd": (
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        (
            _Fact("CephMonitors", "monitors", go_list),
            _Fact("RBDImage", "image"),
            _FS_TYPE,
            _Fact("RBDPool", "pool"),
            _Fact("RadosUser", "user"),
            _Fact("Keyring", "keyring"),
            _SECRET_REF,
            _READ_ONLY,
        ),
    ),
    "quobyte": (
        "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
        (_Fact("Registry", "registry"), _Fact("Volume", "volume"), _READ_ONLY),
    ),
    "downwardAPI": ("DownwardAPI (a volume populated by information about the pod)", ()),
    "azureDisk": (
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        (
            _Fact("DiskName", "diskName"),
            _Fact("DiskURI", "diskURI"),
            _Fact("Kind", "kind"),
            _FS_TYPE,
            _Fact("CachingMode", "cachingMode"),
            _READ_ONLY,
        ),
    ),
    "vsphereVolume": (
        "vSphereVolume (a Persistent Disk resource in vSphere)",
        (_Fact("VolumePath", "volumePath"), _FS_TYPE, _Fact("StoragePolicyName", "storagePolicyName")),
    ),
    "cinder": (
        "Cinder (a Persistent Disk resource in OpenStack)",
        (_VOLUME_ID, _FS_TYPE, _READ_ONLY, _SECRET_REF),
    ),
    "photonPersistentDisk": (
        "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
        (_Fact("PdID", "pdID"), _FS_TYPE),
    ),
    "portworxVolume": ("PortworxVolume (a Portworx Volume resource)", (_VOLUME_ID,)),
    "scaleIO": (
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        (
            _Fact("Gateway", "gateway"),
            _Fact("System", "system"),
            _Fact("Protection Domain", "protectionDomain"),
            _Fact("Storage Pool", "storagePool"),
            _Fact("Storage Mode", "storageMode"),
            _Fact("VolumeName", "volumeName"),
            _FS_TYPE,
            _READ_ONLY,
        ),
    ),
    "local": ("LocalVolume (a persistent volume backed by local storage on a node)", (_PATH,)),
    "cephfs": (
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        (
            _Fact("Monitors", "monitors", go_list),
            _PATH,
            _Fact("User", "user"),
            _Fact("SecretFile", "secretFile"),
            _SECRET_REF,
            _READ_ONLY,
        ),
    ),
    "storageos": (
        "StorageOS (a StorageOS Persistent Disk resource)",
        (_Fact("VolumeName", "volumeName"), _Fact("VolumeNamespace", "volumeNamespace"), _FS_TYPE, _READ_ONLY),
    ),
    "fc": (
        "FC (a Fibre Channel disk)",
        (_Fact("TargetWWNs", "targetWWNs", _joined), _Fact("LUN", "lun", _or("<none>")), _FS_TYPE, _READ_ONLY),
    ),
    "azureFile": (
        "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
        (_Fact("SecretName", "secretName"), _Fact("ShareName", "shareName"), _READ_ONLY),
    ),
    "flexVolume": (
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        (_Fact("Driver", "driver"), _FS_TYPE, _SECRET_REF, _READ_ONLY, _Fact("Options", "options", _map)),
    ),
    "flocker": (
        "Flocker (a Flocker volume mounted by the Flocker agent)",
        (_Fact("DatasetName", "datasetName"), _Fact("DatasetUUID", "datasetUUID")),
    ),
    "projected": ("Projected (a volume that contains injected data from multiple sources)", ()),
    "csi": (
        "CSI (a Container Storage Interface (CSI) volume source)",
        (_Fact("Driver", "driver"), _FS_TYPE, _READ_ONLY),
    ),
    "image": (
        "Image (a container image or OCI artifact)",
        (_Fact("Reference", "reference"), _Fact("PullPolicy", "pullPolicy")),
    ),
}
_PERSISTENT: dict[str, tuple[_Fact, ...]] = {
    "glusterfs": (
        _Fact("EndpointsName", "endpoints"),
        _Fact("EndpointsNamespace", "endpointsNamespace", _or("<unset>")),
        _PATH,
        _READ_ONLY,
    ),
    "azureFile": (
        _Fact("SecretName", "secretName"),
        _Fact("SecretNamespace", "secretNamespace"),
        _Fact("ShareName", "shareName"),
        _READ_ONLY,
    ),
    "csi": (_Fact("Driver", "driver"), _FS_TYPE, _Fact("VolumeHandle", "volumeHandle"), _READ_ONLY),
}
_ODD_LABELS = {"ISCSIInterface": "ISCSIInterface\t", "Kind": "Kind: \t"}
"""Lines that kubectl writes otherwise than ``label: tab``."""


def describe_volumes(writer: Writer, volumes: Sequence[Object] | None, space: str) -> None:
    """Write the volumes of a Pod or template; ``space`` indents the ones of a template."""
    if not volumes:
        writer.line(0, f"{space}Volumes:\t<none>")
        return
    writer.line(0, f"{space}Volumes:")
    for volume in volumes:
        writer.line(1, f"{' ' if space else ''}{volume.get('name', '')}:")
        field = next((field for field in _SOURCES if volume.get(field) is not None), "")
        if field:
            _source(writer, field, volume[field], _SOURCES[field][1])
        else:
            writer.line(1, "<unknown>")


def describe_persistent_source(writer: Writer, spec: Object) -> None:
    """Write where a PersistentVolume's data is."""
    field = next((field for field in _SOURCES if spec.get(field) is not None), "")
    if not field:
        writer.line(1, "<unknown>")
        return
    facts = _PERSISTENT.get(field, _SOURCES[field][1])
    if field == "scaleIO":
        reference = spec[field].get("secretRef") or {}
        extra = {"secretName": reference.get("name", ""), "secretNamespace": reference.get("namespace", "")}
        facts = (
            *facts[:-2],
            _Fact("SecretName", "secretName"),
            _Fact("SecretNamespace", "secretNamespace"),
            *facts[-2:],
        )
        _source(writer, field, {**spec[field], **extra}, facts)
        return
    facts = tuple(
        _Fact(fact.label, fact.field, _persistent_reference) if fact.field == "secretRef" else fact for fact in facts
    )
    _source(writer, field, spec[field], facts)


def _source(writer: Writer, field: str, source: Object, facts: Sequence[_Fact]) -> None:
    writer.line(2, f"Type:\t{_SOURCES[field][0]}")
    for fact in facts:
        label = _ODD_LABELS.get(fact.label, f"{fact.label}:\t")
        # The lines after the first are written in one piece with it, so that no writer indents them further.
        writer.line(2, f"{label}{fact.show(source.get(fact.field))}")
    if field == "projected":
        _projections(writer, source)
    elif field == "downwardAPI":
        writer.line(2, "Items:")
        for item in source.get("items") or ():
            for reference, part in (("fieldRef", "fieldPath"), ("resourceFieldRef", "resource")):
                if item.get(reference) is not None:
                    writer.line(3, f"{item[reference].get(part, '')} -> {item.get('path', '')}")
    elif field == "csi":
        _attributes(writer, source.get("volumeAttributes"))
    elif field == "ephemeral" and source.get("volumeClaimTemplate") is not None:
        from pyhelm.cli.kube.description.storage import describe_claim_fields

        describe_claim_fields(writer.nested(2), source["volumeClaimTemplate"], whole=False)


def _projections(writer: Writer, source: Object) -> None:
    for item in source.get("sources") or ():
        if item.get("secret") is not None:
            secret = item["secret"]
            writer.facts(2, [("SecretName", secret.get("name", "")), ("Optional", yes_no(secret.get("optional")))])
        elif item.get("downwardAPI") is not None:
            writer.line(2, "DownwardAPI:\ttrue")
        elif item.get("configMap") is not None:
            config = item["configMap"]
            writer.facts(2, [("ConfigMapName", config.get("name", "")), ("Optional", yes_no(config.get("optional")))])
        elif item.get("serviceAccountToken") is not None:
            writer.line(2, f"TokenExpirationSeconds:\t{item['serviceAccountToken'].get('expirationSeconds', 0)}")


def _attributes(writer: Writer, attributes: Object | None) -> None:
    writer.write(2, "VolumeAttributes:\t")
    if not attributes:
        writer.line(0, "<none>")
        return
    for position, (key, value) in enumerate(sorted(attributes.items())):
        if position:
            writer.write(2, "")
            writer.write(2, "\t")
        writer.line(2, shorten(f"{key}={value}", _LONGEST_ATTRIBUTE))
