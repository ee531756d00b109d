"""Find a release's last revision, and settle one whose writer was killed.

A revision is ``pending-…`` while somebody works on it. When that somebody is certainly gone, the revision is what Helm
calls failed, and saying so lets every verb go on as it does after any failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action.owner import Owner
from pyhelm.action.progress import Recovered
from pyhelm.errors import ReleasePendingError
from pyhelm.release.record import Status

if TYPE_CHECKING:
    from pyhelm.action.environment import Environment
    from pyhelm.release.storage import StoredRevision

_VERBS = {
    Status.PENDING_INSTALL: "Release",
    Status.PENDING_UPGRADE: "Upgrade",
    Status.PENDING_ROLLBACK: "Rollback",
}


def last_revision(env: Environment, name: str) -> StoredRevision:
    """Return the last revision, marked failed first if its writer is gone.

    Raises:
        ReleaseNotFoundError: There is no such release.
    """
    revision = env.storage.last(name)
    if not revision.status.is_pending or not env.is_abandoned(revision):
        return revision
    status = revision.status
    owner = str(Owner.parse(revision.owner) or "an unknown process")
    release = revision.release()
    release.info.status = Status.FAILED
    release.info.description = f'{_VERBS[status]} "{name}" failed: interrupted while {status}: {owner} is gone'
    env.storage.update(release)
    env.tell(Recovered(name, release.version, status, owner))
    return env.storage.get(name, release.version)


def pending_error(revision: StoredRevision) -> ReleasePendingError:
    """Return what to raise for a pending revision whose writer may be alive."""
    error = ReleasePendingError(revision.name, str(revision.status))
    owner = Owner.parse(revision.owner)
    who = f"{owner} is at work on it" if owner else "nothing tells who is at work on it"
    error.hint = (
        f"revision {revision.version} is {revision.status} and {who}; "
        f"if that is certainly over, roll back to an earlier revision or uninstall"
    )
    return error
