r"""File name patterns of ``.Files.Glob``: the rules of the Go package ``gobwas/glob`` with ``/`` as separator.

==========  ==================================================
``*``       any characters but ``/``
``**``      any characters
``?``       one character but ``/``
``[abc]``   one of these; ``[!abc]`` one of the others
``[a-c]``   one of a range; ``[!a-c]`` one outside it
``{a,b}``   either pattern
``\``        takes the special meaning of what follows
==========  ==================================================

A pattern becomes a small machine that is in several states at once, so matching takes time in proportion to the length
of the name, whatever the pattern is.
"""

from __future__ import annotations

from typing import NamedTuple

SEPARATOR = "/"


class GlobError(ValueError):
    """A pattern that cannot be read."""


class _Step(NamedTuple):
    """An instruction: ``one`` (a character), ``fork`` (to either of two places) or ``match``."""

    kind: str
    chars: frozenset[str] = frozenset()
    low: str = ""
    high: str = ""
    negated: bool = False
    targets: tuple[int, ...] = ()

    def accepts(self, char: str) -> bool:
        if self.kind != "one":
            return False
        inside = self.low <= char <= self.high if self.low else char in self.chars
        return inside != self.negated


_ANY = _Step("one", negated=True)
_NO_SEPARATOR = _Step("one", chars=frozenset(SEPARATOR), negated=True)


class Glob:
    """A compiled pattern."""

    def __init__(self, pattern: str) -> None:
        """Compile ``pattern``.

        Raises:
            GlobError: It cannot be read.
        """
        self._pattern = pattern
        self._pos = 0
        self._steps: list[_Step] = []
        self._sequence(inside=False)
        self._steps.append(_Step("match"))

    def matches(self, name: str) -> bool:
        """Return whether the whole of ``name`` fits."""
        states = self._reach([0])
        for char in name:
            states = self._reach(
                [at + 1 for at in states if self._steps[at].kind == "one" and self._steps[at].accepts(char)]
            )
            if not states:
                return False
        return len(self._steps) - 1 in states

    def _reach(self, starts: list[int]) -> set[int]:
        """Return the places that can be reached from ``starts`` without a character."""
        seen: set[int] = set()
        while starts:
            at = starts.pop()
            if at not in seen:
                seen.add(at)
                starts.extend(self._steps[at].targets)
        return {at for at in seen if self._steps[at].kind != "fork"}

    def _sequence(self, *, inside: bool) -> str:
        """Compile up to the end, or up to a ``,`` or ``}`` of the alternatives it is in; return what ended it."""
        pattern = self._pattern
        steps = self._steps
        while self._pos < len(pattern):
            char = pattern[self._pos]
            self._pos += 1
            if inside and char in ",}":
                return char
            if char == "*":
                anything = pattern.startswith("*", self._pos)
                self._pos += anything
                at = len(steps)
                steps.append(_Step("fork", targets=(at + 1, at + 3)))
                steps.append(_ANY if anything else _NO_SEPARATOR)
                steps.append(_Step("fork", targets=(at,)))
            elif char == "?":
                steps.append(_NO_SEPARATOR)
            elif char == "[":
                self._set()
            elif char == "{":
                self._alternatives()
            else:
                if char == "\\":
                    if self._pos >= len(pattern):
                        break
                    char = pattern[self._pos]
                    self._pos += 1
                steps.append(_Step("one", chars=frozenset(char)))
        return ""

    def _alternatives(self) -> None:
        steps = self._steps
        fork = len(steps)
        steps.append(_Step("fork"))
        starts: list[int] = []
        ends: list[int] = []
        while True:
            starts.append(len(steps))
            ended = self._sequence(inside=True)
            ends.append(len(steps))
            steps.append(_Step("fork"))
            if ended != ",":
                break
        steps[fork] = _Step("fork", targets=tuple(starts))
        for end in ends:
            steps[end] = _Step("fork", targets=(len(steps),))

    def _set(self) -> None:
        pattern = self._pattern
        negated = pattern.startswith("!", self._pos)
        self._pos += negated
        if pattern[self._pos + 1 : self._pos + 2] == "-":
            low, high = pattern[self._pos], pattern[self._pos + 2 : self._pos + 3]
            self._pos += 3
            if not high or high < low:
                raise GlobError("a range that ends before it begins")
            self._steps.append(_Step("one", low=low, high=high, negated=negated))
        else:
            chars: list[str] = []
            while self._pos < len(pattern) and pattern[self._pos] != "]":
                self._pos += pattern[self._pos] == "\\"
                chars.append(pattern[self._pos : self._pos + 1])
                self._pos += 1
            if not chars:
                raise GlobError("an empty set")
            self._steps.append(_Step("one", chars=frozenset(chars), negated=negated))
        if not pattern.startswith("]", self._pos):
            raise GlobError("a set without an end")
        self._pos += 1
