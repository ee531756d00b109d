"""PodDisruptionBudgets (pkg/apis/policy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.apps import at_most_all, int_or_percent
from pyhelm.cluster.admission.field import Errors, invalid, not_supported
from pyhelm.cluster.admission.selectors import validate_selector
from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_UNHEALTHY = ("AlwaysAllow", "IfHealthyBudget")
_STATUS = {"disruptionsAllowed": 0, "currentHealthy": 0, "desiredHealthy": 0, "expectedPods": 0}


def _validate(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors: Errors = []
    if "minAvailable" in spec and "maxUnavailable" in spec:
        errors.append(invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"))
    for field in ("minAvailable", "maxUnavailable"):
        if field in spec:
            errors += int_or_percent(spec[field], f"spec.{field}")
            errors += at_most_all(spec[field], f"spec.{field}")
    errors += validate_selector(spec.get("selector") or {}, "spec.selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in _UNHEALTHY:
        errors.append(not_supported("spec.unhealthyPodEvictionPolicy", policy, _UNHEALTHY))
    return errors


STRATEGIES = {
    "PodDisruptionBudget": Strategy(
        validate=_validate,
        validate_update=lambda new, _: _validate(new),
        generation=("spec",),
        status=_STATUS,
        unconditional_update=False,
    )
}
