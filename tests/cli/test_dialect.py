from __future__ import annotations

import click
import pytest

from pyhelm.cli.dialect import DURATION, INTEGER, Command, OptionalValue, Switch, parse_duration
from pyhelm.cli.invocation import Invocation
from pyhelm.errors import UsageError


def build(arity: tuple[int, int | None] = (0, None)) -> tuple[Command, dict[str, object]]:
    seen: dict[str, object] = {}
    command = Command(
        "do",
        callback=lambda **values: seen.update(values),
        arity=arity,
        synopsis="THING",
        params=[
            Switch(["-q", "--quiet"]),
            Switch(["--server-side"], default=True),
            OptionalValue(["--wait"], bare="watcher"),
            click.Option(["--timeout"], type=DURATION, default=300.0),
            click.Option(["-m", "--max"], type=INTEGER, default=0),
            click.Option(["--set", "sets"], multiple=True),
        ],
    )
    return command, seen


def run(*args: str, arity: tuple[int, int | None] = (0, None)) -> tuple[dict[str, object], Invocation]:
    command, seen = build(arity)
    invocation = Invocation()
    command.main(list(args), prog_name="pyhelm do", standalone_mode=False, obj=invocation)
    return seen, invocation


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        pytest.param(["--quiet"], "quiet", True, id="switch"),
        pytest.param(["--quiet=true"], "quiet", True, id="switch-true"),
        pytest.param(["--quiet=false"], "quiet", False, id="switch-false"),
        pytest.param(["-q"], "quiet", True, id="short-switch"),
        pytest.param(["-q=false"], "quiet", False, id="short-switch-false"),
        pytest.param([], "server_side", True, id="switch-default"),
        pytest.param(["--server-side=false"], "server_side", False, id="switch-default-off"),
        pytest.param(["--server-side=0"], "server_side", False, id="switch-zero"),
        pytest.param(["--wait"], "wait", "watcher", id="optional-bare"),
        pytest.param(["--wait=legacy"], "wait", "legacy", id="optional-value"),
        pytest.param(["--wait", "legacy"], "args", ("legacy",), id="optional-takes-no-next-word"),
        pytest.param(["--timeout", "1m30s"], "timeout", 90.0, id="duration"),
        pytest.param(["-m=3"], "max", 3, id="short-equals"),
        pytest.param(["-m3"], "max", 3, id="short-joined"),
        pytest.param(["-qm", "3"], "max", 3, id="short-cluster"),
        pytest.param(["--set", "--quiet"], "sets", ("--quiet",), id="value-that-looks-like-a-flag"),
        pytest.param(["--set=a=b", "--set", "c=d"], "sets", ("a=b", "c=d"), id="several"),
        pytest.param(["--", "--quiet"], "args", ("--quiet",), id="end-of-flags"),
        pytest.param(["a", "-q", "b"], "args", ("a", "b"), id="interspersed"),
    ],
)
def test_spellings(args: list[str], name: str, value: object) -> None:
    assert run(*args)[0][name] == value


@pytest.mark.parametrize(
    ("args", "message"),
    [
        pytest.param(["--foo"], "unknown flag: --foo", id="unknown-flag"),
        pytest.param(["-x"], "unknown shorthand flag: 'x' in -x", id="unknown-short"),
        pytest.param(["--timeout"], "flag needs an argument: --timeout", id="no-argument"),
        pytest.param(["-m"], "flag needs an argument: 'm' in -m", id="no-argument-short"),
        pytest.param(
            ["--timeout", "abc"],
            'invalid argument "abc" for "--timeout" flag: time: invalid duration "abc"',
            id="bad-duration",
        ),
        pytest.param(
            ["--max=zz"],
            'invalid argument "zz" for "-m, --max" flag: strconv.ParseInt: parsing "zz": invalid syntax',
            id="bad-integer",
        ),
        pytest.param(
            ["--quiet=maybe"],
            'invalid argument "maybe" for "--quiet" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
            id="bad-switch",
        ),
    ],
)
def test_refusals(args: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(*args)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("arity", "args", "message"),
    [
        pytest.param((1, 1), [], '"pyhelm do" requires 1 argument', id="exactly-one"),
        pytest.param((2, 2), ["a"], '"pyhelm do" requires 2 arguments', id="exactly-two"),
        pytest.param((1, None), [], '"pyhelm do" requires at least 1 argument', id="at-least"),
        pytest.param((0, 1), ["a", "b"], '"pyhelm do" accepts at most 1 argument', id="at-most"),
        pytest.param((0, 0), ["a"], '"pyhelm do" accepts no arguments', id="none"),
    ],
)
def test_arity(arity: tuple[int, int | None], args: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        run(*args, arity=arity)
    assert str(caught.value) == f"{message}\n\nUsage:  pyhelm do THING [flags]"


def test_global_flags_may_stand_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HELM_NAMESPACE", raising=False)
    _, invocation = run("a", "-n", "shop", "--debug")
    assert invocation.namespace == "shop"
    assert invocation.debug


def test_environment_stands_in_for_global_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELM_NAMESPACE", "from-env")
    assert run()[1].namespace == "from-env"
    assert run("-n", "flag")[1].namespace == "flag"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("5m0s", 300.0, id="minutes"),
        pytest.param("1h", 3600.0, id="hour"),
        pytest.param("1.5s", 1.5, id="fraction"),
        pytest.param("300ms", 0.3, id="milliseconds"),
        pytest.param("-2s", -2.0, id="negative"),
        pytest.param("0", 0.0, id="zero"),
        pytest.param("5", None, id="no-unit"),
        pytest.param("", None, id="empty"),
        pytest.param("1x", None, id="unknown-unit"),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == (pytest.approx(seconds) if seconds is not None else None)
