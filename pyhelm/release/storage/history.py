"""What every verb asks of the records: the last revision, the deployed one, the history, and pruning it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import NoDeployedReleaseError, ReleaseNotFoundError
from pyhelm.release.record import Status

if TYPE_CHECKING:
    from pyhelm.release.record import Release
    from pyhelm.release.storage.base import Driver, StoredRevision


class Storage:
    """The records behind a driver; reads decode no more payloads than they return."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver

    def get(self, name: str, version: int) -> StoredRevision:
        """Return one revision; raises ReleaseNotFoundError."""
        return self.driver.get(name, version)

    def history(self, name: str) -> list[StoredRevision]:
        """Return all revisions of a release, oldest first; raises ReleaseNotFoundError when there are none."""
        revisions = self._query(name)
        if not revisions:
            raise ReleaseNotFoundError(name)
        return revisions

    def last(self, name: str) -> StoredRevision:
        """Return the newest revision, whatever its status; raises ReleaseNotFoundError."""
        return self.history(name)[-1]

    def deployed(self, name: str) -> StoredRevision:
        """Return the newest deployed revision; raises NoDeployedReleaseError."""
        revisions = self.deployed_all(name)
        if not revisions:
            raise NoDeployedReleaseError(name)
        return revisions[-1]

    def deployed_all(self, name: str) -> list[StoredRevision]:
        """Return the deployed revisions, oldest first: one, unless two Helms raced."""
        return self._query(name, status=Status.DEPLOYED)

    def all(self) -> list[StoredRevision]:
        """Return every revision of every release that the driver sees."""
        return self.driver.query({"owner": "helm"})

    def create(self, release: Release, *, owner: str = "", max_history: int = 0) -> None:
        """Store a new revision, after making room for it.

        Args:
            release: The record.
            owner: Who is at work on it, while it is pending.
            max_history: How many revisions to keep with the new one; 0 for all.

        Raises:
            ReleaseExistsError: Somebody else stored that revision first.
        """
        if max_history > 0:
            self._prune(release.name, max_history - 1)
        self.driver.create(release, owner=owner)

    def update(self, release: Release, *, owner: str = "") -> None:
        """Replace a stored revision; raises ReleaseNotFoundError."""
        self.driver.update(release, owner=owner)

    def delete(self, name: str, version: int) -> None:
        """Remove a revision; raises ReleaseNotFoundError."""
        self.driver.delete(name, version)

    def _query(self, name: str, status: Status | None = None) -> list[StoredRevision]:
        labels = {"name": name, "owner": "helm"}
        if status is not None:
            labels["status"] = str(status)
        return sorted(self.driver.query(labels), key=lambda revision: revision.version)

    def _prune(self, name: str, keep: int) -> None:
        """Delete the oldest revisions until ``keep`` are left; never the deployed one (removeLeastRecent)."""
        revisions = self._query(name)
        surplus = len(revisions) - keep
        deployed = max((item.version for item in revisions if item.status is Status.DEPLOYED), default=None)
        for revision in revisions:
            if surplus <= 0:
                return
            if revision.version == deployed:
                continue
            self.driver.delete(name, revision.version)
            surplus -= 1
