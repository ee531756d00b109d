"""Bounds on what one call may build, far above what charts need: a chart must not be able to eat the host's memory.

Go has none of them: Helm dies with them, or its host does.
"""

from __future__ import annotations

from pyhelm.errors import FunctionError

LARGEST_TEXT = 64 * 1024 * 1024
LONGEST_LIST = 2_000_000


def check_text(length: int) -> None:
    """Refuse to build a text of ``length`` characters if that is too long.

    Raises:
        FunctionError: It is longer than ``LARGEST_TEXT``.
    """
    if length > LARGEST_TEXT:
        raise FunctionError(f"a text of {length} characters is too long (limit {LARGEST_TEXT})")


def check_list(length: int) -> None:
    """Refuse to build a list of ``length`` elements if that is too long.

    Raises:
        FunctionError: It is longer than ``LONGEST_LIST``.
    """
    if length > LONGEST_LIST:
        raise FunctionError(f"a list of {length} elements is too long (limit {LONGEST_LIST})")
