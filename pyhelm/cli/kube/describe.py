"""``pyhelm kube describe``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.description import describe_object
from pyhelm.cli.kube.targets import FILENAME, Target, fetch, key_in, parse_targets, place, read_manifests
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.objects import Object, name_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client


def _describe(
    *, filenames: tuple[str, ...], labels: str, every: bool, show_events: bool, args: tuple[str, ...]
) -> None:
    invocation = current()
    with invocation.cluster() as cluster:
        client = cluster.client
        targets = [(target, invocation.namespace) for target in parse_targets(client.catalog, args)]
        for obj, _ in read_manifests(filenames):
            resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given)
            targets.append((Target(resource, (key.name,)), key.namespace))
        if not targets:
            raise UsageError("You must specify the type of resource to describe")
        texts: list[str] = []
        for target, namespace in targets:
            for name in target.names:
                try:
                    found = [client.get(target.resource, key_in(target.resource, namespace, name))]
                except NotFoundError:
                    found = _by_prefix(client, target, namespace, name)
                    if not found:
                        raise
                texts.extend(describe_object(client, target.resource, obj, events=show_events) for obj in found)
            if not target.names:
                found = fetch(client, target, namespace, labels=labels, every=every)
                texts.extend(describe_object(client, target.resource, obj, events=show_events) for obj in found)
        if not texts:
            click.echo(f"No resources found in {invocation.namespace} namespace.", err=True)
        click.echo("\n\n".join(texts), nl=False)


def _by_prefix(client: Client, target: Target, namespace: str, prefix: str) -> list[Object]:
    """Return the objects whose names begin with ``prefix``, which is what kubectl tries next."""
    return [obj for obj in fetch(client, Target(target.resource), namespace) if name_of(obj).startswith(prefix)]


describe = Command(
    "describe",
    callback=_describe,
    arity=(0, None),
    synopsis="(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    params=[
        FILENAME,
        click.Option(["-l", "--selector", "labels"], default="", help="label query to filter on"),
        Switch(["-A", "--all-namespaces", "every"], help="in all namespaces"),
        Switch(["--show-events"], default=True, help="show the events related to the object"),
    ],
    help="Show details of objects, with their events.",
)
