"""Run a release's hooks for an event: by weight and name, one after the other, each to its end.

Follows ``action/hooks.go``. A hook's object is deleted before it is created again unless its policies say otherwise,
and afterwards as they say; it never belongs to the manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.action import apply, objects, waiting
from pyhelm.action.apply import ApplyOptions
from pyhelm.action.progress import HookFinished, HookLog, HookStarted, Noted
from pyhelm.errors import ApiError, ApplyError, HookFailedError, NotReadyError, PyhelmError
from pyhelm.kube.objects import ObjectKey, name_of
from pyhelm.release.record import HookExecution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.release.record import Hook, HookEvent, Release

BEFORE_CREATION = "before-hook-creation"
SUCCEEDED = "hook-succeeded"
FAILED = "hook-failed"


@dataclass(frozen=True, slots=True)
class HookOptions:
    """How hooks are run: ``timeout`` is in seconds of cluster time, for each hook."""

    timeout: float = 300
    server_side: bool = True


def run_hooks(env: Environment, release: Release, event: HookEvent, options: HookOptions) -> None:
    """Run the hooks of an event and clean up after them.

    Raises:
        HookFailedError: A hook did not succeed; those after it did not run.
    """
    run = HookRun(env, release, event, options)
    try:
        run.execute()
    except HookFailedError:
        run.clean_up()
        raise
    run.clean_up()


class HookRun:
    """One run of an event's hooks, with the cleaning up apart, for those who read logs in between."""

    def __init__(self, env: Environment, release: Release, event: HookEvent, options: HookOptions) -> None:
        self._env = env
        self._release = release
        self._event = event
        self._options = options
        # Hooks are stored in the order of their kinds, which decides among equals.
        self.hooks = sorted((hook for hook in release.hooks if event in hook.events), key=_by_weight)
        self._succeeded: list[Hook] = []
        self._failed: Hook | None = None

    def execute(self) -> None:
        """Run the hooks; raises HookFailedError at the first that fails."""
        for hook in self.hooks:
            if not hook.delete_policies:
                hook.delete_policies = [BEFORE_CREATION]
            self._delete_by_policy(hook, BEFORE_CREATION)
            self._execute(hook)
            self._succeeded.append(hook)

    def clean_up(self) -> None:
        """Show logs and delete objects as the hooks' policies say.

        Raises:
            HookFailedError: An object could not be deleted.
        """
        if self._failed is not None:
            self._output_logs(self._failed, FAILED)
            try:
                self._delete_by_policy(self._failed, FAILED)
            except HookFailedError as error:
                self._env.tell(Noted(f"error deleting the hook resource on hook failure: {error}"))
            for hook in self._succeeded:
                self._delete_by_policy(hook, SUCCEEDED)
            return
        for hook in reversed(self._succeeded):
            self._output_logs(hook, SUCCEEDED)
            self._delete_by_policy(hook, SUCCEEDED)

    def _execute(self, hook: Hook) -> None:
        env = self._env
        targets = self._build(hook, f"unable to build kubernetes object for {self._event} hook {hook.path}")
        hook.last_run = HookExecution(started_at=env.now(), phase="Running")
        self._record()
        # Should we be stopped now, nobody will know how it ended.
        hook.last_run.phase = "Unknown"
        env.tell(HookStarted(self._event, hook.path, hook.kind, hook.name))
        try:
            apply.create(env, self._release.name, targets, ApplyOptions(server_side=self._options.server_side))
        except ApplyError as error:
            self._finish(hook, "Failed")
            raise HookFailedError(self._release.name, self._event, hook.path, error, refused=True) from error
        try:
            waiting.await_hook(env, targets, timeout=self._options.timeout)
        except (NotReadyError, ApiError) as error:
            self._failed = hook
            self._finish(hook, "Failed")
            raise HookFailedError(self._release.name, self._event, hook.path, error) from error
        self._finish(hook, "Succeeded")

    def _finish(self, hook: Hook, phase: str) -> None:
        hook.last_run.completed_at = self._env.now()
        hook.last_run.phase = phase
        self._env.tell(HookFinished(self._event, hook.path, hook.kind, hook.name, phase))

    def _record(self) -> None:
        release = self._release
        owner = self._env.stamp.to_text() if release.info.status.is_pending else ""
        try:
            self._env.storage.update(release, owner=owner)
        except PyhelmError as error:
            facts = (("name", release.name), ("revision", str(release.version)), ("error", str(error)))
            self._env.tell(Noted("failed to update release", facts))

    def _delete_by_policy(self, hook: Hook, policy: str) -> None:
        # Deleting a CustomResourceDefinition would take every object of its kind along.
        if hook.kind == "CustomResourceDefinition" or policy not in hook.delete_policies:
            return
        targets = self._build(hook, f"unable to build kubernetes object for deleting hook {hook.path}")
        try:
            apply.delete(self._env, self._release.name, targets)
            waiting.await_deleted(self._env, targets, timeout=self._options.timeout)
        except (ApplyError, NotReadyError, ApiError) as error:
            raise HookFailedError(self._release.name, self._event, hook.path, error) from error

    def _build(self, hook: Hook, attempt: str) -> list[Target]:
        try:
            return objects.build_text(
                self._env.cluster,
                hook.manifest,
                self._env.namespace,
                release_name=self._release.name,
                attempt=attempt,
            )
        except PyhelmError as error:
            raise HookFailedError(self._release.name, self._event, hook.path, error) from error

    def _output_logs(self, hook: Hook, policy: str) -> None:
        if policy not in hook.output_log_policies or hook.kind not in {"Job", "Pod"}:
            return
        try:
            for target in self._build(hook, ""):
                if target.key.name == hook.name:
                    self._output_logs_of(target)
        except PyhelmError as error:
            self._env.tell(Noted(f"error outputting logs for hook failure: {error}"))

    def _output_logs_of(self, target: Target) -> None:
        client = self._env.cluster
        pods = client.catalog.for_kind("v1", "Pod")
        namespace = target.key.namespace
        if target.kind == "Job":
            found = client.list(pods, namespace, labels=f"job-name={target.key.name}").items
        else:
            found = client.list(pods, namespace, fields=f"metadata.name={target.key.name}").items
        for pod in found:
            for container in (pod.get("spec") or {}).get("containers") or ():
                name = container.get("name") or ""
                text = client.logs(ObjectKey(namespace, name_of(pod)), name)
                self._env.tell(HookLog(namespace, name_of(pod), name, text))


def by_weight(hooks: Iterable[Hook]) -> Sequence[Hook]:
    """Return hooks in the order in which they run."""
    return sorted(hooks, key=_by_weight)


def _by_weight(hook: Hook) -> tuple[int, str]:
    return hook.weight, hook.name
