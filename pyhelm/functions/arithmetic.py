"""Arithmetic: int64 that wraps around, float64, and decimal fractions where sprig uses them (``addf``…)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.casts import to_float64, to_int64
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gonumbers import NumberSyntaxError, parse_int, saturated_int, text_of_float
from pyhelm.functions.gotypes import Int, Ints, wrap_int64
from pyhelm.functions.limits import check_list
from pyhelm.functions.registry import Function, table

if TYPE_CHECKING:
    from collections.abc import Callable

# --- int64 ----------------------------------------------------------------------------------------------------------


def _add(*values: Any) -> int:
    return wrap_int64(sum([to_int64(value) for value in values]))


def _add1(value: Any) -> int:
    return wrap_int64(to_int64(value) + 1)


def _sub(left: Any, right: Any) -> int:
    return wrap_int64(to_int64(left) - to_int64(right))


def _mul(first: Any, *others: Any) -> int:
    product = int(to_int64(first))
    for other in others:
        product = wrap_int64(product * to_int64(other))
    return product


def _div(left: Any, right: Any) -> int:
    dividend, divisor = int(to_int64(left)), to_int64(right)
    if divisor == 0:
        raise FunctionError("runtime error: integer divide by zero")
    quotient = abs(dividend) // abs(divisor)
    return wrap_int64(quotient if (dividend < 0) == (divisor < 0) else -quotient)


def _mod(left: Any, right: Any) -> int:
    dividend, divisor = int(to_int64(left)), to_int64(right)
    if divisor == 0:
        raise FunctionError("runtime error: integer divide by zero")
    rest = abs(dividend) % abs(divisor)
    return -rest if dividend < 0 else rest


def _max(first: Any, *others: Any) -> int:
    return int(max([to_int64(first), *map(to_int64, others)]))


def _min(first: Any, *others: Any) -> int:
    return int(min([to_int64(first), *map(to_int64, others)]))


def _int(value: Any) -> Int:
    return Int(to_int64(value))


def _int64(value: Any) -> int:
    return int(to_int64(value))


def _atoi(text: str) -> Int:
    return Int(saturated_int(text))


def _to_decimal(value: Any) -> int:
    try:
        return parse_int(to_text(value), 8)
    except NumberSyntaxError:
        return 0


# --- sequences ------------------------------------------------------------------------------------------------------


def _until(count: int) -> Ints:
    return _until_step(0, count, -1 if count < 0 else 1)


def _until_step(start: int, stop: int, step: int) -> Ints:
    if step == 0 or (stop < start) != (step < 0):
        return Ints()
    numbers = range(start, stop, step)
    check_list(abs(stop - start) // abs(step))
    return Ints(map(Int, numbers))


def _seq(*numbers: int) -> str:
    if len(numbers) == 1:
        start, step, end = 1, 0, numbers[0]
    elif len(numbers) == 2:
        start, step, end = numbers[0], 0, numbers[1]
    elif len(numbers) == 3:
        start, step, end = numbers
        if end < start and step > 0:
            return ""
        if step == 0:
            return ""
    else:
        return ""
    towards = -1 if end < start else 1
    return " ".join([int.__repr__(number) for number in _until_step(start, end + towards, step or towards)])


# --- float64 --------------------------------------------------------------------------------------------------------


def _floor(value: Any) -> float:
    return _floor_float(to_float64(value))


def _ceil(value: Any) -> float:
    return -_floor_float(-to_float64(value))


def _floor_float(number: float) -> float:
    if not math.isfinite(number) or number == 0:
        return number
    return float(math.floor(number))


def _round(value: Any, places: int, *threshold: float) -> float:
    """Return sprig's rounding: up from a fraction of ``threshold`` (0.5); a negative number always down."""
    up_from = threshold[0] if threshold else 0.5
    power = _power_of_ten(places)
    shifted = power * to_float64(value)
    fraction = math.modf(shifted)[0] if math.isfinite(shifted) else math.nan
    whole = -_floor_float(-shifted) if fraction >= up_from else _floor_float(shifted)
    if power == 0:
        return math.nan if whole == 0 or math.isnan(whole) else math.copysign(math.inf, whole)
    return whole / power


def _power_of_ten(places: int) -> float:
    try:
        return 10.0**places
    except OverflowError:
        return math.inf


def _maxf(first: Any, *others: Any) -> float:
    return _extreme(first, others, max, 1.0)


def _minf(first: Any, *others: Any) -> float:
    return _extreme(first, others, min, -1.0)


def _extreme(first: Any, others: tuple[Any, ...], choose: Callable[..., float], sign: float) -> float:
    """Return Go's ``math.Max`` or ``math.Min``: infinity on that side beats NaN, which beats all else."""
    best = to_float64(first)
    for other in others:
        number = to_float64(other)
        if math.inf * sign in {best, number}:
            best = math.inf * sign
        elif math.isnan(best) or math.isnan(number):
            best = math.nan
        elif best == 0 == number:
            best = best if math.copysign(1.0, best) == sign else number
        else:
            best = choose(best, number)
    return best


# --- decimal fractions ----------------------------------------------------------------------------------------------

_Decimal = tuple[int, int]  # coefficient and exponent of 10
_DIVISION_PLACES = 16


def _addf(*values: Any) -> float:
    return _decimal_fold(0.0, values, _decimal_sum)


def _add1f(value: Any) -> float:
    return _decimal_fold(value, (1.0,), _decimal_sum)


def _subf(first: Any, *others: Any) -> float:
    return _decimal_fold(first, others, lambda one, other: _decimal_sum(one, (-other[0], other[1])))


def _mulf(first: Any, *others: Any) -> float:
    return _decimal_fold(first, others, lambda one, other: (one[0] * other[0], one[1] + other[1]))


def _divf(first: Any, *others: Any) -> float:
    return _decimal_fold(first, others, _decimal_quotient)


def _decimal_fold(first: Any, others: tuple[Any, ...], operation: Callable[[_Decimal, _Decimal], _Decimal]) -> float:
    result = _to_decimal_fraction(to_float64(first))
    for other in others:
        result = operation(result, _to_decimal_fraction(to_float64(other)))
    coefficient, exponent = result
    try:
        return coefficient / 10**-exponent if exponent < 0 else float(coefficient * 10**exponent)
    except OverflowError:
        return math.copysign(math.inf, coefficient)


def _to_decimal_fraction(number: float) -> _Decimal:
    """Return the shortest decimal fraction that is ``number``."""
    if not math.isfinite(number):
        raise FunctionError(f"Cannot create a Decimal from {text_of_float(number)}")
    mantissa, _, exponent = repr(number).partition("e")
    whole, _, fraction = mantissa.partition(".")
    if fraction == "0":
        fraction = ""
    return int(whole + fraction), int(exponent or 0) - len(fraction)


def _decimal_sum(one: _Decimal, other: _Decimal) -> _Decimal:
    exponent = min(one[1], other[1])
    return one[0] * 10 ** (one[1] - exponent) + other[0] * 10 ** (other[1] - exponent), exponent


def _decimal_quotient(one: _Decimal, other: _Decimal) -> _Decimal:
    """Return the quotient to 16 places, halves away from zero (shopspring's ``Decimal.Div``)."""
    if other[0] == 0:
        raise FunctionError("decimal division by 0")
    shift = one[1] - other[1] + _DIVISION_PLACES
    numerator = abs(one[0]) * 10 ** max(shift, 0)
    denominator = abs(other[0]) * 10 ** max(-shift, 0)
    quotient = (2 * numerator + denominator) // (2 * denominator)
    return (quotient if (one[0] < 0) == (other[0] < 0) else -quotient), -_DIVISION_PLACES


_ANY = ("any",)
_FIRST_AND_OTHERS = ("any", "any")
FUNCTIONS = table(
    [
        Function("add", _add, _ANY, variadic=True, returns="int64"),
        Function("add1", _add1, _ANY, returns="int64"),
        Function("add1f", _add1f, _ANY, returns="float64"),
        Function("addf", _addf, _ANY, variadic=True, returns="float64"),
        Function("atoi", _atoi, ("string",), returns="int"),
        Function("biggest", _max, _FIRST_AND_OTHERS, variadic=True, returns="int64"),
        Function("ceil", _ceil, _ANY, returns="float64"),
        Function("div", _div, ("any", "any"), returns="int64"),
        Function("divf", _divf, _FIRST_AND_OTHERS, variadic=True, returns="float64"),
        Function("float64", to_float64, _ANY, returns="float64"),
        Function("floor", _floor, _ANY, returns="float64"),
        Function("int", _int, _ANY, returns="int"),
        Function("int64", _int64, _ANY, returns="int64"),
        Function("max", _max, _FIRST_AND_OTHERS, variadic=True, returns="int64"),
        Function("maxf", _maxf, _FIRST_AND_OTHERS, variadic=True, returns="float64"),
        Function("min", _min, _FIRST_AND_OTHERS, variadic=True, returns="int64"),
        Function("minf", _minf, _FIRST_AND_OTHERS, variadic=True, returns="float64"),
        Function("mod", _mod, ("any", "any"), returns="int64"),
        Function("mul", _mul, _FIRST_AND_OTHERS, variadic=True, returns="int64"),
        Function("mulf", _mulf, _FIRST_AND_OTHERS, variadic=True, returns="float64"),
        Function("round", _round, ("any", "int", "float64"), variadic=True, returns="float64"),
        Function("seq", _seq, ("int",), variadic=True, returns="string"),
        Function("sub", _sub, ("any", "any"), returns="int64"),
        Function("subf", _subf, _FIRST_AND_OTHERS, variadic=True, returns="float64"),
        Function("toDecimal", _to_decimal, _ANY, returns="int64"),
        Function("until", _until, ("int",), returns="[]int"),
        Function("untilStep", _until_step, ("int", "int", "int"), returns="[]int"),
    ]
)
