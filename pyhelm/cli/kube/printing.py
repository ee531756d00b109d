"""How objects are shown: kubectl's tables, names, JSON and YAML."""

from __future__ import annotations

import json
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

OUTPUT_FORMATS = ("", "wide", "name", "json", "yaml")


class OutputOption(click.Option):
    """``-o FORMAT``, with kubectl's message for a format that is not known."""

    def __init__(self, formats: Sequence[str] = OUTPUT_FORMATS) -> None:
        super().__init__(["-o", "--output"], default="", help=f"output format: {', '.join(filter(None, formats))}")
        self.formats = formats

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Check the format."""
        value = super().process_value(ctx, value)
        if value not in self.formats:
            raise UsageError(
                f'unable to match a printer suitable for the output format "{value}", '
                f"allowed formats are: {','.join(sorted(filter(None, self.formats)))}"
            )
        return value


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
) -> str:
    """Return objects of one resource as ``kubectl get`` shows them."""
    table = table_for(resource, objects, now)
    shown = [at for at, column in enumerate(table.columns) if wide or not column.wide]
    rows = []
    if headers:
        rows.append(
            [
                *(["NAMESPACE"] if with_namespace else []),
                *(table.columns[at].title.upper() for at in shown),
                *(label.rpartition("/")[2].upper() for label in label_columns),
                *(["LABELS"] if with_labels else []),
            ]
        )
    prefix = f"{resource.kind.lower()}{f'.{resource.group}' if resource.group else ''}/" if with_kind else ""
    name_at = next((at for at, column in enumerate(table.columns) if column.title == "Name"), -1)
    for obj, cells in zip(objects, table.rows, strict=True):
        labels = labels_of(obj)
        row = [f"{prefix if at == name_at else ''}{cells[at]}".replace("\n", "\\n") for at in shown]
        if with_namespace:
            row.insert(0, namespace_of(obj))
        row.extend(labels.get(label, "<none>") for label in label_columns)
        if with_labels:
            row.append(",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "<none>")
        rows.append(row)
    return format_rows(rows)


def print_objects(objects: Iterable[Object], output: str, *, as_list: bool) -> None:
    """Print objects as JSON or YAML; ``as_list`` wraps them in a List, as ``kubectl get`` does for several."""
    items = [without_managed_fields(obj) for obj in objects]
    document: Any = items[0] if items else {}
    if as_list:
        document = {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}
    if output == "json":
        click.echo(json.dumps(_sorted(document), indent=4, ensure_ascii=False))
    else:
        from pyhelm import yaml

        click.echo(yaml.dump(document), nl=False)


def print_names(resource: Resource, objects: Iterable[Object]) -> None:
    """Print ``kind.group/name`` for each object (``-o name``)."""
    kind = resource.kind.lower()
    for obj in objects:
        click.echo(f"{kind}.{resource.group}/{name_of(obj)}" if resource.group else f"{kind}/{name_of(obj)}")


def without_managed_fields(obj: Object) -> Object:
    """Return the object as kubectl shows it, without ``metadata.managedFields``."""
    shown = {key: value for key, value in metadata(obj).items() if key != "managedFields"}
    return {**obj, "metadata": shown} if "metadata" in obj else obj


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value
