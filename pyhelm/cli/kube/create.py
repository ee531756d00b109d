"""``pyhelm kube create``."""

from __future__ import annotations

import click

from pyhelm.cli.dialect import Command, OptionalValue
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import OutputOption, print_names, print_objects
from pyhelm.cli.kube.record import RECORD, annotate, change_cause
from pyhelm.cli.kube.targets import FILENAME, blamed_on, noun, place, read_manifests
from pyhelm.errors import UsageError
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import name_of

DRY_RUN = OptionalValue(["--dry-run"], bare="unchanged", default="none", help="none, client or server")
SUFFIX = {"none": "", "client": " (dry run)", "server": " (server dry run)"}


def check_dry_run(value: str) -> str:
    """Return the dry-run mode, or raise UsageError in kubectl's words."""
    if value not in SUFFIX:
        raise UsageError(f'Invalid dry-run value ({value}). Must be "none", "server", or "client".')
    return value


def _create(*, filenames: tuple[str, ...], output: str, record: bool, dry_run: str, args: tuple[str, ...]) -> None:
    if args:
        raise UsageError(
            f'creating a "{args[0]}" from arguments is not supported; write it to a file and use -f, '
            "or pipe it in with -f -"
        )
    if not filenames:
        raise UsageError("must specify one of -f and -k")
    check_dry_run(dry_run)
    invocation = current()
    options = WriteOptions(dry_run=dry_run == "server", field_manager="kubectl-create", field_validation="Strict")
    with invocation.cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        for obj, source in read_manifests(filenames):
            resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given)
            if record:
                annotate(obj, change_cause())
            if dry_run != "client":
                with blamed_on(source, "creating"):
                    obj = client.create(resource, obj, namespace=key.namespace, options=options)  # noqa: PLW2901
            if output == "name":
                print_names(resource, [obj])
            elif output:
                print_objects([obj], output, as_list=False)
            else:
                click.echo(f"{noun(resource, name_of(obj))} created{SUFFIX[dry_run]}")


create = Command(
    "create",
    callback=_create,
    arity=(0, None),
    synopsis="-f FILENAME",
    params=[FILENAME, OutputOption(("", "name", "json", "yaml")), RECORD, DRY_RUN],
    help="Create objects from files or standard input.",
)
