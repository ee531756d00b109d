"""``pyhelm kube get``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import TABLE_FORMATS, OutputOption, is_template, print_names, print_objects, table_text
from pyhelm.cli.kube.targets import (
    API_RESOURCES,
    EVERY_NAMESPACE,
    FIELD_SELECTOR,
    FILENAME,
    RECURSIVE,
    SELECTOR,
    Query,
    nothing_found,
    select,
)
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import UsageError

if TYPE_CHECKING:
    from pyhelm.cli.kube.targets import Selected, Selection
    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource


def _get(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    output: str,
    labels: str,
    fields: str,
    every: bool,
    show_labels: bool,
    label_columns: tuple[str, ...],
    no_headers: bool,
    ignore_not_found: bool,
    sort_by: str,
    watch: bool,
    watch_only: bool,
    output_watch_events: bool,
    args: tuple[str, ...],
) -> None:
    watching = watch or watch_only
    if not args and not filenames and not watching:
        click.echo(f"You must specify the type of resource to get. {API_RESOURCES}\n", err=True)
        path = click.get_current_context().command_path
        raise UsageError(f"Required resource not specified.\nSee '{path} -h' for help and examples")
    if show_labels and output not in {"", "wide"}:
        raise UsageError(f"--show-labels option cannot be used with {output} printer")
    if output_watch_events and not watching:
        raise UsageError("--output-watch-events option can only be used with --watch or --watch-only")
    query = Query(labels=labels, fields=fields, every=every, bare=True)
    columns: dict[str, Any] = {
        "wide": output == "wide",
        "with_labels": show_labels,
        "label_columns": [name for names in label_columns for name in names.split(",")],
    }
    with current().cluster() as cluster:
        client = cluster.client
        chosen = select(client, args, filenames, query, recursive=recursive, ignore_missing=ignore_not_found)
        if sort_by:
            _sort(chosen, sort_by)
        if watching:
            from pyhelm.cli.kube.watching import Watch, follow

            settings = Watch(query, columns, output, list_first=not watch_only, with_events=output_watch_events)
            follow(client, chosen, settings, headers=not no_headers, ignore_missing=ignore_not_found)
            return
        if output not in {"", "wide"}:
            _print_generic(chosen, output, ignore=ignore_not_found, headers=not no_headers)
        else:
            _print_tables(client, chosen, columns, every=every, headers=not no_headers)
            if not chosen.items and not ignore_not_found and not chosen.errors:
                everywhere = every or any(not resource.namespaced for resource in chosen.resources)
                click.echo(nothing_found(every=everywhere), err=True)
        chosen.check()


def _print_generic(chosen: Selection, output: str, *, ignore: bool, headers: bool) -> None:
    if chosen.single and chosen.errors:
        return
    found = [item.object for item in chosen.items]
    if not found and ignore and chosen.named:
        return
    if output == "name":
        for item in chosen.items:
            print_names(item.resource, [item.object])
    elif is_template(output) and output.startswith("custom-columns"):
        from pyhelm.cli.kube.columns import parse_columns, print_columns

        name, _, spec = output.partition("=")
        print_columns(parse_columns(spec, from_file=name.endswith("-file")), found, headers=headers)
    else:
        print_objects(found, output, as_list=not chosen.single or len(found) != 1)


def _print_tables(client: Client, chosen: Selection, columns: dict[str, Any], *, every: bool, headers: bool) -> None:
    kinds = {(item.resource.group, item.resource.kind) for item in chosen.items}
    kinds |= {(resource.group, resource.kind) for resource in chosen.resources}
    written = False
    for resource, items in groupby(chosen.items, key=_resource):
        if written and headers:
            click.echo()
        written = True
        text = table_text(
            resource,
            [item.object for item in items],
            client.now(),
            with_namespace=every and resource.namespaced,
            with_kind=len(kinds) > 1,
            headers=headers,
            **columns,
        )
        click.echo(text, nl=False)


def _resource(item: Selected) -> Resource:
    return item.resource


def _sort(chosen: Selection, path: str) -> None:
    """Sort by a field: the rows of each type searched, or all named objects together."""
    from pyhelm.cli.kube.jsonpath import relaxed, sort_key

    key = sort_key(relaxed(path), [item.object for item in chosen.items])
    if chosen.named:
        chosen.items.sort(key=lambda item: key(item.object))
        return
    rank = {resource: position for position, resource in enumerate(chosen.resources)}
    chosen.items.sort(key=lambda item: (rank[item.resource], key(item.object)))


get = Verb(
    "get",
    callback=_get,
    arity=(0, None),
    synopsis="(TYPE [NAME ...] | TYPE/NAME ...)",
    params=[
        FILENAME,
        RECURSIVE,
        OutputOption(TABLE_FORMATS),
        SELECTOR,
        FIELD_SELECTOR,
        EVERY_NAMESPACE,
        Switch(["--show-labels"], help="show all labels as the last column"),
        click.Option(["-L", "--label-columns"], multiple=True, help="labels to show as columns"),
        Switch(["--no-headers"], help="do not print headers"),
        Switch(["--ignore-not-found"], help="treat missing objects as success"),
        click.Option(["--sort-by"], default="", help="sort by a field, such as .metadata.creationTimestamp"),
        Switch(["-w", "--watch"], help="after listing, follow the changes"),
        Switch(["--watch-only"], help="follow the changes without listing first"),
        Switch(["--output-watch-events"], help="say what kind of change each was"),
    ],
    help="List objects.",
)
