"""values.schema.json, in Helm's words."""

from __future__ import annotations

import json
import random
import re

import pytest

from pyhelm import yaml
from pyhelm.chart.model import Chart, Metadata
from pyhelm.errors import SchemaError, UnsupportedError
from pyhelm.values import validate_schema

HEAD = "values don't meet the specifications of the schema(s) in the following chart(s):\nc:\n"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def report(schema, values):
    chart = Chart(Metadata(name="c"), schema=json.dumps(schema).encode())
    try:
        validate_schema(chart, yaml.load(json.dumps(values)))
    except SchemaError as error:
        return str(error)
    return ""


def one(rule):
    return {"properties": {"a": rule}}


@pytest.mark.parametrize(
    ("schema", "values", "lines"),
    [
        pytest.param(one({"type": "string"}), {"a": 1}, ["- at '/a': got number, want string"], id="type"),
        pytest.param(
            one({"type": ["string", "null"]}), {"a": [1]}, ["- at '/a': got array, want null or string"], id="types"
        ),
        pytest.param(one({"type": "integer"}), {"a": 3}, [], id="whole-float-is-integer"),
        pytest.param(
            one({"maximum": 65535}), {"a": 70000}, ["- at '/a': maximum: got 70,000, want 65,535"], id="maximum"
        ),
        pytest.param(
            one({"minimum": -0.5}), {"a": -1e7}, ["- at '/a': minimum: got -1×10⁰⁷, want -0.5"], id="large-number"
        ),
        pytest.param(one({"multipleOf": 0.1}), {"a": 0.3}, [], id="multiple-of-a-decimal"),
        pytest.param({"required": ["x", "z"]}, {}, ["- at '': missing properties 'x', 'z'"], id="required"),
        pytest.param(
            {"additionalProperties": False, "properties": {"a": True}},
            {"a": 1, "b/~": 1},
            ["- at '': additional properties 'b/~' not allowed"],
            id="additional-properties",
        ),
        pytest.param(
            one({"enum": [1, "x'", None, 1.50]}),
            {"a": "b"},
            ["- at '/a': value must be one of 1, 'x\\'', <nil>, 1.5"],
            id="enum",
        ),
        pytest.param(one({"const": "x"}), {"a": 1}, ["- at '/a': value must be 'x'"], id="const"),
        pytest.param(
            one({"minLength": 5, "pattern": "^x"}),
            {"a": "ab"},
            ["- at '/a': minLength: got 2, want 5", "- at '/a': 'ab' does not match pattern '^x'"],
            id="text",
        ),
        pytest.param(
            one({"anyOf": [{"type": "string"}, {"required": ["k"]}]}),
            {"a": {}},
            ["- at '/a': 'anyOf' failed", "  - at '/a': got object, want string", "  - at '/a': missing property 'k'"],
            id="any-of",
        ),
        pytest.param(
            one({"oneOf": [{"type": "object"}, {"required": ["k"]}]}),
            {"a": {"k": 1}},
            ["- at '/a': 'oneOf' failed, subschemas 0, 1 matched"],
            id="one-of",
        ),
        pytest.param(
            {**one({"$ref": "#/$defs/d"}), "$defs": {"d": {"minProperties": 2, "required": ["k"]}}},
            {"a": {}},
            [
                "- at '/a': validation failed",
                "  - at '/a': minProperties: got 0, want 2",
                "  - at '/a': missing property 'k'",
            ],
            id="reference-with-two-causes",
        ),
        pytest.param(
            {**one({"$ref": "#/$defs/d"}), "$defs": {"d": {"required": ["k"]}}},
            {"a": {}},
            ["- at '/a': missing property 'k'"],
            id="reference-with-one-cause",
        ),
        pytest.param(one({"format": "ipv4"}), {"a": "x"}, [], id="formats-are-notes-by-default"),
        pytest.param(
            {"$schema": DRAFT_7, **one({"format": "ipv4"})},
            {"a": "x"},
            ["- at '/a': 'x' is not valid ipv4: expected four decimals"],
            id="formats-count-in-draft-7",
        ),
        pytest.param(
            one({"if": {"required": ["x"]}, "then": {"required": ["z"]}}),
            {"a": {"x": 1}},
            ["- at '/a': missing property 'z'"],
            id="if-then",
        ),
        pytest.param(
            one({"items": {"type": "string"}}), {"a": [1]}, ["- at '/a/0': got number, want string"], id="items"
        ),
        pytest.param(
            one({"contains": {"type": "string"}, "minContains": 2}),
            {"a": ["x", 1]},
            [
                "- at '/a': min 2 items required to match contains schema, but matched 1 items at 0",
                "  - at '/a/1': got number, want string",
            ],
            id="contains",
        ),
        pytest.param(
            one({"propertyNames": {"minLength": 2, "pattern": "z"}}),
            {"a": {"k": 1}},
            [
                "- at '/a': invalid propertyName 'k'",
                "  - at '': minLength: got 1, want 2",
                "  - at '': 'k' does not match pattern 'z'",
            ],
            id="names",
        ),
        pytest.param(
            one({"dependentRequired": {"k": ["x", "z"]}}),
            {"a": {"k": 1, "x": 1}},
            ["- at '/a': properties 'z' required, if 'k' exists"],
            id="dependent-required",
        ),
        pytest.param(
            {"properties": {"a": True}, "unevaluatedProperties": False},
            {"a": 1, "b": 1},
            ["- at '/b': false schema"],
            id="unevaluated-properties",
        ),
        pytest.param(
            one({"prefixItems": [True], "unevaluatedItems": {"type": "string"}}),
            {"a": [1, "x", 1]},
            ["- at '/a/2': got number, want string"],
            id="unevaluated-items",
        ),
        pytest.param(
            {"$schema": "http://json-schema.org/draft-04/schema#", **one({"type": "integer"})},
            {"a": 3.0},
            [],
            id="whole-float-is-integer-in-draft-4",
        ),
    ],
)
def test_report(rendered, schema, values, lines):
    expected = HEAD + "".join(line + "\n" for line in lines) if lines else ""
    assert report(schema, values) == expected
    answer = rendered({"name": "c", "values": values}, schema=schema)
    assert (answer if isinstance(answer, str) else "") == (f"Error: {expected}\n" if expected else "")


def test_subcharts_are_checked_too():
    child = Chart(Metadata(name="s"), schema=b'{"required": ["k"]}')
    chart = Chart(Metadata(name="c"), schema=b'{"required": ["z"]}', dependencies=[child])
    with pytest.raises(SchemaError) as caught:
        validate_schema(chart, {"s": {}})
    assert [(violation.chart, violation.path) for violation in caught.value.violations] == [("c", ""), ("s", "")]
    assert str(caught.value) == HEAD + "- at '': missing property 'z'\ns:\n- at '': missing property 'k'\n"


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        pytest.param(
            one({"$ref": "#/definitions/x"}),
            'json-pointer in "file:///values.schema.json#/definitions/x" not found',
            id="dangling-reference",
        ),
        pytest.param({"type": "strin"}, "is not valid against metaschema", id="no-such-type"),
        pytest.param(one({"pattern": "("}), "'(' is not valid regex: error parsing regexp: missing", id="no-pattern"),
        pytest.param(one(1), "is not valid against metaschema", id="number-for-a-schema"),
    ],
)
def test_unusable_schema(rendered, schema, reason):
    found = report(schema, {})
    assert found.startswith(HEAD)
    assert reason in found
    assert reason in rendered({"name": "c"}, schema=schema)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "[1",
        '"abc',
        "nul",
        "nulx",
        "-",
        "{x",
        '{"a" 1}',
        '{"a":1,}',
        '{"a":01}',
        '{"a":1.}',
        '{"a":"\\x"}',
        "{}}",
    ],
)
def test_no_json(rendered, text):
    with pytest.raises(SchemaError) as caught:
        validate_schema(Chart(Metadata(name="c"), schema=text.encode()), {})
    assert f"Error: {caught.value}\n" == rendered({"name": "c"}, schema=text)


@pytest.mark.parametrize("draft", ["", DRAFT_7], ids=["latest", "draft-7"])
@pytest.mark.parametrize(
    "rule",
    [{"type": "strin"}, {"minLength": -1}, {"required": "x"}, {"properties": {"a": 1}}],
    ids=["type", "length", "required", "subschema"],
)
def test_report_about_a_schema(rendered, rule, draft):
    schema = {"$schema": draft, **rule} if draft else rule
    assert _tree("Error: " + report(schema, {})) == _tree(rendered({"name": "c"}, schema=schema))


def test_nothing_is_fetched():
    with pytest.raises(UnsupportedError):
        report(one({"$ref": "https://schemas.example/x.json"}), {})


def test_schemas_that_refer_to_themselves():
    schema = {"$defs": {"t": {"properties": {"k": {"$ref": "#/$defs/t"}}, "type": "object"}}, "$ref": "#/$defs/t"}
    assert report(schema, {"k": {"k": {}}}) == ""
    assert "- at '/k/k': got number, want object" in report(schema, {"k": {"k": 1}})
    assert "cycle" in report({"$defs": {"t": {"$ref": "#/$defs/t"}}, "$ref": "#/$defs/t"}, {})


def test_agrees_with_helm(rendered):
    dice = random.Random(6)
    different = []
    for _ in range(50):
        schema = {"properties": {name: _rule(dice, 2) for name in "abc"}, **_rule(dice, 0)}
        schema["definitions"] = {"d": _rule(dice, 1)}
        if dice.random() < 0.5:
            schema["$schema"] = DRAFT_7
        values = {name: _value(dice, 2) for name in "abc" if dice.random() < 0.9}
        answer = rendered({"name": "c", "values": values}, schema=schema)
        found = report(schema, values)
        if _tree(answer if isinstance(answer, str) else "") != _tree(f"Error: {found}" if found else ""):
            different.append((schema, values, found, answer))
    assert different == []


def _value(dice, depth):
    kind = dice.random()
    if depth and kind < 0.4:
        return {name: _value(dice, depth - 1) for name in "abc" if dice.random() < 0.6}
    if depth and kind < 0.55:
        return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]
    return dice.choice(["x", "abc", "a@b.c", 1, 2.5, 70000, -3, True, 1e7])


def _rule(dice, depth):
    def inner():
        return _rule(dice, depth - 1) if depth else {"type": dice.choice(["string", "number", "object"])}

    rule = {}
    for _ in range(dice.choice([0, 1, 2])):
        rule.update(
            dice.choice(
                [
                    {"type": dice.choice(["string", "number", "integer", "array", "object", "boolean"])},
                    {"properties": {name: inner() for name in "abc"}} if depth else {},
                    {"required": dice.sample("abcz", 2)},
                    {"enum": [1, "x", True]},
                    {"maximum": 65535},
                    {"minLength": 2},
                    {"pattern": "^[ab]+$"},
                    {"items": inner()},
                    {"additionalProperties": inner()},
                    {dice.choice(["anyOf", "oneOf", "allOf"]): [inner(), inner()]},
                    {"not": inner()},
                    {"$ref": "#/definitions/d"} if depth == 2 else {},
                    {"uniqueItems": True},
                    {"minProperties": 2},
                    {"format": "email"},
                ]
            )
        )
    return rule


def _tree(text):
    """Return the report as a tree without order: Go walks maps in none."""
    root = []
    stack = [(-1, root)]
    for line in text.split("\n"):
        bare = line.lstrip()
        if not bare.startswith("- at"):
            continue
        while stack[-1][0] >= len(line) - len(bare):
            stack.pop()
        below = []
        names = re.search(r"additional properties (.*) not", bare)
        stack[-1][1].append((bare.replace(names[1], ", ".join(sorted(names[1].split(", ")))) if names else bare, below))
        stack.append((len(line) - len(bare), below))
    return _sorted(root)


def _sorted(nodes):
    return sorted((line, _sorted(below)) for line, below in nodes)
