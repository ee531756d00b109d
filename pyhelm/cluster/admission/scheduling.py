"""Priority classes (pkg/apis/scheduling)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, forbidden, not_supported
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_HIGHEST = 1_000_000_000
_POLICIES = ("Never", "PreemptLowerPriority")


def _default(obj: Object) -> None:
    obj.setdefault("preemptionPolicy", "PreemptLowerPriority")


def _validate(obj: Object) -> Errors:
    errors: Errors = []
    name = obj["metadata"].get("name") or ""
    if name.startswith("system-"):
        errors.append(
            forbidden(
                "metadata.name",
                "priority class names with 'system-' prefix are reserved for system use only. error: "
                f"{name} is not a known system priority class",
            )
        )
    elif (obj.get("value") or 0) > _HIGHEST:
        errors.append(forbidden("value", f"maximum allowed value of a user defined priority is {_HIGHEST}"))
    policy = obj.get("preemptionPolicy")
    if policy not in _POLICIES:
        errors.append(not_supported("preemptionPolicy", policy, _POLICIES))
    return errors


def _update(new: Object, old: Object) -> Errors:
    errors = validate_immutable(new.get("value", 0), old.get("value", 0), "value")
    return errors + validate_immutable(new.get("preemptionPolicy"), old.get("preemptionPolicy"), "preemptionPolicy")


STRATEGIES = {
    "PriorityClass": Strategy(default=_default, validate=_validate, validate_update=_update, generation=("value",))
}
