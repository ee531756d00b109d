"""What every verb works on: the store, its cache, who is told of changes, and what the cluster's seed decides."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.api.cache import Cache
from pyhelm.cluster.api.failures import conflict, forbidden
from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers.base import Change
from pyhelm.errors import ExpiredError, RevisionMismatchError
from pyhelm.kube.names import SAFE_ALPHABET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyhelm.cluster.clock import Clock
    from pyhelm.cluster.store import Store
    from pyhelm.kube.catalog import Catalog
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource

_REMEMBERED = 20_000
CRDS = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class State:
    """The objects of a cluster; implements ``Lister`` and admission's ``Context``.

    Writing here is storing: rules were applied before. Every write is one revision and one ``Change``.
    """

    def __init__(self, store: Store, clock: Clock, catalog: Catalog, seed: str) -> None:
        self.store = store
        self.clock = clock
        self.catalog = catalog
        self.cache = Cache(store, catalog.for_kind)
        self.warnings: list[str] = []
        self.subscribers: list[Callable[[Change], None]] = []
        self._seed = seed
        self._history: list[Change] = []
        self._history_start = store.revision
        for crd in self.scan(catalog.for_kind(*CRDS)):
            catalog.add_crd(crd)

    # --- Lister -------------------------------------------------------------------------------------------------------

    def peek(self, resource: Resource, key: ObjectKey) -> Object | None:
        """Return one shared object, or None."""
        return self.cache.shelf(resource).get(*key)

    def scan(self, resource: Resource, namespace: str = "") -> Iterable[Object]:
        """Yield shared objects in key order."""
        return self.cache.shelf(resource).scan(namespace)

    def owned_by(self, uid: str) -> Iterable[tuple[Resource, Object]]:
        """Yield shared objects that have an owner reference to ``uid``, in order of creation."""
        return self.cache.owned_by(uid)

    # --- Context of admission -----------------------------------------------------------------------------------------

    def look(self, api_version: str, kind: str, key: ObjectKey) -> Object | None:
        """Return one shared object of a built-in kind, or None."""
        return self.peek(self.catalog.for_kind(api_version, kind), key)

    def every(self, api_version: str, kind: str, namespace: str = "") -> list[Object]:
        """Return all shared objects of a built-in kind."""
        return list(self.scan(self.catalog.for_kind(api_version, kind), namespace))

    def timestamp(self) -> str:
        """Return the cluster's time as objects show it."""
        return stamp(self.clock.now())

    def suffix(self, seed: str) -> str:
        """Return five characters of the safe alphabet that depend on the cluster's seed and ``seed`` only."""
        number = int.from_bytes(self._digest("suffix", seed)[:8], "big")
        found = ""
        for _ in range(5):
            number, position = divmod(number, len(SAFE_ALPHABET))
            found += SAFE_ALPHABET[position]
        return found

    def refuse(self, resource: str, name: str, reason: str) -> Exception:
        """Return the error of an admission plugin that forbids a write."""
        return forbidden(resource, name, reason)

    # --- writes -------------------------------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """The newest revision: the resourceVersion of a list."""
        return self.store.revision

    def new_uid(self) -> str:
        """Return the uid of the object that the next write creates; the same history leads to the same uid."""
        digits = self._digest("uid", str(self.store.revision + 1)).hex()
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"

    def save(self, resource: Resource, new: Object, old: Object | None) -> Object:
        """Store ``new`` in place of ``old`` (None: create) and tell everybody; ``new`` is shared from now on."""
        meta = new["metadata"]
        namespace, name = meta.get("namespace", ""), meta["name"]
        expected = int(old["metadata"]["resourceVersion"]) if old is not None else 0
        meta["resourceVersion"] = str(self.store.revision + 1)
        try:
            revision = self.store.put(resource.qualified, namespace, name, _encode(new), expected=expected)
        except RevisionMismatchError:
            raise conflict(resource, name) from None
        self.cache.put(resource, namespace, name, new, old)
        if resource.kind == CRDS[1] and resource.api_version == CRDS[0]:
            self.catalog.add_crd(new)
        self._announce(Change(resource, old, new, revision))
        return new

    def remove(self, resource: Resource, old: Object) -> int:
        """Delete an object and tell everybody; return the revision of that."""
        meta = old["metadata"]
        namespace, name = meta.get("namespace", ""), meta["name"]
        revision = self.store.delete(resource.qualified, namespace, name, expected=int(meta["resourceVersion"]))
        self.cache.remove(resource, namespace, name, old)
        if resource.kind == CRDS[1] and resource.api_version == CRDS[0]:
            self.catalog.remove_crd(name)
        self._announce(Change(resource, old, None, revision))
        return revision

    # --- history ------------------------------------------------------------------------------------------------------

    def changes(self, since: int, resource: Resource) -> list[Change]:
        """Return the changes of a resource after revision ``since``, oldest first.

        Raises:
            ExpiredError: History was compacted beyond ``since``.
        """
        if since >= self._history_start:
            found = self._history[since - self._history_start :]
            qualified = resource.qualified
            return [change for change in found if change.resource.qualified == qualified]
        if since < self.store.compacted:
            message = f"too old resource version: {since} ({self.store.compacted})"
            raise ExpiredError(message)
        return [
            Change(
                resource,
                self._version(entry.previous),
                json.loads(entry.value) if entry.value is not None else None,
                entry.revision,
            )
            for entry in self.store.changes(since, resource=resource.qualified)
        ]

    def _version(self, revision: int) -> Object | None:
        text = self.store.value_at(revision) if revision else None
        found: Object | None = json.loads(text) if text is not None else None
        return found

    def _announce(self, change: Change) -> None:
        self._history.append(change)
        if len(self._history) > _REMEMBERED:
            gone = len(self._history) // 2
            del self._history[:gone]
            self._history_start += gone
        for tell in self.subscribers:
            tell(change)

    def _digest(self, purpose: str, text: str) -> bytes:
        return blake2b(f"{self._seed}\0{purpose}\0{text}".encode(), digest_size=16).digest()


def with_version(obj: Object, revision: int) -> dict[str, Any]:
    """Return a shallow copy of an object with another resourceVersion: how watches show a deletion."""
    return {**obj, "metadata": {**obj["metadata"], "resourceVersion": str(revision)}}
