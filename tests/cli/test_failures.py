from __future__ import annotations

import pytest

from pyhelm.cli.failures import report
from pyhelm.cli.invocation import Invocation
from pyhelm.errors import (
    HookFailedError,
    NotFoundError,
    NotReadyError,
    PyhelmError,
    ReleaseFailedError,
    ReleaseNameError,
    ReleaseNameInUseError,
    ReleaseNotFoundError,
    ReleaseStorageError,
    Unready,
)


def missing_namespace() -> ReleaseStorageError:
    return ReleaseStorageError("web", "create: failed to create", NotFoundError('namespaces "team" not found'))


def slow_hook() -> HookFailedError:
    culprits = ("Pod hook-x: no such image",)
    pending = Unready("Job", "default", "hook", "status: InProgress, message: busy", culprits)
    return HookFailedError("web", "pre-install", "web/templates/hook.yaml", NotReadyError([pending], 5))


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        pytest.param(
            ReleaseNotFoundError("web"),
            [
                "Error: release: not found",
                'hint: there is no "web" in namespace "team"; list --all-namespaces shows what there is',
            ],
            id="no-release",
        ),
        pytest.param(
            ReleaseNotFoundError("web", 9),
            [
                "Error: release: not found",
                'hint: there is no revision 9 of "web" in namespace "team"; history shows those that are kept',
            ],
            id="no-revision",
        ),
        pytest.param(
            missing_namespace(),
            [
                'Error: create: failed to create: namespaces "team" not found',
                'hint: choose another namespace with -n, or create "team" with --create-namespace',
            ],
            id="no-namespace",
        ),
        pytest.param(
            ReleaseFailedError("web", "install", slow_hook(), stage="failed pre-install"),
            [
                "Error: failed pre-install: resource Job/default/hook not ready. status: InProgress, message: busy",
                "context deadline exceeded",
                "  Pod hook-x: no such image",
            ],
            id="hook",
        ),
        pytest.param(
            ReleaseNameInUseError("web", "deployed"),
            [
                'level=ERROR msg="release name check failed" error="cannot reuse a name that is still in use"',
                "Error: release name check failed: cannot reuse a name that is still in use",
            ],
            id="name-in-use",
        ),
        pytest.param(
            ReleaseNameError("A", "release name is invalid: A"), ["Error: release name is invalid: A"], id="bad-name"
        ),
    ],
)
def test_advice(error: PyhelmError, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    invocation = Invocation()
    invocation.given["namespace"] = "team"
    assert report(error, invocation) == 1
    assert capsys.readouterr().err.splitlines() == lines
