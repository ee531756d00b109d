"""From the text of a template to pieces of text and actions, and from an action to tokens.

Two levels, both driven by one regular expression each: ``split`` finds where actions are (and trims the text around
them), ``tokenize`` reads one action. What the expressions do not match is an error; ``_complain`` then finds out, one
character at a time, which of text/template's errors it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

SPACE = " \t\r\n"

# An action whose quotes are balanced. What this misses (an unclosed quote, say) is for tokenize to judge.
ACTION = re.compile(
    r"""\{\{(?:
        (?P<comment>(?:-[ \t\r\n])?/\*(?>(?s:.*?)\*/)(?:[ \t\r\n]-)?\}\})
      | (?!(?:-[ \t\r\n])?/\*)(?P<action>(?:
          [^"`'}]++ | "(?:[^"\\\n]|\\[^\n])*+" | `[^`]*+` | '(?:[^'\\\n]|\\[^\n])*+' | \}(?!\})
        )*+\}\})
    )?""",
    re.VERBOSE,
)

_WORD = r"[^\W0-9]\w*"
_END = r"(?=[ \t\r\n.,|:()]|\}\}|\Z)"

TOKEN = re.compile(
    rf"""(?P<right>[ \t\r\n]*+\}}\}}|[ \t\r\n]++-\}}\}})
      | [ \t\r\n]*+(?:
        (?P<field>(?:\.{_WORD})++){_END}
      | (?P<identifier>{_WORD}){_END}
      | (?P<string>"(?:[^"\\\n]|\\[^\n])*+"|`[^`]*+`)
      | (?P<lparen>\()
      | (?P<rparen>\))
      | (?P<pipe>\|)
      | (?P<variable>\$\w*){_END}
      | (?P<declare>:=)
      | (?P<dot>\.)(?![0-9]){_END}
      | (?P<number>[0-9]+)(?=[ \t\r\n|)]|\}}\}})
      | (?P<rune>'(?:[^'\\\n]|\\[^\n])*+')
      | (?P<assign>=)
      | (?P<odd>[+\-0-9]|\.(?=[0-9]))
      | (?P<char>[\x21-\x7e])
      )""",
    re.VERBOSE,
)

KEYWORDS = frozenset({"block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"})
_CONSTANTS = {"true": "bool", "false": "bool"} | dict.fromkeys(KEYWORDS, "keyword")


class Token(NamedTuple):
    """A token of an action.

    Attributes:
        kind: ``field`` (a whole chain ``.a.b``), ``identifier``, ``variable``, ``string``, ``number``, ``rune``,
            ``bool``, ``keyword``, ``dot``, ``pipe``, ``lparen``, ``rparen``, ``assign``, ``declare``, ``char``,
            ``right`` (the closing delimiter) or ``error``.
        text: As written; of an error, its message.
        pos: Offset from the start of the action.
        spaced: White space precedes it.
    """

    kind: str
    text: str
    pos: int
    spaced: bool


def tokenize(text: str, start: int) -> tuple[list[Token], int]:
    """Return the tokens of the action at ``start`` (with any trim marker there past), and where it ends.

    The last token is ``right`` or ``error``; after an error there is no end (-1).
    """
    tokens: list[Token] = []
    end = after_marker(text, start)
    depth = 0
    scan = TOKEN.scanner(text, end).match  # type: ignore[attr-defined]
    make = tuple.__new__  # A third of the time that Token(…) takes.
    while True:
        match = scan()
        if match is None:
            return _failed(tokens, text, start, end, depth)
        kind = match.lastgroup
        word = match[kind]
        begin, stop = match.span(kind)
        if kind == "right":
            if depth:
                break
            tokens.append(make(Token, (kind, word, stop - 2 - start, False)))
            return tokens, stop
        if kind == "identifier":
            if word in _CONSTANTS:
                kind = _CONSTANTS[word]
        elif kind == "lparen":
            depth += 1
        elif kind == "rparen":
            depth -= 1
            if depth < 0:
                tokens.append(Token("error", "unexpected right paren", begin - start, False))
                return tokens, -1
        elif kind == "odd":
            stop = _number(tokens, text, start, begin, begin > end)
            if stop < 0:
                return tokens, -1
            scan = TOKEN.scanner(text, stop).match  # type: ignore[attr-defined]
            end = stop
            continue
        elif kind == "char" and (word in "\"`'$:._" or word.isalnum()):
            break  # The start of something else that is not well formed.
        if not word.isascii() and kind in _NAMES and not all(map(_is_word, word.lstrip("$."))):
            break
        tokens.append(make(Token, (kind, word, begin - start, begin > end)))
        end = stop
    return _failed(tokens, text, start, end, depth)


_NAMES = frozenset({"identifier", "field", "variable"})


def after_marker(text: str, start: int) -> int:
    """Return where the content of the action at ``start`` begins, past ``{{`` or ``{{- ``."""
    start += 2
    if text.startswith("-", start) and text[start + 1 : start + 2] in SPACE and start + 1 < len(text):
        return start + 2
    return start


def trims_left(text: str, start: int) -> bool:
    """Whether the action at ``start`` trims the text before it."""
    return after_marker(text, start) != start + 2


def trims_right(text: str, end: int) -> bool:
    """Whether the action that ends at ``end`` trims the text after it."""
    return text[end - 3] == "-" and text[end - 4] in SPACE


def _is_word(char: str) -> bool:
    return char in "_." or unicodedata.category(char) in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nd"}


# --- numbers that are more than digits ------------------------------------------------------------------------------

_SCAN = re.compile(
    r"[+-]?(?:0[xX][0-9a-fA-F_]*+(?:\.[0-9a-fA-F_]*+)?(?:[pP][+-]?[0-9_]*+)?"
    r"|0[oO][0-7_]*+(?:\.[0-7_]*+)?|0[bB][01_]*+(?:\.[01_]*+)?"
    r"|0?[0-9_]*+(?:\.[0-9_]*+)?(?:[eE][+-]?[0-9_]*+)?)i?"
)


def _number(tokens: list[Token], text: str, start: int, begin: int, spaced: bool) -> int:  # noqa: FBT001
    """Append the number at ``begin``, or the error that is there; return where it ends, or -1."""
    match = _SCAN.match(text, begin)
    end = match.end() if match else begin
    if end < len(text) and _is_word(text[end]) and text[end] != ".":
        return _bad_number(tokens, text, start, begin, end + 1)
    if text[end : end + 1] in {"+", "-"}:
        match = _SCAN.match(text, end)
        end = match.end() if match else end
        if end < len(text) and _is_word(text[end]) and text[end] != ".":
            return _bad_number(tokens, text, start, begin, end + 1)
        if text[end - 1] != "i":
            return _bad_number(tokens, text, start, begin, end)
    tokens.append(Token("number", text[begin:end], begin - start, spaced))
    return end


def _bad_number(tokens: list[Token], text: str, start: int, begin: int, end: int) -> int:
    from pyhelm.functions.goquote import quote

    message = f"bad number syntax: {quote(text[begin:end])}"
    tokens.append(Token("error", message, begin - start, spaced=False))
    return -1


# --- errors ---------------------------------------------------------------------------------------------------------


def _failed(tokens: list[Token], text: str, start: int, end: int, depth: int) -> tuple[list[Token], int]:
    while text[end : end + 1] and text[end] in SPACE and not text.startswith("-}}", end + 1):
        end += 1
    tokens.append(Token("error", _complain(text, end, depth), end - start, spaced=False))
    return tokens, -1


def _complain(text: str, pos: int, depth: int) -> str:
    """Return text/template's complaint about what stands at ``pos``, which is no token."""
    if depth and (text.startswith("}}", pos) or (text[pos : pos + 1] in SPACE and text.startswith("-}}", pos + 1))):
        return "unclosed left paren"
    if pos >= len(text):
        return "unclosed action"
    char = text[pos]
    if char == ":":
        return "expected :="
    if char == '"':
        return "unterminated quoted string"
    if char == "`":
        return "unterminated raw quoted string"
    if char == "'":
        return "unterminated character constant"
    if char in "$." or _is_word(char):
        pos += 1
        while pos < len(text) and text[pos] != "." and _is_word(text[pos]):
            pos += 1
        return f"bad character {_code_point(text[pos : pos + 1])}"
    return f"unrecognized character in action: {_code_point(char)}"


def _code_point(char: str) -> str:
    if not char:
        return "U+FFFFFFFFFFFFFFFF"
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return "U+FFFD '\N{REPLACEMENT CHARACTER}'"
    return f"U+{code:04X} '{char}'" if char.isprintable() else f"U+{code:04X}"
