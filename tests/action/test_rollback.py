import pytest

from pyhelm.action.environment import DryRun, WaitStrategy
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.rollback import RollbackOptions, rollback
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.action.upgrade import UpgradeOptions, upgrade
from pyhelm.errors import ReleaseFailedError, ReleaseNameError, ReleaseNotFoundError, RevisionNotFoundError, UsageError
from pyhelm.release.record import Status
from tests.action.charts import DEPLOYMENT, config_map, hook, make_chart, pod_hook

ONE = {"a.yaml": config_map("aa"), "NOTES.txt": "{{ .Values.text }}"}
TWO = {**ONE, "b.yaml": config_map("bb")}
WAIT = RollbackOptions(wait=WaitStrategy.WATCHER, timeout=60)


@pytest.fixture
def two(env):
    """A release of two revisions."""
    install(env, "web", make_chart(ONE), {}, InstallOptions(labels={"team": "a"}))
    upgrade(env, "web", make_chart(TWO), {"text": "two"}, UpgradeOptions(labels={"team": "b"}))


def test_the_revision_before_the_last(env, two, told, find, revisions):
    told.events.clear()
    release = rollback(env, "web")
    assert told.changes == ["configured ConfigMap/aa", "deleted ConfigMap/bb"]
    assert find("configmap", "aa")["data"] == {"text": "one"}
    assert (release.version, release.info.status, release.info.description) == (3, Status.DEPLOYED, "Rollback to 1")
    assert (release.info.rollback_revision, release.config, release.info.notes) == (1, {}, "one")
    assert release.labels == {"team": "a"}
    assert revisions() == ["1 superseded", "2 superseded", "3 deployed"]
    assert env.storage.last("web").release() == release


def test_any_revision(env, two, find, revisions):
    rollback(env, "web", RollbackOptions(revision=1))
    rollback(env, "web", RollbackOptions(revision=2, description="forward again"))
    assert find("configmap", "bb") is not None
    assert revisions() == ["1 superseded", "2 superseded", "3 superseded", "4 deployed"]
    assert env.storage.last("web").release().info.description == "forward again"


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        pytest.param("web", {"revision": 7}, RevisionNotFoundError, "release has no 7 version", id="no-such-revision"),
        pytest.param("web", {"revision": -1}, UsageError, "invalid release revision", id="negative"),
        pytest.param("nobody", {}, ReleaseNotFoundError, "release: not found", id="no-such-release"),
        pytest.param("Web", {}, ReleaseNameError, "prepareRollback: Release name is invalid: Web", id="name"),
        pytest.param(
            "web",
            {"description": "x" * 257},
            UsageError,
            "description must be 256 characters or less, got 257",
            id="description",
        ),
    ],
)
def test_what_cannot_be(env, two, revisions, name, options, error, message):
    with pytest.raises(error) as caught:
        rollback(env, name, RollbackOptions(**options))
    assert str(caught.value) == message
    assert revisions() == ["1 superseded", "2 deployed"]


def test_the_first_revision_has_none_before_it(env):
    install(env, "web", make_chart(ONE), {})
    with pytest.raises(RevisionNotFoundError, match=r"^release has no 0 version$") as caught:
        rollback(env, "web")
    assert "upgrade or uninstall" in caught.value.hint


@pytest.mark.parametrize("dry_run", [DryRun.CLIENT, DryRun.SERVER])
def test_dry_runs_change_nothing(env, two, cluster, dry_run):
    before = cluster.info().revision
    release = rollback(env, "web", RollbackOptions(dry_run=dry_run))
    assert release.version == 3
    assert cluster.info().revision == before


def test_after_a_bad_upgrade(env, cluster, find, revisions):
    cluster.images.deny("nginx:bad")
    chart = make_chart({"a.yaml": DEPLOYMENT})
    install(env, "web", chart, {"replicas": 2.0}, InstallOptions(wait=WaitStrategy.WATCHER))
    with pytest.raises(ReleaseFailedError):
        upgrade(env, "web", chart, {"image": "nginx:bad"}, UpgradeOptions(wait=WaitStrategy.WATCHER, timeout=30))
    rollback(env, "web", WAIT)
    assert find("deployment", "web")["status"]["availableReplicas"] == 2
    assert revisions() == ["1 superseded", "2 failed", "3 deployed"]


def test_of_what_was_uninstalled(env, two, find, revisions):
    uninstall(env, "web", UninstallOptions(keep_history=True))
    assert find("configmap", "aa") is None
    rollback(env, "web", RollbackOptions(revision=1))
    assert find("configmap", "aa") is not None
    assert revisions() == ["1 superseded", "2 uninstalled", "3 deployed"]


def test_history_is_pruned(env, two, revisions):
    for _ in range(3):
        rollback(env, "web", RollbackOptions(history_max=2))
    assert revisions() == ["4 superseded", "5 deployed"]


def test_what_does_not_get_ready(env, cluster, revisions):
    cluster.images.deny("nginx:old")
    chart = make_chart({"a.yaml": DEPLOYMENT})
    install(env, "web", chart, {"image": "nginx:old"})
    upgrade(env, "web", chart, {"image": "nginx:new"}, UpgradeOptions(wait=WaitStrategy.WATCHER))
    with pytest.raises(ReleaseFailedError) as caught:
        rollback(env, "web", WAIT)
    assert str(caught.value).startswith("release web failed: resource Deployment/default/web not ready. ")
    assert revisions() == ["1 superseded", "2 deployed", "3 failed"]
    description = env.storage.last("web").release().info.description
    assert description == f'Release "web" failed: {caught.value.cause}'


def test_a_failed_hook_leaves_nothing_pending(env, revisions):
    install(env, "web", make_chart({**ONE, "h.yaml": pod_hook("hh", "pre-rollback", exit_code=1)}), {})
    upgrade(env, "web", make_chart(ONE), {})
    with pytest.raises(ReleaseFailedError, match="pod hh failed"):
        rollback(env, "web")
    assert revisions() == ["1 superseded", "2 deployed", "3 failed"]


def test_hooks_run_around_it(env, told):
    install(
        env,
        "web",
        make_chart({**ONE, "h.yaml": hook("pre", "pre-rollback"), "i.yaml": hook("post", "post-rollback")}),
        {},
    )
    upgrade(env, "web", make_chart(ONE), {"text": "two"})
    told.events.clear()
    rollback(env, "web")
    assert told.changes == ["created ConfigMap/pre", "configured ConfigMap/aa", "created ConfigMap/post"]
    told.events.clear()
    rollback(env, "web", RollbackOptions(revision=1, no_hooks=True))
    assert told.changes == ["unchanged ConfigMap/aa"]
