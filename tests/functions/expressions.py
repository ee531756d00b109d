"""Calls of template functions, that real Helm and pyhelm.functions can both evaluate."""

from __future__ import annotations

import base64
import math
import random
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions import lookup
from pyhelm.functions.gofmt import sprintf
from pyhelm.functions.goquote import quote
from pyhelm.functions.gotypes import Int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Call:
    """A call; arguments are Go values as in ``gotypes``, or calls."""

    name: str
    args: tuple[Any, ...]

    def __str__(self) -> str:
        return f"({' '.join([self.name, *map(spell, self.args)])})"


def call(name: str, *args: Any) -> Call:
    return Call(name, args)


@dataclass(frozen=True)
class Outcome:
    """What a call gives: the Go type and ``%#v`` of its result (text as it is), or the reason of its failure."""

    type: str
    text: str

    @property
    def failed(self) -> bool:
        return self.type == "!"


class FixedHost:
    """A clock that stands still, seeded randomness, no names of hosts."""

    enable_dns = False

    def __init__(self, now: datetime = datetime(2024, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC), seed: int = 1) -> None:
        self.random = random.Random(seed)
        self._now = now

    def now(self) -> datetime:
        return self._now


def evaluate(expression: Any, host: FixedHost | None = None) -> Any:
    """Return the value of an expression; FunctionError if a function refuses."""
    if isinstance(expression, Call):
        function = lookup(expression.name)
        args = [evaluate(arg, host) for arg in expression.args]
        return function.call(host or FixedHost(), *args) if function.impure else function.call(*args)
    if isinstance(expression, list):
        return [evaluate(item, host) for item in expression]
    if isinstance(expression, dict):
        return {key: evaluate(item, host) for key, item in expression.items()}
    return expression


def outcome(expression: Call, host: FixedHost | None = None) -> Outcome:
    try:
        value = evaluate(expression, host)
    except FunctionError as error:
        return Outcome("!", error.reason)
    text = value if isinstance(value, str) else sprintf("%#v", [value])
    return Outcome(sprintf("%T", [value]), _without_addresses(text))


def _without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]{8,}", "ADDRESS", text)


# --- spelled for Go templates ---------------------------------------------------------------------------------------


def spell(value: Any) -> str:
    """Return an expression as it stands in a Go template."""
    if isinstance(value, Call):
        return str(value)
    if value is None:
        return "nil"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Int):
        return int.__repr__(value)
    if isinstance(value, int):
        return f"(int64 {value})"
    if isinstance(value, float):
        special = {"inf": "Inf", "-inf": "-Inf", "nan": "NaN"}.get(str(value))
        return f'(float64 "{special or repr(value)}")'
    if isinstance(value, list):
        return f"(list{''.join(' ' + spell(item) for item in value)})"
    return f"(dict{''.join(f' {quote(key)} {spell(item)}' for key, item in value.items())})"


# --- as JSON --------------------------------------------------------------------------------------------------------


def to_json(value: Any) -> Any:
    """Return an expression as plain JSON: a call is ``{"call": [name, argument...]}``, other objects name types."""
    if isinstance(value, Call):
        return {"call": [value.name, *map(to_json, value.args)]}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Int):
        return int(value)
    if isinstance(value, int):
        return {"int64": str(value)}
    if isinstance(value, float):
        return {"float64": str(value)}
    if isinstance(value, list):
        return [to_json(item) for item in value]
    return {"dict": {key: to_json(item) for key, item in value.items()}}


def from_json(value: Any) -> Any:
    if isinstance(value, list):
        return [from_json(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return Int(value)
    if not isinstance(value, dict):
        return value
    [(kind, content)] = value.items()
    if kind == "call":
        return call(content[0], *map(from_json, content[1:]))
    if kind == "int64":
        return int(content)
    if kind == "float64":
        return float(content) if content != "nan" else math.nan
    return {key: from_json(item) for key, item in content.items()}


# --- real Helm ------------------------------------------------------------------------------------------------------

_SHOW = (
    '{{ if kindIs "string" $r }}{{ printf "%T\\x1f%s" $r $r | b64enc }}'
    '{{ else }}{{ printf "%T\\x1f%#v" $r $r | b64enc }}{{ end }}'
)
_LINE = re.compile(r"oracle/templates/cases\.yaml:(\d+)")
_REASON = re.compile(r"error calling \w+: (.*)", re.DOTALL)
_END = "\n\nUse --debug flag to render out invalid YAML\n"


def outcomes_in_helm(helm: Path, folder: Path, expressions: Sequence[Call]) -> list[Outcome]:
    """Return what real Helm makes of each: one run, and one more for each that fails."""
    chart = folder / "oracle"
    (chart / "templates").mkdir(parents=True, exist_ok=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: oracle\nversion: 0.1.0\n")
    outcomes: dict[int, Outcome] = {}
    todo = list(range(len(expressions)))
    while todo:
        lines = [f"c{at}: {{{{ $r := {expressions[at]} }}}}{_SHOW}\n" for at in todo]
        (chart / "templates" / "cases.yaml").write_text("".join(lines))
        run = subprocess.run(
            [helm, "template", "release", chart],
            capture_output=True,
            check=False,
            env={"HOME": str(folder), "TZ": "UTC", "PATH": "/usr/bin:/bin"},
        )
        if run.returncode == 0:
            for match in re.finditer(rb"^c(\d+): (\S*)$", run.stdout, re.MULTILINE):
                text = base64.b64decode(match[2]).decode("utf-8", "surrogateescape")
                kind, _, rest = text.partition("\x1f")
                outcomes[int(match[1])] = Outcome(kind, _without_addresses(rest))
            break
        error = run.stderr.decode("utf-8", "surrogateescape").removesuffix(_END)
        line = _LINE.search(error)
        reason = _REASON.search(error)
        if line is None:
            raise AssertionError(error)
        failed = todo.pop(int(line[1]) - 1)
        outcomes[failed] = Outcome("!", reason[1] if reason else f"REFUSED {error}")
    return [outcomes[at] for at in range(len(expressions))]
