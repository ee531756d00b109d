from __future__ import annotations

import click
import pytest

from pyhelm.cli.dialect import DURATION, INTEGER, Command, OptionalValue, Switch, parse_duration
from pyhelm.cli.invocation import Invocation
from pyhelm.errors import UnsupportedError, UsageError


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


def test_help_of_a_command(capsys):
    from pyhelm.cli.main import main

    main.main(["help", "get", "values"], prog_name="pyhelm", standalone_mode=False, obj=Invocation())
    assert capsys.readouterr().out.startswith("Usage: pyhelm get values RELEASE_NAME [flags]")


def test_missing_commands_say_so():
    from pyhelm.cli.main import main

    with pytest.raises(UnsupportedError, match='"pyhelm repo" is not supported in this version'):
        main.main(["repo", "list"], prog_name="pyhelm", standalone_mode=False, obj=Invocation())


@pytest.mark.parametrize(
    ("args", "environment", "refused"),
    [
        pytest.param([], {}, False, id="nothing"),
        pytest.param(["--kubeconfig", "a"], {}, True, id="flag"),
        pytest.param([], {"KUBECONFIG": "a"}, True, id="environment"),
        pytest.param([], {"KUBECONFIG": "a", "PYHELM_CLUSTER": "b"}, False, id="folder-in-the-environment"),
        pytest.param(["--kube-context", "a"], {"PYHELM_CLUSTER": "b"}, True, id="flag-outranks-environment"),
        pytest.param(["--kube-context", "a", "--cluster", "b"], {}, False, id="folder-by-flag"),
    ],
)
def test_real_clusters_are_refused(args, environment, refused, monkeypatch):
    for name in ("KUBECONFIG", "HELM_KUBECONTEXT", "HELM_KUBEAPISERVER", "HELM_KUBETOKEN", "PYHELM_CLUSTER"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _, invocation = run(*args)
    if not refused:
        invocation.require_embedded()
        return
    with pytest.raises(UnsupportedError, match="only drives its embedded one"):
        invocation.require_embedded()
