"""Resource quantities as the scheduler adds them up (resource.Quantity): ``250m``, ``1.5``, ``64Mi``, ``1e3``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_FORM = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?")
_TENS = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_TWOS = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def milli(value: Any) -> int:
    """Return a quantity in thousandths, rounded up; what is malformed counts as 0."""
    return _milli(str(value).strip())


@lru_cache(maxsize=512)
def _milli(text: str) -> int:
    found = _FORM.fullmatch(text)
    if found is None:
        return 0
    sign, whole, fraction, exponent, suffix = found.groups(default="")
    digits = whole + fraction
    if not digits:
        return 0
    number = int(digits) << _TWOS.get(suffix, 0)
    power: int = 3 - len(fraction) + (int(exponent) if exponent else _TENS.get(suffix, 0))
    factor: int = 10 ** abs(power)
    # Rounded away from zero, as Quantity.MilliValue does.
    amount = number * factor if power >= 0 else -(-number // factor)
    return -amount if sign == "-" else amount
