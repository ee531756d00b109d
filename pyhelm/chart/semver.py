"""Semantic versions and constraints on them, by the rules of ``github.com/Masterminds/semver/v3``.

Chart versions, dependency ranges, ``kubeVersion`` and the template functions ``semver`` and ``semverCompare`` all mean
this grammar. It differs from semver.org's where Helm's charts rely on it: ``1``, ``v1.2`` and ``01.2.3`` are versions,
``1.2`` as a constraint means ``1.2.x``, and a prerelease meets only constraints that name a prerelease themselves.

Grammar of a constraint::

    constraint := group ("||" group)*            any group suffices
    group      := one (("," | space) one)*       all must hold
    one        := [operator] pattern | pattern " - " pattern
    operator   := "=" "!=" ">" "<" ">=" "=>" "<=" "=<" "~" "~>" "^"
    pattern    := version, in which any number may be x, X, * or (from the right) missing
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pyhelm.errors import VersionError
from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_SEGMENT = (1 << 64) - 1
_SPACE = r"[\t\n\f\r ]"  # RE2's \s
_TAIL = (
    r"(?:-(?P<pre{0}>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"  # a prerelease
    r"(?:\+(?P<meta{0}>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"  # build metadata
)
_VERSION = re.compile(r"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?" + _TAIL.format(""))
_PATTERN = r"v?[0-9|xX*]+(?:\.[0-9|xX*]+)?(?:\.[0-9|xX*]+)?" + re.sub(r"\?P<\w+>", "?:", _TAIL.format(""))
_OPERATOR = r"(?:=>|>=|<=|=<|~>|!=|=|>|<|~|\^)?"
_IDENTIFIERS = re.compile(r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*")
_ONE = re.compile(
    rf"({_OPERATOR}){_SPACE}*(v?([0-9|xX*]+)(\.[0-9|xX*]+)?(\.[0-9|xX*]+)?{_TAIL.format('')})",
)
# Possessive throughout: a hostile constraint is refused in linear time.
_GROUP = re.compile(
    rf"{_SPACE}*+{_OPERATOR}{_SPACE}*+(?>{_PATTERN})"
    rf"(?:(?>{_SPACE}*+,{_SPACE}*+|{_SPACE}++){_OPERATOR}{_SPACE}*+(?>{_PATTERN}))*+{_SPACE}*+",
)
_RANGE = re.compile(
    rf"(?:(?<!{_SPACE}){_SPACE}++|(?!{_SPACE}))({_PATTERN}){_SPACE}+-{_SPACE}+({_PATTERN}){_SPACE}*",
)


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A version; equal to and ordered with others by precedence, which ignores ``metadata``.

    Attributes:
        major: First number, at most 64 bits; likewise ``minor`` and ``patch``.
        prerelease: What follows ``-``, or empty.
        metadata: What follows ``+``, or empty.
        original: The text it was parsed from.
    """

    major: int
    minor: int
    patch: int
    prerelease: str = ""
    metadata: str = ""
    original: str = ""

    def __str__(self) -> str:
        tail = f"-{self.prerelease}" if self.prerelease else ""
        if self.metadata:
            tail += f"+{self.metadata}"
        return f"{self.major}.{self.minor}.{self.patch}{tail}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and compare(self, other) == 0

    def __hash__(self) -> int:
        return hash((self.major, self.minor, self.patch, self.prerelease))

    def __lt__(self, other: Version) -> bool:
        return compare(self, other) < 0

    def __le__(self, other: Version) -> bool:
        return compare(self, other) <= 0

    def __gt__(self, other: Version) -> bool:
        return compare(self, other) > 0

    def __ge__(self, other: Version) -> bool:
        return compare(self, other) >= 0


class Constraint:
    """A parsed constraint; ``str()`` gives it in one normal spelling."""

    __slots__ = ("_groups",)

    def __init__(self, groups: tuple[tuple[_Rule, ...], ...]) -> None:
        self._groups = groups

    def check(self, version: Version) -> bool:
        """Return whether ``version`` meets the constraint."""
        for group in self._groups:
            named = any(rule.version.prerelease for rule in group)
            if version.prerelease and not named:
                continue
            if all(_CHECKS[rule.operator](version, rule) for rule in group):
                return True
        return False

    def __str__(self) -> str:
        return " || ".join(" ".join(rule.operator + rule.pattern for rule in group) for group in self._groups)


@lru_cache(maxsize=512)
def parse(text: str) -> Version:
    """Return the version ``text`` means, filling in missing numbers with 0 (Go's ``semver.NewVersion``).

    Raises:
        VersionError: ``text`` is no version.
    """
    match = _VERSION.fullmatch(text)
    if match is None:
        raise VersionError(text, "invalid semantic version")
    numbers = [_segment(text, part, "error parsing version segment: ") for part in match.group(1, 2, 3)]
    prerelease = match["pre"] or ""
    _refuse_leading_zero(text, prerelease)
    return Version(numbers[0], numbers[1], numbers[2], prerelease, match["meta"] or "", text)


def parse_strict(text: str) -> Version:
    """Return the version ``text`` is by semver.org's grammar (Go's ``semver.StrictNewVersion``).

    Raises:
        VersionError: ``text`` is no strict version.
    """
    if not text:
        raise VersionError(text, "version string empty")
    parts = text.split(".", 2)
    if len(parts) != 3:
        raise VersionError(text, "invalid semantic version")
    parts[2], plus, metadata = parts[2].partition("+")
    if plus and not _IDENTIFIERS.fullmatch(metadata):
        raise VersionError(text, "invalid metadata string")
    parts[2], dash, prerelease = parts[2].partition("-")
    if dash:
        for part in prerelease.split("."):
            if not _IDENTIFIERS.fullmatch(part):
                raise VersionError(text, "invalid prerelease string")
            _refuse_leading_zero(text, part)
    for part in parts:
        if not re.fullmatch(r"[0-9]*", part):
            raise VersionError(text, "invalid characters in version")
        if len(part) > 1 and part[0] == "0":
            raise VersionError(text, "version segment starts with 0")
    numbers = [_segment(text, part, "", empty="invalid syntax") for part in parts]
    return Version(numbers[0], numbers[1], numbers[2], prerelease, metadata, text)


def compare(left: Version, right: Version) -> int:
    """Return -1, 0 or 1 as ``left`` has lower, the same or higher precedence than ``right``."""
    mine = (left.major, left.minor, left.patch)
    theirs = (right.major, right.minor, right.patch)
    if mine != theirs:
        return -1 if mine < theirs else 1
    if left.prerelease == right.prerelease:
        return 0
    if not left.prerelease:
        return 1
    if not right.prerelease:
        return -1
    return _compare_prereleases(left.prerelease, right.prerelease)


@lru_cache(maxsize=512)
def parse_constraint(text: str) -> Constraint:
    """Return the constraint ``text`` means (Go's ``semver.NewConstraint``).

    Raises:
        VersionError: ``text`` is no constraint.
    """
    groups = []
    for group in _spell_out_ranges(text).split("||"):
        if _GROUP.fullmatch(group) is None:
            raise VersionError(text, f"improper constraint: {quote(group)}")
        groups.append(tuple(_rule(text, match) for match in _ONE.finditer(group)))
    return Constraint(tuple(groups))


def matches(constraint: str, version: str) -> bool:
    """Return whether ``version`` meets ``constraint``; false if either is malformed (Helm's ``IsCompatibleRange``)."""
    try:
        return parse_constraint(constraint).check(parse(version))
    except VersionError:
        return False


# --- parsing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Rule:
    """One comparison: ``minor_open`` for ``1.x``, ``patch_open`` for ``1.2.x``, ``is_open`` for these and ``*``."""

    operator: str
    pattern: str
    version: Version
    is_open: bool
    minor_open: bool
    patch_open: bool


def _segment(text: str, digits: str | None, prefix: str, *, empty: str = "") -> int:
    if not digits:
        if empty:
            raise VersionError(text, f'{prefix}strconv.ParseUint: parsing "": {empty}')
        return 0
    number = int(digits) if len(digits) < 1000 else _MAX_SEGMENT + 1
    if number > _MAX_SEGMENT:
        raise VersionError(text, f'{prefix}strconv.ParseUint: parsing "{digits}": value out of range')
    return number


def _refuse_leading_zero(text: str, prerelease: str) -> None:
    for part in prerelease.split("."):
        if len(part) > 1 and part[0] == "0" and part.isdigit():
            raise VersionError(text, "version segment starts with 0")


def _spell_out_ranges(text: str) -> str:
    out = text
    for match in _RANGE.finditer(text):
        out = out.replace(match[0], f">= {match[1]}, <= {match[2]} ", 1)
    return out


def _rule(text: str, match: re.Match[str]) -> _Rule:
    operator, pattern, major, minor, patch = match.group(1, 2, 3, 4, 5)
    tail = f"-{match['pre']}" if match["pre"] else ""
    minor_open = patch_open = False
    if major in _WILD:
        spelled = f"0.0.0{tail}"
    elif minor is None or minor[1:] in _WILD:
        minor_open = True
        spelled = f"{major}.0.0{tail}"
    elif patch is None or patch[1:] in _WILD:
        patch_open = True
        spelled = f"{major}{minor}.0{tail}"
    else:
        spelled = pattern
    try:
        version = parse(spelled)
    except VersionError:
        raise VersionError(text, "constraint parser error") from None
    is_open = minor_open or patch_open or major in _WILD
    return _Rule(operator, pattern, version, is_open, minor_open, patch_open)


_WILD = frozenset("xX*")


# --- checking -------------------------------------------------------------------------------------------------------


def _compare_prereleases(left: str, right: str) -> int:
    mine, theirs = left.split("."), right.split(".")
    for position in range(max(len(mine), len(theirs))):
        one = mine[position] if position < len(mine) else ""
        other = theirs[position] if position < len(theirs) else ""
        if one != other:
            return _compare_identifiers(one, other)
    return 0


def _compare_identifiers(one: str, other: str) -> int:
    """Compare two different dot-separated parts: missing, then numbers by value, then text."""
    if not one or not other:
        return -1 if not one else 1
    number = _identifier_number(one)
    other_number = _identifier_number(other)
    if number is None and other_number is None:
        return 1 if one > other else -1
    if other_number is None:
        return -1
    if number is None:
        return 1
    return 1 if number > other_number else -1


def _identifier_number(part: str) -> int | None:
    if not part.isdigit() or len(part) > 1000:
        return None
    number = int(part)
    return number if number <= _MAX_SEGMENT else None


def _is(version: Version, rule: _Rule) -> bool:
    return _tilde(version, rule) if rule.is_open else version == rule.version


def _is_not(version: Version, rule: _Rule) -> bool:
    if rule.is_open:
        if rule.version.major != version.major:
            return True
        if rule.minor_open:
            return False
        if rule.version.minor != version.minor:
            return True
        if rule.patch_open:
            if version.prerelease or rule.version.prerelease:
                return version.prerelease != rule.version.prerelease
            return False
    return version != rule.version


def _above(version: Version, rule: _Rule) -> bool:
    if not rule.is_open:
        return version > rule.version
    if version.major != rule.version.major:
        return version.major > rule.version.major
    if rule.minor_open:
        return False
    if rule.patch_open:
        return version.minor > rule.version.minor
    return version > rule.version


def _below(version: Version, rule: _Rule) -> bool:
    return version < rule.version


def _at_least(version: Version, rule: _Rule) -> bool:
    return version >= rule.version


def _at_most(version: Version, rule: _Rule) -> bool:
    if not rule.is_open:
        return version <= rule.version
    if version.major != rule.version.major:
        return version.major < rule.version.major
    return rule.minor_open or version.minor <= rule.version.minor


def _tilde(version: Version, rule: _Rule) -> bool:
    """``~1.2.3`` is at least that and below 1.3; ``~1`` below 2; ``~0.0.0`` and ``*`` take all that is not below."""
    wanted = rule.version
    if version < wanted:
        return False
    if not (wanted.major or wanted.minor or wanted.patch or rule.minor_open or rule.patch_open):
        return True
    return version.major == wanted.major and (rule.minor_open or version.minor == wanted.minor)


def _caret(version: Version, rule: _Rule) -> bool:
    """``^`` keeps the leftmost number that is not 0: ``^1.2.3`` is below 2, ``^0.2.3`` below 0.3, ``^0.0.3`` itself."""
    wanted = rule.version
    if version < wanted:
        return False
    if wanted.major > 0 or rule.minor_open:
        return version.major == wanted.major
    if version.major > 0:
        return False
    if wanted.minor > 0 or rule.patch_open:
        return version.minor == wanted.minor
    return version.minor == 0 and version.patch == wanted.patch


_CHECKS: dict[str, Callable[[Version, _Rule], bool]] = {
    "": _is,
    "=": _is,
    "!=": _is_not,
    ">": _above,
    "<": _below,
    ">=": _at_least,
    "=>": _at_least,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}
