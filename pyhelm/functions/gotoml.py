"""TOML of values and back, as ``github.com/BurntSushi/toml`` writes and reads it for Helm's template functions."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gonumbers import format_float
from pyhelm.functions.gotypes import Maps, Object, elements, is_nil, is_slice, type_of
from pyhelm.functions.registry import Function, table

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAP = "map[string]interface {}"


class TomlError(ValueError):
    """A value that TOML cannot hold, or text that is no TOML."""


# --- values to text -------------------------------------------------------------------------------------------------

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {chr(code): f"\\u{code:04x}" for code in (*range(0x20), 0x7F)} | {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}
_TO_ESCAPE = str.maketrans(_ESCAPES)


def dumps(value: Any) -> str:
    """Return ``value``, usually a map, as TOML: plain values first, then tables, each in order of keys.

    Raises:
        TomlError: It holds what TOML cannot.
    """
    writer = _Writer()
    writer.encode((), value)
    return "".join(writer.out)


def _quote(text: str) -> str:
    return f'"{text.translate(_TO_ESCAPE)}"'


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _quote(name)


class _Writer:
    """A document so far."""

    __slots__ = ("out",)

    def __init__(self) -> None:
        self.out: list[str] = []

    def encode(self, path: tuple[str, ...], value: Any) -> None:
        """Write ``value`` under ``path``, as a line or as a table of its own."""
        if value is None or (path and is_nil(value)):
            if not path:
                raise FunctionError("reflect: call of reflect.Value.Type on zero Value")
        elif _is_table(value):
            self._table(path, value)
        elif is_slice(value) and _is_table_array(value):
            self._tables(path, value)
        elif not path:
            self.out.append(_inline(value))
        else:
            self.out.append(f"{'  ' * (len(path) - 1)}{_key(path[-1])} = {_inline(value)}\n")

    def _table(self, path: tuple[str, ...], value: Any) -> None:
        if len(path) == 1 and self.out:
            self.out.append("\n")
        if path:
            self.out.append(f"{'  ' * (len(path) - 1)}[{'.'.join(map(_key, path))}]\n")
        self._entries(path, value)

    def _tables(self, path: tuple[str, ...], value: Any) -> None:
        if not path:
            raise TomlError("toml: top-level values must be Go maps or structs")
        for item in value:
            if is_nil(item):
                continue
            if self.out:
                self.out.append("\n")
            self.out.append(f"{'  ' * (len(path) - 1)}[[{'.'.join(map(_key, path))}]]\n")
            self._entries(path, item)

    def _entries(self, path: tuple[str, ...], value: Any) -> None:
        for group in _entries_of(value):
            for name, item in group:
                if not is_nil(item):
                    self.encode((*path, name), item)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, Object) and not _marshals(value))


def _marshals(value: Any) -> bool:
    """Return whether Go has ``value`` write itself: times, versions."""
    return isinstance(value, Object) and isinstance(value.go_json(), str)


def _is_table_array(value: Any) -> bool:
    """Return whether a slice holds nothing but tables.

    Raises:
        TomlError: It, or a slice in it, holds nil.
    """
    tables = bool(value)
    for item in value:
        if is_nil(item):
            raise TomlError("toml: cannot encode array with nil element")
        tables = _is_table(item) and tables
        if is_slice(item):
            _is_table_array(item)
    return tables


def _entries_of(value: Any) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """Return keys and values that stand directly in a table, and those that are tables of their own."""
    if isinstance(value, dict):
        entries: Sequence[tuple[str, Any]] = sorted(value.items(), key=lambda entry: entry[0])
    else:
        entries = [(name, getattr(value, name)) for name in value.go_fields]
    direct: list[tuple[str, Any]] = []
    tables: list[tuple[str, Any]] = []
    for name, item in entries:
        own = not is_nil(item) and (_is_table(item) or (is_slice(item) and _is_table_array(item)))
        (tables if own else direct).append((name, item))
    return direct, tables


def _inline(value: Any) -> str:
    if isinstance(value, str):
        return _quote(value)
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        return _float(value)
    if hasattr(value, "go_string"):
        if type_of(value) == "time.Time":
            return str(value.go_json())
        if isinstance(value, Object) or type_of(value) == "time.Duration":
            return _quote(to_text(value))
    if isinstance(value, int):
        return int.__repr__(value)
    if is_slice(value):
        return "[" + ", ".join([_inline(item) for item in elements(value)]) + "]"
    if _is_table(value):
        return _inline_table(value)
    raise TomlError(f"unexpected type: {type_of(value)}")


def _inline_table(value: Any) -> str:
    direct, tables = _entries_of(value)
    parts: list[str] = []
    for group, more in ((direct, bool(tables)), (tables, False)):
        for position, (name, item) in enumerate(group):
            if not is_nil(item):
                parts.append(f"{_key(name)} = {_inline(item)}")
                if more or position < len(group) - 1:
                    parts.append(", ")
    return "{" + "".join(parts) + "}"


def _float(value: float) -> str:
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    text = format_float(value, "g", -1)
    return text if "e" in text or "." in text else text + ".0"


# --- text to values -------------------------------------------------------------------------------------------------


def loads(text: str) -> dict[str, Any]:
    """Return the map that a TOML text means.

    Raises:
        TomlError: It is no TOML.
    """
    import tomllib

    try:
        return {key: _to_go(value) for key, value in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"toml: {error}") from error


def _to_go(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _to_go(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_to_go(item) for item in value]
        return Maps(items) if items and all(isinstance(item, dict) for item in items) else items
    if isinstance(value, (str, bool, int, float)):
        return value
    from pyhelm.functions.gotime import from_toml

    return from_toml(value)


# --- functions ------------------------------------------------------------------------------------------------------


def _to_toml(value: Any) -> str:
    try:
        return dumps(value)
    except TomlError as error:
        return str(error)


def _must_to_toml(value: Any) -> str:
    try:
        return dumps(value)
    except TomlError as error:
        raise FunctionError(str(error)) from error


def _from_toml(text: str) -> dict[str, Any]:
    try:
        return loads(text)
    except TomlError as error:
        return {"Error": str(error)}


FUNCTIONS = table(
    [
        Function("fromToml", _from_toml, ("string",), returns=_MAP),
        Function("mustToToml", _must_to_toml, ("any",), returns="string"),
        Function("toToml", _to_toml, ("any",), returns="string"),
    ]
)
