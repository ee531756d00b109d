"""Server-side apply: the merge is ``kube.patches``'; what follows is a create or an update like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import required
from pyhelm.cluster.api import failures
from pyhelm.cluster.api.reading import shown
from pyhelm.cluster.api.trees import copied, taken
from pyhelm.errors import BadRequestError
from pyhelm.kube.patches import server_side_apply

if TYPE_CHECKING:
    from pyhelm.cluster.api.state import State
    from pyhelm.cluster.api.writing import Writer
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource


def apply(
    state: State,
    writer: Writer,
    resource: Resource,
    key: ObjectKey,
    old: Object | None,
    body: Any,
    subresource: str,
    options: WriteOptions,
) -> Object:
    """Apply ``body`` to the object at ``key`` (None: there is none yet) and return a copy of the result."""
    if not options.field_manager:
        error = required("fieldManager", "is required for apply patch")
        raise failures.invalid("meta.k8s.io", "PatchOptions", "", [error])
    if not isinstance(body, dict):
        message = "error decoding YAML: the patch is no object"
        raise BadRequestError(message)
    if old is None and subresource:
        raise failures.not_found(resource, key.name)
    wanted = _placed(key, taken(body))
    meta = wanted["metadata"]
    version = meta.get("resourceVersion")
    if old is not None and version and version != "0" and version != old["metadata"]["resourceVersion"]:
        raise failures.conflict(resource, key.name)
    uid = meta.get("uid")
    if old is None and uid:
        raise failures.conflict(
            resource,
            key.name,
            f"uid mismatch: the provided object specified uid {uid}, and no existing object was found",
        )
    strategy = writer.strategy(resource)
    schema = writer.schemas.of(resource)
    if schema is None:
        raise failures.method_not_allowed(resource)

    def normalise(obj: Object) -> Object:
        # The merged object shares parts with the stored one.
        obj = copied(obj)
        writer.decode(resource, obj, options)
        if subresource != "status":
            strategy.default(obj)
        return obj

    new = server_side_apply(
        old,
        wanted,
        schema,
        options.field_manager,
        state.clock.now(),
        force=options.force,
        subresource=subresource,
        reset=writer.schemas.reset(resource, subresource),
        normalise=normalise,
    )
    managed = copied(new["metadata"].get("managedFields") or [])
    if resource.namespaced:
        new["metadata"]["namespace"] = key.namespace
    if old is None:
        new["metadata"].pop("managedFields", None)
        new["metadata"].pop("resourceVersion", None)
        made = writer.finish_create(resource, new, strategy, options, managed=managed)
    else:
        made = writer.replace(resource, new, old, subresource, options, managed=managed)
    return shown(made, resource.api_version)


def _placed(key: ObjectKey, wanted: Object) -> Object:
    """Give an applied object the name and namespace it is applied to."""
    meta = wanted.setdefault("metadata", {})
    if not isinstance(meta, dict):
        message = "metadata must be an object"
        raise BadRequestError(message)
    if meta.get("name") and meta["name"] != key.name:
        message = f"the name of the object ({meta['name']}) does not match the name on the URL ({key.name})"
        raise BadRequestError(message)
    meta["name"] = key.name
    if meta.get("namespace") and meta["namespace"] != key.namespace:
        message = "the namespace of the provided object does not match the namespace sent on the request"
        raise BadRequestError(message)
    return wanted
