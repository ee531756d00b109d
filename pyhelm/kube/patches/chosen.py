"""The patch a client should send for a kind: strategic where the kind has merge keys, a merge patch elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.kube.client import PatchType
from pyhelm.kube.patches.merge import create_merge_patch, create_three_way_merge_patch
from pyhelm.kube.patches.strategic import create_three_way, create_two_way
from pyhelm.kube.schema import Schema

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource


def two_way_patch(resource: Resource, original: Object, modified: Object) -> tuple[PatchType, Object]:
    """Return the patch that turns ``original`` into ``modified`` (empty: they are equal), and its type."""
    schema = Schema.for_resource(resource)
    if schema is None:
        return PatchType.MERGE, create_merge_patch(original, modified)
    return PatchType.STRATEGIC, create_two_way(original, modified, schema)


def three_way_patch(
    resource: Resource, original: Object | None, modified: Object, live: Object, *, ignore_live: bool = False
) -> tuple[PatchType, Object]:
    """Return the patch that client-side apply sends (empty: nothing to do), and its type.

    Args:
        resource: Decides the type.
        original: What was applied last; None when that is not known, so that nothing is deleted.
        modified: What is to be applied now.
        live: The object in the cluster.
        ignore_live: Of kinds without merge keys, send only what changed from ``original`` to ``modified``.
    """
    schema = Schema.for_resource(resource)
    if schema is None:
        if ignore_live:
            return PatchType.MERGE, create_merge_patch(original or {}, modified)
        return PatchType.MERGE, create_three_way_merge_patch(original or {}, modified, live)
    return PatchType.STRATEGIC, create_three_way(original or {}, modified, live, schema)
