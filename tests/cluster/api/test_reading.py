from __future__ import annotations

import pytest

from pyhelm.errors import BadRequestError, ExpiredError, ServerTimeoutError
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import ObjectKey
from tests.cluster.api.conftest import config_map, pod

EVENT = ("type", "name")


def told(events):
    return [(event.type, event.object["metadata"]["name"]) for event in events]


@pytest.fixture
def filled(server):
    for name, color in (("c", "red"), ("a", "red"), ("b", "blue")):
        server.create(config_map(name, labels={"color": color}))
    server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default-2"}})
    server.create(config_map("z", namespace="default-2", labels={"color": "red"}))
    return server


def test_lists_are_in_key_order(filled):
    # As etcd orders keys: "default-2/" comes before "default/".
    assert filled.names("cm") == ["z", "a", "b", "c"]
    assert filled.names("cm", "default") == ["a", "b", "c"]
    listed = filled.api.list(filled.resource("cm"))
    assert listed.resource_version == str(filled.store.revision)
    assert (listed.continue_token, listed.remaining) == ("", None)


@pytest.mark.parametrize(
    ("selectors", "names"),
    [
        pytest.param({"labels": "color=red"}, ["z", "a", "c"], id="equal"),
        pytest.param({"labels": "color in (blue,green)"}, ["b"], id="in"),
        pytest.param({"labels": "!color"}, [], id="absent"),
        pytest.param({"fields": "metadata.name=a"}, ["a"], id="name"),
        pytest.param({"fields": "metadata.namespace=default-2"}, ["z"], id="namespace"),
        pytest.param({"fields": "metadata.name!=a", "labels": "color=red"}, ["z", "c"], id="both"),
    ],
)
def test_selectors(filled, selectors, names):
    assert filled.names("cm", **selectors) == names


def test_field_selectors_follow_the_kind(filled):
    filled.create(pod("one", nodeName="n1"))
    filled.create(pod("two"))
    assert filled.names("pods", fields="spec.nodeName=n1") == ["one"]
    with pytest.raises(BadRequestError, match=r"field label not supported: spec\.image"):
        filled.names("pods", fields="spec.image=a")


def test_pages(filled):
    resource = filled.resource("cm")
    first = filled.api.list(resource, limit=2)
    assert [obj["metadata"]["name"] for obj in first.items] == ["z", "a"]
    assert first.remaining == 2
    second = filled.api.list(resource, limit=2, continue_token=first.continue_token)
    assert [obj["metadata"]["name"] for obj in second.items] == ["b", "c"]
    assert (second.continue_token, second.remaining) == ("", None)
    assert second.resource_version == first.resource_version
    # With a selector nobody counts what is left.
    assert filled.api.list(resource, limit=1, labels="color=red").remaining is None


@pytest.mark.parametrize("token", ["!!", "e30", "eyJ2IjoidjAiLCJydiI6MSwic3RhcnQiOiJhIn0"])
def test_malformed_continue(filled, token):
    with pytest.raises(BadRequestError, match="continue key is not valid"):
        filled.api.list(filled.resource("cm"), continue_token=token)


def test_watch_begins_with_what_is_there(filled):
    events = filled.api.watch(filled.resource("cm"), "default", labels="color=red", timeout=10)
    filled.queue.append(lambda: filled.create(config_map("d", labels={"color": "red"})))
    assert told(events) == [("ADDED", "a"), ("ADDED", "c"), ("ADDED", "d")]
    assert filled.clock.now().second == 10


def test_watch_tells_changes_since(filled):
    resource = filled.resource("cm")
    since = filled.api.list(resource).resource_version
    filled.create(config_map("d"))
    filled.api.patch(resource, ObjectKey("default", "d"), PatchType.MERGE, {"data": {"k": "w"}})
    filled.api.delete(resource, ObjectKey("default", "d"))
    filled.create(pod())
    events = list(filled.api.watch(resource, since=since, timeout=1))
    assert told(events) == [("ADDED", "d"), ("MODIFIED", "d"), ("DELETED", "d")]
    versions = [int(event.object["metadata"]["resourceVersion"]) for event in events]
    assert versions == [int(since) + 1, int(since) + 2, int(since) + 3]
    assert events[1].object["data"] == {"k": "w"}


def test_watch_by_selector_sees_objects_come_and_go(filled):
    resource = filled.resource("cm")
    since = str(filled.store.revision)
    key = ObjectKey("default", "a")
    for color in ("blue", "red", "red"):
        filled.api.patch(resource, key, PatchType.MERGE, {"metadata": {"labels": {"color": color}}})
    filled.api.patch(resource, key, PatchType.MERGE, {"data": {"k": "w"}})
    events = list(filled.api.watch(resource, since=since, labels="color=red", timeout=0))
    assert told(events) == [("DELETED", "a"), ("ADDED", "a"), ("MODIFIED", "a")]
    # The object as it was when it still matched, at the revision of the change.
    assert events[0].object["metadata"]["labels"] == {"color": "red"}


def test_watch_reads_the_log_of_earlier_processes(filled):
    resource = filled.resource("cm")
    since = str(filled.store.revision)
    filled.api.patch(resource, ObjectKey("default", "a"), PatchType.MERGE, {"data": {"k": "w"}})
    filled.api.delete(resource, ObjectKey("default", "b"))
    filled.reopen()
    filled.create(config_map("d"))
    events = filled.api.watch(filled.resource("cm"), since=since, timeout=0)
    assert told(events) == [("MODIFIED", "a"), ("DELETED", "b"), ("ADDED", "d")]


def test_watch_from_forgotten_history_is_expired(filled):
    filled.store.compact(filled.store.revision)
    filled.reopen()
    with pytest.raises(ExpiredError) as caught:
        filled.api.watch(filled.resource("cm"), since="1", timeout=0)
    assert str(caught.value) == f"too old resource version: 1 ({filled.store.revision})"
    assert caught.value.code == 410


def test_watch_from_the_future_times_out(filled):
    with pytest.raises(ServerTimeoutError) as caught:
        filled.api.watch(filled.resource("cm"), since="1000")
    assert str(caught.value) == f"Too large resource version: 1000, current: {filled.store.revision}"
    assert caught.value.details == {
        "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
        "retryAfterSeconds": 1,
    }


def test_watch_without_end_stops_when_nothing_can_happen(filled):
    filled.queue.append(lambda: filled.create(config_map("d")))
    events = filled.api.watch(filled.resource("cm"), since=str(filled.store.revision))
    assert told(events) == [("ADDED", "d")]


def test_bad_version(filled):
    with pytest.raises(BadRequestError):
        filled.api.watch(filled.resource("cm"), since="abc")


def test_subscribers_hear_every_write_in_order(server):
    heard = []
    server.api.subscribe(heard.append)
    made = server.create(config_map())
    key = ObjectKey("default", "web")
    changed = server.api.patch(server.resource("cm"), key, PatchType.MERGE, {"data": {"k": "w"}})
    server.api.delete(server.resource("cm"), key)
    assert [(change.old, change.new) for change in heard] == [(None, made), (made, changed), (changed, None)]
    assert [change.revision for change in heard] == list(
        range(int(made["metadata"]["resourceVersion"]), server.store.revision + 1)
    )


def test_reading_one_kind_decodes_no_other(filled, monkeypatch):
    filled.reopen()
    read = []
    original = filled.store.records
    monkeypatch.setattr(filled.store, "records", lambda resource: read.append(resource) or original(resource))
    assert filled.names("cm", "default") == ["a", "b", "c"]
    assert read == ["configmaps"]


def test_scan_allows_writes_meanwhile(filled):
    resource = filled.resource("cm")
    for obj in filled.api.scan(resource, "default"):
        filled.api.delete(resource, ObjectKey("default", obj["metadata"]["name"]))
    assert filled.names("cm", "default") == []
