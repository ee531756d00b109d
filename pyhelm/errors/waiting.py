"""Objects that are not ready in time, and rollouts that fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Unready:
    """An object that is not ready, and what is known of why.

    Attributes:
        kind: Such as ``Deployment``.
        namespace: Empty for cluster-scoped objects.
        name: The object's name.
        reason: One line, such as ``status: InProgress, message: Available: 2/3``.
        culprits: Lines about what holds it up, such as ``Pod web-x: ImagePullBackOff: …``.
        trouble: ``not ready``, or ``still exists`` for what should be gone.
    """

    kind: str
    namespace: str
    name: str
    reason: str
    culprits: tuple[str, ...] = ()
    trouble: str = "not ready"

    def __str__(self) -> str:
        return f"resource {self.kind}/{self.namespace}/{self.name} {self.trouble}. {self.reason}"


class NotReadyError(PyhelmError):
    """Objects were not ready within ``timeout`` seconds of cluster time; ``pending`` says which and why.

    ``timed_out`` is false when they had failed for good before that.
    """

    def __init__(self, pending: Sequence[Unready], timeout: float, *, timed_out: bool = True) -> None:
        super().__init__(tuple(pending), timeout)
        self.pending = tuple(pending)
        self.timeout = timeout
        self.timed_out = timed_out

    def __str__(self) -> str:
        lines = [str(item) for item in self.pending]
        if self.timed_out:
            lines.append("context deadline exceeded")
        return "\n".join(lines)


class RolloutError(PyhelmError):
    """A rollout that failed, or that cannot be followed or undone; ``reason`` in kubectl's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
