"""Resource quantities as the scheduler adds them up (resource.Quantity): ``250m``, ``1.5``, ``64Mi``, ``1e3``."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import Any

_FORM = re.compile(r"([+-]?[0-9.]+)([eE][+-]?[0-9]+|[numkMGTPE]|[KMGTPE]i)?")
_SUFFIXES = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "k": Fraction(1000),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "T": Fraction(10**12),
    "P": Fraction(10**15),
    "E": Fraction(10**18),
    "Ki": Fraction(2**10),
    "Mi": Fraction(2**20),
    "Gi": Fraction(2**30),
    "Ti": Fraction(2**40),
    "Pi": Fraction(2**50),
    "Ei": Fraction(2**60),
}


def milli(value: Any) -> int:
    """Return a quantity in thousandths, rounded up; what is malformed counts as 0."""
    return _milli(str(value))


@lru_cache(maxsize=512)
def _milli(text: str) -> int:
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return 0
    try:
        number = Fraction(found[1])
    except ValueError:
        return 0
    suffix = found[2] or ""
    if suffix[:1] in {"e", "E"} and len(suffix) > 1 and suffix != "Ei":
        number *= Fraction(10) ** int(suffix[1:])
    elif suffix:
        number *= _SUFFIXES[suffix]
    return -int(-number * 1000 // 1)
