"""Which subcharts a chart has in the end, and what it takes over from them.

Conditions and tags switch subcharts off, aliases rename copies of them, ``import-values`` pulls parts of a child's
values up into its parent's defaults. Follows Go's ``pkg/chart/v2/util/dependencies.go``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyhelm.chart import semver
from pyhelm.values.coalesce import Coalescer, ValuesWarning, copy_table
from pyhelm.yaml.golang import plain, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyhelm.chart.model import Chart, Dependency, Metadata
    from pyhelm.values.coalesce import Table


def resolve_dependencies(
    chart: Chart, values: Mapping[str, Any], *, warn: Callable[[ValuesWarning], None] | None = None
) -> Chart:
    """Return a copy of ``chart`` with its dependencies resolved against the user's ``values``.

    The copy has only the subcharts that are switched on, under their aliases; ``values`` of a chart that declares
    dependencies are its own over its children's (where ``import-values`` puts them). ``chart`` is not changed; what
    is not touched is shared with it.

    Raises:
        ValuesError: A value under a subchart's name is no map.
    """
    copy = _copy_tree(chart, None)
    resolver = _Resolver(warn)
    resolver.switch(copy, dict(values), "")
    resolver.import_values(copy)
    return copy


class _Resolver:
    def __init__(self, warn: Callable[[ValuesWarning], None] | None) -> None:
        self._warn = warn

    # --- conditions and tags ---

    def switch(self, chart: Chart, values: Table, path: str) -> None:
        """Keep the subcharts of ``chart`` that are switched on; ``path`` is its place in ``values``, with a dot."""
        declared = chart.metadata.dependencies
        if not declared:
            return
        wanted: dict[str, list[Dependency]] = {}
        present: dict[str, list[Chart]] = {}
        for entry in declared:
            wanted.setdefault(entry.name, []).append(entry)
        for child in chart.dependencies:
            present.setdefault(child.name, []).append(child)
        kept = [
            child
            for child in chart.dependencies
            if not any(_fits(entry, child) for entry in wanted.get(child.name, ()))
        ]
        for entry in declared:
            for child in present.get(entry.name, ()):
                if _fits(entry, child):
                    kept.append(_renamed(child, entry.alias))
                    break
            if entry.alias:
                entry.name = entry.alias
            entry.enabled = True
        _adopt(chart, kept)
        scope = self._scope(chart, values, path)
        self._apply_tags(declared, scope)
        self._apply_conditions(declared, scope, path)
        removed = {entry.name for entry in declared if not entry.enabled}
        _adopt(chart, [child for child in kept if child.name not in removed])
        for child in chart.dependencies:
            self.switch(child, scope, f"{path}{child.name}.")
        chart.metadata.dependencies = [entry for entry in declared if entry.name not in removed]

    def _scope(self, chart: Chart, values: Table, path: str) -> Table:
        """Return what conditions and tags are looked up in.

        Helm coalesces each chart, however deep, with the root's values; so a subchart's defaults also stand at the
        root, below all that is there. Only what can be asked for is worked out: everything for the root chart, and
        further down the tags and the part the conditions' paths begin with.
        """
        coalescer = Coalescer(self._warn if not path else None, merge=False)
        if not path:
            return coalescer.whole(chart, copy_table(values))
        asked = {"tags", path.partition(".")[0]} & chart.values.keys()
        children = [child for child in chart.dependencies if child.name in values]
        if not asked and not children:
            return values
        names = asked | {child.name for child in children}
        if children:
            names.add("global")
        partial = copy_table({name: values[name] for name in names if name in values})
        shown = replace(
            chart, values={name: chart.values[name] for name in names if name in chart.values}, dependencies=children
        )
        return values | coalescer.whole(shown, partial)

    def _apply_tags(self, declared: list[Dependency], values: Table) -> None:
        tags = values.get("tags")
        if not isinstance(tags, dict):
            return
        for entry in declared:
            answers = set()
            for tag in entry.tags:
                if tag in tags:
                    answer = tags[tag]
                    if isinstance(answer, bool):
                        answers.add(answer)
                    else:
                        self._note("tag", tag, _NO_BOOL, tag=tag, chart=entry.name)
            entry.enabled = answers != {False}

    def _apply_conditions(self, declared: list[Dependency], values: Table, path: str) -> None:
        for entry in declared:
            for condition in entry.condition.strip().split(","):
                if not condition:
                    continue
                answer = _value_at(values, path + condition)
                if isinstance(answer, bool):
                    entry.enabled = answer
                    break
                if answer is not _ABSENT:
                    self._note("condition", condition, _NO_BOOL, path=condition, chart=entry.name)

    # --- import-values ---

    def import_values(self, chart: Chart) -> None:
        """Set the values of ``chart`` and its subcharts, children first, to what they import and their own."""
        for child in chart.dependencies:
            self.import_values(child)
        declared = chart.metadata.dependencies
        if not declared:
            return
        values = Coalescer(self._warn, merge=True).whole(chart, {})
        imported: Table = {}
        for entry in declared:
            pairs = []
            for wish in entry.import_values:
                if isinstance(wish, dict):
                    source, target = plain(wish.get("child")), plain(wish.get("parent"))
                elif isinstance(wish, str):
                    source, target = f"exports.{wish}", "."
                else:
                    continue
                pairs.append({"child": source, "parent": target})
                place = f"{entry.name}.{source}"
                table, missing = _table_at(values, place)
                if table is None:
                    error = f"{quote(missing)} is not a table"
                    if isinstance(wish, dict):
                        self._note("import", place, _NO_TABLE_FROM, chart=entry.name, error=error)
                    else:
                        self._note("import", place, _NO_TABLE, error=error)
                    continue
                _merge_shared(imported, _nest(table or {}, target))
            entry.import_values = pairs
        chart.values = copy_table(values)
        _merge_shared(chart.values, imported)

    def _note(self, kind: str, where: str, message: str, **facts: str) -> None:
        if self._warn is not None:
            self._warn(ValuesWarning(kind, where, message, tuple(facts.items()), severe=True))


_NO_BOOL = "returned non-bool value"
_NO_TABLE = "ImportValues missing table"
_NO_TABLE_FROM = "ImportValues missing table from chart"


# --- charts ---------------------------------------------------------------------------------------------------------


def _copy_tree(chart: Chart, parent: Chart | None) -> Chart:
    copy = replace(chart, metadata=_copy_metadata(chart.metadata), parent=parent)
    copy.dependencies = [_copy_tree(child, copy) for child in chart.dependencies]
    return copy


def _copy_metadata(metadata: Metadata) -> Metadata:
    return replace(metadata, dependencies=[replace(entry) for entry in metadata.dependencies])


def _fits(entry: Dependency, child: Chart) -> bool:
    """Return whether the version of a child of the right name is the one that was asked for."""
    return semver.matches(entry.version, child.metadata.version)


def _renamed(child: Chart, alias: str) -> Chart:
    """Return a copy of ``child``: several aliases may name the same chart."""
    copy = _copy_tree(child, None)
    if alias:
        copy.metadata.name = alias
    return copy


def _adopt(chart: Chart, children: list[Chart]) -> None:
    for child in children:
        child.parent = chart
    chart.dependencies = children


# --- tables ---------------------------------------------------------------------------------------------------------

_ABSENT = object()


def _value_at(values: Table, path: str) -> Any:
    """Return the value at a dotted path, if it is there and no map (``Values.PathValue``)."""
    *tables, last = path.split(".")
    here: Any = values
    for name in tables:
        here = here.get(name)
        if not isinstance(here, dict):
            return _ABSENT
    answer = here.get(last, _ABSENT)
    return _ABSENT if isinstance(answer, dict) else answer


def _table_at(values: Table, path: str) -> tuple[Table | None, str]:
    """Return the map at a dotted path (``Values.Table``); None and the name that is no map if there is none."""
    here: Table = values
    for name in path.split("."):
        below = here.get(name)
        if not isinstance(below, dict):
            return None, name
        here = below
    return here, ""


def _nest(table: Table, path: str) -> Table:
    """Return ``table`` at the place ``path`` of an otherwise empty map; ``.`` is the root."""
    if path == ".":
        return table
    for name in reversed(path.split(".")):
        table = {name: table}
    return table


def _merge_shared(winner: Table, other: Table) -> None:
    """Add to ``winner`` what only ``other`` has, as Go's ``MergeTables`` does: in place, maps shared, not copied.

    Nulls of ``winner`` are written into ``other``. Both show when two imports overlap.
    """
    for key, value in winner.items():
        if value is None:
            other[key] = None
    for key, value in other.items():
        if key not in winner:
            winner[key] = value
        elif isinstance(value, dict) and isinstance(winner[key], dict) and winner[key] is not value:
            _merge_shared(winner[key], value)
