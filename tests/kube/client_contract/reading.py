"""Lists and watches, and what a cluster says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.errors import BadRequestError, MethodNotAllowedError, NotFoundError, ServerTimeoutError
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import ObjectKey, key_of
from tests.kube.client_contract.objects import Endpoint, config_map, deployment

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource

# --- list -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(maps: Endpoint) -> Endpoint:
    """ConfigMaps c, a and b, made in this order."""
    for name, tier in (("c", "web"), ("a", "web"), ("b", "db")):
        maps.create(config_map(name, labels={"tier": tier, "only": name}))
    return maps


def test_list_is_in_key_order(three: Endpoint) -> None:
    assert three.names() == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        pytest.param({"labels": "tier=web"}, ["a", "c"], id="equals"),
        pytest.param({"labels": "tier!=web,only"}, ["b"], id="not-equals"),
        pytest.param({"labels": "only in (a,b)"}, ["a", "b"], id="set"),
        pytest.param({"labels": "!tier,x"}, [], id="nothing"),
        pytest.param({"fields": "metadata.name=b"}, ["b"], id="field"),
        pytest.param({"labels": "tier=web", "fields": "metadata.name!=a"}, ["c"], id="both"),
    ],
)
def test_list_with_selectors(three: Endpoint, selection: dict[str, str], names: list[str]) -> None:
    assert three.names(**selection) == names


@pytest.mark.parametrize(
    "selection",
    [
        pytest.param({"labels": "a=b=c"}, id="labels"),
        pytest.param({"fields": "data.a=1"}, id="unknown-field"),
        pytest.param({"fields": "x"}, id="fields"),
        pytest.param({"limit": 1, "continue_token": "nonsense"}, id="continue"),
    ],
)
def test_list_with_nonsense(three: Endpoint, selection: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError):
        three.names(**selection)


def test_list_in_chunks(three: Endpoint) -> None:
    def page(token: str) -> Any:
        return three.client.list(three.resource, three.namespace, labels="only", limit=2, continue_token=token)

    first = page("")
    three.create(config_map("aa", labels={"only": "aa"}))
    three.delete("b")
    second = page(first.continue_token)
    assert [item["metadata"]["name"] for item in first.items] == ["a", "b"]
    assert [item["metadata"]["name"] for item in second.items] == ["c"]
    assert (first.continue_token != "", second.continue_token) == (True, "")
    assert second.resource_version == first.resource_version


def test_list_over_all_namespaces(client: Client, namespace: str, maps: Endpoint) -> None:
    client.create(
        client.catalog.find("namespaces"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "z"}}
    )
    elsewhere = Endpoint(client, "z", "configmaps")
    elsewhere.create(config_map("there", labels={"only": "x"}))
    maps.create(config_map("here", labels={"only": "x"}))
    found = client.list(maps.resource, labels="only").items
    assert [key_of(item) for item in found] == [ObjectKey(namespace, "here"), ObjectKey("z", "there")]
    assert elsewhere.names() == ["there"]


# --- watch ------------------------------------------------------------------------------------------------------------


def seen(client: Client, resource: Resource, namespace: str, count: int, **options: Any) -> list[tuple[str, str]]:
    """Return the first events of a watch, as pairs of type and name."""
    found: list[tuple[str, str]] = []
    for event in client.watch(resource, namespace, timeout=5, **options):
        if event.type != "BOOKMARK":
            found.append((event.type, event.object["metadata"]["name"]))
        if len(found) == count:
            break
    return found


def test_watch_from_a_revision(maps: Endpoint) -> None:
    maps.create(config_map("before"))
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    maps.create(config_map("a"))
    maps.patch(PatchType.MERGE, {"data": {"x": "y"}}, "a")
    maps.create(config_map("b"))
    maps.delete("a")
    assert seen(maps.client, maps.resource, maps.namespace, 4, since=start) == [
        ("ADDED", "a"),
        ("MODIFIED", "a"),
        ("ADDED", "b"),
        ("DELETED", "a"),
    ]


def test_watch_from_the_start(maps: Endpoint) -> None:
    maps.create(config_map("b", labels={"only": "x"}))
    maps.create(config_map("a", labels={"only": "x"}))
    assert sorted(seen(maps.client, maps.resource, maps.namespace, 2, labels="only")) == [
        ("ADDED", "a"),
        ("ADDED", "b"),
    ]


def test_watch_with_a_selector_sees_objects_come_and_go(maps: Endpoint) -> None:
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    maps.create(config_map("a", labels={"tier": "db"}))
    maps.patch(PatchType.MERGE, {"metadata": {"labels": {"tier": "web"}}}, "a")
    maps.patch(PatchType.MERGE, {"data": {"x": "y"}}, "a")
    maps.patch(PatchType.MERGE, {"metadata": {"labels": {"tier": "db"}}}, "a")
    events = seen(maps.client, maps.resource, maps.namespace, 3, since=start, labels="tier=web")
    assert events == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_watch_ends_in_time(maps: Endpoint) -> None:
    start = maps.client.list(maps.resource, maps.namespace).resource_version
    begun = maps.client.now()
    events = list(maps.client.watch(maps.resource, maps.namespace, since=start, timeout=3))
    assert [event for event in events if event.type != "BOOKMARK"] == []
    assert (maps.client.now() - begun).total_seconds() <= 4


def test_watch_from_the_future(maps: Endpoint) -> None:
    with pytest.raises(ServerTimeoutError) as caught:
        list(maps.client.watch(maps.resource, maps.namespace, since="999999999", timeout=1))
    assert [cause["reason"] for cause in caught.value.details["causes"]] == ["ResourceVersionTooLarge"]


def test_one_revision_counts_for_all(maps: Endpoint, deployments: Endpoint) -> None:
    first = maps.create(config_map())
    second = deployments.create(deployment())
    third = maps.patch(PatchType.MERGE, {"data": {"x": "y"}})
    versions = [int(item["metadata"]["resourceVersion"]) for item in (first, second, third)]
    assert versions == sorted(versions)
    assert len(set(versions)) == 3


# --- what cannot be asked ---------------------------------------------------------------------------------------------


def test_version(client: Client) -> None:
    found = client.version()
    assert found["gitVersion"].startswith("v1.")
    assert found["major"] == "1"


def test_reviews_cannot_be_listed(client: Client) -> None:
    with pytest.raises((MethodNotAllowedError, NotFoundError)):
        client.list(client.catalog.find("subjectaccessreviews"))


def test_logs_of_nothing(client: Client, namespace: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.logs(ObjectKey(namespace, "gone"))
    assert str(caught.value) == 'pods "gone" not found'


def test_pausing_lets_time_pass_at_most_that_long(client: Client) -> None:
    begun = client.now()
    client.pause(2)
    assert 0 <= (client.now() - begun).total_seconds() <= 3
