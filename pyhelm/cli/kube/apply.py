"""``pyhelm kube apply``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.printing import OutputOption, print_names, print_objects
from pyhelm.cli.kube.record import RECORD, annotate, change_cause
from pyhelm.cli.kube.targets import FILENAME, blamed_on, noun, place, read_manifests
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import Object, annotations_of, metadata, name_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import ObjectKey
    from pyhelm.kube.resources import Resource

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def _apply(
    *,
    filenames: tuple[str, ...],
    output: str,
    record: bool,
    dry_run: str,
    server_side: bool,
    force_conflicts: bool,
    field_manager: str,
    args: tuple[str, ...],
) -> None:
    if args:
        raise UsageError(f"Unexpected args: [{' '.join(args)}]")
    if not filenames:
        raise UsageError("must specify one of -f and -k")
    check_dry_run(dry_run)
    invocation = current()
    with invocation.cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        for obj, source in read_manifests(filenames):
            resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given)
            if record:
                annotate(obj, change_cause())
            if server_side:
                options = WriteOptions(
                    dry_run=dry_run == "server",
                    field_manager=field_manager or "kubectl",
                    field_validation="Strict",
                    force=force_conflicts,
                )
                with blamed_on(source, "applying"):
                    result = client.patch(resource, key, PatchType.APPLY, obj, options=options)
                change = "serverside-applied"
            else:
                with blamed_on(source, "applying"):
                    result, change = _apply_client_side(client, resource, key, obj, dry_run=dry_run)
            if output == "name":
                print_names(resource, [result])
            elif output:
                print_objects([result], output, as_list=False)
            else:
                click.echo(f"{noun(resource, name_of(result))} {change}{SUFFIX[dry_run]}")


def _apply_client_side(
    client: Client, resource: Resource, key: ObjectKey, obj: Object, *, dry_run: str
) -> tuple[Object, str]:
    """Apply with a three-way patch from the last applied configuration (kubectl's default)."""
    from pyhelm.kube.patches.chosen import three_way_patch

    options = WriteOptions(
        dry_run=dry_run == "server", field_manager="kubectl-client-side-apply", field_validation="Strict"
    )
    try:
        live = client.get(resource, key)
    except NotFoundError:
        desired = _with_last_applied(obj)
        if dry_run == "client":
            return desired, "created"
        return client.create(resource, desired, namespace=key.namespace, options=options), "created"
    original = annotations_of(live).get(LAST_APPLIED)
    if original is None:
        click.echo(
            f"Warning: resource {resource.plural}/{key.name} is missing the {LAST_APPLIED} annotation which is "
            "required by kubectl apply. kubectl apply should only be used on resources created declaratively by "
            "either kubectl create --save-config or kubectl apply. The missing annotation will be patched "
            "automatically.",
            err=True,
        )
    patch_type, patch = three_way_patch(
        resource, json.loads(original) if original else None, _with_last_applied(obj), live
    )
    if not patch:
        return live, "unchanged"
    if dry_run == "client":
        return live, "configured"
    result = client.patch(resource, key, patch_type, patch, options=options)
    before, after = metadata(live).get("resourceVersion"), metadata(result).get("resourceVersion")
    return result, "unchanged" if before == after and dry_run == "none" else "configured"


def _with_last_applied(obj: Object) -> Object:
    """Return the object with its own configuration in the annotation that the next apply compares with."""
    copy: Object = json.loads(json.dumps(obj))
    annotations = copy.setdefault("metadata", {}).get("annotations") or {}
    annotations.pop(LAST_APPLIED, None)
    copy["metadata"]["annotations"] = annotations
    text = json.dumps(copy, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
    copy["metadata"]["annotations"] = {**annotations, LAST_APPLIED: text}
    return copy


apply = Command(
    "apply",
    callback=_apply,
    arity=(0, None),
    synopsis="-f FILENAME",
    params=[
        FILENAME,
        OutputOption(("", "name", "json", "yaml")),
        RECORD,
        DRY_RUN,
        Switch(["--server-side"], help="let the server merge, and track who owns which field"),
        Switch(["--force-conflicts"], help="take over fields that others own (with --server-side)"),
        click.Option(["--field-manager"], default="", help="name of the owner of the fields (with --server-side)"),
    ],
    help="Apply a configuration to objects by file or standard input.",
)
