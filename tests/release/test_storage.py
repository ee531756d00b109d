"""Every driver, one suite; and what ``Storage`` makes of a driver."""

import base64
from datetime import UTC, datetime

import pytest

from pyhelm.chart.model import Chart, File, Metadata
from pyhelm.cluster.api import ApiServer, bootstrap
from pyhelm.cluster.clock import Clock
from pyhelm.cluster.store import Store
from pyhelm.errors import (
    NoDeployedReleaseError,
    ReleaseExistsError,
    ReleaseNotFoundError,
    ReleaseRecordError,
    ReleaseStorageError,
    UnsupportedError,
    UsageError,
)
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import ObjectKey
from pyhelm.release import codec
from pyhelm.release.record import Info, Release, Status
from pyhelm.release.storage import Storage, open_driver

NOW = datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def server(tmp_path):
    with Store(tmp_path) as store:
        server = ApiServer(store, Clock(NOW))
        bootstrap(server)
        yield server


@pytest.fixture(params=["secret", "configmap", "memory"])
def driver(request, server):
    return open_driver(request.param, server, "default")


@pytest.fixture
def storage(server):
    return Storage(open_driver("", server, "default"))


def a_release(name="web", version=1, status=Status.DEPLOYED, **labels):
    chart = Chart(Metadata(name="c", version="0.1.0"), templates=[File("templates/a.yaml", b"kind: A")])
    return Release(name, "default", version, Info(NOW, NOW, status=status), chart, labels=labels)


def test_what_is_created_can_be_got(driver):
    driver.create(a_release(team="a"), owner="me")
    stored = driver.get("web", 1)
    assert stored.release() == a_release(team="a")
    assert (stored.name, stored.version, stored.status, stored.owner) == ("web", 1, Status.DEPLOYED, "me")
    assert stored.labels == {
        "name": "web",
        "owner": "helm",
        "status": "deployed",
        "version": "1",
        "createdAt": "1735787045",
        "team": "a",
    }


def test_an_update_replaces_labels_and_the_mark_of_its_writer(driver):
    driver.create(a_release(team="a"), owner="me")
    driver.update(a_release(status=Status.SUPERSEDED))
    stored = driver.get("web", 1)
    assert (stored.status, stored.owner) == (Status.SUPERSEDED, "")
    assert stored.release().info.status is Status.SUPERSEDED
    assert stored.labels == {
        "name": "web",
        "owner": "helm",
        "status": "superseded",
        "version": "1",
        "modifiedAt": "1735787045",
    }


def test_users_labels_cannot_pose_as_the_drivers(driver):
    driver.create(a_release(status=Status.FAILED, owner="x"))
    assert driver.get("web", 1).labels["owner"] == "helm"


def test_a_revision_is_created_once(driver):
    driver.create(a_release())
    with pytest.raises(ReleaseExistsError, match=r"^release: already exists$"):
        driver.create(a_release())


def test_what_is_not_there(driver):
    for attempt in (lambda: driver.get("web", 1), lambda: driver.delete("web", 1), lambda: driver.update(a_release())):
        with pytest.raises(ReleaseNotFoundError, match=r"^release: not found$"):
            attempt()


def test_deleted_is_gone(driver):
    driver.create(a_release())
    driver.delete("web", 1)
    assert driver.query({"owner": "helm"}) == []


def test_queries_go_by_labels(driver):
    for release in (a_release(), a_release(version=2, status=Status.FAILED), a_release("db", team="a")):
        driver.create(release)

    def found(**labels):
        return [(stored.name, stored.version) for stored in driver.query(labels)]

    assert found(owner="helm") == [("db", 1), ("web", 1), ("web", 2)]
    assert found(name="web") == [("web", 1), ("web", 2)]
    assert found(status="deployed", owner="helm") == [("db", 1), ("web", 1)]
    assert found(team="a") == [("db", 1)]
    assert found(name="nobody") == []


def test_what_is_read_is_a_copy(driver):
    driver.create(a_release())
    driver.get("web", 1).release().info.description = "changed"
    assert driver.get("web", 1).release().info.description == ""


def test_helm_finds_the_secret_it_expects(server):
    open_driver("secret", server, "default").create(a_release())
    secret = server.get(server.catalog.for_kind("v1", "Secret"), ObjectKey("default", "sh.helm.release.v1.web.v1"))
    assert secret["type"] == "helm.sh/release.v1"
    payload = base64.b64decode(secret["data"]["release"])
    assert codec.decode(payload).name == "web"


def test_helm_finds_the_configmap_it_expects(server):
    open_driver("configmaps", server, "default").create(a_release())
    key = ObjectKey("default", "sh.helm.release.v1.web.v1")
    config_map = server.get(server.catalog.for_kind("v1", "ConfigMap"), key)
    assert codec.decode(config_map["data"]["release"]).name == "web"


def test_no_namespace_reads_all(server):
    server.create(
        server.catalog.for_kind("v1", "Namespace"),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}},
    )
    for namespace in ("default", "other"):
        open_driver("", server, namespace).create(a_release())
    assert [stored.namespace for stored in open_driver("", server, "").query({"owner": "helm"})] == ["default", "other"]


def test_a_namespace_that_is_not_there_is_named(server):
    with pytest.raises(ReleaseStorageError) as caught:
        open_driver("", server, "nowhere").create(a_release())
    assert str(caught.value) == 'create: failed to create: namespaces "nowhere" not found'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({}, id="absent"),
        pytest.param({"release": ""}, id="empty"),
        pytest.param({"release": base64.b64encode(b"x").decode()}, id="junk"),
    ],
)
def test_a_damaged_secret_is_named_only_when_it_is_read(server, storage, data):
    storage.create(a_release())
    secrets = server.catalog.for_kind("v1", "Secret")
    secret = server.get(secrets, ObjectKey("default", "sh.helm.release.v1.web.v1"))
    secret["data"] = data
    server.update(secrets, secret, options=WriteOptions())
    assert storage.last("web").status is Status.DEPLOYED
    with pytest.raises(ReleaseRecordError, match=r"sh\.helm\.release\.v1\.web\.v1"):
        storage.last("web").release()


@pytest.mark.parametrize("name", ["", "secret", "secrets", "configmap", "configmaps", "memory"])
def test_drivers_by_name(server, name):
    assert open_driver(name, server, "default").name in {"Secret", "ConfigMap", "Memory"}


def test_drivers_that_are_not_there(server):
    with pytest.raises(UnsupportedError, match="sql"):
        open_driver("sql", server, "default")
    with pytest.raises(UsageError, match=r'^unknown driver "floppy"$'):
        open_driver("floppy", server, "default")


def fill(storage, *statuses):
    for version, status in enumerate(statuses, start=1):
        storage.create(a_release(version=version, status=status))


def test_history_is_in_the_order_of_numbers(storage):
    fill(storage, *[Status.SUPERSEDED] * 11, Status.DEPLOYED)
    assert [stored.version for stored in storage.history("web")] == list(range(1, 13))
    assert storage.last("web").version == 12


def test_nothing_has_no_history(storage):
    with pytest.raises(ReleaseNotFoundError):
        storage.history("web")
    with pytest.raises(NoDeployedReleaseError, match=r'^"web" has no deployed releases$'):
        storage.deployed("web")


def test_of_two_deployed_revisions_the_newer_counts(storage):
    fill(storage, Status.DEPLOYED, Status.DEPLOYED, Status.FAILED)
    assert storage.deployed("web").version == 2


@pytest.mark.parametrize(
    ("statuses", "maximum", "left"),
    [
        pytest.param("ssd", 0, [1, 2, 3, 4], id="no-limit"),
        pytest.param("ssd", 4, [1, 2, 3, 4], id="room"),
        pytest.param("ssd", 3, [2, 3, 4], id="oldest-goes"),
        pytest.param("dff", 2, [1, 4], id="deployed-stays"),
        pytest.param("dff", 1, [1, 4], id="deployed-stays-even-beyond-the-limit"),
        pytest.param("fff", 1, [4], id="none-deployed"),
    ],
)
def test_pruning(storage, statuses, maximum, left):
    words = {"s": Status.SUPERSEDED, "d": Status.DEPLOYED, "f": Status.FAILED}
    fill(storage, *(words[letter] for letter in statuses))
    storage.create(a_release(version=4, status=Status.PENDING_UPGRADE), max_history=maximum)
    assert [stored.version for stored in storage.history("web")] == left


def test_listing_decodes_nothing(storage, monkeypatch):
    fill(storage, Status.SUPERSEDED, Status.DEPLOYED)
    monkeypatch.setattr(codec, "decode", lambda *_, **__: pytest.fail("decoded"))
    assert [(stored.name, stored.version, stored.status.value) for stored in storage.all()] == [
        ("web", 1, "superseded"),
        ("web", 2, "deployed"),
    ]
