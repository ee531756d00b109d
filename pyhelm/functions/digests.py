"""Checksums of text, in hexadecimal (Adler-32: in decimal)."""

from __future__ import annotations

import hashlib
import zlib

from pyhelm.functions.registry import Function, table


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _sha1sum(text: str) -> str:
    return hashlib.sha1(_octets(text), usedforsecurity=False).hexdigest()


def _sha256sum(text: str) -> str:
    return hashlib.sha256(_octets(text)).hexdigest()


def _sha512sum(text: str) -> str:
    return hashlib.sha512(_octets(text)).hexdigest()


def _adler32sum(text: str) -> str:
    return str(zlib.adler32(_octets(text)))


FUNCTIONS = table(
    [
        Function("adler32sum", _adler32sum, ("string",), returns="string"),
        Function("sha1sum", _sha1sum, ("string",), returns="string"),
        Function("sha256sum", _sha256sum, ("string",), returns="string"),
        Function("sha512sum", _sha512sum, ("string",), returns="string"),
    ]
)
