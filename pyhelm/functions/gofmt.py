"""Text of values as Go's package ``fmt`` makes it: ``%v``, ``printf``, ``print`` and ``println``.

The one difference is maps and slices that contain themselves: Go overflows its stack, this raises ``RecursionError``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyhelm.functions.gonumbers import format_float, text_of_float
from pyhelm.functions.goquote import can_backquote, is_print, quote, quote_rune
from pyhelm.functions.gotypes import Int, Object, elements, is_nil, kind_of, type_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TOO_LARGE = 1_000_000  # of a width or a precision


# --- %v -------------------------------------------------------------------------------------------------------------


def to_text(value: Any) -> str:
    """Return ``value`` as ``%v`` prints it; nil is ``<nil>``."""
    if type(value) is str:
        return value
    maker = _TEXT.get(type(value))
    return maker(value) if maker is not None else _other_text(value)


def _list_text(value: Any) -> str:
    return "[" + " ".join([to_text(item) for item in value]) + "]"


def _dict_text(value: Any) -> str:
    try:
        keys = sorted(value)
    except TypeError:
        keys = sorted(value, key=to_text)
    return "map[" + " ".join([f"{to_text(key)}:{to_text(value[key])}" for key in keys]) + "]"


def _bytes_text(value: Any) -> str:
    return "[" + " ".join(map(str, value)) + "]"


_TEXT: dict[type, Callable[[Any], str]] = {
    Int: int.__repr__,
    int: int.__repr__,
    float: text_of_float,
    bool: lambda value: "true" if value else "false",
    type(None): lambda _: "<nil>",
    dict: _dict_text,
    list: _list_text,
    bytes: _bytes_text,
}


def _other_text(value: Any) -> str:
    """Return the text of a value of a subclass, and remember how."""
    stringer = getattr(value, "go_string", None)
    if stringer is not None:
        return str(stringer())
    if isinstance(value, Object):
        fields = " ".join([to_text(getattr(value, name)) for name in value.go_fields])
        return f"{'&' if value.go_kind == 'ptr' else ''}{{{fields}}}"
    for base, maker in _TEXT.items():
        if isinstance(value, base) and base is not bool:
            _TEXT[type(value)] = maker
            return maker(value)
    if isinstance(value, str):
        return str(value)
    return f"0xc{id(value) & 0xFFFFFFFFF:09x}"


# --- print ----------------------------------------------------------------------------------------------------------


def sprint(args: Sequence[Any]) -> str:
    """Return ``args`` as ``fmt.Sprint`` does: a space between two that are both no strings."""
    if len(args) == 1:
        return to_text(args[0])
    out: list[str] = []
    before_is_text = True
    for arg in args:
        is_text = isinstance(arg, str)
        if not is_text and not before_is_text:
            out.append(" ")
        out.append(to_text(arg))
        before_is_text = is_text
    return "".join(out)


def sprintln(args: Sequence[Any]) -> str:
    """Return ``args`` as ``fmt.Sprintln`` does: spaces between, a newline after."""
    return " ".join([to_text(arg) for arg in args]) + "\n"


# --- printf ---------------------------------------------------------------------------------------------------------

_SIMPLE = re.compile(r"%([%svd])")
_simple_formats: dict[str, tuple[tuple[str, ...], int] | None] = {}


def sprintf(template: str, args: Sequence[Any]) -> str:
    """Return ``args`` formatted as ``fmt.Sprintf(template, args...)`` does, mistakes included (``%!d(string=x)``)."""
    # Most formats in charts are words around %s; with strings for them, joining is 4 times as fast as a printer.
    parts = _simple_formats.get(template, ())
    if parts == ():
        parts = _simple_formats[template] = _split_simple(template)
        if len(_simple_formats) > 2048:
            _simple_formats.clear()
    if parts and parts[1] == len(args):
        out = []
        position = 0
        for part in parts[0]:
            if part == "%s":
                arg = args[position]
                if type(arg) is not str:
                    break
                position += 1
                out.append(arg)
            elif part == "%d":
                arg = args[position]
                if type(arg) is not Int and type(arg) is not int:
                    break
                position += 1
                out.append(int.__repr__(arg))
            elif part == "%v":
                out.append(to_text(args[position]))
                position += 1
            else:
                out.append(part)
        else:
            return "".join(out)
    return _Printer(args).run(template)


def _split_simple(template: str) -> tuple[tuple[str, ...], int] | None:
    """Return literals and verbs of a format without flags and the number of verbs, or ``None`` for any other."""
    parts: list[str] = []
    verbs = 0
    for position, part in enumerate(_SIMPLE.split(template)):
        if position % 2 == 0:
            if "%" in part:
                return None
            if part:
                parts.append(part)
        elif part == "%":
            return None
        else:
            parts.append("%" + part)
            verbs += 1
    return tuple(parts), verbs


class _Printer:
    """One run of ``Sprintf``: the output so far, the next argument, and the flags of the verb at hand."""

    __slots__ = (
        "args",
        "erroring",
        "index_ok",
        "minus",
        "out",
        "plus",
        "plus_v",
        "position",
        "precision",
        "reordered",
        "sharp",
        "sharp_v",
        "space",
        "width",
        "zero",
    )

    def __init__(self, args: Sequence[Any]) -> None:
        self.args = args
        self.out: list[str] = []
        self.position = 0
        self.reordered = False
        self.index_ok = True
        self.erroring = False
        self._clear()

    def _clear(self) -> None:
        self.sharp = self.zero = self.plus = self.minus = self.space = False
        self.sharp_v = self.plus_v = False
        self.width: int | None = None
        self.precision: int | None = None

    def run(self, template: str) -> str:
        end = len(template)
        at = 0
        while at < end:
            self.index_ok = True
            percent = template.find("%", at)
            if percent < 0:
                self.out.append(template[at:])
                break
            self.out.append(template[at:percent])
            at = self._verb(template, percent + 1, end)
        if not self.reordered and self.position < len(self.args):
            self._extra()
        return "".join(self.out)

    def _verb(self, template: str, at: int, end: int) -> int:
        self._clear()
        at = self._flags(template, at, end)
        after_index, at = self._argument_index(template, at)
        if at < end and template[at] == "*":
            at += 1
            self.width = self._star()
            if self.width is None:
                self.out.append("%!(BADWIDTH)")
            elif self.width < 0:
                self.width = -self.width
                self.minus = True
                self.zero = False
            after_index = False
        else:
            self.width, at = _number(template, at, end)
            if after_index and self.width is not None:
                self.index_ok = False
        if at + 1 < end and template[at] == ".":
            at += 1
            if after_index:
                self.index_ok = False
            after_index, at = self._argument_index(template, at)
            if at < end and template[at] == "*":
                at += 1
                self.precision = self._star()
                if self.precision is None or self.precision < 0:
                    self.precision = None
                    self.out.append("%!(BADPREC)")
                after_index = False
            else:
                self.precision, at = _number(template, at, end)
                if self.precision is None:
                    self.precision = 0
        if not after_index:
            after_index, at = self._argument_index(template, at)
        if at >= end:
            self.out.append("%!(NOVERB)")
            return at
        verb = template[at]
        if verb == "%":
            self.out.append("%")
        elif not self.index_ok:
            self.out.append(f"%!{verb}(BADINDEX)")
        elif self.position >= len(self.args):
            self.out.append(f"%!{verb}(MISSING)")
        else:
            if verb in "vw":
                self.sharp_v, self.sharp = self.sharp, False
                self.plus_v, self.plus = self.plus, False
            arg = self.args[self.position]
            self.position += 1
            self._argument(arg, verb)
        return at + 1

    def _flags(self, template: str, at: int, end: int) -> int:
        while at < end:
            char = template[at]
            if char == "#":
                self.sharp = True
            elif char == "0":
                self.zero = True
            elif char == "+":
                self.plus = True
            elif char == "-":
                self.minus = True
            elif char == " ":
                self.space = True
            else:
                break
            at += 1
        return at

    def _argument_index(self, template: str, at: int) -> tuple[bool, int]:
        """Read ``[n]`` if it is there; return whether there was one, and where to read on."""
        if not template.startswith("[", at):
            return False, at
        self.reordered = True
        if len(template) - at < 3:
            self.index_ok = False
            return False, at + 1
        close = template.find("]", at + 1)
        if close < 0:
            self.index_ok = False
            return False, at + 1
        number, stop = _number(template, at + 1, close)
        if number is None or stop != close:
            self.index_ok = False
            return False, close + 1
        if 0 < number <= len(self.args):
            self.position = number - 1
        else:
            self.index_ok = False
        return True, close + 1

    def _star(self) -> int | None:
        """Take the next argument as a width or precision."""
        if self.position >= len(self.args):
            return None
        value = self.args[self.position]
        self.position += 1
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _TOO_LARGE:
            return None
        return int(value)

    def _extra(self) -> None:
        self._clear()
        shown = ["<nil>" if arg is None else f"{type_of(arg)}={to_text(arg)}" for arg in self.args[self.position :]]
        self.out.append(f"%!(EXTRA {', '.join(shown)})")

    # One argument: printArg for a top-level one, printValue for what is inside a map, slice or struct.

    def _argument(self, arg: Any, verb: str) -> None:
        if arg is None:
            if verb in "Tv":
                self._pad("<nil>")
            else:
                self._bad_verb(arg, verb)
        elif verb == "T":
            self._pad(self._truncate(type_of(arg)))
        elif verb == "p":
            self._pointer(arg, verb)
        else:
            self._value(arg, verb, 0)

    def _value(self, value: Any, verb: str, depth: int) -> None:
        if value is None:
            self.out.append("interface {}(nil)" if self.sharp_v else "<nil>")
        elif isinstance(value, str):
            self._string(value, verb)
        elif self._handled_by_method(value, verb, depth):
            return
        elif isinstance(value, bool):
            if verb in "tv":
                self._pad("true" if value else "false")
            else:
                self._bad_verb(value, verb)
        elif isinstance(value, int):
            self._integer(value, verb)
        elif isinstance(value, float):
            self._float(value, verb)
        elif isinstance(value, dict):
            self._map(value, verb, depth)
        elif isinstance(value, bytes):
            self._bytes(value, verb, depth)
        elif isinstance(value, list):
            self._sequence(value, verb, depth)
        elif isinstance(value, Object):
            self._object(value, verb, depth)
        else:
            self._pointer(value, verb)

    def _handled_by_method(self, value: Any, verb: str, depth: int) -> bool:
        if self.erroring:
            return False
        if verb == "w" and (depth > 0 or not isinstance(value, bytes)):
            self._bad_verb(value, verb)
            return True
        if self.sharp_v:
            syntax = getattr(value, "go_syntax", None)
            if syntax is not None and (depth == 0 or kind_of(value) != "ptr"):
                self._pad(self._truncate(syntax()))
            return syntax is not None and (depth == 0 or kind_of(value) != "ptr")
        if verb not in "vsxXq":
            return False
        stringer = getattr(value, "go_string", None)
        if stringer is None:
            return False
        self._string(stringer(), verb)
        return True

    def _bad_verb(self, arg: Any, verb: str) -> None:
        self.erroring = True
        self.out.append(f"%!{verb}(")
        if arg is None:
            self.out.append("<nil>")
        else:
            self.out.append(f"{type_of(arg)}=")
            self._value(arg, "v", 0)
        self.out.append(")")
        self.erroring = False

    def _string(self, value: str, verb: str) -> None:
        if verb in "vs":
            if self.sharp_v:
                self._quoted(value)
            else:
                self._pad(self._truncate(value))
        elif verb in "xX":
            self._hexadecimal(value.encode("utf-8", "surrogateescape"), verb)
        elif verb == "q":
            self._quoted(value)
        else:
            self._bad_verb(value, verb)

    def _quoted(self, value: str) -> None:
        value = self._truncate(value)
        if self.sharp and can_backquote(value):
            self._pad(f"`{value}`")
        else:
            self._pad(quote(value, ascii_only=self.plus))

    def _hexadecimal(self, octets: bytes, verb: str) -> None:
        if self.precision is not None:
            octets = octets[: self.precision]
        if not octets:
            self._pad("")
            return
        prefix = "0" + verb if self.sharp else ""
        digits = [f"{octet:02x}" if verb == "x" else f"{octet:02X}" for octet in octets]
        if self.space:
            text = " ".join(prefix + pair for pair in digits)
        else:
            text = prefix + "".join(digits)
        self._pad(text)

    def _integer(self, value: int, verb: str) -> None:
        signed = not kind_of(value).startswith("u")
        if verb == "v" and self.sharp_v and not signed:
            self._go_hexadecimal(value)
        elif verb in "vd":
            self._digits(value, f"{abs(value):d}", 10, verb)
        elif verb == "b":
            self._digits(value, f"{abs(value):b}", 2, verb)
        elif verb in "oO":
            self._digits(value, f"{abs(value):o}", 8, verb)
        elif verb == "x":
            self._digits(value, f"{abs(value):x}", 16, verb)
        elif verb == "X":
            self._digits(value, f"{abs(value):X}", 16, verb)
        elif verb == "c":
            self._pad(_rune(value))
        elif verb == "q":
            self._pad(quote_rune(_rune(value), ascii_only=self.plus))
        elif verb == "U":
            self._unicode(value)
        else:
            self._bad_verb(value, verb)

    def _digits(self, value: int, digits: str, base: int, verb: str) -> None:
        least = 0
        if self.precision is not None:
            least = self.precision
            if least == 0 and value == 0:
                self.out.append(" " * (self.width or 0))
                return
        elif self.zero and not self.minus and self.width is not None:
            least = self.width - (value < 0 or self.plus or self.space)
        text = digits.rjust(least, "0")
        if self.sharp:
            if base == 2:
                text = "0b" + text
            elif base == 8:
                text = text if text[0] == "0" else "0" + text
            elif base == 16:
                text = "0" + ("X" if verb == "X" else "x") + text
        if verb == "O":
            text = "0o" + text
        sign = "-" if value < 0 else "+" if self.plus else " " if self.space else ""
        self._pad_with_spaces(sign + text)

    def _go_hexadecimal(self, value: int) -> None:
        sharp, self.sharp = self.sharp, True
        self._digits(value, f"{value:x}", 16, "v")
        self.sharp = sharp

    def _unicode(self, value: int) -> None:
        number = value % (1 << 64)
        text = "U+" + f"{number:X}".rjust(max(4, self.precision or 0), "0")
        if self.sharp and number <= 0x10FFFF and is_print(chr(number)):
            text += f" '{chr(number)}'"
        self._pad_with_spaces(text)

    def _float(self, value: float, verb: str) -> None:
        if verb == "v":
            shape, precision = "g", -1
        elif verb in "bgGxX":
            shape, precision = verb, -1
        elif verb in "feE":
            shape, precision = verb, 6
        elif verb == "F":
            shape, precision = "f", 6
        else:
            self._bad_verb(value, verb)
            return
        if self.precision is not None:
            precision = self.precision
        text = format_float(value, shape, precision)
        if text[0] not in "+-":
            text = "+" + text
        if self.space and text[0] == "+" and not self.plus:
            text = " " + text[1:]
        if text[1] in "IN":
            if text[1] == "N" and not self.space and not self.plus:
                text = text[1:]
            elif text[0] == "+" and not self.plus:
                text = text[1:] if text[1] == "N" else text
            self._pad_with_spaces(text)
            return
        if self.sharp and shape != "b":
            text = _with_point(text, shape, precision)
        if self.plus or text[0] != "+":
            if self.zero and not self.minus and self.width is not None and self.width > len(text):
                self.out.append(text[0] + text[1:].rjust(self.width - 1, "0"))
                return
            self._pad(text)
            return
        self._pad(text[1:])

    def _bytes(self, value: bytes, verb: str, depth: int) -> None:
        if verb == "s":
            self._pad(self._truncate(value.decode("utf-8", "surrogateescape")))
        elif verb in "xX":
            self._hexadecimal(value, verb)
        elif verb == "q":
            self._quoted(value.decode("utf-8", "surrogateescape"))
        elif verb in "vd" and self.sharp_v:
            self.out.append("[]byte{" if depth == 0 else "[]uint8{")
            for position, octet in enumerate(value):
                if position:
                    self.out.append(", ")
                self._go_hexadecimal(octet)
            self.out.append("}")
        else:
            self._sequence(value, verb, depth)

    def _map(self, value: dict[Any, Any], verb: str, depth: int) -> None:
        try:
            keys = sorted(value)
        except TypeError:
            keys = sorted(value, key=to_text)
        if self.sharp_v and is_nil(value):
            self.out.append(type_of(value) + "(nil)")
            return
        separator = ", " if self.sharp_v else " "
        self.out.append(type_of(value) + "{" if self.sharp_v else "map[")
        for position, key in enumerate(keys):
            if position:
                self.out.append(separator)
            self._value(key, verb, depth + 1)
            self.out.append(":")
            self._value(value[key], verb, depth + 1)
        self.out.append("}" if self.sharp_v else "]")

    def _sequence(self, value: Any, verb: str, depth: int) -> None:
        if self.sharp_v and is_nil(value):
            self.out.append(type_of(value) + "(nil)")
            return
        separator = ", " if self.sharp_v else " "
        self.out.append(type_of(value) + "{" if self.sharp_v else "[")
        for position, item in enumerate(elements(value)):
            if position:
                self.out.append(separator)
            self._value(item, verb, depth + 1)
        self.out.append("}" if self.sharp_v else "]")

    def _object(self, value: Object, verb: str, depth: int) -> None:
        if value.go_kind == "ptr":
            if depth > 0:
                self._pointer(value, verb)
                return
            self.out.append("&")
        if self.sharp_v:
            self.out.append(value.go_type.lstrip("*"))
        self.out.append("{")
        for position, name in enumerate(value.go_fields):
            if position:
                self.out.append(", " if self.sharp_v else " ")
            if self.plus_v or self.sharp_v:
                self.out.append(f"{name}:")
            self._value(getattr(value, name), verb, depth + 1)
        self.out.append("}")

    def _pointer(self, value: Any, verb: str) -> None:
        """Print an address; which one is as arbitrary as in Go."""
        if kind_of(value) not in {"map", "slice", "ptr", "func"} or verb not in "vpbodxX":
            self._bad_verb(value, verb)
        else:
            address = f"0xc{id(value) & 0xFFFFFFFFF:09x}"
            self._pad(f"({type_of(value)})({address})" if self.sharp_v else address)

    def _truncate(self, text: str) -> str:
        return text if self.precision is None else text[: self.precision]

    def _pad(self, text: str) -> None:
        if not self.width:
            self.out.append(text)
        elif self.minus:
            self.out.append(text.ljust(self.width))
        else:
            self.out.append(text.rjust(self.width, "0" if self.zero else " "))

    def _pad_with_spaces(self, text: str) -> None:
        if not self.width:
            self.out.append(text)
        elif self.minus:
            self.out.append(text.ljust(self.width))
        else:
            self.out.append(text.rjust(self.width))


def _number(template: str, at: int, end: int) -> tuple[int | None, int]:
    """Read digits; return their number (``None``: there were none, or too many) and where to read on."""
    if at >= end:
        return None, end
    number = 0
    start = at
    while at < end and "0" <= template[at] <= "9":
        if number > _TOO_LARGE:
            return None, end
        number = number * 10 + int(template[at])
        at += 1
    return (number if at > start else None), at


def _rune(value: int) -> str:
    value %= 1 << 64
    if value > 0x10FFFF or 0xD800 <= value <= 0xDFFF:
        return "\ufffd"
    return chr(value)


def _with_point(text: str, shape: str, precision: int) -> str:
    """Return a float's text with the decimal point and trailing zeros that ``#`` asks for."""
    digits = 0
    if shape in "gGxX":
        digits = 6 if precision == -1 else precision
    if shape == "X":
        digits = 0
    marks = "pP" if shape in "xX" else "eE"
    tail_at = next((at for at, char in enumerate(text) if char in marks), len(text))
    number, tail = text[:tail_at], text[tail_at:]
    seen_digit = False
    for char in number[1:]:
        if char == ".":
            continue
        seen_digit = seen_digit or char != "0"
        if seen_digit:
            digits -= 1
    if "." not in number:
        if len(number) == 2 and number[1] == "0":
            digits -= 1
        number += "."
    return number + "0" * max(digits, 0) + tail
