"""Writing YAML: tables of what Helm's toYaml prints, and random values written by both."""

from __future__ import annotations

import json
import random

import pytest

from pyhelm import yaml
from pyhelm.errors import YamlError
from pyhelm.yaml.writer import sort_keys

LONG = "word another it's " * 6 + "end"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({}, "{}", id="empty-map"),
        pytest.param([], "[]", id="empty-list"),
        pytest.param("", '""', id="empty-text"),
        pytest.param(None, "null", id="null"),
        pytest.param({"a": {}, "b": [], "c": None}, "a: {}\nb: []\nc: null", id="empties-inside"),
        pytest.param({"b": [1, {"x": [2]}], "a": True}, "a: true\nb:\n- 1\n- x:\n  - 2", id="lists-not-indented"),
        pytest.param([[1, [2]], {"a": {"b": 1}}], "- - 1\n  - - 2\n- a:\n    b: 1", id="lists-in-lists"),
        pytest.param(1e6, "1000000", id="whole-float"),
        pytest.param(1234567.5, "1.2345675e+06", id="large-float"),
        pytest.param(1e21, "1e+21", id="huge-float"),
        pytest.param(1e20, "1e+20", id="beyond-64-bits"),
        pytest.param(2.0**63, "9223372036854776000", id="shortest-digits"),
        pytest.param(1e-5, "1e-05", id="small-float"),
        pytest.param(-0.0, "0", id="negative-zero"),
        pytest.param(12345678901234567, "12345678901234567", id="int"),
        pytest.param("true", '"true"', id="looks-like-bool"),
        pytest.param("on", '"on"', id="looks-like-yaml-1.1-bool"),
        pytest.param("123", '"123"', id="looks-like-number"),
        pytest.param("1:30", '"1:30"', id="looks-like-base-60"),
        pytest.param("2001-01-01", '"2001-01-01"', id="looks-like-date"),
        pytest.param("2001-02-30", "2001-02-30", id="no-date-of-the-calendar"),
        pytest.param("a: b", "'a: b'", id="colon"),
        pytest.param("a:b", "a:b", id="colon-inside"),
        pytest.param("it's: x", "'it''s: x'", id="quote"),
        pytest.param("- x", "'- x'", id="dash"),
        pytest.param("-x", "-x", id="dash-without-space"),
        pytest.param("x #y", "'x #y'", id="comment"),
        pytest.param(" x", "' x'", id="leading-space"),
        pytest.param("a\tb", '"a\\tb"', id="tab"),
        pytest.param("😀", '"\\U0001F600"', id="beyond-the-basic-plane"),
        pytest.param("é", "é", id="accent"),
        pytest.param("a\nb", "|-\n  a\n  b", id="literal-strip"),
        pytest.param("a\nb\n", "|\n  a\n  b", id="literal-clip"),
        pytest.param("a\n\n", "|+\n  a\n", id="literal-keep"),
        pytest.param(" a\nb", "|2-\n   a\n  b", id="literal-with-hint"),
        pytest.param("a \nb", '"a \\nb"', id="space-before-break"),
        pytest.param({"k": LONG}, "k: " + LONG[:84] + "\n  " + LONG[85:], id="folded"),
        pytest.param({"k" * 129: 1}, "? " + "k" * 129 + "\n: 1", id="long-key"),
        pytest.param({"a\nb": {"c": 1}}, "? |-\n  a\n  b\n: c: 1", id="key-with-break"),
        pytest.param(b"hi", "aGk=", id="bytes"),
    ],
)
def test_dump(value, text):
    assert yaml.dump(value).removesuffix("\n") == text


def test_tables_hold_for_helm(ask):
    cases = [case.values for case in next(mark for mark in test_dump.pytestmark if mark.name == "parametrize").args[1]]
    cases = [(value, text) for value, text in cases if not isinstance(value, (bytes, int)) or isinstance(value, bool)]
    answers = ask("with fromJson . }}{{ toYaml .v | toJson }}{{ end", [json.dumps({"v": value}) for value, _ in cases])
    assert [pair for pair in zip(answers, cases, strict=True) if pair[0] != pair[1][1]] == []


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(float("inf"), "error marshaling into JSON: json: unsupported value: +Inf", id="infinity"),
        pytest.param("a\x7f", "yaml: control characters are not allowed", id="delete-character"),
        pytest.param({"k" * 1100: 1}, "yaml: did not find expected ',' or '}'", id="very-long-key"),
    ],
)
def test_refused(value, reason):
    with pytest.raises(YamlError) as caught:
        yaml.dump(value)
    assert caught.value.reason == reason


def test_order_of_keys():
    assert sort_keys(["b", "a10", "a9", "A", "_x", "a", "a-b", "ab"]) == ["_x", "A", "a", "a-b", "a9", "a10", "ab", "b"]


def test_agrees_with_helm(ask):
    dice = random.Random(4)
    cases = [_as_floats(_value(dice, 4)) for _ in range(700)]
    answers = ask("with fromJson . }}{{ toYaml .v | toJson }}{{ end", [json.dumps({"v": case}) for case in cases])
    different = []
    for case, answer in zip(cases, answers, strict=True):
        try:
            found = yaml.dump(case).removesuffix("\n")
        except YamlError:
            found = ""  # toYaml hides its errors
        if found != answer:
            different.append((case, found, answer))
    assert different == []


WORDS = [
    "true",
    "~",
    "1",
    "0x1F",
    "1e3",
    "a",
    "b c",
    "key: v",
    "# no",
    "- x",
    "...",
    "{}",
    "&a",
    "|",
    "'q'",
    '"d"',
    "%d",
]
WORDS += ["a:", ":x", "?", "<<", "é", "日本語", "😀", "\u2028", "\t", "\x01", "\\", "\r", "<a>&", "longword" * 3]


def _text(dice):
    kind = dice.random()
    if kind < 0.3:
        return dice.choice(WORDS)
    if kind < 0.5:
        return "".join(dice.choices("ab01:-#' \"\n{[,]}&*!|>%@`?.\\_+e~\t=<", k=dice.randrange(8)))
    if kind < 0.7:
        return dice.choice([" ", "", "\n", " \n"]).join(dice.choices(WORDS, k=dice.randrange(1, 5)))
    words = dice.choices(["word", "another", "it's", "http://a.b/c", "1", "a:", "é"], k=dice.randrange(8, 50))
    return dice.choice([" ", "  ", "\n", " \t"]).join(words) + dice.choice(["", "\n", "\n\n"])


def _value(dice, depth):
    kind = dice.random()
    if not depth or kind < 0.45:
        number = dice.choice([0, 1, -1, 1e6, 1e21, 0.1, 1e-7, dice.random() * 10 ** dice.randrange(-10, 25)])
        return dice.choice([_text(dice), _text(dice), number, True, None])
    if kind < 0.75:
        return {_key(dice): _value(dice, depth - 1) for _ in range(dice.randrange(5))}
    return [_value(dice, depth - 1) for _ in range(dice.randrange(4))]


def _key(dice):
    if dice.random() < 0.3:
        return _text(dice)
    return "".join(dice.choices("abAB_-./é", k=dice.randrange(1, 6)))  # no digits: Go's order of those is no order


def _as_floats(value):
    if isinstance(value, dict):
        return {key: _as_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_floats(item) for item in value]
    return float(value) if type(value) is int else value


def test_depth_is_bounded():
    value = []
    for _ in range(5_000):
        value = [value]
    with pytest.raises(YamlError, match="exceeded max depth"):
        yaml.dump(value)
