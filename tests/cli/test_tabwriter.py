"""Expected texts were printed by Go's text/tabwriter (Go 1.27), with the settings of kubectl."""

from __future__ import annotations

import pytest

from pyhelm.cli.tabwriter import align, format_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\tb\nccc\td\n", "a    b\nccc  d\n", id="one-column"),
        pytest.param("a\tb\n\nccc\td\n", "a  b\n\nccc  d\n", id="empty-line-ends-a-block"),
        pytest.param("a\tb\tc\nx\ty\nlong\tz\tw\n", "a     b  c\nx     y\nlong  z  w\n", id="ragged"),
        pytest.param("Name:\tx\nList:\n  a\tb\n  ccccc\td\n", "Name:  x\nList:\n  a      b\n  ccccc  d\n", id="blocks"),
        pytest.param("\tx\nab\ty\n", "    x\nab  y\n", id="empty-cell"),
    ],
)
def test_align(text: str, expected: str) -> None:
    assert align(text, min_width=0, padding=2) == expected


def test_rows_of_kubectl_get() -> None:
    rows = [["NAME", "READY", "AGE"], ["web", "1/1", "5s"]]
    assert format_rows(rows) == "NAME   READY   AGE\nweb    1/1     5s\n"
