"""Storage classes and drivers (pkg/apis/storage)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, forbidden, not_supported, required
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_DRIVER = {
    "attachRequired": True,
    "podInfoOnMount": False,
    "storageCapacity": False,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "requiresRepublish": False,
    "seLinuxMount": False,
}


def _default_class(obj: Object) -> None:
    obj.setdefault("reclaimPolicy", "Delete")
    obj.setdefault("volumeBindingMode", "Immediate")


def _validate_class(obj: Object) -> Errors:
    errors: Errors = []
    if not obj.get("provisioner"):
        errors.append(required("provisioner"))
    if obj.get("reclaimPolicy") not in {"Delete", "Retain"}:
        errors.append(not_supported("reclaimPolicy", obj.get("reclaimPolicy"), ("Delete", "Retain")))
    mode = obj.get("volumeBindingMode")
    if mode not in {"Immediate", "WaitForFirstConsumer"}:
        errors.append(not_supported("volumeBindingMode", mode, ("Immediate", "WaitForFirstConsumer")))
    return errors


def _update_class(new: Object, old: Object) -> Errors:
    errors: Errors = []
    if (new.get("parameters") or {}) != (old.get("parameters") or {}):
        errors.append(forbidden("parameters", "updates to parameters are forbidden."))
    if new.get("provisioner") != old.get("provisioner"):
        errors.append(forbidden("provisioner", "updates to provisioner are forbidden."))
    if new.get("reclaimPolicy") != old.get("reclaimPolicy"):
        errors.append(forbidden("reclaimPolicy", "updates to reclaimPolicy are forbidden."))
    return errors + validate_immutable(new.get("volumeBindingMode"), old.get("volumeBindingMode"), "volumeBindingMode")


def _default_driver(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    for field, value in _DRIVER.items():
        spec.setdefault(field, value)
    if not spec.get("volumeLifecycleModes"):
        spec["volumeLifecycleModes"] = ["Persistent"]


STRATEGIES = {
    "StorageClass": Strategy(
        default=_default_class, validate=_validate_class, validate_update=_update_class, answers_object=True
    ),
    "CSIDriver": Strategy(default=_default_driver, answers_object=True),
    "CSINode": Strategy(answers_object=True),
    "VolumeAttachment": Strategy(answers_object=True),
}
