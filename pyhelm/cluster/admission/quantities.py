"""Resource quantities such as ``500m`` or ``1Gi``: their value and their canonical spelling (apimachinery's ``resource``)."""

from __future__ import annotations

import re
from decimal import ROUND_UP, Decimal
from functools import lru_cache

_PATTERN = re.compile(r"([+-]?)([0-9]+\.?[0-9]*|\.[0-9]+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?[0-9]+)?")
_BINARY = ("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei")
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_NANO = Decimal("1e-9")

MALFORMED = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


class QuantityError(ValueError):
    """Text that is no quantity."""

    def __init__(self) -> None:
        super().__init__(MALFORMED)


@lru_cache(maxsize=1024)
def parse(text: str) -> Decimal:
    """Return the value of a quantity, rounded up to a billionth; raises QuantityError."""
    return _split(text)[0]


@lru_cache(maxsize=1024)
def canonical(text: str) -> str:
    """Return a quantity as the API server spells it: no fraction, and the largest suffix that allows this."""
    value, form = _split(text)
    if not value:
        return "0"
    if form == "binary" and abs(value) >= 1024:
        number = int(value.to_integral_value(ROUND_UP))
        power = 0
        while power < len(_BINARY) - 1 and number % 1024 == 0:
            number //= 1024
            power += 1
        return f"{number}{_BINARY[power]}"
    # Binary spelling of less than 1024 becomes decimal.
    value = value.normalize()
    _, digits, power = value.as_tuple()
    number = int("".join(map(str, digits)))
    exponent = int(power)
    while exponent % 3:
        number *= 10
        exponent -= 1
    sign = "-" if value < 0 else ""
    if form == "exponent":
        return f"{sign}{number}e{exponent}" if exponent else f"{sign}{number}"
    for suffix, size in _DECIMAL.items():
        if size == exponent:
            return f"{sign}{number}{suffix}"
    while exponent > 18:
        number *= 10
        exponent -= 1
    return f"{sign}{number}E"


def _split(text: str) -> tuple[Decimal, str]:
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise QuantityError
    sign, number, suffix = found[1], found[2], found[3] or ""
    value = Decimal(number)
    form = "decimal"
    if suffix in _BINARY and suffix:
        form = "binary"
        value *= 1024 ** _BINARY.index(suffix)
    elif suffix in _DECIMAL:
        value = value.scaleb(_DECIMAL[suffix])
    else:
        form = "exponent"
        power = int(suffix[1:])
        value = value.scaleb(power)
    if value % _NANO:
        value = value.quantize(_NANO, rounding=ROUND_UP)
    return (-value if sign == "-" else value), form
