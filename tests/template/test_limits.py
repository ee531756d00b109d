"""Templates that would not end, or not fit."""

from __future__ import annotations

import sys
import threading

import pytest

from pyhelm.errors import RenderLimitError, TemplateError, TemplateSyntaxError
from pyhelm.template import render
from pyhelm.template.gotmpl import runtime
from tests.template.charts import chart_of

BOMBS = {
    "range": "{{ range 100000000000 }}{{ end }}",
    "nested-ranges": "{{ range 9000 }}{{ range 9000 }}{{ end }}{{ end }}",
    "includes": '{{ define "r" }}{{ if . }}{{ include "r" (rest .) }}{{ include "r" (rest .) }}{{ end }}{{ end }}'
    '{{ include "r" (until 60) }}',
    "self": '{{ define "r" }}{{ template "r" . }}{{ end }}{{ template "r" . }}',
    "self-in-blocks": '{{ define "r" }}{{ with . }}{{ range list 1 }}{{ template "r" $ }}{{ end }}{{ end }}{{ end }}'
    '{{ template "r" . }}',
    "tpl": '{{ $t := "{{ tpl .t . }}" }}{{ tpl $t (dict "t" $t) }}',
    "text": '{{ $s := "xxxxxxxx" }}{{ range 60 }}{{ $s = print $s $s }}{{ end }}',
    "cycle": '{{ $d := dict }}{{ $_ := set $d "a" $d }}{{ $d }}',
}


@pytest.fixture(autouse=True)
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_STEPS", 50_000)
    monkeypatch.setattr(runtime, "MAX_OUTPUT", 1_000_000)
    monkeypatch.setattr("pyhelm.template.gotmpl.builtins.MAX_TEXT", 1_000_000)


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in BOMBS.items()])
def test_a_bomb_is_a_clear_error(text: str) -> None:
    limit = sys.getrecursionlimit()
    with pytest.raises(TemplateError):
        render(chart_of({"a.yaml": text}), {})
    assert sys.getrecursionlimit() == limit
    assert threading.stack_size() == 0


def test_output_is_bounded_while_it_is_written() -> None:
    text = "{{ range 40000 }}" + "x" * 1000 + "{{ end }}"
    with pytest.raises(RenderLimitError, match="write more than"):
        render(chart_of({"a.yaml": text}), {})


def test_a_thousand_nested_includes_are_no_bomb() -> None:
    text = (
        '{{ define "r" }}{{ if . }}{{ with . }}{{ range list 1 }}{{ include "r" (rest $) | trim }}{{ end }}{{ end }}'
        '{{ else }}bottom{{ end }}{{ end }}{{ include "r" (until 1000) }}'
    )
    assert render(chart_of({"a.yaml": text}), {})["c/templates/a.yaml"] == "bottom"


def test_parentheses_may_be_deep_but_not_endless() -> None:
    def nested(depth: int) -> str:
        return "{{ " + "(" * depth + "1" + ")" * depth + " }}"

    assert render(chart_of({"a.yaml": nested(5_000)}), {})["c/templates/a.yaml"] == "1"
    with pytest.raises(TemplateSyntaxError, match="max expression depth exceeded"):
        render(chart_of({"a.yaml": nested(10_001)}), {})


def test_blocks_may_be_deep() -> None:
    text = "{{ if true }}" * 3_000 + "x" + "{{ end }}" * 3_000
    assert render(chart_of({"a.yaml": text}), {})["c/templates/a.yaml"] == "x"


def test_a_quote_that_never_ends_costs_linear_time() -> None:
    text = '{{ "' + '\\"' * 200_000
    with pytest.raises(TemplateSyntaxError, match="unterminated quoted string"):
        render(chart_of({"a.yaml": text}), {})
