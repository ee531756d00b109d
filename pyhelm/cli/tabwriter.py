"""Columns laid out as Go's ``text/tabwriter`` does, which is what kubectl prints with.

A cell ends at a tab; consecutive lines that have a cell in a column share its width, a line without one ends the block.
What follows a line's last tab belongs to no column.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def align(text: str, *, min_width: int, padding: int, least: Sequence[int] = ()) -> str:
    """Replace the tabs of ``text`` by spaces.

    Args:
        text: Lines of tab-terminated cells.
        min_width: Least width of a column, padding included.
        padding: Spaces added to the widest cell of a column.
        least: Widths that the first columns have at least, padding included.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    widths: list[list[int]] = [[] for _ in lines]
    _measure(lines, widths, 0, len(lines), min_width, padding, least)
    return "\n".join(
        "".join([*(cell.ljust(width) for cell, width in zip(line, row, strict=False)), line[-1]])
        for line, row in zip(lines, widths, strict=True)
    )


def format_rows(
    rows: Sequence[Sequence[str]], *, min_width: int = 6, padding: int = 3, widths: list[int] | None = None
) -> str:
    """Return rows of cells as lines; the defaults are those of ``kubectl get``.

    Args:
        rows: All of the same length.
        min_width: Least width of a column, padding included.
        padding: Spaces added to the widest cell of a column.
        widths: Of the columns so far; they only grow, and are updated.
    """
    if widths is not None and rows:
        widths.extend([min_width] * (len(rows[0]) - 1 - len(widths)))
        for at in range(len(rows[0]) - 1):
            widths[at] = max(widths[at], *(len(row[at]) + padding for row in rows))
    text = "".join("\t".join(row) + "\n" for row in rows)
    return align(text, min_width=min_width, padding=padding, least=widths or ())


def _measure(
    lines: list[list[str]],
    widths: list[list[int]],
    start: int,
    end: int,
    min_width: int,
    padding: int,
    least: Sequence[int],
) -> None:
    """Append the width of the next column to every line of each block, then go on to the right."""
    column = len(widths[start]) if start < end else 0
    at = start
    while at < end:
        if column >= len(lines[at]) - 1:
            at += 1
            continue
        last = at
        while last < end and column < len(lines[last]) - 1:
            last += 1
        floor = max(min_width, least[column]) if column < len(least) else min_width
        width = max(floor, *(len(lines[line][column]) + padding for line in range(at, last)))
        for line in range(at, last):
            widths[line].append(width)
        _measure(lines, widths, at, last, min_width, padding, least)
        at = last
