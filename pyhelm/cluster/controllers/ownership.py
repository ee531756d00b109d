"""Who controls what: adoption and release by selector, owner references, and an index of what nobody controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm.cluster.controllers import selection
from pyhelm.errors import InvalidError, NotFoundError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import ObjectKey, controller_of, is_terminating, key_of, labels_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Lister
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

MANAGER = WriteOptions(field_manager="kube-controller-manager")
"""What controllers write with."""


def controller_reference(owner: Object) -> Object:
    """Return the owner reference that makes ``owner`` the controller (metav1.NewControllerRef)."""
    return {
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": owner["metadata"]["name"],
        "uid": owner["metadata"]["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }


def controlled_by(obj: Object, uid: str) -> bool:
    """Tell whether the controller of ``obj`` is the object with ``uid`` (metav1.IsControlledBy)."""
    reference = controller_of(obj)
    return reference is not None and reference.get("uid") == uid


@dataclass(slots=True)
class Claims:
    """What a controller's selector makes of the objects around it.

    Attributes:
        claimed: Objects that are its own, those to adopt included.
        adopt: Those of ``claimed`` that have no controller yet.
        release: Objects of its own that its selector no longer matches.
    """

    claimed: list[Object] = field(default_factory=list)
    adopt: list[Object] = field(default_factory=list)
    release: list[Object] = field(default_factory=list)


def claim(owner: Object, selector: Object | None, candidates: Iterable[Object]) -> Claims:
    """Sort ``candidates`` into owned, to adopt and to release (BaseControllerRefManager.ClaimObject)."""
    claims = Claims()
    uid, deleting = uid_of(owner), is_terminating(owner)
    for candidate in candidates:
        reference = controller_of(candidate)
        fits = selection.matches(selector, labels_of(candidate))
        if reference is not None:
            if reference.get("uid") != uid:
                continue
            if fits:
                claims.claimed.append(candidate)
            elif not deleting:
                claims.release.append(candidate)
        elif fits and not deleting and not is_terminating(candidate):
            claims.claimed.append(candidate)
            claims.adopt.append(candidate)
    return claims


def settle(client: Client, resource: Resource, owner: Object, claims: Claims) -> list[Object]:
    """Write adoptions and releases; returns what is claimed now. An object that is gone is left out."""
    lost = set()
    for obj in claims.release:
        body = {"metadata": {"uid": uid_of(obj), "ownerReferences": [{"$patch": "delete", "uid": uid_of(owner)}]}}
        try:
            client.patch(resource, key_of(obj), PatchType.STRATEGIC, body, options=MANAGER)
        except (NotFoundError, InvalidError):
            continue
    for obj in claims.adopt:
        body = {"metadata": {"uid": uid_of(obj), "ownerReferences": [controller_reference(owner)]}}
        try:
            client.patch(resource, key_of(obj), PatchType.STRATEGIC, body, options=MANAGER)
        except NotFoundError:
            lost.add(uid_of(obj))
    return [obj for obj in claims.claimed if uid_of(obj) not in lost] if lost else claims.claimed


class Orphans:
    """Keys of the objects of one resource that have no controller, by namespace: what could be adopted.

    Built by one scan when first asked, then kept by the changes it is shown.
    """

    def __init__(self, lister: Lister, resource: Resource) -> None:
        self._lister = lister
        self._resource = resource
        self._keys: dict[str, dict[str, None]] | None = None

    def observe(self, change: Change) -> None:
        """Take note of a change of the resource."""
        if self._keys is None:
            return
        key = key_of(change.object)
        if change.new is not None and controller_of(change.new) is None:
            self._keys.setdefault(key.namespace, {})[key.name] = None
        else:
            self._keys.get(key.namespace, {}).pop(key.name, None)

    def within(self, namespace: str) -> list[Object]:
        """Return the objects without a controller in ``namespace``."""
        if self._keys is None:
            self._keys = {}
            for obj in self._lister.scan(self._resource):
                if controller_of(obj) is None:
                    key = key_of(obj)
                    self._keys.setdefault(key.namespace, {})[key.name] = None
        found = (
            self._lister.peek(self._resource, ObjectKey(namespace, name)) for name in self._keys.get(namespace, ())
        )
        return [obj for obj in found if obj is not None]


def owned(lister: Lister, owner: Object, kind: str) -> list[Object]:
    """Return the objects of ``kind`` whose controller is ``owner``, oldest first."""
    uid = uid_of(owner)
    return [obj for resource, obj in lister.owned_by(uid) if resource.kind == kind and controlled_by(obj, uid)]


class OwnerTrigger:
    """Maps a dependent's change to the key of its controller, and an orphan's to whoever may adopt it."""

    def __init__(self, lister: Lister, owners: Resource, orphans: Orphans | None = None) -> None:
        self._lister = lister
        self._owners = owners
        self._orphans = orphans

    def keys(self, change: Change) -> Sequence[ObjectKey]:
        """Return the keys of the owners that have to look again."""
        if self._orphans is not None:
            self._orphans.observe(change)
        found: list[ObjectKey] = []
        before = controller_of(change.old) if change.old is not None else None
        after = controller_of(change.new) if change.new is not None else None
        namespace = namespace_of(change.object)
        for reference in (before, after):
            if reference is None or reference.get("kind") != self._owners.kind:
                continue
            key = ObjectKey(namespace, reference.get("name", ""))
            if key in found:
                continue
            owner = self._lister.peek(self._owners, key)
            if owner is not None and uid_of(owner) == reference.get("uid"):
                found.append(key)
        if after is None and change.new is not None and self._orphans is not None:
            labels = labels_of(change.new)
            if change.old is None or before is not None or labels != labels_of(change.old):
                found.extend(
                    key_of(owner)
                    for owner in self._lister.scan(self._owners, namespace)
                    if not selection.is_empty(owner.get("spec", {}).get("selector"))
                    and selection.matches(owner["spec"]["selector"], labels)
                )
        return found


def own_key(change: Change) -> tuple[ObjectKey]:
    """Return the changed object's own key."""
    return (key_of(change.object),)


def ignore_missing(call: Callable[[], object]) -> bool:
    """Run a write; return False when the object is gone already."""
    try:
        call()
    except NotFoundError:
        return False
    return True
