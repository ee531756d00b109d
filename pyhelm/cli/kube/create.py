"""``pyhelm kube create``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from pyhelm.cli.dialect import OptionalValue, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.lastapplied import with_last_applied
from pyhelm.cli.kube.printing import OutputOption, print_change
from pyhelm.cli.kube.record import RECORD, annotate, change_cause
from pyhelm.cli.kube.targets import FILENAME, RECURSIVE, SELECTOR, Query, blamed_on, noun, raise_all, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import PyhelmError, UsageError
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import name_of

if TYPE_CHECKING:
    from pyhelm.cli.kube.targets import Selected
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

DRY_RUN = OptionalValue(["--dry-run"], bare="unchanged", default="none", help="none, client or server")
SUFFIX = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


VALIDATE = OptionalValue(["--validate"], bare="strict", default="strict", help="strict, warn or ignore unknown fields")


def check_validate(value: str) -> Literal["Ignore", "Warn", "Strict"]:
    """Return what becomes of unknown fields, or raise UsageError in kubectl's words."""
    if value in {"strict", "true"}:
        return "Strict"
    if value == "warn":
        return "Warn"
    if value in {"ignore", "false"}:
        return "Ignore"
    raise UsageError(f'invalid - validate option "{value}"; must be one of: strict (or true), warn, ignore (or false)')


def check_dry_run(value: str) -> str:
    """Return the dry-run mode, or raise UsageError in kubectl's words."""
    if value == "unchanged":
        click.echo("W --dry-run is deprecated and can be replaced with --dry-run=client.", err=True)
        return "client"
    if value not in SUFFIX:
        raise UsageError(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".')
    return value


def _create(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    output: str,
    record: bool,
    dry_run: str,
    validate: str,
    save_config: bool,
    args: tuple[str, ...],
) -> None:
    if args and not filenames:
        raise UsageError(
            f'creating a "{args[0]}" from arguments is not supported; write it to a file and use -f, '
            "or pipe it in with -f -"
        )
    if not filenames:
        raise UsageError("must specify one of -f and -k")
    dry_run = check_dry_run(dry_run)
    validation = check_validate(validate)
    options = WriteOptions(dry_run=dry_run == "server", field_manager="kubectl-create", field_validation=validation)
    with current().cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        chosen = select(
            client,
            args,
            filenames,
            Query(labels=labels),
            recursive=recursive,
            validated=validation != "Ignore",
            fetch=False,
        )
        if not chosen.items:
            raise UsageError("no objects passed to create")
        errors: list[PyhelmError] = []
        for item in chosen.items:
            if save_config:
                item.object = with_last_applied(item.object)
            if record:
                annotate(item.object, change_cause())
            try:
                obj = item.object if dry_run == "client" else _send(client, item, options)
            except PyhelmError as error:
                errors.append(error)
                continue
            print_change(item.resource, obj, output, f"{noun(item.resource, name_of(obj))} created{SUFFIX[dry_run]}")
        raise_all(errors)


def _send(client: Client, item: Selected, options: WriteOptions) -> Object:
    with blamed_on(item.source, "creating"):
        return client.create(item.resource, item.object, namespace=item.key.namespace, options=options)


create = Verb(
    "create",
    callback=_create,
    arity=(0, None),
    synopsis="-f FILENAME",
    params=[
        FILENAME,
        RECURSIVE,
        SELECTOR,
        OutputOption(),
        RECORD,
        DRY_RUN,
        VALIDATE,
        Switch(["--save-config"], help="keep the configuration in an annotation, for a later apply"),
    ],
    help="Create objects from files or standard input.",
)
