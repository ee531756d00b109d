"""A driver that forgets: for rendering without a cluster, and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import ReleaseExistsError, ReleaseNotFoundError
from pyhelm.release import codec
from pyhelm.release.storage.base import StoredRevision, object_name, record_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from pyhelm.release.record import Release


class Memory:
    """Keeps records in this process, encoded, so that what is read back is a copy as with any other driver."""

    name = "Memory"

    def __init__(self, namespace: str, now: Callable[[], datetime]) -> None:
        self._namespace = namespace
        self._now = now
        self._records: dict[str, StoredRevision] = {}

    def get(self, name: str, version: int) -> StoredRevision:
        try:
            return _fresh(self._records[object_name(name, version)])
        except KeyError:
            raise ReleaseNotFoundError(name, version) from None

    def query(self, labels: Mapping[str, str]) -> list[StoredRevision]:
        wanted = labels.items()
        return [
            _fresh(self._records[key]) for key in sorted(self._records) if wanted <= self._records[key].labels.items()
        ]

    def create(self, release: Release, *, owner: str = "") -> None:
        if object_name(release.name, release.version) in self._records:
            raise ReleaseExistsError(release.name, release.version)
        self._put(release, "createdAt", owner)

    def update(self, release: Release, *, owner: str = "") -> None:
        if object_name(release.name, release.version) not in self._records:
            raise ReleaseNotFoundError(release.name, release.version)
        self._put(release, "modifiedAt", owner)

    def delete(self, name: str, version: int) -> None:
        if self._records.pop(object_name(name, version), None) is None:
            raise ReleaseNotFoundError(name, version)

    def _put(self, release: Release, stamp: str, owner: str) -> None:
        labels = record_labels(release, stamp=stamp, unix_seconds=int(self._now().timestamp()))
        key = object_name(release.name, release.version)
        self._records[key] = StoredRevision(self._namespace, labels, codec.encode(release), owner, key)


def _fresh(record: StoredRevision) -> StoredRevision:
    return StoredRevision(record.namespace, dict(record.labels), record.payload, record.owner, record.object_name)
