"""Let go of Pods that a Job counted on and left behind (the orphan queue of pkg/controller/job).

A Pod of a Job carries a finalizer until it is counted. When its Job is gone nobody counts it any more, not even a new
Job of the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.controllers.base import DONE, Trigger
from pyhelm.cluster.controllers.job import release, tracked
from pyhelm.kube.objects import ObjectKey, controller_of, key_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context, Result
    from pyhelm.kube.objects import Object


class JobOrphans:
    """The part of the job controller that serves Pods without a Job."""

    name = "job-orphans"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        catalog = context.client.catalog
        self._jobs = catalog.for_kind("batch/v1", "Job")
        self._pods = catalog.for_kind("v1", "Pod")

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._pods, self._when_pod_changed),)

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(pod) for pod in self._lister.scan(self._pods) if tracked(pod) and self._orphaned(pod))

    def reconcile(self, key: ObjectKey) -> Result:
        pod = self._lister.peek(self._pods, key)
        if pod is not None and tracked(pod) and self._orphaned(pod):
            release(self._client, self._lister, self._pods, pod)
        return DONE

    def _when_pod_changed(self, change: Change) -> Sequence[ObjectKey]:
        pod = change.new
        return (key_of(pod),) if pod is not None and tracked(pod) and self._orphaned(pod) else ()

    def _orphaned(self, pod: Object) -> bool:
        reference = controller_of(pod)
        if reference is None or reference.get("kind") != self._jobs.kind:
            return True
        job = self._lister.peek(self._jobs, ObjectKey(namespace_of(pod), reference.get("name", "")))
        return job is None or uid_of(job) != reference.get("uid")
