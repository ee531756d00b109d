"""Amounts of resources, such as ``500m`` CPU or ``1.5Gi`` of memory, as Kubernetes reads, compares and writes them.

Kept as whole billionths: Kubernetes rounds anything finer away from zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

NANO = 10**9

_PATTERN = re.compile(r"([+-]?)0*(\d*)(\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)", re.ASCII)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_DECIMAL_SUFFIX = {exponent: suffix for suffix, exponent in _DECIMAL.items()}
_BINARY_SUFFIX = {0: "", **{exponent: suffix for suffix, exponent in _BINARY.items()}}
_MAX_BINARY = (2**63 - 1) * NANO
_MAX_EXPONENT = 1000

_FORMAT_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"


class Format(StrEnum):
    """How a quantity was written, and is written again."""

    DECIMAL = "DecimalSI"
    BINARY = "BinarySI"
    EXPONENT = "DecimalExponent"


@dataclass(frozen=True, slots=True, order=False)
class Quantity:
    """An amount.

    Attributes:
        nanos: Billionths.
        format: How it is written.
        text: As it was given, where Kubernetes keeps that; empty for one that was computed or is written otherwise.
    """

    nanos: int
    format: Format = Format.DECIMAL
    text: str = ""

    def __str__(self) -> str:
        return self.text or _canonical(self.nanos, self.format)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.nanos == other.nanos

    def __hash__(self) -> int:
        return hash(self.nanos)

    def __lt__(self, other: Quantity) -> bool:
        return self.nanos < other.nanos

    def __le__(self, other: Quantity) -> bool:
        return self.nanos <= other.nanos

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.nanos + other.nanos, self.format if self.nanos else other.format)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.nanos - other.nanos, self.format if self.nanos else other.format)

    def __neg__(self) -> Quantity:
        return Quantity(-self.nanos, self.format)

    def __bool__(self) -> bool:
        return self.nanos != 0

    @property
    def value(self) -> int:
        """The amount as a whole number, rounded up (away from zero)."""
        return _divide_away(self.nanos, NANO)

    @property
    def milli(self) -> int:
        """The amount in thousandths, rounded up (away from zero)."""
        return _divide_away(self.nanos, NANO // 1000)


ZERO = Quantity(0)


def parse(value: str | float) -> Quantity:
    """Return the quantity that a manifest's text or number means (resource.ParseQuantity).

    Raises:
        ValueError: With Kubernetes' message.
    """
    text = value.strip() if isinstance(value, str) else _number_text(value)
    found = _PATTERN.fullmatch(text)
    if not text or found is None:
        raise ValueError(_FORMAT_MESSAGE)
    sign, number, _, denominator, suffix = found.groups()
    number, denominator = number or "0", denominator or ""
    base, exponent, form = _interpret(suffix)
    digits = number + denominator
    if base == 2:
        if exponent > 40 and not re.search(r"\d", text):
            message = "unable to parse numeric part of quantity"
            raise ValueError(message)
        scaled = int(digits) * 2**exponent * NANO
        nanos = _divide_away(scaled, 10 ** len(denominator))
        nanos = min(nanos, _MAX_BINARY)
        if 0 < nanos < NANO:
            form = Format.DECIMAL
    else:
        shift = exponent - len(denominator) + 9
        nanos = int(digits) * 10**shift if shift >= 0 else _divide_away(int(digits), 10**-shift)
    kept = text if _keeps_text(number, denominator, exponent, form) else ""
    return Quantity(-nanos if sign == "-" else nanos, form, kept)


def canonical(value: str | float) -> str:
    """Return a quantity as the API server stores it, such as ``1`` for ``1000m``; raises ValueError."""
    return str(parse(value))


@lru_cache(maxsize=512)
def milli(value: str | float) -> int:
    """Return an amount in thousandths, rounded up, as the scheduler adds them; 0 for what is no quantity."""
    try:
        return parse(value).milli
    except ValueError:
        return 0


def _interpret(suffix: str) -> tuple[int, int, Format]:
    if suffix in _DECIMAL:
        return 10, _DECIMAL[suffix], Format.DECIMAL
    if suffix in _BINARY:
        return 2, _BINARY[suffix], Format.BINARY
    if len(suffix) > 1 and suffix[0] in "eE" and re.fullmatch(r"[+-]?\d+", suffix[1:], re.ASCII):
        exponent = int(suffix[1:])
        if abs(exponent) <= _MAX_EXPONENT:
            return 10, exponent, Format.EXPONENT
    message = "unable to parse quantity's suffix"
    raise ValueError(message)


def _keeps_text(number: str, denominator: str, exponent: int, form: Format) -> bool:
    """Tell whether ParseQuantity keeps the text it was given: the fast path, on what it takes for canonical."""
    if form is Format.BINARY:
        precision = 15 - len(number) - exponent * 3 // 10 - 1
        return not denominator and precision >= 0 and bool(int(number) & 7)
    scale = exponent - len(denominator)
    digits = number + denominator
    if len(digits) > 18 or scale < -9:
        return False
    return scale % 3 == 0 and not digits.endswith("000") and digits[0] != "0"


def _canonical(nanos: int, form: Format) -> str:
    if nanos == 0:
        return "0"
    if form is Format.BINARY and abs(nanos) >= 1024 * NANO and nanos % NANO == 0:
        amount, exponent = nanos // NANO, 0
        while amount % 1024 == 0 and exponent < 60:
            amount //= 1024
            exponent += 10
        return f"{amount}{_BINARY_SUFFIX[exponent]}"
    amount, exponent = nanos, -9
    while amount % 10 == 0:
        amount //= 10
        exponent += 1
    amount, exponent = amount * 10 ** (exponent % 3), exponent - exponent % 3
    if form is Format.EXPONENT or exponent not in _DECIMAL_SUFFIX:
        return f"{amount}e{exponent}" if form is Format.EXPONENT and exponent else str(amount)
    return f"{amount}{_DECIMAL_SUFFIX[exponent]}"


def _number_text(value: float) -> str:
    """Return a JSON number as the decoder hands it on."""
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    return text.removesuffix(".0")


def _divide_away(number: int, divisor: int) -> int:
    return -(-number // divisor) if number >= 0 else number // divisor
