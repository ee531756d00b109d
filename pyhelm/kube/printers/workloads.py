"""Tables of the kinds that run Pods."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube import times
from pyhelm.kube.objects import Object, controller_of, is_terminating, name_of
from pyhelm.kube.printers.table import Printer, age, columns, since
from pyhelm.kube.selectors import format_selector

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_CONTAINERS = ("Containers", "Images")


def _spec(obj: Object) -> Object:
    return obj.get("spec") or {}


def _status(obj: Object) -> Object:
    return obj.get("status") or {}


def _containers(template: Object | None) -> tuple[str, str]:
    items = ((template or {}).get("spec") or {}).get("containers") or ()
    return ",".join(item.get("name", "") for item in items), ",".join(item.get("image", "") for item in items)


def _wide(obj: Object) -> tuple[str, str, str]:
    spec = _spec(obj)
    return (*_containers(spec.get("template")), format_selector(spec.get("selector")))


def _deployment(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    return (
        name_of(obj),
        f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}",
        status.get("updatedReplicas", 0),
        status.get("availableReplicas", 0),
        age(obj, now),
        *_wide(obj),
    )


def _replica_set(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    return (
        name_of(obj),
        spec.get("replicas", 0),
        status.get("replicas", 0),
        status.get("readyReplicas", 0),
        age(obj, now),
        *_wide(obj),
    )


def _replication_controller(obj: Object, now: datetime) -> Sequence[Any]:
    selector = ",".join(f"{key}={value}" for key, value in sorted((_spec(obj).get("selector") or {}).items()))
    return (*_replica_set({**obj, "spec": {**_spec(obj), "selector": None}}, now)[:-1], selector or "<none>")


def _stateful_set(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    ready = f"{status.get('readyReplicas', 0)}/{spec.get('replicas', 0)}"
    return (name_of(obj), ready, age(obj, now), *_containers(spec.get("template")))


def _daemon_set(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    node_selector = ((spec.get("template") or {}).get("spec") or {}).get("nodeSelector") or {}
    return (
        name_of(obj),
        status.get("desiredNumberScheduled", 0),
        status.get("currentNumberScheduled", 0),
        status.get("numberReady", 0),
        status.get("updatedNumberScheduled", 0),
        status.get("numberAvailable", 0),
        ",".join(f"{key}={value}" for key, value in sorted(node_selector.items())) or "<none>",
        age(obj, now),
        *_wide(obj),
    )


def _job(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    succeeded, parallelism = status.get("succeeded", 0), spec.get("parallelism") or 0
    if spec.get("completions") is not None:
        completions = f"{succeeded}/{spec['completions']}"
    elif parallelism > 1:
        completions = f"{succeeded}/1 of {parallelism}"
    else:
        completions = f"{succeeded}/1"
    duration = ""
    if status.get("startTime"):
        end = times.parse(status["completionTime"]) if status.get("completionTime") else now
        duration = times.human_duration((end - times.parse(status["startTime"])).total_seconds())
    return (name_of(obj), _job_status(obj), completions, duration, age(obj, now), *_wide(obj))


def _job_status(obj: Object) -> str:
    held = {
        condition.get("type") for condition in _status(obj).get("conditions") or () if condition.get("status") == "True"
    }
    for condition in ("Complete", "Failed"):
        if condition in held:
            return condition
    if is_terminating(obj):
        return "Terminating"
    for condition in ("Suspended", "FailureTarget", "SuccessCriteriaMet"):
        if condition in held:
            return condition
    return "Running"


def _cron_job(obj: Object, now: datetime) -> Sequence[Any]:
    spec, status = _spec(obj), _status(obj)
    last = status.get("lastScheduleTime")
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    suspend = spec.get("suspend")
    return (
        name_of(obj),
        spec.get("schedule", ""),
        spec.get("timeZone") or "<none>",
        "<unset>" if suspend is None else "True" if suspend else "False",
        len(status.get("active") or ()),
        since(last, now) if last else "<none>",
        age(obj, now),
        *_containers(job.get("template")),
        format_selector(job.get("selector")),
    )


def _controller_revision(obj: Object, now: datetime) -> Sequence[Any]:
    owner = controller_of(obj)
    name = "<none>"
    if owner:
        group = owner["apiVersion"].partition("/")[0] if "/" in owner["apiVersion"] else ""
        kind = owner["kind"].lower()
        name = f"{kind}.{group}/{owner['name']}" if group else f"{kind}/{owner['name']}"
    return (name_of(obj), name, obj.get("revision", 0), age(obj, now))


def _pod_template(obj: Object, _now: datetime) -> Sequence[Any]:
    template = obj.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels") or {}
    shown = ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "<none>"
    return (name_of(obj), *_containers(template), shown)


_REPLICAS = columns("Name", "Desired", "Current", "Ready", "Age", wide=(*_CONTAINERS, "Selector"))

PRINTERS = {
    "Deployment": Printer(
        columns("Name", "Ready", "Up-to-date", "Available", "Age", wide=(*_CONTAINERS, "Selector")), _deployment
    ),
    "ReplicaSet": Printer(_REPLICAS, _replica_set),
    "ReplicationController": Printer(_REPLICAS, _replication_controller),
    "StatefulSet": Printer(columns("Name", "Ready", "Age", wide=_CONTAINERS), _stateful_set),
    "DaemonSet": Printer(
        columns(
            "Name",
            "Desired",
            "Current",
            "Ready",
            "Up-to-date",
            "Available",
            "Node Selector",
            "Age",
            wide=(*_CONTAINERS, "Selector"),
        ),
        _daemon_set,
    ),
    "Job": Printer(columns("Name", "Status", "Completions", "Duration", "Age", wide=(*_CONTAINERS, "Selector")), _job),
    "CronJob": Printer(
        columns(
            "Name",
            "Schedule",
            "Timezone",
            "Suspend",
            "Active",
            "Last Schedule",
            "Age",
            wide=(*_CONTAINERS, "Selector"),
        ),
        _cron_job,
    ),
    "ControllerRevision": Printer(columns("Name", "Controller", "Revision", "Age"), _controller_revision),
    "PodTemplate": Printer(columns("Name", "Containers", "Images", "Pod Labels"), _pod_template),
}
