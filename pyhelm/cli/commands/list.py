"""``pyhelm list``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import INTEGER, Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.output import OUTPUT, echo_as, echo_table, format_time, go_string

if TYPE_CHECKING:
    from pyhelm.release.record import Release, Status


def _list(
    *,
    args: tuple[str, ...],  # noqa: ARG001 - no arguments
    short: bool,
    no_headers: bool,
    time_format: str,
    date: bool,
    reverse: bool,
    all_namespaces: bool,
    max_: int,
    offset: int,
    filter_: str,
    selector: str,
    output: str,
    **states: bool,
) -> None:
    from pyhelm.action.listing import ListOptions, list_releases

    options = ListOptions(
        filter=filter_,
        states=_states(states),
        selector=selector,
        limit=max_,
        offset=offset,
        by_date=date,
        reverse=reverse,
    )
    with current().environment(all_namespaces=all_namespaces) as env:
        releases = list_releases(env, options)
    if short:
        names = [release.name for release in releases]
        echo_as(output, names, lambda: click.echo("".join(f"{name}\n" for name in names), nl=False))
        return
    rows = [_row(release, time_format) for release in releases]
    echo_as(output, rows, lambda: _print(rows, headers=not no_headers))


def _states(states: dict[str, bool]) -> frozenset[Status]:
    from pyhelm.action.listing import ALL_STATES, PENDING_STATES
    from pyhelm.release.record import Status

    chosen: frozenset[Status] = frozenset()
    for name, given in states.items():
        if given and name != "all_":
            chosen |= PENDING_STATES if name == "pending" else {Status(name)}
    return chosen or ALL_STATES


def _row(release: Release, time_format: str) -> dict[str, Any]:
    chart, deployed = release.chart.metadata, release.info.last_deployed
    return {
        "name": release.name,
        "namespace": release.namespace,
        "revision": str(release.version),
        "updated": format_time(deployed, time_format) if time_format and deployed else go_string(deployed),
        "status": str(release.info.status),
        "chart": f"{chart.name}-{chart.version}",
        "app_version": chart.app_version,
    }


def _print(rows: list[dict[str, Any]], *, headers: bool) -> None:
    titles = ["NAME", "NAMESPACE", "REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION"]
    echo_table([*([titles] if headers else []), *(list(row.values()) for row in rows)])


list_ = Command(
    "list",
    callback=_list,
    params=[
        Switch(["-q", "--short"], help="names only"),
        Switch(["--no-headers"], help="do not print headers"),
        click.Option(["--time-format"], default="", help='Go layout for times, such as "2006-01-02 15:04:05Z0700"'),
        Switch(["-d", "--date"], help="sort by release date"),
        Switch(["-r", "--reverse"], help="reverse the order"),
        Switch(["-a", "--all", "all_"], hidden=True),
        Switch(["--uninstalled"], help="releases that were uninstalled with --keep-history"),
        Switch(["--superseded"], help="superseded releases"),
        Switch(["--uninstalling"], help="releases that are being uninstalled"),
        Switch(["--deployed"], help="deployed releases"),
        Switch(["--failed"], help="failed releases"),
        Switch(["--pending"], help="pending releases"),
        Switch(["-A", "--all-namespaces"], help="in all namespaces"),
        click.Option(["-m", "--max", "max_"], type=INTEGER, default=256, help="at most this many (default 256)"),
        click.Option(["--offset"], type=INTEGER, default=0, help="leave out this many at the start"),
        click.Option(["-f", "--filter", "filter_"], default="", help="a regular expression that names must contain"),
        click.Option(["-l", "--selector"], default="", help="label query on the release records"),
        OUTPUT,
    ],
    help="List releases.",
)
