"""Regular expressions with Go's syntax and rules, run by RE2 in linear time.

RE2 and Go's ``regexp`` share syntax and choice of match (leftmost, first alternative). What Go does around a single
match (all matches, replacement, splitting) is here.
"""

from __future__ import annotations

import re
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any

import re2

from pyhelm.errors import FunctionError
from pyhelm.functions.goquote import can_backquote, quote
from pyhelm.functions.gotypes import NilStrings, Strings
from pyhelm.functions.limits import LARGEST_TEXT, check_text
from pyhelm.functions.registry import Function, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Spans = tuple[tuple[int, int], ...]


_MOST_MEMORY = 64 * 1024 * 1024  # for one pattern; \pL{1000} needs more than RE2's usual 8 MiB


class PatternError(ValueError):
    """A pattern that Go refuses; the text is Go's."""


class Pattern:
    """A compiled pattern. Positions are those of UTF-8 bytes."""

    __slots__ = ("_match", "groups", "names", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MOST_MEMORY
        # "\C", a single byte, is RE2's alone: "\8" is refused in its place.
        source = _ESCAPE.sub(_without_single_byte, text) if "\\C" in text and "\\Q" not in text else text
        compiled = re2._re2.RE2(_octets(source), options)  # noqa: SLF001 - the wrapper's own class works on characters
        if not compiled.ok():
            raise PatternError(_go_error(text, compiled.error()))
        self._match = compiled.Match
        self.groups = compiled.NumberOfCapturingGroups()
        self.names = {name.decode(): index for name, index in compiled.NamedCapturingGroups()}

    def find(self, octets: bytes, start: int = 0) -> _Spans | None:
        """Return the spans of the first match from ``start`` on and of its groups, (-1, -1) for those without part."""
        while True:
            spans: _Spans = self._match(_UNANCHORED, octets, start, len(octets))
            start, stop = spans[0]
            if start < 0:
                return None
            if start == stop < len(octets) and 0x80 <= octets[start] < 0xC0 and _splits_character(octets, start):
                start += 1  # RE2 finds \B between the bytes of one character, Go does not
                continue
            return spans

    def find_all(self, octets: bytes) -> Iterator[_Spans]:
        """Return every match; an empty one right after another does not count (Go's ``Regexp.allMatches``)."""
        at, before, end = 0, -1, len(octets)
        while at <= end:
            spans = self.find(octets, at)
            if spans is None:
                return
            start, stop = spans[0]
            if stop > start or start != before:
                yield spans
            before = stop
            at = stop if stop > at else at + _width(octets, at)


_ESCAPE = re.compile(r"\\.", re.DOTALL)


def _without_single_byte(match: re.Match[str]) -> str:
    return "\\8" if match[0] == "\\C" else match[0]


_UNANCHORED = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001


def _width(octets: bytes, at: int) -> int:
    """Return the number of bytes of the character at ``at``; 1 if it is none."""
    if at >= len(octets) or octets[at] < 0xC2:
        return 1
    width = 2 if octets[at] < 0xE0 else 3 if octets[at] < 0xF0 else 4
    try:
        octets[at : at + width].decode()
    except UnicodeDecodeError:
        return 1
    return width


def _splits_character(octets: bytes, at: int) -> bool:
    """Return whether the byte at ``at`` continues a character that is UTF-8."""
    return any(octets[at - back] >= 0xC2 and _width(octets, at - back) > back for back in range(1, min(at, 3) + 1))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "surrogateescape")


@lru_cache(maxsize=256)
def _compile(text: str) -> Pattern:
    return Pattern(text)


# RE2's words for what is wrong -> Go's.
_WORDS = {
    "missing ]": "missing closing ]",
    "missing )": "missing closing )",
    "trailing \\": "trailing backslash at end of expression",
    "no argument for repetition operator": "missing argument to repetition operator",
    "invalid repetition size": "invalid repeat count",
    "bad repetition operator": "invalid nested repetition operator",
    "invalid perl operator": "invalid or unsupported Perl syntax",
    "invalid named capture group": "invalid named capture",
}


_BAD_COUNT = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}\??\Z")


def _go_error(text: str, error: bytes) -> str:
    """Return an error of RE2's in the words of Go, which always quote a part of the pattern."""
    words, _, part = error.decode("utf-8", "surrogateescape").partition(": ")
    if words == "invalid UTF-8":
        invalid = re.search("[\udc80-\udcff]", text)
        part = text[invalid.start() :] if invalid else text
    if "\\C" in text and "\\8" not in text:
        part = part.replace("\\8", "\\C")
    if words in {"bad repetition operator", "invalid repetition size"}:
        count = _BAD_COUNT.search(part)
        if count and (
            int(count[1]) > 1000 or int(count[2] or 0) > 1000 or (count[2] and int(count[1]) > int(count[2]))
        ):
            words, part = "invalid repetition size", count[0].removesuffix("?")
    return f"error parsing regexp: {_WORDS.get(words, words)}: `{part}`"


# --- what sprig offers ----------------------------------------------------------------------------------------------


def _match(pattern: Pattern, text: str) -> bool:
    return pattern.find(_octets(text)) is not None


def _find(pattern: Pattern, text: str) -> str:
    octets = _octets(text)
    spans = pattern.find(octets)
    return _text(octets[slice(*spans[0])]) if spans else ""


def _find_all(pattern: Pattern, text: str, limit: int) -> Strings:
    octets = _octets(text)
    found = Strings()
    if limit != 0:
        for spans in pattern.find_all(octets):
            found.append(_text(octets[slice(*spans[0])]))
            if len(found) == limit:
                break
    return found or NilStrings()


def _split(pattern: Pattern, text: str, limit: int) -> Strings:
    if limit == 0:
        return NilStrings()
    if pattern.text and not text:
        return Strings([""])
    octets = _octets(text)
    parts = Strings()
    begin = end = 0
    for count, spans in enumerate(pattern.find_all(octets), 1):
        if len(parts) == limit - 1 and limit > 0:
            break
        end = spans[0][0]
        if spans[0][1] != 0:
            parts.append(_text(octets[begin:end]))
        begin = spans[0][1]
        if count == limit:
            break
    if end != len(octets):
        parts.append(_text(octets[begin:]))
    return parts


def _replace(pattern: Pattern, text: str, replacement: str) -> str:
    parts = _parse_replacement(replacement, pattern.groups, tuple(pattern.names.items()))
    if len(parts) == 1 and isinstance(parts[0], bytes):
        return _replace_literally(pattern, text, _text(parts[0]))
    return _replaced(
        pattern,
        text,
        lambda octets, spans: b"".join(
            [
                part if isinstance(part, bytes) else octets[max(spans[part][0], 0) : max(spans[part][1], 0)]
                for part in parts
            ]
        ),
    )


def _replace_literally(pattern: Pattern, text: str, replacement: str) -> str:
    literal = _octets(replacement)
    return _replaced(pattern, text, lambda _, __: literal)


def _replaced(pattern: Pattern, text: str, make: Callable[[bytes, _Spans], bytes]) -> str:
    octets = _octets(text)
    out: list[bytes] = []
    length = 0
    copied = 0
    for spans in pattern.find_all(octets):
        start, stop = spans[0]
        new = make(octets, spans)
        out += (octets[copied:start], new)
        copied = stop
        length += len(new)
        if length > LARGEST_TEXT:
            check_text(length)
    out.append(octets[copied:])
    return _text(b"".join(out))


_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))?")


@lru_cache(maxsize=256)
def _parse_replacement(text: str, groups: int, names: tuple[tuple[str, int], ...]) -> tuple[bytes | int, ...]:
    """Return the literal parts of a replacement and, for ``$1`` and ``${name}``, numbers of groups."""
    parts: list[bytes | int] = []
    at = 0
    for match in _REFERENCE.finditer(text):
        parts.append(_octets(text[at : match.start()]))
        at = match.end()
        name = match[2] or match[3]
        if name is None:
            parts.append(b"$")
        elif re.fullmatch(r"0|[1-9][0-9]{0,8}", name):
            if int(name) <= groups:
                parts.append(int(name))
        elif name in dict(names):
            parts.append(dict(names)[name])
    parts.append(_octets(text[at:]))
    return tuple(part for part in parts if part != b"") or (b"",)


_META = re.compile(r"[\\.+*?()|\[\]{}^$]")


def _quote_meta(text: str) -> str:
    return _META.sub(r"\\\g<0>", text)


# --- plain and must variants ----------------------------------------------------------------------------------------


def _panicking(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``call`` on a pattern's text; a bad one fails in the words of ``regexp.MustCompile``."""

    @wraps(call)
    def run(pattern: str, *args: Any) -> Any:
        try:
            compiled = _compile(pattern)
        except PatternError as error:
            quoted = f"`{pattern}`" if can_backquote(pattern) else quote(pattern)
            raise FunctionError(f"regexp: Compile({quoted}): {error}") from error
        return call(compiled, *args)

    return run


def _failing(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``call`` on a pattern's text; a bad one fails."""

    @wraps(call)
    def run(pattern: str, *args: Any) -> Any:
        try:
            compiled = _compile(pattern)
        except PatternError as error:
            raise FunctionError(str(error)) from error
        return call(compiled, *args)

    return run


def _regex_match(pattern: str, text: str) -> bool:
    try:
        return _match(_compile(pattern), text)
    except PatternError:
        return False


_TWO = ("string", "string")
_THREE = ("string", "string", "string")
_COUNTED = ("string", "string", "int")
FUNCTIONS = table(
    [
        Function("mustRegexFind", _failing(_find), _TWO, returns="string"),
        Function("mustRegexFindAll", _failing(_find_all), _COUNTED, returns="[]string"),
        Function("mustRegexMatch", _failing(_match), _TWO, returns="bool"),
        Function("mustRegexReplaceAll", _failing(_replace), _THREE, returns="string"),
        Function("mustRegexReplaceAllLiteral", _failing(_replace_literally), _THREE, returns="string"),
        Function("mustRegexSplit", _failing(_split), _COUNTED, returns="[]string"),
        Function("regexFind", _panicking(_find), _TWO, returns="string"),
        Function("regexFindAll", _panicking(_find_all), _COUNTED, returns="[]string"),
        Function("regexMatch", _regex_match, _TWO, returns="bool"),
        Function("regexQuoteMeta", _quote_meta, ("string",), returns="string"),
        Function("regexReplaceAll", _panicking(_replace), _THREE, returns="string"),
        Function("regexReplaceAllLiteral", _panicking(_replace_literally), _THREE, returns="string"),
        Function("regexSplit", _panicking(_split), _COUNTED, returns="[]string"),
    ]
)
