"""A process that is killed at any write leaves a store that opens, with a prefix of its history."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pyhelm.cluster.store import Store

# Runs the same writes in a child process for each place to die at; the n-th write of the child is its last moment.
DRIVER = """
import json, os, signal, sys
from pathlib import Path
from pyhelm.cluster.store import Store

folder, commit_every = Path(sys.argv[1]), int(sys.argv[2])


def work(store):
    for number in range(6):
        store.put("pods", "a", f"p{number}", json.dumps({"n": number}))
        if number % commit_every == 0:
            store.commit()
            print(store.revision, flush=True)
    with store.transaction():
        store.put("pods", "a", "p0", '{"n": 100}')
        store.delete("pods", "a", "p1")
    store.set_meta("clock", store.revision)
    store.commit()
    store.compact(4)
    store.close()
    print(store.revision, flush=True)


position = 0
while True:
    writes = 0

    def die(step):
        global writes
        if writes == position:
            os.kill(os.getpid(), signal.SIGKILL)
        writes += 1

    child = os.fork()
    if not child:
        sys.stdout = open(folder / f"{position}.log", "w")
        work(Store(folder / str(position), before_write=die))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL, status
    position += 1
print(position)
"""


def states():
    """Return what is stored after each revision, as the work above goes."""
    found = [{}]
    for number in range(6):
        found.append({**found[-1], f"p{number}": number})
    found.append({**found[-1], "p0": 100})
    found.append({name: value for name, value in found[-1].items() if name != "p1"})
    return found


@pytest.mark.parametrize("commit_every", [1, 3], ids=["each-write", "batches"])
def test_killed_anywhere_leaves_a_prefix(tmp_path, commit_every):
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, str(tmp_path), str(commit_every)], capture_output=True, text=True, check=True
    )
    places = int(done.stdout)
    assert places > 20
    expected = states()
    ends = set()
    for place in range(places + 1):
        promised = [int(line) for line in (tmp_path / f"{place}.log").read_text().split()]
        with Store(tmp_path / str(place)) as store:
            revision = store.revision
            ends.add(revision)
            # What was committed is there.
            assert revision >= max(promised, default=0)
            # The two writes of the transaction come together.
            assert revision != 7
            assert {one.name: json.loads(one.value)["n"] for one in store.records("pods")} == expected[revision]
            kept = [entry.revision for entry in store.changes(store.compacted)]
            assert kept == list(range(store.compacted + 1, revision + 1))
            # And it goes on from there.
            assert store.put("pods", "a", "next", "{}") == revision + 1
    assert {0, 8} <= ends
