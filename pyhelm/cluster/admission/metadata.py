"""The rules for metadata, which hold for every kind (apimachinery's ``ValidateObjectMeta`` and its update twin)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import Errors, forbidden, go_quote, invalid, required, too_long
from pyhelm.kube.names import dns_label_errors, label_value_errors, qualified_name_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.kube.objects import Object

ANNOTATIONS_LIMIT = 256 * 1024

IMMUTABLE = "field is immutable"


def validate_labels(labels: dict[str, str], field: str) -> Errors:
    """Check label keys and values."""
    errors: Errors = []
    for key, value in labels.items():
        errors += [invalid(field, key, wrong) for wrong in qualified_name_errors(key)]
        # since 1.34 the value's path names the key
        errors += [invalid(field, value, wrong) for wrong in label_value_errors(value)]
    return errors


def validate_annotations(annotations: dict[str, str], field: str) -> Errors:
    """Check annotation keys and the size of all."""
    errors: Errors = []
    size = 0
    for key, value in annotations.items():
        errors += [invalid(field, key, wrong) for wrong in qualified_name_errors(key.lower())]
        size += len(key.encode()) + len(value.encode())
    if size > ANNOTATIONS_LIMIT:
        errors.append(too_long(field, ANNOTATIONS_LIMIT))
    return errors


def validate_metadata(
    meta: Object, *, namespaced: bool, check_name: Callable[[str], list[str]] | None, field: str = "metadata"
) -> Errors:
    """Check everything in the metadata of a new or changed object.

    Args:
        meta: The object's metadata.
        namespaced: Whether the kind's objects live in namespaces.
        check_name: The kind's rule for names; None when the name was checked before.
        field: The path of the metadata.
    """
    errors: Errors = []
    name = meta.get("name") or ""
    if check_name is not None:
        prefix = meta.get("generateName")
        if prefix:
            # A dash at the end is what generated names replace.
            masked = prefix[:-1] + "a" if len(prefix) > 1 and prefix.endswith("-") else prefix
            errors += [invalid(f"{field}.generateName", prefix, wrong) for wrong in check_name(masked)]
        if not name:
            errors.append(required(f"{field}.name", "name or generateName is required"))
        else:
            errors += [invalid(f"{field}.name", name, wrong) for wrong in check_name(name)]
    namespace = meta.get("namespace") or ""
    if namespaced:
        if not namespace:
            errors.append(required(f"{field}.namespace"))
        else:
            errors += [invalid(f"{field}.namespace", namespace, wrong) for wrong in dns_label_errors(namespace)]
    elif namespace:
        errors.append(forbidden(f"{field}.namespace", "not allowed on this type"))
    if labels := meta.get("labels"):
        errors += validate_labels(labels, f"{field}.labels")
    if annotations := meta.get("annotations"):
        errors += validate_annotations(annotations, f"{field}.annotations")
    if references := meta.get("ownerReferences"):
        errors += _validate_owners(references, f"{field}.ownerReferences")
    if finalizers := meta.get("finalizers"):
        errors += _validate_finalizers(finalizers, f"{field}.finalizers")
    return errors


def validate_metadata_update(new: Object, old: Object, field: str = "metadata") -> Errors:
    """Check what an update may not do to metadata."""
    errors: Errors = []
    if old.get("deletionTimestamp"):
        added = sorted(set(new.get("finalizers") or ()) - set(old.get("finalizers") or ()))
        if added:
            listed = "[]string{" + ", ".join(go_quote(item) for item in added) + "}"
            errors.append(
                forbidden(
                    f"{field}.finalizers",
                    f"no new finalizers can be added if the object is being deleted, found new finalizers {listed}",
                )
            )
    if not new.get("resourceVersion"):
        errors.append(invalid(f"{field}.resourceVersion", "", "must be specified for an update"))
    for name in ("name", "namespace", "uid"):
        errors += validate_immutable(new.get(name) or "", old.get(name) or "", f"{field}.{name}")
    return errors


def validate_immutable(new: Any, old: Any, field: str) -> Errors:
    """Check that a value did not change."""
    return [] if new == old else [invalid(field, new, IMMUTABLE)]


def _validate_owners(references: list[Object], field: str) -> Errors:
    errors: Errors = []
    first = ""
    for reference in references:
        version = reference.get("apiVersion") or ""
        if not version.rpartition("/")[2]:
            errors.append(invalid(f"{field}.apiVersion", version, "version must not be empty"))
        for name in ("kind", "name", "uid"):
            if not reference.get(name):
                errors.append(invalid(f"{field}.{name}", "", "must not be empty"))
        if version == "v1" and reference.get("kind") == "Event":
            errors.append(invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner"))
        if reference.get("controller"):
            current = f"{reference.get('kind')}/{reference.get('name')}"
            if first:
                errors.append(
                    invalid(
                        field,
                        references,
                        "Only one reference can have Controller set to true. "
                        f'Found "true" in references for {first} and {current}',
                    )
                )
            else:
                first = current
    return errors


def _validate_finalizers(finalizers: list[str], field: str) -> Errors:
    errors: Errors = []
    for finalizer in finalizers:
        errors += [invalid(field, finalizer, wrong) for wrong in qualified_name_errors(finalizer)]
    if "orphan" in finalizers and "foregroundDeletion" in finalizers:
        errors.append(invalid(field, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"))
    return errors
