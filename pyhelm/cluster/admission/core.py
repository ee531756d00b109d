"""Pods, Services, ConfigMaps and the rest of the core group (pkg/apis/core)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.poddefaults import default_pod, default_template
from pyhelm.cluster.admission.services import SERVICE
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_label_errors

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object


def _default_secret(obj: Object) -> None:
    if not obj.get("type"):
        obj["type"] = "Opaque"


def _prepare_secret(obj: Object, context: Context) -> None:
    """Move plain text into the encoded data."""
    from base64 import b64encode

    plain = obj.pop("stringData", None)
    if plain:
        data = obj.setdefault("data", {})
        for key, value in plain.items():
            data[key] = b64encode(value.encode()).decode()


def _default_namespace(obj: Object) -> None:
    name = obj["metadata"].get("name")
    if name:
        labels = obj["metadata"].get("labels") or {}
        obj["metadata"]["labels"] = {**labels, "kubernetes.io/metadata.name": name}


def _prepare_namespace(obj: Object, context: Context) -> None:
    _default_namespace(obj)
    spec = obj.setdefault("spec", {})
    finalizers = spec.get("finalizers") or []
    if "kubernetes" not in finalizers:
        spec["finalizers"] = [*finalizers, "kubernetes"]
    obj["status"] = {"phase": "Active"}


def _keep_namespace(new: Object, old: Object, context: Context) -> None:
    new["spec"] = old.get("spec", {})


def _default_claim(obj: Object) -> None:
    obj.setdefault("spec", {}).setdefault("volumeMode", "Filesystem")
    status = obj.setdefault("status", {})
    if not status.get("phase"):
        status["phase"] = "Pending"


def _default_volume(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    if not spec.get("persistentVolumeReclaimPolicy"):
        spec["persistentVolumeReclaimPolicy"] = "Retain"
    spec.setdefault("volumeMode", "Filesystem")


def _default_controller(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    spec.setdefault("replicas", 1)
    template = spec.get("template")
    if template:
        default_template(template)
        labels = (template.get("metadata") or {}).get("labels")
        if labels:
            if not spec.get("selector"):
                spec["selector"] = dict(labels)
            if not obj["metadata"].get("labels"):
                obj["metadata"]["labels"] = dict(labels)


def _default_pod_template(obj: Object) -> None:
    default_template(obj.setdefault("template", {}))


_QUANTITIES = ("cpu", "memory")


def quality(spec: Object) -> str:
    """Return a Pod's class of service: Guaranteed, Burstable or BestEffort (qos.ComputePodQOS)."""
    containers = [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]
    asked = False
    guaranteed = True
    for container in containers:
        resources: dict[str, Any] = container.get("resources") or {}
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        if any(name in limits or name in requests for name in _QUANTITIES):
            asked = True
        if not all(name in limits and requests.get(name, limits[name]) == limits[name] for name in _QUANTITIES):
            guaranteed = False
    if not asked:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _prepare_pod(obj: Object, context: Context) -> None:
    obj["status"] = {"phase": "Pending", "qosClass": quality(obj["spec"])}


STRATEGIES = {
    "Pod": Strategy(
        default=default_pod, prepare_create=_prepare_pod, generation=("spec",), status={}, answers_object=True
    ),
    "Service": SERVICE,
    "ConfigMap": Strategy(),
    "Secret": Strategy(default=_default_secret, prepare_create=_prepare_secret),
    "ServiceAccount": Strategy(answers_object=True),
    "Namespace": Strategy(
        default=_default_namespace,
        prepare_create=_prepare_namespace,
        prepare_update=_keep_namespace,
        check_name=dns_label_errors,
        status={},
        answers_object=True,
    ),
    "PersistentVolumeClaim": Strategy(default=_default_claim, status={"phase": "Pending"}, answers_object=True),
    "PersistentVolume": Strategy(default=_default_volume, status={"phase": "Pending"}, answers_object=True),
    "ReplicationController": Strategy(
        default=_default_controller, generation=("spec",), status={"replicas": 0}, orphans=True
    ),
    "PodTemplate": Strategy(default=_default_pod_template, generation=("template",), answers_object=True),
    "ResourceQuota": Strategy(status={}, answers_object=True),
    "Node": Strategy(status={}),
}
