"""``pyhelm history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import INTEGER, Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.output import OUTPUT, ansi_c, echo_as, echo_table

if TYPE_CHECKING:
    from pyhelm.release.record import Release


def _history(*, args: tuple[str, ...], max_: int, show_rollback_revision: bool, output: str) -> None:
    from pyhelm.action.history import history as run
    from pyhelm.release.codec import format_time

    with current().environment() as env:
        revisions = run(env, args[0], maximum=max_)

    def body(release: Release) -> dict[str, Any]:
        chart, info = release.chart.metadata, release.info
        facts: dict[str, Any] = {"revision": release.version}
        if info.last_deployed is not None:
            facts["updated"] = format_time(info.last_deployed)
        facts |= {
            "status": str(info.status),
            "chart": f"{chart.name}-{chart.version}",
            "app_version": chart.app_version,
        }
        if info.rollback_revision:
            facts["rollback_revision"] = info.rollback_revision
        return {**facts, "description": info.description}

    echo_as(
        output,
        [body(release) for release in revisions],
        lambda: _print(revisions, with_rollback=show_rollback_revision),
    )


def _print(revisions: list[Release], *, with_rollback: bool) -> None:
    rows = [["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", *(["ROLLBACK"] * with_rollback), "DESCRIPTION"]]
    for release in revisions:
        chart, info = release.chart.metadata, release.info
        rollback = [str(info.rollback_revision or "")] * with_rollback
        rows.append(
            [
                str(release.version),
                ansi_c(info.last_deployed),
                str(info.status),
                f"{chart.name}-{chart.version}",
                chart.app_version,
                *rollback,
                info.description,
            ]
        )
    echo_table(rows)


history = Command(
    "history",
    callback=_history,
    arity=(1, 1),
    synopsis="RELEASE_NAME",
    params=[
        click.Option(["--max", "max_"], type=INTEGER, default=256, help="at most this many (default 256)"),
        Switch(["--show-rollback-revision"], help="show which revision a rollback went back to"),
        OUTPUT,
    ],
    help="Show the revisions of a release.",
)
