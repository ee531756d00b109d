"""Roll a release back to an earlier revision, as a new revision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyhelm.action import apply, hooks, objects, waiting
from pyhelm.action.apply import ApplyOptions, Changes
from pyhelm.action.environment import DryRun, ServerSide, WaitStrategy
from pyhelm.action.hooks import HookOptions
from pyhelm.action.install import apply_method
from pyhelm.action.progress import RecordStored
from pyhelm.action.records import mark_failed, store_deployed, store_if_possible
from pyhelm.action.recovery import last_revision
from pyhelm.action.upgrade import uses_server_side
from pyhelm.errors import (
    ApplyError,
    HookFailedError,
    NotReadyError,
    PyhelmError,
    ReleaseFailedError,
    RevisionNotFoundError,
    UsageError,
)
from pyhelm.release import names
from pyhelm.release.record import HookEvent, Info, Release, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target

MAX_DESCRIPTION = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackOptions:
    """How a release is rolled back; names are those of the flags.

    Attributes:
        revision: Which one to go back to; 0 for the one before the last.
        history_max: How many revisions to keep; 0 for all.
        timeout: Seconds of cluster time, for each wait.
    """

    revision: int = 0
    dry_run: DryRun = DryRun.NONE
    description: str = ""
    cleanup_on_fail: bool = False
    history_max: int = 10
    no_hooks: bool = False
    wait: WaitStrategy = WaitStrategy.HOOK_ONLY
    wait_for_jobs: bool = False
    timeout: float = 300
    server_side: ServerSide = ServerSide.AUTO
    force_conflicts: bool = False
    force_replace: bool = False


DEFAULT_OPTIONS = RollbackOptions()


def rollback(env: Environment, name: str, options: RollbackOptions = DEFAULT_OPTIONS) -> Release:
    """Make the objects of an earlier revision the release's objects again.

    Helm allows it whatever state the release is in, an uninstalled one with its history included.

    Returns:
        The new revision, deployed; with a dry run, pending and stored nowhere.

    Raises:
        ReleaseNotFoundError: There is no such release.
        RevisionNotFoundError: It has no such revision.
        ReleaseFailedError: The rollback was begun and failed.
    """
    if len(options.description) > MAX_DESCRIPTION:
        raise UsageError(f"description must be {MAX_DESCRIPTION} characters or less, got {len(options.description)}")
    names.validate(name, message="prepareRollback: Release name is invalid: {name}")
    if options.revision < 0:
        raise UsageError("invalid release revision")
    return _Rollback(env, name, options).run()


class _Rollback:
    """One rollback under way."""

    def __init__(self, env: Environment, name: str, options: RollbackOptions) -> None:
        self._env = env
        self._name = name
        self._options = options
        self._server_side = True

    def run(self) -> Release:
        env, options = self._env, self._options
        current = last_revision(env, self._name).release()
        wanted = options.revision or current.version - 1
        known = [revision.version for revision in env.storage.history(self._name)]
        if wanted not in known:
            error = RevisionNotFoundError(self._name, wanted)
            if current.info.status is Status.UNINSTALLING:
                error.hint = "its uninstallation was not finished: uninstall it again"
            elif len(known) == 1:
                error.hint = "there is only one revision: upgrade or uninstall it"
            else:
                error.hint = f"there are revisions {', '.join(map(str, known))}"
            raise error
        previous = env.storage.get(self._name, wanted).release()
        self._server_side = uses_server_side(options.server_side, previous.apply_method)
        release = self._release(current, previous)
        if options.dry_run.pretends:
            return release
        env.storage.create(release, owner=env.stamp.to_text(), max_history=options.history_max)
        env.tell(RecordStored(release.name, release.version, release.info.status))
        return self._perform(release, current)

    def _release(self, current: Release, previous: Release) -> Release:
        return Release(
            name=self._name,
            namespace=current.namespace,
            version=current.version + 1,
            info=Info(
                first_deployed=current.info.first_deployed,
                last_deployed=self._env.now(),
                status=Status.PENDING_ROLLBACK,
                description=self._options.description or f"Rollback to {previous.version}",
                rollback_revision=previous.version,
                notes=previous.info.notes,
            ),
            chart=previous.chart,
            config=previous.config,
            manifest=previous.manifest,
            hooks=[replace(hook, last_run=replace(hook.last_run)) for hook in previous.hooks],
            labels=previous.labels,
            apply_method=apply_method(server_side=self._server_side),
        )

    def _perform(self, release: Release, current: Release) -> Release:
        env, options = self._env, self._options
        changes = Changes()
        how = ApplyOptions(
            server_side=self._server_side,
            force_conflicts=options.force_conflicts,
            force_replace=options.force_replace,
            take_over_client_side=True,
        )
        try:
            originals = self._build(current, "current")
            targets = self._build(release, "new")
            self._run_hooks(release, HookEvent.PRE_ROLLBACK)
            objects.mark_owned(targets, self._name, release.namespace)
            apply.update(env, self._name, originals, targets, how, changes)
            waiting.await_ready(
                env, targets, timeout=options.timeout, strategy=options.wait, jobs=options.wait_for_jobs
            )
            self._run_hooks(release, HookEvent.POST_ROLLBACK)
        except PyhelmError as error:
            raise self._failed(release, current, error, changes) from error
        except KeyboardInterrupt:
            mark_failed(self._env, release, f'Rollback "{self._name}" failed: context canceled')
            raise
        store_deployed(env, release)
        env.tell(RecordStored(release.name, release.version, release.info.status))
        return release

    def _build(self, release: Release, which: str) -> Sequence[Target]:
        attempt = f"unable to build kubernetes objects from {which} release manifest"
        return objects.build_text(
            self._env.cluster, release.manifest, self._env.namespace, release_name=self._name, attempt=attempt
        )

    def _run_hooks(self, release: Release, event: HookEvent) -> None:
        if not self._options.no_hooks:
            how = HookOptions(timeout=self._options.timeout, server_side=self._server_side)
            hooks.run_hooks(self._env, release, event, how)

    def _failed(self, release: Release, current: Release, cause: PyhelmError, changes: Changes) -> ReleaseFailedError:
        """Record the failure, clean up if asked, and return what to raise.

        Helm leaves the revision pending when a hook or a manifest was the reason; here it is failed then too.
        """
        failure = ReleaseFailedError(self._name, "rollback", cause, revision=release.version)
        failure.hint = f"revision {release.version} is kept as failed: roll back again, or upgrade"
        if isinstance(cause, NotReadyError):
            mark_failed(self._env, release, f'Release "{self._name}" failed: {cause}')
            failure.outcome = f"release {self._name} failed"
            return failure
        mark_failed(self._env, release, f'Rollback "{self._name}" failed: {cause}')
        if not isinstance(cause, ApplyError) or isinstance(cause, HookFailedError):
            return failure
        current.info.status = Status.SUPERSEDED
        store_if_possible(self._env, current)
        if self._options.cleanup_on_fail:
            apply.clean_up(self._env, changes, failure)
        return failure
