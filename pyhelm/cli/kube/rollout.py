"""``pyhelm kube rollout``: status, history, undo, pause, resume, restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import DURATION, INTEGER, Command, Group, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.targets import key_in, noun, one_target, parse_targets
from pyhelm.cli.tabwriter import format_rows
from pyhelm.errors import RolloutError, UsageError
from pyhelm.kube import rollout as rollouts
from pyhelm.kube import times
from pyhelm.kube.client import PatchType, WriteOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import ObjectKey
    from pyhelm.kube.resources import Resource

_MODULE = "pyhelm.cli.kube.rollout"
_OPTIONS = WriteOptions(field_manager="kubectl-rollout")


def _status(*, watch: bool, revision: int, timeout: float, args: tuple[str, ...]) -> None:
    invocation = current()
    with invocation.cluster() as cluster:
        client = cluster.client
        resource, name = one_target(client.catalog, args)
        key = key_in(resource, invocation.namespace, name)
        if not watch:
            click.echo(rollouts.progress(client.get(resource, key), revision=revision).message)
            return
        for step in rollouts.follow(client, resource, key, revision=revision, timeout=timeout):
            click.echo(step.message)


def _history(*, revision: int, args: tuple[str, ...]) -> None:
    invocation = current()
    with invocation.cluster() as cluster:
        client = cluster.client
        for resource, name in _each(client, args):
            entries = rollouts.history(client, resource, key_in(resource, invocation.namespace, name))
            if revision:
                _print_revision(resource, name, revision, entries)
                continue
            click.echo(f"{noun(resource, name)} ")
            if not entries:
                click.echo("No rollout history found.")
                continue
            rows = [["REVISION", "CHANGE-CAUSE"]]
            rows.extend([str(entry.number), entry.change_cause or "<none>"] for entry in entries)
            click.echo(format_rows(rows, min_width=0, padding=2))


def _print_revision(resource: Resource, name: str, revision: int, entries: list[rollouts.Revision]) -> None:
    from pyhelm.cli.kube.description.pods import describe_template
    from pyhelm.cli.kube.description.writer import Writer

    chosen = next((entry for entry in entries if entry.number == revision), None)
    if chosen is None:
        raise RolloutError("unable to find the specified revision")
    template: dict[str, Any] = dict(chosen.template)
    if chosen.change_cause:
        annotations = {**(template.get("metadata", {}).get("annotations") or {})}
        annotations[rollouts.CHANGE_CAUSE] = chosen.change_cause
        template["metadata"] = {**template.get("metadata", {}), "annotations": annotations}
    writer = Writer()
    describe_template(writer, template)
    click.echo(f"{noun(resource, name)} with revision #{revision}")
    click.echo(writer.text())


def _undo(*, to_revision: int, dry_run: bool, args: tuple[str, ...]) -> None:
    invocation = current()
    with invocation.cluster(changes=not dry_run) as cluster:
        client = cluster.client
        for resource, name in _each(client, args):
            key = key_in(resource, invocation.namespace, name)
            outcome = rollouts.undo(client, resource, key, to_revision=to_revision, dry_run=dry_run)
            click.echo(f"{noun(resource, name)} {outcome}{' (server dry run)' if dry_run else ''}")


def _change(verb: str, done: str, patch: Callable[[Client, Resource, ObjectKey], Any]) -> Callable[..., None]:
    def run(*, args: tuple[str, ...]) -> None:
        invocation = current()
        with invocation.cluster(changes=True) as cluster:
            client = cluster.client
            for resource, name in _each(client, args):
                key = key_in(resource, invocation.namespace, name)
                if resource.kind not in {"Deployment", "DaemonSet", "StatefulSet"} or (
                    verb != "restart" and resource.kind != "Deployment"
                ):
                    raise RolloutError(f'{resource.plural}.{resource.group} "{name}" {verb} is not supported')
                client.patch(resource, key, PatchType.STRATEGIC, patch(client, resource, key), options=_OPTIONS)
                click.echo(f"{noun(resource, name)} {done}")

    return run


def _pause(client: Client, resource: Resource, key: ObjectKey) -> Any:
    if client.get(resource, key)["spec"].get("paused"):
        raise RolloutError(f'{resource.qualified} "{key.name}" is already paused')
    return {"spec": {"paused": True}}


def _resume(client: Client, resource: Resource, key: ObjectKey) -> Any:
    if not client.get(resource, key)["spec"].get("paused"):
        raise RolloutError(f'{resource.qualified} "{key.name}" is not paused')
    return {"spec": {"paused": None}}


def _restart(client: Client, resource: Resource, key: ObjectKey) -> Any:
    if client.get(resource, key)["spec"].get("paused"):
        raise RolloutError(f"can't restart paused {resource.kind.lower()} (run rollout resume first)")
    stamp = {rollouts.RESTARTED_AT: times.format_seconds(client.now())}
    return {"spec": {"template": {"metadata": {"annotations": stamp}}}}


def _each(client: Client, args: tuple[str, ...]) -> list[tuple[Resource, str]]:
    targets = parse_targets(client.catalog, args)
    if not targets:
        raise UsageError("required resource not specified")
    invocation = current()
    named: list[tuple[Resource, str]] = []
    for target in targets:
        names = target.names or tuple(
            obj["metadata"]["name"] for obj in client.list(target.resource, invocation.namespace).items
        )
        named.extend((target.resource, name) for name in names)
    return named


_SYNOPSIS = "(TYPE NAME | TYPE/NAME)"
_DRY_RUN = Switch(["--dry-run"], help="let the server say what would happen")

status = Command(
    "status",
    callback=_status,
    arity=(1, None),
    synopsis=_SYNOPSIS,
    params=[
        Switch(["-w", "--watch"], default=True, help="follow the rollout until it is done"),
        click.Option(["--revision"], type=INTEGER, default=0, help="the revision that must be rolling out"),
        click.Option(["--timeout"], type=DURATION, default=0, help="give up after this time (0: never)"),
    ],
    help="Show how a rollout stands, and follow it to its end.",
)
history = Command(
    "history",
    callback=_history,
    arity=(1, None),
    synopsis=_SYNOPSIS,
    params=[click.Option(["--revision"], type=INTEGER, default=0, help="show this revision's Pod template")],
    help="List the revisions of a rollout.",
)
undo = Command(
    "undo",
    callback=_undo,
    arity=(1, None),
    synopsis=_SYNOPSIS,
    params=[
        click.Option(["--to-revision"], type=INTEGER, default=0, help="the revision to go back to (0: the last)"),
        _DRY_RUN,
    ],
    help="Go back to a former revision.",
)
pause = Command(
    "pause",
    callback=_change("pause", "paused", _pause),
    arity=(1, None),
    synopsis=_SYNOPSIS,
    help="Stop a Deployment from rolling out changes.",
)
resume = Command(
    "resume",
    callback=_change("resume", "resumed", _resume),
    arity=(1, None),
    synopsis=_SYNOPSIS,
    help="Let a paused Deployment roll out again.",
)
restart = Command(
    "restart",
    callback=_change("restart", "restarted", _restart),
    arity=(1, None),
    synopsis=_SYNOPSIS,
    help="Replace all Pods, a few at a time.",
)

rollout = Group(
    name="rollout",
    strict=True,
    commands={
        "history": (_MODULE, "history", "view rollout history"),
        "pause": (_MODULE, "pause", "mark a Deployment as paused"),
        "restart": (_MODULE, "restart", "restart a workload"),
        "resume": (_MODULE, "resume", "resume a paused Deployment"),
        "status": (_MODULE, "status", "show the status of a rollout"),
        "undo": (_MODULE, "undo", "undo a previous rollout"),
    },
    help="Manage the rollout of a workload.",
)
