"""``pyhelm kube edit``."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.invocation import current
from pyhelm.cli.kube.printing import without_managed_fields
from pyhelm.cli.kube.record import RECORD, change_cause, record_change
from pyhelm.cli.kube.targets import noun, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import ApiError, UsageError, YamlError
from pyhelm.kube.client import WriteOptions

if TYPE_CHECKING:
    from pyhelm.cli.kube.targets import Selected
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource

_OPTIONS = WriteOptions(field_manager="kubectl-edit", field_validation="Strict")
_HEADER = """\
# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
"""


def _edit(*, record: bool, args: tuple[str, ...]) -> None:
    with current().cluster(changes=True) as cluster:
        chosen = select(cluster.client, args)
        chosen.check()
    for item in chosen.items:
        _edit_one(item, record=record)


def _edit_one(item: Selected, *, record: bool) -> None:
    resource, key, original = item.resource, item.key, without_managed_fields(item.object)
    # The cluster is not held while somebody types: others may change it, and a conflict is then told.
    problem, text = "", _to_text(original)
    while True:
        edited_text = _run_editor(_HEADER + _as_comment(problem) + text)
        if not edited_text.strip():
            click.echo("Edit cancelled, saved file was empty.")
            return
        if edited_text == text:
            if problem:
                raise UsageError("Edit cancelled, no valid changes were saved.")
            click.echo("Edit cancelled, no changes made.")
            return
        text = edited_text
        try:
            edited = _from_text(text, resource, key)
            changed = _save(resource, key, original, edited, record=record)
        except (ApiError, YamlError, UsageError) as error:
            problem = str(error)
            continue
        click.echo(f"{noun(resource, key.name)} edited" if changed else "Edit cancelled, no changes made.")
        return


def _save(resource: Resource, key: ObjectKey, original: Object, edited: Object, *, record: bool) -> bool:
    from pyhelm.kube.patches.chosen import two_way_patch

    patch_type, patch = two_way_patch(resource, original, edited)
    if not patch:
        return False
    with current().cluster() as cluster:
        cluster.client.patch(resource, key, patch_type, patch, options=_OPTIONS)
        if record:
            record_change(cluster.client, resource, key, change_cause())
    return True


def _to_text(obj: Object) -> str:
    from pyhelm import yaml

    return yaml.dump(obj)


def _from_text(text: str, resource: Resource, key: ObjectKey) -> Object:
    from pyhelm import yaml

    edited: Any = yaml.load_object(text)
    if not isinstance(edited, dict):
        raise UsageError("the edited file is no object")
    name = (edited.get("metadata") or {}).get("name")
    if edited.get("kind") != resource.kind or name != key.name:
        raise UsageError("the edited file has another kind or name; an edit cannot change those")
    return edited


def _as_comment(problem: str) -> str:
    return "".join(f"# {line}\n" for line in problem.splitlines()) + "#\n" if problem else ""


def _run_editor(text: str) -> str:
    """Let the user's editor change ``text``; return it without the comment lines at its top."""
    editor = os.environ.get("KUBE_EDITOR") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="pyhelm-edit-") as folder:
        path = Path(folder) / "object.yaml"
        path.write_text(text, "utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603 - the user's own editor
        except OSError as error:
            raise UsageError(f'unable to launch the editor "{editor}"') from error
        if done.returncode != 0:
            raise UsageError(f'there was a problem with the editor "{editor}"')
        lines = path.read_text("utf-8").splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("#"))


edit = Verb(
    "edit",
    callback=_edit,
    arity=(0, None),
    synopsis="(TYPE NAME | TYPE/NAME)",
    params=[RECORD],
    help="Edit an object in the editor that KUBE_EDITOR or EDITOR names.",
)
