"""``pyhelm kube delete``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import DURATION, INTEGER, OptionalValue, Switch, given
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.targets import (
    EVERY_NAMESPACE,
    FIELD_SELECTOR,
    FILENAME,
    RECURSIVE,
    SELECTOR,
    Query,
    noun,
    quoted_noun,
    raise_all,
    select,
)
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import ApiError, NotFoundError, PyhelmError, UsageError
from pyhelm.kube.client import DeleteOptions, Propagation
from pyhelm.kube.objects import metadata, uid_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cli.kube.targets import Selected
    from pyhelm.kube.client import Client

_CASCADES = {
    "background": Propagation.BACKGROUND,
    "foreground": Propagation.FOREGROUND,
    "orphan": Propagation.ORPHAN,
}
_STEP = 60.0


def _delete(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
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
    grace = _grace(grace_period, now=now, force=force)
    dry_run = check_dry_run(dry_run)
    if cascade not in _CASCADES:
        raise UsageError(f'invalid cascade value ({cascade}). Must be "background", "foreground", or "orphan"')
    invocation = current()
    options = DeleteOptions(
        propagation=_CASCADES[cascade], grace_seconds=None if grace < 0 else grace, dry_run=dry_run == "server"
    )
    if not given("ignore_not_found"):
        ignore_not_found = bool(all_ or labels or fields)
    verb = "force deleted" if grace == 0 else "deleted"
    with invocation.cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        if all_ and labels:
            raise UsageError("setting 'all' parameter but found a non empty selector. ")
        query = Query(labels=labels, fields=fields, all=all_, every=every)
        chosen = select(client, args, filenames, query, fetch=False, recursive=recursive)
        _check(output, grace=grace, force=force)
        warn = invocation.namespace_given and not every
        gone: list[tuple[Selected, str]] = []
        errors: list[PyhelmError] = [*chosen.errors]
        for item in chosen.items:
            if warn and not item.resource.namespaced:
                click.echo("Warning: deleting cluster-scoped resources, not scoped to the provided namespace", err=True)
                warn = False
            try:
                uid = "" if dry_run == "client" else _delete_one(client, item, options)
            except ApiError as error:
                if not (ignore_not_found and isinstance(error, NotFoundError)):
                    errors.append(error)
                continue
            gone.append((item, uid))
            where = f" from {item.key.namespace} namespace" if item.resource.namespaced else ""
            if output == "name":
                click.echo(noun(item.resource, item.key.name))
            else:
                click.echo(f"{quoted_noun(item.resource, item.key.name)} {verb}{where}{SUFFIX[dry_run]}")
        raise_all(errors)
        if not chosen.items:
            click.echo("No resources found")
        if wait and dry_run == "none":
            _wait_gone(client, gone, timeout)


def _grace(grace: int, *, now: bool, force: bool) -> int:
    """Return the seconds that Pods get to end; negative for their own."""
    if now:
        if grace != -1:
            raise UsageError("--now and --grace-period cannot be specified together")
        grace = 1
    if grace == 0 and not force:
        return 1
    return 0 if force and grace < 0 else grace


def _check(output: str, *, grace: int, force: bool) -> None:
    if output not in {"", "name"}:
        raise UsageError(f"unexpected -o output mode: {output}. We only support '-o name'")
    if force and grace > 0:
        raise UsageError("--force and --grace-period greater than 0 cannot be specified together")
    if force:
        click.echo(
            "Warning: Immediate deletion does not wait for confirmation that the running resource has been "
            "terminated. The resource may continue to run on the cluster indefinitely.",
            err=True,
        )


def _delete_one(client: Client, item: Selected, options: DeleteOptions) -> str:
    """Delete an object; return its uid, as far as the answer tells it."""
    try:
        answer = client.delete(item.resource, item.key, options)
    except ApiError as error:
        if item.source:
            error.message = f'error when deleting "{item.source}": {error.message}'
        raise
    if answer.get("kind") == "Status" and "status" in answer:
        return str((answer.get("details") or {}).get("uid", ""))
    return uid_of(answer)


def _wait_gone(client: Client, gone: Sequence[tuple[Selected, str]], timeout: float) -> None:
    start = client.now()
    for item, uid in gone:
        while _is_there(client, item, uid):
            passed = (client.now() - start).total_seconds()
            if timeout and passed >= timeout:
                raise UsageError(f"timed out waiting for the condition on {item.resource.plural}/{item.key.name}")
            if not client.pause(min(_STEP, timeout - passed) if timeout else _STEP) and not timeout:
                _explain_wait(client, item)
                timeout = passed + 2 * _STEP


def _is_there(client: Client, item: Selected, uid: str) -> bool:
    """Tell whether the object still exists; another one of its name does not count."""
    try:
        found = client.get(item.resource, item.key)
    except NotFoundError:
        return False
    return not uid or uid_of(found) == uid


def _explain_wait(client: Client, item: Selected) -> None:
    """Say why an object stays, when nothing happens any more that could end it; kubectl would wait for a week."""
    finalizers = ", ".join(metadata(client.get(item.resource, item.key)).get("finalizers") or ())
    held = f"its finalizers ({finalizers}) hold it" if finalizers else "it does not end"
    click.echo(f"{noun(item.resource, item.key.name)} is not gone yet: {held}", err=True)


delete = Verb(
    "delete",
    callback=_delete,
    arity=(0, None),
    synopsis="([-f FILENAME] | TYPE [(NAME | -l label | --all)])",
    params=[
        FILENAME,
        RECURSIVE,
        SELECTOR,
        FIELD_SELECTOR,
        Switch(["--all", "all_"], help="delete all objects of the types given"),
        EVERY_NAMESPACE,
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
