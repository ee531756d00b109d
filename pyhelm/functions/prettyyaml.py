"""YAML as ``toYamlPretty`` writes it: straight from the values by go-yaml v3, lists indented under their keys.

``toYaml`` goes through JSON and go-yaml v2 instead, which is in ``pyhelm.yaml``.
"""

from __future__ import annotations

import math
import re
from binascii import b2a_base64
from typing import TYPE_CHECKING, Any

from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gonumbers import NumberSyntaxError, parse_float, parse_int, text_of_float
from pyhelm.functions.gotypes import Object, elements, is_slice, type_of
from pyhelm.yaml.writer import sort_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

_BREAKS = "\n\r\x85\u2028\u2029"
_LONGEST_SIMPLE_KEY = 128  # bytes


def dumps(value: Any) -> str:
    """Return ``value`` as YAML, ending in a newline."""
    out: list[str] = []
    _write(value, "", out)
    return "".join(out)


def _write(value: Any, indent: str, out: list[str]) -> None:
    """Write ``value`` where a line, or what follows ``- `` on one, begins at ``indent``."""
    entries = _entries(value)
    items = elements(value) if entries is None and is_slice(value) else None
    if entries:
        for position, (key, item) in enumerate(entries):
            if position:
                out.append(indent)
            _write_entry(key, item, indent, out)
    elif items:
        for position, item in enumerate(items):
            out.append(f"{indent if position else ''}- ")
            _write(item, indent + "  ", out)
    else:
        text = _scalar(value, indent or "  ")
        out.append(text if text.endswith("\n") and text[0] == "|" else text + "\n")


def _entries(value: Any) -> Sequence[tuple[str, Any]] | None:
    """Return keys and values of a map in go-yaml's order, or of a struct in its own; ``None`` for anything else."""
    if isinstance(value, dict):
        return [(key, value[key]) for key in sort_keys(value)]
    if isinstance(value, Object) and not isinstance(value.go_json(), str):
        return [(name.lower(), getattr(value, name)) for name in value.go_fields]
    return None


def _write_entry(key: str, item: Any, indent: str, out: list[str]) -> None:
    simple = len(key.encode("utf-8", "surrogateescape")) <= _LONGEST_SIMPLE_KEY and not _BREAK.search(key)
    if not simple:
        text = _string(key, indent + "  ")
        out.append(f"? {text}" if text[0] == "|" and text.endswith("\n") else f"? {text}\n")
        out.append(f"{indent}: ")
        _write(item, indent + "  ", out)
        return
    text = _string(key, indent + "  ", is_key=True)
    deeper = indent + "  "
    if _entries(item) or (is_slice(item) and item):
        out.append(f"{text}:\n{deeper}")
        _write(item, deeper, out)
    else:
        scalar = _scalar(item, deeper)
        out.append(f"{text}: {scalar}" if scalar[0] == "|" and scalar.endswith("\n") else f"{text}: {scalar}\n")


def _scalar(value: Any, indent: str) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value, indent)
    if isinstance(value, float):
        if math.isfinite(value):
            return text_of_float(value)
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    if isinstance(value, Object):
        text = value.go_json()
        if type_of(value) == "time.Time":
            return str(text)
        return _string(text, indent) if isinstance(text, str) else "{}"
    if isinstance(value, dict):
        return "{}"
    if is_slice(value):
        return "[]"
    return to_text(value)


# --- text -----------------------------------------------------------------------------------------------------------

_SPECIAL = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_INDICATOR = re.compile(r"---|\.\.\.|[#,\[\]{}&*!|>'\"%@`]|[?:-](?:[ \t]|\Z)|.*(?::(?:[ \t]|\Z)|[ \t]#)", re.DOTALL)
_SPACE_THEN_BREAK = re.compile(f" [{_BREAKS}]")
_BREAK_THEN_SPACE = re.compile(f"[{_BREAKS}] ")
_BREAK = re.compile(f"[{_BREAKS}]")
_BREAKS_BEFORE_TEXT = re.compile(f"[{_BREAKS}]+(?=.)")
_ESCAPES = {
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    '"': '\\"',
    "\\": "\\\\",
    "\x85": "\\N",
    "\u2028": "\\L",
    "\u2029": "\\P",
}
_TO_ESCAPE = re.compile(r"[^\x20-\x21\x23-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]")


def _string(text: str, indent: str, *, is_key: bool = False) -> str:
    """Return ``text`` in the style go-yaml chooses; lines of a block begin with ``indent``."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return f"!!binary {b2a_base64(text.encode('utf-8', 'surrogateescape'), newline=False).decode()}"
    special = _SPECIAL.search(text) is not None
    awkward = special or _SPACE_THEN_BREAK.search(text) is not None
    if "\n" in text:
        if awkward or text[-1] == " " or is_key:
            return _double_quoted(text)
        return _literal(text, indent)
    if not _is_plain_text(text) or awkward or "\t" in text:
        return _double_quoted(text)
    if _BREAK.search(text):
        return _double_quoted(text) if _BREAK_THEN_SPACE.search(text) else _single_quoted(text, indent)
    if text[0] == " " or text[-1] == " " or _INDICATOR.match(text):
        return _single_quoted(text, indent)
    return text


def _single_quoted(text: str, indent: str) -> str:
    quoted = text.replace("'", "''")
    return "'" + _BREAKS_BEFORE_TEXT.sub(lambda match: match[0] + indent, quoted) + "'"


def _double_quoted(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(lambda match: _escape(match[0]), text) + '"'


def _escape(char: str) -> str:
    known = _ESCAPES.get(char)
    if known is not None:
        return known
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, indent: str) -> str:
    hint = "2" if text[0] == " " or text[0] in _BREAKS else ""
    if text[-1] not in _BREAKS:
        hint += "-"
    elif len(text) == 1 or text[-2] in _BREAKS:
        hint += "+"
    lines = re.split(f"(?<=[{_BREAKS}])", text)
    return f"|{hint}\n" + "".join([indent + line if line and line[0] not in _BREAKS else line for line in lines])


# --- what plain text would be read as -------------------------------------------------------------------------------

_WORDS = frozenset(
    form
    for word in ("true", "false", "null", "y", "yes", "on", "n", "no", "off")
    for form in (word, word.title(), word.upper())
) | {"~", ""}
_NUMERIC_WORDS = frozenset(sign + form for sign in ("", "+", "-") for form in (".inf", ".Inf", ".INF")) | {
    ".nan",
    ".NaN",
    ".NAN",
}
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_PREFIXED = re.compile(r"-?0(?:b[01]+|o[0-7]+)")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})"
    r"| +[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)


def _is_plain_text(text: str) -> bool:
    """Return whether ``text``, without quotes, is read back as text (go-yaml's ``resolve``)."""
    if text in _WORDS or text in _NUMERIC_WORDS:
        return False
    first = text[0]
    if first == ".":
        return not _is_float(text)
    if first not in "0123456789+-":
        return True
    if _BASE_60.fullmatch(text) or _TIMESTAMP.fullmatch(text):
        return False
    number = text.replace("_", "")
    if _FLOAT.fullmatch(number) and _is_float(number):
        return False
    return not (_PREFIXED.fullmatch(number) or _is_int(number))


def _is_float(text: str) -> bool:
    try:
        parse_float(text)
    except NumberSyntaxError:
        return False
    return True


def _is_int(text: str) -> bool:
    try:
        parse_int(text, 0)
    except NumberSyntaxError as error:
        return error.reason != "invalid syntax" and text[0] != "-" and len(text) < 70 and int(text, 0) < 1 << 64
    return True
