"""An embedded cluster for every test, and a listener."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.action import progress
from pyhelm.action.environment import Environment
from pyhelm.cluster import Cluster
from pyhelm.errors import NotFoundError
from pyhelm.kube.objects import ObjectKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with Cluster.temporary() as cluster:
        yield cluster


class Recorder:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[progress.Event] = []

    def __call__(self, event: progress.Event) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def changes(self) -> list[str]:
        return [f"{event.change} {event.kind}/{event.name}" for event in self.of(progress.ObjectChanged)]


@pytest.fixture
def told() -> Recorder:
    return Recorder()


@pytest.fixture
def env(cluster: Cluster, told: Recorder) -> Environment:
    return Environment.connected(cluster.client, listener=told, exclusive=True)


@pytest.fixture
def find(cluster: Cluster) -> Callable[..., dict[str, Any] | None]:
    """Return one object by kind and name, or None."""

    def find(kind: str, name: str, namespace: str = "default") -> dict[str, Any] | None:
        resource = cluster.client.catalog.find(kind)
        try:
            return cluster.client.get(resource, ObjectKey(namespace if resource.namespaced else "", name))
        except NotFoundError:
            return None

    return find


@pytest.fixture
def revisions(env: Environment) -> Callable[[str], list[str]]:
    """Return a release's history as ``1 superseded``."""

    def revisions(name: str = "web") -> list[str]:
        return [f"{stored.version} {stored.status}" for stored in env.storage.history(name)]

    return revisions
