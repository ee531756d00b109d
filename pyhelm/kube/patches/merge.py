"""JSON merge patch (RFC 7386), and the diff that makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import copy_of
from pyhelm.kube.patches.json_patch import same_json, undecodable

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object


def merge_patch(target: Object, patch: Any) -> Object:
    """Return ``target`` changed by a merge patch; both arguments stay as they are.

    Raises:
        BadRequestError: The patch is no object.
    """
    if not isinstance(patch, dict):
        undecodable(patch, "Go value of type map[string]interface {}")
    return _merge(target, patch)


def create_merge_patch(original: Object, modified: Object) -> Object:
    """Return the merge patch that turns ``original`` into ``modified`` (jsonpatch.CreateMergePatch)."""
    patch: Object = {}
    for key, value in modified.items():
        if key not in original:
            patch[key] = copy_of(value)
            continue
        before = original[key]
        if isinstance(before, dict) and isinstance(value, dict):
            if inner := create_merge_patch(before, value):
                patch[key] = inner
        elif not same_json(before, value):
            patch[key] = copy_of(value)
    patch |= {key: None for key in original if key not in modified}
    return patch


def create_three_way_merge_patch(original: Object, modified: Object, current: Object) -> Object:
    """Return what ``kubectl apply`` sends for a custom resource (jsonmergepatch.CreateThreeWayJSONMergePatch).

    Additions and changes come from ``current`` → ``modified``, deletions from ``original`` → ``modified``.
    """
    changes = _keep(create_merge_patch(current, modified), nulls=False)
    deletions = _keep(create_merge_patch(original, modified), nulls=True)
    return _combine(deletions or {}, changes or {})


def _merge(target: Any, patch: dict[str, Any]) -> Object:
    merged: Object = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(merged.get(key), dict):
            merged[key] = _merge(merged[key], value)
        elif isinstance(value, list) and isinstance(merged.get(key), dict):
            merged[key] = copy_of(value)  # the one case in which the server's library leaves nulls alone
        else:
            merged[key] = _without_nulls(value)
    return {key: value if key in patch else copy_of(value) for key, value in merged.items()}


def _without_nulls(value: Any) -> Any:
    """Return a copy of a new value without null fields, those in lists included; null list items stay."""
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_without_nulls(inner) for inner in value]
    return value


def _keep(patch: Object, *, nulls: bool) -> Object | None:
    """Return only the deletions of a merge patch, or only the rest (jsonmergepatch.keepOrDeleteNullInObj)."""
    kept: Object = {}
    for key, value in patch.items():
        if isinstance(value, dict):
            inner = _keep(value, nulls=nulls)
            if inner or (not nulls and not value):
                kept[key] = inner or {}
        elif (value is None) is nulls:
            kept[key] = value
    return kept


def _combine(left: Object, right: Object) -> Object:
    combined = dict(left)
    for key, value in right.items():
        before = combined.get(key)
        combined[key] = _combine(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return combined
