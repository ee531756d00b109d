"""``pyhelm upgrade``."""

from __future__ import annotations

from typing import Any

import click

from pyhelm.cli.dialect import INTEGER, Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.options import (
    chart_options,
    check_chart_options,
    deprecated,
    dry_run_mode,
    dry_run_option,
    load_chart,
    locate_chart,
    max_history,
    read_values,
    refuse_post_renderer,
    server_side,
    string_map,
    value_options,
    wait_options,
    wait_strategy,
)
from pyhelm.cli.output import OUTPUT
from pyhelm.cli.release_view import show_release
from pyhelm.errors import UsageError


def history_max_option() -> click.Option:
    """Return ``--history-max``, whose default is HELM_MAX_HISTORY."""
    return click.Option(
        ["--history-max"],
        type=INTEGER,
        default=max_history,
        help="how many revisions to keep of a release; 0 for all (default 10)",
    )


def _upgrade(*, args: tuple[str, ...], output: str, dry_run: str, **flags: Any) -> None:
    from pyhelm.action.environment import DryRun, ServerSide, WaitStrategy
    from pyhelm.action.install import install as run_install
    from pyhelm.action.upgrade import UpgradeOptions, install_options, needs_install
    from pyhelm.action.upgrade import upgrade as run

    invocation = current()
    mode = DryRun(dry_run_mode(dry_run))
    hide_notes = flags.pop("hide_notes")
    refuse_post_renderer(flags)
    check_chart_options(flags)
    force_replace = flags.pop("force_replace") | flags.pop("force")
    if force_replace and flags["force_conflicts"]:
        raise UsageError(
            "if any flags in the group [force-replace force-conflicts] are set none of the others can be; "
            "[force-conflicts force-replace] were all set"
        )
    options = UpgradeOptions(
        install=flags.pop("install"),
        create_namespace=flags.pop("create_namespace"),
        skip_crds=flags.pop("skip_crds"),
        dry_run=mode,
        reset_values=flags.pop("reset_values"),
        reuse_values=flags.pop("reuse_values"),
        reset_then_reuse_values=flags.pop("reset_then_reuse_values"),
        history_max=flags.pop("history_max"),
        cleanup_on_fail=flags.pop("cleanup_on_fail"),
        rollback_on_failure=flags.pop("rollback_on_failure") | flags.pop("atomic"),
        description=flags.pop("description"),
        labels=string_map(flags.pop("labels"), "-l, --labels"),
        no_hooks=flags.pop("no_hooks"),
        wait=WaitStrategy(wait_strategy(flags.pop("wait"))),
        wait_for_jobs=flags.pop("wait_for_jobs"),
        timeout=flags.pop("timeout"),
        server_side=ServerSide(server_side(flags.pop("server_side"))),
        force_conflicts=flags.pop("force_conflicts"),
        force_replace=force_replace,
        take_ownership=flags.pop("take_ownership"),
        sub_notes=flags.pop("render_subchart_notes"),
        hide_secret=flags.pop("hide_secret"),
        skip_schema_validation=flags.pop("skip_schema_validation"),
        enable_dns=flags.pop("enable_dns"),
        disable_openapi_validation=flags.pop("disable_openapi_validation"),
    )
    name = args[0]
    path = locate_chart(args[1])
    values = read_values(flags)
    chart = load_chart(path)
    with invocation.environment(changes=not mode.pretends) as env:
        if options.install and needs_install(env, name):
            if output == "table":
                click.echo(f'Release "{name}" does not exist. Installing it now.')
            release = run_install(env, name, chart, values, install_options(options, replace_uninstalled=True))
        else:
            with invocation.failing_as("UPGRADE FAILED: "):
                release = run(env, name, chart, values, options)
            if output == "table":
                click.echo(f'Release "{name}" has been upgraded. Happy Helming!')
    show_release(release, output, debug=invocation.debug, hide_notes=hide_notes)


upgrade = Command(
    "upgrade",
    callback=_upgrade,
    arity=(2, 2),
    synopsis="[RELEASE] [CHART]",
    params=[
        Switch(["-i", "--install"], help="install the release if it does not exist"),
        Switch(["--create-namespace"], help="with --install: create the release namespace if not present"),
        Switch(["--force-replace"], help="force object updates by replacement"),
        deprecated("--force", "use --force-replace instead"),
        Switch(["--force-conflicts"], help="with server-side apply: take over fields that others own"),
        click.Option(["--server-side"], default="auto", help="true, false or auto (as the release did before)"),
        Switch(["--no-hooks"], help="prevent hooks from running"),
        Switch(["--disable-openapi-validation"], hidden=True),
        Switch(["--skip-crds"], help="with --install: do not install custom resource definitions"),
        Switch(["--reset-values"], help="take the values built into the chart"),
        Switch(["--reuse-values"], help="take the last release's values, with changes from --set and -f"),
        Switch(["--reset-then-reuse-values"], help="take the chart's values, then the last release's, then changes"),
        Switch(["--rollback-on-failure"], help="roll back if the upgrade fails; implies --wait"),
        deprecated("--atomic", "use --rollback-on-failure instead"),
        history_max_option(),
        Switch(["--cleanup-on-fail"], help="delete new objects when the upgrade fails"),
        Switch(["--render-subchart-notes"], help="render subchart notes along with the parent's"),
        Switch(["--hide-notes"], help="do not show the notes"),
        Switch(["--hide-secret"], help="hide Secrets when also using --dry-run"),
        Switch(["--skip-schema-validation"], help="do not check values against values.schema.json"),
        click.Option(["-l", "--labels"], multiple=True, help="labels for the release's record; null removes one"),
        click.Option(["--description"], default="", help="add a custom description"),
        Switch(["--enable-dns"], help="let templates look up host names"),
        Switch(["--take-ownership"], help="take over objects that belong to no release"),
        click.Option(["--post-renderer"], default="", hidden=True),
        click.Option(["--post-renderer-args"], multiple=True, hidden=True),
        dry_run_option(),
        *value_options(),
        *chart_options(),
        *wait_options(),
        OUTPUT,
    ],
    help="Upgrade a release to another version of its chart, or to other values.",
)
