"""Tables of volumes and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, annotations_of, is_terminating, name_of
from pyhelm.kube.printers.table import Printer, age, columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_MODES = {"ReadWriteOnce": "RWO", "ReadOnlyMany": "ROX", "ReadWriteMany": "RWX", "ReadWriteOncePod": "RWOP"}
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_LEGACY_CLASS = "volume.beta.kubernetes.io/storage-class"


def access_modes(modes: Iterable[str] | None) -> str:
    """Return access modes in their short forms, always in the same order."""
    given = set(modes or ())
    return ",".join(short for mode, short in _MODES.items() if mode in given)


def storage_class(obj: Object) -> str:
    """Return the storage class of a claim or volume; the old annotation wins, even when it is empty."""
    legacy = annotations_of(obj).get(_LEGACY_CLASS)
    return legacy if legacy is not None else (obj.get("spec") or {}).get("storageClassName") or ""


def _claim(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    bound = bool(spec.get("volumeName"))
    return (
        name_of(obj),
        "Terminating" if is_terminating(obj) else status.get("phase", ""),
        spec.get("volumeName", ""),
        (status.get("capacity") or {}).get("storage", "0") if bound else "",
        access_modes(status.get("accessModes")) if bound else "",
        storage_class(obj),
        spec.get("volumeAttributesClassName") or "<unset>",
        age(obj, now),
        spec.get("volumeMode") or "<unset>",
    )


def _volume(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    claim = spec.get("claimRef")
    return (
        name_of(obj),
        (spec.get("capacity") or {}).get("storage", "0"),
        access_modes(spec.get("accessModes")),
        spec.get("persistentVolumeReclaimPolicy", ""),
        "Terminating" if is_terminating(obj) else status.get("phase", ""),
        f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else "",
        storage_class(obj),
        spec.get("volumeAttributesClassName") or "<unset>",
        status.get("reason", ""),
        age(obj, now),
        spec.get("volumeMode") or "<unset>",
    )


def _storage_class(obj: Object, now: datetime) -> Sequence[Any]:
    name = name_of(obj)
    if annotations_of(obj).get(_DEFAULT_CLASS) == "true":
        name = f"{name} (default)"
    return (
        name,
        obj.get("provisioner", ""),
        obj.get("reclaimPolicy") or "Delete",
        obj.get("volumeBindingMode") or "Immediate",
        bool(obj.get("allowVolumeExpansion")),
        age(obj, now),
    )


PRINTERS = {
    "PersistentVolumeClaim": Printer(
        columns(
            "Name",
            "Status",
            "Volume",
            "Capacity",
            "Access Modes",
            "StorageClass",
            "VolumeAttributesClass",
            "Age",
            wide=("VolumeMode",),
        ),
        _claim,
    ),
    "PersistentVolume": Printer(
        columns(
            "Name",
            "Capacity",
            "Access Modes",
            "Reclaim Policy",
            "Status",
            "Claim",
            "StorageClass",
            "VolumeAttributesClass",
            "Reason",
            "Age",
            wide=("VolumeMode",),
        ),
        _volume,
    ),
    "StorageClass": Printer(
        columns("Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age"),
        _storage_class,
    ),
}
