"""The embedded cluster as one thing: a folder, a lock, a store, an API, a clock and the loop that drives it.

Opening a cluster in which nothing is due reads two settings and loads no controller.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pyhelm.cluster.api import ApiServer
from pyhelm.cluster.clock import Clock, from_micros, micros
from pyhelm.cluster.controllers.registry import REGISTRATIONS
from pyhelm.cluster.loop import Loop
from pyhelm.cluster.store import ClusterLock, Store, damaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from pyhelm.cluster.controllers.base import Context
    from pyhelm.cluster.kubelet.behaviour import Images
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import ObjectKey

ClockMode = Literal["real", "manual"]

MANUAL_START = datetime(2026, 1, 1, tzinfo=UTC)
"""Where a manual clock begins, so that two runs of one seed write the same."""
CATCH_UP_BUDGET = 5_000
"""Reconciles that opening a cluster spends on the past (two seconds or so); beyond, time jumps as if controllers were
away."""

_SETTINGS = "cluster.settings"
_TIME = "cluster.time"
_QUEUE = "cluster.queue"


class ClusterInfo(NamedTuple):
    """What there is to say about an embedded cluster.

    Attributes:
        path: The folder it lives in.
        clock: ``real``: time passes between commands as it does outside; ``manual``: only by waiting and ``advance``.
        now: The cluster's time.
        seed: Decides uids, generated names and everything else that is random in the real thing.
        revision: Of the newest write.
        next_due: When something happens next by itself; None: never.
        errors: What controllers keep failing at, as ``controller key: reason``.
    """

    path: str
    clock: ClockMode
    now: datetime
    seed: str
    revision: int
    objects: int
    next_due: datetime | None
    errors: tuple[str, ...]


class Cluster:
    """An open cluster; close it, or use it as a context manager.

    Attributes:
        path: The folder it lives in.
        client: Everything that can be asked of it.
        api: The API server itself, which is the client and reads without copying.
        loop: What runs controllers and moves the clock.
    """

    def __init__(
        self,
        path: Path,
        store: Store,
        *,
        lock: ClusterLock | None = None,
        wall: Callable[[], float] = time.time,
        strict: bool = False,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.path = path
        self._store = store
        self._lock = lock
        self._wall_now = wall()
        self._on_close = on_close
        settings = store.get_meta(_SETTINGS)
        fresh = settings is None
        if settings is None:
            settings = _new_settings("real", "")
            store.set_meta(_SETTINGS, settings)
        try:
            self._mode: ClockMode = settings["clock"]
            self._seed: str = settings["seed"]
            saved = store.get_meta(_TIME)
            if saved is None:
                start = MANUAL_START if self._mode == "manual" else datetime.fromtimestamp(self._wall_now, UTC)
                saved = {"now": micros(start), "wall": self._wall_now}
            self._clock = Clock(from_micros(saved["now"]))
            self._kept_now = saved["now"]
            self._wall_then: float = saved["wall"]
        except (TypeError, ValueError, LookupError, OverflowError) as error:
            raise damaged(store.path, f"its settings cannot be read: {error}") from error
        self.api = ApiServer(store, self._clock, seed=self._seed, pause=self._pause, logs=self._logs)
        self.loop = Loop(self._clock, REGISTRATIONS, self._context, strict=strict)
        self.api.subscribe(self.loop.notify)
        self._closed = False
        self._as_found: tuple[int, int] | None = None
        if fresh:
            self._begin()
        else:
            self._continue()

    # --- life ---

    @classmethod
    def open(cls, path: Path, *, command: str, lock_timeout: float = 10.0) -> Cluster:
        """Take a cluster's folder, make it a cluster if it is none yet, and bring it up to the present.

        Args:
            path: The cluster's folder.
            command: What is being done, for others who have to wait.
            lock_timeout: Seconds of real time to wait for them.

        Raises:
            ClusterBusyError: Another process has it.
            StoreError: It cannot be read or written.
        """
        lock = ClusterLock(path, command=command, timeout=lock_timeout)
        lock.acquire()
        try:
            store = Store(path)
            try:
                return cls(path, store, lock=lock)
            except BaseException:
                store.close()
                raise
        except BaseException:
            lock.release()
            raise

    @classmethod
    def reset(
        cls,
        path: Path,
        *,
        seed: str = "",
        clock: ClockMode = "real",
        command: str = "reset",
        lock_timeout: float = 10.0,
    ) -> None:
        """Make the folder a new, empty cluster; what was in it is gone.

        Args:
            path: The cluster's folder.
            seed: Two clusters with one seed, a manual clock and the same commands have the same history.
            clock: Whether time passes between commands.
            command: What is being done, for others who have to wait.
            lock_timeout: Seconds of real time to wait for them.
        """
        with ClusterLock(path, command=command, timeout=lock_timeout):
            for suffix in ("", "-wal", "-shm", "-journal"):
                (path / f"store.db{suffix}").unlink(missing_ok=True)
            store = Store(path)
            try:
                store.set_meta(_SETTINGS, _new_settings(clock, seed))
                store.set_meta(_QUEUE, {"revision": -1})
                cls(path, store).close()
            finally:
                store.close()

    @classmethod
    def temporary(cls, *, seed: str = "pyhelm", strict: bool = True) -> Cluster:
        """Return a cluster for one test: manual clock, gone when closed.

        Args:
            seed: Decides uids and names.
            strict: Let a controller's unexpected exception through.
        """
        import tempfile
        from pathlib import Path as Folder

        folder = tempfile.TemporaryDirectory(prefix="pyhelm-cluster-")
        path = Folder(folder.name)
        store = Store(path)
        store.set_meta(_SETTINGS, _new_settings("manual", seed))
        return cls(path, store, strict=strict, on_close=folder.cleanup)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # An interrupt may have come between a write and its notes: then the next start looks at everything again.
        self.close(keep_queue=kind is None or issubclass(kind, Exception))

    def close(self, *, keep_queue: bool = True) -> None:
        """Make everything durable and let go of the folder; closing twice is fine."""
        if self._closed:
            return
        self._closed = True
        try:
            # A look that changed nothing costs no write: the next command catches up from where this one began.
            if keep_queue and self._as_found != self._place():
                self._keep_time()
                saved = {"revision": self._store.revision, "controllers": _names(), **self.loop.save()}
                self._store.set_meta(_QUEUE, saved)
            self._store.close()
        finally:
            if self._lock is not None:
                self._lock.release()
            if self._on_close is not None:
                self._on_close()

    def _begin(self) -> None:
        """Fill a new cluster."""
        from pyhelm.cluster.api import bootstrap
        from pyhelm.cluster.defaults import initial_objects

        with self._store.transaction():
            # All of it or nothing: half a cluster would not be begun again.
            bootstrap(self.api, initial_objects())
        self.loop.run_due()
        self._keep_time()
        self._store.commit()

    def _continue(self) -> None:
        """Take up where the last process stopped, and live through the time since."""
        saved: dict[str, Any] = self._store.get_meta(_QUEUE) or {"revision": -1}
        try:
            has_queue = saved["revision"] == self._store.revision and saved.get("controllers") == _names()
            if has_queue:
                self.loop.load(saved)
        except (AttributeError, TypeError, ValueError, LookupError) as error:
            raise damaged(self._store.path, f"its queue cannot be read: {error}") from error
        if not has_queue and self._store.revision:
            self.loop.resync()
        elif not has_queue:
            self._begin()
        now = self._clock.now()
        if self._mode == "real":
            now = from_micros(micros(now) + max(0, int((self._wall_now - self._wall_then) * 1e6)))
        has_work = self._let_pass(now, budget=CATCH_UP_BUDGET)
        if has_queue and not has_work and self._wall_now >= self._wall_then:
            self._as_found = self._place()

    def _place(self) -> tuple[int, int]:
        """Return where the cluster is: the store's revision and the time."""
        return self._store.revision, micros(self._clock.now())

    # --- time ---

    def advance(self, seconds: float) -> None:
        """Let ``seconds`` of cluster time pass, with all that happens meanwhile."""
        self._let_pass(from_micros(micros(self._clock.now()) + round(seconds * 1e6)))

    def settle(self, quiet: float = 30.0, limit: float = 3600.0) -> None:
        """Let time pass until nothing has changed for ``quiet`` seconds, at most about ``limit`` seconds."""
        end = micros(self._clock.now()) + round(limit * 1e6)
        while self._pause(quiet) and micros(self._clock.now()) < end:
            pass

    def _let_pass(self, moment: datetime, *, budget: int | None = None) -> bool:
        """Move to ``moment``; tell whether there was work on the way."""
        due = self.loop.next_due()
        if due is None or due > moment:
            self._clock.advance_to(moment)
            return False
        self._as_found = None
        self.loop.run_until(moment, budget=budget)
        self._keep_time()
        self._store.commit()
        return True

    def _pause(self, seconds: float) -> bool:
        changed = self.loop.run_next(seconds)
        if changed:
            self._as_found = None
            self._keep_time()
            self._store.commit()
        return changed

    def _keep_time(self) -> None:
        """Note the time beside what was written at it, so that it never goes back."""
        now = micros(self._clock.now())
        if now != self._kept_now or self._mode == "real":
            # Real time at opening: what the command itself takes passes for the next one, or time would fall behind.
            self._store.set_meta(_TIME, {"now": now, "wall": self._wall_now})
            self._kept_now = now

    # --- what it offers ---

    @property
    def client(self) -> Client:
        """Everything that can be asked of the cluster."""
        return self.api

    @property
    def clock(self) -> Clock:
        """The cluster's clock; only the loop moves it."""
        return self._clock

    @property
    def images(self) -> Images:
        """Says which images can be pulled and how their containers behave."""
        from pyhelm.cluster.kubelet.behaviour import Images

        return Images(self.api)

    def info(self) -> ClusterInfo:
        """Return what there is to say about the cluster."""
        errors = tuple(f"{name} {key}: {reason}" for (name, key), reason in sorted(self.loop.last_errors.items()))
        return ClusterInfo(
            path=str(self.path),
            clock=self._mode,
            now=self._clock.now(),
            seed=self._seed,
            revision=self._store.revision,
            objects=self._store.count(),
            next_due=self.loop.next_due(),
            errors=errors,
        )

    def _context(self) -> Context:
        from pyhelm.cluster.controllers.base import Context
        from pyhelm.cluster.events import Recorder
        from pyhelm.cluster.internal import InternalWriter

        internal = InternalWriter(self.api.state)
        recorder = Recorder(internal, self.api, self._clock, self.api.catalog)
        return Context(self.api, self.api, self._clock, recorder, internal, self._seed)

    def _logs(self, key: ObjectKey, container: str, previous: bool, tail: int | None) -> str:  # noqa: FBT001
        from pyhelm.cluster.kubelet.logs import log_of

        pod = self.api.peek(self.api.catalog.for_kind("v1", "Pod"), key)
        return log_of(pod or {}, container, previous=previous, tail=tail)


def _new_settings(clock: ClockMode, seed: str) -> dict[str, Any]:
    if not seed and clock == "real":
        import os

        seed = os.urandom(8).hex()
    return {"clock": clock, "seed": seed or "pyhelm"}


def _names() -> list[str]:
    return [registration.name for registration in REGISTRATIONS]
