"""``.helmignore``: which files of a folder are no part of a chart.

Follows Helm's ``pkg/ignore``, which looks like ``.gitignore`` and is not: ``**`` is refused, the first rule that
decides ends the search, and a rule with ``!`` ignores everything that it does *not* match.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.chart.gotext import SPACES, PatternSyntaxError, matches
from pyhelm.errors import ChartLoadError

if TYPE_CHECKING:
    from collections.abc import Callable

FILE_NAME = ".helmignore"
_LONGEST_LINE = 64 * 1024  # bufio.MaxScanTokenSize
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    Attributes:
        matches: Whether a pattern without its ``!``, leading and trailing slash matches a text.
        whole_path: Whether it looks at the path from the chart's root; otherwise at the last part of it.
        folders_only: It ended in a slash.
        negated: It began with an exclamation mark.
    """

    matches: Callable[[str], bool]
    whole_path: bool
    folders_only: bool
    negated: bool


class Rules:
    """The rules of one ``.helmignore``, and Helm's own: files in ``templates/`` whose name begins with a dot."""

    __slots__ = ("_rules",)

    def __init__(self, rules: tuple[Rule, ...] = ()) -> None:
        self._rules = (*rules, _OWN_RULE)

    def ignore(self, path: str, *, is_folder: bool) -> bool:
        """Whether ``path``, relative to the chart and with ``/``, is left out."""
        name = path.rsplit("/", 1)[-1]
        for rule in self._rules:
            if rule.negated:
                if (rule.folders_only and not is_folder) or not rule.matches(path if rule.whole_path else name):
                    return True
            elif (is_folder or not rule.folders_only) and rule.matches(path if rule.whole_path else name):
                return True
        return False


def parse(data: bytes) -> Rules:
    """Return the rules in the content of a ``.helmignore``.

    Raises:
        ChartLoadError: A rule is malformed or has ``**``.
    """
    rules = []
    for position, line in enumerate(data.decode("utf-8", "surrogateescape").split("\n")):
        if len(line) >= _LONGEST_LINE:
            raise ChartLoadError("bufio.Scanner: token too long")
        rule = _parse_rule(line.removeprefix(_BOM) if position == 0 else line)
        if rule is not None:
            rules.append(rule)
    return Rules(tuple(rules))


def _parse_rule(line: str) -> Rule | None:
    text = line.strip(SPACES)
    if not text or text.startswith("#"):
        return None
    if "**" in text:
        raise ChartLoadError("double-star (**) syntax is not supported")
    try:
        matches(text, "abc")
    except PatternSyntaxError as error:
        raise ChartLoadError(str(error)) from error
    negated = text.startswith("!")
    pattern = text.removeprefix("!")
    folders_only = pattern.endswith("/")
    pattern = pattern.removesuffix("/")
    return Rule(
        matches=_matcher(pattern.removeprefix("/")),
        whole_path="/" in pattern,
        folders_only=folders_only,
        negated=negated,
    )


def _matcher(pattern: str) -> Callable[[str], bool]:
    """Return the quickest test that means the same as ``gotext.matches``."""
    if not any(character in pattern for character in "*?[\\"):
        return pattern.__eq__
    if "[" in pattern or "\\" in pattern:
        return lambda text: _matches_or_not(pattern, text)
    wildcards = {"*": "[^/]*", "?": "[^/]"}
    expression = re.compile(
        "".join(wildcards.get(character) or re.escape(character) for character in pattern), re.DOTALL
    )
    return lambda text: expression.fullmatch(text) is not None


def _matches_or_not(pattern: str, text: str) -> bool:
    try:
        return matches(pattern, text)
    except PatternSyntaxError:  # Helm writes a log line and goes on
        return False


_OWN_RULE = Rule(matches=_matcher("templates/.?*"), whole_path=True, folders_only=False, negated=False)
