"""``pyhelm test``."""

from __future__ import annotations

import re

import click

from pyhelm.cli.dialect import DURATION, Command, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.release_view import show_release

_NOT_NAME = re.compile(r"^!\s?name=")


def _test(*, args: tuple[str, ...], timeout: float, logs: bool, filters: tuple[str, ...]) -> None:
    from pyhelm.action.testing import TestOptions, run_tests

    include, exclude = [], []
    for part in (part for text in filters for part in text.split(",")):
        if part.startswith("name="):
            include.append(part.removeprefix("name="))
        elif _NOT_NAME.match(part):
            exclude.append(_NOT_NAME.sub("", part))
    invocation = current()
    with invocation.environment(changes=True) as env:
        run = run_tests(env, args[0], TestOptions(include=include, exclude=exclude, timeout=timeout))
        try:
            show_release(run.release, "table", debug=invocation.debug, hide_notes=True)
            if logs:
                click.echo()
                for log in run.logs():
                    if log.error is not None:
                        raise log.error
                    click.echo(f"POD LOGS: {log.pod} ({log.container})\n{log.text}")
        finally:
            run.finish()
        if run.failure is not None:
            raise run.failure


test = Command(
    "test",
    callback=_test,
    arity=(1, 1),
    synopsis="[RELEASE]",
    params=[
        click.Option(["--timeout"], type=DURATION, default=300.0, help="time to wait for a test (default 5m0s)"),
        Switch(["--logs"], help="print the logs of the tests' Pods"),
        click.Option(["--filter", "filters"], multiple=True, help="tests by name: name=test1, or !name=test1"),
    ],
    help="Run the tests of a release.",
)
