"""Plain values to YAML text, byte for byte as ``sigs.k8s.io/yaml`` (values to JSON to go-yaml v2) writes it.

Keys in go-yaml's natural order, lists not indented under their key, block literals for text with line breaks, lines of
words folded beyond column 80, quotes only where the text would be read as something else.
"""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from pyhelm.errors import YamlError
from pyhelm.yaml.golang import clean, format_float, whole
from pyhelm.yaml.scalars import is_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_WIDTH = 80
_LONGEST_SIMPLE_KEY = 128  # bytes; a longer key is written after "? "
_LONGEST_JSON_KEY = 1024  # characters of JSON; go-yaml cannot read a longer one back
_UINT64_MAX = (1 << 64) - 1
_INT64_MIN = -(1 << 63)

# Text that needs no look at all: letters first, nothing that could mean something else, no space to fold at.
_OBVIOUS = re.compile(r"[A-Za-z_/](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))*")
_WORDS = frozenset(
    word
    for lower in ("y", "yes", "true", "on", "n", "no", "false", "off", "null")
    for word in (lower, lower.title(), lower.upper())
)
# Listed as what they are, not as what they are not: a negated class of half of Unicode takes 6 ms to compile.
_ODD = r"\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff\U00010000-\U0010ffff"
_SPECIAL = re.compile(rf"[\x00-\x09\x0b-\x1f{_ODD}]")
_TO_ESCAPE = re.compile(rf'[\x00-\x1f"\\\u2028\u2029{_ODD}]')
_UNREADABLE = re.compile("[\x7f-\x84\x86-\x9f\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NEXT_LINES = re.compile(" *\x85(?: *\x85)* *")
_BREAKS = "\n\u2028\u2029"
_BREAK = re.compile("[\n\u2028\u2029]")
_SPACE_THEN_BREAK = re.compile(" [\n\u2028\u2029]")
_BREAK_THEN_SPACE = re.compile("[\n\u2028\u2029] ")
_INDICATOR = re.compile(
    r"""---|\.\.\.|[#,\[\]{}&*!|>'"%@`]|[?:-](?:[ \t]|\Z)"""  # at the start
)
_INNER_INDICATOR = re.compile(r"(?<=.):(?:[ \t]|\Z)|[ \t\n]#", re.DOTALL)
_ESCAPES = {
    "\0": "0",
    "\a": "a",
    "\b": "b",
    "\t": "t",
    "\n": "n",
    "\v": "v",
    "\f": "f",
    "\r": "r",
    "\x1b": "e",
    '"': '"',
    "\\": "\\",
    "\x85": "N",
    "\xa0": "_",
    "\u2028": "L",
    "\u2029": "P",
}


def dump(value: Any) -> str:
    """Return ``value`` as YAML, ending in a newline.

    Args:
        value: Dicts, lists, tuples, strings, numbers, booleans, None and bytes (written in base64, as Go's []byte is).

    Raises:
        YamlError: A float that JSON lacks, a character or key that go-yaml cannot read back, too many levels, or a
            type that JSON lacks.
    """
    out: list[str] = []
    try:
        if isinstance(value, dict) and value:
            _write_map(value, "", out, "")
        elif isinstance(value, (list, tuple)) and value:
            _write_list(value, "", out, "")
        else:
            out.append(_scalar(value, 2, 0, "  "))
    except RecursionError:
        raise YamlError("yaml: exceeded max depth") from None
    text = "".join(out)
    return text if text[-1] in _BREAKS else text + "\n"


def sort_keys(keys: Iterable[str]) -> list[str]:
    """Return ``keys`` in go-yaml's order: other characters before letters, runs of digits by their value."""
    ordered = list(keys)
    if len(ordered) < 2:
        return ordered
    joined = "".join(ordered)
    if joined.isascii():
        if joined.isalpha():
            ordered.sort()
            return ordered
        if not _DIGIT.search(joined):
            ordered.sort(key=_letters_last)
            return ordered
    ordered.sort(key=cmp_to_key(_compare_keys))
    return ordered


# --- structure ------------------------------------------------------------------------------------------------------


def _write_map(value: dict[str, Any], indent: str, out: list[str], lead: str) -> None:
    """Write a non-empty map; ``lead`` stands in for the first line's indent (after ``- `` the line has begun)."""
    add = out.append
    width = len(indent)
    for key in sort_keys(value):
        item = value[key]
        kind = item.__class__
        simple = _SIMPLE_KEYS.get(key)
        if simple is None:
            simple = _simple_key(key)
            if simple is None:
                _write_complex_key(key, item, indent, out, lead)
                lead = indent
                continue
        add(lead)
        add(simple)
        lead = indent
        if kind is str:
            if item not in _WORDS and len(item) + width + len(simple) < _WIDTH and _OBVIOUS.fullmatch(item):
                add(f": {item}\n")
            else:
                text = _string(item, width + 2, width + len(simple) + 2, indent + "  ")
                add(f": {text}" if text[-1] in _BREAKS else f": {text}\n")
        elif kind is dict and item:
            add(":\n")
            _write_map(item, indent + "  ", out, indent + "  ")
        elif kind is list and item:
            add(":\n")
            _write_list(item, indent, out, indent)
        elif isinstance(item, dict) and item:
            add(":\n")
            _write_map(item, indent + "  ", out, indent + "  ")
        elif isinstance(item, (list, tuple)) and item:
            add(":\n")
            _write_list(item, indent, out, indent)
        else:
            text = _scalar(item, width + 2, width + len(simple) + 2, indent + "  ")
            add(f": {text}" if text[-1] in _BREAKS else f": {text}\n")


def _write_list(value: list[Any] | tuple[Any, ...], indent: str, out: list[str], lead: str) -> None:
    """Write a non-empty list at ``indent``."""
    deeper = indent + "  "
    width = len(deeper)
    for item in value:
        out.append(lead)
        out.append("- ")
        lead = indent
        _write_item(item, deeper, width, out)


def _write_item(item: Any, indent: str, width: int, out: list[str]) -> None:
    """Write what follows ``- `` (or ``? ``, or ``: `` of a complex key), which is the same whatever it is."""
    if isinstance(item, dict) and item:
        _write_map(item, indent, out, "")
    elif isinstance(item, (list, tuple)) and item:
        _write_list(item, indent, out, "")
    else:
        text = _scalar(item, width, width, indent)
        out.append(text)
        if text[-1] not in _BREAKS:
            out.append("\n")


def _write_complex_key(key: str, item: Any, indent: str, out: list[str], lead: str) -> None:
    """Write a key that is too long, or has line breaks, in the form ``? key`` and ``: value``."""
    deeper = indent + "  "
    text = _string(key, len(deeper), len(deeper), deeper)
    out.append(f"{lead}? {text}" if text[-1] in _BREAKS else f"{lead}? {text}\n")
    out.append(f"{indent}: ")
    _write_item(item, deeper, len(deeper), out)


# --- scalars --------------------------------------------------------------------------------------------------------


def _scalar(value: Any, width: int, column: int, indent: str) -> str:
    """Return a scalar or an empty container; ``width`` is the length of ``indent``, ``column`` where it begins."""
    if isinstance(value, str):
        return _string(value, width, column, indent)
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        if _INT64_MIN <= value <= _UINT64_MAX:
            return int.__repr__(value)
        return format_float(float(value))
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    if isinstance(value, (bytes, bytearray)):
        from binascii import b2a_base64

        return _string(b2a_base64(value, newline=False).decode(), width, column, indent)
    raise YamlError(f"error marshaling into JSON: json: unsupported type: {type(value).__name__}")


def _float(value: float) -> str:
    if value.is_integer():
        digits = whole(value)
        if abs(value) < 1e21 and _INT64_MIN <= digits <= _UINT64_MAX:
            return str(digits)
        return format_float(value)
    if value - value != 0:
        name = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}[str(value)]
        raise YamlError(f"error marshaling into JSON: json: unsupported value: {name}")
    return format_float(value)


def _string(text: str, width: int, column: int, indent: str) -> str:
    """Return a string in the style go-yaml chooses; text of a block literal ends in a newline unless it is chomped."""
    if text == "":
        return '""'
    if not text.isascii():
        text = _readable(text)
    elif "\x7f" in text:
        _readable(text)
    special = _SPECIAL.search(text) is not None
    if "\n" in text:
        if special or text[-1] == " " or _SPACE_THEN_BREAK.search(text):
            return _double_quoted(text, column, indent)
        return _literal(text, width)
    if not is_plain_text(text) or special:
        return _double_quoted(text, column, indent)
    breaks = _BREAK.search(text) is not None
    if not (breaks or text[0] == " " or text[-1] == " " or _INDICATOR.match(text) or _INNER_INDICATOR.search(text)):
        if " " in text and column + len(text) > _WIDTH:
            return _fold(text, column, indent)
        return text
    if breaks and (_SPACE_THEN_BREAK.search(text) or _BREAK_THEN_SPACE.search(text)):
        return _double_quoted(text, column, indent)
    return _single_quoted(text, column, indent)


def _readable(text: str) -> str:
    """Return ``text`` as it survives JSON and go-yaml's reading of it, or refuse what does not."""
    if _UNREADABLE.search(text):
        raise YamlError("yaml: control characters are not allowed")
    if "\x85" in text:  # JSON leaves it bare, and YAML folds it as a line break
        text = _NEXT_LINES.sub(lambda match: "\n" * (match[0].count("\x85") - 1) or " ", text)
    return clean(text) if _SURROGATE.search(text) else text


def _simple_key(key: Any) -> str | None:
    """Return a key as it stands before the colon, None if it needs the complex form."""
    if not isinstance(key, str):
        return _simple_key(str(key))
    if len(key) > 150:
        from json import dumps

        escaped = dumps(key, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
        if len(escaped.replace("&", "\\u0026")) > _LONGEST_JSON_KEY:
            raise YamlError("yaml: did not find expected ',' or '}'")
    if _OBVIOUS.fullmatch(key) and key not in _WORDS and len(key) <= _LONGEST_SIMPLE_KEY:
        simple = key
    else:
        if "\x85" in key:
            raise YamlError("yaml: line 1: did not find expected ',' or '}'")
        if not key.isascii() or "\x7f" in key:
            key = _readable(key)
        if _BREAK.search(key) or "\r" in key or len(key.encode()) > _LONGEST_SIMPLE_KEY:
            return None
        simple = _string(key, 0, -(1 << 30), "")
    if len(_SIMPLE_KEYS) < 4096:
        _SIMPLE_KEYS[key] = simple
    return simple


_SIMPLE_KEYS: dict[str, str] = {}


def _fold(text: str, column: int, indent: str) -> str:
    """Break at the first lone space beyond the width, again and again."""
    out: list[str] = []
    spaces = False
    for position, char in enumerate(text):
        if char == " ":
            if not spaces and column > _WIDTH and text[position + 1] != " ":
                out.append(f"\n{indent}")
                column = len(indent)
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            out.append(char)
            column += 1
            spaces = False
    return "".join(out)


def _single_quoted(text: str, column: int, indent: str) -> str:
    if column + len(text) < _WIDTH and "\u2028" not in text and "\u2029" not in text:
        return "'" + text.replace("'", "''") + "'"
    out = ["'"]
    column += 1
    last = len(text) - 1
    spaces = breaks = False
    for position, char in enumerate(text):
        if char == " ":
            if not spaces and column > _WIDTH and 0 < position < last and text[position + 1] != " ":
                out.append(f"\n{indent}")
                column = len(indent)
            else:
                out.append(char)
                column += 1
            spaces = True
        elif char in "\u2028\u2029":
            out.append(char)
            column = 0
            breaks = True
        else:
            if breaks:
                out.append(indent)
                column = len(indent)
            if char == "'":
                out.append("'")
                column += 1
            out.append(char)
            column += 1
            spaces = breaks = False
    out.append("'")
    return "".join(out)


def _double_quoted(text: str, column: int, indent: str) -> str:
    everything = text[0] == "\ufeff"  # go-yaml asks of each character whether the text begins with a byte order mark
    if not everything and column + len(text) < _WIDTH // 2:
        return '"' + _TO_ESCAPE.sub(_escape, text) + '"'
    out = ['"']
    column += 1
    last = len(text) - 1
    spaces = False
    for position, char in enumerate(text):
        if everything or _TO_ESCAPE.match(char):
            escaped = _escape_char(char)
            out.append(escaped)
            column += len(escaped)
            spaces = False
        elif char == " ":
            if not spaces and column > _WIDTH and 0 < position < last:
                out.append(f"\n{indent}")
                column = len(indent)
                if text[position + 1] == " ":
                    out.append("\\")
                    column += 1
            else:
                out.append(char)
                column += 1
            spaces = True
        else:
            out.append(char)
            column += 1
            spaces = False
    out.append('"')
    return "".join(out)


def _escape(match: re.Match[str]) -> str:
    return _escape_char(match[0])


def _escape_char(char: str) -> str:
    short = _ESCAPES.get(char)
    if short is not None:
        return "\\" + short
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, width: int) -> str:
    hint = "2" if text[0] in " \n\u2028\u2029" else ""
    if text[-1] not in "\n\u2028\u2029":
        hint += "-"
    elif len(text) == 1 or text[-2] in "\n\u2028\u2029":
        hint += "+"
    indent = " " * width
    if "\u2028" in text or "\u2029" in text:
        lines = re.split("(?<=[\n\u2028\u2029])", text)
    else:
        lines = text.splitlines(keepends=True) if text.isascii() and not _ODD_BREAKS.search(text) else []
        if not lines:
            lines = re.split("(?<=\n)", text)
    body = "".join(f"{indent}{line}" if line and line[0] not in "\n\u2028\u2029" else line for line in lines)
    return f"|{hint}\n{body}"


_ODD_BREAKS = re.compile("[\x0b\x0c\x1c-\x1e\r]")


# --- order of keys --------------------------------------------------------------------------------------------------

_DIGIT = re.compile("[0-9]")
_LETTERS_LAST = {code: code + 0x80 for code in (*range(0x41, 0x5B), *range(0x61, 0x7B))}


def _letters_last(key: str) -> str:
    return key.translate(_LETTERS_LAST)


def _compare_keys(left: str, right: str) -> int:
    """Compare as go-yaml's ``keyList.Less``."""
    if left == right:
        return 0
    return -1 if _less(left, right) else 1


def _less(left: str, right: str) -> bool:
    for position, (one, other) in enumerate(zip(left, right, strict=False)):
        if one == other:
            continue
        if one.isalpha() and other.isalpha():
            return one < other
        if one.isalpha() or other.isalpha():
            return other.isalpha()
        start = 0
        if one == "0" or other == "0":
            # A zero inside a run of digits that began with another digit keeps its weight.
            before = position - 1
            while before >= 0 and left[before].isdecimal():
                if left[before] != "0":
                    start = 1
                    break
                before -= 1
        number, end = _run_of_digits(left, position, start)
        other_number, other_end = _run_of_digits(right, position, start)
        if number != other_number:
            return number < other_number
        if end != other_end:
            return end < other_end
        return one < other
    return len(left) < len(right)


def _run_of_digits(text: str, position: int, number: int) -> tuple[int, int]:
    while position < len(text) and text[position].isdecimal():
        number = number * 10 + ord(text[position]) - 48
        position += 1
    return (number + (1 << 63)) % (1 << 64) - (1 << 63), position
