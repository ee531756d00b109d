"""A command that is killed anywhere: the next one goes on, or says what to do, and the history stays coherent."""

from collections import Counter
from dataclasses import replace

import pytest

from pyhelm.action import progress
from pyhelm.action.environment import Environment
from pyhelm.action.history import history
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.owner import Owner
from pyhelm.action.rollback import rollback
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.action.upgrade import UpgradeOptions, upgrade
from pyhelm.cluster import Cluster
from pyhelm.errors import (
    NoDeployedReleaseError,
    NotFoundError,
    PyhelmError,
    ReleaseNameInUseError,
    ReleaseNotFoundError,
    ReleasePendingError,
    RevisionNotFoundError,
)
from pyhelm.kube.objects import ObjectKey
from pyhelm.release.record import Status
from tests.action.charts import config_map, hook, make_chart

FIRST = make_chart(
    {"a.yaml": config_map("aa"), "b.yaml": config_map("bb"), "h.yaml": hook("hh", "pre-install,pre-delete")}
)
SECOND = make_chart({"a.yaml": config_map("aa"), "c.yaml": config_map("cc"), "h.yaml": hook("hh", "pre-upgrade")})


class KilledError(BaseException):
    """The end of a process, which no handler sees."""


class Mortal:
    """A client whose process dies at a write."""

    def __init__(self, client, writes):
        self._client = client
        self._left = writes

    def __getattr__(self, name):
        verb = getattr(self._client, name)
        if name not in {"create", "update", "patch", "delete"}:
            return verb

        def write(*arguments, **options):
            if self._left <= 0:
                raise KilledError
            self._left -= 1
            return verb(*arguments, **options)

        return write


def connect(cluster, *, writes=None):
    """Return the environment of another process; one that dies after so many writes."""
    client = cluster.client if writes is None else Mortal(cluster.client, writes)
    env = Environment.connected(client, exclusive=True)
    env.owner = replace(Owner.current(), pid=1 if writes is None else 2, started=7)
    return env


def killed_runs(prepare, run):
    """Yield (cluster, writes) for every write of ``run`` before which its process can be killed."""
    for writes in range(100):
        with Cluster.temporary() as cluster:
            prepare(connect(cluster))
            try:
                run(connect(cluster, writes=writes))
            except KilledError:
                yield cluster, writes
                continue
            assert writes > 2
            return
    pytest.fail("it never ended")


def nothing(_env):
    """Start from an empty cluster."""


def one(env):
    install(env, "web", FIRST, {})


def two(env):
    one(env)
    upgrade(env, "web", SECOND, {"text": "two"})


SITUATIONS = [
    pytest.param(nothing, lambda env: install(env, "web", FIRST, {}), id="install"),
    pytest.param(one, lambda env: upgrade(env, "web", SECOND, {"text": "two"}), id="upgrade"),
    pytest.param(two, lambda env: rollback(env, "web"), id="rollback"),
    pytest.param(two, lambda env: uninstall(env, "web"), id="uninstall"),
    pytest.param(two, lambda env: uninstall(env, "web", UninstallOptions(keep_history=True)), id="uninstall-keep"),
]


def attempt(action, *refusals):
    """Return what an action returned, and how it was refused."""
    try:
        return action(), None
    except refusals as error:
        return None, error


def objects_in(cluster):
    names = []
    for name in ("aa", "bb", "cc"):
        try:
            cluster.client.get(cluster.client.catalog.for_kind("v1", "ConfigMap"), ObjectKey("default", name))
        except NotFoundError:
            continue
        names.append(name)
    return names


def statuses(env):
    return Counter(revision.status for revision in env.storage.history("web"))


def check_coherent(env):
    found = statuses(env)
    assert not any(status.is_pending for status in found)
    assert found[Status.DEPLOYED] == 1
    last = history(env, "web")[-1]
    assert last.info.status is Status.DEPLOYED
    assert env.storage.last("web").owner == ""
    return last


@pytest.mark.parametrize(("prepare", "run"), SITUATIONS)
def test_upgrade_install_goes_on(prepare, run):
    for cluster, _ in killed_runs(prepare, run):
        env = connect(cluster)
        options = UpgradeOptions(install=True)
        _, refused = attempt(lambda: upgrade(env, "web", SECOND, {"text": "three"}, options), NoDeployedReleaseError)  # noqa: B023
        if refused:
            # Only an uninstallation that was begun is not gone back on.
            assert env.storage.last("web").status is Status.UNINSTALLING
            assert refused.hint == "its uninstallation was not finished: uninstall it again"
            uninstall(env, "web")
            assert objects_in(cluster) == []
            continue
        assert check_coherent(env).config == {"text": "three"}
        assert {"aa", "cc"} <= set(objects_in(cluster))


@pytest.mark.parametrize(("prepare", "run"), SITUATIONS)
def test_upgrade_goes_on_or_says_why_not(prepare, run):
    for cluster, _ in killed_runs(prepare, run):
        env = connect(cluster)
        _, refused = attempt(lambda: upgrade(env, "web", SECOND, {"text": "three"}), NoDeployedReleaseError)  # noqa: B023
        if refused is None:
            check_coherent(env)
            continue
        last, nothing_there = attempt(lambda: env.storage.last("web"), ReleaseNotFoundError)  # noqa: B023
        if not nothing_there:
            assert last.status in {Status.UNINSTALLING, Status.UNINSTALLED}
            assert refused.hint


@pytest.mark.parametrize(("prepare", "run"), SITUATIONS)
def test_rollback_goes_on_or_says_why_not(prepare, run):
    for cluster, _ in killed_runs(prepare, run):
        env = connect(cluster)
        release, refused = attempt(lambda: rollback(env, "web"), ReleaseNotFoundError)  # noqa: B023
        if isinstance(refused, RevisionNotFoundError):
            assert len(env.storage.history("web")) == 1
            assert refused.hint
            assert not env.storage.last("web").status.is_pending
        if refused:
            continue
        check_coherent(env)
        text = next(item for item in history(env, "web") if item.version == release.info.rollback_revision).manifest
        assert objects_in(cluster) == [name for name in ("aa", "bb", "cc") if f"name: {name}" in text]


@pytest.mark.parametrize(("prepare", "run"), SITUATIONS)
def test_uninstall_always_works(prepare, run):
    for cluster, _ in killed_runs(prepare, run):
        env = connect(cluster)
        try:
            uninstall(env, "web")
        except ReleaseNotFoundError:
            continue
        with pytest.raises(ReleaseNotFoundError):
            env.storage.history("web")
        left = objects_in(cluster)
        # What a failed upgrade created and the one before has not is left behind, as Helm leaves it.
        assert left in ([], ["bb"], ["cc"]), left


@pytest.mark.parametrize(("prepare", "run"), SITUATIONS)
def test_install_says_what_is_there(prepare, run):
    for cluster, _ in killed_runs(prepare, run):
        env = connect(cluster)
        try:
            last = env.storage.last("web")
        except ReleaseNotFoundError:
            install(env, "web", FIRST, {})
            check_coherent(env)
            continue
        with pytest.raises(ReleaseNameInUseError) as caught:
            install(env, "web", FIRST, {})
        assert caught.value.hint
        assert not env.storage.last("web").status.is_pending
        if last.status is Status.PENDING_INSTALL:
            install(env, "web", FIRST, {}, InstallOptions(replace=True))
            check_coherent(env)


def kill_while_pending(cluster):
    with pytest.raises(KilledError):
        upgrade(connect(cluster, writes=2), "web", SECOND, {})
    assert connect(cluster).storage.last("web").status is Status.PENDING_UPGRADE


def test_what_was_interrupted_says_so(cluster):
    one(connect(cluster))
    kill_while_pending(cluster)
    env = connect(cluster)
    told = []
    env.listener = told.append
    upgrade(env, "web", SECOND, {})
    recovered = next(event for event in told if isinstance(event, progress.Recovered))
    assert (recovered.revision, recovered.status) == (2, Status.PENDING_UPGRADE)
    assert recovered.owner.startswith("process 2 on ")
    description = history(env, "web")[1].info.description
    assert description == f'Upgrade "web" failed: interrupted while pending-upgrade: {recovered.owner} is gone'


@pytest.mark.parametrize(
    ("gone", "works"), [pytest.param(True, True, id="writer-gone"), pytest.param(False, False, id="writer-alive")]
)
def test_on_a_cluster_of_many_the_stamp_decides(cluster, monkeypatch, gone, works):
    one(connect(cluster))
    kill_while_pending(cluster)
    env = Environment.connected(cluster.client)
    asked = []
    monkeypatch.setattr("pyhelm.action.owner.is_certainly_gone", lambda stamp: asked.append(stamp) or gone)
    if works:
        upgrade(env, "web", SECOND, {})
        check_coherent(env)
    else:
        with pytest.raises(ReleasePendingError) as caught:
            upgrade(env, "web", SECOND, {})
        assert str(caught.value) == "another operation (install/upgrade/rollback) is in progress"
        assert "revision 2 is pending-upgrade and process 2 on " in caught.value.hint
        assert env.storage.last("web").status is Status.PENDING_UPGRADE
    assert [stamp.pid for stamp in asked] == [2]


def test_a_pending_record_without_a_stamp_is_somebodys(cluster):
    """As real Helm writes them."""
    one(connect(cluster))
    kill_while_pending(cluster)
    env = Environment.connected(cluster.client)
    env.storage.update(env.storage.last("web").release())
    with pytest.raises(ReleasePendingError) as caught:
        upgrade(env, "web", SECOND, {})
    assert "nothing tells who is at work on it" in caught.value.hint
    # Whoever has the cluster to himself knows better.
    upgrade(connect(cluster), "web", SECOND, {})


def test_this_process_own_work_is_not_taken_for_dead(cluster):
    env = Environment.connected(cluster.client, exclusive=True)
    problems = []

    def listen(event):
        if isinstance(event, progress.ObjectChanged):
            try:
                upgrade(Environment.connected(cluster.client, exclusive=True), "web", SECOND, {})
            except PyhelmError as error:
                problems.append(error)

    env.listener = listen
    install(env, "web", FIRST, {}, InstallOptions(no_hooks=True))
    assert [type(problem) for problem in problems] == [ReleasePendingError, ReleasePendingError]
    check_coherent(env)


def test_two_upgrades_at_once(cluster):
    """The second loses the race for the revision."""
    env = connect(cluster)
    one(env)
    create = env.storage.driver.create

    def late(release, **options):
        env.storage.driver.create = create
        upgrade(connect(cluster), "web", SECOND, {})
        create(release, **options)

    env.storage.driver.create = late
    with pytest.raises(PyhelmError, match="release: already exists"):
        upgrade(env, "web", SECOND, {})
    check_coherent(env)
