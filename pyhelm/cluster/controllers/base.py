"""What a controller is, and what it may use.

A controller receives a key, never an event: it reads what is, decides what should change in a pure function, and applies
that through the client. ``Result``, an exception, or nothing is the whole protocol for trying again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource


@dataclass(frozen=True, slots=True)
class Result:
    """What follows a reconcile: ``requeue_after`` is in seconds of cluster time, None for never."""

    requeue_after: float | None = None


DONE = Result()


@dataclass(frozen=True, slots=True)
class Change:
    """One change of the store, as controllers are told; ``old`` or ``new`` is None on creation or removal.

    Both objects are shared: never change them.
    """

    resource: Resource
    old: Object | None
    new: Object | None
    revision: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which keys a change of ``resource`` makes a controller look at again."""

    resource: Resource
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

    def reconcile(self, key: ObjectKey) -> Result:
        """Look at ``key`` and act; raising means: try again with back-off."""
