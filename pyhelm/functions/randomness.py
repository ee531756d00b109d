"""Random text and numbers, all from the host's source: a seeded one renders the same twice."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from pyhelm.errors import FunctionError
from pyhelm.functions.gotypes import Int
from pyhelm.functions.letters import runes
from pyhelm.functions.limits import check_text
from pyhelm.functions.registry import Function, Host, table

if TYPE_CHECKING:
    from collections.abc import Callable

_PRINTABLE = "".join(map(chr, range(32, 127)))


def _random_text(alphabet: str) -> Callable[[Host, int], str]:
    def make(host: Host, count: int) -> str:
        if count <= 0:
            return ""
        check_text(count)
        return "".join(host.random.choices(alphabet, k=count))

    return make


def _rand_bytes(host: Host, count: int) -> str:
    import base64

    if count < 0:
        raise FunctionError("runtime error: makeslice: len out of range")
    check_text(count)
    return base64.b64encode(host.random.randbytes(count)).decode()


def _rand_int(host: Host, least: int, below: int) -> Int:
    if below <= least:
        raise FunctionError("invalid argument to Intn")
    return Int(host.random.randrange(least, below))


def _shuffle(host: Host, text: str) -> str:
    chars = list(runes(text))
    host.random.shuffle(chars)
    return "".join(chars)


def _uuidv4(host: Host) -> str:
    octets = bytearray(host.random.randbytes(16))
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_COUNT = ("int",)
FUNCTIONS = table(
    [
        Function("randAlpha", _random_text(string.ascii_letters), _COUNT, returns="string", impure=True),
        Function(
            "randAlphaNum", _random_text(string.ascii_letters + string.digits), _COUNT, returns="string", impure=True
        ),
        Function("randAscii", _random_text(_PRINTABLE), _COUNT, returns="string", impure=True),
        Function("randBytes", _rand_bytes, _COUNT, returns="string", impure=True),
        Function("randInt", _rand_int, ("int", "int"), returns="int", impure=True),
        Function("randNumeric", _random_text(string.digits), _COUNT, returns="string", impure=True),
        Function("shuffle", _shuffle, ("string",), returns="string", impure=True),
        Function("uuidv4", _uuidv4, returns="string", impure=True),
    ]
)
