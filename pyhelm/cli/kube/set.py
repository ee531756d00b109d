"""``pyhelm kube set``: change one feature of objects (``image``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import Command, Group, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import OutputOption, print_names, print_objects
from pyhelm.cli.kube.record import RECORD, change_cause, record_change
from pyhelm.cli.kube.targets import key_in, noun, parse_targets
from pyhelm.errors import UsageError
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import Object, name_of

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource

_OPTIONS = WriteOptions(field_manager="kubectl-set")
_POD_SPEC = {
    "Pod": ("spec",),
    "CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
_TEMPLATE_SPEC = ("spec", "template", "spec")


def _image(*, labels: str, all_: bool, record: bool, output: str, args: tuple[str, ...]) -> None:
    images = dict(_assignment(arg) for arg in args if "=" in arg)
    resources = [arg for arg in args if "=" not in arg]
    if not resources:
        raise UsageError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    if not images:
        raise UsageError("at least one image update is required")
    invocation = current()
    with invocation.cluster(changes=True) as cluster:
        client = cluster.client
        for resource, name in _named(client, resources, labels=labels, all_=all_):
            key = key_in(resource, invocation.namespace, name)
            obj = client.get(resource, key)
            patch, unknown = _image_patch(resource, obj, images)
            if unknown:
                raise UsageError("\n".join(f'unable to find container named "{missing}"' for missing in unknown))
            if not patch:
                continue
            obj = client.patch(resource, key, PatchType.STRATEGIC, patch, options=_OPTIONS)
            if record:
                record_change(client, resource, key, change_cause())
            if output == "name":
                print_names(resource, [obj])
            elif output:
                print_objects([obj], output, as_list=False)
            else:
                click.echo(f"{noun(resource, name)} image updated")


def _assignment(arg: str) -> tuple[str, str]:
    name, _, image = arg.partition("=")
    if not name or not image:
        raise UsageError(f"arguments in the form container=image are needed, got {arg!r}")
    return name, image


def _named(client: Client, args: list[str], *, labels: str, all_: bool) -> list[tuple[Resource, str]]:
    named: list[tuple[Resource, str]] = []
    for target in parse_targets(client.catalog, args):
        if target.names:
            named.extend((target.resource, name) for name in target.names)
        elif labels or all_:
            found = client.list(target.resource, current().namespace, labels=labels).items
            named.extend((target.resource, name_of(obj)) for obj in found)
        else:
            raise UsageError("one or more resources must be specified as <resource> <name> or <resource>/<name>")
    return named


def _image_patch(resource: Resource, obj: Object, images: dict[str, str]) -> tuple[Object, list[str]]:
    """Return the strategic merge patch that sets the images, and the containers that do not exist."""
    path = _POD_SPEC.get(resource.kind, _TEMPLATE_SPEC)
    spec: Object = obj
    for part in path:
        spec = spec.get(part) or {}
    found: set[str] = set()
    changes: Object = {}
    for field in ("containers", "initContainers"):
        changed = []
        for container in spec.get(field) or ():
            wanted = images.get(container["name"], images.get("*"))
            if wanted is None:
                continue
            found.update({container["name"], "*"})
            if container.get("image") != wanted:
                changed.append({"name": container["name"], "image": wanted})
        if changed:
            order = [{"name": container["name"]} for container in spec[field]]
            changes[f"$setElementOrder/{field}"] = order
            changes[field] = changed
    unknown = [name for name in images if name not in found]
    patch = changes
    for part in reversed(path):
        patch = {part: patch}
    return (patch if changes else {}), unknown


image = Command(
    "image",
    callback=_image,
    arity=(0, None),
    synopsis="(TYPE NAME | TYPE/NAME ...) CONTAINER=IMAGE ...",
    params=[
        click.Option(["-l", "--selector", "labels"], default="", help="label query to filter on"),
        Switch(["--all", "all_"], help="all objects of the types given"),
        OutputOption(("", "name", "json", "yaml")),
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
