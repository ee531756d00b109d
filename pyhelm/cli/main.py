"""The entry point: the tree of commands, and the one place that knows exit codes."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from pyhelm.cli.dialect import Group
from pyhelm.cli.invocation import Invocation
from pyhelm.errors import PyhelmError

_COMMANDS = "pyhelm.cli.commands"

COMMANDS = {
    "cluster": (f"{_COMMANDS}.cluster", "cluster", "look at and steer the embedded cluster"),
    "create": (f"{_COMMANDS}.create", "create", "create a new chart with the given name"),
    "env": (f"{_COMMANDS}.env", "env", "helm client environment information"),
    "get": (f"{_COMMANDS}.get", "get", "download extended information of a named release"),
    "history": (f"{_COMMANDS}.history", "history", "fetch release history"),
    "install": (f"{_COMMANDS}.install", "install", "install a chart"),
    "kube": ("pyhelm.cli.kube", "kube", "kubectl's verbs: get, describe, apply, scale, rollout …"),
    "lint": (f"{_COMMANDS}.lint", "lint", "examine a chart for possible issues"),
    "list": (f"{_COMMANDS}.list", "list_", "list releases"),
    "rollback": (f"{_COMMANDS}.rollback", "rollback", "roll back a release to a previous revision"),
    "show": (f"{_COMMANDS}.show", "show", "show information of a chart"),
    "status": (f"{_COMMANDS}.status", "status", "display the status of the named release"),
    "template": (f"{_COMMANDS}.template", "template", "locally render templates"),
    "test": (f"{_COMMANDS}.test", "test", "run tests for a release"),
    "uninstall": (f"{_COMMANDS}.uninstall", "uninstall", "uninstall a release"),
    "upgrade": (f"{_COMMANDS}.upgrade", "upgrade", "upgrade a release"),
    "version": (f"{_COMMANDS}.version", "version", "print the version information"),
}
"""Every command: module, attribute, one line of help."""

ALIASES = {
    "ls": "list",
    "hist": "history",
    "inspect": "show",
    "del": "uninstall",
    "delete": "uninstall",
    "un": "uninstall",
}

_NO_REPOSITORIES = "charts are read from folders and .tgz files; repositories and registries are not there yet"
_BY_HAND = "put a chart's dependencies into its folder charts/ yourself, as folders or .tgz files"

MISSING = {
    **dict.fromkeys(("pull", "fetch", "push", "registry", "repo", "search"), _NO_REPOSITORIES),
    **dict.fromkeys(("dependency", "dep", "dependencies"), _BY_HAND),
    "package": "a chart can be installed from its folder, or packed with tar: tar czf NAME-VERSION.tgz NAME",
    "plugin": "",
    "verify": "",
    "completion": "",
}
"""Helm's commands that are not there yet, and what to do instead."""

main = Group(
    name="pyhelm",
    commands=COMMANDS,
    aliases=ALIASES,
    missing=MISSING,
    help="Helm in Python, with a cluster inside.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


def run() -> NoReturn:
    """Run the command line and end the process: 0 for success, 1 for any failure, 130 when interrupted."""
    _open_streams()
    invocation = Invocation()
    try:
        main.main(prog_name="pyhelm", standalone_mode=False, obj=invocation)
        sys.stdout.flush()
    except PyhelmError as error:
        from pyhelm.cli.failures import report

        sys.exit(report(error, invocation))
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except BrokenPipeError:
        # The reader left (a pipe to `head`): nobody to tell. Keep the interpreter from flushing into the void.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        from pyhelm.cli.failures import report_os

        sys.exit(report_os(error, invocation))
    except Exception as error:  # noqa: BLE001 - the edge: nobody above could say it better
        from pyhelm.cli.failures import report_bug

        sys.exit(report_bug(error, invocation))
    sys.exit(0)


def _open_streams() -> None:
    """Stand in for standard output and standard error where the caller closed them."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - kept open
