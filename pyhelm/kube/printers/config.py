"""Tables of configuration kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, metadata, name_of
from pyhelm.kube.printers.table import Printer, age, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def _config_map(obj: Object, now: datetime) -> Sequence[Any]:
    return (name_of(obj), len(obj.get("data") or ()) + len(obj.get("binaryData") or ()), age(obj, now))


def _secret(obj: Object, now: datetime) -> Sequence[Any]:
    return (name_of(obj), obj.get("type", ""), len(obj.get("data") or ()), age(obj, now))


def _service_account(obj: Object, now: datetime) -> Sequence[Any]:
    return (name_of(obj), age(obj, now))


def _limit_range(obj: Object, _now: datetime) -> Sequence[Any]:
    return (name_of(obj), metadata(obj).get("creationTimestamp", "<unknown>"))


def _resource_quota(obj: Object, now: datetime) -> Sequence[Any]:
    status = obj.get("status") or {}
    hard, used = status.get("hard") or {}, status.get("used") or {}
    shown = [(key, f"{key}: {used.get(key, '0')}/{hard[key]}") for key in sorted(hard)]
    requests = ", ".join(text for key, text in shown if not key.startswith("limits."))
    limits = ", ".join(text for key, text in shown if key.startswith("limits."))
    return (name_of(obj), requests, limits, age(obj, now))


PRINTERS = {
    "ConfigMap": Printer(columns("Name", "Data", "Age"), _config_map),
    "Secret": Printer(columns("Name", "Type", "Data", "Age"), _secret),
    "ServiceAccount": Printer(columns("Name", "Age"), _service_account),
    "LimitRange": Printer(columns("Name", "Created At"), _limit_range),
    "ResourceQuota": Printer(columns("Name", "Request", "Limit", "Age"), _resource_quota),
}
