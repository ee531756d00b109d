"""``pyhelm create``."""

from __future__ import annotations

from pathlib import Path

import click

from pyhelm.cli.dialect import Command
from pyhelm.errors import UnsupportedError


def _create(*, starter: str, args: tuple[str, ...]) -> None:
    if starter:
        raise UnsupportedError("--starter is not supported in this version")
    from pyhelm.chart import scaffold

    target = Path(args[0])
    click.echo(f"Creating {args[0]}")
    scaffold.create(target.name, target.parent)


create = Command(
    "create",
    callback=_create,
    arity=(1, 1),
    synopsis="NAME",
    params=[click.Option(["-p", "--starter"], default="", help="the name of a starter scaffold")],
    help="Create a new chart with the given name.",
)
