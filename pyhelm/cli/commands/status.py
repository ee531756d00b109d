"""``pyhelm status``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import INTEGER, Command
from pyhelm.cli.invocation import current
from pyhelm.cli.output import OUTPUT
from pyhelm.cli.release_view import show_release

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object


def _status(*, args: tuple[str, ...], revision: int, output: str) -> None:
    from pyhelm.action.status import status as run

    invocation = current()
    with invocation.environment() as env:
        release = run(env, args[0], revision)
        resources = release.info.resources or {}
        table = _tables(env.cluster, resources) if output == "table" else ""
    show_release(release, output, table_resources=table, with_chart=False)


def _tables(client: Client, resources: Mapping[str, Sequence[Object]]) -> str:
    """Return the objects of a release as tables, by kind."""
    from pyhelm.cli.kube.printing import table_text

    parts = []
    for kind, objects in resources.items():
        resource = client.catalog.for_object(objects[0])
        parts.append(f"==> {kind}\n{table_text(resource, objects, client.now())}\n")
    return "".join(parts)


status = Command(
    "status",
    callback=_status,
    arity=(1, 1),
    synopsis="RELEASE_NAME",
    params=[
        click.Option(["--revision"], type=INTEGER, default=0, help="show this revision instead of the last"),
        OUTPUT,
    ],
    help="Show how a release stands, and its objects.",
)
