"""Every answer of the real kubectl to a reading command line, on the same objects.

The cells of tables come from the server; here they were pyhelm's own, so for tables only the layout is compared.
"""

from __future__ import annotations

import shlex

import pytest

from pyhelm.cli.invocation import Invocation
from tests.cli.kube.static import opened, recorded

CASES = recorded("answers")["cases"]


@pytest.mark.usefixtures("utc")
@pytest.mark.parametrize("case", [pytest.param(case, id=shlex.join(case["args"]) or "nothing") for case in CASES])
def test_answer(case, run, monkeypatch):
    monkeypatch.setattr(Invocation, "cluster", opened)
    answer = run(*case["args"])
    assert answer.out == case["stdout"]
    assert _ours(answer.err) == _ours(case["stderr"])
    assert answer.code == case["exit"]


def _ours(text):
    """Leave out the program's name, which is not the same, and where its help is."""
    return text.replace("pyhelm kube", "kubectl")
