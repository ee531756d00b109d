import subprocess
import sys
from dataclasses import replace

import pytest

from pyhelm.action import owner
from pyhelm.action.owner import Owner, is_certainly_gone

OTHER = (
    "import sys; from pyhelm.action.owner import Owner; print(Owner.current().to_text(), flush=True); sys.stdin.read()"
)


def test_a_stamp_is_read_as_it_was_written():
    stamp = Owner.current()
    assert Owner.parse(stamp.to_text()) == stamp
    assert stamp.same_process(replace(stamp, stamped=1))
    assert not stamp.same_process(replace(stamp, started=stamp.started + 1))


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", '{"host": "a"}', "null", '{"host":1,"machine":2,"boot":3,"space":4,"pid":"x"}']
)
def test_what_is_no_stamp(text):
    assert Owner.parse(text) is None


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart through /proc")
def test_another_process_lives_and_dies():
    with subprocess.Popen([sys.executable, "-c", OTHER], stdin=-1, stdout=-1, text=True) as process:
        stamp = Owner.parse(process.stdout.readline())
        assert stamp.pid == process.pid
        assert not is_certainly_gone(stamp)
        # The number may be used again, by a process that started at another time.
        assert is_certainly_gone(replace(stamp, started=stamp.started + 1))
        process.stdin.close()
        process.wait(10)
    assert is_certainly_gone(stamp)


ME = Owner("host", "machine", "boot", "pid:[1]", 4242, 100, 1_000)


@pytest.mark.parametrize(
    ("changes", "alive", "started", "booted", "gone"),
    [
        pytest.param({}, True, 100, 0, False, id="runs"),
        pytest.param({}, False, None, 0, True, id="no-such-process"),
        pytest.param({}, True, 101, 0, True, id="another-process-has-its-number"),
        pytest.param({}, True, None, 0, False, id="start-cannot-be-read"),
        pytest.param({"started": 0}, True, 101, 0, False, id="start-was-unknown"),
        pytest.param({"host": "else"}, False, None, 0, False, id="another-host"),
        pytest.param({"machine": "else"}, False, None, 0, False, id="another-machine"),
        pytest.param({"space": "pid:[2]"}, False, None, 0, False, id="another-container"),
        pytest.param({"boot": ""}, False, None, 0, False, id="boot-unknown"),
        pytest.param({"boot": "before"}, True, 100, 2_000, True, id="machine-restarted-since"),
        pytest.param({"boot": "before"}, True, 100, 500, False, id="clone-of-the-machine"),
        pytest.param({"boot": "before"}, True, 100, None, False, id="time-of-boot-unknown"),
    ],
)
def test_in_doubt_it_lives(monkeypatch, changes, alive, started, booted, gone):
    monkeypatch.setattr(owner, "_is_process", lambda _pid: alive)
    monkeypatch.setattr(owner, "_start_of", lambda _pid: started)
    monkeypatch.setattr(owner, "_boot_time", lambda: booted)
    assert is_certainly_gone(replace(ME, **changes), ME) is gone


def test_nobody_is_not_gone():
    assert not is_certainly_gone(None, ME)
