"""Patches: what the object becomes, and then the rules of an update (or, for apply, perhaps of a create)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.api import failures
from pyhelm.cluster.api.reading import shown
from pyhelm.cluster.api.trees import taken
from pyhelm.errors import BadRequestError
from pyhelm.kube.client import PatchType
from pyhelm.kube.patches import json_patch, merge_patch, strategic_patch
from pyhelm.kube.schema import Schema

if TYPE_CHECKING:
    from pyhelm.cluster.api.state import State
    from pyhelm.cluster.api.writing import Writer
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource

_STATUS_PARTS = ("apiVersion", "kind", "metadata", "status")


def patch(
    state: State,
    writer: Writer,
    resource: Resource,
    key: ObjectKey,
    patch_type: PatchType,
    body: Any,
    subresource: str,
    options: WriteOptions,
) -> Object:
    """Apply a patch of any type and return a copy of the result."""
    old = state.peek(resource, key)
    if patch_type is PatchType.APPLY:
        from pyhelm.cluster.api.applying import apply

        return apply(state, writer, resource, key, old, body, subresource, options)
    if old is None:
        raise failures.not_found(resource, key.name)
    if subresource == "scale":
        from pyhelm.cluster.api.subresources import scale_of, update_scale

        scale = scale_of(state, resource, old)
        return update_scale(state, writer, resource, merge_patch(scale, body), options)
    if subresource == "status" and patch_type is not PatchType.JSON and isinstance(body, dict):
        # The rest stays the stored object's, whatever the patch says: it need not be copied, merged and compared.
        old_part = {field: old[field] for field in _STATUS_PARTS if field in old}
        new = changed(resource, old_part, patch_type, {field: body[field] for field in _STATUS_PARTS if field in body})
    else:
        new = changed(resource, old, patch_type, body)
    meta = new.get("metadata")
    if not isinstance(meta, dict) or meta.get("name") != key.name or meta.get("namespace", "") != key.namespace:
        name = meta.get("name") if isinstance(meta, dict) else None
        message = f"the name of the object ({name}) does not match the name on the URL ({key.name})"
        raise BadRequestError(message)
    strategy = writer.strategy(resource)
    writer.decode(resource, new, options, body, strategic=patch_type is PatchType.STRATEGIC)
    if subresource != "status":
        strategy.default(new)
    return shown(writer.replace(resource, new, old, subresource, options), resource.api_version)


def changed(resource: Resource, old: Object, patch_type: PatchType, body: Any) -> Object:
    """Return what a JSON, merge or strategic patch makes of the shared object ``old``, which stays as it is."""
    if patch_type is PatchType.JSON:
        return json_patch(shown(old, resource.api_version), body)
    touched = body.get("metadata") if isinstance(body, dict) else None
    if not (isinstance(touched, dict) and "managedFields" in touched):
        # Half of an object is about who owns what; those who track that take it from the stored object.
        old = {**old, "metadata": {key: value for key, value in old["metadata"].items() if key != "managedFields"}}
    base = shown(old, resource.api_version)
    if patch_type is PatchType.MERGE:
        merged: Object = taken(merge_patch(base, body))
        return merged
    return strategic_patch(base, body, Schema.for_resource(resource))
