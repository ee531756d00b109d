"""Conditions, tags, aliases and import-values."""

from __future__ import annotations

import copy
import random

import pytest

from pyhelm.errors import PyhelmError
from pyhelm.values import coalesce, resolve_dependencies


def leaf(name, **values):
    return {"name": name, "values": values}


def parent(*declares, values=None, subcharts=()):
    return {"name": "c", "values": values or {}, "declares": list(declares), "subcharts": list(subcharts)}


A, B = leaf("a", x=1, exports={"data": {"p": 1}}), leaf("b", x=2)


@pytest.mark.parametrize(
    ("spec", "user", "names"),
    [
        pytest.param(parent({"name": "a"}, {"name": "b"}, subcharts=[A, B]), {}, ["a", "b"], id="all-by-default"),
        pytest.param(
            parent({"name": "a", "condition": "a.enabled"}, subcharts=[A]),
            {"a": {"enabled": False}},
            [],
            id="condition",
        ),
        pytest.param(
            parent({"name": "a", "condition": "z.q,a.enabled"}, subcharts=[A]),
            {"a": {"enabled": False}},
            [],
            id="first-condition-that-is-set",
        ),
        pytest.param(
            parent({"name": "a", "condition": "a.enabled"}, subcharts=[A]),
            {"a": {"enabled": "no"}},
            ["a"],
            id="no-bool",
        ),
        pytest.param(
            parent({"name": "a", "tags": ["t", "u"]}, {"name": "b", "tags": ["t"]}, subcharts=[A, B]),
            {"tags": {"t": False, "u": True}},
            ["a"],
            id="one-true-tag-suffices",
        ),
        pytest.param(
            parent({"name": "a", "tags": ["t"], "condition": "on.it"}, subcharts=[A]),
            {"tags": {"t": False}, "on.it": 1, "on": {"it": True}},
            ["a"],
            id="condition-over-tag",
        ),
        pytest.param(
            parent({"name": "a", "alias": "p"}, {"name": "a", "alias": "q"}, subcharts=[A]),
            {},
            ["p", "q"],
            id="aliases",
        ),
        pytest.param(parent({"name": "a", "version": ">2"}, subcharts=[A]), {}, ["a"], id="wrong-version-stays"),
        pytest.param(
            parent({"name": "a", "version": ">2", "condition": "off.it"}, subcharts=[A]),
            {"off": {"it": False}},
            [],
            id="wrong-version-switched-off-by-name",
        ),
        pytest.param(parent({"name": "a"}, subcharts=[A, B]), {}, ["a", "b"], id="undeclared-stays"),
    ],
)
def test_which_subcharts(build, rendered, spec, user, names):
    chart = resolve_dependencies(build(spec), user)
    assert sorted(child.name for child in chart.dependencies) == names
    paths = rendered(spec, user=user)
    if isinstance(paths, dict):
        assert sorted(path.split("/")[2] for path in paths if "/charts/" in path) == names


@pytest.mark.parametrize(
    ("imports", "values", "root"),
    [
        pytest.param(["data"], {}, {"p": 1.0}, id="exports"),
        pytest.param([{"child": "exports.data", "parent": "q.r"}], {}, {"q": {"r": {"p": 1.0}}}, id="map-form"),
        pytest.param(["data"], {"p": 5}, {"p": 5.0}, id="own-values-win"),
        pytest.param(["nothing"], {}, {}, id="missing"),
    ],
)
def test_import_values(build, rendered, imports, values, root):
    spec = parent({"name": "a", "import-values": imports}, values=values, subcharts=[A])
    found = coalesce(resolve_dependencies(build(spec), {}), {})
    assert found == {**root, "a": {"x": 1.0, "exports": {"data": {"p": 1.0}}, "global": {}}}
    assert rendered(spec)["c/templates/t.yaml"] == found


def test_the_chart_is_not_changed(build):
    spec = parent(
        {"name": "a", "alias": "p", "import-values": ["data"]}, {"name": "b", "condition": "off"}, subcharts=[A, B]
    )
    chart, again = build(spec), build(spec)
    result = resolve_dependencies(chart, {"off": False})
    assert repr(chart) == repr(again)
    assert result.dependencies[0].full_path == "c/charts/p"
    assert result.dependencies[0].parent is result


def test_warnings(build):
    seen = []
    imports = ["none", {"child": "exports.gone", "parent": "."}]
    spec = parent({"name": "a", "condition": "x.z", "tags": ["t"], "import-values": imports}, subcharts=[A])
    resolve_dependencies(build(spec), {"x": {"z": "no"}, "tags": {"t": 1}}, warn=seen.append)
    assert [(warning.message, dict(warning.facts)) for warning in seen] == [
        ("returned non-bool value", {"tag": "t", "chart": "a"}),
        ("returned non-bool value", {"path": "x.z", "chart": "a"}),
        ("ImportValues missing table", {"error": '"none" is not a table'}),
        ("ImportValues missing table from chart", {"chart": "a", "error": '"gone" is not a table'}),
    ]
    assert [warning.path for warning in seen] == ["t", "x.z", "a.exports.none", "a.exports.gone"]


def test_agrees_with_helm(build, rendered):
    different = []
    tried = 0
    for seed in range(60):
        spec, user = _random_chart(random.Random(seed))
        answer = rendered(spec, user=user)
        if isinstance(answer, str) and "more than one dependency" in answer:
            continue
        tried += 1
        try:
            found = _by_path(resolve_dependencies(build(spec), copy.deepcopy(user)), user)
        except PyhelmError as error:
            if str(error) not in str(answer):
                different.append((seed, str(error), answer))
            continue
        if found != answer:
            different.append((seed, found, answer))
    assert different == []
    assert tried > 30


def _by_path(chart, user):
    found = {}

    def walk(here, values):
        found[f"{here.full_path}/templates/t.yaml"] = values
        for child in here.dependencies:
            walk(child, values[child.name])

    walk(chart, coalesce(chart, user))
    return found


def _random_chart(dice):
    def scalar():
        return dice.choice([1, 2, "x", None, None, True, False, [1, None], 1.5, ""])

    def table(depth):
        names = [name for name in ("a", "b", "enabled") if dice.random() < 0.5]
        return {name: table(depth - 1) if depth and dice.random() < 0.5 else scalar() for name in names}

    def values():
        made = {}
        for name in ("a", "b", "global", "tags", "s1", "s2", "exports"):
            if dice.random() < 0.6:
                continue
            if name == "tags":
                made[name] = {tag: dice.choice([True, False, None]) for tag in ("t1", "t2")}
            elif name == "exports":
                made[name] = {"data": table(2)}
            else:
                made[name] = table(2)
                if name.startswith("s") and dice.random() < 0.5:
                    made[name].update({"enabled": dice.choice([True, False]), "global": table(2)})
        return made

    def chart(name, depth):
        made = {"name": name, "values": values(), "declares": [], "subcharts": []}
        for child in dice.sample(["s1", "s2", "s3"], dice.choice([0, 1, 2]) if depth < 2 else 0):
            made["subcharts"].append(chart(child, depth + 1))
            for _ in range(dice.choice([1, 1, 1, 0, 2])):
                entry = {"name": child, "version": dice.choice(["*", "^1", "1.0.0"])}
                if dice.random() < 0.4:
                    entry["condition"] = dice.choice([f"{child}.enabled", "a.enabled", "global.enabled", "enabled"])
                if dice.random() < 0.4:
                    entry["tags"] = dice.sample(["t1", "t2"], dice.choice([1, 2]))
                if dice.random() < 0.3:
                    entry["alias"] = dice.choice(["p", "q", "s4"])
                if dice.random() < 0.5:
                    forms = ["data", {"child": "a", "parent": "d"}, {"child": "global", "parent": "global"}]
                    entry["import-values"] = dice.sample(forms, dice.choice([1, 2]))
                made["declares"].append(entry)
        return made

    return chart("c", 0), values() if dice.random() < 0.7 else {}
