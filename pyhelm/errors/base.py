"""What every other error is, and what belongs to no subject: usage, text that cannot be read, several failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class PyhelmError(Exception):
    """The root of the tree; ``hint`` says what to try, where that is known."""

    hint: str = ""


class UsageError(PyhelmError):
    """A flag, argument or environment variable that cannot be used."""


class UnsupportedError(PyhelmError):
    """Something that Helm or Kubernetes has and pyhelm has not."""


class YamlError(PyhelmError):
    """Text that cannot be read as YAML.

    Attributes:
        reason: What is wrong, in the words Helm uses where it has any.
        line: 1-based, or 0 when unknown.
        column: 1-based, or 0 when unknown.
        source: Where the text came from, if the caller said so.
    """

    def __init__(self, reason: str, line: int = 0, column: int = 0, source: str = "") -> None:
        super().__init__(reason, line, column, source)
        self.reason = reason
        self.line = line
        self.column = column
        self.source = source

    def __str__(self) -> str:
        return self.reason


class VersionError(PyhelmError):
    """``text`` is no semantic version (or no constraint on versions), because of ``reason``, in Helm's words."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class SeveralErrors(PyhelmError):  # noqa: N818 - holds errors, is none itself
    """A command went on after a failure; ``errors`` are all that it met, in order."""

    def __init__(self, errors: Sequence[PyhelmError]) -> None:
        super().__init__(tuple(errors))
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))
