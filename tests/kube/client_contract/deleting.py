"""Deleting: preconditions, finalizers, propagation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pyhelm.errors import ConflictError, InvalidError, NotFoundError
from pyhelm.kube.client import PatchType, Propagation
from tests.kube.client_contract.objects import Endpoint, config_map, deployment, owned_by

if TYPE_CHECKING:
    from pyhelm.kube.client import Client


def test_delete(maps: Endpoint) -> None:
    made = maps.create(config_map())
    status = maps.delete()
    assert (status["kind"], status["status"]) == ("Status", "Success")
    assert status["details"] == {"name": "web", "kind": "configmaps", "uid": made["metadata"]["uid"]}
    with pytest.raises(NotFoundError):
        maps.get()
    with pytest.raises(NotFoundError):
        maps.delete()


def test_delete_answers_with_the_object_for_some_kinds(client: Client, namespace: str) -> None:
    accounts = Endpoint(client, namespace, "serviceaccounts")
    accounts.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web"}})
    assert accounts.delete()["kind"] == "ServiceAccount"


@pytest.mark.parametrize(
    ("precondition", "message"),
    [
        pytest.param(
            {"uid": "no-such-uid"},
            "the UID in the precondition (no-such-uid) does not match the UID in record ({uid}). "
            "The object might have been deleted and then recreated",
            id="uid",
        ),
        pytest.param(
            {"resource_version": "1"},
            "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record ({version}). "
            "The object might have been modified",
            id="version",
        ),
    ],
)
def test_delete_with_preconditions(maps: Endpoint, precondition: dict[str, str], message: str) -> None:
    made = maps.create(config_map())
    uid, version = made["metadata"]["uid"], made["metadata"]["resourceVersion"]
    with pytest.raises(ConflictError) as caught:
        maps.delete(**precondition)
    expected = message.format(uid=uid, version=version)
    assert str(caught.value) == f'Operation cannot be fulfilled on ConfigMap "web": {expected}'
    maps.delete(uid=uid, resource_version=version)


def test_dry_run_of_a_delete(maps: Endpoint) -> None:
    maps.create(config_map())
    maps.delete(dry_run=True)
    assert maps.get()


def test_finalizers_hold_an_object(deployments: Endpoint) -> None:
    obj = deployment()
    obj["metadata"]["finalizers"] = ["example.test/hold"]
    made = deployments.create(obj)
    deployments.delete(propagation=Propagation.BACKGROUND)
    held = deployments.get()
    assert held["metadata"]["deletionTimestamp"]
    assert held["metadata"]["deletionGracePeriodSeconds"] == 0
    assert held["metadata"]["generation"] == made["metadata"]["generation"] + 1
    with pytest.raises(InvalidError, match="no new finalizers can be added if the object is being deleted"):
        deployments.patch(PatchType.MERGE, {"metadata": {"finalizers": ["example.test/hold", "example.test/more"]}})
    deployments.patch(PatchType.MERGE, {"metadata": {"finalizers": None}})
    with pytest.raises(NotFoundError):
        deployments.get()


@pytest.mark.parametrize(
    ("propagation", "finalizer"),
    [
        pytest.param(Propagation.FOREGROUND, "foregroundDeletion", id="foreground"),
        pytest.param(Propagation.ORPHAN, "orphan", id="orphan"),
    ],
)
def test_propagation_is_left_to_the_collector(maps: Endpoint, propagation: Propagation, finalizer: str) -> None:
    obj = config_map("owner")
    obj["metadata"]["finalizers"] = ["example.test/hold"]
    owner = maps.create(obj)
    child = config_map("child")
    child["metadata"]["ownerReferences"] = [owned_by(owner, blocks=True)]
    maps.create(child)
    maps.delete("owner", propagation=propagation)
    held = maps.get("owner")["metadata"]
    assert held["deletionTimestamp"]
    assert finalizer in held["finalizers"]
    assert maps.get("child")
