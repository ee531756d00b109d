"""Charts that cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ChartError(PyhelmError):
    """A chart that cannot be used."""


class ChartNotFoundError(ChartError):
    """No chart at ``reference``; ``reason`` says why where it is no path."""

    def __init__(self, reference: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(reference)
        self.reference = reference
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        return self.reason or f'path "{self.reference}" not found'


class ChartLoadError(ChartError):
    """The file ``path`` of a chart cannot be used, because of ``reason``.

    ``line`` counts from 1 in the file that ``reason`` speaks of, 0 when unknown.
    """

    def __init__(self, reason: str, path: str = "", *, line: int = 0) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class ChartMetadataError(ChartError):
    """``Chart.yaml`` breaks its rules; ``reason`` in Helm's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"validation: {self.reason}"


class ArchiveError(ChartError):
    """A packed chart that is unsafe, too large or broken; ``member`` names the entry where there is one."""

    def __init__(self, reason: str, member: str = "") -> None:
        super().__init__(reason, member)
        self.reason = reason
        self.member = member

    def __str__(self) -> str:
        return f"{self.member}: {self.reason}" if self.member else self.reason


class MissingDependenciesError(ChartError):
    """``Chart.yaml`` declares ``names``, which ``charts/`` lacks."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(tuple(names))
        self.names = tuple(names)

    def __str__(self) -> str:
        return (
            "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' "
            "to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: "
            + ", ".join(self.names)
        )


class NotInstallableError(ChartError):
    """A chart of a ``chart_type`` that is not made for installing."""

    def __init__(self, chart_type: str) -> None:
        super().__init__(chart_type)
        self.chart_type = chart_type

    def __str__(self) -> str:
        return f"{self.chart_type} charts are not installable"


class LintFailedError(ChartError):
    """``failed`` of the ``linted`` charts did not pass."""

    def __init__(self, linted: int, failed: int) -> None:
        super().__init__(linted, failed)
        self.linted = linted
        self.failed = failed

    def __str__(self) -> str:
        return f"{self.linted} chart(s) linted, {self.failed} chart(s) failed"


class IncompatibleKubeVersionError(ChartError):
    """The chart's ``kubeVersion`` constraint ``wanted`` excludes the cluster's version ``found``."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(wanted, found)
        self.wanted = wanted
        self.found = found

    def __str__(self) -> str:
        return f"chart requires kubeVersion: {self.wanted} which is incompatible with Kubernetes {self.found}"
