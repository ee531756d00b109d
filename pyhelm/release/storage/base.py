"""What a storage driver is, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pyhelm.release.record import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.release.record import Release

SYSTEM_LABELS = ("name", "owner", "status", "version", "createdAt", "modifiedAt")
"""Labels that drivers set themselves; users may not."""


def object_name(name: str, version: int) -> str:
    """Return the name of the object that keeps a revision (``makeKey``)."""
    return f"sh.helm.release.v1.{name}.v{version}"


def user_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that are not the driver's."""
    return {key: value for key, value in labels.items() if key not in SYSTEM_LABELS}


def record_labels(release: Release, *, stamp: str, unix_seconds: int) -> dict[str, str]:
    """Return all labels of a record's object; ``stamp`` is ``createdAt`` or ``modifiedAt``."""
    labels = user_labels(release.labels)
    labels[stamp] = str(unix_seconds)
    labels["name"] = release.name
    labels["owner"] = "helm"
    labels["status"] = str(release.info.status)
    labels["version"] = str(release.version)
    return labels


@dataclass(slots=True)
class StoredRevision:
    """One stored revision. Labels tell most of it; the payload is decoded only when ``release()`` is called.

    Attributes:
        namespace: Where the record is kept.
        labels: All labels, the driver's included.
        owner: Who was writing it while it was pending (``pyhelm.action.owner.Owner`` as text), or "".
        object_name: Its object's name, for messages.
    """

    namespace: str
    labels: dict[str, str]
    payload: str | bytes
    owner: str = ""
    object_name: str = ""
    _release: Release | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """The release's name."""
        return self.labels.get("name", "")

    @property
    def version(self) -> int:
        """The revision number; 0 when the label is damaged."""
        text = self.labels.get("version", "")
        return int(text) if text.isdecimal() else 0

    @property
    def status(self) -> Status:
        """The revision's status."""
        try:
            return Status(self.labels.get("status", ""))
        except ValueError:
            return Status.UNKNOWN

    def release(self) -> Release:
        """Return the record; the same object every time.

        Raises:
            ReleaseRecordError: The payload is damaged.
        """
        if self._release is None:
            from pyhelm.release import codec

            release = codec.decode(self.payload, name=self.object_name)
            release.labels = user_labels(self.labels)
            self._release = release
        return self._release


class Driver(Protocol):
    """Keeps release records of one namespace (or, for reading, of all).

    ``owner`` marks who is at work on a pending revision; a write without it removes the mark. Times are the cluster's.
    """

    @property
    def name(self) -> str:
        """The driver's name, as Helm calls it (``Secret``, ``ConfigMap``, ``Memory``)."""

    def get(self, name: str, version: int) -> StoredRevision:
        """Return one revision; raises ReleaseNotFoundError."""

    def query(self, labels: Mapping[str, str]) -> list[StoredRevision]:
        """Return the revisions that carry all ``labels``, by namespace and object name; possibly none."""

    def create(self, release: Release, *, owner: str = "") -> None:
        """Store a new revision; raises ReleaseExistsError."""

    def update(self, release: Release, *, owner: str = "") -> None:
        """Replace a stored revision; raises ReleaseNotFoundError."""

    def delete(self, name: str, version: int) -> None:
        """Remove a revision; raises ReleaseNotFoundError."""
