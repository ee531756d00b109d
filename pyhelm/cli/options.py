"""Options that several of Helm's commands share."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import DURATION, OptionalValue, Switch
from pyhelm.cli.failures import log_warning
from pyhelm.errors import ChartNotFoundError, UnsupportedError, UsageError

if TYPE_CHECKING:
    from pyhelm.chart.model import Chart
    from pyhelm.template import KubeVersion
    from pyhelm.values import ValueSources


def value_options() -> list[click.Parameter]:
    """Return ``-f`` and the ``--set`` family; ``value_sources`` reads them."""
    return [
        click.Option(["-f", "--values", "value_files"], multiple=True, help="values in a YAML file (several allowed)"),
        click.Option(["--set", "set_values"], multiple=True, help="values: key1=val1,key2=val2"),
        click.Option(["--set-string", "set_strings"], multiple=True, help="values that are strings"),
        click.Option(["--set-file", "set_files"], multiple=True, help="values read from files: key1=path1"),
        click.Option(["--set-json", "set_jsons"], multiple=True, help="values in JSON: key1=json1, or a whole object"),
        click.Option(["--set-literal", "set_literals"], multiple=True, help="one value, taken literally"),
    ]


def value_sources(options: dict[str, Any]) -> ValueSources:
    """Take the options of ``value_options`` out of ``options``."""
    from pyhelm.values import ValueSources

    files = [name for names in options.pop("value_files") for name in _split_csv(names)]
    return ValueSources(
        files=tuple(files),
        set=options.pop("set_values"),
        set_string=options.pop("set_strings"),
        set_json=options.pop("set_jsons"),
        set_file=options.pop("set_files"),
        set_literal=options.pop("set_literals"),
    )


def read_values(options: dict[str, Any]) -> dict[str, Any]:
    """Return the merged values that ``options`` name, taking them out."""
    from pyhelm.values import merge_sources

    return merge_sources(value_sources(options))


def max_history() -> int:
    """Return how many revisions HELM_MAX_HISTORY says to keep; as in Helm, what is no integer does not count."""
    text = os.environ.get("HELM_MAX_HISTORY", "")
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else 10


def _split_csv(text: str) -> list[str]:
    """Split a flag of pflag's string-slice type: commas, with quotes as in CSV."""
    if "," not in text and '"' not in text:
        return [text]
    import csv

    return next(csv.reader([text]))


def chart_options() -> list[click.Parameter]:
    """Return the options that say where a chart comes from; ``check_chart_options`` refuses what is not there yet."""
    return [
        click.Option(["--version"], default="", help="a version constraint for the chart"),
        click.Option(["--repo"], default="", help="chart repository URL"),
        Switch(["--devel"], help="use development versions, too"),
        Switch(["--verify"], help="verify the package before using it"),
        click.Option(["--keyring"], default="", hidden=True),
        click.Option(["--username"], default="", hidden=True),
        click.Option(["--password"], default="", hidden=True),
        click.Option(["--cert-file"], default="", hidden=True),
        click.Option(["--key-file"], default="", hidden=True),
        click.Option(["--ca-file"], default="", hidden=True),
        Switch(["--insecure-skip-tls-verify"], hidden=True),
        Switch(["--plain-http"], hidden=True),
        Switch(["--pass-credentials"], hidden=True),
        Switch(["--dependency-update"], hidden=True),
    ]


def check_chart_options(options: dict[str, Any]) -> None:
    """Take the options of ``chart_options`` out of ``options``.

    Raises:
        UnsupportedError: One of them needs a chart repository or a keyring, which this version does not have.
    """
    given = {name: options.pop(name) for name in _CHART_OPTIONS}
    for name in ("repo", "verify", "dependency_update"):
        if given[name]:
            error = UnsupportedError(f"--{name.replace('_', '-')} is not supported in this version")
            error.hint = "give the chart as a folder or as a .tgz file"
            raise error


def locate_chart(reference: str) -> Path:
    """Return the path of the chart that a command line names: a folder or a package.

    Raises:
        ChartNotFoundError: Nothing is there.
    """
    name = reference.strip()
    path = Path(name)
    if path.exists():
        return path.absolute()
    if path.is_absolute() or name.startswith("."):
        raise ChartNotFoundError(name)
    repository, slash, _ = name.partition("/")
    reason = f"non-absolute URLs should be in form of repo_name/path_to_chart, got: {name}"
    if slash:
        reason = f"repo {repository} not found"
    hint = "charts are read from folders and .tgz files; repositories and registries are not supported yet"
    raise ChartNotFoundError(name, hint, reason=reason)


def load_chart(path: Path) -> Chart:
    """Return the chart at ``path``, with Helm's warning if it is deprecated."""
    from pyhelm.chart import load

    chart = load(path)
    if chart.metadata.deprecated:
        log_warning("this chart is deprecated")
    return chart


def refuse_post_renderer(flags: dict[str, Any]) -> None:
    """Take the flags of post-renderers out of ``flags``; raises UnsupportedError where one is named."""
    flags.pop("post_renderer_args")
    if flags.pop("post_renderer"):
        raise UnsupportedError("--post-renderer is not supported in this version")


_CHART_OPTIONS = (
    "version",
    "repo",
    "devel",
    "verify",
    "keyring",
    "username",
    "password",
    "cert_file",
    "key_file",
    "ca_file",
    "insecure_skip_tls_verify",
    "plain_http",
    "pass_credentials",
    "dependency_update",
)


def wait_options() -> list[click.Parameter]:
    """Return ``--wait``, ``--wait-for-jobs`` and ``--timeout``."""
    return [
        OptionalValue(["--wait"], bare="watcher", help="wait until objects are ready: watcher, legacy or hookOnly"),
        Switch(["--wait-for-jobs"], help="with --wait: wait for Jobs to complete, too"),
        click.Option(["--timeout"], type=DURATION, default=300.0, help="time to wait for an operation (default 5m0s)"),
    ]


def wait_strategy(value: str | None, *, default: str = "hookOnly") -> str:
    """Return the strategy that ``--wait`` names, Helm 3's booleans included."""
    if value is None:
        return default
    old = {"true": "watcher", "false": "hookOnly"}.get(value)
    if old:
        log_warning(f"--wait={value} is deprecated (boolean value) and can be replaced with --wait={old}")
        return old
    if value not in {"watcher", "legacy", "hookOnly"}:
        raise UsageError(
            f'invalid argument "{value}" for "--wait" flag: invalid wait input "{value}". '
            "Valid inputs are watcher, hookOnly, and legacy"
        )
    return value


def dry_run_option() -> click.Option:
    """Return ``--dry-run``; ``dry_run_mode`` reads it."""
    return OptionalValue(["--dry-run"], bare="unset", default="none", help="none, client or server")


def dry_run_mode(value: str, *, template: bool = False) -> str:
    """Return ``none``, ``client`` or ``server``, with Helm's words for Helm 3's spellings.

    Args:
        value: What followed the flag.
        template: The command is ``template``, which never changes anything.
    """
    if value == "unset":
        log_warning("--dry-run is deprecated and should be replaced with '--dry-run=client'")
        return "client"
    allowed = '"server" or "client"' if template else '"none", "server", or "client"'
    old = {"true": "client", "false": "none"}.get(value.lower())
    mode = old or value
    if mode not in {"none", "client", "server"} or (template and mode == "none"):
        if mode != "none":
            allowed = '"none", "server", or "client"'
        raise UsageError(f'invalid dry-run value ("{value}"). Must be {allowed}')
    if old:
        log_warning(f"boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run={old}'")
    return mode


def server_side(value: str) -> str:
    """Check ``--server-side`` of upgrade and rollback."""
    if value not in {"true", "false", "auto"}:
        raise UsageError(f"invalid/unknown release server-side apply method: {value}")
    return value


def kube_version(text: str) -> KubeVersion | None:
    """Return the version that ``--kube-version`` names, None where it was not given."""
    if not text:
        return None
    from pyhelm.template import KubeVersion

    try:
        return KubeVersion.parse(text)
    except UsageError as error:
        raise UsageError(f"invalid kube version '{text}': {error}") from None


def string_map(pairs: tuple[str, ...], flag: str) -> dict[str, str]:
    """Read a flag of pflag's string-to-string type (``a=1,b=2``)."""
    result: dict[str, str] = {}
    for text in pairs:
        for pair in _split_csv(text):
            key, equals, value = pair.partition("=")
            if not equals:
                raise UsageError(f'invalid argument "{text}" for "{flag}" flag: {pair} must be formatted as key=value')
            result[key.strip()] = value
    return result


def deprecated(flag: str, advice: str) -> Switch:
    """Return a switch that Helm renamed or dropped; using it prints Helm's warning with ``advice``."""

    def warn(_ctx: click.Context, _param: click.Parameter, value: bool) -> bool:  # noqa: FBT001 - click's signature
        if value:
            click.echo(f"Flag {flag} has been deprecated, {advice}", err=True)
        return value

    return Switch([flag], hidden=True, callback=warn)
