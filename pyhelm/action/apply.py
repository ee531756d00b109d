"""Create, change and delete a release's objects, in Helm's order and with Helm's refusals.

Follows ``kube.Client`` (Create, Update, Delete). Server-side apply sends the whole object under the field manager
``helm``; client-side apply sends a three-way patch of the last release, this one, and what lives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm.action.progress import Noted, ObjectChanged
from pyhelm.errors import (
    ApiError,
    ApplyError,
    ApplyFailure,
    ConflictError,
    NotFoundError,
    PyhelmError,
    UnsupportedMediaTypeError,
    UsageError,
)
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation, WriteOptions
from pyhelm.kube.objects import annotations_of, metadata
from pyhelm.release.manifests import RESOURCE_POLICY_ANNOTATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.errors import ReleaseFailedError
    from pyhelm.kube.objects import Object

FIELD_MANAGER = "helm"
KEEP = "keep"

_TRIES = 5  # retry.DefaultRetry


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How objects are written.

    Attributes:
        server_side: Let the server merge.
        force_conflicts: Take over fields that other managers own (server-side only).
        force_replace: PUT the object instead of patching it (client-side only).
        three_way_custom: Three-way merge of custom resources too (client-side only).
        take_over_client_side: First turn fields that ``helm`` owns by client-side apply into applied ones.
    """

    server_side: bool = True
    force_conflicts: bool = False
    force_replace: bool = False
    three_way_custom: bool = False
    take_over_client_side: bool = False

    def check(self) -> None:
        """Refuse combinations that Helm refuses; raises UsageError."""
        if self.force_conflicts and not self.server_side:
            raise UsageError("invalid client update option(s): forceConflicts enabled when serverSideApply disabled")
        if self.force_conflicts and self.force_replace:
            raise UsageError("invalid operation: cannot use force conflicts and force replace together")
        if self.server_side and self.force_replace:
            raise UsageError("invalid operation: cannot use server-side apply and force replace together")


@dataclass(slots=True)
class Changes:
    """What an update did, also when it failed half-way."""

    created: list[Target] = field(default_factory=list)
    updated: list[Target] = field(default_factory=list)
    deleted: list[Target] = field(default_factory=list)


def create(env: Environment, release_name: str, targets: Iterable[Target], options: ApplyOptions) -> None:
    """Create objects in order, trying all even when some fail.

    Raises:
        ApplyError: The cluster refused some.
    """
    failures: list[ApplyFailure] = []
    for target in targets:
        try:
            _create(env, target, options)
        except ApplyError as error:
            failures.extend(error.failures)
    if failures:
        raise ApplyError(release_name, failures)


def update(
    env: Environment,
    release_name: str,
    originals: Sequence[Target],
    targets: Sequence[Target],
    options: ApplyOptions,
    changes: Changes,
) -> None:
    """Bring the cluster from one release's objects to another's: create, change, and delete what is gone.

    Args:
        env: The cluster.
        release_name: For errors.
        originals: The objects of the release before.
        targets: The objects wanted.
        options: How they are written.
        changes: Is filled as things happen.

    Raises:
        ApplyError: Nothing is deleted when an object could not be created or changed.
    """
    options.check()
    known: dict[tuple[str, str, str, str], Target] = {}
    for original in originals:
        known.setdefault(original.identity, original)
    failures: list[ApplyFailure] = []
    for target in targets:
        try:
            live = _live(env, target)
        except ApiError as error:
            raise ApplyError(
                release_name, [_failure(target, "could not get information about the resource", error)]
            ) from error
        if live is None:
            changes.created.append(target)
            try:
                _create(env, target, options)
            except ApplyError as error:
                first = error.failures[0]
                attempt = (
                    f"failed to create resource: {first.attempt}" if first.attempt else "failed to create resource"
                )
                raise ApplyError(release_name, [_failure(target, attempt, first.cause)]) from error
            continue
        before = known.get(target.identity)
        if before is None:
            facts = (("namespace", target.key.namespace), ("name", target.key.name), ("kind", target.kind))
            env.tell(
                Noted("resource exists on cluster but not in original release, using cluster state as baseline", facts)
            )
        changes.updated.append(target)
        try:
            _change(env, live if before is None else before.object, target, live, options)
        except ApplyError as error:
            failures.extend(error.failures)
    if failures:
        raise ApplyError(release_name, failures, " && ")

    wanted = {target.identity for target in targets}
    for original in originals:
        if original.identity not in wanted:
            failures.extend(_remove(env, original, changes))
    if failures:
        raise ApplyError(release_name, failures, " && ")


def delete(
    env: Environment,
    release_name: str,
    targets: Iterable[Target],
    propagation: Propagation = Propagation.BACKGROUND,
    *,
    separator: str = "; ",
) -> None:
    """Ask for the deletion of objects, trying all; those that are gone already count as deleted.

    Raises:
        ApplyError: The cluster refused some.
    """
    failures = []
    for target in targets:
        try:
            env.cluster.delete(target.resource, target.key, DeleteOptions(propagation=propagation))
        except NotFoundError:
            continue
        except ApiError as error:
            failures.append(_failure(target, "", error))
            continue
        _tell(env, target, "deleted")
    if failures:
        raise ApplyError(release_name, failures, separator)


def clean_up(env: Environment, changes: Changes, failure: ReleaseFailedError) -> None:
    """Delete what a failed operation created; should that fail too, ``failure`` says so."""
    try:
        delete(env, failure.name, changes.created, separator=", ")
    except PyhelmError as error:
        failure.outcome = f"an error occurred while cleaning up resources. original {failure.verb} error"
        failure.aftermath = PyhelmError(f"unable to cleanup resources: {error}")


# --- one object -----------------------------------------------------------------------------------------------------


def _create(env: Environment, target: Target, options: ApplyOptions) -> None:
    client = env.cluster
    if options.server_side and target.key.name:
        target.object = _apply(env, target, options)
    else:
        # Objects with a generateName have no name that could be applied to.
        write = WriteOptions(field_manager=FIELD_MANAGER, field_validation="Strict")
        try:
            target.object = client.create(target.resource, target.object, namespace=target.key.namespace, options=write)
        except ApiError as error:
            raise ApplyError("", [_failure(target, "", error)]) from error
    _tell(env, target, "created")


def _change(env: Environment, original: Object, target: Target, live: Object, options: ApplyOptions) -> None:
    if options.force_replace:
        answer = _replace(env, target, live)
    elif options.server_side:
        if options.take_over_client_side:
            _take_over(env, target)
        answer = _apply(env, target, options)
    else:
        answer = _patch(env, original, target, live, options)
    before, after = metadata(live).get("resourceVersion"), metadata(answer).get("resourceVersion")
    target.object = answer
    _tell(env, target, "unchanged" if before == after else "configured")


def _apply(env: Environment, target: Target, options: ApplyOptions) -> Object:
    write = WriteOptions(field_manager=FIELD_MANAGER, field_validation="Strict", force=options.force_conflicts)
    try:
        return env.cluster.patch(target.resource, target.key, PatchType.APPLY, target.object, options=write)
    except UnsupportedMediaTypeError as error:
        attempt = "server-side apply not available on the server"
        raise ApplyError("", [_failure(target, attempt, error)]) from error
    except ConflictError as error:
        attempt = f"conflict occurred while applying object {target.go_name}"
        raise ApplyError("", [_failure(target, attempt, error)]) from error
    except ApiError as error:
        attempt = f"server-side apply failed for object {target.go_name}"
        raise ApplyError("", [_failure(target, attempt, error)]) from error


def _replace(env: Environment, target: Target, live: Object) -> Object:
    body = dict(target.object)
    body["metadata"] = {**metadata(body), "resourceVersion": metadata(live).get("resourceVersion")}
    write = WriteOptions(field_manager=FIELD_MANAGER, field_validation="Strict")
    try:
        return env.cluster.update(target.resource, body, options=write)
    except ApiError as error:
        raise ApplyError("", [_failure(target, "failed to replace object", error)]) from error


def _patch(env: Environment, original: Object, target: Target, live: Object, options: ApplyOptions) -> Object:
    from pyhelm.kube.patches.chosen import three_way_patch

    try:
        kind, patch = three_way_patch(
            target.resource, original, target.object, live, ignore_live=not options.three_way_custom
        )
    except ApiError as error:
        raise ApplyError("", [_failure(target, "failed to create patch", error)]) from error
    if not patch:
        return live
    try:
        write = WriteOptions(field_manager=FIELD_MANAGER)
        return env.cluster.patch(target.resource, target.key, kind, patch, options=write)
    except ApiError as error:
        attempt = f'cannot patch "{target.key.name}" with kind {target.kind}'
        raise ApplyError("", [_failure(target, attempt, error)]) from error


def _remove(env: Environment, original: Target, changes: Changes) -> list[ApplyFailure]:
    """Delete an object that the new release has not, unless it asks to be kept."""
    try:
        live = env.cluster.get(original.resource, original.key)
    except ApiError:
        return []
    if annotations_of(live).get(RESOURCE_POLICY_ANNOTATION) == KEEP:
        _tell(env, original, "kept")
        return []
    try:
        env.cluster.delete(original.resource, original.key, DeleteOptions(propagation=Propagation.BACKGROUND))
    except NotFoundError:
        return []
    except ApiError as error:
        key = original.key
        attempt = f"failed to delete resource namespace={key.namespace}, name={key.name}, kind={original.kind}"
        return [_failure(original, attempt, error)]
    changes.deleted.append(original)
    _tell(env, original, "deleted")
    return []


def _live(env: Environment, target: Target) -> Object | None:
    if not target.key.name:
        return None
    try:
        return env.cluster.get(target.resource, target.key)
    except NotFoundError:
        return None


# --- from client-side to server-side apply --------------------------------------------------------------------------


def _take_over(env: Environment, target: Target) -> None:
    """Turn what ``helm`` owns by updating into what it owns by applying (``csaupgrade.UpgradeManagedFieldsPatch``).

    Otherwise fields that a later release drops would stay, because their old owner still claims them.
    """
    for attempt in range(_TRIES):
        live = env.cluster.get(target.resource, target.key)
        entries = upgraded_managed_fields(metadata(live).get("managedFields") or [])
        if entries is None:
            return
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": metadata(live).get("resourceVersion")},
        ]
        try:
            env.cluster.patch(
                target.resource,
                target.key,
                PatchType.JSON,
                patch,
                options=WriteOptions(field_manager=FIELD_MANAGER, field_validation="Strict"),
            )
        except ConflictError as error:
            if attempt == _TRIES - 1:
                raise ApplyError("", [_failure(target, "", error)]) from error
            continue
        except ApiError as error:
            what = f"failed to patch object to upgrade CSA field manager {target.go_name}"
            raise ApplyError("", [_failure(target, what, error)]) from error
        return


def upgraded_managed_fields(entries: Sequence[Object]) -> list[Object] | None:
    """Return the entries with ``helm``'s updates joined into its apply; None when there is nothing to do."""

    def is_own(entry: Object, operation: str) -> bool:
        own = entry.get("manager") == FIELD_MANAGER and entry.get("operation") == operation
        return own and not entry.get("subresource")

    if not any(is_own(entry, "Update") for entry in entries):
        return None
    result = [dict(entry) for entry in entries]
    applied = next((entry for entry in result if is_own(entry, "Apply")), None)
    if applied is None:
        applied = next(entry for entry in result if is_own(entry, "Update"))
        applied["operation"] = "Apply"
    for entry in result:
        if is_own(entry, "Update") and entry.get("apiVersion") == applied.get("apiVersion"):
            applied["fieldsV1"] = _union(applied.get("fieldsV1") or {}, entry.get("fieldsV1") or {})
    return [entry for entry in result if not is_own(entry, "Update")]


def _union(left: Object, right: Object) -> Object:
    joined = dict(left)
    for key, value in right.items():
        joined[key] = _union(joined[key], value) if key in joined else value
    return joined


def _failure(target: Target, attempt: str, cause: PyhelmError) -> ApplyFailure:
    return ApplyFailure(target.kind, target.key.namespace, target.key.name, attempt, cause)


def _tell(env: Environment, target: Target, change: str) -> None:
    # Literal types do not survive a helper's argument; the four callers above are all there are.
    env.tell(ObjectChanged(target.kind, target.key.namespace, target.key.name, change))  # type: ignore[arg-type]
