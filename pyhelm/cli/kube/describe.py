"""``pyhelm kube describe``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.description import describe_object
from pyhelm.cli.kube.targets import (
    API_RESOURCES,
    EVERY_NAMESPACE,
    FILENAME,
    RECURSIVE,
    SELECTOR,
    Query,
    Selected,
    nothing_found,
    select,
)
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.objects import name_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client


def _describe(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    every: bool,
    show_events: bool | None,
    args: tuple[str, ...],
) -> None:
    if not filenames and not args:
        raise UsageError(f"You must specify the type of resource to describe. {API_RESOURCES}")
    with current().cluster() as cluster:
        client = cluster.client
        query = Query(labels=labels, every=every, bare=True)
        chosen = select(client, args, filenames, query, recursive=recursive)
        found, prefixed = chosen.items, False
        if not filenames and not every and any(isinstance(error, NotFoundError) for error in chosen.errors):
            found = _by_prefix(client, args)
            prefixed = bool(found)
        if not prefixed:
            found = chosen.items
        events = show_events if show_events is not None else len(found) == 1 and not prefixed
        texts = [describe_object(client, item.resource, item.object, events=events) for item in found]
        if prefixed:
            click.echo("\n".join([*texts, ""]), nl=False)
            return
        click.echo("\n\n".join(texts), nl=False)
        chosen.check()
        if not texts:
            click.echo(nothing_found(every=every), err=True)


def _by_prefix(client: Client, args: tuple[str, ...]) -> list[Selected]:
    """Return the objects whose names begin as the one name given does, which is what kubectl tries next."""
    if len(args) != 2 or "," in args[0]:
        return []
    candidates = select(client, args[:1], (), Query(bare=True)).items
    return [item for item in candidates if name_of(item.object).startswith(args[1])]


describe = Verb(
    "describe",
    callback=_describe,
    arity=(0, None),
    synopsis="(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)",
    params=[
        FILENAME,
        RECURSIVE,
        SELECTOR,
        EVERY_NAMESPACE,
        Switch(["--show-events"], default=None, help="show the events (by default, those of a single object)"),
    ],
    help="Show details of objects, with their events.",
)
