"""``pyhelm kube get``."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import OutputOption, print_names, print_objects, table_text
from pyhelm.cli.kube.targets import FILENAME, Target, fetch, parse_targets, place, read_manifests
from pyhelm.errors import UsageError

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource


def _get(
    *,
    filenames: tuple[str, ...],
    output: str,
    labels: str,
    fields: str,
    every: bool,
    show_labels: bool,
    label_columns: tuple[str, ...],
    no_headers: bool,
    ignore_not_found: bool,
    args: tuple[str, ...],
) -> None:
    invocation = current()
    with invocation.cluster() as cluster:
        client = cluster.client
        found, single = _collect(
            client, filenames, args, labels=labels, fields=fields, every=every, ignore=ignore_not_found
        )
        if output in {"json", "yaml"}:
            if found or not single:
                print_objects((obj for _, obj in found), output, as_list=not single)
            return
        if not found:
            if not single and not ignore_not_found:
                where = "." if every else f" in {invocation.namespace} namespace."
                click.echo(f"No resources found{where}", err=True)
            return
        groups = [(resource, [obj for _, obj in items]) for resource, items in groupby(found, lambda pair: pair[0])]
        for position, (resource, objects) in enumerate(groups):
            if output == "name":
                print_names(resource, objects)
                continue
            if position:
                click.echo()
            text = table_text(
                resource,
                objects,
                client.now(),
                wide=output == "wide",
                with_namespace=every and resource.namespaced,
                with_kind=len(groups) > 1,
                with_labels=show_labels,
                label_columns=[name for names in label_columns for name in names.split(",")],
                headers=not no_headers,
            )
            click.echo(text, nl=False)


def _collect(
    client: Client, filenames: tuple[str, ...], args: tuple[str, ...], *, ignore: bool, every: bool, **selection: Any
) -> tuple[list[tuple[Resource, Object]], bool]:
    """Return the objects asked for, and whether exactly one was named."""
    from pyhelm.errors import NotFoundError

    invocation = current()
    targets: list[tuple[Target, str]]
    if filenames:
        targets = []
        for obj, _ in read_manifests(filenames):
            resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given)
            targets.append((Target(resource, (key.name,)), key.namespace))
    else:
        targets = [(target, invocation.namespace) for target in parse_targets(client.catalog, args)]
    if not targets:
        raise UsageError(
            'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of '
            "supported resources."
        )
    found: list[tuple[Resource, Object]] = []
    for target, namespace in targets:
        try:
            found.extend((target.resource, obj) for obj in fetch(client, target, namespace, every=every, **selection))
        except NotFoundError:
            if not ignore:
                raise
    single = len(targets) == 1 and len(targets[0][0].names) == 1
    return found, single


get = Command(
    "get",
    callback=_get,
    arity=(0, None),
    synopsis="(TYPE [NAME ...] | TYPE/NAME ...)",
    params=[
        FILENAME,
        OutputOption(),
        click.Option(["-l", "--selector", "labels"], default="", help="label query to filter on"),
        click.Option(["--field-selector", "fields"], default="", help="field query to filter on"),
        Switch(["-A", "--all-namespaces", "every"], help="list across all namespaces"),
        Switch(["--show-labels"], help="show all labels as the last column"),
        click.Option(["-L", "--label-columns"], multiple=True, help="labels to show as columns"),
        Switch(["--no-headers"], help="do not print headers"),
        Switch(["--ignore-not-found"], help="treat missing objects as success"),
    ],
    help="List objects.",
)
