import pytest

from pyhelm.action import progress
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.upgrade import upgrade
from pyhelm.errors import HookFailedError, NotReadyError, ReleaseFailedError
from tests.action.charts import config_map, hook, make_chart, pod_hook


def test_weight_then_name_then_kind_decide(env, told):
    chart = make_chart(
        {
            "a.yaml": hook("c5", "pre-install", weight=5),
            "b.yaml": hook("zz", "pre-install"),
            "c.yaml": hook("aa", "pre-install,post-install"),
            "d.yaml": hook("m5", "pre-install", weight=-5),
            "e.yaml": hook("aa", "pre-install", kind="ServiceAccount"),
            "f.yaml": config_map("own"),
        }
    )
    install(env, "web", chart, {})
    created = [change.removeprefix("created ") for change in told.changes if change.startswith("created")]
    assert created == [
        "ConfigMap/m5",
        "ServiceAccount/aa",
        "ConfigMap/aa",
        "ConfigMap/zz",
        "ConfigMap/c5",
        "ConfigMap/own",
        "ConfigMap/aa",
    ]


def test_hooks_do_not_belong_to_the_release(env, find):
    install(env, "web", make_chart({"h.yaml": hook("hh", "pre-install")}), {})
    assert "labels" not in find("configmap", "hh")["metadata"]
    assert env.storage.last("web").release().manifest == ""


def test_a_pod_is_waited_for(env, cluster, told):
    before = cluster.client.now()
    release = install(env, "web", make_chart({"h.yaml": pod_hook("hh", "pre-install"), "a.yaml": config_map("aa")}), {})
    assert told.changes == ["created Pod/hh", "created ConfigMap/aa"]
    assert (cluster.client.now() - before).total_seconds() >= 3
    run = env.storage.last("web").release().hooks[0].last_run
    assert run.phase == "Succeeded"
    assert run == release.hooks[0].last_run
    assert (run.completed_at - run.started_at).total_seconds() >= 3


def test_the_record_says_that_a_hook_runs(env):
    phases = []

    def listen(event):
        if isinstance(event, progress.HookStarted):
            phases.append(env.storage.last("web").release().hooks[0].last_run.phase)

    env.listener = listen
    install(env, "web", make_chart({"h.yaml": hook("hh", "pre-install")}), {})
    assert phases == ["Running"]


@pytest.mark.parametrize(
    ("event", "stage"),
    [pytest.param("pre-install", "failed pre-install"), pytest.param("post-install", "failed post-install")],
)
def test_a_failed_hook_fails_the_release(env, told, find, revisions, event, stage):
    chart = make_chart({"h.yaml": pod_hook("hh", event, exit_code=3), "a.yaml": config_map("aa")})
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", chart, {})
    error = caught.value
    assert isinstance(error.cause, HookFailedError)
    assert isinstance(error.cause.cause, NotReadyError)
    assert (error.cause.event, error.cause.path) == (event, "web/templates/h.yaml")
    assert (
        str(error).splitlines()[0]
        == f"{stage}: resource Pod/default/hh not ready. status: Failed, message: pod hh failed"
    )
    assert revisions() == ["1 failed"]
    release = env.storage.last("web").release()
    assert release.hooks[0].last_run.phase == "Failed"
    assert release.info.description == f'Release "web" failed: {error}'
    assert (find("configmap", "aa") is None) == (event == "pre-install")
    assert told.of(progress.HookFinished)[0].phase == "Failed"


def test_upgrades_word_it_differently(env):
    install(env, "web", make_chart({}), {})
    with pytest.raises(ReleaseFailedError, match=r"^pre-upgrade hooks failed: resource Pod/default/hh not ready\. "):
        upgrade(env, "web", make_chart({"h.yaml": pod_hook("hh", "pre-upgrade", exit_code=1)}), {})


def test_a_hook_that_does_not_end_is_given_up(env):
    text = pod_hook("hh", "pre-install").replace('exit-after: "3"', 'exit-after: "1h"')
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"h.yaml": text}), {}, InstallOptions(timeout=20))
    assert str(caught.value).splitlines()[-1] == "context deadline exceeded"


def test_a_refused_hook(env):
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"h.yaml": hook("UPPER", "pre-install")}), {})
    assert str(caught.value).startswith(
        "failed pre-install: warning: Hook pre-install web/templates/h.yaml failed: "
        "server-side apply failed for object default/UPPER /v1, Kind=ConfigMap: "
    )


def test_an_unknown_kind(env):
    text = hook("hh", "pre-install").replace("kind: ConfigMap", "kind: Widget")
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"h.yaml": text}), {})
    assert str(caught.value).startswith("failed pre-install: unable to build kubernetes object for deleting hook ")


def test_no_hooks(env, told):
    options = InstallOptions(no_hooks=True)
    release = install(env, "web", make_chart({"h.yaml": hook("hh", "pre-install")}), {}, options)
    assert told.changes == []
    assert len(release.hooks) == 1


@pytest.mark.parametrize(
    ("policy", "exit_code", "left"),
    [
        pytest.param("", 0, True, id="default-keeps"),
        pytest.param("hook-succeeded", 0, False, id="succeeded"),
        pytest.param("hook-succeeded", 1, True, id="succeeded-only"),
        pytest.param("hook-failed", 1, False, id="failed"),
        pytest.param("hook-failed", 0, True, id="failed-only"),
        pytest.param('"hook-failed, hook-succeeded"', 0, False, id="both"),
    ],
)
def test_delete_policies(env, find, policy, exit_code, left):
    chart = make_chart({"h.yaml": pod_hook("hh", "pre-install", policy=policy, exit_code=exit_code)})
    if exit_code:
        with pytest.raises(ReleaseFailedError):
            install(env, "web", chart, {})
    else:
        install(env, "web", chart, {})
    assert (find("pod", "hh") is not None) == left


def test_hooks_that_succeeded_before_one_failed_are_cleaned_up(env, find):
    chart = make_chart(
        {
            "a.yaml": pod_hook("first", "pre-install", weight=1, policy="hook-succeeded"),
            "b.yaml": pod_hook("second", "pre-install", weight=2, exit_code=1),
        }
    )
    with pytest.raises(ReleaseFailedError):
        install(env, "web", chart, {})
    assert find("pod", "first") is None
    assert find("pod", "second") is not None


def test_a_hook_is_created_anew_each_time(env, find):
    chart = make_chart({"h.yaml": pod_hook("hh", "pre-install,pre-upgrade")})
    install(env, "web", chart, {})
    first = find("pod", "hh")["metadata"]["uid"]
    upgrade(env, "web", chart, {})
    assert find("pod", "hh")["metadata"]["uid"] != first


def test_without_the_policy_a_hooks_object_is_applied_again(env, told, find):
    chart = make_chart({"h.yaml": hook("hh", "pre-install,pre-upgrade", policy="hook-failed")})
    install(env, "web", chart, {})
    first = find("configmap", "hh")["metadata"]["uid"]
    upgrade(env, "web", chart, {})
    assert find("configmap", "hh")["metadata"]["uid"] == first


def test_definitions_are_never_deleted(env, find):
    from tests.action.test_install import CRD

    text = CRD.replace("metadata:\n", 'metadata:\n  annotations: {helm.sh/hook: "pre-install,pre-upgrade"}\n')
    chart = make_chart({"h.yaml": text})
    install(env, "web", chart, {})
    first = find("crd", "widgets.example.test")["metadata"]["uid"]
    upgrade(env, "web", chart, {})
    assert find("crd", "widgets.example.test")["metadata"]["uid"] == first


@pytest.mark.parametrize(
    ("logs", "exit_code", "count"), [("hook-succeeded", 0, 1), ("hook-failed", 1, 1), ("hook-failed", 0, 0)]
)
def test_logs_are_passed_on(env, told, logs, exit_code, count):
    chart = make_chart({"h.yaml": pod_hook("hh", "pre-install", logs=logs, exit_code=exit_code)})
    if exit_code:
        with pytest.raises(ReleaseFailedError):
            install(env, "web", chart, {})
    else:
        install(env, "web", chart, {})
    found = told.of(progress.HookLog)
    assert [(log.namespace, log.pod, log.container) for log in found] == [("default", "hh", "main")] * count
