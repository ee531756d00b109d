"""Keep one Pod of each DaemonSet on every node that should have one (pkg/controller/daemon).

Flow: key -> revision -> plan (pure) -> create and delete -> status.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.controllers import conditions, selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.history import Revisions, snapshot, template_of
from pyhelm.cluster.controllers.ownership import (
    MANAGER,
    Orphans,
    OwnerTrigger,
    claim,
    controller_reference,
    own_key,
    owned,
    settle,
)
from pyhelm.cluster.controllers.podcontrol import PodControl
from pyhelm.cluster.controllers.pods import FINISHED, available_in, is_available, is_ready, phase_of, pod_from_template
from pyhelm.cluster.controllers.templates import fingerprint, template_hash
from pyhelm.cluster.scheduler import node_wanted, tolerates
from pyhelm.kube.intstr import scaled
from pyhelm.kube.objects import is_terminating, key_of, labels_of, metadata, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.errors import ApiError
    from pyhelm.kube.objects import Object, ObjectKey

HASH_LABEL = "controller-revision-hash"
GENERATION_LABEL = "pod-template-generation"
GENERATION_ANNOTATION = "deprecated.daemonset.template.generation"
REQUIRED_COUNTS = ("currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady")
"""Counts that a status shows even when they are zero."""

_TOLERATIONS = (
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
)


def daemon_tolerations(spec: Object) -> list[Object]:
    """Return a Pod's tolerations with those that every daemon has (AddOrUpdateDaemonPodTolerations)."""
    wanted = list(_TOLERATIONS)
    if spec.get("hostNetwork"):
        wanted.append(("node.kubernetes.io/network-unavailable", "NoSchedule"))
    found = list(spec.get("tolerations") or ())
    for key, effect in wanted:
        toleration = {"key": key, "operator": "Exists", "effect": effect}
        if toleration not in found:
            found.append(toleration)
    return found


def should_run(daemonset: Object, node: Object) -> tuple[bool, bool]:
    """Tell whether a node should get a Pod, and whether it should keep one (NodeShouldRunDaemonPod)."""
    spec = daemonset["spec"].get("template", {}).get("spec") or {}
    if spec.get("nodeName") and spec["nodeName"] != name_of(node):
        return False, False
    if not node_wanted(spec, node):
        return False, False
    tolerations = daemon_tolerations(spec)
    refused = [
        taint.get("effect")
        for taint in (node.get("spec") or {}).get("taints") or ()
        if taint.get("effect") in {"NoSchedule", "NoExecute"} and not tolerates(tolerations, taint)
    ]
    return not refused, "NoExecute" not in refused


def target_of(pod: Object) -> str:
    """Return the node that a Pod is on or for (GetTargetNodeName)."""
    if pod["spec"].get("nodeName"):
        return str(pod["spec"]["nodeName"])
    affinity = (pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or {}
    for term in required.get("nodeSelectorTerms") or ():
        for field_ in term.get("matchFields") or ():
            if field_.get("key") == "metadata.name" and len(field_.get("values") or ()) == 1:
                return str(field_["values"][0])
    return ""


@dataclass(slots=True)
class Plan:
    """Nodes that need a Pod and Pods to delete; ``failed`` and ``succeeded`` are among the latter, to be told of."""

    create: list[str] = field(default_factory=list)
    delete: list[Object] = field(default_factory=list)
    failed: list[tuple[Object, str]] = field(default_factory=list)
    succeeded: list[tuple[Object, str]] = field(default_factory=list)


def by_node(pods: Iterable[Object]) -> dict[str, list[Object]]:
    """Return Pods by the node they are for, without those that are over and going."""
    found: dict[str, list[Object]] = {}
    for pod in pods:
        if phase_of(pod) in FINISHED and is_terminating(pod):
            continue
        target = target_of(pod)
        if target:
            found.setdefault(target, []).append(pod)
    return found


def plan(
    daemonset: Object, nodes: Sequence[Object], pods: Mapping[str, Sequence[Object]], mark: str, now: datetime
) -> Plan:
    """Return which nodes need a Pod, and which Pods go (manage, then rollingUpdate).

    Args:
        daemonset: As stored.
        nodes: All nodes.
        pods: Its Pods by node (see ``by_node``).
        mark: Hash of the template's revision.
        now: The cluster's time.
    """
    result = Plan()
    for node in nodes:
        _manage(daemonset, node, pods.get(name_of(node), ()), mark, now, result)
    known = {name_of(node) for node in nodes}
    for node_name, lost in pods.items():
        if node_name not in known:
            result.delete.extend(pod for pod in lost if not pod["spec"].get("nodeName"))
    strategy = daemonset["spec"].get("updateStrategy") or {}
    if (strategy.get("type") or "RollingUpdate") == "RollingUpdate" and not result.create and not result.delete:
        _roll(daemonset, nodes, pods, mark, now, result)
    return result


def _surge(daemonset: Object, desired: int) -> int:
    rolling = (daemonset["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    return scaled(rolling.get("maxSurge") or 0, desired, round_up=True)


def _is_updated(pod: Object, daemonset: Object, mark: str) -> bool:
    generation = (metadata(daemonset).get("annotations") or {}).get(GENERATION_ANNOTATION)
    labels = labels_of(pod)
    return labels.get(HASH_LABEL) == mark or (generation is not None and labels.get(GENERATION_LABEL) == generation)


def _order(pod: Object) -> tuple[bool, str, str]:
    return not pod["spec"].get("nodeName"), metadata(pod).get("creationTimestamp") or "", name_of(pod)


def _manage(daemonset: Object, node: Object, pods: Sequence[Object], mark: str, now: datetime, result: Plan) -> None:
    """Add what one node needs (podsShouldBeOnNode)."""
    run, keep = should_run(daemonset, node)
    min_ready = int(daemonset["spec"].get("minReadySeconds") or 0)
    if run and not pods:
        result.create.append(name_of(node))
        return
    if not keep:
        result.delete.extend(pod for pod in pods if not is_terminating(pod))
        return
    running = []
    for pod in pods:
        if is_terminating(pod):
            continue
        if phase_of(pod) == "Failed":
            result.failed.append((pod, name_of(node)))
            result.delete.append(pod)
        elif phase_of(pod) == "Succeeded":
            result.succeeded.append((pod, name_of(node)))
            result.delete.append(pod)
        else:
            running.append(pod)
    running.sort(key=_order)
    if not _surge(daemonset, 1):
        result.delete.extend(running[1:])
        return
    if not running and run:
        result.create.append(name_of(node))
    if len(running) <= 1:
        return
    new = [pod for pod in running if labels_of(pod).get(HASH_LABEL) == mark]
    old = [pod for pod in running if labels_of(pod).get(HASH_LABEL) != mark]
    result.delete.extend([*new[1:], *old[1:]])
    if new and old and (not is_ready(old[0]) or is_available(new[0], min_ready, now)):
        result.delete.append(old[0])


def _roll(
    daemonset: Object,
    nodes: Sequence[Object],
    pods: Mapping[str, Sequence[Object]],
    mark: str,
    now: datetime,
    result: Plan,
) -> None:
    """Replace old Pods, as many as may be missing or doubled (rollingUpdate)."""
    min_ready = int(daemonset["spec"].get("minReadySeconds") or 0)
    wanted = [name_of(node) for node in nodes if should_run(daemonset, node)[0]]
    rolling = (daemonset["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    surge = _surge(daemonset, len(wanted))
    max_unavailable = scaled(rolling.get("maxUnavailable", 1) or 0, len(wanted), round_up=True)
    if surge == 0 and max_unavailable == 0:
        max_unavailable = 1
    unavailable = surging = 0
    replaced: list[Object] = []
    candidates: list[Object] = []
    fresh: list[str] = []
    fresh_candidates: list[str] = []
    for node_name, here in pods.items():
        living = [pod for pod in here if not is_terminating(pod)]
        new = [pod for pod in living if _is_updated(pod, daemonset, mark)]
        old = [pod for pod in living if not _is_updated(pod, daemonset, mark)]
        if len(new) > 1 or len(old) > 1:
            unavailable += 1
            surging += 1
        elif surge == 0:
            if bool(new) == bool(old) or (new and not is_available(new[0], min_ready, now)):
                unavailable += 1
            elif old and not is_available(old[0], min_ready, now):
                replaced.append(old[0])
                unavailable += 1
            elif old and unavailable < max_unavailable:
                candidates.append(old[0])
        elif old and not new:
            if not is_available(old[0], min_ready, now):
                fresh.append(node_name)
            elif surging < surge:
                fresh_candidates.append(node_name)
        elif old and new:
            if is_available(new[0], min_ready, now):
                replaced.append(old[0])
            else:
                surging += 1
    room = max(0, max_unavailable - unavailable)
    result.delete.extend([*replaced, *candidates[:room]])
    result.create.extend([*fresh, *fresh_candidates[: max(0, surge - surging)]])


def next_status(
    daemonset: Object, nodes: Iterable[Object], pods: Mapping[str, Sequence[Object]], mark: str, now: datetime
) -> tuple[dict[str, Any], float | None]:
    """Return the status, and when the next ready Pod counts as available (updateDaemonSetStatus)."""
    min_ready = int(daemonset["spec"].get("minReadySeconds") or 0)
    desired = current = misscheduled = ready = updated = available = 0
    waits = []
    for node in nodes:
        here = sorted(pods.get(name_of(node), ()), key=_order)
        if not should_run(daemonset, node)[0]:
            misscheduled += bool(here)
            continue
        desired += 1
        if not here:
            continue
        current += 1
        ready += is_ready(here[0])
        wait = available_in(here[0], min_ready, now)
        available += wait == 0
        if wait:
            waits.append(wait)
        updated += _is_updated(here[0], daemonset, mark)
    old = daemonset.get("status") or {}
    status = {
        "currentNumberScheduled": current,
        "numberMisscheduled": misscheduled,
        "desiredNumberScheduled": desired,
        "numberReady": ready,
        "observedGeneration": metadata(daemonset).get("generation") or 0,
        "updatedNumberScheduled": updated,
        "numberAvailable": available,
        "numberUnavailable": desired - available,
        "collisionCount": old.get("collisionCount"),
        "conditions": old.get("conditions"),
    }
    return conditions.compact(status, keep=(*REQUIRED_COUNTS, "collisionCount")), min(waits, default=None)


class DaemonSetController:
    """The daemon set controller."""

    name = "daemonset-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._sets = catalog.for_kind("apps/v1", "DaemonSet")
        self._pods = catalog.for_kind("v1", "Pod")
        self._nodes = catalog.for_kind("v1", "Node")
        self._orphans = Orphans(self._lister, self._pods)
        self._control = PodControl(context, self.name)
        self._revisions = Revisions(self._client, self._lister, HASH_LABEL)

    def triggers(self) -> Sequence[Trigger]:
        owners = OwnerTrigger(self._lister, self._sets, self._orphans)
        return (
            Trigger(self._sets, own_key),
            Trigger(self._pods, owners.keys),
            Trigger(self._nodes, self._when_node_changed),
        )

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(daemonset) for daemonset in self._lister.scan(self._sets))

    def _when_node_changed(self, change: Change) -> Iterable[ObjectKey]:
        old, new = change.old, change.new
        if old is not None and new is not None:
            same = labels_of(old) == labels_of(new)
            if same and (old.get("spec") or {}).get("taints") == (new.get("spec") or {}).get("taints"):
                return ()
        return self.keys()

    def reconcile(self, key: ObjectKey) -> Result:
        daemonset = self._lister.peek(self._sets, key)
        if daemonset is None or is_terminating(daemonset):
            return DONE
        selector = daemonset["spec"].get("selector")
        if selection.is_empty(selector):
            message = "This daemon set is selecting all pods. A non-empty selector is required."
            self._events.warning(self.name, daemonset, "SelectingAll", message)
            return DONE
        now = self._clock.now()
        revisions = self._revisions.of(daemonset)
        current = self._current_revision(daemonset, revisions)
        if current is None:
            return Result(0)
        mark = labels_of(current).get(HASH_LABEL, "")
        nodes = list(self._lister.scan(self._nodes))
        pods = by_node(self._claimed(daemonset, selector))
        decided = plan(daemonset, nodes, pods, mark, now)
        failure = self._apply(daemonset, decided, current, mark)
        live = {name_of(current)}
        live |= {f"{name_of(daemonset)}-{labels_of(pod).get(HASH_LABEL, '')}" for here in pods.values() for pod in here}
        self._revisions.truncate(daemonset, revisions, live)
        pods = by_node(self._claimed(daemonset, selector))
        status, wait = next_status(daemonset, nodes, pods, mark, now)
        if status != (daemonset.get("status") or {}):
            self._client.update(self._sets, {**daemonset, "status": status}, subresource="status", options=MANAGER)
        if failure is not None:
            raise failure
        return Result(wait)

    def _claimed(self, daemonset: Object, selector: Object) -> list[Object]:
        mine = owned(self._lister, daemonset, "Pod")
        orphans = self._orphans.within(key_of(daemonset).namespace)
        return settle(self._client, self._pods, daemonset, claim(daemonset, selector, [*mine, *orphans]))

    def _current_revision(self, daemonset: Object, revisions: list[Object]) -> Object | None:
        """Return the revision of the template, stored if it is new (constructHistory)."""
        template = daemonset["spec"].get("template") or {}
        mark = fingerprint(template)
        equal = [revision for revision in revisions if fingerprint(template_of(revision)) == mark]
        newest = max((revision.get("revision") or 0 for revision in revisions if revision not in equal), default=0)
        if equal:
            current = equal[-1]
            if (current.get("revision") or 0) <= newest:
                current = self._revisions.renumber(current, newest + 1)
            return current
        status = daemonset.get("status") or {}
        collisions = status.get("collisionCount")
        created = self._revisions.create(daemonset, snapshot(template), template_hash(mark, collisions), newest + 1)
        if created is None:
            counts = dict.fromkeys(REQUIRED_COUNTS, 0)
            updated = {**daemonset, "status": {**counts, **status, "collisionCount": (collisions or 0) + 1}}
            self._client.update(self._sets, updated, subresource="status", options=MANAGER)
        return created

    def _apply(self, daemonset: Object, decided: Plan, current: Object, mark: str) -> ApiError | None:
        for pod, node in decided.failed:
            text = f"Found failed daemon pod {key_of(pod)} on node {node}, will try to kill it"
            self._events.warning(self.name, daemonset, "FailedDaemonPod", text)
        for pod, node in decided.succeeded:
            text = f"Found succeeded daemon pod {key_of(pod)} on node {node}, will try to delete it"
            self._events.normal(self.name, daemonset, "SucceededDaemonPod", text)
        failure = None
        for node in decided.create:
            failure = self._control.create(daemonset, self._pod_for(daemonset, current, mark, node))
            if failure is not None:
                break
        for pod in decided.delete:
            failure = self._control.delete(daemonset, pod) or failure
        return failure

    def _pod_for(self, daemonset: Object, current: Object, mark: str, node: str) -> Object:
        """Return the Pod for one node: bound to it by affinity, for the scheduler to place (CreatePodTemplate)."""
        template = daemonset["spec"].get("template") or template_of(current)
        pod = pod_from_template(template, daemonset, controller_reference(daemonset))
        labels = {**(pod["metadata"].get("labels") or {}), HASH_LABEL: mark}
        generation = (metadata(daemonset).get("annotations") or {}).get(GENERATION_ANNOTATION)
        if generation is not None:
            labels[GENERATION_LABEL] = generation
        pod["metadata"]["labels"] = labels
        spec = pod["spec"]
        affinity = spec.get("affinity") or {}
        node_affinity = affinity.get("nodeAffinity") or {}
        field_ = {"key": "metadata.name", "operator": "In", "values": [node]}
        required = {"nodeSelectorTerms": [{"matchFields": [field_]}]}
        name = "requiredDuringSchedulingIgnoredDuringExecution"
        pod["spec"] = {
            **spec,
            "tolerations": daemon_tolerations(spec),
            "affinity": {**affinity, "nodeAffinity": {**node_affinity, name: required}},
        }
        return pod
