"""Values that cannot be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ValuesError(PyhelmError):
    """Values that cannot be used."""


class SetSyntaxError(ValuesError):
    """A ``--set``-like expression that cannot be parsed.

    Attributes:
        flag: The flag's name, such as ``--set``.
        expression: What followed it.
        reason: Why it is refused, in Helm's words.
    """

    def __init__(self, flag: str, expression: str, reason: str) -> None:
        super().__init__(flag, expression, reason)
        self.flag = flag
        self.expression = expression
        self.reason = reason

    def __str__(self) -> str:
        if self.flag == "--set-json":
            form = "data JSON:" if self.expression.lstrip().startswith("{") else "data"
            return f"failed parsing --set-json {form} {self.expression}"
        return f"failed parsing {self.flag} data: {self.reason}"


class ValuesFileError(ValuesError):
    """The values file ``path`` cannot be used, because of ``reason``; ``unread`` if it could not even be read."""

    def __init__(self, path: str, reason: str, *, unread: bool = False) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
        self.unread = unread

    def __str__(self) -> str:
        if self.unread:
            return self.reason
        return f"failed to parse {self.path}: {self.reason}"


class DependencyProcessingError(ValuesError):
    """Values from which conditions, tags or imports of subcharts cannot be worked out; ``cause`` says why."""

    def __init__(self, cause: ValuesError) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"chart dependencies processing failed: {self.cause}"


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One rule of a ``values.schema.json`` that values break.

    Attributes:
        chart: Name of the chart whose schema it is.
        path: JSON pointer of the value, ``""`` for the root; None when the schema itself cannot be used.
        reason: In Helm's words, e.g. ``maximum: got 70,000, want 65,535``.
        report: Helm's line about it, and the indented ones below it where a rule combines others.
    """

    chart: str
    path: str | None
    reason: str
    report: str = ""


class SchemaError(ValuesError):
    """Values do not meet the schema of one or more charts."""

    def __init__(self, violations: Sequence[SchemaViolation]) -> None:
        super().__init__(tuple(violations))
        self.violations = tuple(violations)

    def __str__(self) -> str:
        out = ["values don't meet the specifications of the schema(s) in the following chart(s):\n"]
        chart = None
        for violation in self.violations:
            if violation.chart != chart:
                chart = violation.chart
                out.append(f"{chart}:\n")
            if violation.path is None:
                out.append(violation.reason)
            else:
                out.append((violation.report or f"- at '{violation.path}': {violation.reason}") + "\n")
        return "".join(out)
