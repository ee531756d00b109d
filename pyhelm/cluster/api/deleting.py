"""Deleting: preconditions, grace, finalizers and what becomes of dependents (``rest.BeforeDelete``)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pyhelm.cluster.api import failures
from pyhelm.cluster.api.trees import copied
from pyhelm.cluster.clock import parse_stamp, stamp
from pyhelm.kube.client import DeleteOptions, Propagation

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Strategy
    from pyhelm.cluster.api.state import State
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

ORPHAN = "orphan"
FOREGROUND = "foregroundDeletion"
IMMORTAL = frozenset({"default", "kube-system", "kube-public"})
_DEFAULT_GRACE = 30


def delete(state: State, resource: Resource, old: Object, options: DeleteOptions, strategy: Strategy) -> Object | None:
    """Begin or finish an object's deletion; return its shared remainder, or None when it is gone."""
    _check_preconditions(resource, old, options)
    meta = old["metadata"]
    core = not resource.group
    if core and resource.kind == "Namespace":
        return _delete_namespace(state, resource, old, options)
    new = {**old, "metadata": dict(meta)}
    graceful, pending = (
        _pod_grace(state, new["metadata"], old, options) if core and resource.kind == "Pod" else (False, False)
    )
    if pending:
        return old
    finalizers = _finalizers(meta.get("finalizers") or [], options, strategy)
    kept = bool(finalizers)
    if not graceful and kept:
        _mark(new["metadata"], state)
    if finalizers != (meta.get("finalizers") or []):
        new["metadata"].pop("finalizers", None)
        if finalizers:
            new["metadata"]["finalizers"] = finalizers
    if graceful or kept:
        # The caller of a second delete finds what the first one left.
        if new["metadata"] == meta:
            return old
        new = copied(new)
        return new if options.dry_run else state.save(resource, new, old)
    if not options.dry_run:
        state.remove(resource, old)
    return None


def _check_preconditions(resource: Resource, old: Object, options: DeleteOptions) -> None:
    meta = old["metadata"]
    # The real server takes the kind for the resource's name here.
    by_kind = replace(resource, plural=resource.kind)
    if options.uid and options.uid != meta["uid"]:
        raise failures.conflict(
            by_kind,
            meta["name"],
            f"the UID in the precondition ({options.uid}) does not match the UID in record ({meta['uid']}). "
            "The object might have been deleted and then recreated",
        )
    version = meta["resourceVersion"]
    if options.resource_version and options.resource_version != version:
        raise failures.conflict(
            by_kind,
            meta["name"],
            f"the ResourceVersion in the precondition ({options.resource_version}) does not match the ResourceVersion "
            f"in record ({version}). The object might have been modified",
        )


def _finalizers(old: list[str], options: DeleteOptions, strategy: Strategy) -> list[str]:
    """Return the finalizers that the garbage collector's part needs (deletionFinalizersForGarbageCollection)."""
    policy = options.propagation
    orphan, foreground = policy is Propagation.ORPHAN, policy is Propagation.FOREGROUND
    if policy is None:
        orphan = ORPHAN in old or (strategy.orphans and FOREGROUND not in old)
        foreground = FOREGROUND in old
    kept = [finalizer for finalizer in old if finalizer not in {ORPHAN, FOREGROUND}]
    if orphan:
        kept.append(ORPHAN)
    if foreground:
        kept.append(FOREGROUND)
    return old if set(kept) == set(old) else kept


def _mark(meta: Object, state: State) -> None:
    """Note that an object without a grace period of its own is to go (markAsDeleting)."""
    now = state.timestamp()
    if not meta.get("deletionTimestamp"):
        if meta.get("generation"):
            meta["generation"] += 1
        meta["deletionTimestamp"] = now
    elif meta["deletionTimestamp"] > now:
        meta["deletionTimestamp"] = now
    meta["deletionGracePeriodSeconds"] = 0


def _pod_grace(state: State, meta: Object, pod: Object, options: DeleteOptions) -> tuple[bool, bool]:
    """Give a Pod time to stop; return whether it gets any, and whether it is already having it.

    Follows rest.BeforeDelete and the Pod strategy's CheckGracefulDelete.
    """
    asked = options.grace_seconds
    if asked is not None and asked < 0:
        asked = 1
    now = state.clock.now()
    if meta.get("deletionTimestamp"):
        granted = meta.get("deletionGracePeriodSeconds")
        if not granted:
            return False, False
        if asked is None or asked >= granted:
            return False, True
        began = parse_stamp(meta["deletionTimestamp"])
        end = (began or now) - timedelta(seconds=granted) + timedelta(seconds=asked)
        if end < now:
            end = now
            asked = 1 if asked else 0
        if not asked:
            meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"] = stamp(end), 0
            return False, False
        meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"] = stamp(end), asked
        return True, False
    spec = pod.get("spec") or {}
    period = asked
    if period is None:
        period = spec.get("terminationGracePeriodSeconds")
        if period is None:
            period = _DEFAULT_GRACE
        elif period < 0:
            period = 1
    phase = (pod.get("status") or {}).get("phase")
    # Nobody runs it: not bound to a node, or over already.
    if not spec.get("nodeName") or phase in {"Failed", "Succeeded"}:
        period = 0
    if not period:
        return False, False
    meta["deletionTimestamp"] = stamp(now + timedelta(seconds=period))
    meta["deletionGracePeriodSeconds"] = period
    if meta.get("generation"):
        meta["generation"] += 1
    return True, False


def _delete_namespace(state: State, resource: Resource, old: Object, options: DeleteOptions) -> Object | None:
    """Let a namespace terminate; its controller empties it and takes its finalizer away."""
    meta = old["metadata"]
    if meta["name"] in IMMORTAL:
        raise failures.forbidden("namespaces", meta["name"], "this namespace may not be deleted")
    if not meta.get("finalizers") and not (old.get("spec") or {}).get("finalizers"):
        if not options.dry_run:
            state.remove(resource, old)
        return None
    if meta.get("deletionTimestamp"):
        return old
    new: Object = copied(old)
    new["metadata"]["deletionTimestamp"] = state.timestamp()
    new.setdefault("status", {})["phase"] = "Terminating"
    return new if options.dry_run else state.save(resource, new, old)
