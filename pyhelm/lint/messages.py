"""What lint has to say, and the collector that rules say it to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is; ``UNKNOWN`` is not used by any rule."""

    UNKNOWN = 0
    INFO = 1
    WARNING = 2
    ERROR = 3


@dataclass(frozen=True, slots=True)
class Message:
    """One finding.

    Attributes:
        severity: How bad it is.
        path: The file it is about, relative to the chart; at times a folder with ``/``, the chart's own path, or empty.
        text: What is wrong; may have several lines.
    """

    severity: Severity
    path: str
    text: str

    def __str__(self) -> str:
        return f"[{self.severity.name}] {self.path}: {self.text}"


@dataclass(slots=True)
class Linter:
    """Where the rules put what they find.

    Attributes:
        folder: Absolute path of the chart.
        messages: In the order of finding.
    """

    folder: str
    messages: list[Message] = field(default_factory=list)

    def check(self, severity: Severity, path: str, complaint: str | None) -> bool:
        """Note ``complaint``, unless it is None; return whether there was none."""
        if complaint is None:
            return True
        self.messages.append(Message(severity, path, complaint))
        return False


@dataclass(frozen=True, slots=True)
class LintResult:
    """What came of linting one chart.

    Attributes:
        path: The chart as it was named.
        messages: What was found.
        failures: Why it fails: texts of the messages that are bad enough, or the one reason why it is no chart at all.
        linted: Whether there was a chart to look at.
    """

    path: str
    messages: tuple[Message, ...]
    failures: tuple[str, ...]
    linted: bool = True

    @property
    def passed(self) -> bool:
        """Whether nothing was bad enough."""
        return not self.failures

    @property
    def clean(self) -> bool:
        """Whether there was nothing but information."""
        return self.passed and all(message.severity <= Severity.INFO for message in self.messages)

    def text(self, *, quiet: bool = False) -> str:
        """Return the block that ``helm lint`` prints, an empty line at its end; ``quiet`` leaves out information.

        Nothing at all where ``quiet`` finds nothing.
        """
        if quiet and self.clean:
            return ""
        lines = [f"==> Linting {self.path}"]
        if not self.messages:
            lines.extend(f"Error {failure}" for failure in self.failures)
        lines.extend(str(message) for message in self.messages if not quiet or message.severity > Severity.INFO)
        return "".join(f"{line}\n" for line in (*lines, ""))
