"""Functions on text. Lengths and positions count bytes, as in Go."""

from __future__ import annotations

from typing import Any

from pyhelm.errors import FunctionError
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.goquote import quote as go_quote
from pyhelm.functions.goruntime import from_bytes, slice_text, to_bytes
from pyhelm.functions.gotypes import StringMap, Strings, elements, is_slice
from pyhelm.functions.letters import (
    SPACE,
    category,
    is_letter,
    is_lower,
    is_space,
    is_upper,
    lower_text,
    runes,
    to_lower,
    to_title,
    to_upper,
    upper_text,
)
from pyhelm.functions.limits import check_text
from pyhelm.functions.registry import Function, table


def strval(value: Any) -> str:
    """Return the text of any value: bytes as they are, all else as ``%v`` prints it (sprig's ``strval``)."""
    if type(value) is str:
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return to_text(value)


def strslice(value: Any) -> Strings:
    """Return a list's elements as text, without nils; of anything else, a list with its text (sprig's ``strslice``).

    A ``[]string`` is returned itself, not a copy.
    """
    if isinstance(value, Strings):
        return value
    if is_slice(value):
        return Strings([strval(item) for item in elements(value) if item is not None])
    return Strings() if value is None else Strings([strval(value)])


# --- quoting and joining --------------------------------------------------------------------------------------------


def _quote(*values: Any) -> str:
    if len(values) == 1 and type(values[0]) is str:
        return go_quote(values[0])
    return " ".join([go_quote(strval(value)) for value in values if value is not None])


def _squote(*values: Any) -> str:
    return " ".join([f"'{to_text(value)}'" for value in values if value is not None])


def _cat(*values: Any) -> str:
    return _bounded(" ".join([to_text(value) for value in values if value is not None]))


def _join(separator: str, value: Any) -> str:
    parts = strslice(value)
    check_text(len(separator) * len(parts))
    return _bounded(separator.join(parts))


def _bounded(text: str) -> str:
    check_text(len(text))
    return text


# --- cutting --------------------------------------------------------------------------------------------------------


def _trunc(length: int, text: str) -> str:
    if text.isascii():
        if length >= 0:
            return text[:length]
        return text[length:] if len(text) + length > 0 else text
    octets = to_bytes(text)
    if length >= 0:
        return from_bytes(octets[:length])
    return from_bytes(octets[length:]) if len(octets) + length > 0 else text


def _substr(start: int, end: int, text: str) -> str:
    octets = text if text.isascii() else to_bytes(text)
    if start < 0:
        cut = slice_text(octets, None, end)
    elif end < 0 or end > len(octets):
        cut = slice_text(octets, start, None)
    else:
        cut = slice_text(octets, start, end)
    return cut if octets is text else from_bytes(cut)


def _trim(text: str) -> str:
    return text.strip(SPACE)


def _trim_all(cutset: str, text: str) -> str:
    if not cutset:
        return text
    return text.strip(cutset)


def _trim_suffix(suffix: str, text: str) -> str:
    return text.removesuffix(suffix)


def _trim_prefix(prefix: str, text: str) -> str:
    return text.removeprefix(prefix)


def _abbrev(width: int, text: str) -> str:
    return text if width < 4 else _abbreviate(text, 0, width)


def _abbrevboth(left: int, right: int, text: str) -> str:
    return text if right < 4 or (left > 0 and right < 7) else _abbreviate(text, left, right)


def _abbreviate(text: str, offset: int, width: int) -> str:
    """Return at most ``width`` bytes of ``text``, dots for what is cut (goutils' ``AbbreviateFull``)."""
    octets = to_bytes(text)
    length = len(octets)
    if length <= width:
        return text
    keep = width - 3
    offset = min(offset, length)
    if length - offset < keep:
        offset = length - keep
    if offset <= 4:
        return from_bytes(octets[:keep] + "...")
    if width < 7:
        return ""
    if offset + keep < length:
        # goutils gives up, with nothing, on an inner part of fewer than 4 bytes
        return "..." + _abbreviate(from_bytes(slice_text(octets, offset, None)), 0, keep) if keep >= 4 else "..."
    return from_bytes("..." + octets[length - keep :])


def _nospace(text: str) -> str:
    # goutils looks at bytes: one that is a space in Latin-1 counts, and then the others become Latin-1 characters.
    octets = to_bytes(text)
    kept = "".join([char for char in octets if not is_space(char)])
    return text if len(kept) == len(octets) else kept


def _initials(text: str) -> str:
    out = []
    after_gap = True
    for char in to_bytes(text):  # bytes as characters, as in goutils
        if is_space(char):
            after_gap = True
        elif after_gap:
            out.append(char)
            after_gap = False
    return "".join(out)


# --- splitting ------------------------------------------------------------------------------------------------------


def _split_list(separator: str, text: str) -> Strings:
    return Strings(text.split(separator) if separator else list(text))


def _split(separator: str, text: str) -> StringMap:
    return _numbered(_split_list(separator, text))


def _splitn(separator: str, count: int, text: str) -> StringMap:
    if count == 0:
        return StringMap()
    if count < 0:
        return _split(separator, text)
    if separator:
        return _numbered(text.split(separator, count - 1))
    return _numbered([*text[: count - 1], text[count - 1 :]] if len(text) > count else list(text))


def _numbered(parts: list[str]) -> StringMap:
    return StringMap({f"_{position}": part for position, part in enumerate(parts)})


def _sort_alpha(value: Any) -> Strings:
    if not is_slice(value):
        return Strings([strval(value)])
    texts = strslice(value)
    texts.sort()  # a []string is sorted in place, as in sprig
    return texts


# --- searching and replacing ----------------------------------------------------------------------------------------


def _contains(part: str, text: str) -> bool:
    return part in text


def _has_prefix(prefix: str, text: str) -> bool:
    return text.startswith(prefix)


def _has_suffix(suffix: str, text: str) -> bool:
    return text.endswith(suffix)


def _replace(old: str, new: str, text: str) -> str:
    if len(new) > len(old) and len(new) * (len(text) + 1) > 1_000_000:
        check_text(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _plural(one: str, many: str, count: int) -> str:
    return one if count == 1 else many


# --- layout ---------------------------------------------------------------------------------------------------------


def _repeat(count: int, text: str) -> str:
    if count < 0:
        raise FunctionError("strings: negative Repeat count")
    check_text(count * len(text))
    return text * count


def _indent(spaces: int, text: str) -> str:
    pad = _pad(spaces, text)
    return pad + text.replace("\n", "\n" + pad)


def _nindent(spaces: int, text: str) -> str:
    pad = "\n" + _pad(spaces, text)
    return pad + text.replace("\n", pad)


def _pad(spaces: int, text: str) -> str:
    if spaces < 0:
        raise FunctionError("strings: negative Repeat count")
    if spaces > 100:
        check_text(spaces * (text.count("\n") + 1))
    return " " * spaces


def _wrap(width: int, text: str) -> str:
    return _wrap_words(width, "\n", text, cut_long_words=False)


def _wrap_with(width: int, separator: str, text: str) -> str:
    return _wrap_words(width, separator or "\n", text, cut_long_words=True)


def _wrap_words(width: int, separator: str, text: str, *, cut_long_words: bool) -> str:
    """Return ``text`` in lines of at most ``width`` bytes, broken at spaces (goutils' ``WrapCustom``)."""
    octets = to_bytes(text)
    separator = to_bytes(separator)
    width = max(width, 1)
    length = len(octets)
    check_text((length // width + 1) * len(separator))
    out: list[str] = []
    at = 0
    while length - at > width:
        if octets[at] == " ":
            at += 1
            continue
        space = octets.rfind(" ", at, at + width + 1)
        if space < 0 and not cut_long_words:
            space = octets.find(" ", at + width)
            if space < 0:
                break
        if space >= 0:
            out += (octets[at:space], separator)
            at = space + 1
        else:
            out += (octets[at : at + width], separator)
            at += width
    out.append(octets[at:])
    return from_bytes("".join(out))


# --- case -----------------------------------------------------------------------------------------------------------


def _title(text: str) -> str:
    out = []
    before = " "
    for char in runes(text):
        out.append(to_title(char) if _separates(before) else char)
        before = char
    return "".join(out)


def _separates(char: str) -> bool:
    """Return whether a word may begin after ``char`` (Go's deprecated ``strings.Title``)."""
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return is_space(char)


def _untitle(text: str) -> str:
    out = []
    begins = True
    for char in runes(text):
        if is_space(char):
            begins = True
        elif begins:
            char = to_lower(char)  # noqa: PLW2901
            begins = False
        out.append(char)
    return "".join(out)


def _swapcase(text: str) -> str:
    """Return upper case lowered and lower case raised; a lower-case letter that begins a word gets title case."""
    out = []
    begins = True
    for char in runes(text):
        if is_upper(char) or category(char) == "Lt":
            out.append(to_lower(char))
            begins = False
        elif is_lower(char):
            out.append(to_title(char) if begins else to_upper(char))
            begins = False
        else:
            out.append(char)
            begins = is_space(char)
    return "".join(out)


def _connects(char: str) -> bool:
    return char in "-_" or is_space(char)


def _camelcase(text: str) -> str:
    """Return words joined, each with a capital first letter (xstrings' ``ToPascalCase``)."""
    text = runes(text)
    body = text.lstrip("-_" + SPACE)
    leading = text[: len(text) - len(body)]
    if not body:
        return leading + leading[-1:]  # xstrings writes the last one twice
    out = [leading]
    in_capitals = is_upper(body[0])
    current = to_upper(body[0])
    for char in body[1:]:
        before, current = current, char
        if _connects(char) and _connects(before):
            out.append(before)
        elif _connects(before):
            in_capitals = is_upper(char)
            current = to_upper(char)
        else:
            if in_capitals:
                in_capitals = is_upper(char)
                current = to_lower(char) if in_capitals else char
            out.append(before)
    out.append(current)
    return "".join(out)


def _snakecase(text: str) -> str:
    return _join_words(text, "_")


def _kebabcase(text: str) -> str:
    return _join_words(text, "-")


_INVALID, _NUMBER, _UPPER, _LETTERS, _CONNECTOR, _PUNCTUATION, _OTHER = range(7)


def _join_words(text: str, connector: str) -> str:
    """Return the words of ``text`` in lower case with ``connector`` between (xstrings' ``ToSnakeCase``).

    Digits stick to the letters after them (``http2xx`` is ``http_2xx``) or else to the word before (``Bld4Floor`` is
    ``bld4_floor``).
    """
    words = _words(text)
    if not words:
        return ""
    words.append((_INVALID, ""))  # the end
    out: list[str] = []

    def emit(kind: int, word: str) -> None:
        if kind in {_UPPER, _CONNECTOR}:
            word = "".join(
                [connector if _connects(char) else to_lower(char) if is_upper(char) else char for char in word]
            )
        out.append(word)

    def emit_letters_and_numbers(at: int) -> int:
        while words[at][0] in {_LETTERS, _NUMBER}:
            emit(*words[at])
            at += 1
        return at

    def connect(following: int, *, at_end: bool = False) -> None:
        if following not in {_PUNCTUATION, _CONNECTOR} and (at_end or following != _INVALID):
            out.append(connector)

    at = 0
    end = len(words) - 1
    while at + 1 < end:
        kind, word = words[at]
        if kind != _CONNECTOR:
            emit(kind, word)
        at += 1
        if kind == _NUMBER:
            at = emit_letters_and_numbers(at)
            connect(words[at][0])
        elif kind == _CONNECTOR:
            emit(kind, word)
        elif kind == _PUNCTUATION:
            pass
        elif words[at][0] != _NUMBER:
            connect(words[at][0], at_end=True)
        elif at + 1 < end:
            number = words[at][1]
            at += 1
            if words[at][0] != _LETTERS:
                emit(_NUMBER, number)
                connect(words[at][0], at_end=True)
            else:
                out.append(connector)
                emit(_NUMBER, number)
                at = emit_letters_and_numbers(at)
                connect(words[at][0])
    if at < end:
        emit(*words[at])
    return "".join(out)


def _words(text: str) -> list[tuple[int, str]]:
    """Return runs of characters of one kind; of capitals before a small letter, the last belongs to what follows."""
    kinds = _kinds(text)
    words = []
    at = 0
    end = len(text)
    while at < end:
        start = at
        kind = kinds[at]
        at += 1
        if kind == _UPPER and at < end and kinds[at] == _UPPER:
            while at < end and kinds[at] == _UPPER:
                at += 1
            if at < end and kinds[at] == _LETTERS:
                at -= 1
        elif kind in {_UPPER, _LETTERS}:
            while at < end and kinds[at] == _LETTERS:
                at += 1
        else:
            while at < end and kinds[at] == kind:
                at += 1
        words.append((kind, text[start:at]))
    return words


def _kinds(text: str) -> list[int]:
    """Return the kind of each character; a byte that is no UTF-8 has that of the character after it, or before."""
    kinds = [_kind(char) for char in text]
    if _INVALID in kinds:
        for order in (range(len(kinds) - 2, -1, -1), range(1, len(kinds))):
            for at in order:
                if kinds[at] == _INVALID:
                    kinds[at] = kinds[at + 1] if order.step < 0 else kinds[at - 1]
    return kinds


def _kind(char: str) -> int:
    if _connects(char):
        return _CONNECTOR
    kind = category(char)
    if kind[0] == "P":
        return _PUNCTUATION
    if kind == "Lu":
        return _UPPER
    if is_letter(char):
        return _OTHER if _is_ideograph(char) else _LETTERS
    if kind[0] == "N":
        return _NUMBER
    return _INVALID if kind == "Cs" else _OTHER


def _is_ideograph(char: str) -> bool:
    """Tell the CJK ideographs that xstrings does not take for letters."""
    return "\u3400" <= char <= "\u4d85" or "\u4e00" <= char <= "\u9fcc" or "\U00020000" <= char <= "\U0002b81d"


def _hello() -> str:
    return "Hello!"


_TWO = ("string", "string")
FUNCTIONS = table(
    [
        Function("abbrev", _abbrev, ("int", "string"), returns="string"),
        Function("abbrevboth", _abbrevboth, ("int", "int", "string"), returns="string"),
        Function("camelcase", _camelcase, ("string",), returns="string"),
        Function("cat", _cat, ("any",), variadic=True, returns="string"),
        Function("contains", _contains, _TWO, returns="bool"),
        Function("hasPrefix", _has_prefix, _TWO, returns="bool"),
        Function("hasSuffix", _has_suffix, _TWO, returns="bool"),
        Function("hello", _hello, returns="string"),
        Function("indent", _indent, ("int", "string"), returns="string"),
        Function("initials", _initials, ("string",), returns="string"),
        Function("join", _join, ("string", "any"), returns="string"),
        Function("kebabcase", _kebabcase, ("string",), returns="string"),
        Function("lower", lower_text, ("string",), returns="string"),
        Function("nindent", _nindent, ("int", "string"), returns="string"),
        Function("nospace", _nospace, ("string",), returns="string"),
        Function("plural", _plural, ("string", "string", "int"), returns="string"),
        Function("quote", _quote, ("any",), variadic=True, returns="string"),
        Function("repeat", _repeat, ("int", "string"), returns="string"),
        Function("replace", _replace, ("string", "string", "string"), returns="string"),
        Function("snakecase", _snakecase, ("string",), returns="string"),
        Function("sortAlpha", _sort_alpha, ("any",), returns="[]string"),
        Function("split", _split, _TWO, returns="map[string]string"),
        Function("splitList", _split_list, _TWO, returns="[]string"),
        Function("splitn", _splitn, ("string", "int", "string"), returns="map[string]string"),
        Function("squote", _squote, ("any",), variadic=True, returns="string"),
        Function("substr", _substr, ("int", "int", "string"), returns="string"),
        Function("swapcase", _swapcase, ("string",), returns="string"),
        Function("title", _title, ("string",), returns="string"),
        Function("toString", strval, ("any",), returns="string"),
        Function("toStrings", strslice, ("any",), returns="[]string"),
        Function("trim", _trim, ("string",), returns="string"),
        Function("trimAll", _trim_all, _TWO, returns="string"),
        Function("trimPrefix", _trim_prefix, _TWO, returns="string"),
        Function("trimSuffix", _trim_suffix, _TWO, returns="string"),
        Function("trimall", _trim_all, _TWO, returns="string"),
        Function("trunc", _trunc, ("int", "string"), returns="string"),
        Function("untitle", _untitle, ("string",), returns="string"),
        Function("upper", upper_text, ("string",), returns="string"),
        Function("wrap", _wrap, ("int", "string"), returns="string"),
        Function("wrapWith", _wrap_with, ("int", "string", "string"), returns="string"),
    ]
)
