"""Case and classes of characters by Go's package ``unicode``: one rune in, one rune out, no language rules."""

from __future__ import annotations

import re

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_SPACES = frozenset(SPACE)
_INVALID = re.compile("[\ud800-\udfff]")


def runes(text: str) -> str:
    """Return ``text`` as converting it to ``[]rune`` and back leaves it: a byte that is no UTF-8 becomes U+FFFD."""
    return text if text.isascii() else _INVALID.sub("\ufffd", text)


def to_upper(char: str) -> str:
    """Return the upper case of one character (``unicode.ToUpper``)."""
    upper = char.upper()
    return upper if len(upper) == 1 else to_title(char)


def to_lower(char: str) -> str:
    """Return the lower case of one character (``unicode.ToLower``)."""
    lower = char.lower()
    return lower[0]


def to_title(char: str) -> str:
    """Return the title case of one character (``unicode.ToTitle``)."""
    title = char.title()
    return title if len(title) == 1 else char


def upper_text(text: str) -> str:
    """Return ``strings.ToUpper(text)``."""
    if text.isascii():
        return text.upper()
    return "".join([to_upper(char) for char in runes(text)])


def lower_text(text: str) -> str:
    """Return ``strings.ToLower(text)``."""
    if text.isascii():
        return text.lower()
    return "".join([to_lower(char) for char in runes(text)])


def is_space(char: str) -> bool:
    """Return ``unicode.IsSpace``."""
    return char in _SPACES


def category(char: str) -> str:
    """Return the general category of one character, such as ``Lu``."""
    from unicodedata import category as of

    return of(char)


def is_upper(char: str) -> bool:
    """Return ``unicode.IsUpper``."""
    return char.isupper() if char.isascii() else category(char) == "Lu"


def is_lower(char: str) -> bool:
    """Return ``unicode.IsLower``."""
    return char.islower() if char.isascii() else category(char) == "Ll"


def is_letter(char: str) -> bool:
    """Return ``unicode.IsLetter``."""
    return char.isalpha()
