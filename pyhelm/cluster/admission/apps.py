"""Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions (pkg/apis/apps)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.poddefaults import default_template
from pyhelm.cluster.admission.strategy import Strategy

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


_DAEMON_STATUS = {
    "currentNumberScheduled": 0,
    "numberMisscheduled": 0,
    "desiredNumberScheduled": 0,
    "numberReady": 0,
}

STRATEGIES = {
    "Deployment": Strategy(default=_default_deployment, generation=("spec",), status={}),
    "ReplicaSet": Strategy(default=_default_replicaset, generation=("spec",), status={"replicas": 0}),
    "StatefulSet": Strategy(
        default=_default_statefulset, generation=("spec",), status={"replicas": 0, "availableReplicas": 0}
    ),
    "DaemonSet": Strategy(default=_default_daemonset, generation=("spec",), status=_DAEMON_STATUS),
    "ControllerRevision": Strategy(),
}
