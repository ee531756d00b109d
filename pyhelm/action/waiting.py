"""Wait for a release's objects: to be ready, to be gone, or (hooks) to have run to their end.

How to wait is ``pyhelm.kube.wait``'s; here are Helm's choices of when, and the telling of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action.environment import WaitStrategy
from pyhelm.action.progress import Waiting
from pyhelm.kube import wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.errors import Unready

DEFAULT_TIMEOUT = 30.0
"""Seconds that a timeout of 0 stands for (DefaultStatusWatcherTimeout)."""


def await_ready(
    env: Environment, targets: Sequence[Target], *, timeout: float, strategy: WaitStrategy, jobs: bool
) -> None:
    """Wait until objects are ready, unless only hooks are waited for.

    Args:
        env: The cluster.
        targets: What is waited for.
        timeout: Seconds of cluster time.
        strategy: What to wait for, and how.
        jobs: Wait for Jobs to complete too.

    Raises:
        NotReadyError: Some were not ready in time, or failed for good.
    """
    if strategy is WaitStrategy.HOOK_ONLY or not targets:
        return
    wait.wait_ready(
        env.cluster,
        [target.object for target in targets],
        timeout=timeout or DEFAULT_TIMEOUT,
        strategy="legacy" if strategy is WaitStrategy.LEGACY else "watcher",
        jobs=jobs,
        on_progress=_telling(env),
    )


def await_deleted(env: Environment, targets: Sequence[Target], *, timeout: float) -> None:
    """Wait until objects are gone; raises NotReadyError when some still exist."""
    if targets:
        objects = [target.object for target in targets]
        wait.wait_deleted(env.cluster, objects, timeout=timeout or DEFAULT_TIMEOUT, on_progress=_telling(env))


def await_hook(env: Environment, targets: Sequence[Target], *, timeout: float) -> None:
    """Wait until a hook's Jobs and Pods have succeeded; other kinds are ready once they exist (WatchUntilReady).

    Raises:
        NotReadyError: One failed, or did not end in time.
    """
    if targets:
        objects = [target.object for target in targets]
        wait.wait_completed(env.cluster, objects, timeout=timeout or DEFAULT_TIMEOUT, on_progress=_telling(env))


def _telling(env: Environment) -> Callable[[Sequence[Unready]], None]:
    start = env.now()

    def tell(pending: Sequence[Unready]) -> None:
        env.tell(Waiting(tuple(pending), (env.now() - start).total_seconds()))

    return tell
