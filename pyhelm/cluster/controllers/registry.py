"""Which controllers there are, and what wakes them. The order is the order in which they hear of a change."""

from __future__ import annotations

from pyhelm.cluster.controllers.base import Registration

_CORE = "pyhelm.cluster.controllers"


def _kinds(*names: str) -> frozenset[tuple[str, str]]:
    """Return (group, kind) pairs from ``Kind`` and ``group/Kind``."""
    pairs = (name.rpartition("/") for name in names)
    return frozenset((group, kind) for group, _, kind in pairs)


REGISTRATIONS = (
    Registration(
        "serviceaccount-controller",
        f"{_CORE}.namespaces:NamespaceDefaultsController",
        _kinds("Namespace", "ServiceAccount", "ConfigMap"),
    ),
    Registration("replicaset-controller", f"{_CORE}.replicaset:ReplicaSetController", _kinds("apps/ReplicaSet", "Pod")),
    Registration(
        "deployment-controller",
        f"{_CORE}.deployment:DeploymentController",
        _kinds("apps/Deployment", "apps/ReplicaSet", "Pod"),
    ),
    Registration(
        "statefulset-controller", f"{_CORE}.statefulset:StatefulSetController", _kinds("apps/StatefulSet", "Pod")
    ),
    Registration(
        "daemonset-controller", f"{_CORE}.daemonset:DaemonSetController", _kinds("apps/DaemonSet", "Pod", "Node")
    ),
    Registration("job-controller", f"{_CORE}.job:JobController", _kinds("batch/Job", "Pod")),
    Registration("job-orphans", f"{_CORE}.joborphans:JobOrphans", _kinds("Pod")),
    Registration(
        "persistentvolume-binder",
        f"{_CORE}.volumes:PersistentVolumeController",
        _kinds("PersistentVolumeClaim", "PersistentVolume", "storage.k8s.io/StorageClass", "Pod"),
    ),
    Registration("garbage-collector", f"{_CORE}.garbage:GarbageCollector", None),
    Registration("namespace-controller", f"{_CORE}.namespaces:NamespaceController", None),
    Registration(
        "default-scheduler", "pyhelm.cluster.scheduler:Scheduler", _kinds("Pod", "Node", "PersistentVolumeClaim")
    ),
    Registration("kubelet-registration", "pyhelm.cluster.kubelet.registration:NodeRegistration", _kinds("Node")),
    Registration("kubelet", "pyhelm.cluster.kubelet.agent:Kubelet", _kinds("Pod")),
    Registration("endpointslice-controller", f"{_CORE}.endpoints:EndpointSliceController", _kinds("Service", "Pod")),
    Registration("event-expiry", f"{_CORE}.expiry:EventExpiry", _kinds("Event")),
)
