"""What a release's record says once its operation is over: deployed, superseded, failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action.progress import Noted, RecordStored
from pyhelm.errors import PyhelmError
from pyhelm.release.record import Status

if TYPE_CHECKING:
    from pyhelm.action.environment import Environment
    from pyhelm.release.record import Release


def store_deployed(env: Environment, release: Release) -> None:
    """Store ``release`` as deployed, and every other deployed revision as superseded.

    In this order: stopped in between, there are two deployed ones, of which every verb takes the newer, rather than
    none.
    """
    release.info.status = Status.DEPLOYED
    env.storage.update(release)
    for revision in env.storage.deployed_all(release.name):
        if revision.version != release.version:
            before = revision.release()
            before.info.status = Status.SUPERSEDED
            env.storage.update(before)


def mark_failed(env: Environment, release: Release, description: str) -> None:
    """Store ``release`` as failed, as far as the cluster lets us."""
    release.info.status = Status.FAILED
    release.info.description = description
    store_if_possible(env, release)


def store_if_possible(env: Environment, release: Release) -> None:
    """Store ``release``; a refusal is told and otherwise ignored, since a failure is already on its way."""
    try:
        env.storage.update(release)
    except PyhelmError as error:
        facts = (("name", release.name), ("revision", str(release.version)), ("error", str(error)))
        env.tell(Noted("failed to update release", facts))
        return
    env.tell(RecordStored(release.name, release.version, release.info.status))
