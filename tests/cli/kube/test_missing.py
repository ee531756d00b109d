from __future__ import annotations

import pytest

from pyhelm.cli import main


@pytest.mark.parametrize(
    ("word", "told"),
    [
        pytest.param("wait", '"pyhelm kube wait" is not supported in this version\nhint: `rollout status`', id="wait"),
        pytest.param("exec", '"pyhelm kube exec" is not supported in this version\nhint: containers', id="exec"),
        pytest.param("nonsense", 'unknown command "nonsense" for "pyhelm kube"', id="unknown"),
    ],
)
def test_what_kubectl_has_and_pyhelm_has_not(
    word: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pyhelm", "kube", word])
    with pytest.raises(SystemExit) as end:
        main.run()
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith(f"error: {told}")
