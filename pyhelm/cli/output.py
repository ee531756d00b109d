"""Helm's output formats: its tables, its JSON and its YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import TABLE_FORMAT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

OUTPUT = click.Option(["-o", "--output"], type=TABLE_FORMAT, default="table", help="table, json or yaml")


def echo_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows as Helm does (uitable): every column padded, joined by tabs."""
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))] if rows else []
    lines = ("\t".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    click.echo("\n".join(lines))


def echo_as(output: str, value: Any, table: Callable[[], None]) -> None:
    """Print ``value`` as JSON or YAML, or call ``table``."""
    if output == "json":
        echo_json(value)
    elif output == "yaml":
        echo_yaml(value)
    else:
        table()


def echo_json(value: Any) -> None:
    """Print one line of JSON as Go's encoder writes it; maps keep their order, as structs do (see ``sorted_maps``)."""
    from pyhelm.functions.gojson import dumps

    click.echo(dumps(_as_struct(value)))


def sorted_maps(value: Any) -> Any:
    """Return a value whose maps, at any depth, are in the order that Go prints maps in."""
    if isinstance(value, dict):
        return {key: sorted_maps(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [sorted_maps(item) for item in value]
    return value


def _as_struct(value: Any) -> Any:
    from pyhelm.functions.gojson import Struct

    if isinstance(value, dict):
        return Struct((key, _as_struct(item)) for key, item in value.items())
    if isinstance(value, list):
        return [_as_struct(item) for item in value]
    return value


def echo_yaml(value: Any) -> None:
    """Print YAML with sorted keys."""
    from pyhelm import yaml

    click.echo(yaml.dump(value), nl=False)


def ansi_c(moment: datetime | None) -> str:
    """Return a time in the local zone as Go's ``time.ANSIC`` has it; a zero time for None."""
    if moment is None:
        return "Mon Jan  1 00:00:00 0001"
    local = moment.astimezone()
    return f"{local:%a %b} {local.day:2d} {local:%H:%M:%S %Y}"


def format_time(moment: datetime, layout: str) -> str:
    """Return a time in the local zone, laid out as Go's ``Time.Format`` does."""
    from pyhelm.functions.gotime import Time

    return Time.of(moment.astimezone()).format(layout)


def go_string(moment: datetime | None) -> str:
    """Return a time in the local zone as Go's ``Time.String`` has it, ``-`` for None."""
    if moment is None:
        return "-"
    local = moment.astimezone()
    fraction = f".{local.microsecond:06d}".rstrip("0") if local.microsecond else ""
    return f"{local:%Y-%m-%d %H:%M:%S}{fraction} {local:%z} {local.tzname()}"
