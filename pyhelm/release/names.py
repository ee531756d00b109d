"""Names of releases: what is legal, and names made up for those who gave none."""

from __future__ import annotations

import re

from pyhelm.errors import ReleaseNameError

MAX_LENGTH = 53

_PATTERN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
_LEGAL = re.compile(_PATTERN)


def problem_of(name: str) -> str:
    """Return what is wrong with a release name, in Helm's words, or ``""`` (ValidateReleaseName)."""
    if not name:
        return "no name provided"
    if len(name) > MAX_LENGTH or not _LEGAL.fullmatch(name):
        return f"invalid release name, must match regex {_PATTERN} and the length must not be longer than {MAX_LENGTH}"
    return ""


def validate(name: str, *, message: str = "{reason}") -> None:
    """Refuse an illegal name.

    Args:
        name: The release's name.
        message: How the verb words it, with ``{name}`` and ``{reason}``.

    Raises:
        ReleaseNameError: The name is not legal.
    """
    reason = problem_of(name)
    if reason:
        raise ReleaseNameError(name, message.format(name=name, reason=reason))


def generate(chart_reference: str, unix_seconds: int) -> str:
    """Return a name made of a chart's reference and the time, as ``--generate-name`` asks for (NameAndChart)."""
    base = chart_reference.rstrip("/").rpartition("/")[2]
    if base in {".", ""}:
        base = "chart"
    return f"{base.partition('.')[0]}-{unix_seconds}"
