"""How a release is shown after install, upgrade and by ``status`` and ``get all``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pyhelm.cli.output import ansi_c, echo_as, echo_yaml, sorted_maps
from pyhelm.release import codec
from pyhelm.release.record import HookEvent

if TYPE_CHECKING:
    from pyhelm.release.record import Release


def show_release(
    release: Release,
    output: str,
    *,
    table_resources: str = "",
    debug: bool = False,
    metadata: bool = False,
    hide_notes: bool = False,
    with_chart: bool = True,
) -> None:
    """Print a release.

    Args:
        output: ``table``, ``json`` or ``yaml``.
        table_resources: Its objects as text, for the table.
        debug: Add values, hooks and manifest.
        metadata: Add the chart's name and versions.
        hide_notes: Leave the notes out of the table.
        with_chart: JSON and YAML carry the chart.
    """
    if output == "table":
        _show_table(release, table_resources=table_resources, debug=debug, metadata=metadata, hide_notes=hide_notes)
        return
    body = codec.to_json(release)
    if not with_chart:
        body.pop("chart", None)
    if "config" in body:
        body["config"] = sorted_maps(body["config"])
    if "values" in body.get("chart", {}):
        body["chart"] = {**body["chart"], "values": sorted_maps(body["chart"]["values"])}
    echo_as(output, body, lambda: None)


def _show_table(release: Release, *, table_resources: str, debug: bool, metadata: bool, hide_notes: bool) -> None:
    info = release.info
    click.echo(f"NAME: {release.name}")
    if info.last_deployed is not None:
        click.echo(f"LAST DEPLOYED: {ansi_c(info.last_deployed)}")
    click.echo(f"NAMESPACE: {release.namespace}")
    click.echo(f"STATUS: {info.status}")
    click.echo(f"REVISION: {release.version}")
    if metadata:
        chart = release.chart.metadata
        click.echo(f"CHART: {chart.name}\nVERSION: {chart.version}\nAPP_VERSION: {chart.app_version}")
    click.echo(f"DESCRIPTION: {info.description}")
    if table_resources:
        click.echo(f"RESOURCES:\n{table_resources}")
    _show_tests(release)
    if debug:
        from pyhelm.values import coalesce

        click.echo("USER-SUPPLIED VALUES:")
        echo_yaml(release.config)
        click.echo("\nCOMPUTED VALUES:")
        echo_yaml(coalesce(release.chart, release.config))
        click.echo()
    if debug or info.description.lower() == "dry run complete":
        click.echo("HOOKS:")
        for hook in release.hooks:
            click.echo(f"---\n# Source: {hook.path}\n{hook.manifest}")
        click.echo(f"MANIFEST:\n{release.manifest}")
    if info.notes and not hide_notes:
        click.echo(f"NOTES:\n{info.notes.strip()}")


def _show_tests(release: Release) -> None:
    tests = [hook for hook in release.hooks if HookEvent.TEST in hook.events]
    if not tests:
        click.echo("TEST SUITE: None")
        return
    for hook in tests:
        run = hook.last_run
        if run.started_at is not None:
            click.echo(
                f"TEST SUITE:     {hook.name}\nLast Started:   {ansi_c(run.started_at)}\n"
                f"Last Completed: {ansi_c(run.completed_at)}\nPhase:          {run.phase}"
            )
