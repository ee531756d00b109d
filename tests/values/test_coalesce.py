"""Defaults under the user's values, through subcharts."""

from __future__ import annotations

import copy
import time

import pytest

from pyhelm.errors import ValuesError
from pyhelm.values import coalesce, coalesce_tables, merge_tables


def leaf(name, **values):
    return {"name": name, "values": values}


@pytest.mark.parametrize(
    ("spec", "user", "values"),
    [
        pytest.param(leaf("c", a=1, b={"x": 1}), {"b": {"z": 2}}, {"a": 1, "b": {"x": 1, "z": 2}}, id="maps-add-up"),
        pytest.param(leaf("c", a=[1, 2]), {"a": [3]}, {"a": [3]}, id="lists-are-replaced"),
        pytest.param(leaf("c", a=1, b={"x": 1}), {"a": None, "b": {"x": None}}, {"b": {}}, id="null-removes-a-default"),
        pytest.param(leaf("c"), {"a": None}, {"a": None}, id="null-without-default-stays"),
        pytest.param(leaf("c", a=None, b={"x": None}, c=[None]), {}, {"b": {}, "c": [None]}, id="default-nulls-go"),
        pytest.param(
            {"name": "c", "values": {"s": {"a": 2}}, "subcharts": [leaf("s", a=1, b=1)]},
            {"s": {"b": None}},
            {"s": {"a": 2, "global": {}}},
            id="parent-over-child",
        ),
        pytest.param(
            {
                "name": "c",
                "values": {"global": {"a": {"p": 1}}},
                "subcharts": [leaf("s", **{"global": {"a": {"q": 1}}})],
            },
            {"global": {"b": 1}},
            {"global": {"a": {"p": 1}, "b": 1}, "s": {"global": {"a": {"p": 1, "q": 1}, "b": 1}}},
            id="globals-go-down",
        ),
        pytest.param(
            {
                "name": "c",
                "values": {"global": {"a": {"p": {"x": 1}}}},
                "subcharts": [leaf("s", **{"global": {"a": {"p": {"z": 1}}}})],
            },
            {},
            {"global": {"a": {"p": {"x": 1, "z": 1}}}, "s": {"global": {"a": {"p": {"x": 1, "z": 1}}}}},
            id="deep-globals-of-a-child-show-in-its-parent",
        ),
    ],
)
def test_coalesce(build, rendered, spec, user, values):
    chart = build(spec)
    before = copy.deepcopy((chart.values, user))
    assert coalesce(chart, user) == values
    assert (chart.values, user) == before
    assert rendered(spec, user=user)["c/templates/t.yaml"] == values


def test_a_subchart_needs_a_map(build, rendered):
    spec = {"name": "c", "subcharts": [leaf("s")]}
    with pytest.raises(ValuesError) as caught:
        coalesce(build(spec), {"s": "x"})
    assert str(caught.value) == "type mismatch on s: %!t(string=x)"
    assert str(caught.value) in rendered(spec, user={"s": "x"})


def test_warnings(build):
    seen = []
    spec = {
        "name": "c",
        "values": {"a": {"t": {"x": 1}, "v": 1}, "b": 1, "global": {"g": {"x": 1}}},
        "subcharts": [leaf("s", **{"global": 1})],
    }
    user = {"a": {"t": 1, "v": {"x": 1}}, "b": {"x": 1}, "s": {"global": {"g": 1}}}
    coalesce(build(spec), user, warn=seen.append)
    assert [(warning.kind, warning.message) for warning in seen] == [
        ("scalar-over-table", "warning: cannot overwrite table with non table for c.a.t (map[x:1])"),
        ("table-over-scalar", "warning: destination for c.a.v is a table. Ignoring non-table value (1)"),
        ("table-over-scalar", "warning: skipped value for c.b: Not a table."),
        ("globals", 'Conflict: cannot merge map onto non-map for "g". Skipping.'),
        ("table-over-scalar", "warning: skipped value for c.s.global: Not a table."),
    ]


def test_tables():
    winner, other = {"a": None, "b": {"x": 1}}, {"a": 1, "b": {"x": 2, "z": 3}, "c": 1}
    assert coalesce_tables(winner, other) == {"b": {"x": 1, "z": 3}, "c": 1}
    assert merge_tables(winner, other) == {"a": None, "b": {"x": 1, "z": 3}, "c": 1}
    assert (winner, other) == ({"a": None, "b": {"x": 1}}, {"a": 1, "b": {"x": 2, "z": 3}, "c": 1})


def test_time_grows_with_the_number_of_subcharts(build):
    """An umbrella of many subcharts with many globals costs its size, not the square of it."""

    def seconds(count):
        spec = {"name": "c", "values": {"global": {"g": {str(n): n for n in range(50)}}}}
        spec["subcharts"] = [leaf(f"s{n}", a={"x": 1}) for n in range(count)]
        chart = build(spec)
        started = time.perf_counter()
        coalesce(chart, {})
        return time.perf_counter() - started

    seconds(10)
    assert min(seconds(800) for _ in range(3)) < 30 * min(seconds(100) for _ in range(3))
