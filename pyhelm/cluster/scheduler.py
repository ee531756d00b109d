"""Bind Pods to nodes, as kube-scheduler's default plugins would.

Flow: key -> Pod -> fit every node (pure) -> bind the best, or say why none fits. Looked at: node selector and required
node affinity, unschedulable nodes, taints, requests against what is left, host ports, PersistentVolumeClaims, required
anti-affinity.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers import selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.pods import FINISHED, phase_of
from pyhelm.errors import ConflictError, NotFoundError
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import (
    ObjectKey,
    controller_of,
    is_terminating,
    key_of,
    labels_of,
    metadata,
    name_of,
    namespace_of,
    uid_of,
)
from pyhelm.kube.quantity import milli

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object

OPTIONS = WriteOptions(field_manager="kube-scheduler")
SCHEDULER = "default-scheduler"
FLUSH_SECONDS = 300.0
"""A Pod that fits nowhere is tried again so often even if nothing changed (podMaxInUnschedulablePodsDuration)."""


@dataclass(slots=True)
class Usage:
    """What the Pods of a node ask for, in thousandths, and how many there are."""

    pods: int = 0
    requests: dict[str, int] = field(default_factory=dict)
    ports: dict[tuple[int, str], int] = field(default_factory=dict)

    def add(self, pod: Object, sign: int = 1) -> None:
        """Count a Pod in, or with ``sign`` -1 out."""
        self.pods += sign
        for name, amount in requests_of(pod).items():
            self.requests[name] = self.requests.get(name, 0) + sign * amount
        for port in host_ports(pod):
            self.ports[port] = self.ports.get(port, 0) + sign


def requests_of(pod: Object) -> dict[str, int]:
    """Return what a Pod asks for, in thousandths: containers and sidecars, or its largest init step (PodRequests)."""
    spec = pod["spec"]
    total: dict[str, int] = {}
    for container in spec.get("containers") or ():
        _add(total, container)
    sidecars: dict[str, int] = {}
    peak: dict[str, int] = {}
    for container in spec.get("initContainers") or ():
        if container.get("restartPolicy") == "Always":
            _add(total, container)
            _add(sidecars, container)
            step = dict(sidecars)
        else:
            step = dict(sidecars)
            _add(step, container)
        for name, amount in step.items():
            peak[name] = max(peak.get(name, 0), amount)
    for name, amount in peak.items():
        total[name] = max(total.get(name, 0), amount)
    for name, value in (spec.get("overhead") or {}).items():
        total[name] = total.get(name, 0) + milli(value)
    return total


def _add(total: dict[str, int], container: Object) -> None:
    resources = container.get("resources") or {}
    wanted = resources.get("requests") or {}
    for name, value in {**(resources.get("limits") or {}), **wanted}.items():
        total[name] = total.get(name, 0) + milli(value)


def host_ports(pod: Object) -> list[tuple[int, str]]:
    """Return the ports of the node that a Pod wants for itself."""
    return [
        (int(port["hostPort"]), port.get("protocol") or "TCP")
        for container in pod["spec"].get("containers") or ()
        for port in container.get("ports") or ()
        if port.get("hostPort")
    ]


def unfit(pod: Object, node: Object, usage: Usage) -> list[str]:
    """Return why a Pod cannot run on a node, empty when it can; the first plugin that refuses speaks."""
    spec, node_spec = pod["spec"], node.get("spec") or {}
    tolerations: list[Object] = spec.get("tolerations") or []
    if node_spec.get("unschedulable") and not tolerates(
        tolerations, {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
    ):
        return ["node(s) were unschedulable"]
    for taint in node_spec.get("taints") or ():
        if taint.get("effect") in {"NoSchedule", "NoExecute"} and not tolerates(tolerations, taint):
            return ["node(s) had untolerated taint(s)"]
    if not node_wanted(spec, node):
        return ["node(s) didn't match Pod's node affinity/selector"]
    if any(usage.ports.get(port) for port in host_ports(pod)):
        return ["node(s) didn't have free ports for the requested pod ports"]
    allocatable = (node.get("status") or {}).get("allocatable") or {}
    reasons = []
    if "pods" in allocatable and usage.pods + 1 > milli(allocatable["pods"]) // 1000:
        reasons.append("Too many pods")
    for name, amount in requests_of(pod).items():
        if amount and amount > milli(allocatable.get(name, 0)) - usage.requests.get(name, 0):
            reasons.append(f"Insufficient {name}")
    return reasons


def tolerates(tolerations: Iterable[Object], taint: Object) -> bool:
    """Tell whether a taint is tolerated (v1.Toleration.ToleratesTaint)."""
    for toleration in tolerations:
        if toleration.get("effect") and toleration["effect"] != taint.get("effect"):
            continue
        if toleration.get("key") and toleration["key"] != taint.get("key"):
            continue
        if toleration.get("operator") == "Exists" or (
            toleration.get("key") and (toleration.get("value") or "") == (taint.get("value") or "")
        ):
            return True
    return False


def node_wanted(spec: Object, node: Object) -> bool:
    """Tell whether a node is one that the Pod selects."""
    labels = labels_of(node)
    if any(labels.get(name) != value for name, value in (spec.get("nodeSelector") or {}).items()):
        return False
    affinity = (spec.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    if required is None:
        return True
    return any(_term_holds(term, node) for term in required.get("nodeSelectorTerms") or ())


def _term_holds(term: Object, node: Object) -> bool:
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    if not expressions and not fields:
        return False
    named = {"metadata.name": name_of(node)}
    return all(_expression_holds(item, labels_of(node)) for item in expressions) and all(
        _expression_holds(item, named) for item in fields
    )


def _expression_holds(expression: Object, labels: Mapping[str, str]) -> bool:
    operator = expression.get("operator")
    if operator in {"Gt", "Lt"}:
        try:
            have, limit = int(labels[expression.get("key", "")]), int((expression.get("values") or [""])[0])
        except (KeyError, ValueError):
            return False
        return have > limit if operator == "Gt" else have < limit
    return selection.matches({"matchExpressions": [expression]}, labels)


def explain(nodes: int, reasons: Mapping[str, int], before: str = "") -> str:
    """Return the scheduler's sentence about a Pod that fits nowhere (FitError)."""
    text = f"0/{nodes} nodes are available:"
    if before:
        text += f" {before}."
    elif reasons:
        text += " " + ", ".join(sorted(f"{count} {reason}" for reason, count in reasons.items())) + "."
    elif nodes == 0:
        return "no nodes available to schedule pods"
    return text


class Scheduler:
    """The default scheduler."""

    name = "default-scheduler"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        self._seed = context.seed
        catalog = context.client.catalog
        self._pods = catalog.for_kind("v1", "Pod")
        self._nodes = catalog.for_kind("v1", "Node")
        self._claims = catalog.for_kind("v1", "PersistentVolumeClaim")
        self._usage: dict[str, Usage] | None = None
        self._unscheduled: dict[ObjectKey, None] = {}

    def triggers(self) -> Sequence[Trigger]:
        return (
            Trigger(self._pods, self._when_pod_changed),
            Trigger(self._nodes, lambda _: self._waiting()),
            Trigger(self._claims, lambda _: self._waiting()),
        )

    def keys(self) -> Iterable[ObjectKey]:
        return [key_of(pod) for pod in self._lister.scan(self._pods) if _is_ours(pod)]

    def _when_pod_changed(self, change: Change) -> Sequence[ObjectKey]:
        self._account(change)
        new = change.new
        key = key_of(change.object)
        if new is None or not _is_ours(new):
            if self._usage is not None:
                self._unscheduled.pop(key, None)
            freed = change.old is not None and _holds_node(change.old) and (new is None or not _holds_node(new))
            return self._waiting() if freed else ()
        if change.old is None or change.old["spec"] != new["spec"]:
            return (key,)
        return ()

    def _waiting(self) -> Sequence[ObjectKey]:
        self._index()
        return tuple(self._unscheduled)

    def _index(self) -> dict[str, Usage]:
        """Return the usage of every node, counted once and then kept by the changes."""
        if self._usage is None:
            self._usage = {}
            for pod in self._lister.scan(self._pods):
                if _holds_node(pod):
                    self._usage.setdefault(pod["spec"]["nodeName"], Usage()).add(pod)
                elif _is_ours(pod):
                    self._unscheduled[key_of(pod)] = None
        return self._usage

    def _account(self, change: Change) -> None:
        if self._usage is None:
            return
        old, new = change.old, change.new
        before = old is not None and _holds_node(old)
        after = new is not None and _holds_node(new)
        if before and after:
            return
        if old is not None and before:
            self._usage.setdefault(old["spec"]["nodeName"], Usage()).add(old, -1)
        if new is not None and after:
            self._usage.setdefault(new["spec"]["nodeName"], Usage()).add(new)

    def reconcile(self, key: ObjectKey) -> Result:
        pod = self._lister.peek(self._pods, key)
        if pod is None or not _is_ours(pod):
            return DONE
        usage = self._index()
        nodes = list(self._lister.scan(self._nodes))
        fitting = []
        reasons: dict[str, int] = {}
        before = self._missing_claim(pod)
        if not before:
            for node in nodes:
                why = unfit(pod, node, usage.get(name_of(node)) or Usage()) or self._repelled(pod, node, nodes)
                for reason in why:
                    reasons[reason] = reasons.get(reason, 0) + 1
                if not why:
                    fitting.append(node)
        if not fitting:
            self._refuse(pod, len(nodes), reasons, before)
            self._unscheduled[key] = None
            return Result(FLUSH_SECONDS)
        node = fitting[0] if len(fitting) == 1 else min(fitting, key=lambda item: self._score(pod, item, usage))
        self._bind(pod, name_of(node))
        self._unscheduled.pop(key, None)
        return DONE

    def _missing_claim(self, pod: Object) -> str:
        """Return why the Pod's volumes keep it from every node, empty when they do not."""
        namespace = namespace_of(pod)
        for volume in pod["spec"].get("volumes") or ():
            if volume.get("ephemeral") is not None:
                name = f"{name_of(pod)}-{volume.get('name', '')}"
            elif volume.get("persistentVolumeClaim") is not None:
                name = volume["persistentVolumeClaim"].get("claimName", "")
            else:
                continue
            claim = self._lister.peek(self._claims, ObjectKey(namespace, name))
            if claim is None:
                return f'persistentvolumeclaim "{name}" not found. not found'
            if is_terminating(claim):
                return f'persistentvolumeclaim "{name}" is being deleted'
            if (claim.get("status") or {}).get("phase") == "Lost":
                return f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume'
            if not claim["spec"].get("volumeName"):
                return "pod has unbound immediate PersistentVolumeClaims"
        return ""

    def _repelled(self, pod: Object, node: Object, nodes: Sequence[Object]) -> list[str]:
        """Return why required anti-affinity keeps the Pod off a node."""
        affinity = (pod["spec"].get("affinity") or {}).get("podAntiAffinity") or {}
        terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        for term in terms:
            topology = term.get("topologyKey") or ""
            domain = labels_of(node).get(topology)
            if domain is None:
                continue
            members = {name_of(other) for other in nodes if labels_of(other).get(topology) == domain}
            for namespace in term.get("namespaces") or [namespace_of(pod)]:
                for other in self._lister.scan(self._pods, namespace):
                    if (
                        other["spec"].get("nodeName") in members
                        and _holds_node(other)
                        and selection.matches(term.get("labelSelector"), labels_of(other))
                    ):
                        return ["node(s) didn't match pod anti-affinity rules"]
        return []

    def _score(self, pod: Object, node: Object, usage: Mapping[str, Usage]) -> tuple[int, int, bytes]:
        """Return what the best node has least of: Pods of the same owner, Pods, and luck."""
        reference = controller_of(pod)
        siblings = 0
        if reference is not None:
            siblings = sum(
                1
                for resource, other in self._lister.owned_by(reference.get("uid", ""))
                if resource.kind == "Pod" and other["spec"].get("nodeName") == name_of(node) and _holds_node(other)
            )
        used = usage.get(name_of(node))
        luck = blake2b(f"{self._seed}/{uid_of(pod)}/{name_of(node)}".encode(), digest_size=8).digest()
        return siblings, used.pods if used else 0, luck

    def _bind(self, pod: Object, node: str) -> None:
        key = key_of(pod)
        binding = {
            "apiVersion": "v1",
            "kind": "Binding",
            "metadata": {"name": key.name, "namespace": key.namespace, "uid": uid_of(pod)},
            "target": {"kind": "Node", "name": node},
        }
        try:
            self._client.create(self._pods, binding, namespace=key.namespace, subresource="binding", options=OPTIONS)
        except (NotFoundError, ConflictError):
            return
        message = f"Successfully assigned {key.namespace}/{key.name} to {node}"
        self._events.normal(SCHEDULER, pod, "Scheduled", message)

    def _refuse(self, pod: Object, nodes: int, reasons: Mapping[str, int], before: str) -> None:
        message = explain(nodes, reasons, before)
        if nodes and message.startswith("0/"):
            # What preemption would have to say: there is nobody to put out.
            helpless = "Preemption is not helpful for scheduling"
            if any(reason.startswith(("Insufficient", "Too many")) for reason in reasons):
                helpless = "No preemption victims found for incoming pod"
            message += f" preemption: 0/{nodes} nodes are available: {nodes} {helpless}."
        status = pod.get("status") or {}
        known: list[Object] = status.get("conditions") or []
        before_condition: dict[str, Any] = next((item for item in known if item.get("type") == "PodScheduled"), {})
        moment = stamp(self._clock.now())
        same = before_condition.get("status") == "False"
        condition = {
            "type": "PodScheduled",
            "observedGeneration": metadata(pod).get("generation") or 1,
            "status": "False",
            "lastTransitionTime": before_condition["lastTransitionTime"] if same else moment,
            "reason": "Unschedulable",
            "message": message,
        }
        if condition != before_condition:
            conditions = [*(item for item in known if item.get("type") != "PodScheduled"), condition]
            updated = {**pod, "status": {**status, "conditions": conditions}}
            self._client.update(self._pods, updated, subresource="status", options=OPTIONS)
        self._events.warning(SCHEDULER, pod, "FailedScheduling", message)


def _is_ours(pod: Object) -> bool:
    """Tell whether a Pod waits for this scheduler."""
    spec = pod["spec"]
    return (
        not spec.get("nodeName")
        and not is_terminating(pod)
        and phase_of(pod) not in FINISHED
        and (spec.get("schedulerName") or SCHEDULER) == SCHEDULER
        and not spec.get("schedulingGates")
    )


def _holds_node(pod: Object) -> bool:
    """Tell whether a Pod takes room on a node."""
    return bool(pod["spec"].get("nodeName")) and phase_of(pod) not in FINISHED
