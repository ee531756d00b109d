"""What a verb tells while it works: typed events for whoever listens. No wording, no printing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pyhelm.errors import Unready
    from pyhelm.release.record import HookEvent, Status


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened."""


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Something the user should know, in Helm's words; ``facts`` are name and value, as Helm logs them."""

    message: str
    facts: tuple[tuple[str, str], ...] = ()
    level: Literal["info", "warning"] = "warning"


@dataclass(frozen=True, slots=True)
class InstallingInstead(Event):
    """``upgrade --install`` found no release ``name``, and installs it."""

    name: str


@dataclass(frozen=True, slots=True)
class RecordStored(Event):
    """A revision's record was written."""

    name: str
    revision: int
    status: Status


@dataclass(frozen=True, slots=True)
class Recovered(Event):
    """A revision was found pending whose writer is gone, and marked failed; ``owner`` describes the writer."""

    name: str
    revision: int
    status: Status
    owner: str


@dataclass(frozen=True, slots=True)
class ObjectChanged(Event):
    """An object of the release was created, changed or deleted (or left alone)."""

    kind: str
    namespace: str
    name: str
    change: Literal["created", "configured", "unchanged", "deleted", "kept"]


@dataclass(frozen=True, slots=True)
class HookStarted(Event):
    """A hook's object was sent to the cluster."""

    event: HookEvent
    path: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class HookFinished(Event):
    """A hook ended; ``phase`` is Succeeded or Failed."""

    event: HookEvent
    path: str
    kind: str
    name: str
    phase: str


@dataclass(frozen=True, slots=True)
class HookLog(Event):
    """What a hook's container wrote, where its output-log policy asks for that."""

    namespace: str
    pod: str
    container: str
    text: str


@dataclass(frozen=True, slots=True)
class Waiting(Event):
    """Objects that are still not as they should be, after ``elapsed`` seconds of cluster time."""

    pending: tuple[Unready, ...]
    elapsed: float
