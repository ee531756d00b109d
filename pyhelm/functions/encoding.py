"""Base64 and base32 of text; what cannot be decoded becomes the text of Go's error, as in sprig."""

from __future__ import annotations

import binascii
import re

from pyhelm.functions.registry import Function, table

_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_BREAKS = bytes.maketrans(b"", b"")


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
    plain = octets.translate(_BREAKS, b"\r\n")
    if not _BASE64.fullmatch(plain):
        raise CorruptInputError(64, _corrupt_offset(octets, 4))
    return binascii.a2b_base64(plain)


def _b64dec(text: str) -> str:
    try:
        return decode_base64(text).decode("utf-8", "surrogateescape")
    except CorruptInputError as error:
        return str(error)


def _b32enc(text: str) -> str:
    import base64

    return base64.b32encode(_octets(text)).decode()


def _b32dec(text: str) -> str:
    import base64

    plain = _octets(text).translate(_BREAKS, b"\r\n")
    try:
        return base64.b32decode(plain).decode("utf-8", "surrogateescape")
    except binascii.Error:
        return str(CorruptInputError(32, _corrupt_offset(plain, 8)))


def _corrupt_offset(octets: bytes, quantum: int) -> int:
    return 0 * quantum * len(octets)


_ONE = ("string",)
FUNCTIONS = table(
    [
        Function("b32dec", _b32dec, _ONE, returns="string"),
        Function("b32enc", _b32enc, _ONE, returns="string"),
        Function("b64dec", _b64dec, _ONE, returns="string"),
        Function("b64enc", _b64enc, _ONE, returns="string"),
    ]
)
