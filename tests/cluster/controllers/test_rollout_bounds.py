"""Random rollouts with random faults keep their bounds, and come to rest once faults stop."""

from __future__ import annotations

import random

import pytest

from pyhelm.cluster import Cluster
from pyhelm.cluster.controllers import conditions
from pyhelm.errors import ApiError, ConflictError
from pyhelm.kube.client import DeleteOptions
from pyhelm.kube.objects import ObjectKey, annotations_of, controller_of, metadata
from tests.cluster.scene import Scene, deployment

KEY = ObjectKey("default", "web")


class Faulty:
    """A client whose writes fail now and then: before anything happened, or after."""

    def __init__(self, client, chance: random.Random) -> None:
        self._client = client
        self._chance = chance
        self.rate = 0.0

    def __getattr__(self, name):
        return getattr(self._client, name)

    def _write(self, verb, *arguments, **options):
        fate = self._chance.random()
        if fate < self.rate / 2:
            raise ConflictError("injected: somebody else was faster")
        answer = getattr(self._client, verb)(*arguments, **options)
        if fate < self.rate:
            raise ApiError("injected: the answer was lost")
        return answer

    def create(self, *arguments, **options):
        return self._write("create", *arguments, **options)

    def update(self, *arguments, **options):
        return self._write("update", *arguments, **options)

    def patch(self, *arguments, **options):
        return self._write("patch", *arguments, **options)

    def delete(self, *arguments, **options):
        return self._write("delete", *arguments, **options)


class Watcher:
    """Looks at every change of a ReplicaSet, and notes what must not be."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.api = scene.cluster.api
        self.deployments = scene.kind("deployments")
        self.replicasets = scene.kind("replicasets")
        self.broken: list[str] = []
        self.highest = 0
        self.api.subscribe(self.look)

    def look(self, change) -> None:
        if change.resource.kind == "Deployment" and change.new is not None:
            status = change.new.get("status") or {}
            if status.get("observedGeneration", 0) > metadata(change.new)["generation"]:
                self.broken.append("observedGeneration ran ahead")
            revision = int(annotations_of(change.new).get("deployment.kubernetes.io/revision", "0"))
            if revision < self.highest:
                self.broken.append("the revision went back")
            self.highest = revision
        if change.resource.kind != "ReplicaSet" or change.new is None:
            return
        found = self.api.peek(self.deployments, KEY)
        if found is None or found["spec"].get("paused"):
            return
        replicas = found["spec"]["replicas"]
        rolling = found["spec"]["strategy"].get("rollingUpdate") or {}
        surge = conditions.scaled(rolling.get("maxSurge"), replicas, up=True)
        uid = metadata(found)["uid"]
        mine = [
            item for item in self.api.scan(self.replicasets, "default") if (controller_of(item) or {}).get("uid") == uid
        ]
        images = [item["spec"]["template"]["spec"]["containers"][0]["image"] for item in mine]
        if len(set(images)) != len(images):
            self.broken.append(f"two ReplicaSets of one template: {images}")
        before = change.old["spec"]["replicas"] if change.old is not None else 0
        after = change.new["spec"]["replicas"]
        desired = _desired(change.new)
        if after > before and desired == str(replicas):
            total = sum(item["spec"]["replicas"] for item in mine)
            if total > max(replicas + surge, total - after + before):
                self.broken.append(f"scaled up to {total} of {replicas} + {surge}")
        if after < before and change.old is not None and _desired(change.old) == desired == str(replicas):
            unavailable = conditions.scaled(rolling.get("maxUnavailable"), replicas, up=False)
            if unavailable == 0 == surge:
                unavailable = 1
            others = sum(_serving(item) for item in mine if metadata(item)["uid"] != metadata(change.new)["uid"])
            had, left = others + _serving(change.old), others + _serving(change.new)
            if left < min(had, replicas - unavailable):
                self.broken.append(f"scaled down to {left} available of {replicas} - {unavailable}")


def _desired(replicaset):
    return annotations_of(replicaset).get("deployment.kubernetes.io/desired-replicas")


def _serving(replicaset) -> int:
    """Return how many available Pods a ReplicaSet keeps, given its size and what it reported."""
    return min(replicaset["spec"]["replicas"], (replicaset.get("status") or {}).get("availableReplicas", 0))


def story(seed: int) -> tuple[list[str], list[tuple[int, str, str]]]:
    """Run one random rollout; returns what was broken, and the log of events."""
    chance = random.Random(seed)
    with Cluster.temporary(seed=str(seed), strict=False) as cluster:
        scene = Scene(cluster)
        watcher = Watcher(scene)
        make = cluster.loop._make_context
        faulty = Faulty(cluster.api, random.Random(seed))

        def context():
            return make()._replace(client=faulty)

        # Controllers made from now on have the faulty client; what bootstrapping made keeps its own.
        cluster.loop._context = None
        cluster.loop._make_context = context
        scene.apply(deployment(replicas=chance.randint(0, 8), image="app:0"))
        body = {
            "minReadySeconds": chance.choice([0, 0, 3]),
            "strategy": {
                "rollingUpdate": {
                    "maxSurge": chance.choice([0, 1, 2, "10%", "25%", "50%", "100%"]),
                    "maxUnavailable": chance.choice([1, 2, "25%", "50%"]),
                }
            },
        }
        scene.patch("deployments", "web", {"spec": body})
        faulty.rate = chance.choice([0.0, 0.05, 0.3])
        for _ in range(chance.randint(3, 10)):
            step(scene, chance)
            cluster.advance(chance.choice([0, 0.1, 0.7, 2, 9, 30]))
        faulty.rate = 0.0
        cluster.images.reset()
        scene.patch("deployments", "web", {"spec": {"paused": False}})
        cluster.advance(2000)
        broken = list(watcher.broken)
        found = scene.get("deployments", "web")
        replicas, status = found["spec"]["replicas"], found["status"]
        counts = [status.get(name, 0) for name in ("replicas", "updatedReplicas", "availableReplicas")]
        if counts != [replicas] * 3:
            broken.append(f"did not come to rest: {counts} of {replicas}")
        if len(scene.names("pods")) != replicas:
            broken.append(f"{len(scene.names('pods'))} Pods of {replicas}")
        log = [(entry.revision, entry.resource, entry.name) for entry in cluster._store.changes(0)]
        return broken, log


def step(scene: Scene, chance: random.Random) -> None:
    kind = chance.choice(["image", "image", "image", "scale", "deny", "allow", "kill", "pause", "resume", "slow"])
    if kind == "image":
        scene.set_image("web", f"app:{chance.randint(0, 4)}")
    elif kind == "scale":
        scene.scale("web", chance.randint(0, 9))
    elif kind == "deny":
        scene.cluster.images.deny(f"app:{chance.randint(0, 4)}")
    elif kind == "allow":
        scene.cluster.images.reset()
    elif kind == "slow":
        scene.cluster.images.set("app:*", readyAfter=chance.choice([0, 2, 8]))
    elif kind == "kill":
        names = scene.names("pods")
        if names:
            key = ObjectKey("default", chance.choice(names))
            scene.client.delete(scene.kind("pods"), key, DeleteOptions(grace_seconds=chance.choice([0, None])))
    else:
        scene.patch("deployments", "web", {"spec": {"paused": kind == "pause"}})


@pytest.mark.parametrize("seed", range(12))
def test_random_rollouts_keep_their_bounds(seed):
    assert story(seed)[0] == []


def test_one_seed_has_one_history():
    assert story(99) == story(99)
