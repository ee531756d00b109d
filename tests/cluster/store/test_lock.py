from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from pyhelm.cluster.store import ClusterLock
from pyhelm.errors import ClusterBusyError, StoreError

HOLD = """
import sys
from pathlib import Path
from pyhelm.cluster.store import ClusterLock
ClusterLock(Path(sys.argv[1]), command="pyhelm install web").acquire()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Return a process that holds the lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_owner_is_named_to_those_who_wait(tmp_path, other):
    with pytest.raises(ClusterBusyError) as caught:
        ClusterLock(tmp_path, command="pyhelm list", timeout=0).acquire()
    assert caught.value.owner == f"process {other.pid} (pyhelm install web)"
    assert str(tmp_path) in str(caught.value)


def test_killed_owner_loses_the_lock(tmp_path, other):
    other.kill()
    other.wait()
    with ClusterLock(tmp_path, command="pyhelm list", timeout=0):
        assert json.loads((tmp_path / "owner").read_text())["pid"] == os.getpid()


def test_lock_is_released_and_taken_again(tmp_path):
    lock = ClusterLock(tmp_path, command="one")
    with lock, pytest.raises(ClusterBusyError):
        ClusterLock(tmp_path, command="two", timeout=0).acquire()
    assert not (tmp_path / "owner").exists()
    lock.release()
    with ClusterLock(tmp_path, command="two", timeout=0):
        pass


def test_unreadable_owner_is_another_process(tmp_path):
    with ClusterLock(tmp_path, command="one"):
        (tmp_path / "owner").write_text("{")
        with pytest.raises(ClusterBusyError, match="another process"):
            ClusterLock(tmp_path, command="two", timeout=0).acquire()


def test_folder_is_made_for_its_owner_only(tmp_path):
    with ClusterLock(tmp_path / "new", command="one"):
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_impossible_folder_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        ClusterLock(tmp_path / "file" / "cluster", command="one").acquire()
