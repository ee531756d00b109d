"""Reading Kubernetes objects, which are plain dictionaries in wire form.

Functions here never fail on missing metadata: absent means empty, as in Go.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Object = dict[str, Any]


class ObjectKey(NamedTuple):
    """Where an object is within its resource; ``namespace`` is empty for cluster-scoped ones."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


def metadata(obj: Object) -> Object:
    """Return the object's metadata, or an empty dictionary that is not attached to it."""
    value = obj.get("metadata")
    return value if isinstance(value, dict) else {}


def name_of(obj: Object) -> str:
    """Return ``metadata.name``."""
    return metadata(obj).get("name") or ""


def namespace_of(obj: Object) -> str:
    """Return ``metadata.namespace``."""
    return metadata(obj).get("namespace") or ""


def uid_of(obj: Object) -> str:
    """Return ``metadata.uid``."""
    return metadata(obj).get("uid") or ""


def key_of(obj: Object) -> ObjectKey:
    """Return the object's key."""
    return ObjectKey(namespace_of(obj), name_of(obj))


def labels_of(obj: Object) -> dict[str, str]:
    """Return ``metadata.labels``."""
    return metadata(obj).get("labels") or {}


def annotations_of(obj: Object) -> dict[str, str]:
    """Return ``metadata.annotations``."""
    return metadata(obj).get("annotations") or {}


def is_terminating(obj: Object) -> bool:
    """Tell whether somebody asked for the object's deletion."""
    return bool(metadata(obj).get("deletionTimestamp"))


def controller_of(obj: Object) -> Object | None:
    """Return the owner reference whose ``controller`` is true (metav1.GetControllerOf)."""
    for reference in metadata(obj).get("ownerReferences") or ():
        if reference.get("controller"):
            owner: Object = reference
            return owner
    return None


def copy_of(value: Any) -> Any:
    """Return a deep copy of a JSON value; several times faster than ``copy.deepcopy``."""
    if isinstance(value, dict):
        return {key: copy_of(inner) if isinstance(inner, dict | list) else inner for key, inner in value.items()}
    if isinstance(value, list):
        return [copy_of(inner) if isinstance(inner, dict | list) else inner for inner in value]
    return value
