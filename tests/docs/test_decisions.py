"""Decisions are numbered without gaps, each with a heading, a date, and what led to what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parents[2] / "docs" / "decisions").glob("*.md"))


def test_numbers_have_no_gaps() -> None:
    assert [int(file.name[:4]) for file in FILES] == list(range(1, len(FILES) + 1))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_form(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.match(rf"# {file.name[:4]}: \S.*\n\n20\d\d-\d\d-\d\d\.\n\n\*\*Context\.\*\* ", text)
    assert "\n**Decision.** " in text
