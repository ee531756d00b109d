from __future__ import annotations

import contextlib
import sqlite3
import subprocess
import sys

import pytest

from pyhelm.cluster import Cluster, embedded
from pyhelm.cluster.embedded import MANUAL_START
from pyhelm.cluster.store import Store
from pyhelm.errors import ClusterBusyError, PyhelmError, StoreError
from pyhelm.kube.objects import ObjectKey
from tests.cluster.scene import Scene, deployment, pod


class Wall:
    """A wall clock for tests."""

    def __init__(self):
        self.seconds = 1_800_000_000.0

    def __call__(self):
        return self.seconds


def reopen(path, wall=None):
    return Cluster(path, Store(path), strict=True, **({"wall": wall} if wall else {}))


def available(scene, name="web"):
    return (scene.get("deployments", name).get("status") or {}).get("availableReplicas", 0)


@pytest.fixture
def manual(tmp_path):
    Cluster.reset(tmp_path, seed="s", clock="manual")
    return tmp_path


def test_a_new_cluster_has_what_every_cluster_has(scene):
    assert scene.names("namespaces") == ["default", "kube-node-lease", "kube-public", "kube-system"]
    (node,) = scene.list("nodes")
    assert {item["type"]: item["status"] for item in node["status"]["conditions"]}["Ready"] == "True"
    assert scene.names("storageclasses") == ["standard"]
    assert scene.names("serviceaccounts") == ["default"] * 4
    assert "kubernetes" in scene.names("services", "default")
    info = scene.cluster.info()
    assert (info.clock, info.now, info.errors) == ("manual", MANUAL_START, ())


def test_work_is_taken_up_by_the_next_process(manual):
    with reopen(manual) as cluster:
        Scene(cluster).apply(deployment())
    with reopen(manual) as cluster:
        scene = Scene(cluster)
        assert len(scene.names("pods")) == 3
        cluster.advance(0.5)
        assert available(scene) == 0
    with reopen(manual) as cluster:
        cluster.advance(1)
        assert available(Scene(cluster)) == 3


def test_time_of_a_manual_clock_stands_between_commands(manual):
    with reopen(manual) as cluster:
        cluster.advance(100)
        now = cluster.clock.now()
    with reopen(manual) as cluster:
        assert cluster.clock.now() == now


def test_a_real_clock_catches_up(tmp_path):
    Cluster.reset(tmp_path, clock="real")
    wall = Wall()
    with reopen(tmp_path, wall) as cluster:
        Scene(cluster).apply(deployment())
        then = cluster.clock.now()
    wall.seconds += 60
    with reopen(tmp_path, wall) as cluster:
        assert available(Scene(cluster)) == 3
        assert (cluster.clock.now() - then).total_seconds() == 60


def test_time_that_commands_take_is_not_lost(tmp_path):
    Cluster.reset(tmp_path, clock="real")
    wall = Wall()
    with reopen(tmp_path, wall) as cluster:
        before = cluster.clock.now()
    for _ in range(10):
        with reopen(tmp_path, wall):
            wall.seconds += 3
        wall.seconds += 1
    with reopen(tmp_path, wall) as cluster:
        assert (cluster.clock.now() - before).total_seconds() == pytest.approx(40, abs=1)


def test_a_look_writes_nothing_and_loses_no_time(tmp_path):
    Cluster.reset(tmp_path, clock="real")
    wall = Wall()
    with reopen(tmp_path, wall) as cluster:
        Scene(cluster).apply(deployment())
        before = cluster.clock.now()
    wall.seconds += 3600
    reopen(tmp_path, wall).close()
    found = (tmp_path / "store.db").read_bytes()
    for _ in range(3):
        wall.seconds += 1
        with reopen(tmp_path, wall) as cluster:
            Scene(cluster).get("deployments", "web")
            assert not (tmp_path / "store.db-wal").stat().st_size
    assert (tmp_path / "store.db").read_bytes() == found
    with reopen(tmp_path, wall) as cluster:
        cluster.advance(5)
    with reopen(tmp_path, wall) as cluster:
        assert (cluster.clock.now() - before).total_seconds() == pytest.approx(3608, abs=1)


def test_time_never_goes_back_when_the_wall_clock_does(tmp_path):
    Cluster.reset(tmp_path, clock="real")
    wall = Wall()
    with reopen(tmp_path, wall) as cluster:
        cluster.advance(1000)
        then = cluster.clock.now()
    wall.seconds -= 500
    with reopen(tmp_path, wall) as cluster:
        assert cluster.clock.now() == then


def test_a_long_absence_is_lived_through_within_a_budget(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "CATCH_UP_BUDGET", 500)
    Cluster.reset(tmp_path, clock="real")
    wall = Wall()
    with reopen(tmp_path, wall) as cluster:
        Scene(cluster).apply(pod(annotations='pyhelm.dev/exit-code: "1"'))
    wall.seconds += 30 * 86400
    with reopen(tmp_path, wall) as cluster:
        status = Scene(cluster).get("pods", "p")["status"]["containerStatuses"][0]
        assert status["restartCount"] > 50
        assert cluster.loop.reconciles < 700


def test_back_off_survives_a_clean_close(manual):
    with reopen(manual) as cluster:
        cluster.images.deny("*")
        Scene(cluster).apply(pod())
        cluster.advance(35)
    with reopen(manual) as cluster:
        scene = Scene(cluster)
        assert scene.waiting("p") == "ImagePullBackOff"
        cluster.images.allow("*")
        cluster.advance(30)
        assert scene.waiting("p") == "ImagePullBackOff"
        cluster.advance(10)
        assert "running" in scene.state("p")


def test_without_its_queue_everything_is_looked_at_again(manual):
    cluster = reopen(manual)
    Scene(cluster).apply(deployment())
    cluster.close(keep_queue=False)
    with reopen(manual) as cluster:
        cluster.advance(5)
        assert available(Scene(cluster)) == 3


def test_a_quiet_cluster_opens_without_loading_a_controller(manual):
    with reopen(manual) as cluster:
        Scene(cluster).apply(deployment())
        cluster.advance(60)
    code = f"""
import sys
from pathlib import Path
from pyhelm.cluster import Cluster, embedded
with Cluster.open(Path({str(manual)!r}), command="look") as cluster:
    assert len(cluster.client.list(cluster.client.catalog.find("pods")).items) == 3
    assert cluster.loop.reconciles == 0
loaded = [name for name in sys.modules if name.startswith("pyhelm.cluster.")]
print([name for name in loaded if "controllers." in name or "kubelet" in name or "scheduler" in name])
print([name for name in ("asyncio", "jsonschema", "yaml", "tempfile") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "['pyhelm.cluster.controllers.base', 'pyhelm.cluster.controllers.registry']",
        "[]",
    ]


def test_only_one_process_has_it(tmp_path):
    with Cluster.open(tmp_path, command="first"), pytest.raises(ClusterBusyError, match="first"):
        Cluster.open(tmp_path, command="second", lock_timeout=0)
    Cluster.open(tmp_path, command="third", lock_timeout=0).close()


def test_reset_forgets_everything(manual):
    with reopen(manual) as cluster:
        Scene(cluster).apply(deployment())
    Cluster.reset(manual, clock="manual")
    with reopen(manual) as cluster:
        assert Scene(cluster).names("deployments") == []
        assert cluster.clock.now() == MANUAL_START


class Killed(BaseException):
    """The process dies here."""


def _kill_after(steps):
    left = [steps]

    def step(_):
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    return step


def _story(cluster):
    scene = Scene(cluster)
    scene.apply(deployment(replicas=2))
    cluster.advance(3)
    scene.set_image("web", "app:2")
    cluster.advance(20)


@pytest.mark.parametrize("steps", [1, 7, 40, 55, 90, 150, 230, 400, 700])
def test_a_process_killed_anywhere_leaves_a_cluster_that_carries_on(tmp_path, steps):
    Cluster.reset(tmp_path, seed="s", clock="manual")
    store = Store(tmp_path, before_write=_kill_after(steps))
    try:
        cluster = Cluster(tmp_path, store, strict=True)
        _story(cluster)
        cluster.close()
    except Killed:
        store._db.close()
    with reopen(tmp_path) as cluster:
        scene = Scene(cluster)
        if "web" not in scene.names("deployments"):
            scene.apply(deployment(replicas=2))
        if scene.get("deployments", "web")["spec"]["template"]["spec"]["containers"][0]["image"] != "app:2":
            scene.set_image("web", "app:2")
        cluster.advance(60)
        status = scene.get("deployments", "web")["status"]
        assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (2, 2, 2)
        assert len(scene.names("pods")) == 2
        assert not cluster.info().errors


def _history(cluster):
    store = cluster._store
    return [(entry.revision, entry.resource, entry.name, entry.value) for entry in store.changes(0)]


def test_same_seed_same_history(tmp_path):
    histories = []
    for name in ("one", "two"):
        Cluster.reset(tmp_path / name, seed="same", clock="manual")
        with reopen(tmp_path / name) as cluster:
            _story(cluster)
            histories.append(_history(cluster))
    assert histories[0] == histories[1]
    Cluster.reset(tmp_path / "three", seed="other", clock="manual")
    with reopen(tmp_path / "three") as cluster:
        _story(cluster)
        assert _history(cluster) != histories[0]


def test_logs_come_through_the_client(scene):
    scene.apply(pod())
    scene.advance(3)
    assert "container app started" in scene.client.logs(ObjectKey("default", "p"))


def test_a_pod_that_stays_broken_after_its_rollout_costs_no_endless_looking(scene):
    scene.apply(deployment(replicas=2, image="app:latest"))
    scene.advance(60)
    scene.cluster.images.deny("app:latest")
    scene.scale("web", 3)
    scene.advance(1200)
    before = scene.cluster.loop.reconciles
    scene.advance(3600)
    assert available(scene) == 2
    assert scene.cluster.loop.reconciles - before < 200


def test_a_beginning_that_fails_is_begun_again(tmp_path, monkeypatch):
    from pyhelm.cluster import defaults

    with monkeypatch.context() as patch:
        patch.setattr(defaults, "initial_objects", lambda: [{"apiVersion": "v1", "kind": "Nonsense"}])
        with pytest.raises(PyhelmError):
            Cluster.open(tmp_path / "c", command="test")
    with Cluster.open(tmp_path / "c", command="test") as cluster:
        assert cluster.client.list(cluster.client.catalog.find("nodes")).items


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE log SET value = '{'", id="objects-no-json"),
        pytest.param("UPDATE log SET value = NULL", id="objects-missing"),
        pytest.param("UPDATE log SET value = '[]'", id="objects-of-another-shape"),
        pytest.param("UPDATE meta SET value = '5' WHERE key = 'cluster.settings'", id="settings"),
        pytest.param("INSERT OR REPLACE INTO meta VALUES ('cluster.time', '[]')", id="time"),
        pytest.param(
            "UPDATE meta SET value = json_set(value, '$.timers', 'x') WHERE key = 'cluster.queue'", id="queue"
        ),
    ],
)
def test_a_damaged_store_is_told_and_can_be_left_behind(manual, statement):
    with contextlib.closing(sqlite3.connect(manual / "store.db")) as file:
        file.execute(statement)
        file.commit()
    with pytest.raises(StoreError, match=r"store\.db") as told, Cluster.open(manual, command="test") as cluster:
        Scene(cluster).list("namespaces")
    assert "cluster reset" in told.value.hint
    Cluster.reset(manual)
    with Cluster.open(manual, command="test") as cluster:
        assert Scene(cluster).list("namespaces")
