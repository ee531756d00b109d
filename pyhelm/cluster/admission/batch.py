"""Jobs and CronJobs (pkg/apis/batch)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, invalid, not_supported, required
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.poddefaults import default_template
from pyhelm.cluster.admission.podvalidation import nonnegative, validate_template
from pyhelm.cluster.admission.selectors import selects, validate_selector
from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object

_MOST = 2147483647
_NAME_LIMIT = 52
_JOB_LABELS = ("job-name", "batch.kubernetes.io/job-name")
_UID_LABELS = ("controller-uid", "batch.kubernetes.io/controller-uid")
_UID_LABEL = _UID_LABELS[1]
_MODES = ("NonIndexed", "Indexed")
_INDEXED_PARALLELISM = 100_000
_CONCURRENCY = ("Allow", "Forbid", "Replace")


def _default_job(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    _default_spec(spec)
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if labels and not obj["metadata"].get("labels"):
        obj["metadata"]["labels"] = dict(labels)


def _default_spec(spec: Object) -> None:
    if "completions" not in spec and "parallelism" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", _MOST if "backoffLimitPerIndex" in spec else 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    spec.setdefault("podReplacementPolicy", "Failed" if "podFailurePolicy" in spec else "TerminatingOrFailed")
    spec.setdefault("manualSelector", False)
    for rule in (spec.get("podFailurePolicy") or {}).get("rules") or ():
        for pattern in rule.get("onPodConditions") or ():
            if not pattern.get("status"):
                pattern["status"] = "True"
    default_template(spec.setdefault("template", {}))


def _prepare_job(obj: Object, _: Context) -> None:
    """Give the Job a selector of its own, unless its author manages that (generateSelectorIfNeeded)."""
    spec, meta = obj["spec"], obj["metadata"]
    if spec.get("manualSelector"):
        return
    labels = spec["template"].setdefault("metadata", {}).setdefault("labels", {})
    for name in _JOB_LABELS:
        labels.setdefault(name, meta.get("name") or "")
    for name in _UID_LABELS:
        labels.setdefault(name, meta["uid"])
    spec.setdefault("selector", {}).setdefault("matchLabels", {}).setdefault(_UID_LABEL, meta["uid"])


def _validate_job(obj: Object) -> Errors:
    spec, meta = obj.get("spec") or {}, obj["metadata"]
    errors: Errors = []
    if not spec.get("manualSelector"):
        labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
        for name in _UID_LABELS:
            if labels.get(name) != meta.get("uid"):
                errors.append(
                    invalid(
                        f"spec.template.metadata.labels[{name}]", labels.get(name, ""), f"must be '{meta.get('uid')}'"
                    )
                )
        for name in _JOB_LABELS:
            if labels.get(name) != meta.get("name"):
                errors.append(
                    invalid(
                        f"spec.template.metadata.labels[{name}]", labels.get(name, ""), f"must be '{meta.get('name')}'"
                    )
                )
        wanted = ((spec.get("selector") or {}).get("matchLabels") or {}).get(_UID_LABEL)
        if wanted != meta.get("uid"):
            errors.append(invalid("spec.selector", spec.get("selector"), "`selector` not auto-generated"))
    return errors + _job_with_selector(spec)


def _job_with_selector(spec: Object) -> Errors:
    errors = validate_job_spec(spec, "spec")
    selector = spec.get("selector")
    if selector is None:
        return [*errors, required("spec.selector")]
    errors += validate_selector(selector, "spec.selector")
    labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels")
    if selects(selector, labels or {}) is False:
        errors.append(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
    return errors


def validate_job_spec(spec: Object, path: str) -> Errors:
    """Check a Job's spec, selector aside (validateJobSpec)."""
    errors: Errors = []
    for field in (
        *("parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished"),
        *("backoffLimitPerIndex", "maxFailedIndexes"),
    ):
        errors += nonnegative(spec.get(field), f"{path}.{field}")
    if "maxFailedIndexes" in spec and "backoffLimitPerIndex" not in spec:
        errors.append(required(f"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified"))
    mode = spec.get("completionMode")
    if mode not in _MODES:
        errors.append(not_supported(f"{path}.completionMode", mode, _MODES))
    if mode == "Indexed":
        if "completions" not in spec:
            errors.append(required(f"{path}.completions", "when completion mode is Indexed"))
        parallelism = spec.get("parallelism", 1)
        if parallelism > _INDEXED_PARALLELISM:
            errors.append(
                invalid(
                    f"{path}.parallelism",
                    parallelism,
                    f"must be less than or equal to {_INDEXED_PARALLELISM} when completion mode is Indexed",
                )
            )
        if spec.get("maxFailedIndexes", 0) > spec.get("completions", _MOST):
            errors.append(
                invalid(
                    f"{path}.maxFailedIndexes", spec["maxFailedIndexes"], "must be less than or equal to completions"
                )
            )
    else:
        errors += [
            invalid(f"{path}.{field}", spec[field], "requires indexed completion mode")
            for field in ("backoffLimitPerIndex", "maxFailedIndexes", "successPolicy")
            if field in spec
        ]
    template = spec.get("template") or {}
    errors += validate_template(template, f"{path}.template")
    policy = (template.get("spec") or {}).get("restartPolicy") or ""
    place = f"{path}.template.spec.restartPolicy"
    if policy in {"Always", ""}:
        errors.append(required(place, 'valid values: "OnFailure", "Never"'))
    elif policy not in {"OnFailure", "Never"}:
        errors.append(not_supported(place, policy, ("OnFailure", "Never")))
    elif "podFailurePolicy" in spec and policy != "Never":
        errors.append(invalid(place, policy, 'only "Never" is supported when podFailurePolicy is specified'))
    return errors


def _update_job(new: Object, old: Object) -> Errors:
    spec, before = new.get("spec") or {}, old.get("spec") or {}
    errors = _job_with_selector(spec)
    if spec.get("completions") != before.get("completions") and not (
        # An Indexed Job may grow and shrink, if all its Pods run at once.
        spec.get("completionMode") == "Indexed"
        and spec.get("completions") == spec.get("parallelism")
        and before.get("completionMode") == "Indexed"
    ):
        errors += validate_immutable(spec.get("completions"), before.get("completions"), "spec.completions")
    errors += validate_immutable(spec.get("selector"), before.get("selector"), "spec.selector")
    mine, theirs = spec.get("template") or {}, before.get("template") or {}
    started = (old.get("status") or {}).get("startTime")
    if before.get("suspend") and not started:
        theirs = _with_scheduling_of(theirs, mine)
    errors += validate_immutable(mine, theirs, "spec.template")
    for field in ("completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"):
        errors += validate_immutable(spec.get(field), before.get(field), f"spec.{field}")
    return errors


def _with_scheduling_of(template: Object, new: Object) -> Object:
    """Return the template with where its Pods may run taken from ``new``: a suspended Job may change that."""
    spec, wanted = dict(template.get("spec") or {}), new.get("spec") or {}
    for field in ("nodeSelector", "tolerations", "schedulingGates", "affinity"):
        spec.pop(field, None)
        if field in wanted:
            spec[field] = wanted[field]
    return {**template, "metadata": new.get("metadata") or {}, "spec": spec}


def _default_cron(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    if not spec.get("concurrencyPolicy"):
        spec["concurrencyPolicy"] = "Allow"
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    # The Job's own defaults come with the Job.
    job = spec.setdefault("jobTemplate", {}).setdefault("spec", {})
    default_template(job.setdefault("template", {}))


def _validate_cron(obj: Object) -> Errors:
    errors = _cron_spec(obj.get("spec") or {})
    name = obj["metadata"].get("name") or ""
    if len(name) > _NAME_LIMIT:
        # Eleven characters are added to make the names of its Jobs.
        errors.append(invalid("metadata.name", name, "must be no more than 52 characters"))
    return errors


def _cron_spec(spec: Object) -> Errors:
    errors: Errors = []
    schedule = spec.get("schedule") or ""
    if not schedule:
        errors.append(required("spec.schedule"))
    else:
        wrong = _schedule_error(schedule)
        if wrong:
            errors.append(invalid("spec.schedule", schedule, wrong))
        if "TZ" in schedule:
            errors.append(
                invalid("spec.schedule", schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
            )
    errors += nonnegative(spec.get("startingDeadlineSeconds"), "spec.startingDeadlineSeconds")
    errors += _time_zone(spec.get("timeZone"))
    policy = spec.get("concurrencyPolicy")
    if policy not in _CONCURRENCY:
        errors.append(not_supported("spec.concurrencyPolicy", policy, _CONCURRENCY))
    job = dict((spec.get("jobTemplate") or {}).get("spec") or {})
    job.setdefault("completionMode", "NonIndexed")
    if job.get("manualSelector"):
        errors.append(not_supported("spec.jobTemplate.spec.manualSelector", job["manualSelector"], ("nil", "false")))
    errors += validate_job_spec(job, "spec.jobTemplate.spec")
    errors += nonnegative(spec.get("successfulJobsHistoryLimit"), "spec.successfulJobsHistoryLimit")
    return errors + nonnegative(spec.get("failedJobsHistoryLimit"), "spec.failedJobsHistoryLimit")


def _time_zone(zone: str | None) -> Errors:
    if zone is None:
        return []
    if not zone:
        return [invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string")]
    if zone.lower() == "local":
        return [
            invalid(
                "spec.timeZone",
                zone,
                "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
            )
        ]
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return [invalid("spec.timeZone", zone, f"unknown time zone {zone}")]
    return []


# --- cron schedules, as github.com/robfig/cron reads them -------------------------------------------------------------

_MONTHS = {
    name: place
    for place, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_DAYS = {name: place for place, name in enumerate(["sun", "mon", "tue", "wed", "thu", "fri", "sat"])}
_FIELDS: tuple[tuple[int, int, dict[str, int]], ...] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)
_DESCRIPTORS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_EVERY = "@every "


def _schedule_error(text: str) -> str:
    """Return what the standard parser says against a schedule, or nothing."""
    for prefix in ("TZ=", "CRON_TZ="):
        if text.startswith(prefix):
            text = text.partition(" ")[2].strip()
    if text.startswith("@"):
        if text in _DESCRIPTORS:
            return ""
        if text.startswith(_EVERY):
            duration = text.removeprefix(_EVERY)
            if re.fullmatch(r"([0-9]+(\.[0-9]*)?(ns|us|µs|ms|s|m|h))+", duration):
                return ""
            return f'failed to parse duration {text}: time: invalid duration "{duration}"'
        return f"unrecognized descriptor: {text}"
    parts = text.split()
    if len(parts) != len(_FIELDS):
        return f"expected exactly 5 fields, found {len(parts)}: [{' '.join(parts)}]"
    for part, (low, high, names) in zip(parts, _FIELDS, strict=True):
        for expression in part.split(","):
            wrong = _range_error(expression, low, high, names) if expression else ""
            if wrong:
                return wrong
    return ""


def _range_error(text: str, low: int, high: int, names: dict[str, int]) -> str:
    around, *steps = text.split("/")
    begin, *rest = around.split("-")
    start, end = low, high
    if begin in {"*", "?"}:
        single = False
    else:
        single = not rest
        for place, word in enumerate([begin, *rest][:2]):
            number = names[word.lower()] if word.lower() in names else _number(word)
            if isinstance(number, str):
                return number
            if place == 0:
                start = end = number
            else:
                end = number
        if len(rest) > 1:
            return f"too many hyphens: {text}"
    if len(steps) > 1:
        return f"too many slashes: {text}"
    if steps:
        step = _number(steps[0])
        if isinstance(step, str):
            return step
        if single:
            end = high
        if step == 0:
            return f"step of range should be a positive number: {text}"
    if start < low:
        return f"beginning of range ({start}) below minimum ({low}): {text}"
    if end > high:
        return f"end of range ({end}) above maximum ({high}): {text}"
    if start > end:
        return f"beginning of range ({start}) beyond end of range ({end}): {text}"
    return ""


def _number(text: str) -> int | str:
    if re.fullmatch(r"[+-]?[0-9]+", text):
        number = int(text)
        return number if number >= 0 else f"negative number ({number}) not allowed: {text}"
    return f'failed to parse int from {text}: strconv.Atoi: parsing "{text}": invalid syntax'


STRATEGIES = {
    "Job": Strategy(
        default=_default_job,
        prepare_create=_prepare_job,
        validate=_validate_job,
        validate_update=_update_job,
        generation=("spec",),
        status={},
        orphans=True,
    ),
    "CronJob": Strategy(
        default=_default_cron,
        validate=_validate_cron,
        validate_update=lambda new, _: _cron_spec(new.get("spec") or {}),
        generation=("spec",),
        status={},
    ),
}
