"""``pyhelm install``, and the flags it shares with ``template``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.options import (
    chart_options,
    check_chart_options,
    deprecated,
    dry_run_mode,
    dry_run_option,
    load_chart,
    locate_chart,
    read_values,
    refuse_post_renderer,
    string_map,
    value_options,
    wait_options,
    wait_strategy,
)
from pyhelm.cli.output import OUTPUT
from pyhelm.cli.release_view import show_release
from pyhelm.errors import TemplateSyntaxError, UsageError

if TYPE_CHECKING:
    from pyhelm.action.install import InstallOptions


def install_parameters() -> list[click.Parameter]:
    """Return the flags of ``install`` and ``template``; ``install_options`` reads them."""
    return [
        Switch(["--create-namespace"], help="create the release namespace if not present"),
        Switch(["--force-replace"], help="force object updates by replacement"),
        deprecated("--force", "use --force-replace instead"),
        Switch(["--force-conflicts"], help="with server-side apply: take over fields that others own"),
        Switch(["--server-side"], default=True, help="let the server apply objects (default true)"),
        Switch(["--no-hooks"], help="prevent hooks from running"),
        Switch(["--replace"], help="reuse the name of an uninstalled release whose history was kept"),
        Switch(["-g", "--generate-name"], help="generate the name (and omit the NAME argument)"),
        click.Option(["--name-template"], default="", help="a template that makes the release's name"),
        click.Option(["--description"], default="", help="add a custom description"),
        Switch(["--disable-openapi-validation"], hidden=True),
        Switch(["--rollback-on-failure"], help="uninstall again if the installation fails; implies --wait"),
        deprecated("--atomic", "use --rollback-on-failure instead"),
        Switch(["--skip-crds"], help="do not install custom resource definitions"),
        Switch(["--skip-schema-validation"], help="do not check values against values.schema.json"),
        click.Option(["-l", "--labels"], multiple=True, help="labels for the release's record: key1=val1,key2=val2"),
        Switch(["--enable-dns"], help="let templates look up host names"),
        Switch(["--take-ownership"], help="take over objects that belong to no release"),
        click.Option(["--post-renderer"], default="", hidden=True),
        click.Option(["--post-renderer-args"], multiple=True, hidden=True),
        *value_options(),
        *chart_options(),
        *wait_options(),
    ]


def install_options(flags: dict[str, Any], **more: Any) -> InstallOptions:
    """Return what the flags of ``install_parameters`` mean, taking them out of ``flags``; ``more`` are set as given."""
    from pyhelm.action.environment import WaitStrategy
    from pyhelm.action.install import InstallOptions

    force_replace = flags.pop("force_replace") | flags.pop("force")
    force_conflicts = flags.pop("force_conflicts")
    if force_replace and force_conflicts:
        raise UsageError(
            "if any flags in the group [force-replace force-conflicts] are set none of the others can be; "
            "[force-conflicts force-replace] were all set"
        )
    return InstallOptions(
        replace=flags.pop("replace"),
        create_namespace=flags.pop("create_namespace"),
        description=flags.pop("description"),
        labels=string_map(flags.pop("labels"), "-l, --labels"),
        skip_crds=flags.pop("skip_crds"),
        no_hooks=flags.pop("no_hooks"),
        wait=WaitStrategy(wait_strategy(flags.pop("wait"))),
        wait_for_jobs=flags.pop("wait_for_jobs"),
        timeout=flags.pop("timeout"),
        rollback_on_failure=flags.pop("rollback_on_failure") | flags.pop("atomic"),
        server_side=flags.pop("server_side"),
        force_conflicts=force_conflicts,
        force_replace=force_replace,
        take_ownership=flags.pop("take_ownership"),
        sub_notes=flags.pop("render_subchart_notes", False),
        skip_schema_validation=flags.pop("skip_schema_validation"),
        enable_dns=flags.pop("enable_dns"),
        disable_openapi_validation=flags.pop("disable_openapi_validation"),
        **more,
    )


def name_and_chart(args: tuple[str, ...], *, generate: bool, name_template: str, fallback: str = "") -> tuple[str, str]:
    """Return the release's name and the chart's reference (NameAndChart).

    Args:
        args: One or two positional arguments.
        generate: ``--generate-name``.
        name_template: ``--name-template``, possibly empty.
        fallback: The name when nothing else gives one.
    """
    if len(args) > 2:
        raise UsageError(f"expected at most two arguments, unexpected arguments: {', '.join(args[2:])}")
    if len(args) == 2:
        for given, flag in ((generate, "--generate-name"), (name_template, "--name-template")):
            if given:
                raise UsageError(f"cannot set {flag} and also specify a name")
        return args[0], args[1]
    if name_template:
        from pyhelm.template.expansion import expand

        try:
            return expand(name_template, None, name="name-template"), args[0]
        except TemplateSyntaxError as error:
            raise UsageError(error.chain) from None
    if fallback:
        return fallback, args[0]
    if not generate:
        raise UsageError("must either provide a name or specify --generate-name")
    import time

    from pyhelm.release import names

    return names.generate(args[0], int(time.time())), args[0]


def _install(*, args: tuple[str, ...], output: str, dry_run: str, hide_secret: bool, **flags: Any) -> None:
    from pyhelm.action.environment import DryRun
    from pyhelm.action.install import install as run

    invocation = current()
    mode = DryRun(dry_run_mode(dry_run))
    hide_notes = flags.pop("hide_notes")
    refuse_post_renderer(flags)
    check_chart_options(flags)
    options = install_options(flags, dry_run=mode, hide_secret=hide_secret)
    with invocation.failing_as("INSTALLATION FAILED: "):
        name, reference = name_and_chart(
            args, generate=flags.pop("generate_name"), name_template=flags.pop("name_template")
        )
        path = locate_chart(reference)
        values = read_values(flags)
        chart = load_chart(path)
        with invocation.environment(changes=not mode.pretends, offline=not mode.asks_server) as env:
            release = run(env, name, chart, values, options)
    show_release(release, output, debug=invocation.debug, hide_notes=hide_notes)


install = Command(
    "install",
    callback=_install,
    arity=(1, None),
    synopsis="[NAME] [CHART]",
    params=[
        *install_parameters(),
        Switch(["--render-subchart-notes"], help="render subchart notes along with the parent's"),
        Switch(["--hide-notes"], help="do not show the notes"),
        dry_run_option(),
        Switch(["--hide-secret"], help="hide Secrets when also using --dry-run"),
        OUTPUT,
    ],
    help="Install a chart.",
)
