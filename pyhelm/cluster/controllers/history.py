"""ControllerRevisions: the templates that a StatefulSet or DaemonSet had (pkg/controller/history)."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.controllers import selection
from pyhelm.cluster.controllers.ownership import MANAGER, controller_reference, owned
from pyhelm.errors import AlreadyExistsError, NotFoundError
from pyhelm.kube.names import fnv1_32, safe_encode
from pyhelm.kube.objects import ObjectKey, annotations_of, key_of, labels_of, metadata, name_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cluster.controllers.base import Lister
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

NAME_LENGTH = 223
HISTORY_LIMIT = 10


def snapshot(template: Object) -> dict[str, Any]:
    """Return a revision's data: a strategic merge patch that restores the template (getPatch)."""
    return {"spec": {"template": {**template, "$patch": "replace"}}}


def template_of(revision: Object) -> Object:
    """Return the template that a revision holds."""
    template = ((revision.get("data") or {}).get("spec") or {}).get("template") or {}
    return {name: value for name, value in template.items() if name != "$patch"}


def encoded(data: Any) -> str:
    """Return data as Go's encoding/json writes it: sorted, compact, with HTML characters escaped."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def data_hash(data: Any, collisions: int) -> str:
    """Return the hash of a StatefulSet's revision (HashControllerRevision)."""
    return safe_encode(str(fnv1_32(f"{encoded(data)}{collisions}".encode())))


def revision_name(owner: str, mark: str) -> str:
    """Return a revision's name (ControllerRevisionName)."""
    return f"{owner[:NAME_LENGTH]}-{mark}"


class Revisions:
    """Reads and writes the revisions of owners of one kind.

    Args:
        hash_label: The label that carries a revision's hash.
    """

    def __init__(self, client: Client, lister: Lister, hash_label: str) -> None:
        self._client = client
        self._lister = lister
        self._hash_label = hash_label
        self._resource = client.catalog.for_kind("apps/v1", "ControllerRevision")

    def of(self, owner: Object) -> list[Object]:
        """Return an owner's revisions, oldest number first."""
        selector = owner["spec"].get("selector")
        found = [
            revision
            for revision in owned(self._lister, owner, "ControllerRevision")
            if selection.matches(selector, labels_of(revision))
        ]
        return sorted(found, key=_age)

    def create(self, owner: Object, data: Any, mark: str, number: int) -> Object | None:
        """Store a revision; returns None when the name is taken by another one (a hash collision)."""
        template_labels = labels_of(owner["spec"].get("template") or {})
        revision: Object = {
            "apiVersion": "apps/v1",
            "kind": "ControllerRevision",
            "metadata": {
                "name": revision_name(name_of(owner), mark),
                "namespace": namespace_of(owner),
                "labels": {**template_labels, self._hash_label: mark},
                "annotations": dict(annotations_of(owner)),
                "ownerReferences": [controller_reference(owner)],
            },
            "data": data,
            "revision": number,
        }
        try:
            return self._client.create(self._resource, revision, options=MANAGER)
        except AlreadyExistsError:
            key = ObjectKey(namespace_of(owner), revision["metadata"]["name"])
            existing = self._lister.peek(self._resource, key)
            return existing if existing is not None and existing.get("data") == data else None

    def renumber(self, revision: Object, number: int) -> Object:
        """Give an old revision that is wanted again the newest number."""
        return self._client.update(self._resource, {**revision, "revision": number}, options=MANAGER)

    def truncate(self, owner: Object, revisions: Sequence[Object], live: set[str]) -> None:
        """Delete the oldest revisions that nothing uses, beyond the owner's ``revisionHistoryLimit``."""
        limit = owner["spec"].get("revisionHistoryLimit")
        unused = [revision for revision in revisions if name_of(revision) not in live and uid_of(revision) not in live]
        for revision in unused[: max(0, len(unused) - (HISTORY_LIMIT if limit is None else int(limit)))]:
            with suppress(NotFoundError):
                self._client.delete(self._resource, key_of(revision))


def _age(revision: Object) -> tuple[int, str]:
    return revision.get("revision") or 0, metadata(revision).get("creationTimestamp") or ""
