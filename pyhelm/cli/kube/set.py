"""``pyhelm kube set``: change one feature of objects (``image``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cli.dialect import Group, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.printing import OutputOption, print_change
from pyhelm.cli.kube.record import RECORD, annotate, change_cause
from pyhelm.cli.kube.targets import FIELD_SELECTOR, FILENAME, RECURSIVE, SELECTOR, Query, noun, raise_all, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import ApiError, PyhelmError, UsageError
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import Object, copy_of, name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.kube.resources import Resource

_POD_SPEC = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE_SPEC = ("spec", "template", "spec")
_WITH_TEMPLATE = {"DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet"}


def _image(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    fields: str,
    all_: bool,
    dry_run: str,
    record: bool,
    output: str,
    args: tuple[str, ...],
) -> None:
    dry_run = check_dry_run(dry_run)
    resources, images = _tell_apart(args)
    query = Query(labels=labels, fields=fields, all=all_)
    options = WriteOptions(dry_run=dry_run != "none", field_manager="kubectl-set")
    with current().cluster(changes=dry_run == "none") as cluster:
        from pyhelm.kube.patches.chosen import two_way_patch

        client = cluster.client
        chosen = select(client, resources, filenames, query, recursive=recursive)
        chosen.check()
        _check(images, both=all_ and bool(labels))
        errors: list[PyhelmError] = []
        changes = []
        for item in chosen.items:
            changed: Object = copy_of(item.object)
            try:
                unknown = _set_images(item.resource, changed, images)
            except UsageError as error:
                errors.append(UsageError(f"error: {item.resource.plural}/{item.key.name} {error}\n"))
                continue
            errors.extend(UsageError(f'error: unable to find container named "{name}"') for name in unknown)
            if record:
                annotate(changed, change_cause())
            changes.append((item, changed))
        for item, changed in changes:
            patch_type, patch = two_way_patch(item.resource, item.object, changed)
            if not patch:
                continue
            try:
                obj = client.patch(item.resource, item.key, patch_type, patch, options=options)
            except ApiError as error:
                errors.append(UsageError(f"failed to patch image update to pod template: {error}"))
                continue
            line = f"{noun(item.resource, name_of(obj))} image updated{SUFFIX[dry_run]}"
            print_change(item.resource, obj, output, line)
        raise_all(errors)


def _tell_apart(args: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the arguments that name objects, and the images by container (GetResourcesAndPairs)."""
    resources: list[str] = []
    pairs: list[str] = []
    for arg in args:
        is_pair = ("=" in arg and not arg.startswith("=")) or (arg.endswith("-") and arg != "-")
        if is_pair:
            pairs.append(arg)
        elif pairs:
            raise UsageError(f"all resources must be specified before image changes: {arg}")
        else:
            resources.append(arg)
    invalid = [pair for pair in pairs if "=" not in pair]
    if invalid:
        raise UsageError(f"invalid image format: {', '.join(invalid)}")
    return resources, {name: image for name, _, image in (pair.partition("=") for pair in pairs)}


def _check(images: dict[str, str], *, both: bool) -> None:
    errors: list[PyhelmError] = []
    if both:
        errors.append(UsageError("cannot set --all and --selector at the same time"))
    if not images:
        errors.append(UsageError("at least one image update is required"))
    elif len(images) > 1 and "*" in images:
        errors.append(
            UsageError(
                "all containers are already specified by *, but saw more than one container_name=container_image pairs"
            )
        )
    raise_all(errors)


def _set_images(resource: Resource, obj: Object, images: dict[str, str]) -> list[str]:
    """Set the images in an object; return the names of containers that it has not."""
    if resource.kind not in _POD_SPEC and resource.kind not in _WITH_TEMPLATE:
        raise UsageError(
            f"the object is not a pod or does not have a pod template: *{resource.version}.{resource.kind}"
        )
    spec: Any = obj
    for part in _POD_SPEC.get(resource.kind, _TEMPLATE_SPEC):
        spec = spec.get(part) or {}
    containers = [item for field in ("initContainers", "containers") for item in spec.get(field) or ()]
    unknown = []
    for name, image in images.items():
        found = [item for item in containers if name in {"*", item.get("name")}]
        for item in found:
            item["image"] = image
        if not found:
            unknown.append(name)
    return unknown


image = Verb(
    "image",
    callback=_image,
    arity=(0, None),
    synopsis="(TYPE NAME | TYPE/NAME ...) CONTAINER=IMAGE ...",
    params=[
        FILENAME,
        RECURSIVE,
        SELECTOR,
        FIELD_SELECTOR,
        Switch(["--all", "all_"], help="all objects of the types given"),
        DRY_RUN,
        OutputOption(),
        RECORD,
    ],
    help="Change the images of containers.",
)

set_ = Group(
    name="set",
    strict=True,
    commands={"image": ("pyhelm.cli.kube.set", "image", "change the images of containers")},
    help="Set features of objects.",
)
