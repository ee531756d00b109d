"""How failures and warnings are told: Helm's and kubectl's wording on standard error, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.errors import (
    ApiError,
    DependencyProcessingError,
    HookFailedError,
    NotFoundError,
    NotReadyError,
    ReleaseFailedError,
    ReleaseNameError,
    ReleaseNameInUseError,
    ReleaseNotFoundError,
    ReleaseStorageError,
    SeveralErrors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.invocation import Invocation
    from pyhelm.errors import PyhelmError

_NAME_CHECK = "release name check failed"
"""What Helm says, and logs besides, where a name cannot be used for installing."""


def report(error: PyhelmError, invocation: Invocation) -> int:
    """Print ``error`` on standard error, worded for the command that failed, and return the exit code."""
    if invocation.speaks_kubectl:
        click.echo(_kubectl_text(error), err=True)
    else:
        check, _, reason = str(error).partition(": ")
        if isinstance(error, (ReleaseNameError, ReleaseNameInUseError)) and check == _NAME_CHECK:
            log("ERROR", _NAME_CHECK, [("error", reason)])
        elif isinstance(error, DependencyProcessingError):
            log("ERROR", "chart dependencies processing failed", [("error", str(error.cause))])
        click.echo(f"Error: {invocation.failure_prefix}{error}{invocation.failure_suffix}", err=True)
    for culprit in _culprits(error):
        click.echo(f"  {culprit}", err=True)
    hint = error.hint or _advice(error, invocation)
    if hint:
        click.echo(f"hint: {hint}", err=True)
    return 1


def report_os(error: OSError, invocation: Invocation) -> int:
    """Print what the operating system refused, in Go's form (``open FILE: no such file or directory``)."""
    reason = (error.strerror or str(error)).lower()
    place = f"open {error.filename}: " if error.filename else ""
    head = "error: " if invocation.speaks_kubectl else f"Error: {invocation.failure_prefix}"
    click.echo(f"{head}{place}{reason}", err=True)
    return 1


def report_bug(error: Exception, invocation: Invocation) -> int:
    """Print that pyhelm itself failed, with the traceback when verbose output is wanted, and return the exit code."""
    if invocation.debug:
        import traceback

        click.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    head = "error: " if invocation.speaks_kubectl else f"Error: {invocation.failure_prefix}"
    click.echo(f"{head}internal error: {type(error).__name__}: {error}", err=True)
    click.echo("hint: this is a bug in pyhelm, please report it; --debug shows where it happened", err=True)
    return 1


def log_warning(message: str, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Print a warning as Helm logs it (``level=WARN msg=…``)."""
    log("WARN", message, facts)


def log(level: str, message: str, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Print a line as Go's text log handler does."""
    pairs = "".join(f" {name}={_log_value(value)}" for name, value in facts)
    click.echo(f"level={level} msg={_log_value(message)}{pairs}", err=True)


def _advice(error: PyhelmError, invocation: Invocation) -> str:
    """Return what only the command line can say of a failure: which namespace it looked in, and its own flags."""
    if isinstance(error, ReleaseNotFoundError) and error.name:
        place = f'"{error.name}" in namespace "{invocation.namespace}"'
        if error.revision:
            return f"there is no revision {error.revision} of {place}; history shows those that are kept"
        return f"there is no {place}; list --all-namespaces shows what there is"
    if isinstance(error, ReleaseStorageError) and isinstance(error.cause, NotFoundError):
        return f'choose another namespace with -n, or create "{invocation.namespace}" with --create-namespace'
    return ""


def _culprits(error: PyhelmError) -> list[str]:
    """Return what is known of why objects were not ready, wherever in the chain of causes that is told."""
    while isinstance(error, (ReleaseFailedError, HookFailedError)):
        error = error.cause
    if not isinstance(error, NotReadyError):
        return []
    return [line for item in error.pending for line in item.culprits]


def _kubectl_text(error: PyhelmError) -> str:
    if isinstance(error, SeveralErrors):
        return "\n".join(map(_one_of_several, error.errors))
    if isinstance(error, ApiError) and not _is_discovery(error):
        if error.reason == "Invalid":
            return _invalid_text(error)
        return f"Error from server ({error.reason}): {error}"
    text = str(error).removesuffix("\n")
    return text if text.startswith("error: ") else f"error: {text}"


def _one_of_several(error: PyhelmError) -> str:
    """Return kubectl's text for an error in a list of them (messageForError)."""
    if isinstance(error, ApiError) and not _is_discovery(error):
        return f"Error from server ({error.reason}): {error}"
    return str(error)


def _invalid_text(error: ApiError) -> str:
    """Return kubectl's text for an object that breaks its kind's rules (StandardErrorMessage)."""
    details = error.details
    text = "The request is invalid"
    causes = list(
        dict.fromkeys(f"{cause.get('field', '')}: {cause.get('message', '')}" for cause in details.get("causes") or ())
    )
    if details.get("kind") or details.get("name"):
        text = f'The {details.get("kind", "")} "{details.get("name", "")}" is invalid'
    elif error.message and not causes:
        text = f"{text}: {error.message}"
    if len(causes) > 1:
        return f"{text}: \n" + "\n".join(f"* {cause}" for cause in causes)
    return f"{text}: {causes[0]}" if causes else text


def _is_discovery(error: ApiError) -> bool:
    """Tell whether the client itself found that a resource type does not exist."""
    return isinstance(error, NotFoundError) and (
        error.message.startswith(("the server doesn't have a resource type", "no matches for kind"))
    )


def _log_value(value: str) -> str:
    """Quote a value as Go's text log handler does: where it holds spaces, quotes, = or nothing at all."""
    if value and not any(char in ' "=' or not char.isprintable() for char in value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
