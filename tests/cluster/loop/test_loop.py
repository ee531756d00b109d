from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from pyhelm.cluster.clock import Clock
from pyhelm.cluster.controllers.base import DONE, Change, Registration, Result, Trigger
from pyhelm.cluster.loop import SAME_INSTANT_LIMIT, Loop
from pyhelm.errors import ConflictError, EndlessLoopError
from pyhelm.kube.objects import ObjectKey
from pyhelm.kube.resources import Resource

START = datetime(2026, 1, 1, tzinfo=UTC)
PODS = Resource("", "v1", "Pod", "pods")
NODES = Resource("", "v1", "Node", "nodes", namespaced=False)


class Recording:
    """A controller that answers from a script and notes when it was asked."""

    name = "recording"

    def __init__(self, bench):
        self.bench = bench
        self.calls = []
        self.script = []
        self.memory = None
        bench.controllers.append(self)

    def triggers(self):
        return (Trigger(PODS, lambda change: (ObjectKey("n", change.object["metadata"]["name"]),)),)

    def keys(self):
        return (ObjectKey("n", "everything"),)

    def reconcile(self, key):
        self.calls.append((round((self.bench.clock.now() - START).total_seconds(), 6), key.name))
        answer = self.script.pop(0) if self.script else DONE
        if callable(answer):
            answer = answer(key)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def snapshot(self):
        return self.memory

    def restore(self, memory):
        self.memory = memory


class Bench:
    def __init__(self, **options):
        self.clock = Clock(START)
        self.controllers = []
        registration = Registration("recording", f"{__name__}:Recording", frozenset({("", "Pod")}))
        self.loop = Loop(self.clock, [registration], lambda: self, **options)
        # The test module is not importable by name everywhere: build the controller here.
        self.controller = Recording(self)
        self.loop._controllers["recording"] = self.controller

    def change(self, name, resource=PODS):
        obj = {"kind": resource.kind, "metadata": {"name": name}}
        self.loop.notify(Change(resource, None, obj, 1))


@pytest.fixture
def bench():
    return Bench(strict=True)


def test_due_work_runs_before_time_moves(bench):
    bench.change("a")
    bench.loop.enqueue("recording", ObjectKey("n", "later"), 5)
    assert bench.loop.run_due() == 1
    assert bench.controller.calls == [(0, "a")]
    assert bench.loop.next_due() == START + timedelta(seconds=5)


def test_a_key_waits_only_once_and_order_is_first_come(bench):
    for name in ("b", "a", "b", "c", "a"):
        bench.change(name)
    bench.loop.run_due()
    assert [name for _, name in bench.controller.calls] == ["b", "a", "c"]


def test_changes_of_other_kinds_wake_nobody(bench):
    bench.change("node", NODES)
    assert bench.loop.run_due() == 0


def test_requeue_after_is_replaced_by_every_reconcile(bench):
    bench.controller.script = [Result(10), Result(3), DONE]
    bench.change("a")
    bench.loop.run_due()
    bench.clock.advance(1)
    bench.change("a")
    bench.loop.run_until(START + timedelta(seconds=100))
    assert bench.controller.calls == [(0, "a"), (1, "a"), (4, "a")]


def test_errors_back_off_as_client_go_does():
    bench = Bench()
    bench.controller.script = [ConflictError("no")] * 20
    bench.change("a")
    bench.loop.run_until(START + timedelta(hours=3))
    times = [moment for moment, _ in bench.controller.calls]
    gaps = [round(after - before, 3) for before, after in pairwise(times)]
    assert gaps[:5] == [0.005, 0.01, 0.02, 0.04, 0.08]
    assert gaps[-1] == 1000


def test_success_forgets_failures():
    bench = Bench()
    bench.controller.script = [ConflictError("no"), ConflictError("no"), Result(1), ConflictError("no"), DONE]
    bench.change("a")
    bench.loop.run_until(START + timedelta(seconds=10))
    assert [moment for moment, _ in bench.controller.calls] == [0, 0.005, 0.015, 1.015, 1.02]
    assert not bench.loop.last_errors


def test_an_unexpected_exception_is_noted_and_tried_again():
    bench = Bench()
    bench.controller.script = [KeyError("spec")]
    bench.change("a")
    bench.loop.run_due()
    assert bench.loop.last_errors == {("recording", ObjectKey("n", "a")): "KeyError: 'spec'"}
    assert bench.loop.next_due() is not None


def test_strict_lets_an_unexpected_exception_through(bench):
    bench.controller.script = [KeyError("spec")]
    bench.change("a")
    with pytest.raises(KeyError):
        bench.loop.run_due()


def test_an_interrupt_leaves_the_key_in_the_queue(bench):
    bench.controller.script = [KeyboardInterrupt()]
    bench.change("a")
    with pytest.raises(KeyboardInterrupt):
        bench.loop.run_due()
    assert bench.loop.run_due() == 1


def test_an_endless_loop_is_named(bench):
    bench.controller.script = [Result(0)] * (SAME_INSTANT_LIMIT + 1)
    bench.change("a")
    with pytest.raises(EndlessLoopError) as caught:
        bench.loop.run_due()
    assert (caught.value.controller, caught.value.key) == ("recording", "n/a")
    # The cluster stays usable: the key waits.
    assert bench.loop.run_due() == 0


def test_run_next_stops_at_the_first_change(bench):
    def write(_):
        bench.change("written")
        return DONE

    bench.controller.script = [Result(4), write, DONE]
    bench.change("a")
    bench.loop.run_due()
    assert bench.loop.run_next(60)
    assert bench.clock.now() == START + timedelta(seconds=4)


def test_run_next_lets_all_its_time_pass_when_nothing_changes(bench):
    bench.controller.script = [Result(4), Result(4), DONE]
    bench.change("a")
    bench.loop.run_due()
    assert not bench.loop.run_next(60)
    assert bench.clock.now() == START + timedelta(seconds=60)
    assert [moment for moment, _ in bench.controller.calls] == [0, 4, 8]


def test_run_next_does_not_go_beyond_its_limit(bench):
    bench.loop.enqueue("recording", ObjectKey("n", "late"), 10)
    assert not bench.loop.run_next(9.5)
    assert bench.controller.calls == []
    assert bench.clock.now() == START + timedelta(seconds=9.5)


def test_a_spent_budget_lets_time_jump(bench):
    bench.controller.script = [Result(1)] * 1000
    bench.change("a")
    bench.loop.run_until(START + timedelta(seconds=500), budget=10)
    assert bench.clock.now() == START + timedelta(seconds=500)
    assert [moment for moment, _ in bench.controller.calls][-2:] == [9, 500]


def test_time_never_goes_back():
    clock = Clock(START)
    clock.advance_to(START - timedelta(days=1))
    assert clock.now() == START


def test_what_is_queued_and_remembered_survives(bench):
    bench.controller.memory = {"pulled": ["nginx"]}
    bench.loop.enqueue("recording", ObjectKey("n", "b"), 7)
    bench.loop.enqueue("recording", ObjectKey("n", "a"), 7)
    bench.loop.enqueue("recording", ObjectKey("n", "now"))
    saved = bench.loop.save()
    other = Bench(strict=True)
    other.loop.load(saved)
    assert [(key.name, due) for due, _, key in other.loop.pending()] == [
        ("now", START),
        ("b", START + timedelta(seconds=7)),
        ("a", START + timedelta(seconds=7)),
    ]
    assert other.loop._memories == {"recording": {"pulled": ["nginx"]}}


def test_resync_asks_for_every_key(bench):
    bench.loop.resync()
    bench.loop.run_due()
    assert bench.controller.calls == [(0, "everything")]
