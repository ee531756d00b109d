"""Run a release's test hooks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm.action.hooks import HookOptions, HookRun, by_weight
from pyhelm.errors import ApiError, HookFailedError, PyhelmError
from pyhelm.kube.objects import ObjectKey
from pyhelm.release import names
from pyhelm.release.record import HookEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.release.record import Hook, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class TestOptions:
    """Which tests to run; ``timeout`` is in seconds of cluster time, for each."""

    __test__ = False  # for pytest, which would take it for a test

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    timeout: float = 300


@dataclass(slots=True)
class PodLog:
    """What one container of a test wrote, or why that is unknown."""

    pod: str
    container: str
    text: str = ""
    error: ApiError | None = None


@dataclass(slots=True)
class TestRun:
    """Tests that ran. Call ``finish`` when their Pods are not needed any more (the hooks' delete policies).

    Attributes:
        release: With the hooks' outcome in ``last_run``.
        failure: What the first failed test said, or None.
    """

    __test__ = False

    release: Release
    failure: HookFailedError | None
    _env: Environment
    _run: HookRun
    _options: TestOptions
    _finished: bool = field(default=False)

    def logs(self) -> Iterator[PodLog]:
        """Yield the logs of the tests' Pods, init containers first."""
        client = self._env.cluster
        pods = client.catalog.for_kind("v1", "Pod")
        for hook in by_weight(self.release.hooks):
            if HookEvent.TEST not in hook.events or hook.kind != "Pod" or not _chosen(hook, self._options):
                continue
            key = ObjectKey(self._env.namespace, hook.name)
            try:
                spec = client.get(pods, key).get("spec") or {}
            except ApiError as error:
                yield PodLog(hook.name, "", error=error)
                return
            for container in [*(spec.get("initContainers") or ()), *(spec.get("containers") or ())]:
                name = container.get("name") or ""
                try:
                    yield PodLog(hook.name, name, client.logs(key, name))
                except ApiError as error:
                    yield PodLog(hook.name, name, error=error)

    def finish(self) -> None:
        """Delete what the hooks' policies say; raises HookFailedError. A second call does nothing."""
        if not self._finished:
            self._finished = True
            self._run.clean_up()


DEFAULT_OPTIONS = TestOptions()


def run_tests(env: Environment, name: str, options: TestOptions = DEFAULT_OPTIONS) -> TestRun:
    """Run the test hooks of a release, in order, until one fails.

    Raises:
        ReleaseNotFoundError: There is no such release.
    """
    names.validate(name, message="releaseTest: Release name is invalid: {name}")
    release = env.storage.last(name).release()
    every = release.hooks
    release.hooks = [hook for hook in every if _chosen(hook, options)]
    skipped = [hook for hook in every if not _chosen(hook, options)]
    how = HookOptions(timeout=options.timeout, server_side=release.apply_method == "ssa")
    run = HookRun(env, release, HookEvent.TEST, how)
    failure = None
    # While a test runs its record is written, and must keep the hooks that do not run.
    release.hooks = skipped + release.hooks
    try:
        run.execute()
    except HookFailedError as error:
        failure = error
    try:
        env.storage.update(release)
    except PyhelmError:
        if failure is None:
            raise
    return TestRun(release, failure, env, run, options)


def _chosen(hook: Hook, options: TestOptions) -> bool:
    if hook.name in options.exclude:
        return False
    return not options.include or hook.name in options.include
