"""``pyhelm version``."""

from __future__ import annotations

import click

from pyhelm import __version__
from pyhelm.cli.dialect import Command, Switch


def _version(*, short: bool, template: str | None, args: tuple[str, ...]) -> None:  # noqa: ARG001 - no arguments
    """Print the version of pyhelm and of the Helm it follows."""
    facts = {"Version": f"v{__version__}", "HelmVersion": "v4.3.1", "KubeClientVersion": "v1.37"}
    if template is not None:
        from pyhelm.template.expansion import expand

        click.echo(expand(template, facts), nl=False)
    elif short:
        click.echo(facts["Version"])
    else:
        listed = ", ".join(f'{key}:"{value}"' for key, value in facts.items())
        click.echo(f"version.BuildInfo{{{listed}}}")


version = Command(
    "version",
    callback=_version,
    params=[
        Switch(["--short"], help="print the version number"),
        click.Option(["--template"], help="template for version string format"),
    ],
    help="Print the version of pyhelm and of the Helm it follows.",
)
