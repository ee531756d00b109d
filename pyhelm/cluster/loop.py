"""The discrete-event loop: due work runs, then time jumps to the next event.

Flow: change -> triggers -> queue of (controller, key) -> reconcile -> more changes. Every controller has the work queue
of client-go: a key waits in it once, errors back off from 5 ms to 1000 s, and a reconcile may ask to be called again.
Order is deterministic: by due time, then by when the key was queued. Controllers are loaded by the first work they get.
"""

from __future__ import annotations

import heapq
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import from_micros, micros
from pyhelm.errors import ApiError, ClusterError, EndlessLoopError
from pyhelm.kube.objects import ObjectKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from pyhelm.cluster.clock import Clock
    from pyhelm.cluster.controllers.base import Change, Context, Controller, Registration, Trigger

BACKOFF_FIRST = 5_000
"""Microseconds before the first retry (client-go DefaultTypedControllerRateLimiter)."""
BACKOFF_LAST = 1_000_000_000
"""Microseconds between retries at most."""
SAME_INSTANT_LIMIT = 2_000
"""So many reconciles of one key without time moving are taken for an endless loop."""

Item = tuple[str, ObjectKey]


class Loop:
    """Runs controllers against the cluster's clock.

    Args:
        clock: Moved only by this loop.
        registrations: The controllers there are, in the order in which equal changes reach them.
        context: Called once, when the first controller is built.
        strict: Let a controller's unexpected exception through instead of trying again later.
    """

    def __init__(
        self,
        clock: Clock,
        registrations: Sequence[Registration],
        context: Callable[[], Context],
        *,
        strict: bool = False,
    ) -> None:
        self._clock = clock
        self._registrations = {registration.name: registration for registration in registrations}
        self._make_context = context
        self._context: Context | None = None
        self._strict = strict
        self._controllers: dict[str, Controller] = {}
        self._by_kind: dict[tuple[str, str], list[Trigger_]] = {}
        self._heap: list[tuple[int, int, Item]] = []
        self._pending: dict[Item, tuple[int, int]] = {}
        self._failures: dict[Item, int] = {}
        self._memories: dict[str, Any] = {}
        self._sequence = 0
        self._instant = -1
        self._visits: dict[Item, int] = {}
        self.changes = 0
        self.reconciles = 0
        self.last_errors: dict[Item, str] = {}

    # --- work comes in ---

    def notify(self, change: Change) -> None:
        """Queue what a change of the store asks for; the store calls this after every committed write."""
        self.changes += 1
        kind = (change.resource.group, change.resource.kind)
        subscriptions = self._by_kind.get(kind)
        if subscriptions is None:
            subscriptions = self._subscribe(kind)
        for name, trigger in subscriptions:
            for key in trigger.keys(change):
                self.enqueue(name, key)

    def enqueue(self, name: str, key: ObjectKey, after: float = 0.0) -> None:
        """Queue a key, ``after`` seconds from now at the latest."""
        self._push((name, key), micros(self._clock.now()) + math.ceil(after * 1e6))

    def resync(self) -> None:
        """Queue every key of every controller: what a start without saved timers needs."""
        for name in self._registrations:
            for key in self._controller(name).keys():  # noqa: SIM118  (not a mapping)
                self.enqueue(name, key)

    # --- time ---

    def next_due(self) -> datetime | None:
        """Return when the next work is due, possibly in the past; None when there is none."""
        self._drop_stale()
        return from_micros(self._heap[0][0]) if self._heap else None

    def run_due(self) -> int:
        """Run everything that is due now, and what follows from it at once; return the number of reconciles.

        Raises:
            EndlessLoopError: A key was looked at again and again without time moving.
        """
        count = 0
        now = micros(self._clock.now())
        heap = self._heap
        while True:
            self._drop_stale()
            if not heap or heap[0][0] > now:
                return count
            item = heapq.heappop(heap)[2]
            del self._pending[item]
            self._reconcile(item, now)
            count += 1

    def run_until(self, moment: datetime, *, budget: int | None = None) -> int:
        """Let time pass until ``moment``; return the number of reconciles.

        Args:
            moment: The clock stands there afterwards.
            budget: After so many reconciles time jumps straight to ``moment``, as if the controllers had been away.
        """
        count = self.run_due()
        while True:
            due = self.next_due()
            if due is None or due > moment or (budget is not None and count >= budget):
                break
            self._clock.advance_to(due)
            count += self.run_due()
        self._clock.advance_to(moment)
        return count + self.run_due()

    def run_next(self, limit: float) -> bool:
        """Run due work, and let time jump from event to event until an object changed; tell whether one did.

        At most ``limit`` seconds pass; they all do when nothing changes.
        """
        before = self.changes
        end = micros(self._clock.now()) + math.ceil(limit * 1e6)
        self.run_due()
        while self.changes == before:
            due = self.next_due()
            if due is None or micros(due) > end:
                self._clock.advance_to(from_micros(end))
                return False
            self._clock.advance_to(due)
            self.run_due()
        return True

    # --- between processes ---

    def save(self) -> dict[str, Any]:
        """Return what is queued and what controllers remember, as JSON."""
        memories = dict(self._memories)
        for name, controller in self._controllers.items():
            snapshot = getattr(controller, "snapshot", None)
            if snapshot is None:
                continue
            memory = snapshot()
            if memory is None:
                memories.pop(name, None)
            else:
                memories[name] = memory
        timers = sorted((due, sequence, item) for item, (due, sequence) in self._pending.items())
        return {
            "timers": [
                [due, name, key.namespace, key.name, self._failures.get((name, key), 0)]
                for due, _, (name, key) in timers
            ],
            "memories": memories,
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Take over what ``save`` returned in an earlier process."""
        for due, name, namespace, key_name, failures in saved["timers"]:
            if name not in self._registrations:
                continue
            item = (name, ObjectKey(namespace, key_name))
            self._push(item, due)
            if failures:
                self._failures[item] = failures
        self._memories.update(saved["memories"])

    # --- private ---

    def _push(self, item: Item, due: int) -> None:
        known = self._pending.get(item)
        if known is not None and known[0] <= due:
            return
        self._sequence += 1
        self._pending[item] = (due, self._sequence)
        heapq.heappush(self._heap, (due, self._sequence, item))

    def _drop_stale(self) -> None:
        """Remove heap entries that an earlier due time replaced."""
        heap, pending = self._heap, self._pending
        while heap:
            due, sequence, item = heap[0]
            if pending.get(item) == (due, sequence):
                return
            heapq.heappop(heap)

    def _reconcile(self, item: Item, now: int) -> None:
        name, key = item
        if now != self._instant:
            self._instant = now
            self._visits.clear()
        visits = self._visits.get(item, 0) + 1
        if visits > SAME_INSTANT_LIMIT:
            self._push(item, now + BACKOFF_LAST)
            raise EndlessLoopError(name, str(key), visits)
        self._visits[item] = visits
        self.reconciles += 1
        try:
            result = self._controller(name).reconcile(key)
        except ApiError as error:
            self._back_off(item, now, str(error))
        except Exception as error:
            # A bug in one controller must not make the whole cluster unusable: like a panic in the real ones, it is
            # noted and tried again later.
            self._back_off(item, now, f"{type(error).__name__}: {error}")
            if self._strict or isinstance(error, ClusterError):
                raise
        except BaseException:
            self._push(item, now)
            raise
        else:
            self._failures.pop(item, None)
            self.last_errors.pop(item, None)
            if result.requeue_after is not None:
                self._push(item, now + max(0, math.ceil(result.requeue_after * 1e6)))

    def _back_off(self, item: Item, now: int, reason: str) -> None:
        failures = self._failures.get(item, 0)
        self._failures[item] = failures + 1
        self.last_errors[item] = reason
        self._push(item, now + min(BACKOFF_FIRST << min(failures, 40), BACKOFF_LAST))

    def _controller(self, name: str) -> Controller:
        controller = self._controllers.get(name)
        if controller is None:
            if self._context is None:
                self._context = self._make_context()
            module, _, attribute = self._registrations[name].factory.partition(":")
            controller = getattr(import_module(module), attribute)(self._context)
            self._controllers[name] = controller
            memory = self._memories.pop(name, None)
            if memory is not None:
                controller.restore(memory)
        return controller

    def _subscribe(self, kind: tuple[str, str]) -> list[Trigger_]:
        found: list[Trigger_] = []
        for name, registration in self._registrations.items():
            if registration.watches is not None and kind not in registration.watches:
                continue
            found.extend(
                (name, trigger)
                for trigger in self._controller(name).triggers()
                if trigger.resource is None or (trigger.resource.group, trigger.resource.kind) == kind
            )
        self._by_kind[kind] = found
        return found

    def pending(self) -> Iterable[tuple[datetime, str, ObjectKey]]:
        """Yield what is queued, soonest first."""
        for (name, key), (due, _) in sorted(self._pending.items(), key=lambda entry: entry[1]):
            yield from_micros(due), name, key


Trigger_ = tuple[str, "Trigger"]
