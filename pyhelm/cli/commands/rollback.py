"""``pyhelm rollback``."""

from __future__ import annotations

from typing import Any

import click

from pyhelm.cli.commands.upgrade import history_max_option
from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.options import (
    deprecated,
    dry_run_mode,
    dry_run_option,
    server_side,
    wait_options,
    wait_strategy,
)
from pyhelm.errors import UsageError

_LONGEST_DESCRIPTION = 512


def _rollback(*, args: tuple[str, ...], dry_run: str, **flags: Any) -> None:
    from pyhelm.action.environment import DryRun, ServerSide, WaitStrategy
    from pyhelm.action.rollback import RollbackOptions
    from pyhelm.action.rollback import rollback as run

    mode = DryRun(dry_run_mode(dry_run))
    description = flags.pop("description")
    if len(description) > _LONGEST_DESCRIPTION:
        raise UsageError(f"description must be {_LONGEST_DESCRIPTION} characters or less, got {len(description)}")
    options = RollbackOptions(
        revision=_revision(args[1]) if len(args) > 1 else 0,
        dry_run=mode,
        description=description,
        wait=WaitStrategy(wait_strategy(flags.pop("wait"))),
        server_side=ServerSide(server_side(flags.pop("server_side"))),
        force_replace=flags.pop("force_replace") | flags.pop("force"),
        **flags,
    )
    with current().environment(changes=not mode.pretends) as env:
        run(env, args[0], options)
    click.echo("Rollback was a success! Happy Helming!")


def _revision(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(
            f'could not convert revision to a number: strconv.Atoi: parsing "{text}": invalid syntax'
        ) from None


rollback = Command(
    "rollback",
    callback=_rollback,
    arity=(1, None),
    synopsis="<RELEASE> [REVISION]",
    params=[
        click.Option(["--description"], default="", help="add a custom description"),
        Switch(["--force-replace"], help="force object updates by replacement"),
        deprecated("--force", "use --force-replace instead"),
        Switch(["--force-conflicts"], help="with server-side apply: take over fields that others own"),
        click.Option(["--server-side"], default="auto", help="true, false or auto (as the release did before)"),
        Switch(["--no-hooks"], help="prevent hooks from running"),
        Switch(["--cleanup-on-fail"], help="delete new objects when the rollback fails"),
        history_max_option(),
        dry_run_option(),
        *wait_options(),
    ],
    help="Roll a release back to a former revision (to the one before the last, if none is named).",
)
