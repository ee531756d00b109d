"""Reading YAML: tables of what Helm does, and random documents read by both."""

from __future__ import annotations

import json
import math
import random
import time

import pytest

from pyhelm import yaml
from pyhelm.errors import YamlError
from pyhelm.yaml.reader import MAX_DEPTH

CONVERT = "error converting YAML to JSON: "


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("yes", True, id="yes"),
        pytest.param("Off", False, id="off"),
        pytest.param("yEs", "yEs", id="mixed-case-is-text"),
        pytest.param("~", None, id="tilde"),
        pytest.param("0o17", 15.0, id="octal-0o"),
        pytest.param("017", 15.0, id="octal-0"),
        pytest.param("08", 8.0, id="no-octal-is-float"),
        pytest.param("0x1F", 31.0, id="hex"),
        pytest.param("0b11", 3.0, id="binary"),
        pytest.param("0b-11", -3.0, id="binary-with-inner-sign"),
        pytest.param("1_000", 1000.0, id="underscores"),
        pytest.param(".5", 0.5, id="leading-dot"),
        pytest.param(".5_0", 0.5, id="leading-dot-underscore"),
        pytest.param("1e3", 1000.0, id="exponent"),
        pytest.param("1e400", "1e400", id="float-too-large-is-text"),
        pytest.param("18446744073709551616", 18446744073709551616.0, id="beyond-64-bits"),
        pytest.param("1:30", "1:30", id="base-60-is-text"),
        pytest.param("2001-01-01", "2001-01-01", id="date-is-text"),
        pytest.param("'1'", "1", id="quoted"),
        pytest.param("! 12", "12", id="non-specific-tag"),
        pytest.param("!!str 12", "12", id="tag-str"),
        pytest.param("!!float 3", 3.0, id="tag-float"),
        pytest.param("!mine x", "x", id="unknown-tag"),
        pytest.param("!!binary aGk=", "hi", id="binary-tag"),
        pytest.param("!!binary /w==", "\ufffd", id="binary-that-is-no-text"),
    ],
)
def test_scalar(text, value):
    found = yaml.load(f"a: {text}")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("y: 1\non: 2\nn: 3", {"true": 2.0, "false": 3.0}, id="boolean-keys"),
        pytest.param("1: a\n1.50: b\n0x10: c", {"1": "a", "1.5": "b", "16": "c"}, id="number-keys"),
        pytest.param("3.14159265358979: a", {"3.1415927": "a"}, id="float-key-has-32-bits"),
        pytest.param("a: 1\na: 2", {"a": 2.0}, id="last-duplicate-wins"),
        pytest.param("<<: {a: 1, b: 1}\na: 2", {"a": 2.0, "b": 1.0}, id="merge-first"),
        pytest.param("a: 2\n<<: {a: 1}", {"a": 1.0}, id="merge-overrides-what-is-before"),
        pytest.param("<<: [{a: 1}, {a: 2, b: 2}]", {"a": 1.0, "b": 2.0}, id="merge-list-first-wins"),
        pytest.param("x: &x {a: 1}\nz: *x", {"x": {"a": 1.0}, "z": {"a": 1.0}}, id="alias"),
        pytest.param("x: &x k\n*x : v", {"x": "k", "k": "v"}, id="alias-as-key"),
        pytest.param("", None, id="empty"),
        pytest.param("# only a comment", None, id="comment"),
        pytest.param("a: |\n  x\n  y\nb: >-\n  p\n  q", {"a": "x\ny\n", "b": "p q"}, id="block-scalars"),
    ],
)
def test_document(text, value):
    assert yaml.load(text) == value


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        pytest.param("a: b\nc: d: e", "yaml: line 2: mapping values are not allowed in this context", 2, id="scanner"),
        pytest.param("a: b\nc\nd: e", "yaml: line 3: could not find expected ':'", 3, id="missing-colon"),
        pytest.param(
            "a: b: c", "yaml: mapping values are not allowed in this context", 1, id="first-line-has-no-number"
        ),
        pytest.param("a: *x", "yaml: unknown anchor 'x' referenced", 1, id="unknown-anchor"),
        pytest.param("a: &x [*x]", "yaml: anchor 'x' value contains itself", 0, id="self-reference"),
        pytest.param("~: x", 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "x"', 0, id="null-key"),
        pytest.param("a: .inf", "json: unsupported value: +Inf", 0, id="infinity"),
        pytest.param("a: !!int x", "yaml: cannot decode !!str `x` as a !!int", 0, id="tag-mismatch"),
        pytest.param("a: \x01", "yaml: control characters are not allowed", 0, id="control-character"),
        pytest.param(
            "a: {{ .b }}",
            'yaml: invalid map key: map[interface {}]interface {}{".b":interface {}(nil)}',
            0,
            id="template-left-in",
        ),
    ],
)
def test_error(text, reason, line):
    with pytest.raises(YamlError) as caught:
        yaml.load(text, source="f.yaml")
    assert (caught.value.reason, caught.value.source) == (CONVERT + reason, "f.yaml")
    if line:
        assert caught.value.line == line


def test_object_numbers_are_what_json_makes_of_them():
    text = "a: 3\nb: 3.0\nc: 1.5\nd: 1e3\ne: 9223372036854775808\nf: 1e21"
    found = yaml.load_object(text)
    assert found == {"a": 3, "b": 3, "c": 1.5, "d": 1000, "e": 9223372036854775808.0, "f": 1e21}
    assert [type(value) for value in found.values()] == [int, int, float, int, float, float]


def test_aliases_are_copies():
    found = yaml.load("x: &x {a: [1]}\nz: *x")
    found["z"]["a"].append(2)
    assert found["x"] == {"a": [1.0]}


def test_documents_are_split_as_kubernetes_does():
    text = "---\na: 1\n--- # note\n---\nb: |\n  x\n---\nc: 3"
    assert yaml.split_documents(text) == ["a: 1\n", "b: |\n  x\n", "c: 3"]
    with pytest.raises(YamlError, match="invalid Yaml document separator: x"):
        yaml.split_documents("a: 1\n--- x")


def test_values_of_several_documents_are_merged():
    assert yaml.load_values("a: {x: 1, z: 2}\n---\na: {z: null}\n---\n") == {"a": {"x": 1.0, "z": None}}


def test_values_that_are_no_map():
    with pytest.raises(YamlError) as caught:
        yaml.load_values("- 1")
    assert caught.value.reason == (
        "cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: "
        "json: cannot unmarshal array into Go value of type map[string]interface {}"
    )


def test_laughing_aliases_are_bounded():
    lines = ["a0: &a0 [" + ",".join(["x"] * 10) + "]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    started = time.perf_counter()
    with pytest.raises(YamlError, match="excessive aliasing"):
        yaml.load("\n".join(lines))
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("text", ["[" * 100_000, "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 2000))])
def test_depth_is_bounded(text):
    with pytest.raises(YamlError, match="exceeded max depth"):
        yaml.load(text)
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert yaml.dump(yaml.load(deep))


def test_bytes_and_byte_order_marks():
    assert yaml.load("\ufeffa: é".encode()) == {"a": "é"}
    assert yaml.load("a: é".encode("utf-16")) == {"a": "é"}
    with pytest.raises(YamlError, match="UTF-8"):
        yaml.load(b"a: \xff")


def test_agrees_with_helm_on_scalars(ask):
    dice = random.Random(1)
    characters = "0123456789abcdefxXobOBeE+-._:~nNyYtTZ "
    texts = ["".join(dice.choices(characters, k=dice.randrange(1, 9))).strip() for _ in range(800)]
    _compare(ask, [f"a: {text}\n{text}: x\n" for text in texts])


def test_agrees_with_helm_on_documents(ask):
    dice = random.Random(2)
    _compare(ask, [_document(dice) for _ in range(600)])


def _compare(ask, documents):
    """Values agree always; so do errors, but which of several is found first may differ for one document in fifty."""
    different = []
    worded = 0
    for document, answer in zip(documents, ask("fromYaml . | toJson", documents), strict=True):
        try:
            found = yaml.load(document)
        except YamlError as error:
            found = {"Error": error.reason}
        if found is None:
            found = {}
        if not isinstance(found, dict):
            assert "cannot unmarshal" in answer["Error"]
            continue
        if json.loads(json.dumps(answer), parse_int=float) == found:
            continue
        if isinstance(found.get("Error"), str) and isinstance(answer.get("Error"), str):
            worded += 1
        else:
            different.append((document, found, answer))
    assert different == []
    assert worded * 50 <= len(documents)


def _document(dice):
    fragments = ["1", "true", "~", "x y", "key: v", "# no", "- x", "[1, 2]", "{a: b}", "[a, b", "|\n  x\n  y", "|-\n x"]
    fragments += [">\n a\n b\n\n c", "&m x", "*m", "<<: {a: 2}", "!!str 1", "!!int 3", "? a\n: b", "'a''b'", '"a\\tb"']
    fragments += ["---", "...", "%YAML 1.1", "a:b", "{a: 1, b}", "{{ .x }}", "\tx", "a:\t1", "&m {x: 1}", "<<: [*m]"]
    lines = []
    indent = 0
    for _ in range(dice.randrange(1, 7)):
        if dice.random() < 0.25:
            indent = max(0, indent + dice.choice([-2, 2, 1, -1]))
        line = " " * indent + dice.choice(["", "", "- "])
        if dice.random() < 0.6:
            line += dice.choice(["a", "b", "1", "yes", "'q'", "&m k", "1.5", "k k"]) + ": "
        lines.append(line + dice.choice(fragments))
    return "\n".join(lines) + dice.choice(["\n", "", "\n\n"])


def test_load_after_dump_is_the_same():
    dice = random.Random(3)

    def value(depth):
        kind = dice.random()
        if depth and kind < 0.3:
            return {str(dice.random())[:4]: value(depth - 1) for _ in range(dice.randrange(4))}
        if depth and kind < 0.5:
            return [value(depth - 1) for _ in range(dice.randrange(4))]
        text = "".join(dice.choices("ab01:-#' \"\n{[,]}&*!|>%@`?.\\_é\t\u2028😀", k=dice.randrange(9)))
        return dice.choice([text, dice.random() * 10 ** dice.randrange(-8, 20), True, None, float(dice.randrange(9))])

    for _ in range(300):
        given = {"v": value(4)}
        assert yaml.load(yaml.dump(given)) == given


def test_nan_is_refused():
    with pytest.raises(YamlError, match="NaN"):
        yaml.load("a: .nan")
    with pytest.raises(YamlError, match="NaN"):
        yaml.dump(math.nan)
