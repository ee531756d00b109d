"""HorizontalPodAutoscalers (pkg/apis/autoscaling)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, not_supported, required
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import path_segment_errors
from pyhelm.kube.quantity import parse

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_CPU_PERCENT = 80
_UP: Object = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [
        {"type": "Pods", "value": 4, "periodSeconds": 15},
        {"type": "Percent", "value": 100, "periodSeconds": 15},
    ],
}
_DOWN: Object = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}
_SOURCES = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}


def _default(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("minReplicas", 1)
    if obj.get("apiVersion") == "autoscaling/v1":
        return
    if not spec.get("metrics"):
        target = {"type": "Utilization", "averageUtilization": _CPU_PERCENT}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    behavior = spec.get("behavior")
    if behavior is not None:
        for name, rules in (("scaleUp", _UP), ("scaleDown", _DOWN)):
            given = behavior.get(name) or {}
            wanted: dict[str, Any] = {
                **rules,
                "policies": [dict(policy) for policy in rules["policies"]],
                **given,
            }
            behavior[name] = wanted


def _validate(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors: Errors = []
    least, most = spec.get("minReplicas"), spec.get("maxReplicas") or 0
    if least is not None and least < 1:
        errors.append(invalid("spec.minReplicas", least, "must be greater than or equal to 1"))
    if not most:
        errors.append(required("spec.maxReplicas", "must be set and greater than 0"))
    elif most < 0:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than or equal to 1"))
    if least is not None and most < least:
        errors.append(invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`"))
    reference = spec.get("scaleTargetRef") or {}
    for field in ("kind", "name"):
        value = reference.get(field)
        if not value:
            errors.append(required(f"spec.scaleTargetRef.{field}"))
        else:
            errors += [invalid(f"spec.scaleTargetRef.{field}", value, wrong) for wrong in path_segment_errors(value)]
    for position, metric in enumerate(spec.get("metrics") or ()):
        errors += _metric(metric, f"spec.metrics[{position}]")
    return errors


def _metric(metric: Object, path: str) -> Errors:
    errors: Errors = []
    kind = metric.get("type") or ""
    if not kind:
        errors.append(required(f"{path}.type", "must specify a metric source type"))
    if kind not in _SOURCES:
        errors.append(not_supported(f"{path}.type", kind, tuple(_SOURCES)))
    present = [field for field in ("object", "external", "pods", "resource", "containerResource") if field in metric]
    if present:
        source = metric[present[0]]
        place = f"{path}.{present[0]}"
        target = source.get("target") or {}
        if present[0] in {"resource", "containerResource"}:
            if not source.get("name"):
                errors.append(required(f"{place}.name", "must specify a resource name"))
            if present[0] == "containerResource" and not source.get("container"):
                errors.append(required(f"{place}.container", "must specify a container"))
        errors += _target(target, f"{place}.target")
        if present[0] in {"resource", "containerResource"}:
            usage, value = target.get("averageUtilization"), target.get("averageValue")
            if usage is None and value is None:
                errors.append(
                    required(
                        f"{place}.target.averageUtilization",
                        "must set either a target raw value or a target utilization",
                    )
                )
            elif usage is not None and value is not None:
                errors.append(
                    forbidden(
                        f"{place}.target.averageValue",
                        "may not set both a target raw value and a target utilization",
                    )
                )
    expected = _SOURCES.get(kind)
    if expected is None:
        errors.append(not_supported(f"{path}.type", kind, tuple(_SOURCES)))
    elif expected not in metric:
        errors.append(required(f"{path}.{expected}", "must populate information for the given metric source"))
    if len(present) != 1:
        errors += [
            forbidden(f"{path}.{field}", "must populate the given metric source only")
            for field in present
            if field != expected
        ]
    return errors


def _target(target: Object, path: str) -> Errors:
    errors: Errors = []
    kind = target.get("type") or ""
    if not kind:
        errors.append(required(f"{path}.type", "must specify a metric target type"))
    if kind not in {"Utilization", "Value", "AverageValue"}:
        errors.append(invalid(f"{path}.type", kind, "must be either Utilization, Value, or AverageValue"))
    for field in ("value", "averageValue"):
        value = target.get(field)
        if value is not None and parse(value).nanos <= 0:
            errors.append(invalid(f"{path}.{field}", value, "must be positive"))
    usage = target.get("averageUtilization")
    if usage is not None and usage < 1:
        errors.append(invalid(f"{path}.averageUtilization", usage, "must be greater than 0"))
    return errors


STRATEGIES = {
    "HorizontalPodAutoscaler": Strategy(
        default=_default,
        validate=_validate,
        validate_update=lambda new, _: _validate(new),
        check_name=path_segment_errors,
        status={"desiredReplicas": 0},
    )
}
