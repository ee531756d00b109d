"""What a controller is, and what it may use.

A controller receives a key, never an event: it reads what is, decides what should change in a pure function, and
applies that through the client. ``Result``, an exception, or nothing is the whole protocol for trying again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyhelm.cluster.clock import Clock
    from pyhelm.cluster.events import Recorder
    from pyhelm.cluster.internal import InternalWriter
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource


class Result(NamedTuple):
    """What follows a reconcile: ``requeue_after`` is in seconds of cluster time, None for never.

    It replaces what an earlier reconcile of the key asked for: a controller states all it waits for, every time.
    """

    requeue_after: float | None = None


DONE = Result()


class Change(NamedTuple):
    """One change of the store, as controllers are told; ``old`` or ``new`` is None on creation or removal.

    Both objects are shared: never change them.
    """

    resource: Resource
    old: Object | None
    new: Object | None
    revision: int

    @property
    def object(self) -> Object:
        """What is there now, or what was there last."""
        found = self.new if self.new is not None else self.old
        return found if found is not None else {}


class Trigger(NamedTuple):
    """Which keys a change of ``resource`` (None: of any) makes a controller look at again."""

    resource: Resource | None
    keys: Callable[[Change], Iterable[ObjectKey]]


class Lister(Protocol):
    """Reads without copying. What it returns is shared: never change it."""

    def peek(self, resource: Resource, key: ObjectKey) -> Object | None:
        """Return one object, or None."""

    def scan(self, resource: Resource, namespace: str = "") -> Iterable[Object]:
        """Yield objects in key order; an empty ``namespace`` means all."""

    def owned_by(self, uid: str) -> Iterable[tuple[Resource, Object]]:
        """Yield the objects that have an owner reference to ``uid``, in order of creation."""


class Controller(Protocol):
    """Brings what is closer to what should be, one key at a time."""

    @property
    def name(self) -> str:
        """The controller's name, as event sources show it (``deployment-controller``)."""

    def triggers(self) -> Sequence[Trigger]:
        """Return what makes this controller look at a key."""

    def keys(self) -> Iterable[ObjectKey]:
        """Return every key there is to look at: where a full resync starts."""

    def reconcile(self, key: ObjectKey) -> Result:
        """Look at ``key`` and act; raising means: try again with back-off."""


class Remembering(Protocol):
    """A controller with memory that a restart may lose, but a clean close should not."""

    def snapshot(self) -> Any:
        """Return the memory as JSON, None for none."""

    def restore(self, memory: Any) -> None:
        """Take over what ``snapshot`` returned in an earlier process."""


class Context(NamedTuple):
    """What every controller works with.

    Attributes:
        client: Writes, and reads that must be fresh copies.
        lister: Reads that are shared.
        internal: The short way for kubelet.
        events: Records what happened to objects.
        seed: Source of whatever is random in the real thing.
    """

    client: Client
    lister: Lister
    clock: Clock
    events: Recorder
    internal: InternalWriter
    seed: str = ""


class Registration(NamedTuple):
    """Where a controller is found, and which kinds wake it: enough to leave it unloaded until then.

    Attributes:
        name: The controller's name.
        factory: ``module:class``, called with a ``Context``.
        watches: ``(group, kind)`` of its triggers' resources; None for all kinds.
    """

    name: str
    factory: str
    watches: frozenset[tuple[str, str]] | None
