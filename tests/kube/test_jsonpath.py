"""JSONPath templates; the expectations are kubectl's (``client-go/util/jsonpath``)."""

from __future__ import annotations

import pytest

from pyhelm.errors import UsageError
from pyhelm.kube.jsonpath import Template

DATA = {
    "kind": "List",
    "items": [
        {"name": "a", "size": 1, "on": True, "labels": {"x.y/z": "one"}},
        {"name": "b", "size": 2, "on": False, "labels": {}},
        {"name": "c", "size": 3.5},
    ],
}


@pytest.mark.parametrize(
    ("template", "found"),
    [
        pytest.param("{.kind}", [["List"]], id="field"),
        pytest.param("{$.kind}{@.kind}", [["List"], ["List"]], id="root-and-current"),
        pytest.param("kind: {.kind}!", [["kind: "], ["List"], ["!"]], id="text"),
        pytest.param("{.items[*].name}", [["a", "b", "c"]], id="all"),
        pytest.param("{.items[0].name}{.items[-1].name}", [["a"], ["c"]], id="index"),
        pytest.param("{.items[0:2].name}{.items[::2].name}", [["a", "b"], ["a", "c"]], id="slice"),
        pytest.param("{.items[0]['name','size']}", [["a", 1]], id="union"),
        pytest.param(r"{.items[0].labels.x\.y/z}", [["one"]], id="escaped-dot"),
        pytest.param("{.items[0].labels['x\\.y/z']}", [["one"]], id="quoted-key"),
        pytest.param("{..name}", [["a", "b", "c"]], id="recursive"),
        pytest.param("{.items[0].labels.*}", [["one"]], id="wildcard"),
        pytest.param('{.items[?(@.name=="b")].size}', [[2]], id="filter-text"),
        pytest.param("{.items[?(@.size>1)].name}", None, id="filter-mixed-numbers"),
        pytest.param("{.items[?(@.labels)].name}", [["a", "b"]], id="filter-exists"),
        pytest.param("{.items[?(@.on==true)].name}", [["a"]], id="filter-bool"),
        pytest.param("{.nope}{.items[*].nope}", [[], []], id="missing"),
        pytest.param(
            '{range .items[*]}{.name}{"\\t"}{end}.', [["a"], ["\t"], ["b"], ["\t"], ["c"], ["\t"], ["."]], id="range"
        ),
        pytest.param("{range .nope[*]}{.name}{end}.", [["."]], id="empty-range"),
    ],
)
def test_found(template, found):
    if found is None:
        with pytest.raises(UsageError, match="incompatible types for comparison"):
            Template(template).find(DATA)
    else:
        assert Template(template).find(DATA) == found


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        pytest.param("{.a", "unclosed action", id="unclosed"),
        pytest.param("{.a[}", "unterminated array", id="array"),
        pytest.param("{.a[b]}", "invalid array index b", id="index"),
        pytest.param("{.a[?(@.b}", "unterminated filter", id="filter"),
        pytest.param("{'a}", "unterminated quoted string", id="quote"),
        pytest.param("{....}", "invalid multiple recursive descent", id="recursive"),
        pytest.param("{%}", "unrecognized character in action: U+0025 '%'", id="character"),
        pytest.param("{[?(" * 200, "", id="deep"),
    ],
)
def test_refused_when_parsed(template, reason):
    with pytest.raises(UsageError) as raised:
        Template(template)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        pytest.param("{.items[7]}", "array index out of bounds: index 7, length 3", id="bounds"),
        pytest.param("{.items[2:1]}", "starting index 2 is greater than ending index 1", id="backwards"),
        pytest.param("{.items[::0]}", "step must be > 0", id="step"),
        pytest.param("{.kind[0]}", "string is not array or slice", id="no-array"),
        pytest.param("{foo}", "unrecognized identifier foo", id="word"),
        pytest.param("{end}", "not in range, nothing to end", id="end"),
    ],
)
def test_refused_on_data(template, reason):
    with pytest.raises(UsageError) as raised:
        Template(template).find(DATA)
    assert str(raised.value) == reason
