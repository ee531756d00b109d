"""Read what a release is made of: its record, values, metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.release import names

if TYPE_CHECKING:
    from datetime import datetime

    from pyhelm.action.environment import Environment
    from pyhelm.chart.model import Dependency
    from pyhelm.release.record import Release
    from pyhelm.release.storage import StoredRevision


@dataclass(slots=True)
class ReleaseMetadata:
    """What ``get metadata`` tells; ``labels`` are all of the record's when no revision was asked for, as in Helm."""

    name: str
    chart: str
    version: str
    app_version: str
    namespace: str
    revision: int
    status: str
    deployed_at: datetime | None
    apply_method: str
    annotations: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    dependencies: list[Dependency] = field(default_factory=list)


def get_release(env: Environment, name: str, revision: int = 0) -> Release:
    """Return a revision of a release; 0 means the last. Manifest, hooks and notes are its fields.

    Raises:
        ReleaseNameError: The name is not legal.
        ReleaseNotFoundError: There is none.
    """
    return _stored(env, name, revision).release()


def get_values(env: Environment, name: str, revision: int = 0, *, all_values: bool = False) -> dict[str, Any]:
    """Return the values the user gave, or with ``all_values`` those together with the chart's defaults."""
    release = get_release(env, name, revision)
    if not all_values:
        return release.config
    from pyhelm.values import coalesce

    merged: dict[str, Any] = coalesce(release.chart, release.config)
    return merged


def get_metadata(env: Environment, name: str, revision: int = 0) -> ReleaseMetadata:
    """Return a revision's metadata."""
    stored = _stored(env, name, revision)
    release = stored.release()
    metadata = release.chart.metadata
    return ReleaseMetadata(
        name=release.name,
        chart=metadata.name,
        version=metadata.version,
        app_version=metadata.app_version,
        namespace=release.namespace,
        revision=release.version,
        status=str(release.info.status),
        deployed_at=release.info.last_deployed,
        apply_method=release.apply_method,
        annotations=dict(metadata.annotations),
        labels=dict(stored.labels if revision <= 0 else release.labels),
        dependencies=list(metadata.dependencies),
    )


def _stored(env: Environment, name: str, revision: int) -> StoredRevision:
    names.validate(name, message="releaseContent: Release name is invalid: {name}")
    return env.storage.last(name) if revision <= 0 else env.storage.get(name, revision)
