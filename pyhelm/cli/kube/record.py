"""``--record``: keep the command line in the ``kubernetes.io/change-cause`` annotation of what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from pyhelm.cli.dialect import Switch
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.rollout import CHANGE_CAUSE

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource


def _warn(_ctx: click.Context, _param: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's signature
    if value:
        click.echo("Flag --record has been deprecated, --record will be removed in the future", err=True)
    return value


RECORD = Switch(["--record"], callback=_warn, help="record this command in the object's change-cause annotation")


def change_cause() -> str:
    """Return the running command as kubectl records it: the path, the arguments, then the flags with their values."""
    ctx = click.get_current_context()
    words = [ctx.command_path, *ctx.params.get("args", ())]
    for param in sorted(ctx.command.params, key=lambda param: max(param.opts, key=len)):
        if not isinstance(param, click.Option) or not param.name:
            continue
        if ctx.get_parameter_source(param.name) is not ParameterSource.COMMANDLINE:
            continue
        value = ctx.params.get(param.name)
        if value is None:
            continue
        name = max(param.opts, key=len).lstrip("-")
        shown = ",".join(value) if isinstance(value, tuple) else str(value).lower() if value is True else str(value)
        words.append(f"--{name}={shown}")
    return " ".join(words)


def annotate(obj: Object, cause: str) -> None:
    """Set the annotation in an object that is about to be written."""
    obj.setdefault("metadata", {}).setdefault("annotations", {})[CHANGE_CAUSE] = cause


def record_change(client: Client, resource: Resource, key: ObjectKey, cause: str) -> None:
    """Set the annotation of an object in the cluster."""
    client.patch(
        resource,
        key,
        PatchType.MERGE,
        {"metadata": {"annotations": {CHANGE_CAUSE: cause}}},
        options=WriteOptions(field_manager="kubectl-record"),
    )
