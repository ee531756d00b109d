from __future__ import annotations

import pytest

from pyhelm.cli.failures import report
from pyhelm.cli.invocation import Invocation
from pyhelm.errors import NotFoundError, PyhelmError, ReleaseNotFoundError, ReleaseStorageError


def missing_namespace() -> ReleaseStorageError:
    return ReleaseStorageError("web", "create: failed to create", NotFoundError('namespaces "team" not found'))


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
    ],
)
def test_advice(error: PyhelmError, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    invocation = Invocation()
    invocation.given["namespace"] = "team"
    assert report(error, invocation) == 1
    assert capsys.readouterr().err.splitlines() == lines
