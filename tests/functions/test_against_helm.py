"""Random calls in real Helm and here: other ones each time the seed is changed."""

from __future__ import annotations

import random

from tests.functions.arguments import random_calls
from tests.functions.expressions import call, outcome, outcomes_in_helm

SEED = 1
SCALARS = [None, "", "x", False, True, 0.0, 1.5, 0, [], ["a", None]]


def random_map(source, depth=0):
    made = {}
    for key in source.sample("abcdef", source.randint(0, 4)):
        deeper = depth < 3 and source.random() < 0.4
        made[key] = random_map(source, depth + 1) if deeper else source.choice(SCALARS)
    return made


def compare(helm, folder, calls):
    wrong = [
        f"{made}\n  helm: {expected}\n  here: {actual}"
        for made, expected in zip(calls, outcomes_in_helm(helm, folder, calls), strict=True)
        if (actual := outcome(made)) != expected
    ]
    assert not wrong, "\n".join(wrong)


def test_every_function(helm, tmp_path):
    calls = [made for made in random_calls(random.Random(SEED), 3) if not outcome(made).failed]
    assert len(calls) > 300
    compare(helm, tmp_path, calls)


def test_maps(helm, tmp_path):
    source = random.Random(SEED)
    calls = []
    for _ in range(60):
        merge = source.choice(["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"])
        calls.append(call(merge, *[random_map(source) for _ in range(source.randint(1, 3))]))
        write = source.choice(["toJson", "toPrettyJson", "toRawJson", "toToml", "toYaml", "toYamlPretty", "deepCopy"])
        calls.append(call(write, random_map(source)))
    compare(helm, tmp_path, calls)
