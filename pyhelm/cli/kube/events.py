"""``pyhelm kube events``."""

from __future__ import annotations

import click

from pyhelm.cli.dialect import Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import print_objects, without_managed_fields
from pyhelm.cli.kube.verb import Verb
from pyhelm.cli.tabwriter import format_rows
from pyhelm.errors import UsageError
from pyhelm.kube.objects import namespace_of
from pyhelm.kube.printers.events import order
from pyhelm.kube.printers.table import since


def _events(
    *,
    for_: str,
    types: str,
    every: bool,
    no_headers: bool,
    output: str,
    args: tuple[str, ...],  # noqa: ARG001
) -> None:
    invocation = current()
    wanted = {kind.strip().lower() for kind in types.split(",") if kind.strip()}
    if wanted - {"normal", "warning"}:
        raise UsageError("valid --types are Normal or Warning")
    if output not in {"", "json", "yaml"}:
        raise UsageError(
            f'unable to match a printer suitable for the output format "{output}", allowed formats are: json,yaml'
        )
    with invocation.cluster() as cluster:
        client = cluster.client
        fields = ""
        if for_:
            kind, slash, name = for_.partition("/")
            if not slash or not name:
                raise UsageError("--for must be in resource/name form")
            resource = client.catalog.find(kind)
            fields = f"involvedObject.kind={resource.kind},involvedObject.name={name}"
        scope = "" if every else invocation.namespace
        found = client.list(client.catalog.for_kind("v1", "Event"), scope, fields=fields).items
        found = [event for event in found if not wanted or event.get("type", "").lower() in wanted]
        found.sort(key=order)
        if output in {"json", "yaml"}:
            items = [without_managed_fields(event) for event in found]
            print_objects(
                [{"apiVersion": "v1", "items": items, "kind": "EventList", "metadata": {}}], output, as_list=False
            )
            return
        if not found:
            where = "" if every else f" in {invocation.namespace} namespace"
            click.echo(f"No events found{where}.", err=True)
            return
        rows = [] if no_headers else [["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]]
        now = client.now()
        for event in found:
            target = event.get("involvedObject") or {}
            last = since(order(event)[0], now)
            if (event.get("count") or 1) > 1:
                last = f"{last} (x{event['count']} over {since(event.get('firstTimestamp'), now)})"
            rows.append(
                [
                    last,
                    event.get("type", ""),
                    event.get("reason", ""),
                    f"{target.get('kind', '')}/{target.get('name', '')}",
                    (event.get("message") or "").strip().replace("\n", "\\n"),
                ]
            )
        if every:
            spaces = [namespace_of(event) for event in found]
            labels = spaces if no_headers else ["NAMESPACE", *spaces]
            rows = [[label, *row] for label, row in zip(labels, rows, strict=True)]
        click.echo(format_rows(rows), nl=False)


events = Verb(
    "events",
    callback=_events,
    params=[
        click.Option(["--for", "for_"], default="", help="only events about this object (resource/name)"),
        click.Option(["--types"], default="", help="only events of these types (Normal, Warning)"),
        Switch(["-A", "--all-namespaces", "every"], help="in all namespaces"),
        Switch(["--no-headers"], help="do not print headers"),
        click.Option(["-o", "--output"], default="", help="json or yaml"),
    ],
    help="List events, the latest last.",
)
