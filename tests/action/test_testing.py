import pytest

from pyhelm.action.install import install
from pyhelm.action.testing import TestOptions, run_tests
from pyhelm.errors import ReleaseNameError, ReleaseNotFoundError
from tests.action.charts import hook, make_chart, pod_hook

CHART = make_chart(
    {
        "a.yaml": pod_hook("good", "test", weight=1, policy="hook-succeeded"),
        "b.yaml": pod_hook("better", "test-success", weight=2),
        "c.yaml": hook("other", "pre-install"),
    }
)


@pytest.fixture
def web(env):
    install(env, "web", CHART, {})


def phases(release):
    return {item.name: item.last_run.phase for item in release.hooks}


def test_all_tests_run_in_order(env, web, told, find):
    told.events.clear()
    run = run_tests(env, "web")
    assert told.changes == ["created Pod/good", "created Pod/better"]
    assert run.failure is None
    assert phases(run.release) == {"good": "Succeeded", "better": "Succeeded", "other": "Succeeded"}
    assert phases(env.storage.last("web").release()) == phases(run.release)
    assert find("pod", "good") is not None
    run.finish()
    run.finish()
    assert find("pod", "good") is None
    assert find("pod", "better") is not None


@pytest.mark.parametrize(
    ("options", "created"),
    [
        pytest.param(TestOptions(include=["better"]), ["created Pod/better"], id="include"),
        pytest.param(TestOptions(exclude=["better"]), ["created Pod/good"], id="exclude"),
        pytest.param(TestOptions(include=["good"], exclude=["good"]), [], id="both"),
    ],
)
def test_filters(env, web, told, options, created):
    told.events.clear()
    run = run_tests(env, "web", options)
    assert told.changes == created
    assert len(env.storage.last("web").release().hooks) == 3
    assert {log.pod for log in run.logs()} == {change.rpartition("/")[2] for change in created}


def test_the_first_failure_ends_it(env, told):
    chart = make_chart(
        {"a.yaml": pod_hook("bad", "test", weight=1, exit_code=1), "b.yaml": pod_hook("next", "test", weight=2)}
    )
    install(env, "web", chart, {})
    run = run_tests(env, "web")
    assert str(run.failure).startswith("resource Pod/default/bad not ready. status: Failed, message: pod bad failed")
    assert phases(env.storage.last("web").release()) == {"bad": "Failed", "next": ""}
    run.finish()


def test_logs(env, web):
    run = run_tests(env, "web")
    assert [(log.pod, log.container, log.error) for log in run.logs()] == [
        ("good", "main", None),
        ("better", "main", None),
    ]
    run.finish()
    (first, *_rest) = run.logs()
    assert first.pod == "good"
    assert "not found" in str(first.error)


def test_what_is_not_there(env):
    with pytest.raises(ReleaseNotFoundError):
        run_tests(env, "web")
    with pytest.raises(ReleaseNameError, match="releaseTest: Release name is invalid: Web"):
        run_tests(env, "Web")
