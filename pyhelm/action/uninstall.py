"""Remove a release: its objects, and its records unless their history is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm.action import apply, hooks, objects, waiting
from pyhelm.action.environment import WaitStrategy
from pyhelm.action.hooks import HookOptions
from pyhelm.action.progress import Noted, RecordStored
from pyhelm.errors import (
    ApiError,
    HookFailedError,
    NotFoundError,
    NotReadyError,
    PyhelmError,
    ReleaseFailedError,
    ReleaseNotFoundError,
    ReleaseUninstalledError,
)
from pyhelm.kube.client import Propagation
from pyhelm.release import names
from pyhelm.release.manifests import RESOURCE_POLICY_ANNOTATION, sort_stored
from pyhelm.release.record import HookEvent, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.release.manifests import Manifest
    from pyhelm.release.record import Release


@dataclass(frozen=True, slots=True, kw_only=True)
class UninstallOptions:
    """How a release is removed; names are those of the flags. ``timeout`` is in seconds of cluster time."""

    keep_history: bool = False
    ignore_not_found: bool = False
    no_hooks: bool = False
    dry_run: bool = False
    wait: WaitStrategy = WaitStrategy.HOOK_ONLY
    cascade: Propagation = Propagation.BACKGROUND
    timeout: float = 300
    description: str = ""


DEFAULT_OPTIONS = UninstallOptions()


@dataclass(slots=True)
class Uninstalled:
    """What an uninstallation did.

    Attributes:
        release: The last revision; None when there was no such release and that was fine.
        kept: (kind, name) of objects with a resource policy of ``keep``.
        unowned: (kind, name) of objects that are not (or no more) the release's.
        unverifiable: (kind, name, reason) of objects of which the cluster did not tell.
    """

    release: Release | None
    kept: list[tuple[str, str]] = field(default_factory=list)
    unowned: list[tuple[str, str]] = field(default_factory=list)
    unverifiable: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def info(self) -> str:
        """What was left, as Helm puts it; possibly empty."""
        parts = []
        if self.kept:
            lines = "".join(f"[{kind}] {name}\n" for kind, name in self.kept)
            parts.append(f"These resources were kept due to the resource policy:\n{lines}")
        if self.unowned:
            count = len(self.unowned)
            lines = "".join(f"[{kind}] {name}\n" for kind, name in self.unowned)
            parts.append(f"{count} resource(s) were not deleted because they are not owned by this release:\n{lines}")
        if self.unverifiable:
            count = len(self.unverifiable)
            lines = "".join(f"[{kind}] {name}: {reason}\n" for kind, name, reason in self.unverifiable)
            parts.append(
                f"{count} resource(s) were not deleted because their ownership could not be verified:\n{lines}"
            )
        return "\n".join(parts)


def uninstall(env: Environment, name: str, options: UninstallOptions = DEFAULT_OPTIONS) -> Uninstalled:
    """Remove the release ``name``, whatever state it is in.

    Raises:
        ReleaseNotFoundError: There is no such release (unless that is fine).
        ReleaseUninstalledError: Only its history is left, which is to be kept.
        HookFailedError: A pre-delete hook failed; nothing was deleted.
        ReleaseFailedError: Something could not be deleted, or went wrong afterwards.
    """
    what = "releaseContent" if options.dry_run else "uninstall"
    names.validate(name, message=f"{what}: Release name is invalid: {{name}}")
    try:
        revisions = [revision.release() for revision in env.storage.history(name)]
    except ReleaseNotFoundError:
        if options.ignore_not_found:
            return Uninstalled(None)
        if options.dry_run:
            raise
        raise ReleaseNotFoundError(name, attempt=f"uninstall: Release not loaded: {name}") from None
    release = revisions[-1]
    if options.dry_run:
        return _Uninstall(env, release, options).preview()
    if release.info.status is Status.UNINSTALLED:
        if options.keep_history:
            raise ReleaseUninstalledError(name)
        _purge(env, revisions)
        return Uninstalled(release)
    return _Uninstall(env, release, options).run(revisions)


def _purge(env: Environment, revisions: Sequence[Release]) -> None:
    # Oldest first: stopped in between, the last revision still says that the release is being uninstalled.
    for revision in revisions:
        env.storage.delete(revision.name, revision.version)


class _Uninstall:
    """One uninstallation under way."""

    def __init__(self, env: Environment, release: Release, options: UninstallOptions) -> None:
        self._env = env
        self._release = release
        self._options = options
        self._result = Uninstalled(release)

    def preview(self) -> Uninstalled:
        """Find out what would be left."""
        self._owned(self._sort())
        return self._result

    def run(self, revisions: Sequence[Release]) -> Uninstalled:
        env, release, options = self._env, self._release, self._options
        release.info.status = Status.UNINSTALLING
        release.info.deleted = env.now()
        release.info.description = "Deletion in progress (or silently failed)"
        try:
            self._run_hooks(HookEvent.PRE_DELETE)
        except HookFailedError as error:
            error.hint = "nothing was deleted; uninstall again once the cause is gone, or with --no-hooks"
            raise
        self._store(release)

        problems: list[PyhelmError] = []
        targets = self._delete()
        if options.wait is not WaitStrategy.HOOK_ONLY:
            try:
                waiting.await_deleted(env, targets, timeout=options.timeout)
            except NotReadyError as error:
                problems.append(error)
        try:
            self._run_hooks(HookEvent.POST_DELETE)
        except HookFailedError as error:
            problems.append(error)

        release.info.status = Status.UNINSTALLED
        release.info.description = options.description or "Uninstallation complete"
        if options.keep_history:
            self._store(release)
            for revision in env.storage.deployed_all(release.name):
                before = revision.release()
                before.info.status = Status.SUPERSEDED
                self._store(before)
        else:
            try:
                _purge(env, revisions)
            except PyhelmError as error:
                problems.append(PyhelmError(f"uninstall: Failed to purge the release: {error}"))
        if problems:
            cause = problems[0] if len(problems) == 1 else PyhelmError("; ".join(map(str, problems)))
            outcome = f"uninstallation completed with {len(problems)} error(s)"
            raise ReleaseFailedError(release.name, "uninstall", cause, outcome, revision=release.version)
        return self._result

    def _delete(self) -> list[Target]:
        """Delete the objects that are the release's, and return them."""
        release = self._release
        try:
            owned = self._owned(self._sort())
            self._warn()
            apply.delete(self._env, release.name, owned, self._options.cascade)
        except PyhelmError as error:
            failure = ReleaseFailedError(release.name, "uninstall", error, revision=release.version)
            failure.outcome = f"failed to delete release: {release.name}"
            failure.hint = "what was deleted stays deleted; uninstall again once the cause is gone"
            raise failure from error
        return owned

    def _sort(self) -> list[Manifest]:
        """Return the manifests to delete, in order; those to keep are noted."""
        doomed = []
        for manifest in sort_stored(self._release.manifest, release_name=self._release.name):
            policy = manifest.head.annotations.get(RESOURCE_POLICY_ANNOTATION)
            if policy is None:
                doomed.append(manifest)
            elif policy.strip().lower() == apply.KEEP:
                self._result.kept.append((manifest.head.kind, manifest.head.name))
        return doomed

    def _owned(self, manifests: Sequence[Manifest]) -> list[Target]:
        """Return those objects that exist and are the release's; the others are noted."""
        env, release, result = self._env, self._release, self._result
        documents = [manifest.document for manifest in manifests]
        attempt = "unable to build kubernetes objects for delete"
        owned = []
        targets = objects.build(
            env.cluster, documents, env.namespace, release_name=release.name, attempt=attempt, validate=False
        )
        for target in targets:
            try:
                live = env.cluster.get(target.resource, target.key)
            except NotFoundError:
                continue
            except ApiError as error:
                result.unverifiable.append((target.kind, target.key.name, str(error)))
                continue
            if objects.ownership_problem(live, release.name, release.namespace):
                result.unowned.append((target.kind, target.key.name))
            else:
                owned.append(target)
        return owned

    def _warn(self) -> None:
        release = self._release.name
        for kind, name in self._result.unowned:
            what = (("kind", kind), ("name", name), ("release", release))
            self._env.tell(Noted("skipping delete of resource not owned by this release", what))
        for kind, name, reason in self._result.unverifiable:
            facts = (("kind", kind), ("name", name), ("release", release), ("error", reason))
            self._env.tell(Noted("skipping delete of resource because ownership could not be verified", facts))

    def _run_hooks(self, event: HookEvent) -> None:
        if not self._options.no_hooks:
            hooks.run_hooks(self._env, self._release, event, HookOptions(timeout=self._options.timeout))

    def _store(self, release: Release) -> None:
        try:
            self._env.storage.update(release)
        except PyhelmError as error:
            facts = (("name", release.name), ("revision", str(release.version)), ("error", str(error)))
            self._env.tell(Noted("uninstall: Failed to store updated release", facts, level="info"))
            return
        self._env.tell(RecordStored(release.name, release.version, release.info.status))
