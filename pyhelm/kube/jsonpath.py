"""JSONPath templates as kubectl understands them (``client-go/util/jsonpath``).

Grammar::

    template   = { text | "{" { step | literal | keyword } "}" }
    step       = "." name | ".." [name] | ".*" | "[" subscript "]" | "@" | "$"
    subscript  = "*" | "'" name "'" | [start] [":" end] [":" step] | subscript "," subscript | "?(" filter ")"
    filter     = action [operator action]
    keyword    = "range" | "end"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=]+)(.+)")
_TERMINATORS = frozenset(" \t\r\n.,[]$@{}")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "\\": "\\", "'": "'", '"': '"'}
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, or a number or boolean in an action."""

    value: Any


@dataclass(frozen=True, slots=True)
class Field:
    """``.name``."""

    name: str


@dataclass(frozen=True, slots=True)
class Wildcard:
    """``.*``."""


@dataclass(frozen=True, slots=True)
class Recursive:
    """``..``."""


@dataclass(frozen=True, slots=True)
class Slice:
    """``[start:end:step]``; None where nothing is given; ``single`` for one index alone."""

    start: int | None
    end: int | None
    step: int | None
    single: bool


@dataclass(frozen=True, slots=True)
class Union:
    """``[a,b]``."""

    parts: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """``[?(left operator right)]``; the operator ``exists`` has no right side."""

    left: Action
    operator: str
    right: Action


@dataclass(frozen=True, slots=True)
class Keyword:
    """``range``, ``end``, or a word that means nothing."""

    name: str


Node = Literal | Field | Wildcard | Recursive | Slice | Union | Filter | Keyword
Action = tuple[Node, ...]


class Template:
    """A parsed template.

    Raises:
        UsageError: It cannot be parsed; in kubectl's words.
    """

    def __init__(self, text: str) -> None:
        self.actions = _Parser(text).parse()

    def find(self, data: Any) -> list[list[Any]]:
        """Return what each text and action of the template gives; missing keys give nothing.

        Raises:
            UsageError: It does not fit the data.
        """
        results, _ = _run(self.actions, 0, data, depth=0, live=True)
        return results


class _Parser:
    def __init__(self, text: str, depth: int = 0) -> None:
        self._text = text
        self._at = 0
        self._depth = depth
        if depth > _DEPTH:
            raise UsageError("jsonpath: nested too deeply")

    def parse(self) -> list[Action]:
        """Return texts and actions in order."""
        actions: list[Action] = []
        while self._at < len(self._text):
            start = self._text.find("{", self._at)
            end = start if start >= 0 else len(self._text)
            if end > self._at:
                actions.append((Literal(self._text[self._at : end]),))
            self._at = end
            if start >= 0:
                self._at += 1
                actions.append(self._action())
        return actions

    def _action(self) -> Action:
        nodes: list[Node] = []
        while True:
            rest = self._text[self._at : self._at + 3]
            char = rest[:1]
            if char == "}":
                self._at += 1
                return tuple(nodes)
            if not char or char in "\r\n":
                raise UsageError("unclosed action")
            if rest == "[?(":
                nodes.append(self._filter())
            elif rest.startswith(".."):
                nodes.extend(self._recursive(nodes))
            elif char in " @$":
                self._at += 1
            elif char == "[":
                nodes.extend(self._subscript())
            elif char in "\"'":
                nodes.append(self._quoted(char))
            elif char == ".":
                self._at += 1
                nodes.append(self._field())
            elif char in "+-" or char.isdigit():
                nodes.append(self._number())
            elif char == "_" or char.isalpha():
                nodes.append(self._word())
            else:
                raise UsageError(f"unrecognized character in action: U+{ord(char):04X} '{char}'")

    def _recursive(self, before: Sequence[Node]) -> list[Node]:
        if before and isinstance(before[-1], Recursive):
            raise UsageError("invalid multiple recursive descent")
        self._at += 2
        following = self._text[self._at : self._at + 1]
        if following == "_" or following.isalnum():
            return [Recursive(), self._field()]
        return [Recursive()]

    def _field(self) -> Node:
        name = ""
        while self._at < len(self._text) and self._text[self._at] not in _TERMINATORS:
            if self._text[self._at] == "\\":
                self._at += 1
            name += self._text[self._at : self._at + 1]
            self._at += 1
        return Wildcard() if name == "*" else Field(name)

    def _number(self) -> Node:
        start = self._at
        self._at += self._text[self._at] in "+-"
        while self._text[self._at : self._at + 1].isdigit() or self._text[self._at : self._at + 1] == ".":
            self._at += 1
        text = self._text[start : self._at]
        try:
            return Literal(float(text) if "." in text else int(text))
        except ValueError:
            raise UsageError(f"cannot parse number {text}") from None

    def _word(self) -> Node:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _TERMINATORS:
            self._at += 1
        word = self._text[start : self._at]
        return Literal(word == "true") if word in {"true", "false"} else Keyword(word)

    def _quoted(self, mark: str) -> Node:
        end = self._at + 1
        while True:
            char = self._text[end : end + 1]
            if not char or char == "\n":
                raise UsageError("unterminated quoted string")
            end += 1
            if char == mark and self._text[end - 2] != "\\":
                break
        inner = self._text[self._at + 1 : end - 1]
        self._at = end
        return Literal(re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[0]), inner))

    def _subscript(self) -> list[Node]:
        end = self._text.find("]", self._at)
        if end < 0 or "\n" in self._text[self._at : end]:
            raise UsageError("unterminated array")
        inner = self._text[self._at + 1 : end]
        self._at = end + 1
        inner = ":" if inner == "*" else inner
        parts = inner.split(",")
        if len(parts) > 1:
            return [Union(tuple(self._inner(f"[{part.strip(' ')}]") for part in parts))]
        key = _KEY.fullmatch(inner)
        if key:
            return list(self._inner(f".{key[1]}"))
        found = _SLICE.fullmatch(inner)
        if found is None:
            raise UsageError(f"invalid array index {inner}")
        start, end_, step = (_index(group) for group in found.groups())
        return [Slice(start, end_, step, single=found[2] is None)]

    def _filter(self) -> Node:
        start = self._at + 3
        at, begun, ended, mark = start, False, False, ""
        while True:
            char = self._text[at : at + 1]
            if not char or char == "\n":
                raise UsageError("unterminated filter")
            at += 1
            if char in "\"'":
                if not begun:
                    begun, mark = True, char
                elif self._text[at - 2] != "\\" and char == mark:
                    ended = True
            elif char == ")" and begun == ended:
                break
        if self._text[at : at + 1] != "]":
            raise UsageError("unclosed array expect ]")
        text = self._text[start : at - 1]
        self._at = at + 1
        found = _COMPARISON.fullmatch(text)
        if found is None:
            return Filter(self._inner(text), "exists", ())
        return Filter(self._inner(found[1]), found[2], self._inner(found[3]))

    def _inner(self, text: str) -> Action:
        return _Parser(f"{{{text}}}", self._depth + 1).parse()[0]


def _index(text: str | None) -> int | None:
    digits = (text or "").removeprefix(":")
    if not digits:
        return None
    try:
        return int(digits)
    except ValueError:
        raise UsageError(f"array index {digits} is not a number") from None


def _run(actions: Sequence[Action], at: int, data: Any, *, depth: int, live: bool) -> tuple[list[list[Any]], int]:
    """Return the results from ``at`` to the end of the loop or template, and where that is."""
    results: list[list[Any]] = []
    while at < len(actions):
        action = actions[at]
        keyword = next((node.name for node in action if isinstance(node, Keyword)), "")
        if keyword == "end":
            if not depth:
                raise UsageError("not in range, nothing to end")
            return results, at
        if keyword == "range":
            items = _walk([data], [node for node in action if not isinstance(node, Keyword)]) if live else []
            end = at + 1
            for item in items:
                inner, end = _run(actions, at + 1, item, depth=depth + 1, live=True)
                results.extend(inner)
            if not items:
                _, end = _run(actions, at + 1, None, depth=depth + 1, live=False)
            at = end + 1
            continue
        if keyword:
            raise UsageError(f"unrecognized identifier {keyword}")
        if live:
            results.append(_walk([data], action))
        at += 1
    return results, at


def _walk(values: list[Any], action: Sequence[Node]) -> list[Any]:
    for node in action:
        values = _step(values, node)
    return values


def _step(values: list[Any], node: Node) -> list[Any]:
    match node:
        case Literal(value):
            return [value] * (1 if isinstance(value, str) else len(values))
        case Field(name):
            return [value[name] for value in values if isinstance(value, dict) and name in value]
        case Wildcard():
            return [item for value in values for item in _children(value)]
        case Recursive():
            return [item for value in values for item in _descend(value)]
        case Slice():
            return [item for value in values if value is not None for item in _sliced(value, node)]
        case Union(parts):
            return [item for part in parts for item in _walk(values, part)]
        case Filter():
            return [item for value in values for item in _filtered(value, node)]
        case Keyword(name):
            raise UsageError(f"unrecognized identifier {name}")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return list(value) if isinstance(value, list) else []


def _descend(value: Any) -> list[Any]:
    children = _children(value)
    if not children:
        return []
    return [value, *(item for child in children for item in _descend(child))]


def _sliced(value: Any, node: Slice) -> list[Any]:
    if not isinstance(value, list):
        raise UsageError(f"{_go_type(value)} is not array or slice")
    length = len(value)
    start = node.start or 0
    if start < 0:
        start += length
    if node.single:
        end = (node.start or 0) + 1
        end += length if end <= 0 else 0
    else:
        end = length if node.end is None else node.end + (length if node.end < 0 else 0)
    if start == end:
        return []
    if not 0 <= start < length:
        raise UsageError(f"array index out of bounds: index {start}, length {length}")
    if not 0 <= end <= length:
        raise UsageError(f"array index out of bounds: index {end - 1}, length {length}")
    if start > end:
        raise UsageError(f"starting index {start} is greater than ending index {end}")
    if node.step is not None and node.step <= 0:
        raise UsageError("step must be > 0")
    return value[start : end : node.step or 1]


def _filtered(value: Any, node: Filter) -> list[Any]:
    if not isinstance(value, list):
        from pyhelm.functions.gofmt import to_text

        raise UsageError(f"{to_text(value)} is not array or slice and cannot be filtered")
    found = []
    for item in value:
        lefts = _walk([item], node.left)
        if node.operator == "exists":
            if lefts:
                found.append(item)
            continue
        rights = _walk([item], node.right)
        if len(lefts) > 1 or len(rights) > 1:
            raise UsageError("can only compare one element at a time")
        if lefts and rights and _compare(lefts[0], node.operator, rights[0]):
            found.append(item)
    return found


def _compare(left: Any, operator: str, right: Any) -> bool:
    kinds = {_kind(left), _kind(right)}
    if len(kinds) > 1 or kinds & {"other"}:
        raise UsageError("incompatible types for comparison" if len(kinds) > 1 else "invalid type for comparison")
    match operator:
        case "==":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<" | "<=" | ">" | ">=" if kinds == {"bool"}:
            raise UsageError("invalid type for comparison")
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
    raise UsageError(f"unrecognized filter operator {operator}")


def _kind(value: Any) -> str:
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind.__name__
    return "other"


def _go_type(value: Any) -> str:
    return (
        "map[string]interface {}"
        if isinstance(value, dict)
        else {"str": "string", "int": "int64"}.get(_kind(value), _kind(value))
    )
