"""``pyhelm kube rollout``: status, history, undo, pause, resume, restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import DURATION, INTEGER, Group, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.create import DRY_RUN, SUFFIX, check_dry_run
from pyhelm.cli.kube.lastapplied import LAST_APPLIED
from pyhelm.cli.kube.printing import OutputOption, print_change
from pyhelm.cli.kube.targets import FILENAME, RECURSIVE, SELECTOR, Query, nothing_found, noun, raise_all, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.cli.tabwriter import format_rows
from pyhelm.errors import PyhelmError, RolloutError, UsageError
from pyhelm.kube import rollout as rollouts
from pyhelm.kube import times
from pyhelm.kube.client import PatchType, WriteOptions
from pyhelm.kube.objects import annotations_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.cli.kube.targets import Selected, Selection
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_MODULE = "pyhelm.cli.kube.rollout"
_OPTIONS = WriteOptions(field_manager="kubectl-rollout")


def _select(
    client: Client, args: tuple[str, ...], filenames: tuple[str, ...], labels: str, *, recursive: bool
) -> Selection:
    if not args and not filenames:
        raise UsageError("required resource not specified")
    return select(client, args, filenames, Query(labels=labels, bare=True), recursive=recursive)


def _status(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    watch: bool,
    revision: int,
    timeout: float,
    args: tuple[str, ...],
) -> None:
    if revision < 0:
        raise UsageError(f"revision must be a positive integer: {revision}")
    with current().cluster() as cluster:
        client = cluster.client
        chosen = _select(client, args, filenames, labels, recursive=recursive)
        chosen.check()
        if not chosen.items:
            click.echo(nothing_found(every=False), err=True)
        for item in chosen.items:
            if not watch:
                click.echo(rollouts.progress(item.object, revision=revision).message)
                continue
            for step in rollouts.follow(client, item.resource, item.key, revision=revision, timeout=timeout):
                click.echo(step.message)


def _history(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    revision: int,
    output: str,
    args: tuple[str, ...],
) -> None:
    if revision < 0:
        raise UsageError(f"revision must be a positive integer: {revision}")
    with current().cluster() as cluster:
        client = cluster.client
        chosen = _select(client, args, filenames, labels, recursive=recursive)
        errors: list[PyhelmError] = [*chosen.errors]
        for item in chosen.items:
            try:
                entries = rollouts.history(client, item.resource, item.key)
                if output:
                    print_change(item.resource, _of_revision(entries, revision).source, output, "")
                    continue
                head = f"{noun(item.resource, item.key.name)} {f'with revision #{revision}' if revision else ''}"
                click.echo(f"{head}\n{_history_text(entries, revision)}")
            except RolloutError as error:
                errors.append(error)
        raise_all(errors)


def _history_text(entries: list[rollouts.Revision], revision: int) -> str:
    if not entries:
        return "No rollout history found."
    if revision:
        return _template_text(_of_revision(entries, revision).labelled)
    rows = [["REVISION", "CHANGE-CAUSE"]]
    rows.extend([str(entry.number), entry.change_cause or "<none>"] for entry in entries)
    return format_rows(rows, min_width=0, padding=2)


def _of_revision(entries: list[rollouts.Revision], revision: int) -> rollouts.Revision:
    for entry in reversed(entries):
        if revision in {0, entry.number}:
            return entry
    raise RolloutError("unable to find the specified revision")


def _template_text(template: Object) -> str:
    """Return a Pod template as kubectl shows it here: with its tabs."""
    from pyhelm.cli.kube.description.pods import describe_template
    from pyhelm.cli.kube.description.writer import Writer

    writer = Writer()
    describe_template(writer, template)
    return writer.raw()


def _undo(
    *,
    filenames: tuple[str, ...],
    recursive: bool,
    labels: str,
    to_revision: int,
    dry_run: str,
    output: str,
    args: tuple[str, ...],
) -> None:
    dry_run = check_dry_run(dry_run)
    with current().cluster(changes=dry_run == "none") as cluster:
        client = cluster.client
        chosen = _select(client, args, filenames, labels, recursive=recursive)
        errors: list[PyhelmError] = [*chosen.errors]
        for item in chosen.items:
            if LAST_APPLIED in annotations_of(item.object):
                click.echo(
                    f"Warning: resource {item.resource.plural}/{item.key.name} was previously managed with 'kubectl "
                    f"apply'. Rolling back will not update the {LAST_APPLIED} annotation, which may cause unexpected "
                    "behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous "
                    "configuration file instead.",
                    err=True,
                )
            try:
                if dry_run == "client":
                    template = rollouts.revision_to_undo(client, item.resource, item.object, to_revision).labelled
                    prefix = "" if item.resource.kind == "Deployment" else "will roll back to "
                    outcome = prefix + _template_text(template)
                else:
                    outcome = rollouts.undo(
                        client, item.resource, item.key, to_revision=to_revision, dry_run=dry_run == "server"
                    )
            except RolloutError as error:
                errors.append(error)
                continue
            line = f"{noun(item.resource, item.key.name)} {outcome}{SUFFIX[dry_run]}"
            print_change(item.resource, item.object, output, line)
        raise_all(errors)


def _change(done: str, patch: Callable[[Client, Selected], Any]) -> Callable[..., None]:
    """Return the callback of a verb that patches each object once."""

    def run(*, filenames: tuple[str, ...], recursive: bool, labels: str, output: str, args: tuple[str, ...]) -> None:
        with current().cluster(changes=True) as cluster:
            client = cluster.client
            chosen = _select(client, args, filenames, labels, recursive=recursive)
            errors: list[PyhelmError] = [*chosen.errors]
            if not chosen.items and not errors:
                click.echo(nothing_found(every=False), err=True)
            changes = []
            for item in chosen.items:
                try:
                    changes.append((item, patch(client, item)))
                except RolloutError as error:
                    errors.append(UsageError(f'error: {item.resource.qualified} "{item.key.name}" {error}'))
            for item, body in changes:
                obj = client.patch(item.resource, item.key, PatchType.STRATEGIC, body, options=_OPTIONS)
                print_change(item.resource, obj, output, f"{noun(item.resource, item.key.name)} {done}")
            raise_all(errors)

    return run


def _pause(_client: Client, item: Selected) -> Any:
    _require(item, {"Deployment"}, "pausing")
    if item.object["spec"].get("paused"):
        raise RolloutError("is already paused")
    return {"spec": {"paused": True}}


def _resume(_client: Client, item: Selected) -> Any:
    _require(item, {"Deployment"}, "resuming")
    if not item.object["spec"].get("paused"):
        raise RolloutError("is not paused")
    return {"spec": {"paused": None}}


def _restart(client: Client, item: Selected) -> Any:
    _require(item, {"Deployment", "DaemonSet", "StatefulSet"}, "restarting")
    if item.object["spec"].get("paused"):
        raise RolloutError("can't restart paused deployment (run rollout resume first)")
    stamp = {rollouts.RESTARTED_AT: times.format_seconds(client.now())}
    return {"spec": {"template": {"metadata": {"annotations": stamp}}}}


def _require(item: Selected, kinds: set[str], doing: str) -> None:
    if item.resource.kind not in kinds:
        raise RolloutError(f"{doing} is not supported")


_SYNOPSIS = "(TYPE NAME | TYPE/NAME)"
_COMMON = [FILENAME, RECURSIVE, SELECTOR]

status = Verb(
    "status",
    callback=_status,
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[
        *_COMMON,
        Switch(["-w", "--watch"], default=True, help="follow the rollout until it is done"),
        click.Option(["--revision"], type=INTEGER, default=0, help="the revision that must be rolling out"),
        click.Option(["--timeout"], type=DURATION, default=0, help="give up after this time (0: never)"),
    ],
    help="Show how a rollout stands, and follow it to its end.",
)
history = Verb(
    "history",
    callback=_history,
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[
        *_COMMON,
        OutputOption(),
        click.Option(["--revision"], type=INTEGER, default=0, help="show this revision's Pod template"),
    ],
    help="List the revisions of a rollout.",
)
undo = Verb(
    "undo",
    callback=_undo,
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[
        *_COMMON,
        OutputOption(),
        click.Option(["--to-revision"], type=INTEGER, default=0, help="the revision to go back to (0: the last)"),
        DRY_RUN,
    ],
    help="Go back to a former revision.",
)
pause = Verb(
    "pause",
    callback=_change("paused", _pause),
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[*_COMMON, OutputOption()],
    help="Stop a Deployment from rolling out changes.",
)
resume = Verb(
    "resume",
    callback=_change("resumed", _resume),
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[*_COMMON, OutputOption()],
    help="Let a paused Deployment roll out again.",
)
restart = Verb(
    "restart",
    callback=_change("restarted", _restart),
    arity=(0, None),
    synopsis=_SYNOPSIS,
    params=[*_COMMON, OutputOption()],
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
