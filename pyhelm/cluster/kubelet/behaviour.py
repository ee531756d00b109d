"""How simulated containers behave, as data: defaults, rules per image, annotations of the Pod.

Rules live in the ConfigMap ``pyhelm-runtime`` of ``kube-system``, so they can be read and edited like everything else;
the last rule that matches and names a field decides that field. Annotations of the Pod come after rules.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.cluster.kubelet import images
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import ObjectKey, annotations_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Lister
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

RUNTIME_KEY = ObjectKey("kube-system", "pyhelm-runtime")
RULES_FIELD = "images.json"
ANNOTATION = "pyhelm.dev/"

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PLAIN = re.compile(r"\d+(?:\.\d+)?")


class Behaviour(NamedTuple):
    """What a container does. Times are seconds of cluster time; infinity is never.

    Attributes:
        deny: The image cannot be pulled.
        pull_seconds: How long a pull takes.
        ready_after: From this long after its start on, the container answers startup and readiness probes.
        exit_after: It ends by itself so long after its start; None: only in Pods that run to completion.
        exit_code: What it ends with.
        stop_seconds: How long it takes to stop when asked to.
    """

    deny: bool = False
    pull_seconds: float = 1.0
    ready_after: float = 0.0
    exit_after: float | None = None
    exit_code: int = 0
    stop_seconds: float = 1.0


DEFAULT = Behaviour()
COMPLETION_SECONDS = 1.0
"""How long a container runs whose Pod is meant to run to completion."""

_RULE_FIELDS = {
    "deny": "deny",
    "pullSeconds": "pull_seconds",
    "readyAfter": "ready_after",
    "exitAfter": "exit_after",
    "exitCode": "exit_code",
    "stopSeconds": "stop_seconds",
}
_ANNOTATION_FIELDS = {
    "pull-seconds": "pull_seconds",
    "ready-after": "ready_after",
    "exit-after": "exit_after",
    "exit-code": "exit_code",
    "stop-seconds": "stop_seconds",
}


def parse_seconds(value: Any) -> float:
    """Return seconds from a number, ``20s``, ``1m30s`` or ``never``.

    Raises:
        UsageError: It is none of these.
    """
    if isinstance(value, bool):
        raise UsageError(f"not a duration: {value!r}")
    if isinstance(value, (int, float)):
        return max(0.0, float(value))
    text = str(value).strip()
    if text in {"never", "inf", "Infinity"}:
        return math.inf
    if _PLAIN.fullmatch(text):
        return float(text)
    parts = _DURATION.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise UsageError(f"not a duration: {value!r} (write 20s, 1m30s or never)")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _value(field: str, value: Any) -> Any:
    """Return a field's value in its type; raises UsageError."""
    if field == "deny":
        return bool(value)
    if field == "exit_code":
        try:
            return int(value)
        except (TypeError, ValueError):
            raise UsageError(f"not an exit code: {value!r}") from None
    return parse_seconds(value)


def behaviour_of(pod: Object, container: Object, rules: Sequence[dict[str, Any]]) -> Behaviour:
    """Return how a container of a Pod behaves; what cannot be read in a rule or annotation is passed over."""
    image = container.get("image") or ""
    found: dict[str, Any] = {}
    for rule in rules:
        if images.matches(image, str(rule.get("image") or "*")):
            _take(found, ((field, rule[key]) for key, field in _RULE_FIELDS.items() if key in rule))
    annotations = annotations_of(pod)
    if any(name.startswith(ANNOTATION) for name in annotations):
        for suffix in ("", f".{container.get('name', '')}"):
            named = (
                (field, annotations.get(f"{ANNOTATION}{key}{suffix}")) for key, field in _ANNOTATION_FIELDS.items()
            )
            _take(found, ((field, value) for field, value in named if value is not None))
    if found.get("exit_code") and "exit_after" not in found:
        found["exit_after"] = COMPLETION_SECONDS
    return DEFAULT._replace(**found) if found else DEFAULT


def _take(found: dict[str, Any], pairs: Iterable[tuple[str, Any]]) -> None:
    for field, value in pairs:
        try:
            found[field] = _value(field, value)
        except UsageError:
            continue


class Rules:
    """Reads the rules, again only when they changed."""

    def __init__(self, client: Client, lister: Lister) -> None:
        self._lister = lister
        self._configmaps = client.catalog.for_kind("v1", "ConfigMap")
        self._source: object = None
        self._rules: list[dict[str, Any]] = []

    def current(self) -> list[dict[str, Any]]:
        """Return the rules in force; malformed ones are left out."""
        configmap = self._lister.peek(self._configmaps, RUNTIME_KEY)
        if configmap is not self._source:
            self._source = configmap
            self._rules = read_rules(configmap)
        return self._rules


def read_rules(configmap: Object | None) -> list[dict[str, Any]]:
    """Return the rules a ConfigMap holds."""
    text = ((configmap or {}).get("data") or {}).get(RULES_FIELD) or "[]"
    try:
        rules = json.loads(text)
    except ValueError:
        return []
    return [rule for rule in rules if isinstance(rule, dict)] if isinstance(rules, list) else []


class Images:
    """Says which images a cluster's nodes can pull, and how their containers behave."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._configmaps = client.catalog.for_kind("v1", "ConfigMap")

    def list(self) -> list[dict[str, Any]]:
        """Return the rules, in the order in which they apply."""
        try:
            return read_rules(self._client.get(self._configmaps, RUNTIME_KEY))
        except NotFoundError:
            return []

    def deny(self, pattern: str) -> None:
        """Let pulls of images that match ``pattern`` fail from now on; running containers are not touched."""
        self.set(pattern, deny=True)

    def allow(self, pattern: str) -> None:
        """Let pulls succeed again; a Pod that backs off recovers at its next try."""
        rules = [_without(rule, "deny") if rule.get("image") == pattern else rule for rule in self.list()]
        rules = [rule for rule in rules if len(rule) > 1]
        if any(rule.get("deny") for rule in rules):
            rules.append({"image": pattern, "deny": False})
        self._write(rules)

    def set(self, pattern: str, **fields: Any) -> None:
        """Set fields for a pattern: deny, pullSeconds, readyAfter, exitAfter, exitCode, stopSeconds.

        Raises:
            UsageError: There is no such field, or the value does not fit it.
        """
        for name, value in fields.items():
            if name not in _RULE_FIELDS:
                raise UsageError(f"no such field of an image rule: {name} (there are {', '.join(_RULE_FIELDS)})")
            _value(_RULE_FIELDS[name], value)
        merged: dict[str, Any] = {"image": pattern}
        others = []
        for rule in self.list():
            if rule.get("image") == pattern:
                merged.update(rule)
            else:
                others.append(rule)
        self._write([*others, {**merged, **fields}])

    def reset(self, pattern: str = "") -> None:
        """Drop the rules of ``pattern``, or all."""
        self._write([rule for rule in self.list() if pattern and rule.get("image") != pattern])

    def _write(self, rules: Sequence[dict[str, Any]]) -> None:
        data = {RULES_FIELD: json.dumps(list(rules), indent=2) + "\n"}
        body: Object = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": RUNTIME_KEY.name, "namespace": RUNTIME_KEY.namespace},
            "data": data,
        }
        options = WriteOptions(field_manager="pyhelm-runtime")
        try:
            known = self._client.get(self._configmaps, RUNTIME_KEY)
        except NotFoundError:
            self._client.create(self._configmaps, body, options=options)
        else:
            self._client.update(self._configmaps, {**known, "data": data}, options=options)


def _without(rule: dict[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != field}
