from __future__ import annotations

import pytest

from pyhelm.cli import main
from pyhelm.cli.commands import version


def test_a_bug_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(**_: object) -> None:
        raise ValueError("three is not two")

    monkeypatch.setattr(version.version, "callback", broken)
    for flags in ([], ["--debug"]):
        monkeypatch.setattr("sys.argv", ["pyhelm", "version", *flags])
        with pytest.raises(SystemExit) as end:
            main.run()
        assert end.value.code == 1
        told = capsys.readouterr().err
        assert "Error: internal error: ValueError: three is not two\nhint: this is a bug" in told
        assert ("Traceback" in told) == bool(flags)
