"""Values over a chart's defaults, handed down to its subcharts (Go's ``pkg/chart/common/util/coalesce.go``).

*Coalesce* drops nulls: a user's null removes the default it names. *Merge* keeps them, for steps that coalesce again
later. What is passed in is never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import ValuesError
from pyhelm.yaml.golang import format_float, plain, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyhelm.chart.model import Chart

Table = dict[str, Any]
GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class ValuesWarning:
    """Something that was ignored, not refused.

    Attributes:
        kind: ``table-over-scalar`` (a map given where the default is none), ``scalar-over-table`` (the reverse),
            ``globals``, ``condition``, ``tag`` or ``import``.
        path: Where, joined by dots, chart names included.
        message: In Helm's words.
        facts: What Helm logs beside the message, as names and texts.
        severe: Whether Helm logs it as a warning; the others are information.
    """

    kind: str
    path: str
    message: str
    facts: tuple[tuple[str, str], ...] = ()
    severe: bool = False


def coalesce(chart: Chart, values: Mapping[str, Any], *, warn: Callable[[ValuesWarning], None] | None = None) -> Table:
    """Return ``values`` over the defaults of ``chart`` and its subcharts, nulls dropped (``CoalesceValues``).

    Raises:
        ValuesError: A value under a subchart's name is no map.
    """
    return Coalescer(warn, merge=False).whole(chart, copy_table(values))


def merge_chart_values(
    chart: Chart, values: Mapping[str, Any], *, warn: Callable[[ValuesWarning], None] | None = None
) -> Table:
    """Return what ``coalesce`` does, nulls kept (``MergeValues``).

    Raises:
        ValuesError: A value under a subchart's name is no map.
    """
    return Coalescer(warn, merge=True).whole(chart, copy_table(values))


def coalesce_tables(
    winner: Mapping[str, Any], other: Mapping[str, Any], *, warn: Callable[[ValuesWarning], None] | None = None
) -> Table:
    """Return ``winner`` over ``other``; a null in ``winner`` removes what ``other`` has (``CoalesceTables``)."""
    out = copy_table(winner)
    Coalescer(warn, merge=False).tables(out, other, "", merge=False)
    return out


def merge_tables(
    winner: Mapping[str, Any], other: Mapping[str, Any], *, warn: Callable[[ValuesWarning], None] | None = None
) -> Table:
    """Return ``winner`` over ``other``, nulls kept (``MergeTables``)."""
    out = copy_table(winner)
    Coalescer(warn, merge=False).tables(out, other, "", merge=True)
    return out


def copy_table(table: Mapping[str, Any]) -> Table:
    """Return a deep copy of maps and lists; scalars are shared."""
    return {key: copy_value(value) if isinstance(value, (dict, list)) else value for key, value in table.items()}


def copy_value(value: Any) -> Any:
    """Return a deep copy of a value's maps and lists; scalars are shared."""
    if isinstance(value, dict):
        return {key: copy_value(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    if isinstance(value, list):
        return [copy_value(item) if isinstance(item, (dict, list)) else item for item in value]
    return value


def drop_nulls(table: Table) -> None:
    """Remove null entries from ``table`` and the maps in it, in place; lists are left alone."""
    for key in [key for key, value in table.items() if value is None]:
        del table[key]
    for value in table.values():
        if isinstance(value, dict):
            drop_nulls(value)


class Coalescer:
    """One run over a tree of charts. ``into`` is always owned by the run; ``defaults`` never are."""

    def __init__(self, warn: Callable[[ValuesWarning], None] | None, *, merge: bool) -> None:
        self._warn = warn
        self._merge = merge

    def whole(self, chart: Chart, into: Table, prefix: str = "") -> Table:
        self._own(chart, into, prefix)
        path = _join(prefix, chart.name)
        for child in chart.dependencies:
            name = child.name
            mine = into.setdefault(name, {})
            if not isinstance(mine, dict):
                raise ValuesError(f"type mismatch on {name}: {_go_bool(mine)}")
            self._globals(mine, into, path)
            self.whole(child, mine, path)
        return into

    def _own(self, chart: Chart, into: Table, prefix: str) -> None:
        """Add the chart's own defaults where the user gave nothing (``coalesceValues``)."""
        path = _join(prefix, chart.name)
        children = {child.name for child in chart.dependencies}
        merge = self._merge
        for key, default in chart.values.items():
            if key in into:
                value = into[key]
                if value is None:
                    if not merge:
                        del into[key]
                elif isinstance(value, dict):
                    if isinstance(default, dict):
                        keep = merge or key in children
                        self.tables(value, default, f"{path}.{key}", merge=keep, clean=not keep)
                    elif default is not None:
                        self._note(
                            "table-over-scalar",
                            f"{path}.{key}",
                            f"warning: skipped value for {path}.{key}: Not a table.",
                        )
            elif merge:
                into[key] = copy_value(default)
            elif default is not None:
                into[key] = _copy_without_nulls(default) if isinstance(default, dict) else copy_value(default)

    def tables(self, into: Table, other: Mapping[str, Any], prefix: str, *, merge: bool, clean: bool = False) -> None:
        """Add to ``into`` what only ``other`` has (``coalesceTablesFullKey``); ``clean`` overlooks nulls of ``other``.

        Go first writes the nulls of ``into`` into its copy of ``other``; that matters only for keys that are in both,
        so here they are looked at in place.
        """
        for key, value in other.items():
            if clean and value is None:
                continue
            if key not in into:
                if clean and isinstance(value, dict):
                    into[key] = _copy_without_nulls(value)
                else:
                    into[key] = copy_value(value)
                continue
            mine = into[key]
            if mine is None:
                if not merge and value is not None:
                    del into[key]
            elif isinstance(value, dict):
                full = _join(prefix, key)
                if isinstance(mine, dict):
                    self.tables(mine, value, full, merge=merge, clean=clean)
                else:
                    self._note(
                        "scalar-over-table", full, f"warning: cannot overwrite table with non table for {full}", value
                    )
            elif isinstance(mine, dict) and value is not None:
                full = _join(prefix, key)
                self._note(
                    "table-over-scalar",
                    full,
                    f"warning: destination for {full} is a table. Ignoring non-table value",
                    value,
                )

    def _globals(self, into: Table, parent: Table, prefix: str) -> None:
        """Hand the parent's globals down, over the child's (``coalesceGlobals``)."""
        mine = into.get(GLOBAL, _ABSENT)
        if mine is _ABSENT:
            mine = {}
        elif not isinstance(mine, dict):
            self._note("globals", prefix, "warning: skipping globals because destination global is not a table.")
            return
        theirs = parent.get(GLOBAL, _ABSENT)
        if theirs is _ABSENT:
            theirs = {}
        elif not isinstance(theirs, dict):
            self._note("globals", prefix, "warning: skipping globals because source global is not a table.")
            return
        for key, value in theirs.items():
            if isinstance(value, dict):
                # Copied one level deep only, as in Go: what a child adds further down shows in its parent, too.
                if key not in mine:
                    mine[key] = dict(value)
                elif isinstance(mine[key], dict):
                    handed = dict(value)
                    self.tables(handed, mine[key], _join(prefix, key), merge=True)
                    mine[key] = handed
                else:
                    self._note("globals", _join(prefix, key), _CONFLICT.format(quote(key)))
            elif key in mine and isinstance(mine[key], dict):
                self._note("globals", _join(prefix, key), f"key {key} is table. Skipping")
            else:
                mine[key] = copy_value(value)
        into[GLOBAL] = mine

    def _note(self, kind: str, path: str, message: str, *values: Any) -> None:
        if self._warn is not None:
            shown = "".join(f" ({plain(value)})" for value in values)
            self._warn(ValuesWarning(kind, path, message + shown))


_ABSENT = object()
_CONFLICT = "Conflict: cannot merge map onto non-map for {}. Skipping."


def _copy_without_nulls(table: Mapping[str, Any]) -> Table:
    return {
        key: _copy_without_nulls(value) if isinstance(value, dict) else copy_value(value)
        for key, value in table.items()
        if value is not None
    }


def _join(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key


def _go_bool(value: Any) -> str:
    """Return ``value`` as ``%t`` prints it: Helm's message says so whatever the type."""
    if value is True or value is False:
        return "true" if value else "false"
    if value is None:
        return "%!t(<nil>)"
    if isinstance(value, str):
        return f"%!t(string={value})"
    if isinstance(value, float):
        return f"%!t(float64={format_float(value)})"
    if isinstance(value, int):
        return f"%!t(int64={value})"
    return "[" + " ".join(_go_bool(item) for item in value) + "]"
