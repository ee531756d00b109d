"""``pyhelm kube delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import DURATION, INTEGER, Command, OptionalValue, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.targets import FILENAME, fetch, key_in, parse_targets, place, quoted_noun, read_manifests
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.client import DeleteOptions, Propagation
from pyhelm.kube.objects import key_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import ObjectKey
    from pyhelm.kube.resources import Resource

_CASCADES = {
    "background": Propagation.BACKGROUND,
    "foreground": Propagation.FOREGROUND,
    "orphan": Propagation.ORPHAN,
}


def _delete(
    *,
    filenames: tuple[str, ...],
    labels: str,
    fields: str,
    all_: bool,
    every: bool,
    cascade: str,
    grace_period: int,
    now: bool,
    force: bool,
    wait: bool,
    timeout: float,
    ignore_not_found: bool,
    dry_run: str,
    output: str,
    args: tuple[str, ...],
) -> None:
    check_dry_run(dry_run)
    if cascade not in _CASCADES:
        raise UsageError(f'invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    if force:
        click.echo(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been "
            "terminated. The resource may continue to run on the cluster indefinitely.",
            err=True,
        )
        grace_period = max(grace_period, 0)
    elif grace_period == 0:
        grace_period, wait = 1, True
    grace = 1 if now else grace_period
    invocation = current()
    options = DeleteOptions(
        propagation=_CASCADES[cascade], grace_seconds=None if grace < 0 else grace, dry_run=dry_run == "server"
    )
    with invocation.cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        ignore = ignore_not_found or bool(labels or all_)
        chosen = _choose(client, filenames, args, labels=labels, fields=fields, all_=all_, every=every)
        gone: list[tuple[Resource, ObjectKey]] = []
        missing: list[NotFoundError] = []
        for resource, key in chosen:
            try:
                if dry_run == "client":
                    client.get(resource, key)
                else:
                    client.delete(resource, key, options)
            except NotFoundError as error:
                if not ignore:
                    missing.append(error)
                continue
            if output == "name":
                click.echo(f"{quoted_noun(resource, key.name).replace(' ', '/').replace(chr(34), '')}")
            else:
                verb = "force deleted" if grace == 0 else "deleted"
                where = f" from {key.namespace} namespace" if resource.namespaced else ""
                click.echo(f"{quoted_noun(resource, key.name)} {verb}{where}{SUFFIX[dry_run]}")
            gone.append((resource, key))
        if wait and dry_run == "none":
            _wait_gone(client, gone, timeout)
        if not chosen and not missing:
            click.echo("No resources found", err=True)
        if missing:
            raise missing[0]


def _choose(
    client: Client,
    filenames: tuple[str, ...],
    args: tuple[str, ...],
    *,
    labels: str,
    fields: str,
    all_: bool,
    every: bool,
) -> list[tuple[Resource, ObjectKey]]:
    invocation = current()
    if filenames:
        return [
            place(client, obj, invocation.namespace, given=invocation.namespace_given)
            for obj, _ in read_manifests(filenames)
        ]
    targets = parse_targets(client.catalog, args)
    if not targets:
        raise UsageError("must specify one of -f and -k, or a resource type and name")
    chosen: list[tuple[Resource, ObjectKey]] = []
    for target in targets:
        if target.names:
            if labels or all_:
                raise UsageError("name cannot be provided when a selector is specified")
            chosen.extend(
                (target.resource, key_in(target.resource, invocation.namespace, name)) for name in target.names
            )
        elif labels or fields or all_:
            found = fetch(client, target, invocation.namespace, labels=labels, fields=fields, every=every)
            chosen.extend((target.resource, key_of(obj)) for obj in found)
        else:
            raise UsageError("resource(s) were provided, but no name was specified")
    return chosen


def _wait_gone(client: Client, gone: list[tuple[Resource, ObjectKey]], timeout: float) -> None:
    start = client.now()
    for resource, key in gone:
        while True:
            try:
                client.get(resource, key)
            except NotFoundError:
                break
            passed = (client.now() - start).total_seconds()
            if timeout and passed >= timeout:
                raise UsageError(f"timed out waiting for the condition on {resource.plural}/{key.name}")
            client.pause(timeout - passed if timeout else 60.0)


delete = Command(
    "delete",
    callback=_delete,
    arity=(0, None),
    synopsis="([-f FILENAME] | TYPE [(NAME | -l label | --all)])",
    params=[
        FILENAME,
        click.Option(["-l", "--selector", "labels"], default="", help="label query to filter on"),
        click.Option(["--field-selector", "fields"], default="", help="field query to filter on"),
        Switch(["--all", "all_"], help="delete all objects of the types given"),
        Switch(["-A", "--all-namespaces", "every"], help="in all namespaces"),
        OptionalValue(["--cascade"], bare="background", default="background", help="background, foreground or orphan"),
        click.Option(["--grace-period"], type=INTEGER, default=-1, help="seconds given to end gracefully"),
        Switch(["--now"], help="end within one second"),
        Switch(["--force"], help="delete at once, without waiting for an orderly end"),
        Switch(["--wait"], default=True, help="wait until the objects are gone"),
        click.Option(["--timeout"], type=DURATION, default=0, help="give up waiting after this time"),
        Switch(["--ignore-not-found"], help="treat missing objects as success"),
        DRY_RUN,
        click.Option(["-o", "--output"], default="", help="name for short output"),
    ],
    help="Delete objects by file, name or label.",
)
