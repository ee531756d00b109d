"""``pyhelm create``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pyhelm.cli.commands.env import home
from pyhelm.cli.dialect import Command

if TYPE_CHECKING:
    from pyhelm.chart.model import Metadata


def _create(*, starter: str, args: tuple[str, ...]) -> None:
    from pyhelm.chart import scaffold

    target = Path(args[0])
    click.echo(f"Creating {args[0]}")
    if starter:
        scaffold.create_from(_metadata(target.name), target.parent, home("DATA") / "starters" / starter)
        return
    for path in scaffold.create(target.name, target.parent).overwritten:
        click.echo(f'WARNING: File "{path}" already exists. Overwriting.')


def _metadata(name: str) -> Metadata:
    """Return what Chart.yaml of a chart made from a starter says."""
    from pyhelm.chart.model import Metadata

    return Metadata(
        name=name,
        description="A Helm chart for Kubernetes",
        type="application",
        version="0.1.0",
        app_version="0.1.0",
        api_version="v2",
    )


create = Command(
    "create",
    callback=_create,
    arity=(1, 1),
    synopsis="NAME",
    params=[click.Option(["-p", "--starter"], default="", help="the name or absolute path of a starter chart")],
    help="Create a new chart with the given name.",
)
