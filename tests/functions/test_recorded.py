"""Every function gives what real Helm gave for the same arguments (recorded by ``record.py``)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyhelm.functions import names
from tests.functions.expressions import Call, Outcome, from_json, outcome

GOLDEN = json.loads((Path(__file__).parent / "golden" / "helm.json").read_text())


def calls_in(expression: object) -> list[str]:
    if not isinstance(expression, Call):
        return []
    return [expression.name, *[name for arg in expression.args for name in calls_in(arg)]]


def recorded() -> dict[str, list[tuple[Call, Outcome]]]:
    by_name: dict[str, list[tuple[Call, Outcome]]] = {}
    for *expression, kind, text in GOLDEN["cases"]:
        made = from_json({"call": expression})
        by_name.setdefault(made.name, []).append((made, Outcome(kind, text)))
    return by_name


RECORDED = recorded()


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_gives_what_helm_gives(name):
    wrong = [
        f"{made}\n  helm: {expected}\n  here: {actual}"
        for made, expected in RECORDED[name]
        if (actual := outcome(made)) != expected
    ]
    assert not wrong, "\n".join(wrong)


def test_every_function_is_recorded():
    called = {name for cases in RECORDED.values() for made, _ in cases for name in calls_in(made)}
    assert called == names()
