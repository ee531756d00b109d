"""How Go sees text, where rules for charts depend on it: spaces, printable characters, file patterns."""

from __future__ import annotations

from pyhelm.errors import PyhelmError

# unicode.IsSpace; Python's own idea of a space adds U+001C to U+001F.
SPACES = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"


class PatternSyntaxError(PyhelmError):
    """A file pattern that cannot be parsed; Go's ``filepath.ErrBadPattern``."""

    def __str__(self) -> str:
        return "syntax error in pattern"


def sanitize(text: str) -> str:
    """Return ``text`` with every kind of space as a plain one and without unprintable characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if character in SPACES else character for character in text if _stays(character))


def matches(pattern: str, name: str) -> bool:
    """Whether ``pattern`` matches all of ``name``, by the rules of Go's ``filepath.Match`` on Unix.

    Raises:
        PatternSyntaxError: The pattern is malformed; noticed only as far as the name made it look.
    """
    while pattern:
        star, chunk, pattern = _next_chunk(pattern)
        if star and not chunk:
            return "/" not in name
        last = not pattern
        rest = _match_chunk(chunk, name)
        if rest is None or (last and rest):
            rest = _match_further_on(chunk, name, last=last) if star else None
        if rest is None:
            return False
        name = rest
    return not name


def _stays(character: str) -> bool:
    return character in SPACES or character.isprintable()


def _next_chunk(pattern: str) -> tuple[bool, str, str]:
    """Return whether stars lead, the text up to the next star outside brackets, and the rest."""
    rest = pattern.lstrip("*")
    star = len(rest) != len(pattern)
    inside = False
    position = 0
    while position < len(rest):
        character = rest[position]
        if character == "\\":
            position += 1
        elif character == "[":
            inside = True
        elif character == "]":
            inside = False
        elif character == "*" and not inside:
            break
        position += 1
    return star, rest[:position], rest[position:]


def _match_further_on(chunk: str, name: str, *, last: bool) -> str | None:
    """Match ``chunk`` after one or more characters that a star takes; the last chunk has to use up the name."""
    for position, character in enumerate(name):
        if character == "/":
            break
        rest = _match_chunk(chunk, name[position + 1 :])
        if rest is not None and not (last and rest):
            return rest
    return None


def _match_chunk(chunk: str, text: str) -> str | None:
    """Return what follows ``chunk`` in ``text``, or None where it does not match; the whole chunk is checked."""
    failed = False
    while chunk:
        if not failed and not text:
            failed = True
        first = chunk[0]
        if first == "[":
            character = ""
            if not failed:
                character, text = text[0], text[1:]
            matched, chunk = _match_class(chunk[1:], character)
            failed = failed or not matched
            continue
        if first == "\\":
            chunk = chunk[1:]
            if not chunk:
                raise PatternSyntaxError
            first = chunk[0]
            wanted = first
        else:
            wanted = "" if first == "?" else first
        chunk = chunk[1:]
        if not failed:
            failed = text[0] == "/" if not wanted else text[0] != wanted
            text = text[1:]
    return None if failed else text


def _match_class(chunk: str, character: str) -> tuple[bool, str]:
    """Match the inside of brackets; return whether it holds, and what follows the closing one."""
    negated = chunk.startswith("^")
    if negated:
        chunk = chunk[1:]
    matched = False
    ranges = 0
    while True:
        if chunk and chunk[0] == "]" and ranges:
            chunk = chunk[1:]
            break
        low, chunk = _class_character(chunk)
        high = low
        if chunk[0] == "-":
            high, chunk = _class_character(chunk[1:])
        matched = matched or low <= character <= high
        ranges += 1
    return matched != negated, chunk


def _class_character(chunk: str) -> tuple[str, str]:
    if not chunk or chunk[0] in "-]":
        raise PatternSyntaxError
    if chunk[0] == "\\":
        chunk = chunk[1:]
        if not chunk:
            raise PatternSyntaxError
    if len(chunk) == 1:
        raise PatternSyntaxError
    return chunk[0], chunk[1:]
