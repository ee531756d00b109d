# ruff: noqa: E501  (messages are compared whole)
from __future__ import annotations

import pytest

from pyhelm.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from pyhelm.kube.client import DeleteOptions, PatchType, Propagation, WriteOptions
from pyhelm.kube.objects import ObjectKey
from tests.cluster.api.conftest import config_map, deployment, pod

KEY = ObjectKey("default", "web")


def gone(server, name):
    with pytest.raises(NotFoundError):
        server.get(name, "web")
    return True


def bind(server, name="web"):
    body = {"metadata": {"name": name, "namespace": "default"}, "target": {"kind": "Node", "name": "n1"}}
    server.api.create(server.resource("pods"), body, subresource="binding")


def test_delete_answers_a_status(server):
    made = server.create(deployment())
    assert server.api.delete(server.resource("deploy"), KEY) == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {"name": "web", "group": "apps", "kind": "deployments", "uid": made["metadata"]["uid"]},
    }
    assert gone(server, "deploy")
    with pytest.raises(NotFoundError):
        server.api.delete(server.resource("deploy"), KEY)


def test_some_kinds_answer_the_object(server):
    made = server.create(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"ports": [{"port": 80}]},
        }
    )
    assert server.api.delete(server.resource("svc"), KEY) == made


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            DeleteOptions(uid="other"),
            r"the UID in the precondition \(other\) does not match the UID in record \(.+\)\. The object might have been "
            "deleted and then recreated",
            id="uid",
        ),
        pytest.param(
            DeleteOptions(resource_version="1"),
            r"the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(\d+\)\. The "
            "object might have been modified",
            id="version",
        ),
    ],
)
def test_preconditions(server, options, message):
    server.create(config_map())
    with pytest.raises(ConflictError, match=message):
        server.api.delete(server.resource("cm"), KEY, options)


def test_preconditions_that_hold(server):
    meta = server.create(config_map())["metadata"]
    options = DeleteOptions(uid=meta["uid"], resource_version=meta["resourceVersion"])
    server.api.delete(server.resource("cm"), KEY, options)
    assert gone(server, "cm")


def test_dry_run(server):
    server.create(config_map())
    server.api.delete(server.resource("cm"), KEY, DeleteOptions(dry_run=True))
    assert server.get("cm", "web")


def test_finalizers_keep_an_object(server):
    server.create(config_map(finalizers=["example.test/a", "example.test/b"]))
    resource = server.resource("cm")
    left = server.api.delete(resource, KEY)
    # What is still there is answered, not a Status.
    assert left == server.get("cm", "web")
    meta = left["metadata"]
    assert (meta["deletionTimestamp"], meta["deletionGracePeriodSeconds"]) == ("2026-01-01T00:00:00Z", 0)
    server.clock.advance(60)
    # Deleting again changes nothing, and nothing brings the object back.
    server.api.delete(resource, KEY)
    assert server.get("cm", "web")["metadata"] == meta
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"deletionTimestamp": None}})
    assert server.get("cm", "web")["metadata"]["deletionTimestamp"] == meta["deletionTimestamp"]
    with pytest.raises(InvalidError) as caught:
        server.api.patch(
            resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": ["example.test/a", "example.test/new"]}}
        )
    assert str(caught.value) == (
        'ConfigMap "web" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being '
        'deleted, found new finalizers []string{"example.test/new"}'
    )
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": ["example.test/b"]}})
    assert server.get("cm", "web")
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": None}})
    assert gone(server, "cm")


@pytest.mark.parametrize(
    ("propagation", "finalizers"),
    [
        pytest.param(Propagation.BACKGROUND, None, id="background"),
        pytest.param(None, None, id="default"),
        pytest.param(Propagation.FOREGROUND, ["foregroundDeletion"], id="foreground"),
        pytest.param(Propagation.ORPHAN, ["orphan"], id="orphan"),
    ],
)
def test_propagation_is_a_finalizer_for_the_collector(server, propagation, finalizers):
    server.create(deployment())
    server.api.delete(server.resource("deploy"), KEY, DeleteOptions(propagation=propagation))
    if finalizers is None:
        assert gone(server, "deploy")
        return
    meta = server.get("deploy", "web")["metadata"]
    assert meta["finalizers"] == finalizers
    assert meta["deletionTimestamp"]
    assert meta["generation"] == 2


def test_propagation_can_change_later(server):
    server.create(deployment())
    resource = server.resource("deploy")
    server.api.delete(resource, KEY, DeleteOptions(propagation=Propagation.FOREGROUND))
    server.api.delete(resource, KEY, DeleteOptions(propagation=Propagation.BACKGROUND))
    assert gone(server, "deploy")


def test_jobs_orphan_unless_told_otherwise(server):
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}},
    }
    server.create(job)
    server.api.delete(server.resource("jobs"), KEY)
    assert server.get("jobs", "web")["metadata"]["finalizers"] == ["orphan"]


def test_unbound_pod_goes_at_once(server):
    server.create(pod())
    assert server.api.delete(server.resource("pods"), KEY)["metadata"]["name"] == "web"
    assert gone(server, "pods")


def test_bound_pod_has_its_grace(server):
    server.create(pod())
    bind(server)
    resource = server.resource("pods")
    left = server.api.delete(resource, KEY)
    assert left["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:30Z"
    assert left["metadata"]["deletionGracePeriodSeconds"] == 30
    assert left["metadata"]["generation"] == 2
    # Longer is not possible, shorter is.
    server.api.delete(resource, KEY, DeleteOptions(grace_seconds=60))
    assert server.get("pods", "web")["metadata"]["deletionGracePeriodSeconds"] == 30
    left = server.api.delete(resource, KEY, DeleteOptions(grace_seconds=10))
    assert left["metadata"]["deletionTimestamp"] == "2026-01-01T00:00:10Z"
    server.api.delete(resource, KEY, DeleteOptions(grace_seconds=0))
    assert gone(server, "pods")


def test_bound_pod_with_a_finalizer_stays_after_its_end(server):
    server.create(pod())
    bind(server)
    resource = server.resource("pods")
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": ["example.test/a"]}})
    server.api.delete(resource, KEY)
    server.api.delete(resource, KEY, DeleteOptions(grace_seconds=0))
    assert server.get("pods", "web")["metadata"]["deletionGracePeriodSeconds"] == 0
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": None}})
    assert gone(server, "pods")


def test_finalizer_may_go_while_grace_lasts(server):
    server.create(pod())
    bind(server)
    resource = server.resource("pods")
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": ["example.test/a"]}})
    server.api.delete(resource, KEY)
    server.api.patch(resource, KEY, PatchType.MERGE, {"metadata": {"finalizers": None}})
    assert server.get("pods", "web")["metadata"]["deletionGracePeriodSeconds"] == 30
    server.api.delete(resource, KEY, DeleteOptions(grace_seconds=0))
    assert gone(server, "pods")


def test_finished_pod_goes_at_once(server):
    server.create(pod())
    bind(server)
    resource = server.resource("pods")
    server.api.patch(resource, KEY, PatchType.MERGE, {"status": {"phase": "Succeeded"}}, subresource="status")
    server.api.delete(resource, KEY)
    assert gone(server, "pods")


def test_namespace_waits_for_its_finalizer(server):
    server.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "a"}})
    resource = server.resource("ns")
    server.api.delete(resource, ObjectKey("", "a"))
    body = server.get("ns", "a")
    body["spec"]["finalizers"] = []
    # Only the finalize subresource takes that away.
    server.api.update(resource, body)
    assert server.get("ns", "a")["spec"]["finalizers"] == ["kubernetes"]
    body["metadata"].pop("resourceVersion")
    server.api.update(resource, body, subresource="finalize")
    assert "a" not in server.names("ns")


@pytest.mark.parametrize("name", ["default", "kube-system", "kube-public"])
def test_some_namespaces_are_immortal(server, name):
    with pytest.raises(ForbiddenError) as caught:
        server.api.delete(server.resource("ns"), ObjectKey("", name))
    assert str(caught.value) == f'namespaces "{name}" is forbidden: this namespace may not be deleted'


def test_deleted_objects_keep_their_owner_index_right(server):
    owner = server.create(deployment())
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "uid": owner["metadata"]["uid"]}
    for name in ("b", "a", "c"):
        server.create(config_map(name, ownerReferences=[reference]))
    uid = owner["metadata"]["uid"]
    assert [obj["metadata"]["name"] for _, obj in server.api.owned_by(uid)] == ["b", "a", "c"]
    server.api.delete(server.resource("cm"), ObjectKey("default", "b"))
    server.api.patch(
        server.resource("cm"), ObjectKey("default", "c"), PatchType.MERGE, {"metadata": {"ownerReferences": None}}
    )
    assert [obj["metadata"]["name"] for _, obj in server.api.owned_by(uid)] == ["a"]
    server.create(config_map("b", ownerReferences=[reference]), field_manager="x")
    server.reopen()
    assert [obj["metadata"]["name"] for _, obj in server.api.owned_by(uid)] == ["a", "b"]
    assert server.api.patch(
        server.resource("cm"),
        ObjectKey("default", "a"),
        PatchType.MERGE,
        {"data": {"k": None}},
        options=WriteOptions(field_manager="x"),
    )
