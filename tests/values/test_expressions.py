"""``--set`` and its kin."""

from __future__ import annotations

import random

import pytest

from pyhelm.errors import PyhelmError, SetSyntaxError
from pyhelm.values import (
    ValueSources,
    merge_sources,
    parse_json_object,
    parse_set,
    parse_set_file,
    parse_set_json,
    parse_set_literal,
    parse_set_string,
)


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        pytest.param("a=1", {"a": 1}, id="int"),
        pytest.param("a=1,b=x", {"a": 1, "b": "x"}, id="two"),
        pytest.param("a.b.c=1", {"a": {"b": {"c": 1}}}, id="nested"),
        pytest.param("a=01", {"a": "01"}, id="leading-zero-is-text"),
        pytest.param("a=1.5", {"a": "1.5"}, id="float-is-text"),
        pytest.param("a=TRUE,b=False,c=null,d=0", {"a": True, "b": False, "c": None, "d": 0}, id="constants"),
        pytest.param("a=9223372036854775808", {"a": "9223372036854775808"}, id="beyond-int64"),
        pytest.param("a={1,x,null}", {"a": [1, "x", None]}, id="list"),
        pytest.param("a={},b=1", {"a": [""], "b": 1}, id="empty-list-holds-empty-text"),
        pytest.param("a[1].b=x", {"a": [None, {"b": "x"}]}, id="index-leaves-holes"),
        pytest.param("a[0][1]=x", {"a": [[None, "x"]]}, id="nested-lists"),
        pytest.param("a[0]", {"a": []}, id="index-without-value"),
        pytest.param("a[", {}, id="open-index"),
        pytest.param(r"a\.b=1,c=x\,y", {"a.b": 1, "c": "x,y"}, id="escapes"),
        pytest.param("a=", {"a": ""}, id="empty"),
        pytest.param("=1", {}, id="empty-key"),
        pytest.param("", {}, id="nothing"),
    ],
)
def test_set(expression, values):
    found = {}
    parse_set(expression, found)
    assert found == values
    assert [type(value) for value in found.values()] == [type(value) for value in values.values()]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        pytest.param("a", 'key "a" has no value', id="no-value"),
        pytest.param("a,b=1", 'key "a" has no value (cannot end with ,)', id="comma"),
        pytest.param("a.=1", 'key map "a" has no value', id="empty-inner-key"),
        pytest.param("a={1", "list must terminate with '}'", id="open-list"),
        pytest.param("a[x]=1", 'error parsing index: strconv.Atoi: parsing "x": invalid syntax', id="bad-index"),
        pytest.param("a[-1]=1", "negative -1 index not allowed", id="negative-index"),
        pytest.param("a[65537]=1", "index of 65537 is greater than maximum supported index of 65536", id="large-index"),
        pytest.param("a[0]xy=1", "unexpected data at end of array index: ['x' 'y']", id="after-index"),
        pytest.param(
            "a=1,a.b=2",
            "unable to parse key: interface conversion: interface {} is int64, not map[string]interface {}",
            id="value-is-no-map",
        ),
        pytest.param(
            ".".join("a" * 32) + "=1",
            "value name nested level is greater than maximum supported nested level of 30",
            id="too-deep",
        ),
    ],
)
def test_set_refused(expression, reason):
    with pytest.raises(SetSyntaxError) as caught:
        parse_set(expression, {})
    assert str(caught.value) == f"failed parsing --set data: {reason}"


def test_set_string_keeps_text():
    found = {}
    parse_set_string("a=1,b={true,null}", found)
    assert found == {"a": "1", "b": ["true", "null"]}


def test_set_literal_takes_the_rest():
    found = {"a": {"x": 1}}
    parse_set_literal(r"a.b=x,y=\{", found)
    assert found == {"a": {"x": 1, "b": r"x,y=\{"}}


def test_set_json():
    found = {}
    parse_set_json('a=1,b={"k":[null,1.5]} ,c[1]="x",d=', found)
    assert found == {"a": 1.0, "b": {"k": [None, 1.5]}, "c": [None, "x"], "d": None}
    assert type(found["a"]) is float
    assert parse_json_object(' {"a": {"b": 1}} ') == {"a": {"b": 1.0}}


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        pytest.param("a=x", "failed parsing --set-json data a=x", id="pair"),
        pytest.param("a=NaN", "failed parsing --set-json data a=NaN", id="nan"),
        pytest.param("a=1.", "failed parsing --set-json data a=1.", id="half-a-number"),
    ],
)
def test_set_json_refused(expression, message):
    with pytest.raises(SetSyntaxError) as caught:
        parse_set_json(expression, {})
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ['{"a":1', '{"a":1} x', "{" * 100_000])
def test_json_object_refused(text):
    with pytest.raises(SetSyntaxError) as caught:
        parse_json_object(text)
    assert str(caught.value) == f"failed parsing --set-json data JSON: {text}"


def test_set_file():
    files = {"one": "text\n"}
    found = {}
    parse_set_file("a.b=one", found, files.__getitem__)
    assert found == {"a": {"b": "text\n"}}

    def missing(name):
        raise FileNotFoundError(2, "No such file or directory", name)

    with pytest.raises(SetSyntaxError) as caught:
        parse_set_file("a=two", {}, missing)
    assert str(caught.value) == "failed parsing --set-file data: open two: no such file or directory"


def test_json_depth_is_bounded():
    with pytest.raises(SetSyntaxError):
        parse_set_json("a=" + "[" * 800 + "]" * 800, {})


def test_lists_of_lists_are_bounded():
    with pytest.raises(SetSyntaxError):
        parse_set("a" + "[0]" * 5_000 + "=1", {})


KEYS = ["a", "b", "a.b", "a[0]", "a[1]", "a[0].b", "a[0][1]", "", "a.", "[0]", "a[x]", "a[", "a[0]x", "a\\.b", "é"]
TEXTS = ["1", "0", "01", "TRUE", "null", "x", "{1,2}", "{a,b", "{}", "", "a\\,b", "-5", "x=y", "{x}z", "\\", "a b"]
JSON = ["1", "null", '"x"', '{"k":1}', "[1,2]", "", "x", "01", "1.", "1e999", "NaN", "  2 "]


def test_agrees_with_helm(rendered):
    dice = random.Random(5)
    different = []
    for _ in range(45):
        flag = dice.choice(["set", "set", "set_string", "set_json", "set_literal"])
        texts = JSON if flag == "set_json" else TEXTS
        pairs = [
            dice.choice(KEYS) + dice.choice(["=", "=", "="]) + dice.choice(texts) for _ in range(dice.choice([1, 2]))
        ]
        expression = dice.choice([",", ",", ", "]).join(pairs)
        answer = rendered({"name": "c"}, f"--{flag.replace('_', '-')}={expression}")
        try:
            found = merge_sources(ValueSources(**{flag: (expression,)}))
        except PyhelmError as error:
            if not isinstance(answer, str) or str(error) not in answer:
                different.append((flag, expression, str(error), answer))
            continue
        if answer != {"c/templates/t.yaml": found}:
            different.append((flag, expression, found, answer))
    assert different == []
