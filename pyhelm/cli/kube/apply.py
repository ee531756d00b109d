"""``pyhelm kube apply``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, VALIDATE, check_dry_run, check_validate
from pyhelm.cli.kube.lastapplied import LAST_APPLIED, with_last_applied
from pyhelm.cli.kube.printing import OutputOption, print_change
from pyhelm.cli.kube.record import RECORD, annotate, change_cause
from pyhelm.cli.kube.targets import FILENAME, RECURSIVE, SELECTOR, Query, blamed_on, noun, raise_all, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import ApiError, ConflictError, NotFoundError, PyhelmError, UsageError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import Object, annotations_of, is_terminating, metadata, name_of

if TYPE_CHECKING:
    from pyhelm.cli.kube.targets import Selected
    from pyhelm.kube.client import Client

_CONFLICT_ADVICE = """\
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts"""


def _apply(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    output: str,
    record: bool,
    dry_run: str,
    validate: str,
    server_side: bool,
    force_conflicts: bool,
    field_manager: str,
    args: tuple[str, ...],
) -> None:
    if args:
        path = click.get_current_context().command_path
        raise UsageError(f"Unexpected args: [{' '.join(args)}]\nSee '{path} -h' for help and examples")
    if not filenames:
        raise UsageError("must specify one of -f and -k")
    dry_run = check_dry_run(dry_run)
    validation = check_validate(validate)
    if force_conflicts and not server_side:
        raise UsageError("--force-conflicts only works with --server-side")
    if dry_run == "client" and server_side:
        raise UsageError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)")
    options = WriteOptions(
        dry_run=dry_run != "none",
        field_manager=field_manager or ("kubectl" if server_side else "kubectl-client-side-apply"),
        field_validation=validation,
        force=force_conflicts,
    )
    with current().cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        chosen = select(
            client,
            (),
            filenames,
            Query(labels=labels),
            recursive=recursive,
            validated=validation != "Ignore",
            fetch=False,
        )
        if not chosen.items:
            raise UsageError("no objects passed to apply")
        errors: list[PyhelmError] = []
        for item in chosen.items:
            if record:
                annotate(item.object, change_cause())
            try:
                if server_side:
                    result, change = _apply_server_side(client, item, options), "serverside-applied"
                else:
                    result, change = _apply_client_side(client, item, options, local=dry_run == "client")
            except PyhelmError as error:
                errors.append(error)
                continue
            line = f"{noun(item.resource, name_of(result))} {change}{SUFFIX[dry_run]}"
            print_change(item.resource, result, output, line)
        raise_all(errors)


def _apply_server_side(client: Client, item: Selected, options: WriteOptions) -> Object:
    try:
        result = client.patch(item.resource, item.key, PatchType.APPLY, item.object, options=options)
    except ConflictError as error:
        raise UsageError(f"{error}\n{_CONFLICT_ADVICE}") from None
    _warn_if_terminating(item, result)
    return result


def _apply_client_side(client: Client, item: Selected, options: WriteOptions, *, local: bool) -> tuple[Object, str]:
    """Apply with a three-way patch from the last applied configuration (kubectl's default)."""
    from pyhelm.kube.patches.chosen import three_way_patch

    if not item.key.name:
        generated = metadata(item.object).get("generateName")
        if generated:
            raise UsageError(f"from {generated}: cannot use generate name with apply")
    modified = with_last_applied(item.object)
    try:
        live = client.get(item.resource, item.key)
    except NotFoundError:
        desired = _without_nulls(modified)
        if local:
            return desired, "created"
        with blamed_on(item.source, "creating"):
            return client.create(item.resource, desired, namespace=item.key.namespace, options=options), "created"
    original = annotations_of(live).get(LAST_APPLIED)
    if original is None:
        click.echo(
            f"Warning: resource {item.resource.plural}/{item.key.name} is missing the {LAST_APPLIED} annotation which "
            "is required by kubectl apply. kubectl apply should only be used on resources created declaratively by "
            "either kubectl create --save-config or kubectl apply. The missing annotation will be patched "
            "automatically.",
            err=True,
        )
    patch_type, patch = three_way_patch(item.resource, json.loads(original) if original else None, modified, live)
    if not patch:
        _warn_if_terminating(item, live)
        return live, "unchanged"
    try:
        result = client.patch(item.resource, item.key, patch_type, patch, options=options)
    except ApiError as error:
        from pyhelm.functions.gojson import dumps

        error.message = (
            f'error when applying patch:\n{dumps(patch)}\nto:\n{_info(item)}\nfor: "{item.source}": {error.message}'
        )
        raise
    _warn_if_terminating(item, result)
    return result, "configured"


def _info(item: Selected) -> str:
    """Say what an object is, as kubectl does in the middle of a failure (resource.Info.String)."""
    resource = item.resource
    version = f"{resource.group}/{resource.version}"
    return (
        f'Resource: "{version}, Resource={resource.plural}", GroupVersionKind: "{version}, Kind={resource.kind}"\n'
        f'Name: "{item.key.name}", Namespace: "{item.key.namespace}"'
    )


def _warn_if_terminating(item: Selected, obj: Object) -> None:
    if is_terminating(obj):
        click.echo(f"Warning: Detected changes to resource {item.key.name} which is currently being deleted.", err=True)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


apply = Verb(
    "apply",
    callback=_apply,
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
        Switch(["--server-side"], help="let the server merge, and track who owns which field"),
        Switch(["--force-conflicts"], help="take over fields that others own (with --server-side)"),
        click.Option(["--field-manager"], default="", help="name of the owner of the fields"),
    ],
    help="Apply a configuration to objects by file or standard input.",
)
