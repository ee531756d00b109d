"""What a Pod asks for and what it may take, all its containers together.

Source of the rules: PodRequests and PodLimits of ``k8s.io/component-helpers/resource``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube import quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pyhelm.kube.objects import Object
    from pyhelm.kube.quantity import Quantity

Amounts = dict[str, "Quantity"]


def requests_of(pod: Object) -> Amounts:
    """Return the requests of a Pod by resource."""
    total = _aggregate(pod, "requests")
    spec = pod.get("spec") or {}
    total.update(_pod_level(spec, "requests"))
    _add(total, _parsed(spec.get("overhead")))
    return total


def limits_of(pod: Object) -> Amounts:
    """Return the limits of a Pod by resource."""
    total = _aggregate(pod, "limits")
    spec = pod.get("spec") or {}
    total.update(_pod_level(spec, "limits"))
    for name, value in _parsed(spec.get("overhead")).items():
        if total.get(name):
            total[name] = total[name] + value
    return total


def _pod_level(spec: Object, side: str) -> Amounts:
    amounts = _parsed((spec.get("resources") or {}).get(side))
    return {
        name: value for name, value in amounts.items() if name in {"cpu", "memory"} or name.startswith("hugepages-")
    }


def _aggregate(pod: Object, side: str) -> Amounts:
    spec, status = pod.get("spec") or {}, pod.get("status") or {}
    statuses = {
        item.get("name"): item
        for field in ("containerStatuses", "initContainerStatuses")
        for item in status.get(field) or ()
    }
    infeasible = next(
        (
            condition.get("reason") == "Infeasible"
            for condition in status.get("conditions") or ()
            if condition.get("type") == "PodResizePending"
        ),
        False,
    )

    def effective(container: Object) -> Amounts:
        asked = _parsed((container.get("resources") or {}).get(side))
        found = statuses.get(container.get("name"), {})
        if found.get("resources") is None:
            return asked
        actual = [_parsed(found["resources"].get(side))]
        if side == "requests":
            actual.append(_parsed(found.get("allocatedResources")))
        return _largest(actual if infeasible else [asked, *actual])

    total: Amounts = {}
    for container in spec.get("containers") or ():
        _add(total, effective(container))
    sidecars: Amounts = {}
    peak: Amounts = {}
    for container in spec.get("initContainers") or ():
        if container.get("restartPolicy") == "Always":
            wanted = effective(container)
            _add(total, wanted)
            _add(sidecars, wanted)
            wanted = sidecars
        else:
            wanted = _parsed((container.get("resources") or {}).get(side))
            _add(wanted, sidecars)
        peak = _largest([peak, wanted])
    return _largest([total, peak])


def _parsed(amounts: Mapping[str, Any] | None) -> Amounts:
    return {name: quantity.parse(value) for name, value in (amounts or {}).items()}


def _add(total: Amounts, more: Amounts) -> None:
    for name, value in more.items():
        total[name] = total[name] + value if name in total else value


def _largest(sides: Iterable[Amounts]) -> Amounts:
    result: Amounts = {}
    for side in sides:
        for name, value in side.items():
            if name not in result or result[name] < value:
                result[name] = value
    return result
