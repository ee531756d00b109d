import pytest

from pyhelm.action.environment import Environment, WaitStrategy
from pyhelm.action.get import get_metadata, get_release, get_values
from pyhelm.action.history import history
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.listing import ListOptions, list_releases
from pyhelm.action.status import status
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.action.upgrade import UpgradeOptions, upgrade
from pyhelm.errors import ReleaseFailedError, ReleaseNameError, ReleaseNotFoundError, UsageError
from pyhelm.release import codec
from pyhelm.release.record import Status
from tests.action.charts import DEPLOYMENT, config_map, make_chart

ONE = {"a.yaml": config_map("aa"), "NOTES.txt": "Hi"}


@pytest.fixture
def two(env):
    chart = make_chart(ONE, app_version="7", annotations={"a": "b"})
    install(env, "web", chart, {"given": "x"}, InstallOptions(labels={"team": "a"}))
    upgrade(env, "web", chart, {"text": "two"})


def test_revisions_are_found(env, two):
    assert [get_release(env, "web", revision).version for revision in (0, 1, 2)] == [2, 1, 2]
    assert get_release(env, "web").info.notes == "Hi"


@pytest.mark.parametrize(
    ("name", "revision", "error", "message"),
    [
        pytest.param("nobody", 0, ReleaseNotFoundError, "release: not found", id="release"),
        pytest.param("web", 9, ReleaseNotFoundError, "release: not found", id="revision"),
        pytest.param("Web", 0, ReleaseNameError, "releaseContent: Release name is invalid: Web", id="name"),
    ],
)
def test_what_is_not_there(env, two, name, revision, error, message):
    with pytest.raises(error) as caught:
        get_release(env, name, revision)
    assert str(caught.value) == message


def test_values(env, two):
    assert get_values(env, "web", 1) == {"given": "x"}
    assert get_values(env, "web") == {"text": "two"}
    everything = get_values(env, "web", all_values=True)
    assert everything == {"image": "nginx", "replicas": 1.0, "text": "two"}


def test_metadata(env, two):
    metadata = get_metadata(env, "web", 1)
    assert (metadata.name, metadata.chart, metadata.version, metadata.app_version) == ("web", "web", "0.1.0", "7")
    assert (metadata.revision, metadata.status, metadata.apply_method) == (1, "superseded", "ssa")
    assert (metadata.labels, metadata.annotations) == ({"team": "a"}, {"a": "b"})
    assert get_metadata(env, "web").labels["owner"] == "helm"


@pytest.mark.parametrize(("maximum", "versions"), [(256, [1, 2]), (1, [2]), (0, [1, 2])])
def test_history(env, two, maximum, versions):
    assert [release.version for release in history(env, "web", maximum=maximum)] == versions


def test_no_history(env):
    with pytest.raises(ReleaseNotFoundError, match="release: not found"):
        history(env, "web")
    with pytest.raises(ReleaseNameError, match="release name is invalid: Web"):
        history(env, "Web")


def test_status_shows_what_lives(env, cluster, two):
    chart = make_chart({"a.yaml": DEPLOYMENT, "b.yaml": config_map("bb")})
    install(env, "app", chart, {"replicas": 2.0}, InstallOptions(wait=WaitStrategy.WATCHER))
    release = status(env, "app")
    found = {kind: [item["metadata"]["name"] for item in items] for kind, items in release.info.resources.items()}
    assert list(found) == ["v1/ConfigMap", "v1/Deployment", "v1/Pod(related)"]
    assert found["v1/Deployment"] == ["app"]
    assert len(found["v1/Pod(related)"]) == 2
    assert env.storage.last("app").release().info.resources is None


@pytest.fixture
def several(env, cluster):
    """Releases a1 (deployed), b2 (failed over deployed), c3 (uninstalled), each a minute later."""
    chart = make_chart(ONE)
    install(env, "c3", make_chart(), {})
    uninstall(env, "c3", UninstallOptions(keep_history=True))
    cluster.advance(60)
    install(env, "b2", make_chart(), {}, InstallOptions(labels={"team": "x"}))
    bad = make_chart({"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER}\n"})
    with pytest.raises(ReleaseFailedError):
        upgrade(env, "b2", bad, {})
    cluster.advance(60)
    install(env, "a1", chart, {}, InstallOptions(labels={"team": "y"}))


@pytest.mark.parametrize(
    ("options", "names"),
    [
        pytest.param({}, ["a1", "b2", "c3"], id="all-by-name"),
        pytest.param({"reverse": True}, ["c3", "b2", "a1"], id="reverse"),
        pytest.param({"by_date": True}, ["c3", "b2", "a1"], id="by-date"),
        pytest.param({"by_date": True, "reverse": True}, ["a1", "b2", "c3"], id="by-date-reverse"),
        pytest.param({"filter": "^[ab]"}, ["a1", "b2"], id="filter"),
        pytest.param({"states": frozenset({Status.DEPLOYED})}, ["a1"], id="deployed-last-only"),
        pytest.param({"states": frozenset({Status.FAILED})}, ["b2"], id="failed"),
        pytest.param({"states": frozenset({Status.UNINSTALLED})}, ["c3"], id="uninstalled"),
        pytest.param({"selector": "team in (x,z)"}, ["b2"], id="selector"),
        pytest.param({"selector": "status=failed"}, ["b2"], id="selector-of-the-drivers-labels"),
        pytest.param({"limit": 2}, ["a1", "b2"], id="limit"),
        pytest.param({"limit": 2, "offset": 1}, ["b2", "c3"], id="offset"),
        pytest.param({"offset": 3}, [], id="offset-beyond"),
        pytest.param({"limit": 0}, ["a1", "b2", "c3"], id="no-limit"),
    ],
)
def test_lists(env, several, options, names):
    assert [release.name for release in list_releases(env, ListOptions(**options))] == names


def test_only_what_is_shown_is_decoded(env, several, monkeypatch):
    decoded = []
    decode = codec.decode
    monkeypatch.setattr(
        codec, "decode", lambda payload, **names: decoded.append(names["name"]) or decode(payload, **names)
    )
    list_releases(env, ListOptions(filter="a"))
    assert decoded == ["sh.helm.release.v1.a1.v1"]


def test_superseded_revisions_are_found_when_only_they_are_wanted(env, two):
    (release,) = list_releases(env, ListOptions(states=frozenset({Status.SUPERSEDED})))
    assert (release.name, release.version) == ("web", 1)
    assert list_releases(env, ListOptions(states=frozenset({Status.SUPERSEDED, Status.FAILED}))) == []


def test_a_bad_filter(env):
    with pytest.raises(UsageError, match="error parsing regexp: "):
        list_releases(env, ListOptions(filter="["))


def test_all_namespaces(env, cluster):
    for namespace in ("one", "two"):
        there = Environment.connected(cluster.client, namespace=namespace)
        install(there, "web", make_chart(), {}, InstallOptions(create_namespace=True))
    everywhere = Environment.connected(cluster.client, all_namespaces=True)
    assert [release.namespace for release in list_releases(everywhere)] == ["one", "two"]
    assert list_releases(env) == []


def test_a_driver_of_ones_own(cluster):
    env = Environment.connected(cluster.client, driver="configmap")
    install(env, "web", make_chart(), {})
    upgrade(env, "web", make_chart(), {}, UpgradeOptions())
    found = cluster.client.list(
        cluster.client.catalog.for_kind("v1", "ConfigMap"), "default", labels="owner=helm"
    ).items
    assert [item["metadata"]["name"] for item in found] == ["sh.helm.release.v1.web.v1", "sh.helm.release.v1.web.v2"]
