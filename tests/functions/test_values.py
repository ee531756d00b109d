"""Go's types and text of values, and what functions change or share."""

from __future__ import annotations

import math

import pytest

from pyhelm.errors import FunctionError
from pyhelm.functions import lookup
from pyhelm.functions.gofmt import sprint, sprintf, to_text
from pyhelm.functions.gotypes import (
    Int,
    Ints,
    Lists,
    Maps,
    NilList,
    NilMap,
    NilStrings,
    Object,
    StringMap,
    Strings,
    Uint64,
    deep_equal,
    kind_of,
    type_of,
    wrap_int64,
)


def run(name, *args):
    return lookup(name).call(*args)


@pytest.mark.parametrize(
    ("value", "type_name", "kind"),
    [
        pytest.param(None, "<nil>", "invalid", id="nil"),
        pytest.param("", "string", "string", id="string"),
        pytest.param(True, "bool", "bool", id="bool"),
        pytest.param(1, "int64", "int64", id="int64"),
        pytest.param(Int(1), "int", "int", id="int"),
        pytest.param(Uint64(1), "uint64", "uint64", id="uint64"),
        pytest.param(1.0, "float64", "float64", id="float64"),
        pytest.param([], "[]interface {}", "slice", id="list"),
        pytest.param(NilList(), "[]interface {}", "slice", id="nil-list"),
        pytest.param(Strings(), "[]string", "slice", id="strings"),
        pytest.param(NilStrings(), "[]string", "slice", id="nil-strings"),
        pytest.param(Ints(), "[]int", "slice", id="ints"),
        pytest.param(Lists(), "[][]interface {}", "slice", id="lists"),
        pytest.param(Maps(), "[]map[string]interface {}", "slice", id="maps"),
        pytest.param({}, "map[string]interface {}", "map", id="map"),
        pytest.param(NilMap(), "map[string]interface {}", "map", id="nil-map"),
        pytest.param(StringMap(), "map[string]string", "map", id="string-map"),
        pytest.param(b"", "[]uint8", "slice", id="bytes"),
        pytest.param(type("Values", (dict,), {})(), "map[string]interface {}", "map", id="subclass"),
        pytest.param(
            type("Values", (dict,), {"go_type": "common.Values"})(), "common.Values", "map", id="named-subclass"
        ),
    ],
)
def test_types(value, type_name, kind):
    assert (type_of(value), kind_of(value)) == (type_name, kind)


class Point(Object):
    go_type = "demo.Point"
    go_fields = ("X", "Y")

    def __init__(self, x, y):
        self.X, self.Y = x, y


class Pointer(Point):
    go_type = "*demo.Point"
    go_kind = "ptr"


def test_structs_are_printed_by_their_fields():
    assert to_text(Point(1, "a")) == "{1 a}"
    assert to_text(Pointer(1.5, None)) == "&{1.5 <nil>}"
    assert sprintf("%+v %#v", [Point(1, "a"), Point(1, "a")]) == '{X:1 Y:a} demo.Point{X:1, Y:"a"}'
    assert to_text([Point(1, 2)]) == "[{1 2}]"
    assert sprint([Point(1, 2), "x", Int(3), True]) == "{1 2}x3 true"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param(1, Int(1), False, id="int64-int"),
        pytest.param(1.0, 1, False, id="float-int"),
        pytest.param(True, 1, False, id="bool-int"),
        pytest.param({"a": [1]}, {"a": [1]}, True, id="nested"),
        pytest.param({"a": [1]}, {"a": [Int(1)]}, False, id="nested-type"),
        pytest.param([], NilList(), False, id="nil-list"),
        pytest.param(math.nan, math.nan, False, id="nan"),
        pytest.param({"a": None}, {"b": None}, False, id="keys"),
        pytest.param(Strings(["a"]), ["a"], False, id="strings"),
    ],
)
def test_deep_equal(left, right, same):
    assert deep_equal(left, right) is same
    assert deep_equal(right, left) is same


def test_wrap_int64():
    assert wrap_int64(2**63) == -(2**63)
    assert wrap_int64(-(2**63) - 1) == 2**63 - 1
    assert run("add", 2**63 - 1, 1) == -(2**63)


def test_set_and_merge_change_their_first_argument():
    target = {"a": 1}
    assert run("set", target, "b", 2) is target
    assert run("unset", target, "a") is target
    assert target == {"b": 2}
    source = {"c": {"d": 1}}
    assert run("merge", target, source) is target
    assert target["c"] is source["c"], "mergo takes maps as they are"
    run("mergeOverwrite", target, {"c": {"e": 2}})
    assert source == {"c": {"d": 1, "e": 2}}


def test_set_on_a_nil_map():
    with pytest.raises(FunctionError, match="assignment to entry in nil map"):
        run("set", NilMap(), "a", 1)


def test_deep_copy_shares_nothing():
    value = {"a": [{"b": 1}], "c": Strings(["x"])}
    copied = run("deepCopy", value)
    assert deep_equal(copied, value)
    assert copied["a"][0] is not value["a"][0]
    assert copied["c"] is not value["c"]


@pytest.mark.parametrize("name", ["append", "prepend", "rest", "initial", "reverse", "uniq", "compact", "concat"])
def test_lists_are_not_changed(name):
    value = ["b", "a", "b", ""]
    run(name, value, "x") if name in {"append", "prepend"} else run(name, value)
    assert value == ["b", "a", "b", ""]


def test_sort_alpha_sorts_strings_in_place():
    """In sprig a ``[]string`` is not copied."""
    strings = Strings(["b", "a"])
    assert run("sortAlpha", strings) is strings
    assert strings == ["a", "b"]
    anything = ["b", "a"]
    assert run("sortAlpha", anything) == ["a", "b"]
    assert anything == ["b", "a"]


def test_keys_keep_the_order_of_insertion():
    assert run("keys", {"b": 1, "a": 2}, {"c": 3}) == ["b", "a", "c"]
    assert run("values", {"b": 1, "a": 2}) == [1, 2]


def test_bytes():
    assert run("toString", b"ab\xff") == "ab\udcff"
    assert to_text(b"ab") == "[97 98]"
    assert run("first", b"ab") == 97
    assert type_of(run("first", b"ab")) == "uint8"
    assert run("toJson", b"ab") == '"YWI="'
    assert run("toYaml", {"a": b"ab"}) == "a: YWI="
    assert run("toYamlPretty", b"ab") == "- 97\n- 98"


def test_text_that_is_cut_inside_a_character():
    half = run("trunc", 1, "\u00e9")
    assert half == "\udcc3"
    assert half.encode("utf-8", "surrogateescape") == b"\xc3"
    assert run("b64enc", half) == "ww=="
    assert run("quote", half) == '"\\xc3"'


def test_objects_in_yaml_and_json():
    value = {"point": Point(1.0, ["a"]), "time": run("semver", "v1.2"), "none": NilList(), "map": NilMap()}
    assert run("toJson", value) == '{"map":null,"none":null,"point":{"X":1,"Y":["a"]},"time":"1.2.0"}'
    assert run("toYaml", value) == 'map: null\nnone: null\npoint:\n  X: 1\n  "Y":\n  - a\ntime: 1.2.0'
    assert run("toYamlPretty", {"p": Point(1.0, ["a"])}) == 'p:\n  x: 1\n  "y":\n    - a'


def test_methods_of_versions():
    version = run("semver", "v1.2.3-rc.1+b")

    def method(name, *args):
        return version.go_methods[name].call(version, *args)

    assert [method(name) for name in ("Major", "Minor", "Patch", "Prerelease", "Metadata", "Original")] == [
        1, 2, 3, "rc.1", "b", "v1.2.3-rc.1+b",
    ]  # fmt: skip
    assert type_of(method("Major")) == "uint64"
    assert method("Compare", run("semver", "1.2.3")) == -1
    assert method("LessThan", run("semver", "1.2.3"))
    assert to_text(method("IncMinor")) == "1.3.0"
    assert to_text(method("IncPatch")) == "1.2.3"


def test_uniq_is_linear():
    """100,000 different texts: a quadratic search would take minutes."""
    value = [str(number) for number in range(100_000)]
    assert run("uniq", value * 2) == value


@pytest.mark.parametrize(
    ("name", "args"),
    [
        pytest.param("repeat", (Int(10**9), "x"), id="repeat"),
        pytest.param("indent", (Int(10**9), "x"), id="indent"),
        pytest.param("nindent", (Int(10**6), "x\n" * 1000), id="nindent-lines"),
        pytest.param("until", (Int(10**12),), id="until"),
        pytest.param("untilStep", (Int(0), Int(-(10**12)), Int(-1)), id="untilStep"),
        pytest.param("seq", (Int(10**12),), id="seq"),
        pytest.param("replace", ("x", "y" * 10**5, "x" * 10**4), id="replace"),
        pytest.param("join", ("y" * 10**6, ["a"] * 1000), id="join"),
        pytest.param("wrapWith", (Int(1), "y" * 10**5, "x" * 10**4), id="wrapWith"),
        pytest.param("regexReplaceAll", ("x", "x" * 10**4, "y" * 10**5), id="regexReplaceAll"),
    ],
)
def test_too_much(name, args):
    with pytest.raises(FunctionError, match="too long"):
        run(name, *args)


def test_hostile_patterns_take_linear_time():
    assert run("regexMatch", "(a*)*b", "a" * 100_000) is False
    assert run("regexReplaceAll", "(a|aa)+$", "a" * 50_000 + "b", "") == "a" * 50_000 + "b"


@pytest.mark.parametrize("text", ["[" * 5000 + "]" * 5000, "[" * 20_000])
def test_deep_json_is_refused(text):
    assert set(run("fromJson", text)) == {"Error"}
