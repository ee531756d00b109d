"""Run each Job's Pods to completion, and count them without losing one (pkg/controller/job).

Flow: key -> Pods -> plan (pure) -> delete, create -> status with what is about to be counted -> finalizers off -> final
status. Not here (yet): podFailurePolicy, successPolicy, backoffLimitPerIndex.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import parse_stamp, stamp
from pyhelm.cluster.controllers import conditions, selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import (
    MANAGER,
    OwnerTrigger,
    controller_reference,
    ignore_missing,
    own_key,
    owned,
)
from pyhelm.cluster.controllers.podcontrol import PodControl
from pyhelm.cluster.controllers.pods import (
    choose_for_deletion,
    condition_of,
    is_active,
    is_ready,
    phase_of,
    pod_from_template,
    still_terminating,
)
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation
from pyhelm.kube.objects import annotations_of, is_terminating, key_of, labels_of, metadata, name_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pyhelm.cluster.controllers.base import Context, Lister
    from pyhelm.errors import ApiError
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource

FINALIZER = "batch.kubernetes.io/job-tracking"
INDEX = "batch.kubernetes.io/job-completion-index"
BACKOFF_FIRST, BACKOFF_LAST = 10.0, 600.0
BURST = 500


@dataclass(slots=True)
class Plan:
    """What a Job should do now.

    Attributes:
        create: Completion indexes of the Pods to create; None for a Job that has none.
        delete: Active Pods to delete, with or without counting them.
        verdict: Condition type, reason and message that the Job deserves; empty for none.
        wait: In how many seconds to look again.
    """

    create: list[int | None] = field(default_factory=list)
    delete: list[Object] = field(default_factory=list)
    verdict: tuple[str, str, str] | None = None
    wait: float | None = None


def is_indexed(job: Object) -> bool:
    """Tell whether Pods have completion indexes."""
    return bool(job["spec"].get("completionMode") == "Indexed")


def is_suspended(job: Object) -> bool:
    """Tell whether no Pod should run now."""
    return bool(job["spec"].get("suspend"))


def finished(job: Object) -> Object | None:
    """Return the Complete or Failed condition of a Job that is over."""
    for condition in (job.get("status") or {}).get("conditions") or ():
        if condition.get("type") in {"Complete", "Failed"} and condition.get("status") == "True":
            found: Object = condition
            return found
    return None


def index_of(pod: Object) -> int | None:
    """Return a Pod's completion index."""
    text = annotations_of(pod).get(INDEX, "")
    return int(text) if text.isdecimal() else None


def tracked(pod: Object) -> bool:
    """Tell whether a Pod still waits to be counted."""
    return FINALIZER in (metadata(pod).get("finalizers") or ())


def release(client: Client, lister: Lister, pods: Resource, pod: Object) -> None:
    """Take the tracking finalizer off a Pod."""
    fresh = lister.peek(pods, key_of(pod))
    if fresh is None or not tracked(fresh) or uid_of(fresh) != uid_of(pod):
        return
    kept = [item for item in metadata(fresh)["finalizers"] if item != FINALIZER]
    body = {"metadata": {"uid": uid_of(pod), "finalizers": kept or None}}
    ignore_missing(lambda: client.patch(pods, key_of(pod), PatchType.MERGE, body, options=MANAGER))


def has_failed(pod: Object, job: Object) -> bool:
    """Tell whether a Pod counts as failed (isPodFailed)."""
    if phase_of(pod) == "Failed":
        return True
    if job["spec"].get("podReplacementPolicy") == "Failed" or job["spec"].get("podFailurePolicy"):
        return False
    return is_terminating(pod) and phase_of(pod) != "Succeeded"


def format_indexes(indexes: Iterable[int]) -> str:
    """Return completed indexes as the status shows them: ``0,2-4``."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and runs[-1][1] == index - 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(a) if a == b else f"{a},{b}" if b == a + 1 else f"{a}-{b}" for a, b in runs)


def parse_indexes(text: str) -> set[int]:
    """Return what ``format_indexes`` wrote."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        if first.isdecimal():
            found.update(range(int(first), int(last or first) + 1))
    return found


def succeeded_indexes(job: Object, pods: Iterable[Object]) -> set[int]:
    """Return the indexes that are done (calculateSucceededIndexes)."""
    completions = int(job["spec"].get("completions") or 0)
    found = parse_indexes((job.get("status") or {}).get("completedIndexes") or "")
    for pod in pods:
        index = index_of(pod)
        if index is not None and index < completions and phase_of(pod) == "Succeeded" and tracked(pod):
            found.add(index)
    return {index for index in found if index < completions}


def finish_time(pod: Object) -> datetime | None:
    """Return when a Pod ended (getFinishedTime)."""
    ends: list[datetime] = []
    for entry in (pod.get("status") or {}).get("containerStatuses") or ():
        moment = parse_stamp(((entry.get("state") or {}).get("terminated") or {}).get("finishedAt"))
        if moment is None:
            ends = []
            break
        ends.append(moment)
    if ends:
        return max(ends)
    ready = condition_of(pod, "Ready")
    if ready is not None and ready.get("status") == "False":
        return parse_stamp(ready.get("lastTransitionTime"))
    deleted = parse_stamp(metadata(pod).get("deletionTimestamp"))
    if deleted is not None:
        return deleted - timedelta(seconds=int(metadata(pod).get("deletionGracePeriodSeconds") or 0))
    return parse_stamp(metadata(pod).get("creationTimestamp"))


def back_off(job: Object, pods: Iterable[Object], now: datetime) -> float:
    """Return for how long no new Pod may start: 10 s, doubled by each failure since the last success."""
    succeeded = [finish_time(pod) for pod in pods if phase_of(pod) == "Succeeded"]
    failed = sorted(moment for pod in pods if has_failed(pod, job) and (moment := finish_time(pod)) is not None)
    last_success = max((moment for moment in succeeded if moment is not None), default=None)
    if last_success is not None:
        failed = [moment for moment in failed if moment > last_success]
    if not failed:
        return 0.0
    wait = min(BACKOFF_FIRST * 2.0 ** (len(failed) - 1), BACKOFF_LAST)
    return max(0.0, wait - (now - failed[-1]).total_seconds())


def counts(job: Object, pods: Sequence[Object]) -> tuple[int, int]:
    """Return how many Pods succeeded and failed, counted or not."""
    status = job.get("status") or {}
    waiting = status.get("uncountedTerminatedPods") or {}
    known = {*(waiting.get("succeeded") or ()), *(waiting.get("failed") or ())}
    fresh = [pod for pod in pods if tracked(pod) and uid_of(pod) not in known]
    succeeded = (status.get("succeeded") or 0) + len(waiting.get("succeeded") or ())
    succeeded += sum(1 for pod in fresh if phase_of(pod) == "Succeeded")
    failed = (status.get("failed") or 0) + len(waiting.get("failed") or ())
    failed += sum(1 for pod in fresh if has_failed(pod, job))
    if is_indexed(job):
        succeeded = len(succeeded_indexes(job, pods))
    return succeeded, failed


def plan(job: Object, pods: Sequence[Object], now: datetime) -> Plan:
    """Return what a Job that is not over should do (syncJob, manageJob)."""
    spec = job["spec"]
    active = [pod for pod in pods if is_active(pod)]
    succeeded, failed = counts(job, pods)
    result = Plan()
    result.verdict = _verdict(job, pods, failed, now, result)
    if result.verdict is not None:
        result.delete = active
        return result
    if is_terminating(job):
        return result
    if is_suspended(job):
        result.delete = active
        return result
    parallelism = 1 if spec.get("parallelism") is None else int(spec["parallelism"])
    completions = spec.get("completions")
    if completions is None:
        wanted = len(active) if succeeded else parallelism
        complete = succeeded > 0 and not active
    else:
        wanted = max(0, min(int(completions) - succeeded, parallelism))
        complete = succeeded >= int(completions) and not active
    if complete:
        result.verdict = ("SuccessCriteriaMet", "CompletionsReached", "Reached expected number of succeeded pods")
        return result
    if len(active) > wanted:
        result.delete = choose_for_deletion(active, (), len(active) - wanted, now)[:BURST]
        return result
    missing = wanted - len(active)
    if spec.get("podReplacementPolicy") == "Failed":
        missing -= sum(1 for pod in pods if still_terminating(pod))
    if missing <= 0:
        return result
    wait = back_off(job, pods, now)
    if wait > 0:
        result.wait = wait if result.wait is None else min(wait, result.wait)
        return result
    missing = min(missing, BURST)
    if is_indexed(job):
        taken = {index_of(pod) for pod in active} | succeeded_indexes(job, pods)
        free = [index for index in range(int(completions or 0)) if index not in taken]
        result.create.extend(free[:missing])
    else:
        result.create.extend([None] * missing)
    return result


def _verdict(
    job: Object, pods: Iterable[Object], failed: int, now: datetime, result: Plan
) -> tuple[str, str, str] | None:
    """Return why a Job has to end, if it has."""
    known = (job.get("status") or {}).get("conditions") or []
    for name in ("SuccessCriteriaMet", "FailureTarget"):
        condition = conditions.find(known, name)
        if condition is not None and condition.get("status") == "True":
            return name, condition.get("reason", ""), condition.get("message", "")
    spec = job["spec"]
    limit = 6 if spec.get("backoffLimit") is None else int(spec["backoffLimit"])
    if failed > limit or _restarted_too_often(job, pods, limit):
        return "FailureTarget", "BackoffLimitExceeded", "Job has reached the specified backoff limit"
    deadline = spec.get("activeDeadlineSeconds")
    started = parse_stamp((job.get("status") or {}).get("startTime"))
    if deadline is not None and not is_suspended(job):
        left = float(deadline) - ((now - started).total_seconds() if started is not None else 0.0)
        if left <= 0:
            return "FailureTarget", "DeadlineExceeded", "Job was active longer than specified deadline"
        result.wait = left
    return None


def _restarted_too_often(job: Object, pods: Iterable[Object], limit: int) -> bool:
    """Tell whether containers restarted more than the limit allows (pastBackoffLimitOnFailure)."""
    template = job["spec"].get("template") or {}
    if (template.get("spec") or {}).get("restartPolicy") != "OnFailure":
        return False
    restarts = 0
    for pod in pods:
        if phase_of(pod) in {"Running", "Pending"}:
            status = pod.get("status") or {}
            entries = [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]
            restarts += sum(entry.get("restartCount") or 0 for entry in entries)
    return restarts > 0 if limit == 0 else restarts >= limit


class JobController:
    """The job controller."""

    name = "job-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._jobs = catalog.for_kind("batch/v1", "Job")
        self._pods = catalog.for_kind("v1", "Pod")
        self._control = PodControl(context, self.name)

    def triggers(self) -> Sequence[Trigger]:
        owners = OwnerTrigger(self._lister, self._jobs)
        return (Trigger(self._jobs, own_key), Trigger(self._pods, owners.keys))

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(job) for job in self._lister.scan(self._jobs))

    def reconcile(self, key: ObjectKey) -> Result:
        job = self._lister.peek(self._jobs, key)
        if job is None:
            return DONE
        if finished(job) is not None:
            return self._expire(job)
        selector = job["spec"].get("selector")
        pods = [pod for pod in owned(self._lister, job, "Pod") if selection.matches(selector, labels_of(pod))]
        decided = plan(job, pods, self._clock.now())
        failure = self._apply(job, decided)
        # What happened to Pods is read again; deleted ones are on their way or gone.
        fresh = (self._lister.peek(self._pods, key_of(pod)) or {**pod, "gone": True} for pod in pods)
        self._track(job, list(fresh), decided, created=len(decided.create) if failure is None else 0)
        if failure is not None:
            raise failure
        return Result(decided.wait)

    def _expire(self, job: Object) -> Result:
        """Delete a Job that is over for long enough (ttlSecondsAfterFinished)."""
        for pod in owned(self._lister, job, "Pod"):
            if tracked(pod):
                self._release(pod)
        ttl = job["spec"].get("ttlSecondsAfterFinished")
        if ttl is None or is_terminating(job):
            return DONE
        condition = finished(job) or {}
        since = parse_stamp(condition.get("lastTransitionTime"))
        left = float(ttl) - ((self._clock.now() - since).total_seconds() if since is not None else 0.0)
        if left > 0:
            return Result(left)
        options = DeleteOptions(propagation=Propagation.FOREGROUND, uid=uid_of(job))
        ignore_missing(lambda: self._client.delete(self._jobs, key_of(job), options))
        return DONE

    # --- Pods ---

    def _apply(self, job: Object, decided: Plan) -> ApiError | None:
        failure = None
        for pod in decided.delete:
            if decided.verdict is None and tracked(pod):
                # Deleted because there are too many, not because of a verdict: it is not counted as failed.
                self._release(pod)
            failure = self._control.delete(job, pod) or failure
        for index in decided.create:
            refused = self._control.create(job, _pod_for(job, index))
            if refused is not None:
                return refused
        return failure

    def _release(self, pod: Object) -> None:
        release(self._client, self._lister, self._pods, pod)

    # --- status ---

    def _track(self, job: Object, pods: Sequence[Object], decided: Plan, *, created: int) -> None:
        """Count finished Pods in two steps: none is lost or counted twice (trackJobStatusAndRemoveFinalizers)."""
        now = stamp(self._clock.now())
        status = dict(job.get("status") or {})
        active = [pod for pod in pods if not pod.get("gone") and is_active(pod)]
        status["active"] = len(active) + created
        status["ready"] = sum(1 for pod in active if is_ready(pod))
        status["terminating"] = sum(1 for pod in pods if not pod.get("gone") and still_terminating(pod))
        if not status.get("startTime") and not is_suspended(job):
            status["startTime"] = now
        status["conditions"] = list(status.get("conditions") or ())
        verdict = decided.verdict
        if verdict is None:
            self._tell_suspension(job, status, now)
        to_release = self._take_in(job, pods, status, verdict)
        if verdict is not None:
            name, reason, message = verdict
            if conditions.find(status["conditions"], name) is None:
                status["conditions"].append(_condition(name, reason, message, now))
        self._write(job, status)
        for pod in to_release:
            self._release(pod)
        if to_release or verdict is not None:
            self._finish(job, pods, status, verdict, now)

    def _tell_suspension(self, job: Object, status: dict[str, Any], now: str) -> None:
        current = conditions.find(status["conditions"], "Suspended")
        suspended = is_suspended(job)
        if suspended and (current is None or current.get("status") != "True"):
            reason, message, value = "JobSuspended", "Job suspended", "True"
            status.pop("startTime", None)
        elif not suspended and current is not None and current.get("status") == "True":
            reason, message, value = "JobResumed", "Job resumed", "False"
            status["startTime"] = now
        else:
            return
        self._events.normal(self.name, job, "Suspended" if suspended else "Resumed", message)
        condition = {**_condition("Suspended", reason, message, now), "status": value}
        if current is None:
            status["conditions"].append(condition)
        else:
            status["conditions"][status["conditions"].index(current)] = condition

    def _take_in(
        self, job: Object, pods: Sequence[Object], status: dict[str, Any], verdict: tuple[str, str, str] | None
    ) -> list[Object]:
        """Note finished Pods as about to be counted; returns those whose finalizer goes."""
        waiting = status.get("uncountedTerminatedPods") or {}
        succeeded, failed = list(waiting.get("succeeded") or ()), list(waiting.get("failed") or ())
        indexed = is_indexed(job)
        indexes = parse_indexes(status.get("completedIndexes") or "")
        completions = int(job["spec"].get("completions") or 0)
        release = []
        for pod in pods:
            if pod.get("gone") or not tracked(pod):
                continue
            lost = verdict is not None and verdict[0] == "FailureTarget"
            over = phase_of(pod) in {"Succeeded", "Failed"} or has_failed(pod, job)
            if not over and not (verdict is not None and is_terminating(pod)) and not is_terminating(job):
                continue
            release.append(pod)
            uid, index = uid_of(pod), index_of(pod)
            if phase_of(pod) == "Succeeded" and uid not in failed:
                if not indexed and uid not in succeeded:
                    succeeded.append(uid)
                elif indexed and index is not None and _within(index, completions):
                    indexes.add(index)
            elif uid not in failed and (has_failed(pod, job) or lost) and (not indexed or _within(index, completions)):
                failed.append(uid)
        if indexed:
            status["completedIndexes"] = format_indexes(indexes)
            status["succeeded"] = len(indexes)
        status["uncountedTerminatedPods"] = _uncounted(succeeded, failed)
        return release

    def _finish(
        self,
        job: Object,
        pods: Iterable[Object],
        status: dict[str, Any],
        verdict: tuple[str, str, str] | None,
        now: str,
    ) -> None:
        """Count what has no finalizer any more, and pronounce the verdict when nothing is left (enactJobFinished)."""
        current = self._lister.peek(self._jobs, key_of(job))
        if current is None:
            return
        held = set()
        for pod in pods:
            fresh = self._lister.peek(self._pods, key_of(pod))
            if fresh is not None and tracked(fresh):
                held.add(uid_of(pod))
        waiting = status["uncountedTerminatedPods"]
        succeeded = [uid for uid in waiting.get("succeeded", ()) if uid in held]
        failed = [uid for uid in waiting.get("failed", ()) if uid in held]
        final = {**status, "conditions": list(status["conditions"])}
        final["succeeded"] = (status.get("succeeded") or 0) + len(waiting.get("succeeded", ())) - len(succeeded)
        final["failed"] = (status.get("failed") or 0) + len(waiting.get("failed", ())) - len(failed)
        final["uncountedTerminatedPods"] = _uncounted(succeeded, failed)
        if verdict is not None and not succeeded and not failed and not status["active"] and not status["terminating"]:
            name = "Complete" if verdict[0] == "SuccessCriteriaMet" else "Failed"
            final["conditions"].append(_condition(name, verdict[1], verdict[2], now))
            if name == "Complete":
                final["completionTime"] = now
                self._events.normal(self.name, job, "Completed", "Job completed")
            else:
                self._events.warning(self.name, job, verdict[1], verdict[2])
        self._write(current, final)

    def _write(self, job: Object, status: dict[str, Any]) -> None:
        kept = ("ready", "terminating", "uncountedTerminatedPods")
        status = conditions.compact(status, keep=kept)
        fresh = self._lister.peek(self._jobs, key_of(job))
        if fresh is not None and status != (fresh.get("status") or {}):
            self._client.update(self._jobs, {**fresh, "status": status}, subresource="status", options=MANAGER)


def _within(index: int | None, completions: int) -> bool:
    return index is not None and index < completions


def _uncounted(succeeded: list[str], failed: list[str]) -> dict[str, list[str]]:
    found = {"succeeded": succeeded, "failed": failed}
    return {name: uids for name, uids in found.items() if uids}


def _condition(name: str, reason: str, message: str, now: str) -> Object:
    return {
        "type": name,
        "status": "True",
        "lastProbeTime": now,
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }


def _pod_for(job: Object, index: int | None) -> Object:
    """Return a Pod to create, that stays until it is counted."""
    pod = pod_from_template(job["spec"].get("template") or {}, job, controller_reference(job))
    meta = pod["metadata"]
    meta["finalizers"] = [*(meta.get("finalizers") or ()), FINALIZER]
    if index is None:
        return pod
    name = name_of(job)
    meta["generateName"] = f"{name}-{index}-"
    meta["annotations"] = {**(meta.get("annotations") or {}), INDEX: str(index)}
    meta["labels"] = {**(meta.get("labels") or {}), INDEX: str(index)}
    variable = {
        "name": "JOB_COMPLETION_INDEX",
        "valueFrom": {"fieldRef": {"fieldPath": f"metadata.labels['{INDEX}']"}},
    }
    spec = {**pod["spec"], "hostname": f"{name}-{index}"}
    for part in ("initContainers", "containers"):
        if spec.get(part):
            spec[part] = [{**item, "env": [*(item.get("env") or ()), variable]} for item in spec[part]]
    pod["spec"] = spec
    return pod
