"""Selectors of labels and of fields."""

from __future__ import annotations

import pytest

from pyhelm.errors import BadRequestError
from pyhelm.kube import selectors
from pyhelm.kube.catalog import Catalog


@pytest.mark.parametrize(
    ("text", "matching", "other"),
    [
        pytest.param("a=1", {"a": "1"}, {"a": "2"}, id="equals"),
        pytest.param("a==1", {"a": "1", "b": "2"}, {}, id="double-equals"),
        pytest.param("a!=1", {}, {"a": "1"}, id="not-equals-matches-absent"),
        pytest.param("a", {"a": ""}, {"b": "1"}, id="exists"),
        pytest.param("!a", {"b": "1"}, {"a": ""}, id="does-not-exist"),
        pytest.param("a in (1,2)", {"a": "2"}, {"a": "3"}, id="in"),
        pytest.param("a notin (1,2)", {"a": "3"}, {"a": "1"}, id="notin"),
        pytest.param("a notin (1)", {}, {"a": "1"}, id="notin-matches-absent"),
        pytest.param("a in (,1)", {"a": ""}, {"a": "2"}, id="empty-value-in-set"),
        pytest.param("a in (1,,2)", {"a": ""}, {"a": "3"}, id="empty-value-inside"),
        pytest.param("a in ()", {"a": ""}, {"a": "x"}, id="empty-set-is-empty-value"),
        pytest.param("a=", {"a": ""}, {"a": "1"}, id="empty-value"),
        pytest.param("a>1", {"a": "2"}, {"a": "1"}, id="greater"),
        pytest.param("a<10", {"a": "9"}, {"a": "x"}, id="less-is-numeric"),
        pytest.param("a = 1 , b", {"a": "1", "b": ""}, {"a": "1"}, id="spaces-and-and"),
        pytest.param("in in (in,notin)", {"in": "notin"}, {"in": "x"}, id="keywords-as-names"),
        pytest.param("x.io/a=b", {"x.io/a": "b"}, {"a": "b"}, id="prefix"),
    ],
)
def test_labels(text: str, matching: dict[str, str], other: dict[str, str]) -> None:
    selector = selectors.parse_labels(text)
    assert selector.matches(matching)
    assert not selector.matches(other)
    again = selectors.parse_labels(str(selector))
    assert again == selector


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("b, a in (z,y) ,!c", "a in (y,z),b,!c", id="sorted"),
        pytest.param("a in (x,x)", "a in (x)", id="once"),
        pytest.param("", "", id="everything"),
        pytest.param("a>5,b<6", "a>5,b<6", id="numbers"),
    ],
)
def test_label_text(text: str, shown: str) -> None:
    assert str(selectors.parse_labels(text)) == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a in", "unable to parse requirement: found '' expected: '('", id="in-without-set"),
        pytest.param("a in (b", "unable to parse requirement: found '', expected: ',' or ')'", id="open-set"),
        pytest.param("a=b=c", "found '=', expected: ',' or 'end of string'", id="twice"),
        pytest.param("=a", "found '=', expected: !, identifier, or 'end of string'", id="no-key"),
        pytest.param("a=b,", "found '', expected: identifier after ','", id="trailing-comma"),
        pytest.param(
            "a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt", id="word"
        ),
        pytest.param("!", "unable to parse requirement: found '', expected: identifier", id="bare-not"),
        pytest.param(
            "a>x",
            'unable to parse requirement: values[0]: Invalid value: "x": '
            "for 'Gt', 'Lt' operators, the value must be an integer",
            id="not-a-number",
        ),
    ],
)
def test_label_errors(text: str, message: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        selectors.parse_labels(text)
    assert str(caught.value) == message


def test_label_values_are_checked() -> None:
    with pytest.raises(BadRequestError) as caught:
        selectors.parse_labels("a=-")
    assert str(caught.value).startswith(
        'unable to parse requirement: values[0][a]: Invalid value: "-": a valid label must be an empty string'
    )


@pytest.mark.parametrize(
    ("selector", "shown"),
    [
        pytest.param({"matchLabels": {"b": "2", "a": "1"}}, "a=1,b=2", id="labels"),
        pytest.param({}, "<none>", id="empty"),
        pytest.param(None, "<none>", id="none"),
        pytest.param(
            {
                "matchLabels": {"z": "1"},
                "matchExpressions": [
                    {"key": "a", "operator": "In", "values": ["y", "x"]},
                    {"key": "b", "operator": "NotIn", "values": ["x"]},
                    {"key": "c", "operator": "Exists"},
                    {"key": "d", "operator": "DoesNotExist"},
                ],
            },
            "a in (x,y),b notin (x),c,!d,z=1",
            id="expressions",
        ),
        pytest.param({"matchExpressions": [{"key": "a", "operator": "Gt", "values": ["1"]}]}, "<error>", id="operator"),
        pytest.param({"matchExpressions": [{"key": "a", "operator": "In"}]}, "<error>", id="no-values"),
    ],
)
def test_selector_objects(selector: dict | None, shown: str) -> None:
    assert selectors.format_selector(selector) == shown


def test_missing_selector_object_matches_nothing() -> None:
    assert not selectors.from_object(None).matches({})
    assert selectors.from_object({}).matches({})


POD = {
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": "n"},
    "spec": {"nodeName": "node-1", "hostNetwork": True},
    "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.1"}]},
}


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        pytest.param("metadata.name=p", True, id="name"),
        pytest.param("metadata.name==p,metadata.namespace!=n", False, id="and"),
        pytest.param("status.phase!=Running", False, id="not"),
        pytest.param("spec.nodeName=", False, id="empty-value"),
        pytest.param("status.nominatedNodeName=", True, id="absent-is-empty"),
        pytest.param("spec.hostNetwork=true", True, id="boolean"),
        pytest.param("status.podIP=10.0.0.1", True, id="first-ip"),
        pytest.param("", True, id="everything"),
    ],
)
def test_fields(text: str, matches: bool) -> None:
    selector = selectors.check_fields(selectors.parse_fields(text), Catalog().find("pods"))
    assert selector.matches_object(POD) is matches


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a", "invalid selector: 'a'; can't understand 'a'", id="no-operator"),
        pytest.param("a=b\\x", "invalid field selector: invalid escape sequence: \\x", id="escape"),
        pytest.param("a=b=c", "invalid field selector: unescaped character in value: 61", id="unescaped"),
    ],
)
def test_field_errors(text: str, message: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        selectors.parse_fields(text)
    assert str(caught.value) == message


def test_field_values_may_be_escaped() -> None:
    selector = selectors.parse_fields(r"metadata.name=a\,b\=c\\")
    assert selector.terms == (("metadata.name", True, "a,b=c\\"),)
    assert selectors.parse_fields(str(selector)) == selector


@pytest.mark.parametrize(
    ("resource", "field", "message"),
    [
        pytest.param("pods", "spec.foo", "field label not supported: spec.foo", id="pod"),
        pytest.param("jobs", "status.phase", 'field label "status.phase" not supported for Job', id="job"),
        pytest.param(
            "deployments",
            "status.phase",
            '"status.phase" is not a known field selector: only "metadata.name", "metadata.namespace"',
            id="any-other",
        ),
    ],
)
def test_unknown_fields(resource: str, field: str, message: str) -> None:
    with pytest.raises(BadRequestError) as caught:
        selectors.check_fields(selectors.parse_fields(f"{field}=x"), Catalog().find(resource))
    assert str(caught.value) == message


def test_events_are_found_by_what_they_are_about() -> None:
    event = {
        "kind": "Event",
        "involvedObject": {"name": "p", "uid": "1"},
        "type": "Warning",
        "source": {"component": "k"},
    }
    chosen = selectors.parse_fields("involvedObject.uid=1,type=Warning,source=k")
    assert selectors.check_fields(chosen, Catalog().find("events")).matches_object(event)
    assert chosen.exact("type") == "Warning"
    assert chosen.exact("reason") is None
