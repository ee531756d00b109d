import pytest

from pyhelm.action import progress
from pyhelm.action.environment import WaitStrategy
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.action.upgrade import upgrade
from pyhelm.errors import (
    HookFailedError,
    ReleaseFailedError,
    ReleaseNameError,
    ReleaseNotFoundError,
    ReleaseUninstalledError,
)
from pyhelm.kube.client import PatchType, Propagation
from pyhelm.kube.objects import ObjectKey
from pyhelm.release.record import Status
from tests.action.charts import DEPLOYMENT, config_map, hook, make_chart, pod_hook

BOTH = {"a.yaml": DEPLOYMENT, "b.yaml": config_map("bb")}


def patch(cluster, kind, name, body):
    resource = cluster.client.catalog.find(kind)
    cluster.client.patch(resource, ObjectKey("default", name), PatchType.MERGE, body)


def test_objects_go_in_reverse_order_and_nothing_is_left(env, told, find):
    install(env, "web", make_chart(BOTH), {})
    upgrade(env, "web", make_chart(BOTH), {})
    told.events.clear()
    result = uninstall(env, "web")
    assert told.changes == ["deleted Deployment/web", "deleted ConfigMap/bb"]
    assert (result.info, result.release.version) == ("", 2)
    with pytest.raises(ReleaseNotFoundError):
        env.storage.history("web")


def test_waiting_until_all_is_gone(env, cluster, find):
    install(env, "web", make_chart(BOTH), {}, InstallOptions(wait=WaitStrategy.WATCHER))
    options = UninstallOptions(wait=WaitStrategy.WATCHER, cascade=Propagation.FOREGROUND)
    uninstall(env, "web", options)
    assert find("deployment", "web") is None
    assert cluster.client.list(cluster.client.catalog.for_kind("v1", "Pod"), "default").items == []


def test_orphans_stay(env, find, cluster):
    install(env, "web", make_chart(BOTH), {}, InstallOptions(wait=WaitStrategy.WATCHER))
    uninstall(env, "web", UninstallOptions(cascade=Propagation.ORPHAN))
    cluster.settle()
    assert find("deployment", "web") is None
    assert len(cluster.client.list(cluster.client.catalog.for_kind("v1", "Pod"), "default").items) == 1


def test_history_can_be_kept(env, revisions):
    install(env, "web", make_chart(BOTH), {})
    upgrade(env, "web", make_chart(BOTH), {})
    options = UninstallOptions(keep_history=True, description="no more")
    release = uninstall(env, "web", options).release
    assert (release.info.status, release.info.description) == (Status.UNINSTALLED, "no more")
    assert release.info.deleted is not None
    assert revisions() == ["1 superseded", "2 uninstalled"]
    with pytest.raises(ReleaseUninstalledError, match='the release named "web" is already deleted'):
        uninstall(env, "web", options)
    uninstall(env, "web")
    with pytest.raises(ReleaseNotFoundError):
        env.storage.history("web")


def test_what_is_not_there(env):
    with pytest.raises(ReleaseNotFoundError, match=r"^uninstall: Release not loaded: web: release: not found$"):
        uninstall(env, "web")
    assert uninstall(env, "web", UninstallOptions(ignore_not_found=True)).release is None
    with pytest.raises(ReleaseNameError, match=r"^uninstall: Release name is invalid: Web$"):
        uninstall(env, "Web")


def keeping(name, policy="keep"):
    return config_map(name).replace(
        f"name: {name}", f"name: {name}\n  annotations: {{helm.sh/resource-policy: {policy}}}"
    )


def test_what_wants_to_stay_stays(env, find):
    install(env, "web", make_chart({"a.yaml": keeping("k1", '" Keep "'), "b.yaml": config_map("bb")}), {})
    result = uninstall(env, "web")
    assert result.info == "These resources were kept due to the resource policy:\n[ConfigMap] k1\n"
    assert find("configmap", "k1") is not None
    assert find("configmap", "bb") is None


def test_what_is_not_ours_any_more_stays(env, cluster, told, find):
    install(env, "web", make_chart({"a.yaml": keeping("k1"), "b.yaml": config_map("bb")}), {})
    patch(cluster, "configmap", "bb", {"metadata": {"annotations": {"meta.helm.sh/release-name": "other"}}})
    result = uninstall(env, "web")
    assert result.info == (
        "These resources were kept due to the resource policy:\n[ConfigMap] k1\n\n"
        "1 resource(s) were not deleted because they are not owned by this release:\n[ConfigMap] bb\n"
    )
    assert find("configmap", "bb") is not None
    notes = [event.message for event in told.of(progress.Noted)]
    assert notes == ["skipping delete of resource not owned by this release"]


def test_dry_runs_tell_and_change_nothing(env, cluster):
    install(env, "web", make_chart({"a.yaml": keeping("k1"), "b.yaml": config_map("bb")}), {})
    before = cluster.info().revision
    result = uninstall(env, "web", UninstallOptions(dry_run=True))
    assert result.kept == [("ConfigMap", "k1")]
    assert cluster.info().revision == before
    with pytest.raises(ReleaseNotFoundError, match=r"^release: not found$"):
        uninstall(env, "other", UninstallOptions(dry_run=True))


def test_objects_that_are_gone_already_are_no_trouble(env, cluster):
    install(env, "web", make_chart({"b.yaml": config_map("bb")}), {})
    cluster.client.delete(cluster.client.catalog.find("configmap"), ObjectKey("default", "bb"))
    uninstall(env, "web", UninstallOptions(wait=WaitStrategy.WATCHER))


def test_hooks_run_around_it(env, told):
    chart = make_chart({**BOTH, "h.yaml": hook("pre", "pre-delete"), "i.yaml": hook("post", "post-delete")})
    install(env, "web", chart, {})
    told.events.clear()
    uninstall(env, "web")
    assert told.changes == [
        "created ConfigMap/pre",
        "deleted Deployment/web",
        "deleted ConfigMap/bb",
        "created ConfigMap/post",
    ]


def test_a_failed_hook_before_it_stops_it(env, find, revisions):
    install(
        env, "web", make_chart({"b.yaml": config_map("bb"), "h.yaml": pod_hook("hh", "pre-delete", exit_code=1)}), {}
    )
    with pytest.raises(HookFailedError, match="pod hh failed"):
        uninstall(env, "web")
    assert find("configmap", "bb") is not None
    assert revisions() == ["1 uninstalling"]
    uninstall(env, "web", UninstallOptions(no_hooks=True))
    assert find("configmap", "bb") is None


def test_a_failed_hook_after_it_is_told(env, find):
    install(env, "web", make_chart({"h.yaml": pod_hook("hh", "post-delete", exit_code=1)}), {})
    with pytest.raises(ReleaseFailedError) as caught:
        uninstall(env, "web")
    assert str(caught.value).startswith("uninstallation completed with 1 error(s): resource Pod/default/hh not ready. ")
    with pytest.raises(ReleaseNotFoundError):
        env.storage.history("web")


def test_what_is_held_back_is_told_after_a_while(env, cluster, find):
    install(env, "web", make_chart({"b.yaml": config_map("bb")}), {})
    patch(cluster, "configmap", "bb", {"metadata": {"finalizers": ["example.test/wait"]}})
    with pytest.raises(ReleaseFailedError) as caught:
        uninstall(env, "web", UninstallOptions(wait=WaitStrategy.WATCHER, timeout=5))
    assert "uninstallation completed with 1 error(s): resource ConfigMap/default/bb still exists. " in str(caught.value)
    assert find("configmap", "bb") is not None


def test_kinds_that_are_gone_stop_it(env, cluster):
    from tests.action.test_install import CRD, WIDGET

    install(env, "web", make_chart({"w.yaml": WIDGET}, files={"crds/widget.yaml": CRD}), {})
    cluster.client.delete(cluster.client.catalog.find("crd"), ObjectKey("", "widgets.example.test"))
    cluster.settle()
    with pytest.raises(ReleaseFailedError) as caught:
        uninstall(env, "web")
    assert str(caught.value).startswith(
        "failed to delete release: web: unable to build kubernetes objects for delete: "
    )
