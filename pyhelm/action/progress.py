"""What a verb tells while it works: typed events for whoever listens. No wording, no printing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from pyhelm.errors import Unready
    from pyhelm.release.record import HookEvent, Status


class Noted(NamedTuple):
    """Something the user should know, in Helm's words; ``facts`` are name and value, as Helm logs them."""

    message: str
    facts: tuple[tuple[str, str], ...] = ()
    level: Literal["info", "warning"] = "warning"


class InstallingInstead(NamedTuple):
    """``upgrade --install`` found no release ``name``, and installs it."""

    name: str


class RecordStored(NamedTuple):
    """A revision's record was written."""

    name: str
    revision: int
    status: Status


class Recovered(NamedTuple):
    """A revision was found pending whose writer is gone, and marked failed; ``owner`` describes the writer."""

    name: str
    revision: int
    status: Status
    owner: str


class ObjectChanged(NamedTuple):
    """An object of the release was created, changed or deleted (or left alone)."""

    kind: str
    namespace: str
    name: str
    change: Literal["created", "configured", "unchanged", "deleted", "kept"]


class HookStarted(NamedTuple):
    """A hook's object was sent to the cluster."""

    event: HookEvent
    path: str
    kind: str
    name: str


class HookFinished(NamedTuple):
    """A hook ended; ``phase`` is Succeeded or Failed."""

    event: HookEvent
    path: str
    kind: str
    name: str
    phase: str


class HookLog(NamedTuple):
    """What a hook's container wrote, where its output-log policy asks for that."""

    namespace: str
    pod: str
    container: str
    text: str


class Waiting(NamedTuple):
    """Objects that are still not as they should be, after ``elapsed`` seconds of cluster time."""

    pending: tuple[Unready, ...]
    elapsed: float


Event = (
    Noted
    | InstallingInstead
    | RecordStored
    | Recovered
    | ObjectChanged
    | HookStarted
    | HookFinished
    | HookLog
    | Waiting
)
"""Something happened."""
