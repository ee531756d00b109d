"""Click speaking the dialect of Helm's and kubectl's command lines (the Go library pflag).

What differs from click: ``--flag=false``, flags whose value is optional (``--wait``, ``--wait=legacy``), ``-n=name``,
global flags that may stand anywhere, the wording of usage errors, and exit code 1 for all of them.
"""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from pyhelm.errors import UnsupportedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_TRUE = {"1", "t", "T", "true", "TRUE", "True"}
_FALSE = {"0", "f", "F", "false", "FALSE", "False"}


class Switch(click.Option):
    """A boolean flag that also takes ``--flag=true`` and ``--flag=false``."""

    def __init__(self, declarations: Sequence[str], **options: Any) -> None:
        # Click's own flags take no value; this is an option of type bool that the rewriting below gives one.
        super().__init__(declarations, type=bool, metavar="", default=options.pop("default", False), **options)


class OptionalValue(click.Option):
    """A flag that takes a value only after ``=``; given bare, it means ``bare``."""

    def __init__(self, declarations: Sequence[str], *, bare: str, **options: Any) -> None:
        super().__init__(declarations, **options)
        self.bare = bare


class Duration(click.ParamType[float]):
    """A duration in Go's syntax (``5m0s``, ``300ms``, ``1.5h``), in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return seconds."""
        if isinstance(value, (int, float)):
            return float(value)
        seconds = parse_duration(value)
        if seconds is None:
            self.fail(_duration_fault(value), param, ctx)
        return seconds


class Integer(click.ParamType[int]):
    """An integer, with Go's message when it is none."""

    name = "int"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        try:
            return int(value, 0)
        except ValueError:
            self.fail(f'strconv.ParseInt: parsing "{value}": invalid syntax', param, ctx)


class OutputFormat(click.ParamType[str]):
    """One of the output formats, with Helm's message for others."""

    name = "format"

    def __init__(self, *formats: str) -> None:
        self.formats = formats

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the format's name."""
        if value not in self.formats:
            self.fail("invalid format type", param, ctx)
        return str(value)


DURATION = Duration()
INTEGER = Integer()
TABLE_FORMAT = OutputFormat("table", "json", "yaml")

_UNIT_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_LONGEST_SECONDS = (2**63 - 1) / 1e9
_DURATION = re.compile(r"([0-9]*\.?[0-9]+|[0-9]+\.)(ns|us|µs|μs|ms|s|m|h)")


def parse_duration(text: str) -> float | None:
    """Return the seconds of a Go duration (``time.ParseDuration``), or None if it is none."""
    body = text[1:] if text[:1] in {"-", "+"} else text
    if body == "0":
        return 0.0
    position, total = 0, 0.0
    while position < len(body):
        match = _DURATION.match(body, position)
        if match is None:
            return None
        total += float(match[1]) * _UNIT_SECONDS[match[2]]
        position = match.end()
    if not body or total > _LONGEST_SECONDS:
        return None
    return -total if text[0] == "-" else total


def _duration_fault(text: str) -> str:
    """Return what Go says of a text that is no duration."""
    from pyhelm.functions import goduration

    try:
        goduration.parse_duration(text)
    except goduration.DurationSyntaxError as error:
        return str(error)
    return f'time: invalid duration "{text}"'


class Command(click.Command):
    """A command in the dialect: ``arity`` is the least and greatest number of arguments, None for no bound.

    Global options (see ``invocation``) are added to every command, so that they may stand anywhere on the line.
    """

    def __init__(self, *args: Any, arity: tuple[int, int | None] = (0, 0), synopsis: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.arity = arity
        self.synopsis = synopsis
        self.params.append(click.Argument(["args"], nargs=-1, type=click.UNPROCESSED))
        self.params.extend(global_options())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with pflag's rules and words."""
        rest = parse_dialect(super().parse_args, self, ctx, args)
        if not ctx.resilient_parsing:
            self._check_arity(ctx, len(ctx.params.get("args", ())))
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return what stands behind the command's name in its usage line."""
        return [self.synopsis, "[flags]"] if self.synopsis else ["[flags]"]

    def _check_arity(self, ctx: click.Context, count: int) -> None:
        least, most = self.arity
        if count >= least and (most is None or count <= most):
            return
        if most == 0:
            text = f'"{ctx.command_path}" accepts no arguments'
        elif least == most:
            text = f'"{ctx.command_path}" requires {least} argument{"s"[: least != 1]}'
        elif count < least:
            text = f'"{ctx.command_path}" requires at least {least} argument{"s"[: least != 1]}'
        else:
            text = f'"{ctx.command_path}" accepts at most {most} argument{"s"[: most != 1]}'
        raise UsageError(f"{text}\n\nUsage:  {ctx.command_path} {' '.join(self.collect_usage_pieces(ctx))}")


class Group(click.Group):
    """Commands that are imported when they are called: name -> (module, attribute, one line of help).

    ``aliases`` are further names, not shown in the help. ``missing`` are commands that Helm has and pyhelm has not:
    name -> what to do instead. Below the root, Helm answers an unknown name with the group's help and success;
    ``strict`` makes it an error.
    """

    def __init__(
        self,
        *args: Any,
        commands: Mapping[str, tuple[str, str, str]],
        aliases: Mapping[str, str] | None = None,
        missing: Mapping[str, str] | None = None,
        strict: bool = False,
        **options: Any,
    ) -> None:
        options.setdefault("no_args_is_help", False)
        options["invoke_without_command"] = True
        super().__init__(*args, **options)
        self.strict = strict
        self._table = commands
        self._aliases = aliases or {}
        self._missing = missing or {}
        self.params.extend(global_options())

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names."""
        return sorted(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        entry = self._table.get(self._aliases.get(cmd_name, cmd_name))
        if entry is None:
            return None
        module, attribute, _ = entry
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._table[name][2]) for name in self.list_commands(ctx)])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, with pflag's rules and words."""
        return parse_dialect(super().parse_args, self, ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that ``args`` names."""
        name = args[0]
        command = self.get_command(ctx, name)
        if command is None and ctx.parent is not None and not self.strict:
            click.echo(ctx.get_help())
            ctx.exit(0)
        if command is None and name == "help":
            self._show_help(ctx, args[1:])
        if command is None and name in self._missing:
            error = UnsupportedError(f'"{ctx.command_path} {name}" is not supported in this version')
            error.hint = self._missing[name]
            raise error
        if command is None:
            similar = [known for known in self.list_commands(ctx) if _resembles(known, name)]
            advice = "\nDid you mean this?\n" + "".join(f"\t{known}\n" for known in similar) + "\n" if similar else ""
            raise UsageError(
                f'unknown command "{name}" for "{ctx.command_path}"\n{advice}'
                f"Run '{ctx.command_path} --help' for usage."
            )
        return self._aliases.get(name, name), command, args[1:]

    def _show_help(self, ctx: click.Context, names: Sequence[str]) -> NoReturn:
        """Print the help of the command that ``names`` lead to, as ``help get values`` asks for, and end."""
        command: click.Command = self
        path: list[str] = []
        for name in names:
            found = command.get_command(ctx, name) if isinstance(command, Group) else None
            if found is None:
                break
            command = found
            ctx = click.Context(command, ctx, info_name=name)
            path.append(name)
        if names and not path:
            click.echo(f"Unknown help topic [{' '.join(f'`{name}`' for name in names)}]", err=True)
        click.echo(command.get_help(ctx))
        ctx.exit(0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command, or show the help where none is named."""
        if not ctx._protected_args and not ctx.args:  # noqa: SLF001 - click offers no public name for it
            click.echo(ctx.get_help())
            return None
        return super().invoke(ctx)


def _resembles(known: str, typed: str) -> bool:
    """Tell whether ``typed`` may have meant ``known``: its beginning, or at most two slips away (cobra's rule)."""
    known, typed = known.lower(), typed.lower()
    return known.startswith(typed) or _distance(known, typed) <= 2


def _distance(a: str, b: str) -> int:
    """Return the Levenshtein distance of two words."""
    row = list(range(len(b) + 1))
    for x, left in enumerate(a, 1):
        corner, row[0] = row[0], x
        for y, right in enumerate(b, 1):
            corner, row[y] = row[y], min(row[y] + 1, row[y - 1] + 1, corner + (left != right))
    return row[-1]


def given(name: str) -> bool:
    """Tell whether the running command's parameter ``name`` stands on the command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def parse_dialect(
    parse: Callable[[click.Context, list[str]], list[str]], command: click.Command, ctx: click.Context, args: list[str]
) -> list[str]:
    """Run click's parser on ``args`` rewritten to what click understands; raise UsageError in pflag's words."""
    try:
        return parse(ctx, _rewrite(command, args, interspersed=ctx.allow_interspersed_args))
    except click.NoSuchOption as error:
        raise UsageError(_unknown_flag(error.option_name, args)) from None
    except click.BadOptionUsage as error:
        name = error.option_name
        place = name if name.startswith("--") else f"'{name.lstrip('-')}' in {name}"
        raise UsageError(f"flag needs an argument: {place}") from None
    except click.BadParameter as error:
        if error.param is None or not isinstance(error.param, click.Option):
            raise UsageError(error.message) from None
        names = sorted(error.param.opts, key=len)
        raise UsageError(
            f'invalid argument "{_given(error.param, args)}" for "{", ".join(names)}" flag: {error.message}'
        ) from None
    except click.UsageError as error:
        raise UsageError(error.format_message()) from None


def _unknown_flag(option: str, args: Sequence[str]) -> str:
    if option.startswith("--"):
        return f"unknown flag: {option}"
    group = next((arg for arg in args if arg.startswith("-") and option.lstrip("-") in arg), option)
    return f"unknown shorthand flag: '{option.lstrip('-')}' in {group}"


def _given(param: click.Option, args: Sequence[str]) -> str:
    for position, arg in enumerate(args):
        for name in param.opts:
            if arg == name and position + 1 < len(args):
                return args[position + 1]
            if name.startswith("--") and arg.startswith(f"{name}="):
                return arg[len(name) + 1 :]
            if not name.startswith("--") and arg.startswith(name):
                return arg[len(name) :].removeprefix("=")
    return ""


def _rewrite(command: click.Command, args: Sequence[str], *, interspersed: bool) -> list[str]:
    """Turn pflag's spellings into click's: switches get rid of ``=value``, optional values get one."""
    by_name = {name: param for param in command.params if isinstance(param, click.Option) for name in param.opts}
    result: list[str] = []
    tokens = iter(args)
    for token in tokens:
        if token == "--":  # noqa: S105 - the end of the options, no password
            return [*result, token, *tokens]
        if token[:1] != "-" or len(token) == 1:
            if not interspersed:
                return [*result, token, *tokens]
            result.append(token)
        elif token.startswith("--"):
            _rewrite_long(by_name, token, tokens, result)
        else:
            _rewrite_short(by_name, token, tokens, result)
    return result


def _rewrite_long(by_name: Mapping[str, click.Option], token: str, tokens: Any, result: list[str]) -> None:
    name, equals, value = token.partition("=")
    param = by_name.get(name)
    if isinstance(param, Switch):
        result.append(f"{name}={_truth(name, value) if equals else 'true'}")
    elif isinstance(param, OptionalValue) and not equals:
        result.append(f"{name}={param.bare}")
    else:
        result.append(token)
        if param is not None and not equals and not param.is_flag and not param.count:
            result.extend(value for value in [next(tokens, None)] if value is not None)


def _truth(flag: str, value: str) -> str:
    if value not in _TRUE and value not in _FALSE:
        reason = f'strconv.ParseBool: parsing "{value}": invalid syntax'
        raise UsageError(f'invalid argument "{value}" for "{flag}" flag: {reason}')
    return "true" if value in _TRUE else "false"


def _rewrite_short(by_name: Mapping[str, click.Option], token: str, tokens: Any, result: list[str]) -> None:
    for position, letter in enumerate(token[1:], start=1):
        param = by_name.get(f"-{letter}")
        rest = token[position + 1 :]
        if isinstance(param, Switch):
            given = rest.startswith("=")
            result.extend([f"-{letter}", _truth(f"-{letter}", rest[1:]) if given else "true"])
            if given:
                return
            continue
        if param is None or param.is_flag or param.count:
            result.append(f"-{letter}")
            continue
        if rest:
            result.extend([f"-{letter}", rest.removeprefix("=")])
        else:
            result.append(f"-{letter}")
            result.extend(value for value in [next(tokens, None)] if value is not None)
        return


def global_options() -> list[click.Parameter]:
    """Return the options that every command takes; their values are kept by ``invocation``."""
    from pyhelm.cli.invocation import GLOBAL_FLAGS, remember

    options: list[click.Parameter] = []
    for flag in GLOBAL_FLAGS:
        settings: dict[str, Any] = {
            "expose_value": False,
            "callback": remember,
            "help": flag.help,
            "hidden": flag.hidden,
        }
        if flag.switch:
            options.append(Switch([*flag.names], **settings))
        else:
            options.append(click.Option([*flag.names], multiple=flag.multiple, **settings))
    return options
