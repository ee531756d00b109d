"""Descriptions of configuration, accounts, namespaces and their limits."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.writer import amount, pairs, yes_no
from pyhelm.kube import quantity
from pyhelm.kube.objects import annotations_of, name_of
from pyhelm.kube.quantity import Quantity

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - a type of Secrets
_LIMITS = "Type\tResource\tMin\tMax\tDefault Request\tDefault Limit\tMax Limit/Request Ratio"
_LIMITS_RULE = "----\t--------\t---\t---\t---------------\t-------------\t-----------------------"
_SCOPES = {
    "Terminating": "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before "
    "being actively terminated by the system.",
    "NotTerminating": "Matches all pods that do not have an active deadline. These pods usually include long running "
    "pods whose container command is not expected to terminate.",
    "BestEffort": "Matches all pods that do not have resource requirements set. These pods have a best effort quality "
    "of service.",
    "NotBestEffort": "Matches all pods that have at least one resource requirement set. These pods have a burstable or "
    "guaranteed quality of service.",
}
_NAMESPACE_CONDITIONS = (
    ("Type", "type"),
    ("Status", "status"),
    ("LastTransitionTime", "lastTransitionTime"),
    ("Reason", "reason"),
    ("Message", "message"),
)


def describe_config_map(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ConfigMap with its data."""
    writer.head(obj)
    writer.write(0, "\nData\n====\n")
    for key, value in sorted((obj.get("data") or {}).items()):
        writer.write(0, f"{key}:\n----\n{value}\n\n")
    writer.write(0, "\nBinaryData\n====\n")
    for key, value in sorted((obj.get("binaryData") or {}).items()):
        writer.line(0, f"{key}: {len(b64decode(value))} bytes")
    writer.line(0, "")


def describe_secret(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Secret with the sizes of its data; the token of a ServiceAccount is shown."""
    writer.head(obj)
    writer.write(0, f"\nType:\t{obj.get('type', '')}\n\nData\n====\n")
    for key, value in sorted((obj.get("data") or {}).items()):
        content = b64decode(value or "")
        if key == "token" and obj.get("type") == _TOKEN:
            writer.line(0, f"{key}:\t{content.decode(errors='replace')}")
        else:
            writer.line(0, f"{key}:\t{len(content)} bytes")


def describe_service_account(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ServiceAccount."""
    writer.head(obj)
    names = [secret.get("name", "") for secret in obj.get("imagePullSecrets") or ()]
    writer.line(0, f"Image pull secrets:\t{names[0] if names else '<none>'}")
    for name in names[1:]:
        writer.line(0, f"{' ' * 19}\t{name}")


def describe_namespace(writer: Writer, obj: Object, client: Client) -> None:
    """Write a Namespace with its quotas and limits."""
    status = obj.get("status") or {}
    writer.head(obj, namespaced=False)
    writer.line(0, f"Status:\t{status.get('phase', '')}")
    writer.conditions(status.get("conditions"), _NAMESPACE_CONDITIONS, gap="")
    writer.line(0, "")
    quotas = client.list(client.catalog.for_kind("v1", "ResourceQuota"), name_of(obj)).items
    writer.line(0, "Resource Quotas" if quotas else "No resource quota.")
    for quota in sorted(quotas, key=name_of):
        writer.line(1, f"Name:\t{name_of(quota)}")
        _scopes(writer, 1, quota, "* ")
        writer.line(1, "Resource\tUsed\tHard")
        writer.line(1, "--------\t---\t---")
        hard, used = _quota_amounts(quota)
        for name in sorted(hard):
            writer.line(1, f"{name}\t{used.get(name, '0')}\t{hard[name]}")
    writer.line(0, "")
    limits = client.list(client.catalog.for_kind("v1", "LimitRange"), name_of(obj)).items
    if not limits:
        writer.line(0, "No LimitRange resource.")
        return
    writer.line(0, f"Resource Limits\n {_LIMITS}")
    writer.line(0, f" {_LIMITS_RULE}")
    for limit in limits:
        _limits(writer, limit, " ")


def describe_limit_range(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a LimitRange."""
    writer.identity(obj)
    writer.line(0, _LIMITS)
    writer.line(0, _LIMITS_RULE)
    _limits(writer, obj, "")


def _limits(writer: Writer, obj: Object, prefix: str) -> None:
    fields = ("min", "max", "defaultRequest", "default", "maxLimitRequestRatio")
    for item in (obj.get("spec") or {}).get("limits") or ():
        sides = [item.get(field) or {} for field in fields]
        for name in sorted({name for side in sides for name in side}):
            cells = [amount(side[name]) if name in side else "-" for side in sides]
            writer.line(0, "\t".join([f"{prefix}{item.get('type', '')}", name, *cells]))


def describe_quota(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a ResourceQuota."""
    writer.identity(obj)
    _scopes(writer, 0, obj, " * ")
    writer.line(0, "Resource\tUsed\tHard")
    writer.line(0, "--------\t----\t----")
    hard, used = _quota_amounts(obj)
    for name in sorted(hard):
        shown = used.get(name, Quantity(0))
        if shown.format != hard[name].format:
            shown = Quantity(shown.value * quantity.NANO, hard[name].format)
        writer.line(0, f"{name}\t{shown}\t{hard[name]}")


def _quota_amounts(obj: Object) -> tuple[dict[str, Quantity], dict[str, Quantity]]:
    status = obj.get("status") or {}
    hard, used = (
        {name: quantity.parse(value) for name, value in (status.get(side) or {}).items()} for side in ("hard", "used")
    )
    return hard, used


def _scopes(writer: Writer, level: int, quota: Object, bullet: str) -> None:
    scopes = sorted((quota.get("spec") or {}).get("scopes") or ())
    if scopes:
        writer.line(level, f"Scopes:\t{', '.join(scopes)}")
    for scope in scopes:
        if scope in _SCOPES:
            writer.line(level, f"{bullet}{_SCOPES[scope]}")


def describe_priority_class(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a PriorityClass."""
    writer.facts(
        0,
        [
            ("Name", name_of(obj)),
            ("Value", obj.get("value", 0)),
            ("GlobalDefault", yes_no(obj.get("globalDefault"))),
            ("PreemptionPolicy", obj.get("preemptionPolicy", "")),
            ("Description", obj.get("description", "")),
            ("Annotations", pairs(annotations_of(obj))),
        ],
    )
