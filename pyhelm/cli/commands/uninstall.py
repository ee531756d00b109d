"""``pyhelm uninstall``."""

from __future__ import annotations

import click

from pyhelm.cli.dialect import DURATION, Command, OptionalValue, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.options import wait_strategy
from pyhelm.errors import UsageError


def _uninstall(
    *,
    args: tuple[str, ...],
    dry_run: bool,
    no_hooks: bool,
    ignore_not_found: bool,
    keep_history: bool,
    cascade: str,
    timeout: float,
    description: str,
    wait: str | None,
) -> None:
    from pyhelm.action.environment import WaitStrategy
    from pyhelm.action.uninstall import UninstallOptions
    from pyhelm.action.uninstall import uninstall as run
    from pyhelm.kube.client import Propagation

    if cascade not in {"background", "foreground", "orphan"}:
        raise UsageError(f'invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    options = UninstallOptions(
        keep_history=keep_history,
        ignore_not_found=ignore_not_found,
        no_hooks=no_hooks,
        dry_run=dry_run,
        wait=WaitStrategy(wait_strategy(wait)),
        cascade=Propagation(cascade.capitalize()),
        timeout=timeout,
        description=description,
    )
    with current().environment(changes=not dry_run) as env:
        for name in args:
            done = run(env, name, options)
            if done.info:
                click.echo(done.info)
            click.echo(f'release "{name}" uninstalled')


uninstall = Command(
    "uninstall",
    callback=_uninstall,
    arity=(1, None),
    synopsis="RELEASE_NAME [...]",
    params=[
        Switch(["--dry-run"], help="only say what would happen"),
        Switch(["--no-hooks"], help="prevent hooks from running"),
        Switch(["--ignore-not-found"], help="treat a missing release as success"),
        Switch(["--keep-history"], help="delete the objects, but keep the release's history"),
        click.Option(["--cascade"], default="background", help="background, foreground or orphan"),
        click.Option(["--timeout"], type=DURATION, default=300.0, help="time to wait for an operation (default 5m0s)"),
        click.Option(["--description"], default="", help="add a custom description"),
        OptionalValue(["--wait"], bare="watcher", help="wait until objects are gone: watcher, legacy or hookOnly"),
    ],
    help="Remove releases and their objects.",
)
