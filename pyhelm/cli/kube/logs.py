"""``pyhelm kube logs``."""

from __future__ import annotations

import click

from pyhelm.cli.dialect import INTEGER, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.targets import key_in
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import UsageError


def _logs(*, container: str, previous: bool, tail: int, args: tuple[str, ...]) -> None:
    name = args[0].removeprefix("pods/").removeprefix("pod/").removeprefix("po/")
    if "/" in name:
        raise UsageError(f"logs are printed of a Pod; {args[0]} is none (find its Pods with `kube get pods`)")
    if len(args) == 2:
        container = container or args[1]
    invocation = current()
    with invocation.cluster() as cluster:
        client = cluster.client
        key = key_in(client.catalog.find("pods"), invocation.namespace, name)
        text = client.logs(key, container, previous=previous, tail=tail if tail >= 0 else None)
        click.echo(text, nl=False)


logs = Verb(
    "logs",
    callback=_logs,
    arity=(1, 2),
    synopsis="POD [-c CONTAINER]",
    params=[
        click.Option(["-c", "--container"], default="", help="the container, where there are several"),
        Switch(["-p", "--previous"], help="of the container's run before the present one"),
        click.Option(["--tail"], type=INTEGER, default=-1, help="only the last lines"),
    ],
    help="Print what a container wrote.",
)
