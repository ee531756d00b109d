"""Read a release's revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.release import names

if TYPE_CHECKING:
    from pyhelm.action.environment import Environment
    from pyhelm.release.record import Release


def history(env: Environment, name: str, *, maximum: int = 256) -> list[Release]:
    """Return the last ``maximum`` revisions (0: all), oldest first.

    Raises:
        ReleaseNameError: The name is not legal.
        ReleaseNotFoundError: There is no such release.
    """
    names.validate(name, message="release name is invalid: {name}")
    revisions = env.storage.history(name)
    if maximum > 0:
        revisions = revisions[-maximum:]
    return [revision.release() for revision in revisions]
