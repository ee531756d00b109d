"""What is told while a verb works: warnings, recoveries, the logs of hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pyhelm.action.progress import Event


def listener(event: Event) -> None:
    """Print what the user should know, on standard error; logs of hooks on standard output, as Helm does."""
    from pyhelm.action.progress import HookLog, Noted, Recovered
    from pyhelm.cli.failures import log, log_warning

    match event:
        case Noted():
            log("WARN" if event.level == "warning" else "INFO", event.message, event.facts)
        case Recovered():
            log_warning(
                f"revision {event.revision} of {event.name} was left {event.status} by {event.owner}; marked as failed"
            )
        case HookLog():
            click.echo(event.text, nl=False)
        case _:
            pass
