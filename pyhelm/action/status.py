"""Read how a release stands: its record, and its objects as they live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action import objects
from pyhelm.action.get import get_release
from pyhelm.errors import ApiError
from pyhelm.kube.objects import key_of

if TYPE_CHECKING:
    from pyhelm.action.environment import Environment
    from pyhelm.kube.objects import Object
    from pyhelm.release.record import Release

RELATED_PODS = "v1/Pod(related)"

_WITH_PODS = frozenset({"ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"})


def status(env: Environment, name: str, revision: int = 0) -> Release:
    """Return a revision (0: the last) with ``info.resources`` filled.

    Resources are live objects by ``version/kind`` in the order of the manifest; the Pods that its workloads select are
    under ``v1/Pod(related)``. What is not there (any more) is left out.

    Raises:
        ReleaseNotFoundError: There is no such release or revision.
        BuildError: The cluster does not know a kind of the manifest.
    """
    release = get_release(env, name, revision)
    resources: dict[str, list[Object]] = {}
    selectors: list[str] = []
    for target in objects.build_text(env.cluster, release.manifest, env.namespace, release_name=name):
        if not target.key.name:
            continue
        try:
            live = env.cluster.get(target.resource, target.key)
        except ApiError:
            continue
        resources.setdefault(f"{target.resource.version}/{target.kind}", []).append(live)
        selector = _pod_selector(live)
        if selector and selector not in selectors:
            selectors.append(selector)
            pods = env.cluster.catalog.for_kind("v1", "Pod")
            found = env.cluster.list(pods, key_of(live).namespace, labels=selector).items
            if found:
                resources.setdefault(RELATED_PODS, []).extend(found)
    release.info.resources = resources
    return release


def _pod_selector(obj: Object) -> str:
    """Return the labels by which a workload selects its Pods, as a selector, or ``""`` (``getSelectorFromObject``)."""
    selector = (obj.get("spec") or {}).get("selector") or {}
    if obj.get("kind") in _WITH_PODS:
        selector = selector.get("matchLabels") or {}
    elif obj.get("kind") != "ReplicationController":
        return ""
    return ",".join(f"{key}={selector[key]}" for key in sorted(selector))
