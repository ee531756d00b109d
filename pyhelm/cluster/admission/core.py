"""The core group: which rules its kinds have, and those of its small ones (pkg/apis/core, pkg/registry/core)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.config import CONFIG_MAP, SECRET
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_label_errors

if TYPE_CHECKING:
    from pyhelm.cluster.admission.field import Errors
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object


def _default_namespace(obj: Object) -> None:
    name = obj["metadata"].get("name")
    if name:
        labels = obj["metadata"].get("labels") or {}
        obj["metadata"]["labels"] = {**labels, "kubernetes.io/metadata.name": name}


def _prepare_namespace(obj: Object, _: Context) -> None:
    _default_namespace(obj)
    spec = obj.setdefault("spec", {})
    finalizers = spec.get("finalizers") or []
    if "kubernetes" not in finalizers:
        spec["finalizers"] = [*finalizers, "kubernetes"]
    obj["status"] = {"phase": "Active"}


def _keep_namespace(new: Object, old: Object, _: Context) -> None:
    new["spec"] = old.get("spec", {})


def _default_replication_controller(obj: Object) -> None:
    from pyhelm.cluster.admission.poddefaults import default_template

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


def _validate_replication_controller(obj: Object) -> Errors:
    from pyhelm.cluster.admission.field import invalid, not_supported, required
    from pyhelm.cluster.admission.podvalidation import nonnegative, validate_template

    spec = obj.get("spec") or {}
    errors = nonnegative(spec.get("minReadySeconds"), "spec.minReadySeconds")
    selector, template = spec.get("selector") or {}, spec.get("template")
    if not selector:
        errors.append(required("spec.selector"))
    errors += nonnegative(spec.get("replicas"), "spec.replicas")
    if template is None:
        return [*errors, required("spec.template")]
    labels = (template.get("metadata") or {}).get("labels") or {}
    if selector and any(labels.get(key) != value for key, value in selector.items()):
        errors.append(invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"))
    errors += validate_template(template, "spec.template")
    policy = (template.get("spec") or {}).get("restartPolicy")
    if policy != "Always":
        errors.append(not_supported("spec.template.spec.restartPolicy", policy, ("Always",)))
    return errors


def _default_pod_template(obj: Object) -> None:
    from pyhelm.cluster.admission.poddefaults import default_template

    default_template(obj.setdefault("template", {}))


def _default_node(obj: Object) -> None:
    obj.setdefault("spec", {})
    status = obj.get("status")
    if status and "capacity" in status:
        status.setdefault("allocatable", dict(status["capacity"]))


def _validate_node(obj: Object) -> Errors:
    from pyhelm.cluster.admission.field import invalid
    from pyhelm.cluster.admission.networking import BAD_CIDR, is_cidr

    spec = obj.get("spec") or {}
    ranges = spec.get("podCIDRs") or ([spec["podCIDR"]] if spec.get("podCIDR") else [])
    return [
        invalid(f"spec.podCIDRs[{index}]", text, BAD_CIDR) for index, text in enumerate(ranges) if not is_cidr(text)
    ]


class _Lazy(dict[str, Strategy]):
    """The table of the group; what Pods and Services need is imported with the first of them."""

    def get(self, kind: str, default: Strategy | None = None) -> Strategy:  # type: ignore[override]
        """Return the strategy of ``kind``."""
        if kind == "Pod":
            from pyhelm.cluster.admission.pods import POD

            return POD
        if kind == "Service":
            from pyhelm.cluster.admission.services import SERVICE

            return SERVICE
        if kind in {"PersistentVolumeClaim", "PersistentVolume"}:
            from pyhelm.cluster.admission.volumes import CLAIM, VOLUME

            return CLAIM if kind == "PersistentVolumeClaim" else VOLUME
        return super().get(kind, default or Strategy())


STRATEGIES = _Lazy(
    {
        "ConfigMap": CONFIG_MAP,
        "Secret": SECRET,
        "ServiceAccount": Strategy(answers_object=True),
        "Namespace": Strategy(
            default=_default_namespace,
            prepare_create=_prepare_namespace,
            prepare_update=_keep_namespace,
            check_name=dns_label_errors,
            status={"phase": "Active"},
            answers_object=True,
        ),
        "ReplicationController": Strategy(
            default=_default_replication_controller,
            validate=_validate_replication_controller,
            validate_update=lambda new, _: _validate_replication_controller(new),
            generation=("spec",),
            status={"replicas": 0},
            orphans=True,
        ),
        "PodTemplate": Strategy(default=_default_pod_template, generation=("template",), answers_object=True),
        "ResourceQuota": Strategy(status={}, answers_object=True),
        "Node": Strategy(
            default=_default_node,
            validate=_validate_node,
            validate_update=lambda new, _: _validate_node(new),
        ),
    }
)
