"""``pyhelm kube get --watch``: follow objects while cluster time passes.

In the embedded cluster waiting lets its clock run, so a watch shows at once what would happen; it ends when nothing
is going to happen any more by itself, or when the reader has had enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import print_names, print_objects, table_text
from pyhelm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.targets import Query, Selection
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

QUIET = 600.0
"""Seconds of cluster time without a change of what is watched that end a watch."""


@dataclass(frozen=True, slots=True)
class Watch:
    """How to follow: ``columns`` are arguments of ``table_text``."""

    query: Query
    columns: dict[str, Any]
    output: str
    list_first: bool
    with_events: bool


def follow(client: Client, chosen: Selection, watch: Watch, *, headers: bool, ignore_missing: bool) -> None:
    """Print the objects chosen, then each change, until nothing changes any more.

    Raises:
        UsageError: More than one type of objects.
    """
    resources = chosen.resources or list(dict.fromkeys(item.resource for item in chosen.items))
    if len(resources) > 1:
        raise UsageError("you may only specify a single resource type")
    if chosen.errors or not resources:
        if not ignore_missing:
            chosen.check()
        return
    show = _Printer(client, resources[0], watch, headers=headers)
    if watch.list_first:
        show(["ADDED"] * len(chosen.items), [item.object for item in chosen.items])
    resource, query = resources[0], watch.query
    scope = "" if query.every or not resource.namespaced else current().namespace
    fields, names = query.fields, {item.key.name for item in chosen.items} if chosen.named else set()
    if len(names) == 1:
        fields = f"metadata.name={next(iter(names))}"
    since = client.list(resource, scope, limit=1).resource_version
    for event in client.watch(resource, scope, since=since, labels=query.labels, fields=fields, timeout=QUIET):
        if event.type != "BOOKMARK":
            show([event.type], [event.object])


class _Printer:
    """Prints objects as they come, columns lined up with those before."""

    def __init__(self, client: Client, resource: Resource, watch: Watch, *, headers: bool) -> None:
        self._client = client
        self._resource = resource
        self._watch = watch
        self._headers = headers
        self._widths: list[int] = []

    def __call__(self, events: Sequence[str], objects: Sequence[Object]) -> None:
        output = self._watch.output
        if not objects:
            return
        if output == "name":
            print_names(self._resource, objects)
        elif output not in {"", "wide"}:
            for obj in objects:
                print_objects([obj], output, as_list=False)
        else:
            text = table_text(
                self._resource,
                objects,
                self._client.now(),
                with_namespace=self._watch.query.every and self._resource.namespaced,
                headers=self._headers,
                widths=self._widths,
                events=events if self._watch.with_events else (),
                **self._watch.columns,
            )
            click.echo(text, nl=False)
            self._headers = False
