"""Who owns which field: server-side apply, and ``metadata.managedFields`` of every other write.

Follows apimachinery's ``managedfields`` and structured-merge-diff's ``merge.Updater``, without conversion between API
versions: sets recorded for another version of the kind are compared by the same paths.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyhelm.errors import ApiError, BadRequestError, ConflictError
from pyhelm.kube import times
from pyhelm.kube.objects import copy_of, name_of, namespace_of
from pyhelm.kube.patches import fieldsets
from pyhelm.kube.patches.json_patch import same_json
from pyhelm.kube.patches.typed import SchemaMismatchError, check, compare, field_set, merge, remove

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from pyhelm.kube.objects import Object
    from pyhelm.kube.patches.fieldsets import FieldSet
    from pyhelm.kube.resources import Resource
    from pyhelm.kube.schema import Schema, Type

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

_APPLY, _UPDATE = "Apply", "Update"
_MAX_UPDATERS = 10
_ANCIENT = "ancient-changes"
_BEFORE_APPLY = "before-first-apply"
_MAX_LAST_APPLIED = 256 * 1024

# Nobody owns what identifies an object.
_STRIPPED = fieldsets.from_paths(
    ("apiVersion",),
    ("kind",),
    ("metadata",),
    *(
        ("metadata", name)
        for name in (
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion",
        )
    ),
)

_NO_METADATA_IN_STATUS = {
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("internal.apiserver.k8s.io", "StorageVersion"),
    ("networking.k8s.io", "ServiceCIDR"),
    ("resource.k8s.io", "DeviceTaintRule"),
    ("resource.k8s.io", "ResourceClaim"),
    ("resource.k8s.io", "ResourcePoolStatusRequest"),
    ("scheduling.k8s.io", "PodGroup"),
    ("storage.k8s.io", "VolumeAttachment"),
    ("storagemigration.k8s.io", "StorageVersionMigration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
}


@dataclass(frozen=True, slots=True)
class Manager:
    """Who writes: what identifies an entry of ``managedFields``."""

    name: str
    operation: str = _UPDATE
    api_version: str = ""
    subresource: str = ""

    def __str__(self) -> str:
        shown = json.dumps(self.name, ensure_ascii=False)
        if self.subresource:
            shown += f' with subresource "{self.subresource}"'
        return f"{shown} using {self.api_version}" if self.operation == _UPDATE else shown


@dataclass(frozen=True, slots=True)
class _Owned:
    fields: FieldSet
    api_version: str
    time: str | None


_Managed = dict[Manager, _Owned]


def track_update(
    live: Object | None,
    new: Object,
    schema: Schema,
    manager: str,
    now: datetime,
    *,
    subresource: str = "",
    reset: FieldSet | None = None,
) -> Object:
    """Return ``new`` with its ``managedFields`` brought up to date after a create, update or patch.

    Args:
        live: The stored object; None when ``new`` is being created.
        new: The object as it is about to be stored, defaults and all. It is not changed, but shares its values with
            the result.
        schema: Of its kind.
        manager: The field manager's name.
        now: When it is written.
        subresource: Through which subresource, if any.
        reset: Fields that this endpoint ignores (``reset_fields``).
    """
    managed = _managed_before(live, new, ignore_new=bool(subresource))
    if live is not None and not managed:
        return _with_managed(new, [])
    before = _bare(live) if live is not None else schema.empty()
    after = _bare(new)
    who = Manager(manager or "unknown", _UPDATE, schema.api_version, subresource)
    try:
        managed = _update(before, after, schema.root, managed, who, now, reset)
    except SchemaMismatchError:
        return _with_managed(new, [])
    return _with_managed(new, _encode(_capped(managed)))


def server_side_apply(
    live: Object | None,
    applied: Object,
    schema: Schema,
    manager: str,
    now: datetime,
    *,
    force: bool = False,
    subresource: str = "",
    reset: FieldSet | None = None,
    normalise: Callable[[Object], Object] | None = None,
) -> Object:
    """Return the object that an apply patch makes of ``live`` (None: it does not exist yet).

    Args:
        live: The stored object.
        applied: The patch: an object with the fields the manager wants.
        schema: Of its kind.
        manager: The field manager's name.
        now: When it is written.
        force: Take over the fields that others own.
        subresource: Through which subresource, if any.
        reset: Fields that this endpoint ignores (``reset_fields``).
        normalise: Sets defaults and drops what is not stored, as the API server does with the merged object.

    Raises:
        ConflictError: Others own fields with other values; ``details.causes`` lists them.
        BadRequestError: The patch is of another kind or brings its own ``managedFields``.
        ApiError: The patch does not fit the schema.
    """
    _check_applied(applied, schema)
    managed = _decode(live)
    if live is not None and not managed:
        first = Manager(_BEFORE_APPLY, _UPDATE, schema.api_version, subresource)
        managed = _update({}, _bare(live), schema.root, {}, first, now, reset)
    base = _bare(live) if live is not None else {"apiVersion": schema.api_version, "kind": schema.kind}
    who = Manager(manager or "unknown", _APPLY, "", subresource)
    try:
        new, managed = _apply(base, applied, schema, managed, who, force=force, reset=reset)
    except _Conflicts as conflicts:
        left = conflicts.conflicts
        if manager == "kubectl" and live is not None:
            left = _not_last_applied(left, base, schema)
        if left:
            raise _conflict_error(left) from None
        new, managed = _apply(base, applied, schema, managed, who, force=True, reset=reset)
    if new is None:
        new = copy_of(base)
    elif who in managed:
        managed[who] = replace(managed[who], time=times.format_seconds(now))
    if manager == "kubectl":
        _refresh_last_applied(new, applied)
    if normalise is not None:
        new = normalise(new)
    return _with_managed(new, _encode(managed))


def track_scale(
    live: Object, new: Object, schema: Schema, manager: str, path: Iterable[str] = ("spec", "replicas")
) -> Object:
    """Return ``new`` after a write to the ``scale`` subresource: its writer takes the replica count from all others.

    Args:
        live: The object before.
        new: The object with its new count.
        schema: Of its kind.
        manager: The field manager's name.
        path: Where the count is (``specReplicasPath`` of a custom resource).
    """
    place = tuple(fieldsets.field_step(name) for name in path)
    if _value_at(live, path) == _value_at(new, path):
        return _with_managed(new, _encode(_decode(live)))
    count: FieldSet = {}
    fieldsets.insert(count, place)
    managed: _Managed = {}
    for who, owned in _decode(live).items():
        fields = fieldsets.difference(owned.fields, count) if fieldsets.has(owned.fields, place) else owned.fields
        if fields:
            managed[who] = replace(owned, fields=fields)
    who = Manager(manager or "unknown", _UPDATE, schema.api_version, "scale")
    managed[who] = _Owned(count, schema.api_version, None)
    return _with_managed(new, _encode(managed))


def reset_fields(resource: Resource, subresource: str = "", *, custom: bool = False) -> FieldSet:
    """Return what an endpoint ignores: ``status`` for the main one, ``spec`` (and more) for ``status``."""
    if "status" not in resource.subresources:
        return {}
    if not subresource:
        return fieldsets.from_paths(("status",))
    if subresource != "status":
        return {}
    identity = (resource.group, resource.kind)
    if custom or identity in _NO_METADATA_IN_STATUS:
        return fieldsets.from_paths(("spec",), ("metadata",))
    if identity == ("apps", "Deployment"):
        return fieldsets.from_paths(("spec",), ("metadata", "labels"))
    if identity == ("", "Pod"):
        return fieldsets.from_paths(("spec",), ("metadata", "deletionTimestamp"), ("metadata", "ownerReferences"))
    return fieldsets.from_paths(("spec",))


# --- the updater ------------------------------------------------------------------------------------------------------


class _Conflicts(Exception):  # noqa: N818 - a collection on its way to becoming an error
    def __init__(self, conflicts: dict[Manager, FieldSet]) -> None:
        super().__init__(conflicts)
        self.conflicts = conflicts


def _update(
    before: Object,
    after: Object,
    shape: Type,
    managed: _Managed,
    who: Manager,
    now: datetime,
    reset: FieldSet | None,
) -> _Managed:
    """Give ``who`` what it changed and take it from the others (merge.Updater.Update, managedFieldsUpdater)."""
    removed, modified, added = (fieldsets.without(part, reset or {}) for part in compare(before, after, shape))
    changed = fieldsets.union(modified, added)
    gone = fieldsets.union(changed, removed)
    left: _Managed = {}
    for other, owned in managed.items():
        fields = fieldsets.difference(owned.fields, gone)
        if fields:
            left[other] = owned if fields == owned.fields else replace(owned, fields=fields)
    mine = fieldsets.difference(changed, _STRIPPED)
    if mine:
        previous = left[who].fields if who in left else {}
        left[who] = _Owned(fieldsets.union(mine, previous), who.api_version, times.format_seconds(now))
    return left


def _apply(
    base: Object,
    applied: Object,
    schema: Schema,
    managed: _Managed,
    who: Manager,
    *,
    force: bool,
    reset: FieldSet | None,
) -> tuple[Object | None, _Managed]:
    """Return the new object, None if nothing changed, and who owns what then (merge.Updater.Apply)."""
    shape = schema.root
    merged = merge(base, applied, shape)
    last = managed.get(who)
    fields = fieldsets.without(field_set(applied, shape), reset or {})
    managed = {**managed, who: _Owned(fields, schema.api_version, last.time if last else None)}
    new = _prune(merged, managed, last.fields, shape) if last and last.fields else merged
    removed, modified, added = (fieldsets.without(part, reset or {}) for part in compare(base, new, shape))
    changed = fieldsets.union(modified, added)
    conflicts: dict[Manager, FieldSet] = {}
    for other, owned in managed.items():
        if other != who:
            conflict = fieldsets.intersection(owned.fields, changed)
            if conflict:
                conflicts[other] = conflict
    if conflicts and not force:
        raise _Conflicts(conflicts)
    left: _Managed = {}
    for other, owned in managed.items():
        kept = owned.fields
        if other != who:
            kept = fieldsets.difference(fieldsets.difference(kept, conflicts.get(other, {})), removed)
        else:
            kept = fieldsets.difference(kept, _STRIPPED)
        if kept:
            left[other] = owned if kept == owned.fields else replace(owned, fields=kept)
    return (None if same_json(base, new) else new), left


def _prune(merged: Object, managed: _Managed, last: FieldSet, shape: Type) -> Object:
    """Remove what the manager applied before, does not apply now, and nobody else owns (merge.Updater.prune)."""
    last = fieldsets.with_named_fields(last, shape)
    pruned = remove(merged, last, shape)
    everybody: FieldSet = {}
    for owned in managed.values():
        everybody = fieldsets.union(everybody, owned.fields)
    have = fieldsets.with_named_fields(field_set(merged, shape), shape)
    keep = fieldsets.union(
        fieldsets.with_named_fields(field_set(pruned, shape), shape), fieldsets.with_named_fields(everybody, shape)
    )
    pruned = remove(merged, fieldsets.difference(have, keep), shape)
    # What was never applied by this manager stays, even if removing its parent took it along.
    still = fieldsets.with_named_fields(field_set(pruned, shape), shape)
    return remove(merged, fieldsets.intersection(fieldsets.difference(have, still), last), shape)


def _check_applied(applied: Object, schema: Schema) -> None:
    api_version, kind = applied.get("apiVersion") or "", applied.get("kind") or ""
    if (api_version, kind) != (schema.api_version, schema.kind):
        message = f"invalid object type: {api_version}, Kind={kind}"
        raise BadRequestError(message)
    metadata = applied.get("metadata")
    if isinstance(metadata, dict) and metadata.get("managedFields") is not None:
        message = "metadata.managedFields must be nil"
        raise BadRequestError(message)
    try:
        check(applied, schema.root)
    except SchemaMismatchError as complaint:
        place = f"{namespace_of(applied)}/{name_of(applied)}; {api_version}, Kind={kind}"
        error = ApiError(f"failed to create typed patch object ({place}): {complaint}")
        error.reason = ""
        raise error from None


def _conflict_error(conflicts: dict[Manager, FieldSet]) -> ConflictError:
    found = [(str(who), fieldsets.show(path)) for who, fields in conflicts.items() for path in fieldsets.paths(fields)]
    found.sort(key=lambda entry: entry[0])
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {who}", "field": path} for who, path in found
    ]
    if len(found) == 1:
        message = f"Apply failed with 1 conflict: conflict with {found[0][0]}: {found[0][1]}"
    else:
        lines: list[str] = []
        for position, (who, path) in enumerate(found):
            if position == 0 or found[position - 1][0] != who:
                lines.append(f"conflicts with {who}:")
            lines.append(f"- {path}")
        message = f"Apply failed with {len(found)} conflicts: " + "\n".join(lines)
    return ConflictError(message, details={"causes": causes})


# --- kubectl's annotation ---------------------------------------------------------------------------------------------


def _not_last_applied(conflicts: dict[Manager, FieldSet], base: Object, schema: Schema) -> dict[Manager, FieldSet]:
    """Return the conflicts that client-side apply did not cause.

    ``kubectl apply --server-side`` after ``kubectl apply`` may take the fields that the last-applied annotation says
    are kubectl's and that nobody changed since (lastAppliedManager).
    """
    text = ((base.get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED)
    try:
        last = json.loads(text or "")
        if last.get("apiVersion") != schema.api_version:
            return conflicts
        check(last, schema.root)
        allowed = field_set(last, schema.root)
        for part in compare(last, base, schema.root):
            allowed = fieldsets.difference(allowed, part)
    except (ValueError, AttributeError):
        return conflicts
    left = {who: fieldsets.difference(fields, allowed) for who, fields in conflicts.items()}
    return {who: fields for who, fields in left.items() if fields}


def _refresh_last_applied(new: Object, applied: Object) -> None:
    annotations = (new.get("metadata") or {}).get("annotations") or {}
    if not annotations.get(LAST_APPLIED):
        return
    wanted = copy_of(applied)
    metadata = wanted.get("metadata") or {}
    if isinstance(metadata.get("annotations"), dict):
        metadata["annotations"].pop(LAST_APPLIED, None)
        if not metadata["annotations"]:
            del metadata["annotations"]
    annotations[LAST_APPLIED] = encode_compact(wanted) + "\n"
    if sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items()) > _MAX_LAST_APPLIED:
        del annotations[LAST_APPLIED]


def encode_compact(value: Any) -> str:
    """Return JSON as Go's encoder writes maps: sorted, compact, with ``<``, ``>`` and ``&`` escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        if character in text:
            text = text.replace(character, f"\\u{ord(character):04x}")
    return text


# --- the wire form ----------------------------------------------------------------------------------------------------


def _managed_before(live: Object | None, new: Object, *, ignore_new: bool) -> _Managed:
    """Return the entries to start from: the new object's, if it brings any (decodeLiveOrNew)."""
    given = (new.get("metadata") or {}).get("managedFields")
    if not ignore_new and given is not None:
        if given in ([], [{}]):
            return {}
        managed = _decode(new)
        if managed:
            return managed
    return _decode(live)


def _decode(obj: Object | None) -> _Managed:
    managed: _Managed = {}
    for entry in ((obj or {}).get("metadata") or {}).get("managedFields") or ():
        operation, version = entry.get("operation"), entry.get("apiVersion")
        if operation not in {_APPLY, _UPDATE} or not version or entry.get("fieldsType") != "FieldsV1":
            return {}
        who = Manager(
            entry.get("manager") or "",
            operation,
            version if operation == _UPDATE else "",
            entry.get("subresource") or "",
        )
        managed[who] = _Owned(entry.get("fieldsV1") or {}, version, entry.get("time"))
    return managed


def _encode(managed: _Managed) -> list[Object]:
    entries: list[Object] = []
    for who, owned in managed.items():
        entry: Object = {"manager": who.name, "operation": who.operation, "apiVersion": owned.api_version}
        if owned.time:
            entry["time"] = owned.time
        entry |= {"fieldsType": "FieldsV1", "fieldsV1": fieldsets.in_order(owned.fields)}
        if who.subresource:
            entry["subresource"] = who.subresource
        entries.append(entry)
    entries.sort(key=_entry_order)
    return entries


def _entry_order(entry: Object) -> tuple[str, str, str, str, str]:
    time = entry.get("time") or ""
    return entry["operation"], time, entry["manager"], entry["apiVersion"], entry.get("subresource") or ""


def _capped(managed: _Managed) -> _Managed:
    """Join the oldest updaters of a version into one once there are more than ten (capManagersManager)."""
    updaters = [who for who in managed if who.operation == _UPDATE]
    excess = len(updaters) - _MAX_UPDATERS
    if excess <= 0:
        return managed
    updaters.sort(key=lambda who: (managed[who].time or "", who.name, who.api_version, who.subresource))
    managed = dict(managed)
    first_of: dict[str, Manager] = {}
    for who in updaters:
        if excess <= 0:
            break
        owned = managed[who]
        first = first_of.setdefault(owned.api_version, who)
        if first == who:
            continue
        bucket = Manager(_ANCIENT, _UPDATE, owned.api_version)
        if bucket not in managed:
            managed[bucket] = managed.pop(first)
        managed[bucket] = _Owned(fieldsets.union(owned.fields, managed[bucket].fields), owned.api_version, owned.time)
        managed.pop(who, None)
        excess -= 1
    return managed


def _bare(obj: Object) -> Object:
    """Return the object without its ``managedFields``; everything else is shared."""
    metadata = obj.get("metadata")
    if isinstance(metadata, dict) and "managedFields" in metadata:
        return {**obj, "metadata": {key: value for key, value in metadata.items() if key != "managedFields"}}
    return obj


def _with_managed(obj: Object, entries: list[Object]) -> Object:
    bare = _bare(obj)
    if not entries:
        return bare
    return {**bare, "metadata": {**(bare.get("metadata") or {}), "managedFields": entries}}


def _value_at(obj: Any, path: Iterable[str]) -> Any:
    for name in path:
        if not isinstance(obj, dict):
            return None
        obj = obj.get(name)
    return obj
