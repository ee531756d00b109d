"""Pods: what admission plugins add, what an update may change, and how the server sees their quality of service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, required
from pyhelm.cluster.admission.poddefaults import default_pod
from pyhelm.cluster.admission.podvalidation import validate_pod
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.objects import ObjectKey

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object

TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  (a path, not a secret)
_TOKEN_PREFIX = "kube-api-access-"  # noqa: S105
_TOKEN_SECONDS = 3607
_EVICTION_SECONDS = 300
_UPDATABLE = (
    "`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
    "`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)
_COUNTED = ("cpu", "memory")


def quality(spec: Object) -> str:
    """Return a Pod's class of service: Guaranteed, Burstable or BestEffort (qos.ComputePodQOS)."""
    asked, guaranteed = False, True
    for container in (*(spec.get("containers") or ()), *(spec.get("initContainers") or ())):
        resources: dict[str, Any] = container.get("resources") or {}
        limits, requests = resources.get("limits") or {}, resources.get("requests") or {}
        for name in _COUNTED:
            if name in limits or name in requests:
                asked = True
            if name not in limits or requests.get(name, limits[name]) != limits[name]:
                guaranteed = False
    if not asked:
        return "BestEffort"
    return "Guaranteed" if guaranteed else "Burstable"


def _admit(pod: Object, context: Context) -> None:
    spec = pod["spec"]
    _give_account(pod, spec, context)
    _give_priority(pod, spec, context)
    _tolerate_outages(spec)


def _give_account(pod: Object, spec: Object, context: Context) -> None:
    """Give the Pod its service account, and the account's token to its containers (the ServiceAccount plugin)."""
    meta = pod["metadata"]
    namespace = meta["namespace"]
    name = spec.get("serviceAccountName") or "default"
    account = context.look("v1", "ServiceAccount", ObjectKey(namespace, name))
    if account is None:
        if name != "default":
            raise context.refuse(
                "pods",
                meta["name"],
                f'error looking up service account {namespace}/{name}: serviceaccount "{name}" not found',
            )
        # The controller that makes it may still be on its way; the real plugin waits for it.
        account = {}
    spec["serviceAccountName"] = spec["serviceAccount"] = name
    wanted = spec.get("automountServiceAccountToken")
    if wanted is None:
        wanted = account.get("automountServiceAccountToken")
    if wanted is None or wanted:
        _mount_token(spec, context, meta)
    if not spec.get("imagePullSecrets") and account.get("imagePullSecrets"):
        spec["imagePullSecrets"] = [{"name": secret.get("name")} for secret in account["imagePullSecrets"]]


def _mount_token(spec: Object, context: Context, meta: Object) -> None:
    volume = next(
        (item["name"] for item in spec.get("volumes") or () if item.get("name", "").startswith(_TOKEN_PREFIX)), ""
    )
    name = volume or _TOKEN_PREFIX + context.suffix(f"token/{meta['namespace']}/{meta.get('name', '')}/{meta['uid']}")
    needed = False
    for container in (*(spec.get("initContainers") or ()), *(spec.get("containers") or ())):
        mounts = container.setdefault("volumeMounts", [])
        if all(mount.get("mountPath") != TOKEN_PATH for mount in mounts):
            mounts.append({"name": name, "readOnly": True, "mountPath": TOKEN_PATH})
            needed = True
    if needed and not volume:
        sources = [
            {"serviceAccountToken": {"expirationSeconds": _TOKEN_SECONDS, "path": "token"}},
            {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
            {
                "downwardAPI": {
                    "items": [
                        {"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}
                    ]
                }
            },
        ]
        spec.setdefault("volumes", []).append({"name": name, "projected": {"sources": sources, "defaultMode": 0o644}})


def _give_priority(pod: Object, spec: Object, context: Context) -> None:
    """Resolve the Pod's priority class (the Priority plugin)."""
    name = spec.get("priorityClassName")
    number, policy = 0, "PreemptLowerPriority"
    found: Object | None = None
    if name:
        found = context.look("scheduling.k8s.io/v1", "PriorityClass", ObjectKey("", name))
        builtin = {"system-cluster-critical": 2000000000, "system-node-critical": 2000001000}.get(name)
        if found is None and builtin is None:
            raise context.refuse("pods", pod["metadata"]["name"], f"no PriorityClass with name {name} was found")
        number = builtin or 0
    else:
        for candidate in context.every("scheduling.k8s.io/v1", "PriorityClass"):
            if candidate.get("globalDefault"):
                found = candidate
                spec["priorityClassName"] = candidate["metadata"]["name"]
    if found is not None:
        number, policy = found.get("value", 0), found.get("preemptionPolicy") or policy
    spec["priority"] = number
    spec["preemptionPolicy"] = policy


def _tolerate_outages(spec: Object) -> None:
    """Let the Pod stay five minutes on a node that fails (the DefaultTolerationSeconds plugin)."""
    tolerations = spec.get("tolerations") or []
    added = []
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        if any(
            toleration.get("key", "") in {"", key} and toleration.get("effect", "") in {"", "NoExecute"}
            for toleration in tolerations
        ):
            continue
        added.append({"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": _EVICTION_SECONDS})
    if added:
        spec["tolerations"] = [*tolerations, *added]


def _prepare_create(pod: Object, _: Context) -> None:
    status: Object = {"phase": "Pending", "qosClass": quality(pod["spec"])}
    if pod["spec"].get("schedulingGates"):
        status["conditions"] = [
            {
                "type": "PodScheduled",
                "status": "False",
                "lastProbeTime": None,
                "lastTransitionTime": None,
                "reason": "SchedulingGated",
                "message": "Scheduling is blocked due to non-empty scheduling gates",
            }
        ]
    pod["status"] = status


def _validate_update(new: Object, old: Object) -> Errors:
    spec, before = new["spec"], old["spec"]
    if spec == before:
        return []
    errors = validate_pod(new)
    for kind in ("containers", "initContainers"):
        mine, theirs = spec.get(kind) or [], before.get(kind) or []
        if len(mine) != len(theirs):
            return [*errors, forbidden(f"spec.{kind}", "pod updates may not add or remove containers")]
        for position, container in enumerate(mine):
            if not container.get("image"):
                errors.append(required(f"spec.{kind}[{position}].image"))
    deadline, previous = spec.get("activeDeadlineSeconds"), before.get("activeDeadlineSeconds")
    if deadline is None and previous is not None:
        errors.append(
            invalid("spec.activeDeadlineSeconds", None, "must not update from a positive integer to nil value")
        )
    elif deadline is not None and previous is not None and deadline > previous:
        errors.append(invalid("spec.activeDeadlineSeconds", deadline, "must be less than or equal to previous value"))
        return errors
    tolerations = spec.get("tolerations") or []
    if any(toleration not in tolerations for toleration in before.get("tolerations") or ()):
        errors.append(
            forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")
        )
    if _munged(spec, before) != before:
        errors.append(forbidden("spec", f"pod updates may not change fields other than {_UPDATABLE}"))
    return errors


def _munged(spec: Object, before: Object) -> Object:
    """Return the new spec with everything that may change put back."""
    munged = dict(spec)
    for kind in ("containers", "initContainers"):
        if kind in spec:
            munged[kind] = [
                {**container, "image": theirs.get("image")}
                for container, theirs in zip(spec[kind], before[kind], strict=True)
            ]
    for field in ("activeDeadlineSeconds", "schedulingGates", "tolerations"):
        munged.pop(field, None)
        if field in before:
            munged[field] = before[field]
    if (before.get("terminationGracePeriodSeconds") or 0) < 0 and munged.get("terminationGracePeriodSeconds") == 1:
        munged["terminationGracePeriodSeconds"] = before["terminationGracePeriodSeconds"]
    return munged


POD = Strategy(
    default=default_pod,
    admit=_admit,
    prepare_create=_prepare_create,
    validate=validate_pod,
    validate_update=_validate_update,
    generation=("spec",),
    status={},
    answers_object=True,
)
