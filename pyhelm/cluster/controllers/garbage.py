"""Collect what lost its owners, and carry out Foreground and Orphan deletions (pkg/controller/garbagecollector).

A key names any object: ``apiVersion|kind|name`` in its namespace. Background deletion is nothing but an owner that is
gone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import MANAGER, ignore_missing
from pyhelm.errors import NotFoundError
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation
from pyhelm.kube.objects import ObjectKey, is_terminating, key_of, metadata, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"


def _key(resource: Resource, obj: Object) -> ObjectKey:
    name = f"{resource.api_version}|{resource.kind}|{metadata(obj)['name']}"
    return ObjectKey(namespace_of(obj), name)


def _finalizers(obj: Object) -> Sequence[str]:
    found: Sequence[str] = metadata(obj).get("finalizers") or ()
    return found


def _waits(obj: Object) -> bool:
    """Tell whether an owner waits for its dependents to go."""
    return is_terminating(obj) and FOREGROUND in _finalizers(obj)


class GarbageCollector:
    """The garbage collector."""

    name = "garbage-collector"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._catalog = context.client.catalog

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(None, self._when_changed),)

    def keys(self) -> Iterable[ObjectKey]:
        seen = set()
        for resource in self._catalog.all():
            if (resource.group, resource.kind) in seen:
                continue
            seen.add((resource.group, resource.kind))
            for obj in self._lister.scan(resource):
                if is_terminating(obj) or metadata(obj).get("ownerReferences"):
                    yield _key(resource, obj)

    def _when_changed(self, change: Change) -> Sequence[ObjectKey]:
        obj = change.object
        references = metadata(obj).get("ownerReferences")
        if change.new is None:
            # Its dependents lost an owner; its own owners may wait for it.
            found = [_key(resource, dependent) for resource, dependent in self._lister.owned_by(uid_of(obj))]
            if references:
                found.extend(self._waiting_owners(obj))
            return found
        if is_terminating(obj):
            marks = _finalizers(obj)
            if FOREGROUND in marks or ORPHAN in marks:
                return (_key(change.resource, obj),)
        elif references and (change.old is None or metadata(change.old).get("ownerReferences") != references):
            states = [self._owner(obj, reference) for reference in references]
            if any(owner is None or _waits(owner) for owner in states):
                return (_key(change.resource, obj),)
        if change.old is not None and metadata(change.old).get("ownerReferences") != references:
            # An owner that waited for this one may be free now.
            return self._waiting_owners(change.old)
        return ()

    def _waiting_owners(self, obj: Object) -> list[ObjectKey]:
        found = []
        for reference in metadata(obj).get("ownerReferences") or ():
            owner = self._owner(obj, reference)
            if owner is not None and _waits(owner):
                found.append(_key(self._resource(reference), owner))
        return found

    def _resource(self, reference: Object) -> Resource:
        return self._catalog.for_kind(reference.get("apiVersion", ""), reference.get("kind", ""))

    def _owner(self, obj: Object, reference: Object) -> Object | None:
        """Return the owner that a reference means, None when it is gone (or another took its name)."""
        try:
            resource = self._resource(reference)
        except NotFoundError:
            return None
        namespace = namespace_of(obj) if resource.namespaced else ""
        owner = self._lister.peek(resource, ObjectKey(namespace, reference.get("name", "")))
        return owner if owner is not None and uid_of(owner) == reference.get("uid") else None

    def reconcile(self, key: ObjectKey) -> Result:
        api_version, kind, name = key.name.split("|", 2)
        try:
            resource = self._catalog.for_kind(api_version, kind)
        except NotFoundError:
            return DONE
        obj = self._lister.peek(resource, ObjectKey(key.namespace, name))
        if obj is None:
            return DONE
        if is_terminating(obj):
            if ORPHAN in _finalizers(obj):
                self._orphan(resource, obj)
            elif FOREGROUND in _finalizers(obj):
                self._foreground(resource, obj)
            return DONE
        self._collect(resource, obj)
        return DONE

    def _collect(self, resource: Resource, obj: Object) -> None:
        """Delete what has no owner left; or strip references to owners that are gone (attemptToDeleteItem)."""
        references = metadata(obj).get("ownerReferences") or []
        if not references:
            return
        solid, dangling, waiting = [], [], []
        for reference in references:
            owner_resource = self._known(reference)
            if owner_resource is None or (owner_resource.namespaced and not resource.namespaced):
                # Unknown kinds, and namespaced owners of cluster-scoped objects, prove nothing.
                solid.append(reference)
                continue
            owner = self._owner(obj, reference)
            if owner is None:
                dangling.append(reference)
            elif _waits(owner):
                waiting.append(reference)
            else:
                solid.append(reference)
        if solid:
            if dangling or waiting:
                lost = [reference["uid"] for reference in [*dangling, *waiting]]
                self._strip(resource, obj, lost)
            return
        if waiting and next(iter(self._lister.owned_by(uid_of(obj))), None) is not None:
            propagation = Propagation.FOREGROUND
        elif ORPHAN in _finalizers(obj):
            propagation = Propagation.ORPHAN
        elif FOREGROUND in _finalizers(obj):
            propagation = Propagation.FOREGROUND
        else:
            propagation = Propagation.BACKGROUND
        options = DeleteOptions(propagation=propagation, uid=uid_of(obj))
        ignore_missing(lambda: self._client.delete(resource, key_of(obj), options))

    def _known(self, reference: Object) -> Resource | None:
        try:
            return self._resource(reference)
        except NotFoundError:
            return None

    def _foreground(self, resource: Resource, obj: Object) -> None:
        """Delete dependents; let the owner go when none blocks it (processDeletingDependentsItem)."""
        uid = uid_of(obj)
        blocking = []
        for dependent_resource, dependent in self._lister.owned_by(uid):
            reference = next(item for item in metadata(dependent)["ownerReferences"] if item.get("uid") == uid)
            if reference.get("blockOwnerDeletion"):
                blocking.append(dependent)
            if not is_terminating(dependent):
                self._collect(dependent_resource, dependent)
        left = [item for item in blocking if self._still_blocks(item, uid)]
        if not left:
            self._remove_finalizer(resource, obj, FOREGROUND)

    def _still_blocks(self, dependent: Object, uid: str) -> bool:
        return any(uid_of(item) == uid_of(dependent) for _, item in self._lister.owned_by(uid))

    def _orphan(self, resource: Resource, obj: Object) -> None:
        """Take the owner off its dependents, then let it go (attemptToOrphanWorker)."""
        uid = uid_of(obj)
        for dependent_resource, dependent in list(self._lister.owned_by(uid)):
            self._strip(dependent_resource, dependent, [uid])
        self._remove_finalizer(resource, obj, ORPHAN)

    def _strip(self, resource: Resource, obj: Object, uids: Sequence[str]) -> None:
        kept = [item for item in metadata(obj).get("ownerReferences") or () if item.get("uid") not in uids]
        body = {"metadata": {"uid": uid_of(obj), "ownerReferences": kept or None}}
        ignore_missing(lambda: self._client.patch(resource, key_of(obj), PatchType.MERGE, body, options=MANAGER))

    def _remove_finalizer(self, resource: Resource, obj: Object, finalizer: str) -> None:
        fresh = self._lister.peek(resource, key_of(obj))
        if fresh is None or uid_of(fresh) != uid_of(obj) or finalizer not in _finalizers(fresh):
            return
        kept = [item for item in _finalizers(fresh) if item != finalizer]
        body = {"metadata": {"resourceVersion": metadata(fresh)["resourceVersion"], "finalizers": kept or None}}
        try:
            self._client.patch(resource, key_of(fresh), PatchType.MERGE, body, options=MANAGER)
        except NotFoundError:
            return
