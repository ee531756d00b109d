"""``-o jsonpath=…`` and ``--sort-by``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.errors import UsageError
from pyhelm.functions.gofmt import to_text
from pyhelm.kube.jsonpath import Template

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyhelm.kube.objects import Object

_RELAXED = re.compile(r"\{\.?([^{}]+)\}|\.?([^{}]+)")


def relaxed(path: str) -> str:
    """Return a path as a template, whether it came with braces and a dot or not (RelaxedJSONPathExpression)."""
    found = _RELAXED.fullmatch(path)
    if found is None:
        raise UsageError(
            "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        )
    return f"{{.{found[1] or found[2]}}}"


def print_path(document: Any, name: str, template: str) -> None:
    """Print what a template finds in a document, as ``-o name=template`` does."""
    if not template:
        raise UsageError("template format specified but no template given")
    text = Path(template).read_text("utf-8") if name == "jsonpath-file" else template
    try:
        parsed = Template(text)
    except UsageError as error:
        raise UsageError(f"error parsing jsonpath {text}, {error}") from None
    try:
        results = parsed.find(document)
    except UsageError as error:
        raise UsageError(f'error executing jsonpath "{text}": Error executing template: {error}') from None
    if name == "jsonpath-as-json":
        from pyhelm.cli.kube.printing import indented_json

        for values in results:
            click.echo(indented_json(values))
        return
    click.echo("".join(" ".join(map(_text, values)) for values in results), nl=False)


def _text(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict | list):
        from pyhelm.functions.gojson import dumps

        return dumps(value)
    return to_text(value)


def sort_key(template: str, objects: Iterable[Object]) -> Callable[[Object], Any]:
    """Return a key that sorts objects by the field that a template finds; those without it come first.

    Raises:
        UsageError: No object has the field.
    """
    parsed = Template(template)
    found = [bool(values and values[0]) for values in map(parsed.find, objects)]
    if found and not any(found):
        raise UsageError(f'couldn\'t find any field with path "{template}" in the list of objects')

    def key(obj: Object) -> Any:
        results = parsed.find(obj)
        value = results[0][0] if results and results[0] else None
        if value is None:
            return (0, "")
        if isinstance(value, bool | int | float):
            return (1, value)
        return (2, _natural(str(value)))

    return key


def _natural(text: str) -> Any:
    """Return what texts are sorted by: quantities by amount, others with their digits as numbers (sortorder)."""
    from pyhelm.errors import PyhelmError
    from pyhelm.kube import quantity

    try:
        return (0, quantity.parse(text).nanos, ())
    except (PyhelmError, ValueError):
        pieces = re.findall(r"[0-9]+|[^0-9]+", text)
        return (1, 0, tuple((0, int(piece), piece) if piece.isdigit() else (1, 0, piece) for piece in pieces))
