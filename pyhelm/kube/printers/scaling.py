"""Tables of autoscalers and disruption budgets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, name_of
from pyhelm.kube.printers.table import Printer, age, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_SHOWN = 2


def _metric(spec: Object, status: Object | None) -> str:
    kind = spec.get("type", "")
    field = kind[:1].lower() + kind[1:]
    source = spec.get(field)
    if source is None:
        return "<unknown type>"
    target = source.get("target") or {}
    current = ((status or {}).get(field) or {}).get("current")
    if kind in {"Resource", "ContainerResource"}:
        if target.get("averageValue") is not None:
            return f"{source['name']}: {(current or {}).get('averageValue', '<unknown>')}/{target['averageValue']}"
        used = (current or {}).get("averageUtilization")
        wanted = target.get("averageUtilization")
        return (
            f"{source['name']}: {'<unknown>' if used is None else f'{used}%'}/"
            f"{'<auto>' if wanted is None else f'{wanted}%'}"
        )
    if kind == "Pods":
        return f"{(current or {}).get('averageValue', '<unknown>')}/{target.get('averageValue', '0')}"
    if target.get("averageValue") is not None:
        return f"{(current or {}).get('averageValue', '<unknown>')}/{target['averageValue']} (avg)"
    return f"{(current or {}).get('value', '<unknown>')}/{target.get('value', '0')}"


def _autoscaler(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    target = spec.get("scaleTargetRef") or {}
    metrics, current = spec.get("metrics") or (), status.get("currentMetrics") or ()
    listed = [_metric(item, current[at] if at < len(current) else None) for at, item in enumerate(metrics)]
    shown = ", ".join(listed[:_SHOWN]) or "<none>"
    if len(listed) > _SHOWN:
        shown = f"{shown} + {len(listed) - _SHOWN} more..."
    return (
        name_of(obj),
        f"{target.get('kind', '')}/{target.get('name', '')}",
        shown,
        spec.get("minReplicas", "<unset>"),
        spec.get("maxReplicas", 0),
        status.get("currentReplicas", 0),
        age(obj, now),
    )


def _budget(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    return (
        name_of(obj),
        spec.get("minAvailable", "N/A"),
        spec.get("maxUnavailable", "N/A"),
        status.get("disruptionsAllowed", 0),
        age(obj, now),
    )


PRINTERS = {
    "HorizontalPodAutoscaler": Printer(
        columns("Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age"), _autoscaler
    ),
    "PodDisruptionBudget": Printer(
        columns("Name", "Min Available", "Max Unavailable", "Allowed Disruptions", "Age"), _budget
    ),
}
