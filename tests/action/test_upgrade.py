import pytest

from pyhelm.action import progress
from pyhelm.action.environment import DryRun, ServerSide, WaitStrategy
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.action.upgrade import UpgradeOptions, upgrade
from pyhelm.errors import (
    ApplyError,
    NoDeployedReleaseError,
    NotReadyError,
    OwnershipError,
    ReleaseFailedError,
    ReleaseNameError,
    UsageError,
)
from pyhelm.kube.client import WriteOptions
from pyhelm.release.record import Status
from tests.action.charts import DEPLOYMENT, config_map, hook, make_chart

WAIT = UpgradeOptions(wait=WaitStrategy.WATCHER, timeout=60)
ONE = {"a.yaml": config_map("aa")}


def test_objects_are_created_changed_and_deleted(env, told, find, revisions):
    install(env, "web", make_chart({"a.yaml": config_map("aa"), "b.yaml": config_map("bb")}), {})
    told.events.clear()
    chart = make_chart(
        {"a.yaml": config_map("aa"), "c.yaml": config_map("cc"), "NOTES.txt": "rev {{ .Release.Revision }}"}
    )
    release = upgrade(env, "web", chart, {"text": "two"})
    assert told.changes == ["configured ConfigMap/aa", "created ConfigMap/cc", "deleted ConfigMap/bb"]
    assert find("configmap", "aa")["data"] == {"text": "two"}
    assert find("configmap", "bb") is None
    assert (release.version, release.info.status, release.info.description) == (2, Status.DEPLOYED, "Upgrade complete")
    assert release.info.notes == "rev 2"
    assert revisions() == ["1 superseded", "2 deployed"]
    assert env.storage.last("web").release() == release


def test_nothing_changes_where_nothing_differs(env, told):
    install(env, "web", make_chart(ONE), {})
    told.events.clear()
    upgrade(env, "web", make_chart(ONE), {})
    assert told.changes == ["unchanged ConfigMap/aa"]


def test_is_upgrade_is_told_to_templates(env):
    text = "# {{ .Release.IsInstall }} {{ .Release.IsUpgrade }}\n"
    chart = make_chart({"a.yaml": text})
    assert "# true false" in install(env, "web", chart, {}).manifest
    assert "# false true" in upgrade(env, "web", chart, {}).manifest


def test_first_deployment_is_remembered(env, cluster):
    first = install(env, "web", make_chart(ONE), {}).info.first_deployed
    cluster.advance(60)
    info = upgrade(env, "web", make_chart(ONE), {}).info
    assert info.first_deployed == first
    assert (info.last_deployed - first).total_seconds() == 60


def test_there_must_be_a_release(env):
    with pytest.raises(NoDeployedReleaseError, match='"web" has no deployed releases'):
        upgrade(env, "web", make_chart(ONE), {})
    with pytest.raises(ReleaseNameError, match=r"^release name is invalid: Web$"):
        upgrade(env, "Web", make_chart(ONE), {})


def test_an_upgrade_can_install(env, told, revisions):
    options = UpgradeOptions(install=True)
    upgrade(env, "web", make_chart(ONE), {}, options)
    assert told.of(progress.InstallingInstead) == [progress.InstallingInstead("web")]
    assert revisions() == ["1 deployed"]
    upgrade(env, "web", make_chart(ONE), {}, options)
    assert revisions() == ["1 superseded", "2 deployed"]


def test_an_upgrade_can_install_what_was_uninstalled(env, revisions):
    install(env, "web", make_chart(ONE), {})
    uninstall(env, "web", UninstallOptions(keep_history=True))
    with pytest.raises(NoDeployedReleaseError):
        upgrade(env, "web", make_chart(ONE), {})
    upgrade(env, "web", make_chart(ONE), {}, UpgradeOptions(install=True))
    assert revisions() == ["1 superseded", "2 deployed"]


OLD = make_chart(ONE, values={"kept": "old", "text": "old"})
NEW = make_chart(
    {"a.yaml": config_map("aa"), "v.yaml": "# {{ .Values.kept }} {{ .Values.text }} {{ .Values.given }}\n"}
)
NEW.values.update({"kept": "new", "text": "new"})


@pytest.mark.parametrize(
    ("options", "given", "line", "config"),
    [
        pytest.param({}, {}, "# new mine x", {"text": "mine", "given": "x"}, id="none-given-keeps"),
        pytest.param({}, {"given": "y"}, "# new new y", {"given": "y"}, id="given-replaces"),
        pytest.param({"reset_values": True}, {}, "# new new ", {}, id="reset"),
        pytest.param(
            {"reuse_values": True},
            {"given": "y"},
            "# old mine y",
            {"text": "mine", "given": "y"},
            id="reuse-takes-old-defaults-too",
        ),
        pytest.param(
            {"reset_then_reuse_values": True},
            {"given": "y"},
            "# new mine y",
            {"text": "mine", "given": "y"},
            id="reset-then-reuse",
        ),
        pytest.param({"reset_values": True, "reuse_values": True}, {}, "# new new ", {}, id="reset-wins-over-reuse"),
    ],
)
def test_old_values(env, options, given, line, config):
    install(env, "web", OLD, {"text": "mine", "given": "x"})
    release = upgrade(env, "web", NEW, given, UpgradeOptions(**options))
    assert line in release.manifest
    assert release.config == config


def test_labels_are_merged(env):
    install(env, "web", make_chart(ONE), {}, InstallOptions(labels={"a": "1", "b": "2"}))
    release = upgrade(env, "web", make_chart(ONE), {}, UpgradeOptions(labels={"b": "null", "c": "3"}))
    assert release.labels == {"a": "1", "c": "3"}
    assert env.storage.last("web").labels["c"] == "3"


@pytest.mark.parametrize("dry_run", [DryRun.CLIENT, DryRun.SERVER])
def test_dry_runs_change_nothing(env, cluster, dry_run):
    install(env, "web", make_chart(ONE), {})
    before = cluster.info().revision
    release = upgrade(env, "web", make_chart(ONE), {"text": "two"}, UpgradeOptions(dry_run=dry_run))
    assert 'text: "two"' in release.manifest
    assert (release.info.status, release.info.description) == (Status.PENDING_UPGRADE, "Dry run complete")
    assert cluster.info().revision == before


def test_history_is_pruned(env, revisions):
    install(env, "web", make_chart(ONE), {})
    for _ in range(4):
        upgrade(env, "web", make_chart(ONE), {}, UpgradeOptions(history_max=3))
    assert revisions() == ["3 superseded", "4 superseded", "5 deployed"]


def test_waiting_sees_the_new_pods(env, find):
    chart = make_chart({"a.yaml": DEPLOYMENT})
    install(env, "web", chart, {}, InstallOptions(wait=WaitStrategy.WATCHER))
    upgrade(env, "web", chart, {"image": "nginx:2", "replicas": 3.0}, WAIT)
    status = find("deployment", "web")["status"]
    assert (status["updatedReplicas"], status["availableReplicas"]) == (3, 3)


@pytest.fixture
def running(env, cluster):
    """A release that runs, and an image that cannot."""
    chart = make_chart({"a.yaml": DEPLOYMENT, "b.yaml": config_map("bb")})
    install(env, "web", chart, {"replicas": 2.0}, InstallOptions(wait=WaitStrategy.WATCHER))
    cluster.images.deny("nginx:bad")
    return make_chart({"a.yaml": DEPLOYMENT, "b.yaml": config_map("bb"), "c.yaml": config_map("cc")})


BAD = {"replicas": 2.0, "image": "nginx:bad"}


def test_a_bad_upgrade_fails_and_the_old_pods_stay(env, find, revisions, running):
    with pytest.raises(ReleaseFailedError) as caught:
        upgrade(env, "web", running, BAD, WAIT)
    assert isinstance(caught.value.cause, NotReadyError)
    assert any("nginx:bad" in line for line in caught.value.cause.pending[0].culprits)
    assert revisions() == ["1 deployed", "2 failed"]
    assert env.storage.last("web").release().info.description == f'Upgrade "web" failed: {caught.value}'
    assert find("deployment", "web")["status"]["availableReplicas"] >= 1
    assert find("configmap", "cc") is not None


def test_the_next_upgrade_continues_from_what_was_deployed(env, revisions, running):
    with pytest.raises(ReleaseFailedError):
        upgrade(env, "web", running, BAD, WAIT)
    upgrade(env, "web", running, {"replicas": 2.0}, WAIT)
    assert revisions() == ["1 superseded", "2 failed", "3 deployed"]


def test_what_a_failed_upgrade_created_can_be_removed(env, find, running):
    with pytest.raises(ReleaseFailedError):
        upgrade(env, "web", running, BAD, UpgradeOptions(wait=WaitStrategy.WATCHER, timeout=60, cleanup_on_fail=True))
    assert find("configmap", "cc") is None
    assert find("configmap", "bb") is not None


def test_a_failed_upgrade_can_be_rolled_back_at_once(env, find, revisions, running):
    with pytest.raises(ReleaseFailedError) as caught:
        upgrade(env, "web", running, BAD, UpgradeOptions(rollback_on_failure=True, timeout=60))
    start = "release web failed, and has been rolled back due to rollback-on-failure being set: "
    assert str(caught.value) == f"{start}{caught.value.cause}"
    assert revisions() == ["1 superseded", "2 failed", "3 deployed"]
    assert env.storage.last("web").release().info.description == "Rollback to 1"
    deployment = find("deployment", "web")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx"
    assert deployment["status"]["availableReplicas"] == 2
    assert find("configmap", "cc") is None


def test_upgrading_what_never_worked(env, cluster, revisions):
    cluster.images.deny("nginx:bad")
    chart = make_chart({"a.yaml": DEPLOYMENT})
    with pytest.raises(ReleaseFailedError):
        install(env, "web", chart, BAD, InstallOptions(wait=WaitStrategy.WATCHER, timeout=60))
    upgrade(env, "web", chart, {"image": "nginx"}, WAIT)
    assert revisions() == ["1 superseded", "2 deployed"]


def test_refused_changes_are_all_told_and_nothing_is_deleted(env, find, revisions):
    selector = (
        "apiVersion: v1\nkind: Service\nmetadata: {{name: s{0}}}\nspec: {{clusterIP: {1}, ports: [{{port: 80}}]}}\n"
    )
    first = {
        "a.yaml": selector.format(1, "10.96.0.11"),
        "b.yaml": selector.format(2, "10.96.0.12"),
        "c.yaml": config_map("cc"),
    }
    install(env, "web", make_chart(first), {})
    second = {"a.yaml": selector.format(1, "10.96.0.21"), "b.yaml": selector.format(2, "10.96.0.22")}
    with pytest.raises(ReleaseFailedError) as caught:
        upgrade(env, "web", make_chart(second), {})
    cause = caught.value.cause
    assert isinstance(cause, ApplyError)
    assert [failure.name for failure in cause.failures] == ["s1", "s2"]
    assert " && server-side apply failed for object default/s2 /v1, Kind=Service: " in str(cause)
    assert find("configmap", "cc") is not None
    assert revisions() == ["1 deployed", "2 failed"]


def test_new_objects_must_not_belong_to_others(env, cluster, revisions):
    install(env, "web", make_chart(ONE), {})
    install(env, "other", make_chart({"b.yaml": config_map("bb")}), {})
    both = make_chart({"a.yaml": config_map("aa"), "b.yaml": config_map("bb")})
    with pytest.raises(OwnershipError) as caught:
        upgrade(env, "web", both, {})
    assert str(caught.value) == (
        'unable to continue with update: ConfigMap "bb" in namespace "default" exists and cannot be imported into the '
        "current release: invalid ownership metadata; annotation validation error: "
        'key "meta.helm.sh/release-name" must equal "web": current value is "other"'
    )
    assert revisions() == ["1 deployed"]
    upgrade(env, "web", both, {}, UpgradeOptions(take_ownership=True))
    assert revisions() == ["1 superseded", "2 deployed"]


def test_objects_that_want_to_stay_stay(env, told, find):
    keep = config_map("kk").replace("name: kk", "name: kk\n  annotations: {helm.sh/resource-policy: keep}")
    install(env, "web", make_chart({"a.yaml": config_map("aa"), "k.yaml": keep}), {})
    upgrade(env, "web", make_chart(ONE), {})
    assert "kept ConfigMap/kk" in told.changes
    assert find("configmap", "kk") is not None


def test_deleted_objects_come_back(env, cluster, told, find):
    from pyhelm.kube.objects import ObjectKey

    install(env, "web", make_chart(ONE), {})
    cluster.client.delete(cluster.client.catalog.for_kind("v1", "ConfigMap"), ObjectKey("default", "aa"))
    upgrade(env, "web", make_chart(ONE), {})
    assert told.changes[-1] == "created ConfigMap/aa"


def scale(cluster, replicas, manager):
    """Change a Deployment behind Helm's back."""
    from pyhelm.kube.client import PatchType
    from pyhelm.kube.objects import ObjectKey

    deployments = cluster.client.catalog.for_kind("apps/v1", "Deployment")
    cluster.client.patch(
        deployments,
        ObjectKey("default", "web"),
        PatchType.MERGE,
        {"spec": {"replicas": replicas}},
        options=WriteOptions(field_manager=manager),
    )


def test_fields_that_others_took_are_not_fought_over_unless_forced(env, cluster, find):
    chart = make_chart({"a.yaml": DEPLOYMENT})
    install(env, "web", chart, {})
    scale(cluster, 5, "autoscaler")
    with pytest.raises(ReleaseFailedError) as caught:
        upgrade(env, "web", chart, {"replicas": 2.0})
    assert str(caught.value).startswith(
        "conflict occurred while applying object default/web apps/v1, Kind=Deployment: "
    )
    assert '"autoscaler"' in str(caught.value)
    upgrade(env, "web", chart, {"replicas": 2.0}, UpgradeOptions(force_conflicts=True))
    assert find("deployment", "web")["spec"]["replicas"] == 2


def test_client_side_apply_merges_three_ways(env, cluster, find):
    chart = make_chart({"a.yaml": DEPLOYMENT})
    install(env, "web", chart, {}, InstallOptions(server_side=False))
    scale(cluster, 5, "somebody")
    release = upgrade(env, "web", chart, {"image": "nginx:2"})
    live = find("deployment", "web")
    assert release.apply_method == "csa"
    assert live["spec"]["replicas"] == 1
    assert live["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:2"


def test_fields_that_a_release_drops_vanish_after_changing_to_server_side_apply(env, find):
    more = config_map("aa") + "  extra: x\n"
    install(env, "web", make_chart({"a.yaml": more}), {}, InstallOptions(server_side=False))
    release = upgrade(env, "web", make_chart(ONE), {}, UpgradeOptions(server_side=ServerSide.TRUE))
    assert release.apply_method == "ssa"
    live = find("configmap", "aa")
    assert live["data"] == {"text": "one"}
    assert [(entry["manager"], entry["operation"]) for entry in live["metadata"]["managedFields"]] == [
        ("helm", "Apply")
    ]


def test_replacing_by_force(env, cluster, find):
    chart = make_chart(ONE)
    install(env, "web", chart, {}, InstallOptions(server_side=False))
    upgrade(env, "web", chart, {"text": "two"}, UpgradeOptions(force_replace=True))
    assert find("configmap", "aa")["data"] == {"text": "two"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(
            {"force_replace": True},
            "invalid operation: cannot use server-side apply and force replace together",
            id="replace",
        ),
        pytest.param(
            {"force_conflicts": True, "server_side": ServerSide.FALSE},
            "invalid client update option(s): forceConflicts enabled when serverSideApply disabled",
            id="conflicts",
        ),
    ],
)
def test_options_that_exclude_each_other(env, options, message):
    install(env, "web", make_chart(ONE), {})
    with pytest.raises((UsageError, ReleaseFailedError)) as caught:
        upgrade(env, "web", make_chart(ONE), {}, UpgradeOptions(**options))
    assert str(caught.value) == message


def test_hooks_run_around_an_upgrade(env, told):
    chart = make_chart(
        {
            **ONE,
            "h.yaml": hook("pre", "pre-upgrade"),
            "i.yaml": hook("post", "post-upgrade"),
            "j.yaml": hook("no", "pre-install,pre-rollback"),
        }
    )
    install(env, "web", make_chart(ONE), {})
    told.events.clear()
    upgrade(env, "web", chart, {})
    assert told.changes == ["created ConfigMap/pre", "unchanged ConfigMap/aa", "created ConfigMap/post"]
