"""``pyhelm get``: all, hooks, manifest, metadata, notes and values of a release."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import INTEGER, Command, Group, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.output import OUTPUT, echo_as, echo_yaml, sorted_maps
from pyhelm.cli.release_view import show_release

if TYPE_CHECKING:
    from pyhelm.action.get import ReleaseMetadata
    from pyhelm.release.record import Release

_MODULE = "pyhelm.cli.commands.get"
_METHODS = {"": "client-side apply (defaulted)", "csa": "client-side apply", "ssa": "server-side apply"}


def _release(name: str, revision: int) -> Release:
    from pyhelm.action.get import get_release

    with current().environment() as env:
        return get_release(env, name, revision)


def _all(*, args: tuple[str, ...], revision: int, template: str) -> None:
    release = _release(args[0], revision)
    if template:
        from pyhelm.template.expansion import expand

        click.echo(expand(template, {"Release": _as_go(release)}), nl=False)
        return
    show_release(release, "table", debug=True, metadata=True)


def _as_go(release: Release) -> dict[str, Any]:
    """Return the release as ``get all --template`` sees it: Go's field names."""
    from pyhelm.release import codec

    chart = release.chart.metadata
    info = release.info
    return {
        "Name": release.name,
        "Namespace": release.namespace,
        "Version": release.version,
        "Manifest": release.manifest,
        "Config": release.config,
        "Labels": release.labels,
        "Info": {
            "Status": str(info.status),
            "Description": info.description,
            "Notes": info.notes,
            "FirstDeployed": codec.format_time(info.first_deployed) if info.first_deployed else "",
            "LastDeployed": codec.format_time(info.last_deployed) if info.last_deployed else "",
        },
        "Chart": {
            "Metadata": {"Name": chart.name, "Version": chart.version, "AppVersion": chart.app_version},
            "Values": release.chart.values,
        },
        "Hooks": [
            {"Name": hook.name, "Kind": hook.kind, "Path": hook.path, "Manifest": hook.manifest}
            for hook in release.hooks
        ],
    }


def _hooks(*, args: tuple[str, ...], revision: int) -> None:
    for hook in _release(args[0], revision).hooks:
        click.echo(f"---\n# Source: {hook.path}\n{hook.manifest}")


def _manifest(*, args: tuple[str, ...], revision: int) -> None:
    click.echo(_release(args[0], revision).manifest)


def _notes(*, args: tuple[str, ...], revision: int) -> None:
    notes = _release(args[0], revision).info.notes
    if notes:
        click.echo(f"NOTES:\n{notes}")


def _metadata(*, args: tuple[str, ...], revision: int, output: str) -> None:
    from pyhelm.action.get import get_metadata

    with current().environment() as env:
        facts = get_metadata(env, args[0], revision)
    echo_as(output, _metadata_body(facts), lambda: _print_metadata(facts))


def _metadata_body(facts: ReleaseMetadata) -> dict[str, Any]:
    from pyhelm.release.codec import dependency_to_json

    body: dict[str, Any] = {
        "name": facts.name,
        "chart": facts.chart,
        "version": facts.version,
        "appVersion": facts.app_version,
        "annotations": facts.annotations,
        "labels": facts.labels,
        "dependencies": [dependency_to_json(item) for item in facts.dependencies],
        "namespace": facts.namespace,
        "revision": facts.revision,
        "status": facts.status,
        "deployedAt": _deployed_at(facts),
        "applyMethod": facts.apply_method,
    }
    optional = {"annotations", "labels", "dependencies", "applyMethod"}
    return {name: value for name, value in body.items() if value or name not in optional}


def _deployed_at(facts: ReleaseMetadata) -> str:
    return f"{facts.deployed_at:%Y-%m-%dT%H:%M:%SZ}" if facts.deployed_at else ""


def _print_metadata(facts: ReleaseMetadata) -> None:
    def pairs(labels: dict[str, str]) -> str:
        return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))

    names = sorted(item.name for item in facts.dependencies)
    for label, value in (
        ("NAME", facts.name),
        ("CHART", facts.chart),
        ("VERSION", facts.version),
        ("APP_VERSION", facts.app_version),
        ("ANNOTATIONS", pairs(facts.annotations)),
        ("LABELS", pairs(facts.labels)),
        ("DEPENDENCIES", ",".join(names)),
        ("NAMESPACE", facts.namespace),
        ("REVISION", facts.revision),
        ("STATUS", facts.status),
        ("DEPLOYED_AT", _deployed_at(facts)),
        ("APPLY_METHOD", _METHODS.get(facts.apply_method, f'unknown ("{facts.apply_method}")')),
    ):
        click.echo(f"{label}: {value}")


def _values(*, args: tuple[str, ...], revision: int, all_: bool, output: str) -> None:
    from pyhelm.action.get import get_values

    with current().environment() as env:
        values = get_values(env, args[0], revision, all_values=all_)

    def table() -> None:
        click.echo("COMPUTED VALUES:" if all_ else "USER-SUPPLIED VALUES:")
        echo_yaml(values or None)

    echo_as(output, sorted_maps(values) or None, table)


_SYNOPSIS = "RELEASE_NAME"


def _revision_option() -> click.Option:
    return click.Option(["--revision"], type=INTEGER, default=0, help="of this revision instead of the last")


all_ = Command(
    "all",
    callback=_all,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option(), click.Option(["--template"], default="", help="Go template for the output")],
    help="Show everything about a release.",
)
hooks = Command(
    "hooks",
    callback=_hooks,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option()],
    help="Show a release's hooks.",
)
manifest = Command(
    "manifest",
    callback=_manifest,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option()],
    help="Show a release's objects, as they were applied.",
)
metadata = Command(
    "metadata",
    callback=_metadata,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option(), OUTPUT],
    help="Show a release's chart, revision and state.",
)
notes = Command(
    "notes",
    callback=_notes,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option()],
    help="Show a release's notes.",
)
values = Command(
    "values",
    callback=_values,
    arity=(1, 1),
    synopsis=_SYNOPSIS,
    params=[_revision_option(), Switch(["-a", "--all", "all_"], help="the chart's defaults, too"), OUTPUT],
    help="Show the values that a release was given.",
)

get = Group(
    name="get",
    commands={
        "all": (_MODULE, "all_", "show everything about a release"),
        "hooks": (_MODULE, "hooks", "show a release's hooks"),
        "manifest": (_MODULE, "manifest", "show a release's manifest"),
        "metadata": (_MODULE, "metadata", "show a release's metadata"),
        "notes": (_MODULE, "notes", "show a release's notes"),
        "values": (_MODULE, "values", "show a release's values"),
    },
    help="Show what a release is made of.",
)
