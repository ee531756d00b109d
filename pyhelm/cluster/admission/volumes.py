"""PersistentVolumeClaims and PersistentVolumes: defaults and rules (pkg/apis/core, the storage class plugin)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, FieldError, forbidden, invalid, not_supported, required
from pyhelm.cluster.admission.selectors import validate_selector
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_subdomain_errors
from pyhelm.kube.quantity import parse

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object

_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
_VOLUME_MODES = ("Block", "Filesystem")
_RECLAIM = ("Delete", "Recycle", "Retain")
_DEFAULT_CLASS = ("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class")
_OLD_CLASS = "volume.beta.kubernetes.io/storage-class"


def validate_claim_spec(spec: Object, path: str) -> Errors:
    """Check a claim's spec after defaulting (ValidatePersistentVolumeClaimSpec)."""
    errors: Errors = []
    modes = spec.get("accessModes") or ()
    if not modes:
        errors.append(required(f"{path}.accessModes", "at least 1 access mode is required"))
    if selector := spec.get("selector"):
        errors += validate_selector(selector, f"{path}.selector")
    errors += _modes(modes, f"{path}.accessModes")
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    place = f"{path}.resources[storage]"
    if size is None:
        errors.append(required(place))
    elif parse(size).nanos <= 0:
        errors.append(invalid(place, size, "must be greater than zero"))
    name = spec.get("storageClassName")
    if name:
        errors += [invalid(f"{path}.storageClassName", name, wrong) for wrong in dns_subdomain_errors(name)]
    mode = spec.get("volumeMode")
    if mode is not None and mode not in _VOLUME_MODES:
        errors.append(not_supported(f"{path}.volumeMode", mode, _VOLUME_MODES))
    return errors


def _modes(modes: list[str] | tuple[str, ...], path: str) -> Errors:
    errors = [not_supported(path, mode, _MODES) for mode in modes if mode not in _MODES]
    if "ReadWriteOncePod" in modes and any(mode in _MODES and mode != "ReadWriteOncePod" for mode in modes):
        errors.append(forbidden(path, "may not use ReadWriteOncePod with other access modes"))
    return errors


def _default_claim(obj: Object) -> None:
    obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    status = obj.setdefault("status", {})
    if not status.get("phase"):
        status["phase"] = "Pending"


def _admit_claim(obj: Object, context: Context) -> None:
    """Give a claim that names no class the default one, if there is one (the DefaultStorageClass plugin)."""
    meta, spec = obj["metadata"], obj["spec"]
    if "storageClassName" in spec or _OLD_CLASS in (meta.get("annotations") or {}):
        return
    defaults = [
        found
        for found in context.every("storage.k8s.io/v1", "StorageClass")
        if any((found["metadata"].get("annotations") or {}).get(name) == "true" for name in _DEFAULT_CLASS)
    ]
    if defaults:
        newest = max(defaults, key=lambda found: found["metadata"]["creationTimestamp"])
        spec["storageClassName"] = newest["metadata"]["name"]


def _validate_claim(obj: Object) -> Errors:
    return validate_claim_spec(obj.get("spec") or {}, "spec")


def _update_claim(new: Object, old: Object) -> Errors:
    spec, before = new.get("spec") or {}, old.get("spec") or {}
    errors = validate_claim_spec(spec, "spec")
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage")
    had = ((before.get("resources") or {}).get("requests") or {}).get("storage")
    bound = (old.get("status") or {}).get("phase") == "Bound"
    ignored = {"volumeAttributesClassName"}
    if bound:
        ignored.add("resources")
    if not before.get("volumeName"):
        ignored.add("volumeName")
    if before.get("storageClassName") is None:
        # A class may be given to a claim that was made before there was a default one.
        ignored.add("storageClassName")
    if any(spec.get(name) != before.get(name) for name in {*spec, *before} if name not in ignored):
        errors.append(
            forbidden(
                "spec",
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
                "bound claims",
            )
        )
    elif bound and size and had and parse(size) < parse(had):
        capacity = ((old.get("status") or {}).get("capacity") or {}).get("storage")
        if not capacity or parse(size) <= parse(capacity):
            errors.append(forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"))
    return errors


def _default_volume(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    if not spec.get("persistentVolumeReclaimPolicy"):
        spec["persistentVolumeReclaimPolicy"] = "Retain"
    spec.setdefault("volumeMode", "Filesystem")
    if "hostPath" in spec:
        spec["hostPath"].setdefault("type", "")


def _validate_volume(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors: Errors = []
    modes = spec.get("accessModes") or ()
    if not modes:
        errors.append(required("spec.accessModes"))
    errors += _modes(modes, "spec.accessModes")
    capacity = spec.get("capacity") or {}
    if not capacity:
        errors.append(required("spec.capacity"))
    elif "storage" not in capacity or len(capacity) > 1:
        errors.append(
            FieldError("FieldValueNotSupported", "spec.capacity", 'Unsupported value: supported values: "storage"')
        )
    elif parse(capacity["storage"]).nanos <= 0:
        errors.append(invalid("spec.capacity[storage]", capacity["storage"], "must be greater than zero"))
    policy = spec.get("persistentVolumeReclaimPolicy")
    if policy not in _RECLAIM:
        errors.append(not_supported("spec.persistentVolumeReclaimPolicy", policy, _RECLAIM))
    known = {
        *("capacity", "accessModes", "persistentVolumeReclaimPolicy", "storageClassName", "volumeMode", "claimRef"),
        *("mountOptions", "nodeAffinity", "volumeAttributesClassName"),
    }
    if not any(name not in known for name in spec):
        errors.append(required("spec", "must specify a volume type"))
    return errors


CLAIM = Strategy(
    default=_default_claim,
    admit=_admit_claim,
    validate=_validate_claim,
    validate_update=_update_claim,
    status={"phase": "Pending"},
    answers_object=True,
)
VOLUME = Strategy(
    default=_default_volume,
    validate=_validate_volume,
    validate_update=lambda new, _: _validate_volume(new),
    status={"phase": "Pending"},
    answers_object=True,
)
