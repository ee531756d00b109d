"""Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions (pkg/apis/apps)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, not_supported, required
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.names import PERCENT_MESSAGE, is_percent
from pyhelm.cluster.admission.poddefaults import default_template
from pyhelm.cluster.admission.podvalidation import nonnegative, validate_template
from pyhelm.cluster.admission.selectors import selects, validate_selector
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_label_errors

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object


def _default_deployment(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    default_template(spec.setdefault("template", {}))
    strategy = spec.setdefault("strategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", "25%")
        rolling.setdefault("maxSurge", "25%")
    spec.setdefault("revisionHistoryLimit", 10)
    spec.setdefault("progressDeadlineSeconds", 600)


def _default_replicaset(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    if "template" in spec:
        default_template(spec["template"])


def _default_statefulset(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    default_template(spec.setdefault("template", {}))
    for claim in spec.get("volumeClaimTemplates") or ():
        claim.setdefault("apiVersion", "v1")
        claim.setdefault("kind", "PersistentVolumeClaim")
        claim.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
        status = claim.setdefault("status", {})
        if not status.get("phase"):
            status["phase"] = "Pending"
    spec.setdefault("serviceName", "")
    if not spec.get("podManagementPolicy"):
        spec["podManagementPolicy"] = "OrderedReady"
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        strategy.setdefault("rollingUpdate", {}).setdefault("partition", 0)
        # The gate MaxUnavailableStatefulSet is off: the field is dropped.
        strategy["rollingUpdate"].pop("maxUnavailable", None)
    spec.setdefault("revisionHistoryLimit", 10)
    retention = spec.setdefault("persistentVolumeClaimRetentionPolicy", {})
    for moment in ("whenDeleted", "whenScaled"):
        if not retention.get(moment):
            retention[moment] = "Retain"


def _default_daemonset(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    default_template(spec.setdefault("template", {}))
    strategy = spec.setdefault("updateStrategy", {})
    if not strategy.get("type"):
        strategy["type"] = "RollingUpdate"
    if strategy["type"] == "RollingUpdate":
        rolling = strategy.setdefault("rollingUpdate", {})
        rolling.setdefault("maxUnavailable", 1)
        rolling.setdefault("maxSurge", 0)
    spec.setdefault("revisionHistoryLimit", 10)


# --- validation -------------------------------------------------------------------------------------------------------


def _validate_deployment(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors = nonnegative(spec.get("replicas"), "spec.replicas")
    errors += _selector(spec, "deployment")
    errors += _replica_template(spec)
    errors += _deployment_strategy(spec.get("strategy") or {})
    errors += nonnegative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    errors += nonnegative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")
    deadline = spec.get("progressDeadlineSeconds")
    if deadline is not None:
        errors += nonnegative(deadline, "spec.progressDeadlineSeconds")
        if deadline <= (spec.get("minReadySeconds") or 0):
            errors.append(invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"))
    return errors


def _validate_replicaset(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    errors = nonnegative(spec.get("replicas"), "spec.replicas")
    errors += nonnegative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    # Kubernetes says "deployment" here, too.
    errors += _selector(spec, "deployment")
    return errors + _replica_template(spec)


def _update_with_selector(validate: Any) -> Any:
    """Return the update rule of kinds whose selector cannot change."""

    def validate_update(new: Object, old: Object) -> Errors:
        errors: Errors = validate(new)
        return errors + validate_immutable(
            (new.get("spec") or {}).get("selector"), (old.get("spec") or {}).get("selector"), "spec.selector"
        )

    return validate_update


def _selector(spec: Object, kind: str) -> Errors:
    selector = spec.get("selector")
    if selector is None:
        return [required("spec.selector")]
    errors = validate_selector(selector, "spec.selector")
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        errors.append(invalid("spec.selector", selector, f"empty selector is invalid for {kind}"))
    return errors


def _unmatched(spec: Object) -> Errors:
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    matched = selects(spec.get("selector"), labels or {})
    if matched is None:
        return [invalid("spec.selector", spec.get("selector"), "invalid label selector")]
    if not matched:
        return [invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")]
    return []


def _replica_template(spec: Object) -> Errors:
    selector = spec.get("selector")
    errors: Errors = []
    if selector is None or selector.get("matchLabels") or selector.get("matchExpressions"):
        errors += _unmatched(spec)
    template = spec.get("template") or {}
    errors += validate_template(template, "spec.template")
    return errors + _always(template.get("spec") or {}, "ReplicaSet")


def _always(spec: Object, kind: str) -> Errors:
    errors: Errors = []
    policy = spec.get("restartPolicy") or ""
    if policy != "Always":
        errors.append(not_supported("spec.template.spec.restartPolicy", policy, ("Always",)))
    if spec.get("activeDeadlineSeconds") is not None:
        errors.append(
            forbidden("spec.template.spec.activeDeadlineSeconds", f"activeDeadlineSeconds in {kind} is not Supported")
        )
    return errors


def _deployment_strategy(strategy: Object) -> Errors:
    path = "spec.strategy"
    kind, rolling = strategy.get("type"), strategy.get("rollingUpdate")
    if kind == "Recreate":
        if rolling is not None:
            return [forbidden(f"{path}.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'")]
        return []
    if kind != "RollingUpdate":
        shown = {"Type": kind or "", "RollingUpdate": None}
        return [not_supported(path, shown, ("Recreate", "RollingUpdate"))]
    path += ".rollingUpdate"
    unavailable, surge = (rolling or {}).get("maxUnavailable", 0), (rolling or {}).get("maxSurge", 0)
    errors = int_or_percent(unavailable, f"{path}.maxUnavailable")
    errors += int_or_percent(surge, f"{path}.maxSurge")
    if not _amount(unavailable) and not _amount(surge):
        errors.append(invalid(f"{path}.maxUnavailable", unavailable, "may not be 0 when `maxSurge` is 0"))
    return errors + at_most_all(unavailable, f"{path}.maxUnavailable")


def int_or_percent(value: Any, path: str) -> Errors:
    """Check a number or percentage that is not negative (ValidatePositiveIntOrPercent)."""
    if isinstance(value, str):
        return [] if is_percent(value) else [invalid(path, value, PERCENT_MESSAGE)]
    return nonnegative(value, path)


def at_most_all(value: Any, path: str) -> Errors:
    """Check that a percentage is at most 100 (IsNotMoreThan100Percent)."""
    if isinstance(value, str) and is_percent(value) and int(value[:-1]) > 100:
        return [invalid(path, value, "must not be greater than 100%")]
    return []


def _amount(value: Any) -> int:
    if isinstance(value, str):
        return int(value[:-1]) if is_percent(value) else 0
    return int(value)


def _validate_statefulset(obj: Object) -> Errors:
    return _statefulset_spec(obj.get("spec") or {}, new=True)


def _statefulset_spec(spec: Object, *, new: bool) -> Errors:
    errors: Errors = []
    policy = spec.get("podManagementPolicy")
    if policy not in {"OrderedReady", "Parallel"}:
        errors.append(invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'"))
    strategy = spec.get("updateStrategy") or {}
    rolling = strategy.get("rollingUpdate")
    if strategy.get("type") == "OnDelete":
        if rolling is not None:
            shown = {"Partition": rolling.get("partition", 0), "MaxUnavailable": None}
            errors.append(
                invalid("spec.updateStrategy.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'")
            )
    elif strategy.get("type") == "RollingUpdate":
        errors += nonnegative((rolling or {}).get("partition"), "spec.updateStrategy.rollingUpdate.partition")
    else:
        shown = {"Type": strategy.get("type"), "RollingUpdate": None}
        errors.append(invalid("spec.updateStrategy", shown, "must be 'RollingUpdate' or 'OnDelete'"))
    for moment, choice in (spec.get("persistentVolumeClaimRetentionPolicy") or {}).items():
        if choice not in {"Retain", "Delete"}:
            errors.append(
                not_supported(f"spec.persistentVolumeClaimRetentionPolicy.{moment}", choice, ("Retain", "Delete"))
            )
    if new:
        from pyhelm.cluster.admission.volumes import validate_claim_spec

        for position, claim in enumerate(spec.get("volumeClaimTemplates") or ()):
            errors += validate_claim_spec(claim.get("spec") or {}, f"spec.volumeClaimTemplates[{position}].spec")
    errors += nonnegative(spec.get("replicas"), "spec.replicas")
    errors += nonnegative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    errors += nonnegative((spec.get("ordinals") or {}).get("start"), "spec.ordinals.start")
    service = spec.get("serviceName")
    if new and service:
        errors += [invalid("spec.serviceName", service, wrong) for wrong in dns_label_errors(service)]
    errors += _selector(spec, "statefulset")
    selector = spec.get("selector")
    if selector is None or selector.get("matchLabels") or selector.get("matchExpressions"):
        errors += _unmatched(spec)
    template = spec.get("template") or {}
    errors += validate_template(_with_claims(template, spec), "spec.template")
    return errors + _always(template.get("spec") or {}, "StatefulSet")


def _with_claims(template: Object, spec: Object) -> Object:
    """Return the template with the volumes that its claims will become."""
    claims = [(claim.get("metadata") or {}).get("name") or "" for claim in spec.get("volumeClaimTemplates") or ()]
    if not claims:
        return template
    pod = template.get("spec") or {}
    volumes = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in claims]
    volumes += [volume for volume in pod.get("volumes") or () if volume.get("name") not in claims]
    return {**template, "spec": {**pod, "volumes": volumes}}


_CHANGEABLE = (
    "replicas",
    "template",
    "updateStrategy",
    "minReadySeconds",
    "ordinals",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
)


def _update_statefulset(new: Object, old: Object) -> Errors:
    spec, before = new.get("spec") or {}, old.get("spec") or {}
    errors = _statefulset_spec(spec, new=False)
    if any(spec.get(name) != before.get(name) for name in {*spec, *before} if name not in _CHANGEABLE):
        errors.append(
            forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and "
                "'minReadySeconds' are forbidden",
            )
        )
    return errors


def _validate_daemonset(obj: Object) -> Errors:
    spec = obj.get("spec") or {}
    selector = spec.get("selector")
    template = spec.get("template") or {}
    labels = (template.get("metadata") or {}).get("labels")
    errors = validate_selector(selector or {}, "spec.selector")
    if selects(selector, labels or {}) is False:
        errors.append(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
    if selector is not None and not selector.get("matchLabels") and not selector.get("matchExpressions"):
        errors.append(invalid("spec.selector", selector, "empty selector is invalid for daemonset"))
    errors += validate_template(template, "spec.template")
    errors += _always(template.get("spec") or {}, "DaemonSet")
    errors += nonnegative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    errors += _daemon_strategy(spec.get("updateStrategy") or {})
    return errors + nonnegative(spec.get("revisionHistoryLimit"), "spec.revisionHistoryLimit")


def _daemon_strategy(strategy: Object) -> Errors:
    path = "spec.updateStrategy"
    if strategy.get("type") == "OnDelete":
        return []
    if strategy.get("type") != "RollingUpdate":
        shown = {"Type": strategy.get("type"), "RollingUpdate": None}
        return [not_supported(path, shown, ("RollingUpdate", "OnDelete"))]
    path += ".rollingUpdate"
    rolling = strategy.get("rollingUpdate") or {}
    unavailable, surge = rolling.get("maxUnavailable", 0), rolling.get("maxSurge", 0)
    errors = int_or_percent(unavailable, f"{path}.maxUnavailable")
    errors += int_or_percent(surge, f"{path}.maxSurge")
    errors += at_most_all(unavailable, f"{path}.maxUnavailable")
    errors += at_most_all(surge, f"{path}.maxSurge")
    if _amount(unavailable) and _amount(surge):
        errors.append(invalid(f"{path}.maxSurge", surge, "may not be set when maxUnavailable is non-zero"))
    elif not _amount(unavailable) and not _amount(surge):
        errors.append(required(f"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0"))
    return errors


def _validate_revision(obj: Object) -> Errors:
    errors: Errors = []
    if not isinstance(obj.get("data"), dict):
        errors.append(required("data", "data is mandatory"))
    return errors + nonnegative(obj.get("revision"), "revision")


def _update_revision(new: Object, old: Object) -> Errors:
    return nonnegative(new.get("revision"), "revision") + validate_immutable(new.get("data"), old.get("data"), "data")


_DAEMON_STATUS = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}

STRATEGIES = {
    "Deployment": Strategy(
        default=_default_deployment,
        validate=_validate_deployment,
        validate_update=_update_with_selector(_validate_deployment),
        generation=("spec", "metadata.annotations"),
        status={},
    ),
    "ReplicaSet": Strategy(
        default=_default_replicaset,
        validate=_validate_replicaset,
        validate_update=_update_with_selector(_validate_replicaset),
        generation=("spec",),
        status={"replicas": 0},
    ),
    "StatefulSet": Strategy(
        default=_default_statefulset,
        validate=_validate_statefulset,
        validate_update=_update_statefulset,
        check_name=dns_label_errors,
        generation=("spec",),
        status={"replicas": 0, "availableReplicas": 0},
    ),
    "DaemonSet": Strategy(
        default=_default_daemonset,
        validate=_validate_daemonset,
        validate_update=_update_with_selector(_validate_daemonset),
        generation=("spec",),
        status=_DAEMON_STATUS,
    ),
    "ControllerRevision": Strategy(validate=_validate_revision, validate_update=_update_revision),
}
