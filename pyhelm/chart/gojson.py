"""Fill dataclasses from parsed YAML the way Go fills structs from JSON, with Go's complaints.

``sigs.k8s.io/yaml`` turns a number or boolean into text where the struct wants text; ``encoding/json`` finds fields in
any case, ignores unknown ones, takes null for "leave it", and names the Go types of what does not fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import YamlError
from pyhelm.yaml.golang import format_float, json_kind, quote

if TYPE_CHECKING:
    from collections.abc import Callable

ZERO_TIME = "0001-01-01T00:00:00Z"
_TIME = re.compile(r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Struct:
    """A Go struct.

    Attributes:
        name: Go's name of the type, such as ``v2.Metadata``.
        make: Returns an empty dataclass instance for it.
        fields: Each field's JSON name, attribute, and type: the name of a Go type, a struct, or (in a list of one) a
            struct that it is a slice of.
        element: Go's name of what slices hold, where that is not ``name``: pointers to it.
    """

    name: str
    make: Callable[[], Any]
    fields: tuple[tuple[str, str, str | Struct | list[Struct]], ...]
    element: str = ""


def fill(target: object, content: object, struct: Struct, path: str = "") -> None:
    """Set the attributes of ``target`` from ``content``, parsed YAML that stands at ``path``.

    Null entries of a slice become None.

    Raises:
        YamlError: A value of a type that the field cannot take.
    """
    if content is None:
        return
    if not isinstance(content, dict):
        raise mismatch(content, struct.name, path)
    for key in sorted(content):
        field = _field(struct, key)
        if field is not None:
            setattr(target, field[1], _convert(content[key], field[2], f"{path}.{key}"))


def unknown_field(content: object, struct: Struct) -> str:
    """Return the first key in ``content`` that ``struct`` does not have, or ``""``."""
    if not isinstance(content, dict):
        return ""
    for key in sorted(content):
        field = _field(struct, key)
        if field is None:
            return str(key)
        kind = field[2]
        if isinstance(kind, list) and isinstance(content[key], list):
            for entry in content[key]:
                if name := unknown_field(entry, kind[0]):
                    return name
        elif isinstance(kind, Struct) and (name := unknown_field(content[key], kind)):
            return name
    return ""


def mismatch(value: object, go_type: str, path: str = "") -> YamlError:
    """Return the error of Go's JSON decoder about a ``value`` that a ``go_type`` cannot take."""
    if not path:
        place = "Go value"
    elif path.rsplit(".", 1)[-1].isdigit():
        place = path
    else:
        place = f"Go struct field {path}"
    return _json_error(f"json: cannot unmarshal {json_kind(value)} into {place} of type {go_type}")


def _field(struct: Struct, key: str) -> tuple[str, str, str | Struct | list[Struct]] | None:
    """Return the field that a JSON key means: by its name, or else by its name in any case."""
    for field in struct.fields:
        if field[0] == key:
            return field
    folded = key.casefold()
    for field in struct.fields:
        if field[0].casefold() == folded:
            return field
    return None


def _convert(value: object, kind: str | Struct | list[Struct], path: str) -> Any:
    """Return ``value`` as Go would store it; null is the type's zero value."""
    if kind == "string":
        return _text(value, path)
    if isinstance(kind, Struct):
        made = kind.make()
        fill(made, value, kind, path)
        return made
    if isinstance(kind, list):
        if value is None:
            return []
        if isinstance(value, list):
            return [_entry(entry, kind[0], f"{path}.{position}") for position, entry in enumerate(value)]
        raise mismatch(value, f"[]{kind[0].element or kind[0].name}", path)
    if kind == "bool":
        if value is None or isinstance(value, bool):
            return bool(value)
    elif kind == "time.Time":
        if value is None or isinstance(value, str):
            return _time(value)
    elif kind == "map[string]string":
        if value is None:
            return {}
        if isinstance(value, dict):
            return {key: _text(value[key], f"{path}.{key}") for key in sorted(value)}
    elif value is None:
        return []
    elif isinstance(value, list):
        if kind == "[]string":
            return [_text(entry, f"{path}.{position}") for position, entry in enumerate(value)]
        return value
    raise mismatch(value, kind, path)


def _entry(value: object, struct: Struct, path: str) -> Any:
    if value is None:
        return None
    made = struct.make()
    fill(made, value, struct, path)
    return made


def _text(value: object, path: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_float(value)
    raise mismatch(value, "string", path)


def _json_error(reason: str) -> YamlError:
    return YamlError(f"error unmarshaling JSON: while decoding JSON: {reason}")


def _time(text: str | None) -> str:
    """Return a time as Go writes it (RFC 3339, no needless fraction); null is Go's zero time."""
    if text is None:
        return ZERO_TIME
    match = _TIME.fullmatch(text)
    if match is None:
        raise _json_error(f"parsing time {quote(text)}{_time_flaw(text)}")
    year, month, day, hour, minute, second = (int(number) for number in match.groups()[:6])
    for bad, part in (
        (not 1 <= month <= 12, "month"),
        (not 1 <= day <= _days(year, month), "day"),
        (hour > 23, "hour"),
        (minute > 59, "minute"),
        (second > 59, "second"),
    ):
        if bad:
            raise _json_error(f"parsing time {quote(text)}: {part} out of range")
    fraction = (match[7] or "")[:9].rstrip("0")
    zone = "Z" if match[8] in {"Z", "+00:00", "-00:00"} else match[8]
    return f"{text[:19]}{'.' + fraction if fraction else ''}{zone}"


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


_TIME_PARTS = (
    (r"\d{4}", "2006"), ("-", "-"), (r"\d{2}", "01"), ("-", "-"), (r"\d{2}", "02"), ("T", "T"), (r"\d{2}", "15"),
    (":", ":"), (r"\d{2}", "04"), (":", ":"), (r"\d{2}(?:[.,]\d+)?", "05"), (r"Z|[+-]\d{2}:\d{2}", "Z07:00"),
)  # fmt: skip


def _time_flaw(text: str) -> str:
    """Return where Go's time parser stops."""
    rest = text
    for pattern, layout in _TIME_PARTS:
        match = re.match(pattern, rest, re.ASCII)
        if match is None:
            return f' as "2006-01-02T15:04:05Z07:00": cannot parse {quote(rest)} as {quote(layout)}'
        rest = rest[match.end() :]
    return f": extra text: {quote(rest)}"
