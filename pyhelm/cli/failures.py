"""How failures are told: Helm's and kubectl's wording on standard error, and the exit code."""

from __future__ import annotations

import click

from pyhelm.errors import PyhelmError, UsageError


def report(error: PyhelmError) -> int:
    """Print ``error`` on standard error and return the exit code."""
    click.echo(f"Error: {error}", err=True)
    if error.hint:
        click.echo(f"hint: {error.hint}", err=True)
    return 1


def report_os(error: OSError) -> int:
    """Print what the operating system refused, in Go's form (``open FILE: no such file or directory``)."""
    reason = (error.strerror or str(error)).lower()
    click.echo(f"Error: open {error.filename}: {reason}" if error.filename else f"Error: {reason}", err=True)
    return 1


__all__ = ["UsageError", "report", "report_os"]
