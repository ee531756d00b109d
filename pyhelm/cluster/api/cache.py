"""The newest objects in memory: decoded when a resource is first read, indexed by namespace and by owner.

What is in here is shared with everybody who only looks; it is replaced, never changed.
"""

from __future__ import annotations

import json
from bisect import bisect_left, insort
from operator import itemgetter
from typing import TYPE_CHECKING

from pyhelm.cluster.api.trees import no_collection
from pyhelm.cluster.store.log import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyhelm.cluster.store import Store
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource


class Space:
    """The objects of one resource in one namespace, with their names in order."""

    __slots__ = ("names", "objects")

    def __init__(self) -> None:
        self.names: list[str] = []
        self.objects: dict[str, Object] = {}

    def __iter__(self) -> Iterator[Object]:
        # A copy of the names, so that whoever iterates may write meanwhile.
        objects = self.objects
        return iter([objects[name] for name in self.names])


class Shelf:
    """The objects of one resource."""

    __slots__ = ("order", "resource", "spaces")

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self.spaces: dict[str, Space] = {}
        self.order: list[str] = []

    def get(self, namespace: str, name: str) -> Object | None:
        """Return one object, or None."""
        space = self.spaces.get(namespace)
        return None if space is None else space.objects.get(name)

    def put(self, namespace: str, name: str, obj: Object) -> None:
        """Add or replace an object."""
        space = self.spaces.get(namespace)
        if space is None:
            space = self.spaces[namespace] = Space()
            # etcd orders by the whole key, in which a slash follows the namespace.
            insort(self.order, namespace, key=_slashed)
        if name not in space.objects:
            names = space.names
            if not names or name > names[-1]:
                names.append(name)
            else:
                insort(names, name)
        space.objects[name] = obj

    def remove(self, namespace: str, name: str) -> None:
        """Drop an object that is there."""
        space = self.spaces[namespace]
        del space.objects[name]
        del space.names[bisect_left(space.names, name)]
        if not space.names:
            del self.spaces[namespace]
            self.order.remove(namespace)

    def scan(self, namespace: str = "") -> Iterator[Object]:
        """Yield objects in key order; an empty ``namespace`` means all."""
        if namespace:
            space = self.spaces.get(namespace)
            if space is not None:
                yield from space
            return
        for each in list(self.order):
            space = self.spaces.get(each)
            if space is not None:
                yield from space


class Cache:
    """The newest version of every object that was asked for, and more of its resource.

    Args:
        store: Where objects come from.
        resource_of: Finds the resource of a stored object's apiVersion and kind.
    """

    def __init__(self, store: Store, resource_of: Callable[[str, str], Resource]) -> None:
        self._store = store
        self._resource_of = resource_of
        self._shelves: dict[str, Shelf] = {}
        self._owned: dict[str, dict[tuple[str, str, str], None]] = {}
        self._complete = False

    def shelf(self, resource: Resource) -> Shelf:
        """Return the objects of a resource, whichever of its versions is meant."""
        qualified = resource.qualified
        shelf = self._shelves.get(qualified)
        return self._load(resource, qualified) if shelf is None else shelf

    def owned_by(self, uid: str) -> list[tuple[Resource, Object]]:
        """Return the objects that have an owner reference to ``uid``, in order of creation.

        The first call reads every resource of the store.
        """
        if not self._complete:
            for qualified in self._store.resources():
                if qualified not in self._shelves:
                    self._load(None, qualified)
            self._complete = True
        found = []
        for qualified, namespace, name in self._owned.get(uid, ()):
            shelf = self._shelves[qualified]
            obj = shelf.get(namespace, name)
            if obj is not None:
                found.append((shelf.resource, obj))
        return found

    def put(self, resource: Resource, namespace: str, name: str, obj: Object, old: Object | None) -> None:
        """Take in a version that was stored."""
        self.shelf(resource).put(namespace, name, obj)
        references = obj["metadata"].get("ownerReferences")
        before = old["metadata"].get("ownerReferences") if old is not None else None
        if references != before:
            self._index(resource.qualified, namespace, name, references, before)

    def remove(self, resource: Resource, namespace: str, name: str, old: Object) -> None:
        """Drop an object that was deleted."""
        self.shelf(resource).remove(namespace, name)
        references = old["metadata"].get("ownerReferences")
        if references:
            self._index(resource.qualified, namespace, name, None, references)

    def _load(self, resource: Resource | None, qualified: str) -> Shelf:
        records = self._store.records(qualified)
        with no_collection():
            try:
                decoded = [json.loads(record.value) for record in records]
                if resource is None:
                    resource = self._resource_of(decoded[0]["apiVersion"], decoded[0]["kind"])
                if not all(isinstance(obj["metadata"], dict) for obj in decoded):
                    raise TypeError("objects without metadata")
            except (TypeError, ValueError, LookupError) as error:
                raise damaged(self._store.path, f"{qualified} cannot be read: {error}") from error
        shelf = self._shelves[qualified] = Shelf(resource)
        owned = []
        for record, obj in zip(records, decoded, strict=True):
            shelf.put(record.namespace, record.name, obj)
            references = obj["metadata"].get("ownerReferences")
            if references:
                owned.append((record.created, record, references))
        # Stored lists are in name order; by creation is what readers of the index are promised.
        for _, record, references in sorted(owned, key=itemgetter(0)):
            self._index(qualified, record.namespace, record.name, references, None)
        return shelf

    def _index(
        self, qualified: str, namespace: str, name: str, new: list[Object] | None, old: list[Object] | None
    ) -> None:
        key = (qualified, namespace, name)
        wanted = {reference["uid"] for reference in new or ()}
        had = {reference["uid"] for reference in old or ()}
        for uid in had - wanted:
            keys = self._owned.get(uid)
            if keys is not None:
                keys.pop(key, None)
                if not keys:
                    del self._owned[uid]
        for uid in wanted - had:
            self._owned.setdefault(uid, {})[key] = None


def _slashed(namespace: str) -> str:
    return f"{namespace}/"
