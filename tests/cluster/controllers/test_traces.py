from __future__ import annotations

from contextlib import closing

import pytest

from tests.cluster.replay import TRACES, Bench, Replay, load


@pytest.mark.parametrize("name", sorted(path.stem for path in TRACES.glob("*.json")))
def test_controllers_do_what_kubernetes_did(name, tmp_path):
    trace = load(name)
    bench = Bench(tmp_path)
    with closing(bench.store):
        replay = Replay(bench, trace)
        for number, step in enumerate(trace["steps"]):
            differences = replay.differences(step)
            assert not differences, f"step {number} {step['do']}:\n" + "\n".join(differences)
