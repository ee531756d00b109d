"""``pyhelm lint``."""

from __future__ import annotations

from typing import Any

import click

from pyhelm.cli.dialect import Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.options import kube_version, read_values, value_options
from pyhelm.errors import LintFailedError


def _lint(
    *,
    args: tuple[str, ...],
    strict: bool,
    with_subcharts: bool,
    quiet: bool,
    skip_schema_validation: bool,
    kube_version_: str,
    **flags: Any,
) -> None:
    from pyhelm.lint import LintOptions, lint, subcharts

    version = kube_version(kube_version_)
    paths = list(args)
    if with_subcharts:
        paths.extend(child for path in args for child in subcharts(path))
    options = LintOptions(
        values=read_values(flags),
        namespace=current().namespace,
        strict=strict,
        kube_version=version,
        skip_schema=skip_schema_validation,
    )
    results = [lint(path, options) for path in paths]
    for result in results:
        click.echo(result.text(quiet=quiet), nl=False)
    failed = sum(not result.passed for result in results)
    if failed:
        raise LintFailedError(len(paths), failed)
    if not quiet or any(not result.clean for result in results):
        click.echo(f"{len(paths)} chart(s) linted, {failed} chart(s) failed")


lint = Command(
    "lint",
    callback=_lint,
    arity=(1, None),
    synopsis="PATH",
    params=[
        Switch(["--strict"], help="fail on warnings"),
        Switch(["--with-subcharts"], help="lint the subcharts, too"),
        Switch(["--quiet"], help="print only warnings and errors"),
        Switch(["--skip-schema-validation"], help="do not check values against values.schema.json"),
        click.Option(["--kube-version", "kube_version_"], default="", help="Kubernetes version to check for"),
        *value_options(),
    ],
    help="Examine a chart for possible issues.",
)
