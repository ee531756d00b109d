"""``-o custom-columns=NAME:.metadata.name,…``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.kube.jsonpath import relaxed
from pyhelm.cli.tabwriter import format_rows
from pyhelm.errors import UsageError
from pyhelm.functions.gofmt import to_text
from pyhelm.kube.jsonpath import Template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.kube.objects import Object

_SHAPE = "Expected format is one line of space separated headers, one line of space separated column specs."


def parse_columns(spec: str, *, from_file: bool = False) -> list[tuple[str, Template]]:
    """Return headers and what stands under them.

    Args:
        spec: ``HEADER:path,…``, or the name of a file with a line of headers and a line of paths.
        from_file: It is the name of a file.

    Raises:
        UsageError: It cannot be understood; in kubectl's words.
    """
    if not spec:
        raise UsageError(f"custom-columns{'-file' if from_file else ''} format specified but no custom columns given")
    if not from_file:
        pairs = [tuple(part.split(":", 1)) for part in spec.split(",")]
        for part, pair in zip(spec.split(","), pairs, strict=True):
            if len(pair) != 2:
                raise UsageError(f"unexpected custom-columns spec: {part}, expected <header>:<json-path-expr>")
    else:
        lines = Path(spec).read_text("utf-8").splitlines()
        if len(lines) < 2:
            raise UsageError(f"invalid template, missing {'spec' if lines else 'header'} line. {_SHAPE}")
        headers, paths = lines[0].split(), lines[1].split()
        if len(headers) != len(paths):
            raise UsageError(f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match")
        pairs = list(zip(headers, paths, strict=True))
    return [(pair[0], Template(relaxed(pair[1]))) for pair in pairs]


def print_columns(columns: Sequence[tuple[str, Template]], objects: Sequence[Object], *, headers: bool) -> None:
    """Print a row for each object."""
    rows = [[header for header, _ in columns]] if headers else []
    rows.extend([_cell(template, obj) for _, template in columns] for obj in objects)
    click.echo(format_rows(rows), nl=False)


def _cell(template: Template, obj: Object) -> str:
    results = template.find(obj)
    values: list[Any] = [value for found in results for value in found]
    if not results or not results[0]:
        return ",".join(["<none>", *map(to_text, values)])
    return ",".join(map(to_text, values)).replace("\x1b", "^[").replace("\r", "\\r")
