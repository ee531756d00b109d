"""``pyhelm cluster``: look at and steer the embedded cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.dialect import Command, Group, OutputFormat, Switch, parse_duration
from pyhelm.cli.invocation import current
from pyhelm.cli.output import echo_as
from pyhelm.cli.tabwriter import align
from pyhelm.errors import UsageError
from pyhelm.kube.times import format_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_MODULE = "pyhelm.cli.commands.cluster"
_TEXT_FORMAT = OutputFormat("text", "json", "yaml")


def _info(*, output: str, args: tuple[str, ...]) -> None:  # noqa: ARG001 - no arguments
    with current().cluster() as cluster:
        info = cluster.info()
        denied = [rule["image"] for rule in cluster.images.list() if rule.get("deny")]
    facts = {
        "path": info.path,
        "time": format_seconds(info.now),
        "clock": info.clock,
        "seed": info.seed,
        "revision": info.revision,
        "objects": info.objects,
        "nextDue": format_seconds(info.next_due) if info.next_due else "nothing",
        "deniedImages": denied,
        "errors": list(info.errors),
    }
    echo_as(output, facts, lambda: _print_facts(facts))


def _print_facts(facts: Mapping[str, object]) -> None:
    lines = "".join(
        f"{_label(name)}:\t{', '.join(map(str, value)) or 'none' if isinstance(value, list) else value}\n"
        for name, value in facts.items()
    )
    click.echo(align(lines, min_width=0, padding=2), nl=False)


def _label(name: str) -> str:
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in name)
    return words[:1].upper() + words[1:]


def _reset(*, seed: str, clock: str, yes: bool, args: tuple[str, ...]) -> None:  # noqa: ARG001 - no arguments
    from pyhelm.cluster import Cluster

    invocation = current()
    invocation.require_embedded()
    folder = invocation.cluster_folder
    if clock not in {"real", "manual"}:
        raise UsageError(f'invalid clock "{clock}": must be real or manual')
    if not yes and folder.exists():
        _confirm(f"Delete every object and release in {folder}?")
    Cluster.reset(folder, seed=seed, clock="manual" if clock == "manual" else "real", command="pyhelm cluster reset")
    click.echo(f"cluster {folder} is empty")


def _confirm(question: str) -> None:
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort:
        raise UsageError("nothing was deleted: answer y, or give --yes") from None


def _advance(*, args: tuple[str, ...]) -> None:
    seconds = parse_duration(args[0])
    if seconds is None or seconds < 0:
        raise UsageError(f'invalid duration "{args[0]}": must be like 90s, 10m or 1h30m')
    with current().cluster(changes=True) as cluster:
        cluster.advance(seconds)
        click.echo(f"cluster time is {format_seconds(cluster.client.now())}")


def _deny(*, args: tuple[str, ...]) -> None:
    with current().cluster(changes=True) as cluster:
        for image in args:
            cluster.images.deny(image)
            click.echo(f"image {image} cannot be pulled from now on")


def _allow(*, args: tuple[str, ...]) -> None:
    with current().cluster(changes=True) as cluster:
        for image in args:
            cluster.images.allow(image)
            click.echo(f"image {image} can be pulled")


def _list(*, args: tuple[str, ...]) -> None:  # noqa: ARG001 - no arguments
    with current().cluster() as cluster:
        denied = [rule["image"] for rule in cluster.images.list() if rule.get("deny")]
    for image in denied:
        click.echo(image)
    if not denied:
        click.echo("every image can be pulled", err=True)


info = Command(
    "info",
    callback=_info,
    params=[click.Option(["-o", "--output"], type=_TEXT_FORMAT, default="text", help="text, json or yaml")],
    help="Show where the cluster is, its time, and what is in it.",
)
reset = Command(
    "reset",
    callback=_reset,
    params=[
        click.Option(["--seed"], default="", help="where random choices begin; same seed, same history"),
        click.Option(["--clock"], default="real", help="real: time passes between commands; manual: only when told"),
        Switch(["-y", "--yes"], help="do not ask"),
    ],
    help="Delete everything and begin with an empty cluster.",
)
advance = Command(
    "advance", callback=_advance, arity=(1, 1), synopsis="DURATION", help="Let cluster time pass, such as 60s or 10m."
)
deny = Command(
    "deny", callback=_deny, arity=(1, None), synopsis="IMAGE ...", help="Declare images that cannot be pulled."
)
allow = Command("allow", callback=_allow, arity=(1, None), synopsis="IMAGE ...", help="Let images be pulled again.")
list_ = Command("list", callback=_list, help="List the images that cannot be pulled.")

images = Group(
    name="images",
    strict=True,
    commands={
        "allow": (_MODULE, "allow", "let images be pulled again"),
        "deny": (_MODULE, "deny", "declare images that cannot be pulled"),
        "list": (_MODULE, "list_", "list the images that cannot be pulled"),
    },
    help="Say which images exist.",
)
cluster = Group(
    name="cluster",
    strict=True,
    commands={
        "advance": (_MODULE, "advance", "let cluster time pass"),
        "images": (_MODULE, "images", "say which images exist"),
        "info": (_MODULE, "info", "show the cluster's place, time and content"),
        "reset": (_MODULE, "reset", "begin with an empty cluster"),
    },
    help="Look at and steer the embedded cluster.",
)
