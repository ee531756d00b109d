"""Values that are a number or a percentage of one (``maxSurge``, ``maxUnavailable``, ``minAvailable``)."""

from __future__ import annotations

import re


def scaled(value: int | str, total: int, *, round_up: bool) -> int:
    """Return the number that ``value`` means of ``total`` (intstr.GetScaledValueFromIntOrPercent).

    Raises:
        ValueError: ``value`` is neither a number nor a percentage.
    """
    if isinstance(value, int):
        return value
    found = re.fullmatch(r"([+-]?[0-9]+)%", value)
    if found is None:
        problem = "invalid type: string is not a percentage"
        if value.endswith("%"):
            problem = f'invalid value "{value}": strconv.Atoi: parsing "{value[:-1]}": invalid syntax'
        message = f"invalid value for IntOrString: {problem}"
        raise ValueError(message)
    product = int(found.group(1)) * total
    return -(-product // 100) if round_up else product // 100


def fenceposts(max_surge: int | str | None, max_unavailable: int | str | None, desired: int) -> tuple[int, int]:
    """Return how many Pods a rollout may have too many and too few (deploymentutil.ResolveFenceposts).

    Surge rounds up, unavailable rounds down; where both come to nothing, one may be unavailable.
    """
    surge = scaled(max_surge if max_surge is not None else 0, desired, round_up=True)
    unavailable = scaled(max_unavailable if max_unavailable is not None else 0, desired, round_up=False)
    if surge == 0 and unavailable == 0:
        unavailable = 1
    return surge, unavailable
