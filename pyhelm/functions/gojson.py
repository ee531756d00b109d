"""JSON of values and back, as Go's ``encoding/json`` and the template functions on top of it."""

from __future__ import annotations

import math
import re
from binascii import b2a_base64
from json.encoder import encode_basestring
from typing import Any

from pyhelm.errors import FunctionError
from pyhelm.functions.gonumbers import format_float
from pyhelm.functions.gotypes import NilList, NilMap, is_nil, type_of
from pyhelm.functions.letters import runes
from pyhelm.functions.registry import Function, table

_MAP = "map[string]interface {}"


class JsonError(ValueError):
    """A value that JSON cannot hold, or text that is no JSON; the text is Go's."""


class Struct(dict[str, Any]):
    """A map that is written in its own order, as Go's structs are, instead of sorted."""

    __slots__ = ()


# --- values to text -------------------------------------------------------------------------------------------------

_HTML = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_LINES = re.compile("[\u2028\u2029\ud800-\udfff]")


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return "\\ufffd" if 0xD800 <= code <= 0xDFFF else f"\\u{code:04x}"


def dumps(value: Any, *, html: bool = True, indent: str = "") -> str:
    """Return ``value`` as JSON with sorted keys; ``html`` escapes ``<``, ``>`` and ``&``.

    Raises:
        JsonError: It holds NaN or an infinity.
    """
    out: list[str] = []
    _write(value, out, "\n" if indent else "", indent)
    text = "".join(out)
    return (_HTML if html else _LINES).sub(_escape, text)


def _write(value: Any, out: list[str], newline: str, indent: str) -> None:
    if isinstance(value, str):
        out.append(encode_basestring(value))
    elif value is None or is_nil(value):
        out.append("null")
    elif value is True or value is False:
        out.append("true" if value else "false")
    elif isinstance(value, float):
        out.append(_number(value))
    elif hasattr(value, "go_json"):
        _write(value.go_json(), out, newline, indent)
    elif isinstance(value, int):
        out.append(int.__repr__(value))
    elif isinstance(value, dict):
        _write_map(value, out, newline, indent)
    elif isinstance(value, list):
        _write_list(value, out, newline, indent)
    elif isinstance(value, bytes):
        out.append(f'"{b2a_base64(value, newline=False).decode()}"')
    else:
        raise JsonError(f"json: unsupported type: {type_of(value)}")


def _write_map(value: dict[Any, Any], out: list[str], newline: str, indent: str) -> None:
    if not value:
        out.append("{}")
        return
    inner = newline and newline + indent
    separator = "{" + inner
    colon = ": " if newline else ":"
    for key in value if type(value) is Struct else sorted(value):
        out += (separator, encode_basestring(key), colon)
        _write(value[key], out, inner, indent)
        separator = "," + inner
    out.append(newline + "}")


def _write_list(value: list[Any], out: list[str], newline: str, indent: str) -> None:
    if not value:
        out.append("[]")
        return
    inner = newline and newline + indent
    separator = "[" + inner
    for item in value:
        out.append(separator)
        _write(item, out, inner, indent)
        separator = "," + inner
    out.append(newline + "]")


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise JsonError(f"json: unsupported value: {format_float(value, 'g', -1)}")
    if value == 0 or 1e-6 <= abs(value) < 1e21:
        return format_float(value, "f", -1)
    text = format_float(value, "e", -1)
    return text[:-2] + text[-1] if text[-4:-1] == "e-0" else text


# --- text to values -------------------------------------------------------------------------------------------------


def loads(text: str) -> Any:
    """Return the value of a JSON text; numbers are floats.

    Raises:
        JsonError: It is no JSON.
    """
    import json

    try:
        value = json.loads(text, parse_int=_parse_number, parse_float=_parse_number, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if isinstance(error, JsonError):
            raise
        from pyhelm.yaml.jsonsyntax import explain

        raise JsonError(explain(text) or "exceeded max depth") from error
    return _replace_surrogates(value) if _SURROGATE.search(text) else value


_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")


def _parse_number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise JsonError(f"json: cannot unmarshal number {text} into Go value of type float64")
    return number


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _replace_surrogates(value: Any) -> Any:
    """Return ``value`` with halves of UTF-16 pairs, and bytes that are no UTF-8, replaced as Go replaces them."""
    if isinstance(value, str):
        return runes(value)
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {runes(key): _replace_surrogates(item) for key, item in value.items()}
    return value


# --- functions ------------------------------------------------------------------------------------------------------


def _to_json(value: Any) -> str:
    try:
        return dumps(value)
    except JsonError:
        return ""


def _must_to_json(value: Any) -> str:
    try:
        return dumps(value)
    except JsonError as error:
        raise FunctionError(str(error)) from error


def _to_pretty_json(value: Any) -> str:
    try:
        return dumps(value, indent="  ")
    except JsonError:
        return ""


def _must_to_pretty_json(value: Any) -> str:
    try:
        return dumps(value, indent="  ")
    except JsonError as error:
        raise FunctionError(str(error)) from error


def _to_raw_json(value: Any) -> str:
    try:
        return dumps(value, html=False)
    except JsonError as error:
        raise FunctionError(str(error)) from error


def _from_json(text: str) -> dict[str, Any]:
    try:
        value = loads(text)
    except JsonError as error:
        return {"Error": _mismatch(0.0, _MAP) if _is_number(text, error) else str(error)}
    if value is None:
        return NilMap()
    return value if isinstance(value, dict) else {"Error": _mismatch(value, _MAP)}


def _from_json_array(text: str) -> list[Any]:
    try:
        value = loads(text)
    except JsonError as error:
        return [_mismatch(0.0, "[]interface {}") if _is_number(text, error) else str(error)]
    if value is None:
        return NilList()
    return value if isinstance(value, list) else [_mismatch(value, "[]interface {}")]


def _must_from_json(text: str) -> Any:
    try:
        return loads(text)
    except JsonError as error:
        raise FunctionError(str(error)) from error


def _is_number(text: str, error: JsonError) -> bool:
    """Return whether the whole text is a number, which was too large: as a number alone it is refused anyway."""
    return str(error).startswith("json:") and text.lstrip(" \t\r\n")[:1] not in {"{", "["}


def _mismatch(value: Any, wanted: str) -> str:
    kinds: dict[type, str] = {dict: "object", list: "array", str: "string", bool: "bool", float: "number"}
    return f"json: cannot unmarshal {kinds[type(value)]} into Go value of type {wanted}"


_ANY = ("any",)
FUNCTIONS = table(
    [
        Function("fromJson", _from_json, ("string",), returns=_MAP),
        Function("fromJsonArray", _from_json_array, ("string",), returns="[]interface {}"),
        Function("mustFromJson", _must_from_json, ("string",)),
        Function("mustToJson", _must_to_json, _ANY, returns="string"),
        Function("mustToPrettyJson", _must_to_pretty_json, _ANY, returns="string"),
        Function("mustToRawJson", _to_raw_json, _ANY, returns="string"),
        Function("toJson", _to_json, _ANY, returns="string"),
        Function("toPrettyJson", _to_pretty_json, _ANY, returns="string"),
        Function("toRawJson", _to_raw_json, _ANY, returns="string"),
    ]
)
