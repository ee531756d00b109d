"""Base64 and base32 of text; what cannot be decoded becomes the text of Go's error, as in sprig."""

from __future__ import annotations

import binascii
import re

from pyhelm.functions.registry import Function, table

_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BASE64_DIGITS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_BASE32_DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAD = ord("=")


class CorruptInputError(ValueError):
    """Text that is not in the encoding; ``offset`` is where Go stopped."""

    def __init__(self, base: int, offset: int) -> None:
        super().__init__(base, offset)
        self.base = base
        self.offset = offset

    def __str__(self) -> str:
        return f"illegal base{self.base} data at input byte {self.offset}"


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _b64enc(text: str) -> str:
    return binascii.b2a_base64(_octets(text), newline=False).decode()


def decode_base64(text: str) -> bytes:
    """Return the bytes that ``text`` encodes in standard base64; line breaks in it do not count.

    Raises:
        CorruptInputError: It is no base64.
    """
    octets = _octets(text)
    plain = octets.translate(None, b"\r\n")
    if not _BASE64.fullmatch(plain):
        raise CorruptInputError(64, _base64_error(octets))
    return binascii.a2b_base64(plain)


def _base64_error(octets: bytes) -> int:
    """Return where Go's decoder stops: at the wrong byte, or at the start of a group that is not whole."""
    in_group = 0
    for at, octet in enumerate(octets):
        if octet in b"\r\n":
            continue
        if octet in _BASE64_DIGITS:
            in_group = (in_group + 1) % 4
            continue
        if octet != _PAD or in_group < 2:
            return at
        rest = [(place, after) for place, after in enumerate(octets[at + 1 :], at + 1) if after not in b"\r\n"]
        if in_group == 2:
            if not rest:
                return len(octets)
            place, after = rest.pop(0)
            if after != _PAD:
                return place
        return rest[0][0] if rest else len(octets)
    return len(octets) - in_group


def _b64dec(text: str) -> str:
    try:
        return decode_base64(text).decode("utf-8", "surrogateescape")
    except CorruptInputError as error:
        return str(error)


def _b32enc(text: str) -> str:
    import base64

    return base64.b32encode(_octets(text)).decode()


def _b32dec(text: str) -> str:
    try:
        return _decode_base32(_octets(text).translate(None, b"\r\n")).decode("utf-8", "surrogateescape")
    except CorruptInputError as error:
        return str(error)


def _decode_base32(octets: bytes) -> bytes:
    """Return the bytes that ``octets`` encode; as in Go, nobody looks at what follows the last padding."""
    out = bytearray()
    length = len(octets)
    for start in range(0, length, 8):
        group = octets[start : start + 8]
        bits = 0
        for place, octet in enumerate(group):
            after = length - start - place - 1
            if octet == _PAD and place >= 2 and after < 8:
                _check_base32_padding(octets, start, place)
                out += (bits << (40 - 5 * place)).to_bytes(5, "big")[: place * 5 // 8]
                return bytes(out)
            digit = _BASE32_DIGITS.find(octet)
            if digit < 0:
                raise CorruptInputError(32, start + place)
            bits = bits << 5 | digit
        if len(group) < 8:
            raise CorruptInputError(32, start)
        out += bits.to_bytes(5, "big")
    return bytes(out)


def _check_base32_padding(octets: bytes, start: int, place: int) -> None:
    at = start + place
    after = octets[at + 1 :]
    if len(after) + place < 7:
        raise CorruptInputError(32, len(octets))
    for offset in range(7 - place):
        if after[offset] != _PAD:
            raise CorruptInputError(32, at + offset)
    if place in {1, 3, 6}:
        raise CorruptInputError(32, at)


_ONE = ("string",)
FUNCTIONS = table(
    [
        Function("b32dec", _b32dec, _ONE, returns="string"),
        Function("b32enc", _b32enc, _ONE, returns="string"),
        Function("b64dec", _b64dec, _ONE, returns="string"),
        Function("b64enc", _b64enc, _ONE, returns="string"),
    ]
)
