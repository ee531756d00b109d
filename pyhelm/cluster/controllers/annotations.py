"""What a Deployment writes on its ReplicaSets: which revision they are, and how large they were meant to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyhelm.cluster.controllers.strategy import INT32_MAX, max_surge, replicas_of
from pyhelm.kube.objects import annotations_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.kube.objects import Object

REVISION = "deployment.kubernetes.io/revision"
REVISION_HISTORY = "deployment.kubernetes.io/revision-history"
DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas"
MAX_REPLICAS = "deployment.kubernetes.io/max-replicas"
ROLLBACK_TO = "deprecated.deployment.rollback.to"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
NOT_COPIED = frozenset((LAST_APPLIED, REVISION, REVISION_HISTORY, DESIRED_REPLICAS, MAX_REPLICAS, ROLLBACK_TO))
"""Annotations that a Deployment and its ReplicaSets do not share."""

HISTORY_LENGTH = 2000
"""Characters of the revision-history annotation at most."""


def annotate(deployment: Object, replicaset: Object, revision: int, *, exists: bool) -> bool:
    """Set a ReplicaSet's annotations from its Deployment; tell whether any changed (SetNewReplicaSetAnnotations)."""
    annotations: dict[str, str] = replicaset["metadata"]["annotations"]
    before = dict(annotations)
    annotations.update({name: value for name, value in annotations_of(deployment).items() if name not in NOT_COPIED})
    old = annotations.get(REVISION)
    if old and not re.fullmatch(r"[+-]?[0-9]+", old):
        return False
    if int(old or 0) < revision:
        annotations[REVISION] = str(revision)
        if old is not None:
            _remember_revision(annotations, old)
    if not exists:
        replicas = replicas_of(deployment)
        annotations[DESIRED_REPLICAS] = str(replicas)
        annotations[MAX_REPLICAS] = str(replicas + max_surge(deployment))
    return annotations != before


def revision_of(obj: Object) -> int | None:
    """Return the revision annotation: 0 when absent, None when malformed."""
    text = annotations_of(obj).get(REVISION)
    if text is None:
        return 0
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else None


def last_revision(replicasets: Iterable[Object]) -> int:
    """Return the second highest revision (LastRevision)."""
    highest = second = 0
    for replicaset in replicasets:
        revision = revision_of(replicaset)
        if revision is None:
            continue
        if revision >= highest:
            second, highest = highest, revision
        elif revision > second:
            second = revision
    return second


def annotated_count(replicaset: Object, name: str) -> int | None:
    """Return a replica count from an annotation, None when absent or malformed."""
    text = annotations_of(replicaset).get(name)
    if text is None or not re.fullmatch(r"[0-9]+", text) or int(text) > INT32_MAX:
        return None
    return int(text)


def _remember_revision(annotations: dict[str, str], old: str) -> None:
    history = annotations.get(REVISION_HISTORY, "")
    if not history:
        annotations[REVISION_HISTORY] = old
        return
    entries = history.split(",")
    length = len(history) + len(old) + 1
    start = 0
    while length > HISTORY_LENGTH and start < len(entries):
        length -= len(entries[start]) + 1
        start += 1
    if length <= HISTORY_LENGTH:
        annotations[REVISION_HISTORY] = ",".join([*entries[start:], old])
