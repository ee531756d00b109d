"""How objects are shown: kubectl's tables, names, JSON, YAML and templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.tabwriter import format_rows
from pyhelm.errors import UsageError
from pyhelm.kube.objects import Object, labels_of, metadata, name_of, namespace_of
from pyhelm.kube.printers import table_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.kube.resources import Resource

_OBJECTS = ("json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "kyaml", "name", "yaml")
TABLE_FORMATS = ("custom-columns", "custom-columns-file", *_OBJECTS, "wide")
CHANGE_FORMATS = _OBJECTS
"""What commands that change something can show of it."""
_NAMED_AFTER_EQUALS = ("jsonpath", "jsonpath-as-json", "jsonpath-file", "custom-columns", "custom-columns-file")
_UNSUPPORTED = {"kyaml", "go-template", "go-template-file", "template", "templatefile"}


class OutputOption(click.Option):
    """``-o FORMAT``, with kubectl's message for a format that is not known."""

    def __init__(self, formats: Sequence[str] = CHANGE_FORMATS) -> None:
        self.formats = tuple(name for name in formats if name not in _UNSUPPORTED)
        super().__init__(["-o", "--output"], default="", help=f"output format: {', '.join(self.formats)}")

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Check the format."""
        value = super().process_value(ctx, value)
        name, equals, _ = value.partition("=")
        known = name in self.formats and (not equals or name in _NAMED_AFTER_EQUALS)
        if value and not known:
            allowed = ",".join(sorted(self.formats))
            raise UsageError(
                f'unable to match a printer suitable for the output format "{value}", allowed formats are: {allowed}'
            )
        return value


def is_template(output: str) -> bool:
    """Tell whether an output format says itself what is shown of an object."""
    return output.partition("=")[0] in _NAMED_AFTER_EQUALS


def table_text(
    resource: Resource,
    objects: Sequence[Object],
    now: datetime,
    *,
    wide: bool = False,
    with_namespace: bool = False,
    with_kind: bool = False,
    with_labels: bool = False,
    label_columns: Sequence[str] = (),
    headers: bool = True,
    widths: list[int] | None = None,
    events: Sequence[str] = (),
) -> str:
    """Return objects of one resource as ``kubectl get`` shows them.

    Args:
        widths: Of the columns printed before; kept up to date, so that what follows lines up.
        events: What happened to each object, as a first column.
    """
    table = table_for(resource, objects, now)
    shown = [at for at, column in enumerate(table.columns) if wide or not column.wide]
    rows = []
    if headers:
        rows.append(
            [
                *(["EVENT"] if events else []),
                *(["NAMESPACE"] if with_namespace else []),
                *(table.columns[at].title.upper() for at in shown),
                *(label.rpartition("/")[2].upper() for label in label_columns),
                *(["LABELS"] if with_labels else []),
            ]
        )
    prefix = f"{resource.kind.lower()}{f'.{resource.group}' if resource.group else ''}/" if with_kind else ""
    name_at = next((at for at, column in enumerate(table.columns) if column.title == "Name"), -1)
    for position, (obj, cells) in enumerate(zip(objects, table.rows, strict=True)):
        labels = labels_of(obj)
        row = [_one_line(f"{prefix if at == name_at else ''}{cells[at]}") for at in shown]
        if with_namespace:
            row.insert(0, namespace_of(obj))
        if events:
            row.insert(0, events[position].ljust(8))
        row.extend(labels.get(label, "") for label in label_columns)
        if with_labels:
            row.append(",".join(sorted(f"{key}={value}" for key, value in labels.items())) or "<none>")
        rows.append(row)
    return format_rows(rows, widths=widths)


def _one_line(cell: str) -> str:
    """Return a cell up to its first line break, with what could steer a terminal made visible."""
    first = min((at for at in map(cell.find, "\f\n\r") if at >= 0), default=-1)
    text = cell if first < 0 else f"{cell[:first]}..."
    return text.replace("\x1b", "^[")


def print_objects(objects: Iterable[Object], output: str, *, as_list: bool) -> None:
    """Print objects as JSON, YAML or by a template; ``as_list`` wraps them in a List, as ``get`` does for several."""
    items = [without_managed_fields(obj) for obj in objects]
    documents: list[Any] = items
    if as_list:
        documents = [{"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}]
    name, _, template = output.partition("=")
    for document in documents:
        if name == "json":
            click.echo(indented_json(document))
        elif name == "yaml":
            from pyhelm import yaml

            click.echo(yaml.dump(document), nl=False)
        elif name.startswith("custom-columns"):
            from pyhelm.cli.kube.columns import parse_columns, print_columns

            parsed = parse_columns(template, from_file=name.endswith("-file"))
            print_columns(parsed, document["items"] if as_list else [document], headers=True)
        else:
            from pyhelm.cli.kube.jsonpath import print_path

            print_path(document, name, template)


def indented_json(value: Any) -> str:
    """Return JSON as kubectl prints it: indented by four, keys sorted, ``<``, ``>`` and ``&`` escaped."""
    from pyhelm.functions.gojson import dumps

    return dumps(value, indent="    ")


def print_names(resource: Resource, objects: Iterable[Object]) -> None:
    """Print ``kind.group/name`` for each object (``-o name``)."""
    kind = resource.kind.lower()
    for obj in objects:
        click.echo(f"{kind}.{resource.group}/{name_of(obj)}" if resource.group else f"{kind}/{name_of(obj)}")


def print_change(resource: Resource, obj: Object, output: str, line: str) -> None:
    """Print what a command did to an object: ``line``, or what ``-o`` asks for."""
    if output == "name":
        print_names(resource, [obj])
    elif output:
        print_objects([obj], output, as_list=False)
    else:
        click.echo(line)


def without_managed_fields(obj: Object) -> Object:
    """Return the object as kubectl shows it, without ``metadata.managedFields``."""
    shown = {key: value for key, value in metadata(obj).items() if key != "managedFields"}
    return {**obj, "metadata": shown} if "metadata" in obj else obj
