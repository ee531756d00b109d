"""Descriptions of autoscalers and disruption budgets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.writer import amount, long_time
from pyhelm.kube.objects import metadata
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_UNKNOWN = "<unknown>"
_CONDITIONS = (("Type", "type"), ("Status", "status"), ("Reason", "reason"), ("Message", "message"))


def describe_autoscaler(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a HorizontalPodAutoscaler."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    target = spec.get("scaleTargetRef") or {}
    writer.head(obj)
    writer.line(0, f"CreationTimestamp:\t{long_time(metadata(obj).get('creationTimestamp'))}")
    writer.line(0, f"Reference:\t{target.get('kind', '')}/{target.get('name', '')}")
    writer.line(0, "Metrics:\t( current / target )")
    current = status.get("currentMetrics") or ()
    for position, metric in enumerate(spec.get("metrics") or ()):
        _metric(writer, metric, current[position] if position < len(current) else {})
    writer.line(0, f"Min replicas:\t{spec.get('minReplicas', '<unset>')}")
    writer.line(0, f"Max replicas:\t{spec.get('maxReplicas', 0)}")
    if spec.get("behavior") is not None:
        writer.line(0, "Behavior:")
        _direction(writer, "Scale Up", spec["behavior"].get("scaleUp"))
        _direction(writer, "Scale Down", spec["behavior"].get("scaleDown"))
    replicas = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    writer.line(0, f"{target.get('kind', '')} pods:\t{replicas}")
    writer.conditions(status.get("conditions"), _CONDITIONS, gap="")


def _metric(writer: Writer, metric: Object, status: Object) -> None:
    kind = metric.get("type", "")
    field = kind[:1].lower() + kind[1:]
    source = metric.get(field) or {}
    target, held = source.get("target") or {}, status.get(field)
    current = (held or {}).get("current") or {}
    name = json.dumps((source.get("metric") or {}).get("name", ""), ensure_ascii=False)

    def now(value: str) -> str:
        return _UNKNOWN if held is None else amount(current.get(value))

    if kind == "External":
        if target.get("averageValue") is not None:
            shown = _UNKNOWN if current.get("averageValue") is None else amount(current["averageValue"])
            writer.line(1, f"{name} (target average value):\t{shown} / {amount(target['averageValue'])}")
        else:
            writer.line(1, f"{name} (target value):\t{now('value')} / {amount(target.get('value'))}")
    elif kind == "Pods":
        writer.line(1, f"{name} on pods:\t{now('averageValue')} / {amount(target.get('averageValue'))}")
    elif kind == "Object":
        described = source.get("describedObject") or {}
        average = target.get("type") == "AverageValue"
        label, value = ("average value", "averageValue") if average else ("value", "value")
        place = f"{described.get('kind', '')}/{described.get('name', '')}"
        writer.line(1, f"{name} on {place} (target {label}):\t{now(value)} / {amount(target.get(value))}")
    elif kind in {"Resource", "ContainerResource"}:
        container = f' of container "{source.get("container", "")}"' if kind == "ContainerResource" else ""
        writer.write(1, f"resource {source.get('name', '')}{container} on pods")
        if target.get("averageValue") is not None:
            writer.line(0, f":\t{now('averageValue')} / {amount(target['averageValue'])}")
        else:
            used, wanted = current.get("averageUtilization"), target.get("averageUtilization")
            shown = _UNKNOWN if used is None else f"{used}% ({amount(current.get('averageValue'))})"
            aim = "<auto>" if wanted is None else f"{wanted}%"
            writer.line(1, f"(as a percentage of request):\t{shown} / {aim}")
    else:
        writer.line(1, f"<unknown metric type {json.dumps(kind)}>")


def _direction(writer: Writer, title: str, rules: Object | None) -> None:
    if rules is None:
        return
    writer.line(1, f"{title}:")
    if rules.get("stabilizationWindowSeconds") is not None:
        writer.line(2, f"Stabilization Window: {rules['stabilizationWindowSeconds']} seconds")
    if rules.get("policies"):
        writer.line(2, f"Select Policy: {rules.get('selectPolicy', 'Max')}")
        writer.line(2, "Policies:")
    for policy in rules.get("policies") or ():
        kind, value, period = policy.get("type", ""), policy.get("value", 0), policy.get("periodSeconds", 0)
        writer.line(3, f"- Type: {kind}\tValue: {value}\tPeriod: {period} seconds")


def describe_budget(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a PodDisruptionBudget."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.identity(obj)
    if spec.get("minAvailable") is not None:
        writer.line(0, f"Min available:\t{spec['minAvailable']}")
    elif spec.get("maxUnavailable") is not None:
        writer.line(0, f"Max unavailable:\t{spec['maxUnavailable']}")
    selector = spec.get("selector")
    writer.line(0, f"Selector:\t{'<unset>' if selector is None else format_selector(selector)}")
    writer.line(0, "Status:")
    writer.facts(
        2,
        [
            ("Allowed disruptions", status.get("disruptionsAllowed", 0)),
            ("Current", status.get("currentHealthy", 0)),
            ("Desired", status.get("desiredHealthy", 0)),
            ("Total", status.get("expectedPods", 0)),
        ],
    )
