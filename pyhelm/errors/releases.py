"""Releases that cannot be acted on, and what went wrong with their objects and hooks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.errors.api import ApiError


class ReleaseError(PyhelmError):
    """A release that cannot be acted on; ``name`` is the release's."""

    def __init__(self, name: str, *facts: object) -> None:
        super().__init__(name, *facts)
        self.name = name


class ReleaseNameError(ReleaseError):
    """Not a legal release name; ``reason`` in Helm's words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class ReleaseNotFoundError(ReleaseError):
    """No release ``name``, or no ``revision`` of it (0: any); ``attempt`` says what needed it, in Helm's words."""

    def __init__(self, name: str, revision: int = 0, *, attempt: str = "") -> None:
        super().__init__(name, revision)
        self.revision = revision
        self.attempt = attempt

    def __str__(self) -> str:
        return f"{self.attempt}: release: not found" if self.attempt else "release: not found"


class RevisionNotFoundError(ReleaseNotFoundError):
    """A rollback to a revision that the history has not."""

    def __str__(self) -> str:
        return f"release has no {self.revision} version"


class ReleaseUninstalledError(ReleaseError):
    """An action on a release of which only the history is left."""

    def __str__(self) -> str:
        return f'the release named "{self.name}" is already deleted'


class ReleaseStorageError(ReleaseError):
    """The cluster refused to keep or give a record; ``attempt`` says what was tried, in Helm's words."""

    def __init__(self, name: str, attempt: str, cause: ApiError) -> None:
        super().__init__(name, attempt, cause)
        self.attempt = attempt
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.attempt}: {self.cause}"


class ReleaseNameInUseError(ReleaseError):
    """Install of a name that is taken by a revision with ``status``."""

    def __init__(self, name: str, status: str = "") -> None:
        super().__init__(name, status)
        self.status = status

    def __str__(self) -> str:
        return "release name check failed: cannot reuse a name that is still in use"


class ReleaseExistsError(ReleaseError):
    """Somebody else stored ``revision`` of the release first."""

    def __init__(self, name: str, revision: int) -> None:
        super().__init__(name, revision)
        self.revision = revision

    def __str__(self) -> str:
        return "release: already exists"


class ReleasePendingError(ReleaseError):
    """Another operation on the release is in progress, or was killed in the middle."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(name, status)
        self.status = status

    def __str__(self) -> str:
        return "another operation (install/upgrade/rollback) is in progress"


class NoDeployedReleaseError(ReleaseError):
    """The release has no revision that was ever deployed."""

    def __str__(self) -> str:
        return f'"{self.name}" has no deployed releases'


class ReleaseRecordError(ReleaseError):
    """A stored release record that cannot be decoded, because of ``reason``."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"release record {self.name}: {self.reason}"


class ManifestError(ReleaseError):
    """Rendered text that is no Kubernetes object.

    Attributes:
        path: The template's.
        line: From 1, in its output; 0 when unknown.
        manifest: Everything that was rendered, for ``--debug``.
    """

    def __init__(self, name: str, path: str, reason: str, line: int = 0, manifest: str = "") -> None:
        super().__init__(name, path, reason, line)
        self.path = path
        self.reason = reason
        self.line = line
        self.manifest = manifest

    def __str__(self) -> str:
        return f"YAML parse error on {self.path}: {self.reason}"


class BuildError(ReleaseError):
    """Manifests whose objects the cluster does not know, or cannot read.

    Attributes:
        attempt: What was being built, in Helm's words.
        reasons: One for each document.
    """

    def __init__(self, name: str, attempt: str, reasons: Sequence[str]) -> None:
        super().__init__(name, attempt, tuple(reasons))
        self.attempt = attempt
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        unique = tuple(dict.fromkeys(self.reasons))
        text = unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"
        return f"{self.attempt}: {text}" if self.attempt else text


@dataclass(frozen=True, slots=True)
class ApplyFailure:
    """One object that the cluster refused; ``attempt`` says what was tried, in Helm's words."""

    kind: str
    namespace: str
    name: str
    attempt: str
    cause: PyhelmError

    def __str__(self) -> str:
        return f"{self.attempt}: {self.cause}" if self.attempt else str(self.cause)


class ApplyError(ReleaseError):
    """Objects that the cluster refused to create, change or delete; ``separator`` stands between them in text."""

    def __init__(self, name: str, failures: Sequence[ApplyFailure], separator: str = "\n") -> None:
        super().__init__(name, tuple(failures), separator)
        self.failures = tuple(failures)
        self.separator = separator

    def __str__(self) -> str:
        return self.separator.join(str(failure) for failure in self.failures)


class TemplateNotFoundError(ReleaseError):
    """``--show-only`` named a file that rendered to nothing, or is not in the chart."""

    def __init__(self, name: str, pattern: str) -> None:
        super().__init__(name, pattern)
        self.pattern = pattern

    def __str__(self) -> str:
        return f"could not find template {self.pattern} in chart"


class OwnershipError(ReleaseError):
    """Objects that exist already and belong to something else; ``reason`` in Helm's words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class HookFailedError(ReleaseError):
    """The hook at ``path`` did not succeed during ``event`` (such as ``pre-install``); ``cause`` says why.

    ``refused`` is true when the cluster did not even take the hook's object.
    """

    def __init__(self, name: str, event: str, path: str, cause: PyhelmError, *, refused: bool = False) -> None:
        super().__init__(name, event, path, cause)
        self.event = event
        self.path = path
        self.cause = cause
        self.refused = refused

    def __str__(self) -> str:
        return f"warning: Hook {self.event} {self.path} failed: {self.cause}" if self.refused else str(self.cause)


class ReleaseFailedError(ReleaseError):
    """An operation that failed after it began to change the cluster.

    Attributes:
        verb: ``install``, ``upgrade``, ``rollback`` or ``uninstall``.
        cause: What went wrong.
        outcome: What became of the release, in Helm's words; empty when it is left as failed.
        stage: What was being done, in Helm's words (``failed pre-install``); empty for the objects themselves.
        revision: Which revision failed.
        aftermath: What went wrong while undoing the operation, if something did.
    """

    def __init__(
        self, name: str, verb: str, cause: PyhelmError, outcome: str = "", *, stage: str = "", revision: int = 0
    ) -> None:
        super().__init__(name, verb, cause, outcome)
        self.verb = verb
        self.cause = cause
        self.outcome = outcome
        self.stage = stage
        self.revision = revision
        self.aftermath: PyhelmError | None = None

    def __str__(self) -> str:
        aftermath = "" if self.aftermath is None else str(self.aftermath)
        return ": ".join(part for part in (self.outcome, self.stage, str(self.cause), aftermath) if part)
