"""Subresources that are more than a part of their object: scale, eviction, binding and a namespace's finalize."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import invalid as invalid_value
from pyhelm.cluster.api import failures
from pyhelm.cluster.api.reading import shown
from pyhelm.cluster.api.trees import copied
from pyhelm.errors import ApiError, BadRequestError, NotFoundError, TooManyRequestsError
from pyhelm.kube.client import DeleteOptions, Propagation
from pyhelm.kube.objects import ObjectKey
from pyhelm.kube.patches import track_scale
from pyhelm.kube.selectors import format_selector, from_object

if TYPE_CHECKING:
    from pyhelm.cluster.api.server import ApiServer
    from pyhelm.cluster.api.state import State
    from pyhelm.cluster.api.writing import Writer
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

_BUILTIN = {"spec": ".spec.replicas", "status": ".status.replicas", "selector": ""}
_MAX_DISRUPTED = 2000


def create_subresource(
    server: ApiServer, resource: Resource, obj: Object, namespace: str, subresource: str, options: WriteOptions
) -> Object:
    """Create what a subresource takes: an Eviction or a Binding of a Pod."""
    if resource.group or resource.kind != "Pod" or subresource not in {"eviction", "binding"}:
        message = "the server could not find the requested resource"
        raise NotFoundError(message)
    meta = obj.get("metadata") or {}
    key = ObjectKey(meta.get("namespace") or namespace or "default", meta.get("name") or "")
    pod = server.state.peek(resource, key)
    if pod is None:
        raise failures.not_found(resource, key.name)
    if subresource == "binding":
        return _bind(server.state, resource, pod, obj, options)
    return _evict(server, resource, key, pod, obj, options)


# --- scale ------------------------------------------------------------------------------------------------------------


def scale_of(state: State, resource: Resource, obj: Object) -> Object:
    """Return the Scale of an object."""
    paths = _scale_paths(state, resource)
    meta = obj["metadata"]
    status: dict[str, Any] = {"replicas": _at(obj, paths["status"]) or 0}
    if paths["selector"]:
        selector = _at(obj, paths["selector"])
        if selector:
            status["selector"] = selector
    elif not state.catalog.is_custom(resource):
        selector = (obj.get("spec") or {}).get("selector")
        if selector:
            if resource.group:
                status["selector"] = format_selector(selector)
            else:
                status["selector"] = ",".join(f"{name}={value}" for name, value in sorted(selector.items()))
    wanted = _at(obj, paths["spec"])
    shown_meta = {
        field: meta[field]
        for field in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
        if field in meta
    }
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": shown_meta,
        "spec": {"replicas": wanted} if wanted else {},
        "status": status,
    }


def update_scale(state: State, writer: Writer, resource: Resource, scale: Object, options: WriteOptions) -> Object:
    """Take the number of replicas from a Scale; return the Scale that results."""
    meta = scale.get("metadata") or {}
    key = ObjectKey((meta.get("namespace") or "default") if resource.namespaced else "", meta.get("name") or "")
    old = state.peek(resource, key)
    if old is None:
        raise failures.not_found(resource, key.name)
    paths = _scale_paths(state, resource)
    wanted = (scale.get("spec") or {}).get("replicas") or 0
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        reason = "json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32"
        message = f'Scale in version "v1" cannot be handled as a Scale: {reason}'
        raise BadRequestError(message)
    if wanted < 0:
        error = invalid_value("spec.replicas", wanted, "must be greater than or equal to 0")
        raise failures.invalid("autoscaling", "Scale", key.name, [error])
    new = shown(old, resource.api_version)
    if meta.get("uid") and meta["uid"] != new["metadata"]["uid"]:
        raise failures.conflict(
            resource,
            key.name,
            f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {new['metadata']['uid']}",
        )
    new["metadata"]["resourceVersion"] = meta.get("resourceVersion") or ""
    *parents, last = paths["spec"].lstrip(".").split(".")
    place = new
    for part in parents:
        place = place.setdefault(part, {})
    place[last] = wanted
    schema = writer.schemas.of(resource)
    managed = []
    if schema is not None:
        tracked = track_scale(old, new, schema, options.field_manager, (*parents, last))
        managed = copied(tracked["metadata"].get("managedFields") or [])
    return scale_of(state, resource, writer.replace(resource, new, old, "scale", options, managed=managed))


def _scale_paths(state: State, resource: Resource) -> dict[str, str]:
    if not state.catalog.is_custom(resource):
        if "scale" in resource.subresources:
            return _BUILTIN
    else:
        crd = state.look("apiextensions.k8s.io/v1", "CustomResourceDefinition", ObjectKey("", resource.qualified)) or {}
        for version in (crd.get("spec") or {}).get("versions") or ():
            scale = (version.get("subresources") or {}).get("scale")
            if version.get("name") == resource.version and scale:
                return {
                    "spec": scale["specReplicasPath"],
                    "status": scale["statusReplicasPath"],
                    "selector": scale.get("labelSelectorPath") or "",
                }
    message = "the server could not find the requested resource"
    raise NotFoundError(message)


def _at(obj: Any, path: str) -> Any:
    for part in path.lstrip(".").split("."):
        obj = obj.get(part) if isinstance(obj, dict) else None
    return obj


# --- binding ----------------------------------------------------------------------------------------------------------


def _bind(state: State, resource: Resource, pod: Object, binding: Object, options: WriteOptions) -> Object:
    """Assign a Pod to a node (the scheduler's way)."""
    target = binding.get("target") or {}
    name = pod["metadata"]["name"]
    node = target.get("name") or ""
    if target.get("kind") not in {None, "", "Node"} or not node:
        message = f'Binding "{name}" is invalid: target.name: Required value'
        raise BadRequestError(message)
    reason = ""
    if pod["metadata"].get("deletionTimestamp"):
        reason = f"pod {name} is being deleted, cannot be assigned to a host"
    elif assigned := (pod.get("spec") or {}).get("nodeName"):
        reason = f'pod {name} is already assigned to node "{assigned}"'
    if reason:
        error = failures.conflict(resource, name, reason)
        error.message = error.message.replace('on pods "', 'on pods/binding "')
        raise error
    # Sharing what stays the same is safe: stored objects are never changed.
    status = dict(pod.get("status") or {})
    conditions = [item for item in status.get("conditions") or () if item.get("type") != "PodScheduled"]
    meta = dict(pod["metadata"])
    scheduled: Object = {
        "type": "PodScheduled",
        "status": "True",
        "lastProbeTime": None,
        "lastTransitionTime": state.timestamp(),
    }
    if meta.get("generation"):
        scheduled = {"type": "PodScheduled", "observedGeneration": meta["generation"], **scheduled}
    status["conditions"] = [*conditions, scheduled]
    if annotations := (binding.get("metadata") or {}).get("annotations"):
        meta["annotations"] = {**(meta.get("annotations") or {}), **annotations}
    new = {**pod, "metadata": meta, "spec": {**pod["spec"], "nodeName": node}, "status": status}
    if not options.dry_run:
        state.save(resource, new, pod)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


# --- eviction ---------------------------------------------------------------------------------------------------------


def _evict(
    server: ApiServer, resource: Resource, key: ObjectKey, pod: Object, eviction: Object, options: WriteOptions
) -> Object:
    """Delete a Pod if its disruption budget lets it go (the Eviction subresource)."""
    state = server.state
    body = eviction.get("deleteOptions") or {}
    preconditions = body.get("preconditions") or {}
    propagation = body.get("propagationPolicy")
    delete_options = DeleteOptions(
        propagation=Propagation(propagation) if propagation else None,
        grace_seconds=body.get("gracePeriodSeconds"),
        uid=preconditions.get("uid") or "",
        resource_version=preconditions.get("resourceVersion") or "",
        dry_run=options.dry_run or bool(body.get("dryRun")),
    )
    if not _ignores_budget(pod):
        budgets = [
            budget
            for budget in state.every("policy/v1", "PodDisruptionBudget", key.namespace)
            if from_object((budget.get("spec") or {}).get("selector")).matches_object(pod)
        ]
        if len(budgets) > 1:
            message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
            raise ApiError(message)
        if budgets and not _may_go_unready(pod, budgets[0]):
            _take_disruption(state, budgets[0], key.name, dry_run=delete_options.dry_run)
    server.delete(resource, key, delete_options)
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201}


def _ignores_budget(pod: Object) -> bool:
    if pod["metadata"].get("deletionTimestamp"):
        return True
    return (pod.get("status") or {}).get("phase") in {"Succeeded", "Failed", "Pending"}


def _may_go_unready(pod: Object, budget: Object) -> bool:
    """Tell whether a Pod that is not ready may go without taking one of the budget's disruptions."""
    conditions = (pod.get("status") or {}).get("conditions") or ()
    if any(item.get("type") == "Ready" and item.get("status") == "True" for item in conditions):
        return False
    if (budget.get("spec") or {}).get("unhealthyPodEvictionPolicy") == "AlwaysAllow":
        return True
    status = budget.get("status") or {}
    return bool(status.get("currentHealthy", 0) >= status.get("desiredHealthy", 0) > 0)


def _take_disruption(state: State, budget: Object, pod: str, *, dry_run: bool) -> None:
    meta, status = budget["metadata"], budget.get("status") or {}
    causes: list[dict[str, str]] = []
    message = "Cannot evict pod as it would violate the pod's disruption budget."
    if status.get("observedGeneration", 0) < meta.get("generation", 0):
        causes = [
            {
                "reason": "DisruptionBudget",
                "message": f"The disruption budget {meta['name']} is still being processed by the server.",
            }
        ]
        raise TooManyRequestsError(message, details={"causes": causes, "retryAfterSeconds": 10})
    disrupted = status.get("disruptedPods") or {}
    if len(disrupted) > _MAX_DISRUPTED:
        message = "DisruptedPods map too big - too many evictions not confirmed by PDB controller"
        raise failures.forbidden("poddisruptionbudgets.policy", meta["name"], message)
    allowed = status.get("disruptionsAllowed", 0)
    if allowed <= 0:
        needs, has = status.get("desiredHealthy", 0), status.get("currentHealthy", 0)
        text = f"The disruption budget {meta['name']} needs {needs} healthy pods and has {has} currently"
        causes = [{"reason": "DisruptionBudget", "message": text}]
        raise TooManyRequestsError(message, details={"causes": causes})
    new = copied(budget)
    new["status"]["disruptionsAllowed"] = allowed - 1
    new["status"].setdefault("disruptedPods", {})[pod] = state.timestamp()
    if not dry_run:
        state.save(state.catalog.for_kind("policy/v1", "PodDisruptionBudget"), new, budget)
