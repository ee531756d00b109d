"""One entry for every patch type, with field tracking: what an API server does with a PATCH before it validates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.client import PatchType
from pyhelm.kube.patches.apply import server_side_apply, track_update
from pyhelm.kube.patches.json_patch import json_patch
from pyhelm.kube.patches.merge import merge_patch
from pyhelm.kube.patches.strategic import strategic_patch

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from pyhelm.kube.objects import Object
    from pyhelm.kube.patches.fieldsets import FieldSet
    from pyhelm.kube.schema import Schema


def apply_patch(
    live: Object | None,
    patch_type: PatchType,
    body: Any,
    schema: Schema,
    manager: str,
    now: datetime,
    *,
    force: bool = False,
    subresource: str = "",
    reset: FieldSet | None = None,
    normalise: Callable[[Object], Object] | None = None,
) -> Object:
    """Return the object that a patch makes of ``live``, with ``managedFields``; ``live`` stays as it is.

    Args:
        live: The stored object; None only for an apply patch that creates it.
        patch_type: What ``body`` is.
        body: The patch as parsed JSON.
        schema: Of the object's kind.
        manager: The field manager's name.
        now: When it is written.
        force: Apply patches only: take over the fields that others own.
        subresource: Through which subresource, if any.
        reset: Fields that this endpoint ignores (``reset_fields``).
        normalise: Sets defaults and drops what is not stored; called on the patched object before its fields are
            tracked, so that defaults are owned by whoever caused them.

    Raises:
        ApiError: As the API server answers, by subclass.
    """
    if patch_type is PatchType.APPLY:
        return server_side_apply(
            live, body, schema, manager, now, force=force, subresource=subresource, reset=reset, normalise=normalise
        )
    target = live or {}
    match patch_type:
        case PatchType.JSON:
            patched = json_patch(target, body)
        case PatchType.MERGE:
            patched = merge_patch(target, body)
        case _:
            patched = strategic_patch(target, body, schema)
    if normalise is not None:
        patched = normalise(patched)
    return track_update(live, patched, schema, manager, now, subresource=subresource, reset=reset)
