"""Descriptions of Jobs and CronJobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.pods import describe_template
from pyhelm.cli.kube.description.writer import long_time, yes_no
from pyhelm.kube import times
from pyhelm.kube.objects import Object, annotations_of, labels_of
from pyhelm.kube.selectors import from_object

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client

_INDEXES_SHOWN = 50


def describe_job(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Job."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    writer.identity(obj)
    writer.line(0, f"Selector:\t{from_object(spec['selector']) if spec.get('selector') is not None else ''}")
    writer.labels("Labels", labels_of(obj))
    writer.annotations("Annotations", annotations_of(obj))
    writer.controlled_by(obj)
    if spec.get("parallelism") is not None:
        writer.line(0, f"Parallelism:\t{spec['parallelism']}")
    writer.line(0, f"Completions:\t{spec.get('completions', '<unset>')}")
    if spec.get("completionMode") is not None:
        writer.line(0, f"Completion Mode:\t{spec['completionMode']}")
    if spec.get("suspend") is not None:
        writer.line(0, f"Suspend:\t{yes_no(spec['suspend'])}")
    for label, field in (("Backoff Limit", "backoffLimit"), ("TTL Seconds After Finished", "ttlSecondsAfterFinished")):
        if spec.get(field) is not None:
            writer.line(0, f"{label}:\t{spec[field]}")
    start, end = status.get("startTime"), status.get("completionTime")
    if start:
        writer.line(0, f"Start Time:\t{long_time(start)}")
    if end:
        writer.line(0, f"Completed At:\t{long_time(end)}")
    if start and end:
        seconds = (times.parse(end) - times.parse(start)).total_seconds()
        writer.line(0, f"Duration:\t{times.human_duration(seconds)}")
    if spec.get("activeDeadlineSeconds") is not None:
        writer.line(0, f"Active Deadline Seconds:\t{spec['activeDeadlineSeconds']}s")
    ready = "" if status.get("ready") is None else f" ({status['ready']} Ready)"
    counts = f"{status.get('succeeded', 0)} Succeeded / {status.get('failed', 0)} Failed"
    writer.line(0, f"Pods Statuses:\t{status.get('active', 0)} Active{ready} / {counts}")
    if spec.get("completionMode") == "Indexed":
        writer.line(0, f"Completed Indexes:\t{_indexes(status.get('completedIndexes') or '')}")
    describe_template(writer, spec.get("template") or {})


def _indexes(indexes: str) -> str:
    """Return the indexes, cut after about fifty characters (capIndexesListOrNone)."""
    cut = indexes.find(",", _INDEXES_SHOWN)
    return (indexes if cut < 0 else f"{indexes[: cut + 1]}...") or "<none>"


def describe_cron_job(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a CronJob."""
    spec, status = obj.get("spec") or {}, obj.get("status") or {}
    suspend, deadline, last = spec.get("suspend"), spec.get("startingDeadlineSeconds"), status.get("lastScheduleTime")
    writer.head(obj)
    writer.facts(
        0,
        [
            ("Schedule", spec.get("schedule", "")),
            ("Concurrency Policy", spec.get("concurrencyPolicy", "")),
            ("Suspend", "<unset>" if suspend is None else suspend),
            ("Time Zone", spec.get("timeZone", "<unset>")),
            ("Successful Job History Limit", spec.get("successfulJobsHistoryLimit", "<unset>")),
            ("Failed Job History Limit", spec.get("failedJobsHistoryLimit", "<unset>")),
            ("Starting Deadline Seconds", "<unset>" if deadline is None else f"{deadline}s"),
        ],
    )
    job = (spec.get("jobTemplate") or {}).get("spec") or {}
    selector = "<unset>" if job.get("selector") is None else from_object(job["selector"])
    writer.line(0, f"Selector:\t{selector}")
    writer.line(0, f"Parallelism:\t{job.get('parallelism', '<unset>')}")
    writer.line(0, f"Completions:\t{job.get('completions', '<unset>')}")
    if job.get("activeDeadlineSeconds") is not None:
        writer.line(0, f"Active Deadline Seconds:\t{job['activeDeadlineSeconds']}s")
    describe_template(writer, job.get("template") or {})
    writer.line(0, f"Last Schedule Time:\t{long_time(last) if last else '<unset>'}")
    active = ", ".join(item.get("name", "") for item in status.get("active") or ())
    writer.line(0, f"Active Jobs:\t{active or '<none>'}")
