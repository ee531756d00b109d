from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from pyhelm.cli import main
from pyhelm.cli.commands import version

if TYPE_CHECKING:
    from pathlib import Path


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


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_closed_streams_are_no_bug(
    stream: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pyhelm", "version"])
    monkeypatch.setattr(f"sys.{stream}", None)
    with pytest.raises(SystemExit) as end:
        main.run()
    assert end.value.code == 0
    getattr(main.sys, stream).close()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("answer", ["", "n\n"])
def test_an_unconfirmed_reset_deletes_nothing(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["pyhelm", "cluster", "reset", "--cluster", str(tmp_path)])
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    with pytest.raises(SystemExit) as end:
        main.run()
    assert end.value.code == 1
    assert capsys.readouterr().err.endswith("Error: nothing was deleted: answer y, or give --yes\n")
    assert list(tmp_path.iterdir()) == []
