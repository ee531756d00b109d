"""Replays traces recorded from the controllers of Kubernetes: no scheduler and no kubelet, Pods change by the trace."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.api import ApiServer, bootstrap
from pyhelm.cluster.clock import Clock, stamp
from pyhelm.cluster.controllers.base import Context
from pyhelm.cluster.controllers.registry import REGISTRATIONS
from pyhelm.cluster.events import Recorder
from pyhelm.cluster.internal import InternalWriter
from pyhelm.cluster.loop import Loop
from pyhelm.cluster.store import Store
from pyhelm.kube import rollout
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation
from pyhelm.kube.objects import ObjectKey, controller_of, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable

TRACES = Path(__file__).parent / "traces"
START = datetime(2026, 1, 1, tzinfo=UTC)
SETTLE = 0.9
WITHOUT = {"default-scheduler", "kubelet", "kubelet-registration", "event-expiry"}
NAMESPACE = "trace"
DECIDED_BY_UID = {("deploy-history-limit", 6)}
"""Steps where one of two Pods is deleted whose ages have one power of two: the recordings agree by luck."""
STRATEGIES = {"strategic": PatchType.STRATEGIC, "merge": PatchType.MERGE, "json": PatchType.JSON}


def load(name: str) -> dict[str, Any]:
    return json.loads((TRACES / f"{name}.json").read_text("utf-8"))


class Bench:
    """A cluster with controllers only."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock(START)
        self.store = Store(folder)
        self.api = ApiServer(self.store, self.clock, seed="trace", pause=self.pause)
        self.loop = Loop(
            self.clock,
            [registration for registration in REGISTRATIONS if registration.name not in WITHOUT],
            self.context,
            strict=True,
        )
        self.api.subscribe(self.loop.notify)
        bootstrap(self.api)
        self.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}})
        for number in (1, 2, 3):
            labels = {"kubernetes.io/hostname": f"trace-n{number}"}
            if number < 3:
                labels["pool"] = "a"
            node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"trace-n{number}", "labels": labels}}
            node["status"] = {"conditions": [{"type": "Ready", "status": "True"}], "allocatable": {"pods": "110"}}
            self.create(node)
            stored = self.api.get(self.kind("Node"), ObjectKey("", f"trace-n{number}"))
            self.api.update(self.kind("Node"), {**stored, "status": node["status"]}, subresource="status")
        self.advance(1)

    def context(self) -> Context:
        internal = InternalWriter(self.api.state)
        recorder = Recorder(internal, self.api, self.clock, self.api.catalog)
        return Context(self.api, self.api, self.clock, recorder, internal, "trace")

    def pause(self, seconds: float) -> bool:
        return self.loop.run_next(seconds)

    def kind(self, kind: str) -> Any:
        return self.api.catalog.find(kind)

    def create(self, obj: dict[str, Any]) -> dict[str, Any]:
        resource = self.api.catalog.for_object(obj)
        namespace = NAMESPACE if resource.namespaced else ""
        return self.api.create(resource, obj, namespace=namespace)

    def advance(self, seconds: float) -> None:
        self.loop.run_until(self.clock.now() + timedelta(seconds=seconds))

    def list(self, kind: str) -> list[dict[str, Any]]:
        return list(self.api.scan(self.kind(kind), NAMESPACE))


class Replay:
    """Runs one trace; ``differences`` says where a step's state is not the recorded one."""

    def __init__(self, bench: Bench, trace: dict[str, Any]) -> None:
        self.bench = bench
        self.trace = trace
        self.sets: list[str] = []
        self.revisions: list[str] = []
        self.names: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        self.owners: dict[str, str] = {}
        self.index: dict[str, int] = {}
        self.present: dict[str, str] = {}
        self.objects: set[str] = set()
        self.events: list[dict[str, Any]] = []
        self.exact = True
        bench.api.subscribe(self.observe)

    def observe(self, change: Any) -> None:
        """Number ReplicaSets and Pods in the order in which they are created."""
        new = change.new
        if new is not None and new["kind"] == "Event":
            self.events.append(new)
        if change.old is not None or new is None or metadata(new).get("namespace") != NAMESPACE:
            return
        name = metadata(new)["name"]
        if new["kind"] == "ReplicaSet":
            self.sets.append(name)
        elif new["kind"] == "ControllerRevision":
            self.revisions.append(name)
        elif new["kind"] == "Pod":
            self.present[metadata(new)["uid"]] = name
            owner = controller_of(new)
            if owner is None:
                self.names[name], self.owners[name] = name, "none"
                return
            group = f"rs{self.sets.index(owner['name'])}" if owner["kind"] == "ReplicaSet" else owner["name"]
            self.owners[name] = group if owner["kind"] == "ReplicaSet" else f"{owner['kind']}/{owner['name']}"
            if owner["kind"] == "StatefulSet":
                self.names[name] = name
                return
            number = self.numbers.get(group, 0)
            self.numbers[group] = number + 1
            prefix = group
            annotations = metadata(new).get("annotations") or {}
            if "batch.kubernetes.io/job-completion-index" in annotations:
                prefix = f"{group}-{annotations['batch.kubernetes.io/job-completion-index']}"
            self.names[name] = f"{prefix}/p{number}"

    # --- actions ---

    def act(self, do: dict[str, Any]) -> None:
        (verb, what), *_ = do.items()
        getattr(self, f"do_{_snake(verb)}")(what)

    def do_create(self, what: Any) -> None:
        for obj in self.trace["initial"] if what == "initial" else [what]:
            self.bench.create(obj)

    def do_patch(self, what: dict[str, Any]) -> None:
        key = ObjectKey(NAMESPACE, what["name"])
        self.bench.api.patch(self.bench.kind(what["kind"]), key, STRATEGIES[what["type"]], what["body"])

    def do_scale(self, what: dict[str, Any]) -> None:
        key = ObjectKey(NAMESPACE, what["name"])
        body = {"spec": {"replicas": what["replicas"]}}
        self.bench.api.patch(self.bench.kind(what["kind"]), key, PatchType.MERGE, body, subresource="scale")

    def do_ready(self, what: dict[str, Any]) -> None:
        ago = what.get("secondsAgo", 0)
        for position, pod in enumerate(self.chosen(what, {"pending", "notReady"})):
            seconds = ago[position] if isinstance(ago, list) else ago
            self.set_status(pod, "Running", "True", self.bench.clock.now() - timedelta(seconds=seconds))

    def do_unready(self, what: dict[str, Any]) -> None:
        for pod in self.chosen(what, {"pending", "ready"}):
            self.set_status(pod, "Running", "False", self.bench.clock.now())

    def do_succeeded(self, what: dict[str, Any]) -> None:
        for pod in self.chosen(what, {"pending", "ready"}):
            self.set_status(pod, "Succeeded", "False", self.bench.clock.now(), exit_code=0)

    def do_failed(self, what: dict[str, Any]) -> None:
        for pod in self.chosen(what, {"pending", "ready"}):
            self.set_status(pod, "Failed", "False", self.bench.clock.now(), exit_code=1)

    def do_finish(self, what: dict[str, Any]) -> None:
        self.remove(self.chosen(what, {"terminating"}))

    def do_delete_pods(self, what: Any) -> None:
        self.remove(self.chosen({"pods": what}, {"ready", "pending", "notReady"}))

    def do_delete(self, what: dict[str, Any]) -> None:
        options = DeleteOptions(propagation=Propagation(what["propagationPolicy"]))
        self.bench.api.delete(self.bench.kind(what["kind"]), ObjectKey(NAMESPACE, what["name"]), options)

    def do_wait(self, what: float) -> None:
        self.bench.advance(what - SETTLE if what > SETTLE else 0)

    def do_wait_for(self, what: str) -> None:
        assert what == "the next pod is created"
        before = len(self.names)
        for _ in range(600):
            if len(self.names) > before:
                return
            self.bench.advance(0.1)

    def do_kubectl(self, what: list[str]) -> None:
        if what[:2] == ["rollout", "undo"]:
            kind, _, name = what[2].partition("/")
            try:
                rollout.undo(self.bench.api, self.bench.kind(kind), ObjectKey(NAMESPACE, name))
            except Exception:  # noqa: BLE001  (kubectl refuses for a paused Deployment; the state says whether it did)
                return

    def chosen(self, what: dict[str, Any], states: set[str]) -> list[dict[str, Any]]:
        """Return the Pods that a step means; another of the same owner where the choice was free before."""
        pods = {self.names[metadata(pod)["name"]]: pod for pod in self.bench.list("pods")}
        found: list[dict[str, Any]] = []
        for name in what["pods"]:
            pod = pods.get(name)
            if pod is None or state_of(pod) not in states:
                assert not self.exact, f"no {name} to change (there are {sorted(pods)})"
                group = name.partition("/")[0]
                pod = next(
                    other
                    for other_name, other in sorted(pods.items(), key=lambda item: _number(item[0]))
                    if other_name.partition("/")[0] == group and state_of(other) in states and other not in found
                )
            found.append(pod)
        return found

    def set_status(
        self, pod: dict[str, Any], phase: str, ready: str, since: datetime, exit_code: int | None = None
    ) -> None:
        resource = self.bench.kind("pods")
        key = ObjectKey(NAMESPACE, metadata(pod)["name"])
        node = _wanted_node(pod)
        owner = controller_of(pod)
        if owner and owner["kind"] == "DaemonSet" and not pod["spec"].get("nodeName"):
            binding = {"metadata": {"name": key.name}, "target": {"kind": "Node", "name": node}}
            self.bench.api.create(resource, binding, namespace=NAMESPACE, subresource="binding")
        fresh = self.bench.api.get(resource, key)
        moment = stamp(since)
        conditions = [
            {"type": name, "status": ready, "lastTransitionTime": moment} for name in ("Ready", "ContainersReady")
        ]
        fresh["status"] = {"phase": phase, "conditions": conditions, "startTime": moment}
        if exit_code is not None:
            ended = {"exitCode": exit_code, "startedAt": moment, "finishedAt": moment}
            name = fresh["spec"]["containers"][0]["name"]
            fresh["status"]["containerStatuses"] = [
                {
                    "name": name,
                    "restartCount": 0,
                    "image": "",
                    "imageID": "",
                    "ready": False,
                    "state": {"terminated": ended},
                }
            ]
        self.bench.api.update(resource, fresh, subresource="status")

    def remove(self, pods: list[dict[str, Any]]) -> None:
        for pod in pods:
            key = ObjectKey(NAMESPACE, metadata(pod)["name"])
            self.bench.api.delete(self.bench.kind("pods"), key, DeleteOptions(grace_seconds=0))

    # --- state ---

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind, reader in (
            ("deployment", _deployment),
            ("statefulset", _statefulset),
            ("daemonset", _daemonset),
            ("job", _job),
        ):
            for obj in self.bench.list(f"{kind}s"):
                found[kind] = self.masked(reader(obj))
        sets = sorted(self.bench.list("replicasets"), key=lambda item: self.sets.index(metadata(item)["name"]))
        if sets:
            found["replicasets"] = [
                self.masked(_replicaset(item, self.sets.index(metadata(item)["name"]))) for item in sets
            ]
        revisions = self.bench.list("controllerrevisions")
        if revisions:
            entries: list[dict[str, Any]] = [
                {"index": self.revisions.index(metadata(item)["name"]), "revision": item["revision"]}
                for item in revisions
            ]
            for entry in entries:
                # A StatefulSet's hash is Kubernetes' own; a DaemonSet's depends on Go's dump of the template.
                if "statefulset" in found:
                    entry["name"] = self.revisions[entry["index"]]
            found["controllerrevisions"] = sorted(entries, key=lambda item: item["index"])
        pods: dict[str, Any] = {}
        names = {}
        for pod in self.bench.list("pods"):
            names[metadata(pod)["uid"]] = metadata(pod)["name"]
            group = pods.setdefault(self.group_of(pod), {"counts": {}, "pods": []})
            state = state_of(pod)
            group["counts"][state] = group["counts"].get(state, 0) + 1
            group["pods"].append(self.pod_entry(pod, state))
        for key, group in pods.items():
            if key.startswith("DaemonSet"):
                group["pods"].sort(key=lambda item: item.get("node") or item.get("wantsNode") or "")
            elif key.startswith("StatefulSet"):
                group["pods"].sort(key=lambda item: item["pod"])
            else:
                group["pods"].sort(key=lambda item: _number(item["pod"]))
        found["pods"] = pods
        gone = sorted(self.names[name] for uid, name in self.present.items() if uid not in names)
        if gone:
            found["podsGone"] = gone
        self.present = names
        objects = {
            f"{obj['kind']}/{metadata(obj)['name']}"
            for kind in ("deployments", "replicasets", "statefulsets", "daemonsets", "jobs")
            for obj in self.bench.list(kind)
        }
        if self.objects - objects:
            found["objectsGone"] = sorted(self.masked(name) for name in self.objects - objects)
        self.objects = objects
        claims = self.bench.list("persistentvolumeclaims")
        if claims:
            found["persistentvolumeclaims"] = [metadata(claim)["name"] for claim in claims]
        found["newEvents"] = self.new_events()
        return found

    def group_of(self, pod: dict[str, Any]) -> str:
        owner = controller_of(pod)
        if owner is None:
            return "none"
        if owner["kind"] == "ReplicaSet":
            return f"rs{self.sets.index(owner['name'])}"
        return f"{owner['kind']}/{owner['name']}"

    def pod_entry(self, pod: dict[str, Any], state: str) -> dict[str, Any]:
        entry: dict[str, Any] = {"pod": self.names[metadata(pod)["name"]], "state": state}
        labels, annotations = metadata(pod).get("labels") or {}, metadata(pod).get("annotations") or {}
        if "controller-revision-hash" in labels:
            hashed = labels["controller-revision-hash"]
            owner = (controller_of(pod) or {}).get("kind")
            position = next(
                index for index, name in enumerate(self.revisions) if name == hashed or name.endswith(f"-{hashed}")
            )
            entry["revision"] = f"web-<cr{position}>" if owner == "StatefulSet" else f"<cr{position}>"
        if pod["spec"].get("nodeName"):
            entry["node"] = pod["spec"]["nodeName"]
        elif _wanted_node(pod):
            entry["wantsNode"] = _wanted_node(pod)
        if "batch.kubernetes.io/job-completion-index" in annotations:
            entry["index"] = annotations["batch.kubernetes.io/job-completion-index"]
        if metadata(pod).get("finalizers"):
            entry["finalizers"] = metadata(pod)["finalizers"]
        return entry

    def new_events(self) -> list[dict[str, Any]]:
        found = []
        for event in self.events:
            involved = event["involvedObject"]
            entry = {
                "object": self.masked(f"{involved['kind']}/{involved['name']}"),
                "type": event["type"],
                "reason": event["reason"],
                "message": self.masked(event["message"]),
            }
            if entry["message"].startswith("(combined from similar events): "):
                entry["message"] = entry["message"].removeprefix("(combined from similar events): ")
                entry["combined"] = True
            if event.get("count", 1) > 1:
                entry["count"] = event["count"]
            found.append(entry)
        self.events.clear()
        return found

    def masked(self, value: Any) -> Any:
        """Replace what depends on hashes and luck."""
        if isinstance(value, dict):
            return {name: self.masked(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.masked(item) for item in value]
        if not isinstance(value, str):
            return value
        for name, number in self.names.items():
            if not number.startswith(("web-", name)) or "/" in number:
                value = value.replace(name, name[:-5] + "<pod>")
        for index, name in enumerate(self.revisions):
            value = value.replace(name, f"web-<cr{index}>")
        for index, name in enumerate(self.sets):
            if re.fullmatch(r"web-[bcdfghjklmnpqrstvwxz2456789]{6,}", name):
                value = re.sub(rf"{re.escape(name)}\b", f"web-<rs{index}>", value)
        return value

    # --- comparison ---

    def differences(self, step: dict[str, Any]) -> list[str]:
        """Act, let controllers come to rest, and compare."""
        self.act(step["do"])
        self.bench.advance(SETTLE)
        varies = step.get("varies") or []
        if (self.trace["name"], self.trace["steps"].index(step)) in DECIDED_BY_UID:
            self.exact = False
        if any(path.startswith(("after.pods", "do.")) for path in varies):
            self.exact = False
        got = self.state()
        return list(self.compare(step["after"], got, varies))

    def compare(self, want: dict[str, Any], got: dict[str, Any], varies: list[str]) -> Iterable[str]:
        for part in sorted({*want, *got} - {"newEvents", "pods", "podsGone", "error"}):
            yield from _diff(f"after.{part}", want.get(part), got.get(part), varies)
        free = not self.exact or any(path.startswith("after.podsGone") for path in varies)
        if free:
            counts = {group: item["counts"] for group, item in want["pods"].items()}
            have = {group: item["counts"] for group, item in got["pods"].items()}
            yield from _diff("after.pods.counts", counts, have, varies)
            yield from _diff("after.podsGone.len", len(want.get("podsGone") or ()), len(got.get("podsGone") or ()), [])
        else:
            yield from _diff("after.pods", want["pods"], got["pods"], varies)
            yield from _diff("after.podsGone", want.get("podsGone"), got.get("podsGone"), varies)
        if any(path.startswith("after.newEvents") for path in varies):
            return
        yield from _diff("after.newEvents", _by_object(want["newEvents"]), _by_object(got["newEvents"]), varies)


def state_of(pod: dict[str, Any]) -> str:
    if metadata(pod).get("deletionTimestamp"):
        return "terminating"
    status = pod.get("status") or {}
    if status.get("phase") in {"Succeeded", "Failed"}:
        return str(status["phase"]).lower()
    if status.get("phase") != "Running":
        return "pending"
    ready = any(item["type"] == "Ready" and item["status"] == "True" for item in status.get("conditions") or ())
    return "ready" if ready else "notReady"


def _by_object(events: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        found.setdefault(event["object"], []).append(event)
    return found


def _diff(path: str, want: Any, got: Any, varies: list[str]) -> Iterable[str]:
    if want == got or any(path == vary or path.startswith((f"{vary}.", f"{vary}[")) for vary in varies):
        return
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*want, *got}):
            yield from _diff(f"{path}.{key}", want.get(key), got.get(key), varies)
    elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        for index, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from _diff(f"{path}[{index}]", one, other, varies)
    else:
        yield f"{path}: recorded {json.dumps(want)}, got {json.dumps(got)}"


def _snake(text: str) -> str:
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), text)


def _number(name: str) -> tuple[str, int]:
    group, _, number = name.partition("/p")
    return group.partition("-")[0] if "/" in name else name, int(number or 0)


def _wanted_node(pod: dict[str, Any]) -> str:
    affinity = ((pod["spec"].get("affinity") or {}).get("nodeAffinity") or {}).get(
        "requiredDuringSchedulingIgnoredDuringExecution"
    ) or {}
    for term in affinity.get("nodeSelectorTerms") or ():
        for field in term.get("matchFields") or ():
            return str(field["values"][0])
    return ""


def _conditions(status: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("type", "status", "reason", "message")
    return [{name: item[name] for name in names if name in item} for item in status.get("conditions") or ()]


def _going(obj: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if metadata(obj).get("deletionTimestamp"):
        found["deleting"] = True
    if metadata(obj).get("finalizers"):
        found["finalizers"] = metadata(obj)["finalizers"]
    return found


def _deployment(obj: dict[str, Any]) -> dict[str, Any]:
    spec, status = obj["spec"], obj.get("status") or {}
    return {
        "generation": metadata(obj)["generation"],
        "observedGeneration": status.get("observedGeneration", 0),
        "specReplicas": spec["replicas"],
        **{
            name: status.get(name, 0)
            for name in (
                "replicas",
                "updatedReplicas",
                "readyReplicas",
                "availableReplicas",
                "unavailableReplicas",
                "terminatingReplicas",
            )
        },
        "collisionCount": status.get("collisionCount"),
        "paused": bool(spec.get("paused")),
        "revision": (metadata(obj).get("annotations") or {}).get("deployment.kubernetes.io/revision"),
        "conditions": _conditions(status),
        **_going(obj),
    }


def _replicaset(obj: dict[str, Any], index: int) -> dict[str, Any]:
    status, annotations = obj.get("status") or {}, metadata(obj).get("annotations") or {}
    owner = controller_of(obj)
    prefix = "deployment.kubernetes.io/"
    found = {
        "index": index,
        "name": metadata(obj)["name"],
        "controlledBy": f"{owner['kind']}/{owner['name']}" if owner else None,
        "spec": obj["spec"]["replicas"],
        "replicas": status.get("replicas", 0),
        "ready": status.get("readyReplicas", 0),
        "available": status.get("availableReplicas", 0),
        "fullyLabeled": status.get("fullyLabeledReplicas", 0),
        "terminating": status.get("terminatingReplicas", 0),
        "minReadySeconds": obj["spec"].get("minReadySeconds", 0),
        "revision": annotations.get(f"{prefix}revision"),
        "revisionHistory": annotations.get(f"{prefix}revision-history"),
        "desiredReplicas": annotations.get(f"{prefix}desired-replicas"),
        "maxReplicas": annotations.get(f"{prefix}max-replicas"),
        **_going(obj),
    }
    if status.get("conditions"):
        found["conditions"] = _conditions(status)
    return found


def _statefulset(obj: dict[str, Any]) -> dict[str, Any]:
    status = obj.get("status") or {}
    return {
        "generation": metadata(obj)["generation"],
        "specReplicas": obj["spec"]["replicas"],
        "observedGeneration": status.get("observedGeneration", 0),
        "collisionCount": status.get("collisionCount"),
        **{
            name: status.get(name, 0)
            for name in ("replicas", "readyReplicas", "availableReplicas", "currentReplicas", "updatedReplicas")
        },
        "currentRevision": status.get("currentRevision"),
        "updateRevision": status.get("updateRevision"),
    }


def _daemonset(obj: dict[str, Any]) -> dict[str, Any]:
    status = obj.get("status") or {}
    names = (
        "observedGeneration",
        "desiredNumberScheduled",
        "currentNumberScheduled",
        "updatedNumberScheduled",
        "numberReady",
        "numberAvailable",
        "numberUnavailable",
        "numberMisscheduled",
    )
    return {"generation": metadata(obj)["generation"], **{name: status.get(name, 0) for name in names}}


def _job(obj: dict[str, Any]) -> dict[str, Any]:
    status = obj.get("status") or {}
    found = {name: status.get(name, 0) for name in ("active", "ready", "terminating", "succeeded", "failed")}
    if "completedIndexes" in status:
        found["completedIndexes"] = status["completedIndexes"]
    if "failedIndexes" in status:
        found["failedIndexes"] = status["failedIndexes"]
    return {
        **found,
        "startTime": "set" if status.get("startTime") else None,
        "completionTime": "set" if status.get("completionTime") else None,
        "uncountedTerminatedPods": status.get("uncountedTerminatedPods"),
        "suspend": bool(obj["spec"].get("suspend")),
        "conditions": _conditions(status),
    }
