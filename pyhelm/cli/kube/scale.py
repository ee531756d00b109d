"""``pyhelm kube scale``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import INTEGER, Switch, given
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.printing import OutputOption, print_change
from pyhelm.cli.kube.record import RECORD, change_cause, record_change
from pyhelm.cli.kube.targets import FILENAME, RECURSIVE, SELECTOR, Query, noun, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.client import PatchType, WriteOptions

if TYPE_CHECKING:
    from pyhelm.cli.kube.targets import Selected
    from pyhelm.kube.client import Client


def _scale(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    all_: bool,
    replicas: int,
    current_replicas: int,
    resource_version: str,
    dry_run: str,
    record: bool,
    output: str,
    args: tuple[str, ...],
) -> None:
    if not given("replicas"):
        raise UsageError('required flag(s) "replicas" not set')
    dry_run = check_dry_run(dry_run)
    if replicas < 0:
        raise UsageError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    if current_replicas < -1:
        raise UsageError("The --current-replicas must specify an integer of -1 or greater")
    with current().cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        query = Query(labels=labels, all=all_)
        chosen = select(client, args, filenames, query, recursive=recursive)
        chosen.check()
        if not chosen.items:
            raise UsageError("no objects passed to scale")
        if len(chosen.items) > 1 and resource_version:
            raise UsageError("cannot use --resource-version with multiple resources")
        options = WriteOptions(dry_run=dry_run == "server", field_manager="kubectl-scale")
        for item in chosen.items:
            if dry_run != "client":
                _scale_one(client, item, replicas, current_replicas, resource_version, options)
                if record and dry_run == "none":
                    record_change(client, item.resource, item.key, change_cause())
            line = f"{noun(item.resource, item.key.name)} scaled{SUFFIX[dry_run]}"
            print_change(item.resource, item.object, output, line)


def _scale_one(
    client: Client, item: Selected, replicas: int, expected: int, version: str, options: WriteOptions
) -> None:
    if "scale" not in item.resource.subresources:
        raise NotFoundError("the server could not find the requested resource")
    if expected != -1 or version:
        scale = client.get(item.resource, item.key, subresource="scale")
        found = (scale.get("spec") or {}).get("replicas", 0)
        if expected not in {-1, found}:
            raise UsageError(f"Expected replicas to be {expected}, was {found}")
        held = scale["metadata"].get("resourceVersion", "")
        if version and version != held:
            raise UsageError(f"Expected resource version to be {version}, was {held}")
    body = {"spec": {"replicas": replicas}}
    client.patch(item.resource, item.key, PatchType.MERGE, body, subresource="scale", options=options)


scale = Verb(
    "scale",
    callback=_scale,
    arity=(0, None),
    synopsis="--replicas=COUNT (TYPE NAME | TYPE/NAME ...)",
    params=[
        FILENAME,
        RECURSIVE,
        SELECTOR,
        Switch(["--all", "all_"], help="all objects of the types given"),
        click.Option(["--replicas"], type=INTEGER, default=0, help="the new number of Pods"),
        click.Option(["--current-replicas"], type=INTEGER, default=-1, help="scale only from this number of Pods"),
        click.Option(["--resource-version"], default="", help="scale only the object of this version"),
        DRY_RUN,
        RECORD,
        OutputOption(),
    ],
    help="Set a new size for a Deployment, ReplicaSet or StatefulSet.",
)
