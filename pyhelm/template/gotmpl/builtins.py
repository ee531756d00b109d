"""The functions that text/template itself has (``and`` and ``or`` are the compiler's)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.gofmt import sprint, sprintf, sprintln, to_text
from pyhelm.functions.gotypes import Int, Object, Uint8, is_nil, kind_of, type_of
from pyhelm.functions.registry import Function
from pyhelm.template.gotmpl.values import go_name, printed, zero_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TEXT = 256 * 1024 * 1024
"""How long a text may become that a template builds with ``print`` and its like."""


# --- comparison -----------------------------------------------------------------------------------------------------

_BASIC = {
    "bool": "bool", "string": "string", "float64": "float", "float32": "float", "complex128": "complex",
    "int": "int", "int8": "int", "int16": "int", "int32": "int", "int64": "int",
    "uint": "uint", "uint8": "uint", "uint16": "uint", "uint32": "uint", "uint64": "uint",
}  # fmt: skip


def equal(first: Any, *others: Any) -> bool:
    """Return whether ``first`` equals any of ``others``; different basic types cannot be compared."""
    if not others:
        raise FunctionError("missing argument for comparison")
    cls = type(first)
    for other in others:
        if cls is type(other) and cls is str:
            if first == other:
                return True
        elif _equal(first, other):
            return True
    return False


def _equal(first: Any, other: Any) -> bool:
    one, two = _BASIC.get(kind_of(first)), _BASIC.get(kind_of(other))
    if one != two:
        if {one, two} == {"int", "uint"}:
            return int(first) == int(other)
        if first is not None and other is not None:
            raise FunctionError(f"incompatible types for comparison: {type_of(first)} and {type_of(other)}")
        return False
    if one is not None:
        return bool(first == other)
    kind = kind_of(first)
    if kind != kind_of(other) and first is not None and other is not None:
        raise FunctionError(
            f"non-comparable types {_show(first)}: {type_of(first)}, {type_of(other)}: {to_text(other)}"
        )
    if is_nil(first) or is_nil(other):
        return is_nil(first) == is_nil(other)
    if kind in {"map", "slice", "func"}:
        raise FunctionError(f"non-comparable type {_show(other)}: {type_of(other)}")
    return first is other or (kind == "struct" and type(first) is type(other) and bool(first == other))


def _show(value: Any) -> str:
    """Return what ``%s`` prints of a value."""
    return sprintf("%s", [value])


def not_equal(first: Any, second: Any) -> bool:
    """Return the opposite of ``eq``."""
    return not equal(first, second)


def less(first: Any, second: Any) -> bool:
    """Return whether ``first`` is less than ``second``."""
    one, two = _BASIC.get(kind_of(first)), _BASIC.get(kind_of(second))
    if one is None or two is None:
        raise FunctionError("invalid type for comparison")
    if one != two:
        if {one, two} == {"int", "uint"}:
            return int(first) < int(second)
        raise FunctionError(f"incompatible types for comparison: {type_of(first)} and {type_of(second)}")
    if one in {"bool", "complex"}:
        raise FunctionError("invalid type for comparison")
    return bool(first < second)


def less_or_equal(first: Any, second: Any) -> bool:
    """Return whether ``first`` is less than ``second`` or equal to it."""
    return less(first, second) or equal(first, second)


def greater(first: Any, second: Any) -> bool:
    """Return the opposite of ``le`` (which makes a NaN greater than everything)."""
    return not less_or_equal(first, second)


def greater_or_equal(first: Any, second: Any) -> bool:
    """Return the opposite of ``lt``."""
    return not less(first, second)


# --- parts ----------------------------------------------------------------------------------------------------------


def index(item: Any, *keys: Any) -> Any:
    """Return ``item[key]`` for each of ``keys`` in turn; a missing key of a map gives its zero value."""
    if item is None:
        raise FunctionError("index of untyped nil")
    for key in keys:
        if item is None:
            raise FunctionError("index of nil pointer")
        if isinstance(item, dict):
            if type(key) is not str:
                if key is None:
                    raise FunctionError("value is nil; should be of type string")
                raise FunctionError(f"value has type {type_of(key)}; should be string")
            found = item.get(key, item)
            item = zero_of(item) if found is item else found
        elif isinstance(item, (list, str, bytes)):
            sequence = item.encode("utf-8", "surrogateescape") if isinstance(item, str) else item
            position = _position(key, len(sequence))
            if position == len(sequence):
                raise FunctionError(f"reflect: {kind_of(item)} index out of range")
            item = sequence[position]
            if not isinstance(sequence, list):
                item = Uint8(item)
        else:
            raise FunctionError(f"can't index item of type {_pointed(item)}")
    return item


def _pointed(value: Any) -> str:
    """Return the type of what ``value`` points to."""
    return type_of(value).removeprefix("*")


def _position(key: Any, limit: int) -> int:
    if key is None:
        raise FunctionError("cannot index slice/array with nil")
    if not isinstance(key, int) or isinstance(key, bool):
        raise FunctionError(f"cannot index slice/array with type {type_of(key)}")
    if not 0 <= key <= limit:
        raise FunctionError(f"index out of range: {key:d}")
    return int(key)


def slice_(item: Any, *keys: Any) -> Any:
    """Return ``item[i:j]``; of strings, by bytes."""
    if item is None:
        raise FunctionError("slice of untyped nil")
    if len(keys) > 3:
        raise FunctionError(f"too many slice indexes: {len(keys)}")
    if isinstance(item, str):
        if len(keys) == 3:
            raise FunctionError("cannot 3-index slice a string")
        sequence: Any = item.encode("utf-8", "surrogateescape")
    elif isinstance(item, (list, bytes)):
        sequence = item
    else:
        raise FunctionError(f"can't slice item of type {_pointed(item)}")
    bounds = [_position(key, len(sequence)) for key in keys]
    begin = bounds[0] if bounds else 0
    end = bounds[1] if len(bounds) > 1 else len(sequence)
    if begin > end:
        raise FunctionError(f"invalid slice index: {begin} > {end}")
    if len(bounds) == 3 and end > bounds[2]:
        raise FunctionError(f"invalid slice index: {end} > {bounds[2]}")
    part = sequence[begin:end]
    if isinstance(item, str):
        return part.decode("utf-8", "surrogateescape")
    return type(item)(part)


def length(item: Any) -> Int:
    """Return the length of a string (in bytes), slice or map."""
    if item is None:
        raise FunctionError("len of nil pointer")
    if isinstance(item, str):
        return Int(len(item) if item.isascii() else len(item.encode("utf-8", "surrogateescape")))
    if isinstance(item, (list, dict, bytes)):
        return Int(len(item))
    raise FunctionError(f"len of type {_pointed(item)}")


def not_(value: Any) -> bool:
    """Return whether ``value`` is empty."""
    return not value


def call(*args: Any) -> Any:
    """Fail: no value of a template is a function. The compiler gives the callee's text first, unless it is piped."""
    name, value = args[0], args[min(1, len(args) - 1)]
    if value is None:
        raise FunctionError("call of nil")
    if len(args) == 1 and not isinstance(name, str):
        name = f"<{type_of(name)} Value>"
    raise FunctionError(f"non-function {name} of type {type_of(value)}")


# --- text -----------------------------------------------------------------------------------------------------------


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise FunctionError(f"text of more than {MAX_TEXT >> 20} MiB")
    return text


def print_(*args: Any) -> str:
    """Return ``args`` as ``fmt.Sprint`` does."""
    return _bounded(sprint(args))


def println(*args: Any) -> str:
    """Return ``args`` as ``fmt.Sprintln`` does."""
    return _bounded(sprintln(args))


def printf(template: str, *args: Any) -> str:
    """Return ``args`` as ``fmt.Sprintf`` does."""
    return _bounded(sprintf(template, args))


_HTML = str.maketrans({"\0": "�", '"': "&#34;", "'": "&#39;", "&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _text_of(args: Sequence[Any]) -> str:
    return sprint(["<no value>" if arg is None else printed(arg) if isinstance(arg, Object) else arg for arg in args])


def html(*args: Any) -> str:
    """Return the text of ``args``, escaped for HTML."""
    return _text_of(args).translate(_HTML)


def js(*args: Any) -> str:
    """Return the text of ``args``, escaped for JavaScript strings."""
    from pyhelm.functions.goquote import is_print

    special = {
        "\\": "\\\\", "'": "\\'", '"': '\\"', "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
    }  # fmt: skip
    out: list[str] = []
    for char in _text_of(args):
        code = ord(char)
        if char in special:
            out.append(special[char])
        elif code < 0x20:
            out.append(f"\\u00{code:02X}")
        elif code < 0x80 or is_print(char):
            out.append(char)
        else:
            out.append(f"\\u{0xFFFD if 0xDC80 <= code <= 0xDCFF else code:04X}")
    return "".join(out)


def urlquery(*args: Any) -> str:
    """Return the text of ``args``, escaped for the query of a URL."""
    from urllib.parse import quote_plus

    return quote_plus(_text_of(args).encode("utf-8", "surrogateescape"), safe="")


_VALUE = go_name("value")

BUILTINS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("and", not_, (_VALUE, _VALUE), variadic=True, returns=_VALUE),
        Function("or", not_, (_VALUE, _VALUE), variadic=True, returns=_VALUE),
        Function("not", not_, (_VALUE,), returns="bool"),
        Function("call", call, (_VALUE, _VALUE), variadic=True, returns=_VALUE),
        Function("index", index, (_VALUE, _VALUE), variadic=True, returns=_VALUE),
        Function("slice", slice_, (_VALUE, _VALUE), variadic=True, returns=_VALUE),
        Function("len", length, (_VALUE,), returns="int"),
        Function("eq", equal, (_VALUE, _VALUE), variadic=True, returns="bool"),
        Function("ne", not_equal, (_VALUE, _VALUE), returns="bool"),
        Function("lt", less, (_VALUE, _VALUE), returns="bool"),
        Function("le", less_or_equal, (_VALUE, _VALUE), returns="bool"),
        Function("gt", greater, (_VALUE, _VALUE), returns="bool"),
        Function("ge", greater_or_equal, (_VALUE, _VALUE), returns="bool"),
        Function("print", print_, ("any",), variadic=True, returns="string"),
        Function("printf", printf, ("string", "any"), variadic=True, returns="string"),
        Function("println", println, ("any",), variadic=True, returns="string"),
        Function("html", html, ("any",), variadic=True, returns="string"),
        Function("js", js, ("any",), variadic=True, returns="string"),
        Function("urlquery", urlquery, ("any",), variadic=True, returns="string"),
    )
}
"""By name. Their parameters are Go's ``reflect.Value`` where they take anything, even nothing."""
