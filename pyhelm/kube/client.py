"""What a cluster can be asked: Kubernetes' own verbs, whatever answers them.

The embedded cluster implements ``Client`` in the process, the HTTP client speaks it to real ones; all pass one shared
contract suite. Every method raises ``pyhelm.errors.ApiError`` (its subclasses by reason) where a real server would
answer with a failure ``Status``, with the server's message. Objects returned belong to the caller, who may change them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource, ResourceCatalog


class PatchType(StrEnum):
    """The patch types of the API, by media type."""

    JSON = "application/json-patch+json"
    MERGE = "application/merge-patch+json"
    STRATEGIC = "application/strategic-merge-patch+json"
    APPLY = "application/apply-patch+yaml"


class Propagation(StrEnum):
    """What a delete does with the dependents of an object."""

    BACKGROUND = "Background"
    FOREGROUND = "Foreground"
    ORPHAN = "Orphan"


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """Query parameters of a write.

    Attributes:
        dry_run: Do everything but store (``dryRun=All``).
        field_manager: Owner of the written fields in ``managedFields``.
        field_validation: ``Ignore``, ``Warn`` or ``Strict``: what becomes of unknown and duplicate fields.
        force: Take over fields that other managers own (server-side apply only).
    """

    dry_run: bool = False
    field_manager: str = "pyhelm"
    field_validation: Literal["Ignore", "Warn", "Strict"] = "Warn"
    force: bool = False


@dataclass(frozen=True, slots=True)
class DeleteOptions:
    """The body of a delete.

    Attributes:
        grace_seconds: None lets the object's own grace period stand; 0 deletes at once.
        uid: Precondition: delete only this very object.
        resource_version: Precondition: delete only if unchanged since.
    """

    propagation: Propagation | None = None
    grace_seconds: int | None = None
    uid: str = ""
    resource_version: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ObjectList:
    """A list's answer: ``resource_version`` is where a watch may start."""

    items: list[Object]
    resource_version: str
    continue_token: str = ""
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class WatchEvent:
    """One change: ``type`` is ADDED, MODIFIED, DELETED or BOOKMARK."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Object


DEFAULT_WRITE = WriteOptions()
DEFAULT_DELETE = DeleteOptions()


class Client(Protocol):
    """A Kubernetes cluster, as seen by whoever drives it."""

    @property
    def catalog(self) -> ResourceCatalog:
        """The resources this cluster serves, custom ones included (discovery)."""

    def version(self) -> dict[str, str]:
        """Return the body of ``/version`` (``gitVersion``, ``major``, ``minor``, …)."""

    def get(self, resource: Resource, key: ObjectKey, *, subresource: str = "") -> Object:
        """Return one object, or its ``scale`` or ``status`` subresource."""

    def list(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        limit: int = 0,
        continue_token: str = "",
    ) -> ObjectList:
        """Return objects in key order; an empty ``namespace`` means all, selectors are in kubectl's syntax."""

    def create(
        self,
        resource: Resource,
        obj: Object,
        *,
        namespace: str = "",
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object:
        """Store a new object (``generateName`` is honoured); a Pod's subresource may be ``eviction`` or ``binding``."""

    def update(
        self, resource: Resource, obj: Object, *, subresource: str = "", options: WriteOptions = DEFAULT_WRITE
    ) -> Object:
        """Replace an object; a ``resourceVersion`` in it must be the current one."""

    def patch(
        self,
        resource: Resource,
        key: ObjectKey,
        patch_type: PatchType,
        body: Any,
        *,
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object:
        """Change an object by a patch (``body`` is parsed JSON); ``APPLY`` creates it where it is absent."""

    def delete(self, resource: Resource, key: ObjectKey, options: DeleteOptions = DEFAULT_DELETE) -> Object:
        """Ask for an object's deletion; returns the object or a ``Status``, as the API server does by kind."""

    def watch(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        since: str = "",
        labels: str = "",
        fields: str = "",
        timeout: float | None = None,
    ) -> Iterator[WatchEvent]:
        """Yield changes after resource version ``since`` (empty: ADDED for what exists, then changes).

        Ends after ``timeout`` seconds of cluster time without closing. In the embedded cluster, waiting for the next
        event lets its clock run.
        """

    def logs(self, key: ObjectKey, container: str = "", *, previous: bool = False, tail: int | None = None) -> str:
        """Return what a Pod's container wrote; an empty ``container`` is allowed when there is only one."""

    def now(self) -> datetime:
        """Return the cluster's time (UTC, aware)."""

    def pause(self, seconds: float) -> bool:
        """Let cluster time pass until some object changed, at most ``seconds``; return whether one may have changed.

        A loop of "look, then pause" is how everything here waits. The embedded cluster runs its next due work and
        jumps its clock; a real one sleeps a short while.
        """
