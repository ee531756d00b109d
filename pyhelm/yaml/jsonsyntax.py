"""What is wrong with a text that is no JSON, in the words of Go's ``encoding/json``. Needed only once it is refused."""

from __future__ import annotations

import re

from pyhelm.yaml.golang import quote, quote_rune

_SPACE = " \t\r\n"
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_HEX_SO_FAR = re.compile(r"u?[0-9a-fA-F]{0,4}")
_DIGITS = re.compile(r"[0-9]*")
_LITERALS = {"n": "null", "t": "true", "f": "false"}
_DEEPEST = 10_000
_END = "unexpected end of JSON input"


class _MistakeError(Exception):
    """The first mistake of a text; the argument describes it."""


def explain(text: str) -> str:
    """Return what is wrong with ``text``; empty if nothing is."""
    try:
        _Checker(text).run()
    except _MistakeError as mistake:
        return str(mistake)
    return ""


def explain_stream(text: str) -> str:
    """Return what is wrong with ``text`` in the words of Go's ``json.Decoder``, which reads a stream."""
    if not text.strip(_SPACE):
        return "EOF"
    reason = explain(text)
    if reason.endswith("after top-level value"):
        return "invalid character after top-level value"
    return "unexpected EOF" if reason == _END else reason


class _Checker:
    """Reads a text up to its first mistake; ``closers`` are the brackets still open."""

    __slots__ = ("at", "closers", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.closers: list[str] = []

    def run(self) -> None:
        """Raise ``_MistakeError`` if there is one."""
        self._begin_value()
        while self.closers:
            closer = self.closers[-1]
            char = self._next()
            if char == closer:
                self.at += 1
                self.closers.pop()
            elif char == ",":
                self.at += 1
                if closer == "}":
                    self._key()
                self._begin_value()
            else:
                self._refuse("after object key:value pair" if closer == "}" else "after array element")
        self._skip_space()
        if self.at < len(self.text):
            self._refuse("after top-level value")

    def _begin_value(self) -> None:
        """Read a scalar or an empty container, or open containers down to the first scalar in them."""
        while True:
            char = self._next()
            if char == '"':
                self._string()
            elif char in _LITERALS:
                self._literal(_LITERALS[char])
            elif char in "-0123456789":
                self._number()
            elif char in "[{":
                if len(self.closers) == _DEEPEST:
                    raise _MistakeError("exceeded max depth")
                closer = "]" if char == "[" else "}"
                self.at += 1
                if self._next() == closer:
                    self.at += 1
                    return
                self.closers.append(closer)
                if char == "{":
                    self._key()
                continue
            else:
                self._refuse("looking for beginning of value")
            return

    def _key(self) -> None:
        if self._next() != '"':
            self._refuse("looking for beginning of object key string")
        self._string()
        if self._next() != ":":
            self._refuse("after object key")
        self.at += 1

    def _string(self) -> None:
        self.at += 1
        while True:
            match = _PLAIN.match(self.text, self.at)
            self.at = match.end() if match else self.at
            char = self._here()
            if char == '"':
                self.at += 1
                return
            if char != "\\":
                self._refuse("in string")
            self._escape()

    def _escape(self) -> None:
        start = self.at
        self.at += 1
        char = self._here()
        self.at += 1
        if char == "u":
            if not _HEX.match(self.text, self.at):
                if len(self.text) < start + 6 and _HEX_SO_FAR.fullmatch(self.text, self.at):
                    raise _MistakeError(_END)
                self._refuse_escape(self.text[start : start + 6])
            self.at += 4
        elif char not in '"\\/bfnrt':
            self._refuse_escape(self.text[start : start + 2])

    def _literal(self, literal: str) -> None:
        for expected in literal:
            if self._here() != expected:
                self._refuse(f"in literal {literal} (expecting {quote_rune(expected)})")
            self.at += 1

    def _number(self) -> None:
        if self._here() == "-":
            self.at += 1
        if self._here() == "0":
            self.at += 1
        else:
            self._digits()
        if self.text.startswith(".", self.at):
            self.at += 1
            self._digits()
        if self.text[self.at : self.at + 1] in {"e", "E"}:
            self.at += 1
            if self._here() in "+-":
                self.at += 1
            self._digits()

    def _digits(self) -> None:
        if self._here() not in "0123456789":
            self._refuse("in numeric literal")
        match = _DIGITS.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _skip_space(self) -> None:
        while self.text[self.at : self.at + 1] in set(_SPACE):
            self.at += 1

    def _next(self) -> str:
        self._skip_space()
        return self._here()

    def _here(self) -> str:
        if self.at >= len(self.text):
            raise _MistakeError(_END)
        return self.text[self.at]

    def _refuse(self, where: str) -> None:
        raise _MistakeError(f"invalid character {_show(self._here())} {where}")

    def _refuse_escape(self, escape: str) -> None:
        plain = "`" not in escape and all(char.isprintable() and char != " " for char in escape)
        raise _MistakeError(f"invalid escape sequence {f'`{escape}`' if plain else quote(escape)} in string")


def _show(char: str) -> str:
    """Return one character quoted; a byte that is no UTF-8 in hexadecimal."""
    return quote_rune(char)
