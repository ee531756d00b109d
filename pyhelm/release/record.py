"""The release record: what is kept of every revision of a release.

Follows the Go types of Helm's ``pkg/release/v1``; the wire form is in ``codec``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from pyhelm.chart.model import Chart


class Status(StrEnum):
    """A release's state, in Helm's words."""

    UNKNOWN = "unknown"
    DEPLOYED = "deployed"
    UNINSTALLED = "uninstalled"
    SUPERSEDED = "superseded"
    FAILED = "failed"
    UNINSTALLING = "uninstalling"
    PENDING_INSTALL = "pending-install"
    PENDING_UPGRADE = "pending-upgrade"
    PENDING_ROLLBACK = "pending-rollback"

    @property
    def is_pending(self) -> bool:
        """Whether an operation is (or was, when it was killed) in progress."""
        return self in {Status.PENDING_INSTALL, Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK}


class HookEvent(StrEnum):
    """When a hook runs."""

    PRE_INSTALL = "pre-install"
    POST_INSTALL = "post-install"
    PRE_DELETE = "pre-delete"
    POST_DELETE = "post-delete"
    PRE_UPGRADE = "pre-upgrade"
    POST_UPGRADE = "post-upgrade"
    PRE_ROLLBACK = "pre-rollback"
    POST_ROLLBACK = "post-rollback"
    TEST = "test"


@dataclass(slots=True)
class HookExecution:
    """The last run of a hook: ``phase`` is Unknown, Running, Succeeded, Failed or empty (never ran)."""

    started_at: datetime | None = None
    completed_at: datetime | None = None
    phase: str = ""


@dataclass(slots=True)
class Hook:
    """An object that runs at an event instead of belonging to the manifest.

    Attributes:
        path: The template it came from.
        manifest: Its YAML.
    """

    name: str
    kind: str
    path: str
    manifest: str
    events: list[HookEvent]
    weight: int = 0
    delete_policies: list[str] = field(default_factory=list)
    output_log_policies: list[str] = field(default_factory=list)
    last_run: HookExecution = field(default_factory=HookExecution)


@dataclass(slots=True)
class Info:
    """When things happened to a revision, and how it stands."""

    first_deployed: datetime | None = None
    last_deployed: datetime | None = None
    deleted: datetime | None = None
    description: str = ""
    status: Status = Status.UNKNOWN
    rollback_revision: int = 0
    notes: str = ""
    resources: dict[str, Any] | None = None


@dataclass(slots=True)
class Release:
    """One revision of a release.

    Attributes:
        config: The values the user gave, without the chart's defaults.
        manifest: All objects but hooks, as applied.
        version: The revision number, from 1.
        labels: The user's labels of the record.
        apply_method: ``ssa`` (server-side apply) or ``csa``.
    """

    name: str
    namespace: str
    version: int
    info: Info
    chart: Chart
    config: dict[str, Any] = field(default_factory=dict)
    manifest: str = ""
    hooks: list[Hook] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    apply_method: str = ""
