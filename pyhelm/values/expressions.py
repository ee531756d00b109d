"""The grammar of ``--set`` and its kin (Go's ``pkg/strvals``).

::

    line   := pair ("," pair)*
    pair   := name "=" value
    name   := key (("." key) | ("[" index "]"))*
    value  := text | "{" text ("," text)* "}"

A backslash takes away the meaning of the character after it. ``--set`` reads a value as true, false, null, an int64
or text; ``--set-string`` as text; ``--set-file`` as the name of a file; ``--set-json`` as JSON. ``--set-literal`` has
one pair, no escapes, and everything after ``=`` is text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyhelm.errors import SetSyntaxError
from pyhelm.yaml.golang import clean, quote, quote_runes

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_INDEX = 65_536
MAX_NAME_LEVEL = 30
_MAX_LIST_LEVEL = 200  # Helm has no bound here; Python's stack needs one

_INTEGER = re.compile(r"[-+]?[0-9]+")
_INT64 = range(-(1 << 63), 1 << 63)


def parse_set(expression: str, into: dict[str, Any]) -> None:
    """Apply a ``--set`` expression to ``into``, in place.

    Raises:
        SetSyntaxError: The expression breaks the grammar; ``into`` may be half changed.
    """
    _run("--set", expression, _Parser(expression, typed_value), into)


def parse_set_string(expression: str, into: dict[str, Any]) -> None:
    """Apply a ``--set-string`` expression to ``into``, in place.

    Raises:
        SetSyntaxError: The expression breaks the grammar.
    """
    _run("--set-string", expression, _Parser(expression, str), into)


def parse_set_file(expression: str, into: dict[str, Any], read: Callable[[str], str]) -> None:
    """Apply a ``--set-file`` expression to ``into``, in place; ``read`` returns the text of a file.

    Raises:
        SetSyntaxError: The expression breaks the grammar, or ``read`` raised ``OSError``.
    """
    _run("--set-file", expression, _Parser(expression, read), into)


def parse_set_literal(expression: str, into: dict[str, Any]) -> None:
    """Apply a ``--set-literal`` expression to ``into``, in place.

    Raises:
        SetSyntaxError: The expression breaks the grammar.
    """
    _run("--set-literal", expression, _LiteralParser(expression, str), into)


def parse_set_json(expression: str, into: dict[str, Any]) -> None:
    """Apply a ``--set-json`` expression of the form ``key=json,key=json`` to ``into``, in place.

    Raises:
        SetSyntaxError: The expression breaks the grammar.
    """
    _run("--set-json", expression, _JsonParser(expression, str), into)


def parse_json_object(expression: str) -> dict[str, Any]:
    """Return the map that a ``--set-json`` expression of the form ``{…}`` is.

    Raises:
        SetSyntaxError: It is no JSON.
    """
    text = clean(expression.strip())
    try:
        value, end = decode_json(text, 0)
    except ValueError as error:
        raise SetSyntaxError("--set-json", expression, str(error)) from None
    if text[end:].strip(" \t\r\n") or not isinstance(value, dict):
        raise SetSyntaxError("--set-json", expression, "invalid character after top-level value")
    return value


def typed_value(text: str) -> Any:
    """Return what ``--set`` takes a text for: true, false, null, an int64 without leading zeros, or text."""
    folded = text.casefold()
    if folded in _CONSTANTS:
        return _CONSTANTS[folded]
    if text and text[0] != "0" and _INTEGER.fullmatch(text) and len(text) < 32 and int(text) in _INT64:
        return int(text)
    return text


_CONSTANTS = {"true": True, "false": False, "null": None, "0": 0}


def decode_json(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value at ``start`` and where it ends; numbers are floats.

    Raises:
        ValueError: There is no JSON value.
    """
    from json import JSONDecoder

    decoder = JSONDecoder(parse_int=_json_number, parse_float=_json_number, parse_constant=_no_constant)
    try:
        value, end = decoder.raw_decode(text, start)
        value = _cleaned(value)
    except RecursionError:
        raise ValueError("exceeded max depth") from None
    if isinstance(value, float) and end < len(text) and text[end] in ".eE":
        raise ValueError(f"invalid character {quote(text[end])} in numeric literal")
    return value, end


def _json_number(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return value


def _no_constant(text: str) -> float:
    raise ValueError(f"invalid character {quote(text[0])} looking for beginning of value")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(key): _cleaned(item) for key, item in value.items()}
    return [_cleaned(item) for item in value] if isinstance(value, list) else value


class _RefusedError(Exception):
    """The expression cannot be parsed; the message is Helm's."""


def _run(flag: str, expression: str, parser: _Parser, into: dict[str, Any]) -> None:
    try:
        while not parser.key(into, 0):
            pass
    except _RefusedError as error:
        raise SetSyntaxError(flag, expression, str(error)) from None


class _Parser:
    """Reads pairs off the text, as Go's ``parser`` does; a method returns true when the text has ended.

    What happens at the end is odd in places and kept: ``a[0]`` makes an empty list, ``a[`` nothing at all.
    """

    key_stops = frozenset("=[,.")
    escapes = True

    def __init__(self, text: str, convert: Callable[[str], Any]) -> None:
        self._text = clean(text)
        self._at = 0
        self._convert = convert

    def key(self, data: dict[str, Any], level: int) -> bool:
        """Read one pair, or the rest of one, into ``data``."""
        name, last = self._until(self.key_stops)
        if last == "":
            if name == "":
                return True
            raise _RefusedError(f"key {quote(name)} has no value")
        if last == "[":
            index = self._index()
            if index is None:
                return True
            items = data.get(name, _ABSENT)
            if items is _ABSENT:
                items = []
            elif not isinstance(items, list):
                raise _RefusedError(f"unable to parse key: {_conversion(items, '[]interface {}')}")
            items, ended = self._item(items, index, level, 0)
            _set(data, name, items)
            return ended
        if last == "=":
            value, ended = self._value()
            _set(data, name, value)
            return ended
        if last == ",":
            raise _RefusedError(f"key {quote(name)} has no value (cannot end with ,)")
        level += 1
        if level > MAX_NAME_LEVEL:
            raise _RefusedError(
                f"value name nested level is greater than maximum supported nested level of {MAX_NAME_LEVEL}"
            )
        inner = data.get(name, _ABSENT)
        if inner is _ABSENT:
            inner = {}
        elif not isinstance(inner, dict):
            raise _RefusedError(f"unable to parse key: {_conversion(inner, 'map[string]interface {}')}")
        ended = self.key(inner, level)
        if not inner and not ended:
            raise _RefusedError(f"key map {quote(name)} has no value")
        if inner:
            _set(data, name, inner)
        return ended

    def _item(self, items: list[Any], index: int, level: int, depth: int) -> tuple[list[Any], bool]:
        """Read what follows ``]``; return the changed list."""
        if index < 0:
            raise _RefusedError(f"negative {index} index not allowed")
        if depth > _MAX_LIST_LEVEL:
            raise _RefusedError(f"value name nested level is greater than {_MAX_LIST_LEVEL}")
        name, last = self._until(_ITEM_STOPS)
        if name:
            raise _RefusedError(f"unexpected data at end of array index: {quote_runes(name)}")
        if last == "":
            return items, True
        if last == "=":
            value, _ = self._value()
            return _put(items, index, value), False
        there = items[index] if index < len(items) else None
        if last == "[":
            further = self._index()
            if further is None:
                return items, True
            if there is not None and not isinstance(there, list):
                raise _RefusedError(f"unable to parse key: {_conversion(there, '[]interface {}')}")
            inner, ended = self._item(there or [], further, level, depth + 1)
            return (items, True) if ended else (_put(items, index, inner), False)
        if not isinstance(there, dict):
            there = {}
            if index < len(items):
                items[index] = there
        if self.key(there, level):
            return items, True
        return _put(items, index, there), False

    def _index(self) -> int | None:
        """Return the number before ``]``, None if the text ends."""
        text, last = self._until(_INDEX_STOPS)
        if last == "":
            return None
        if not _INTEGER.fullmatch(text):
            raise _RefusedError(f"error parsing index: strconv.Atoi: parsing {quote(text)}: invalid syntax")
        if len(text) > 32 or int(text) not in _INT64:
            raise _RefusedError(f"error parsing index: strconv.Atoi: parsing {quote(text)}: value out of range")
        return int(text)

    def _value(self) -> tuple[Any, bool]:
        """Return the value after ``=``, and true if there is none."""
        if self._at >= len(self._text):
            return "", True
        if self._text[self._at] != "{":
            text, _ = self._until(_VALUE_STOPS)
            return self._converted(text), False
        self._at += 1
        values = []
        while True:
            text, last = self._until(_LIST_STOPS)
            if last == "":
                raise _RefusedError("list must terminate with '}'")
            values.append(self._converted(text))
            if last == "}":
                if self._text.startswith(",", self._at):
                    self._at += 1
                return values, False

    def _converted(self, text: str) -> Any:
        try:
            return self._convert(text)
        except OSError as error:
            raise _RefusedError(os_error_text("open", text, error)) from None

    def _until(self, stops: frozenset[str]) -> tuple[str, str]:
        """Read up to a character of ``stops``; return the text, and that character or ``""`` at the end."""
        out: list[str] = []
        text, at, size = self._text, self._at, len(self._text)
        while at < size:
            char = text[at]
            at += 1
            if char in stops:
                self._at = at
                return "".join(out), char
            if char == "\\" and self.escapes:
                if at >= size:
                    break
                char = text[at]
                at += 1
            out.append(char)
        self._at = at
        return "".join(out), ""


class _LiteralParser(_Parser):
    key_stops = frozenset("=[.")
    escapes = False

    def _value(self) -> tuple[Any, bool]:
        text = self._text[self._at :]
        self._at = len(self._text)
        return text, False


class _JsonParser(_Parser):
    def _value(self) -> tuple[Any, bool]:
        if self._skip_to_value():
            return None, False
        try:
            value, self._at = decode_json(self._text, self._at)
        except ValueError as error:
            raise _RefusedError(str(error)) from None
        self._skip_to_value()
        return value, False

    def _skip_to_value(self) -> bool:
        """Skip blanks and one comma; return whether there was a comma or the end, so no value."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == ",":
                self._at += 1
                return True
            if not char.isspace() or char in "\x1c\x1d\x1e\x1f":
                return False
            self._at += 1
        return True


_ITEM_STOPS = frozenset("[.=")
_INDEX_STOPS = frozenset("]")
_VALUE_STOPS = frozenset(",")
_LIST_STOPS = frozenset(",}")
_ABSENT = object()


def os_error_text(verb: str, path: str, error: OSError) -> str:
    """Return an operating system's refusal as Go words it: ``open x: no such file or directory``."""
    reason = (error.strerror or str(error)).lower()
    return f"{'read' if isinstance(error, IsADirectoryError) else verb} {path}: {reason}"


def _set(data: dict[str, Any], key: str, value: Any) -> None:
    if key:
        data[key] = value


def _put(items: list[Any], index: int, value: Any) -> list[Any]:
    if index > MAX_INDEX:
        raise _RefusedError(f"index of {index} is greater than maximum supported index of {MAX_INDEX}")
    if len(items) <= index:
        items = items + [None] * (index + 1 - len(items))
    items[index] = value
    return items


def _conversion(value: Any, wanted: str) -> str:
    """Return the text of Go's panic for a failed type assertion."""
    if value is None:
        kind = "nil"
    elif isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, str):
        kind = "string"
    elif isinstance(value, int):
        kind = "int64"
    elif isinstance(value, float):
        kind = "float64"
    else:
        kind = "[]interface {}" if isinstance(value, list) else "map[string]interface {}"
    return f"interface conversion: interface {{}} is {kind}, not {wanted}"
