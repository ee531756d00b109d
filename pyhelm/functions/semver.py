"""Semantic versions in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.chart.semver import Version, compare, parse, parse_constraint
from pyhelm.errors import FunctionError, VersionError
from pyhelm.functions.goquote import quote
from pyhelm.functions.gotypes import Int, Object, Uint64
from pyhelm.functions.registry import Function, table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import ClassVar


class SemanticVersion(Object):
    """Go's ``*semver.Version``: prints in its normal form, and has only methods."""

    __slots__ = ("version",)
    go_type = "*semver.Version"
    go_kind = "ptr"
    go_methods: ClassVar[Mapping[str, Function]]

    def __init__(self, version: Version) -> None:
        self.version = version

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SemanticVersion):
            return NotImplemented
        mine, theirs = self.version, other.version
        return mine == theirs and mine.metadata == theirs.metadata and mine.original == theirs.original

    def __hash__(self) -> int:
        return hash(self.version)

    def go_string(self) -> str:
        """Return the version in its normal form."""
        return str(self.version)

    def go_copy(self) -> SemanticVersion:
        """Return what ``deepCopy`` makes of it: its fields are not exported, so they are lost."""
        return SemanticVersion(Version(0, 0, 0))

    def go_syntax(self) -> str:
        """Return what ``%#v`` prints: all fields, which are not exported."""
        version = self.version
        numbers = f"major:0x{version.major:x}, minor:0x{version.minor:x}, patch:0x{version.patch:x}"
        texts = (
            f"pre:{quote(version.prerelease)}, metadata:{quote(version.metadata)}, original:{quote(version.original)}"
        )
        return f"&semver.Version{{{numbers}, {texts}}}"

    def go_json(self) -> str:
        """Return the version as JSON has it: its normal form."""
        return str(self.version)


def _semver(text: str) -> SemanticVersion:
    try:
        return SemanticVersion(parse(text))
    except VersionError as error:
        raise FunctionError(error.reason) from error


def _semver_compare(constraint: str, version: str) -> bool:
    try:
        return parse_constraint(constraint).check(parse(version))
    except VersionError as error:
        raise FunctionError(error.reason) from error


def _method(
    name: str, call: Callable[..., Any], params: tuple[str, ...] = (), returns: str = "string"
) -> tuple[str, Function]:
    return name, Function(name, call, params, returns=returns)


def _raised(major: int, minor: int, patch: int, original: str) -> SemanticVersion:
    number = f"{major}.{minor}.{patch}"
    return SemanticVersion(Version(major, minor, patch, "", "", ("v" if original[:1] == "v" else "") + number))


def _inc_patch(self: SemanticVersion) -> SemanticVersion:
    version = self.version
    return _raised(version.major, version.minor, version.patch + (not version.prerelease), version.original)


def _inc_minor(self: SemanticVersion) -> SemanticVersion:
    return _raised(self.version.major, self.version.minor + 1, 0, self.version.original)


def _inc_major(self: SemanticVersion) -> SemanticVersion:
    return _raised(self.version.major + 1, 0, 0, self.version.original)


_OTHER = ("*semver.Version",)
SemanticVersion.go_methods = dict(
    [
        _method("Major", lambda self: Uint64(self.version.major), returns="uint64"),
        _method("Minor", lambda self: Uint64(self.version.minor), returns="uint64"),
        _method("Patch", lambda self: Uint64(self.version.patch), returns="uint64"),
        _method("Prerelease", lambda self: self.version.prerelease),
        _method("Metadata", lambda self: self.version.metadata),
        _method("Original", lambda self: self.version.original),
        _method("String", SemanticVersion.go_string),
        _method("Compare", lambda self, other: Int(compare(self.version, other.version)), _OTHER, "int"),
        _method("Equal", lambda self, other: self.version == other.version, _OTHER, "bool"),
        _method("GreaterThan", lambda self, other: self.version > other.version, _OTHER, "bool"),
        _method("GreaterThanEqual", lambda self, other: self.version >= other.version, _OTHER, "bool"),
        _method("LessThan", lambda self, other: self.version < other.version, _OTHER, "bool"),
        _method("LessThanEqual", lambda self, other: self.version <= other.version, _OTHER, "bool"),
        _method("IncMajor", _inc_major, returns="semver.Version"),
        _method("IncMinor", _inc_minor, returns="semver.Version"),
        _method("IncPatch", _inc_patch, returns="semver.Version"),
    ]
)

FUNCTIONS = table(
    [
        Function("semver", _semver, ("string",), returns="*semver.Version"),
        Function("semverCompare", _semver_compare, ("string", "string"), returns="bool"),
    ]
)
