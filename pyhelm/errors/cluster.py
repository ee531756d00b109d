"""The embedded cluster cannot be used."""

from __future__ import annotations

from pyhelm.errors.base import PyhelmError


class ClusterError(PyhelmError):
    """The embedded cluster cannot be used."""


class ClusterBusyError(ClusterError):
    """Another process owns the embedded cluster; ``owner`` describes it (process id and command)."""

    def __init__(self, path: str, owner: str, waited: float) -> None:
        super().__init__(path, owner, waited)
        self.path = path
        self.owner = owner
        self.waited = waited

    def __str__(self) -> str:
        return f"the cluster in {self.path} is in use by {self.owner}; waited {self.waited:g} s"


class EndlessLoopError(ClusterError):
    """The controller ``controller`` looked at ``key`` ``visits`` times without cluster time moving."""

    hint = "this is a bug in the controller, or two controllers undo each other's work"

    def __init__(self, controller: str, key: str, visits: int) -> None:
        super().__init__(controller, key, visits)
        self.controller = controller
        self.key = key
        self.visits = visits

    def __str__(self) -> str:
        return f"{self.controller} looked at {self.key} {self.visits} times at one instant and never came to rest"


class StoreError(ClusterError):
    """The embedded cluster's store at ``path`` cannot be used, because of ``reason``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"cluster store {self.path}: {self.reason}"


class RevisionMismatchError(ClusterError):
    """A write to the store expected the object at revision ``expected`` and found it at ``actual`` (0: no object)."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return f"expected revision {self.expected}, found {self.actual}"


class RevisionTooOldError(ClusterError):
    """The store's history begins after ``revision``: it was compacted up to ``compacted``."""

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(revision, compacted)
        self.revision = revision
        self.compacted = compacted

    def __str__(self) -> str:
        return f"too old resource version: {self.revision} ({self.compacted})"
