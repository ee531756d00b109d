"""``pyhelm template``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.commands.install import install_options, install_parameters, name_and_chart
from pyhelm.cli.dialect import Command, OptionalValue, Switch, given
from pyhelm.cli.invocation import current
from pyhelm.cli.options import (
    check_chart_options,
    deprecated,
    dry_run_mode,
    kube_version,
    load_chart,
    locate_chart,
    read_values,
    refuse_post_renderer,
)
from pyhelm.errors import IncompatibleKubeVersionError, ManifestError, TemplateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.action.template import Templated


_NO_EFFECT = "this flag has no effect for 'pyhelm template' and will be removed in Helm 5"


def _template(
    *,
    args: tuple[str, ...],
    dry_run: str,
    validate: bool,
    show_only: tuple[str, ...],
    output_dir: str,
    release_name: bool,
    include_crds: bool,
    skip_tests: bool,
    is_upgrade: bool,
    kube_version_: str,
    api_versions: Sequence[str],
    **flags: Any,
) -> None:
    from pyhelm.action.environment import DryRun
    from pyhelm.action.template import template as run

    invocation = current()
    if validate and given("dry_run"):
        raise UsageError(
            "if any flags in the group [validate dry-run] are set none of the others can be; "
            "[dry-run validate] were all set"
        )
    mode = DryRun("server" if validate else dry_run_mode(dry_run, template=True))
    for name in ("hide_notes", "render_subchart_notes"):
        flags.pop(name)
    refuse_post_renderer(flags)
    check_chart_options(flags)
    options = install_options(
        flags,
        dry_run=mode,
        include_crds=include_crds,
        is_upgrade=is_upgrade,
        kube_version=kube_version(kube_version_),
        api_versions=[version for names in api_versions for version in names.split(",")],
    )
    name, reference = name_and_chart(
        args,
        generate=flags.pop("generate_name"),
        name_template=flags.pop("name_template"),
        fallback="release-name",
    )
    path = locate_chart(reference)
    values = read_values(flags)
    chart = load_chart(path)
    try:
        with invocation.environment(offline=not mode.asks_server) as env:
            rendered = run(env, name, chart, values, options, skip_tests=skip_tests)
    except (TemplateError, ManifestError, IncompatibleKubeVersionError) as error:
        if not invocation.debug:
            invocation.failure_suffix = "\n\nUse --debug flag to render out invalid YAML"
        elif isinstance(error, ManifestError):
            click.echo(error.manifest.strip())
        raise
    if show_only:
        click.echo(rendered.select(show_only), nl=False)
    elif output_dir:
        _write(rendered, Path(output_dir, name) if release_name else Path(output_dir))
        click.echo()  # Helm prints the manifest here too, which went to the files
    else:
        click.echo(rendered.text, nl=False)


def _write(rendered: Templated, folder: Path) -> None:
    """Write each template's output to a file of its own, and say so as Helm does."""
    written: set[Path] = set()
    for name, text in rendered.files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if path in written else "w", encoding="utf-8", newline="") as file:
            file.write(text)
        written.add(path)
        click.echo(f"wrote {path}")


template = Command(
    "template",
    callback=_template,
    arity=(1, None),
    synopsis="[NAME] [CHART]",
    params=[
        *install_parameters(),
        OptionalValue(["--dry-run"], bare="unset", default="client", help="client or server"),
        deprecated("--validate", "use '--dry-run=server' instead"),
        deprecated("--render-subchart-notes", _NO_EFFECT),
        deprecated("--hide-notes", _NO_EFFECT),
        click.Option(["-s", "--show-only"], multiple=True, help="only show what these templates rendered"),
        click.Option(["--output-dir"], default="", help="write to files in this folder instead of standard output"),
        Switch(["--release-name"], help="use the release's name in the path of --output-dir"),
        Switch(["--include-crds"], help="include custom resource definitions"),
        Switch(["--skip-tests"], help="leave tests out"),
        Switch(["--is-upgrade"], help="set .Release.IsUpgrade instead of .Release.IsInstall"),
        click.Option(["--kube-version", "kube_version_"], default="", help="Kubernetes version for Capabilities"),
        click.Option(["-a", "--api-versions"], multiple=True, help="API versions for Capabilities"),
    ],
    help="Render a chart's templates and print them.",
)
