"""Jinja2 charts."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pyhelm.errors import RenderLimitError, TemplateExecError, TemplateSyntaxError
from pyhelm.template import ReleaseInfo, RenderOptions, render
from pyhelm.template.gotmpl import runtime
from tests.template.charts import chart_of

VALUES = {
    "name": "web",
    "replicas": 3.0,
    "big": 1000000.0,
    "half": 1.5,
    "on": True,
    "list": ["a", "b"],
    "items": {"k": "v"},
    "map": {"x": 1.0, "y": {"z": [1.0, 2.0]}},
}


def write(text: str, **others: str) -> str:
    templates = {"a.yaml.j2": text, **{name.replace("__", "."): body for name, body in others.items()}}
    chart = chart_of(templates, VALUES)
    return render(chart, {}, RenderOptions(release=ReleaseInfo(name="rel")))["c/templates/a.yaml.j2"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("{{ Release.Name }} {{ Chart.Name }} {{ Values.name }}", "rel c web", id="objects"),
        pytest.param("{{ Template.Name }} {{ Template.BasePath }}", "c/templates/a.yaml.j2 c/templates", id="template"),
        pytest.param("{{ Values.big }} {{ Values.replicas + 1 }} {{ Values.half }}", "1000000 4 1.5", id="numbers"),
        pytest.param("{% for i in range(Values.replicas) %}{{ i }}{% endfor %}", "012", id="range"),
        pytest.param("{{ Values.on }} {{ none }} {{ Values.list }} {{ Values.map }}",
                     'true  ["a","b"] {"x":1,"y":{"z":[1,2]}}', id="output"),
        pytest.param("{{ Values.items.k }}", "v", id="keys-before-methods"),
        pytest.param("{% for k, v in Values.map.items() %}{{ k }};{% endfor %}", "x;y;", id="methods"),
        pytest.param("{{ Values.name | upper | quote }} {{ b64enc(Values.name) }}", '"WEB" d2Vi', id="functions"),
        pytest.param("{{ Values.map | toYaml | nindent(2) }}", '\n  x: 1\n  "y":\n    z:\n    - 1\n    - 2', id="yaml"),
        pytest.param("{{ Values.nope | default('d') }}{{ Values.a is defined }}", "dfalse", id="default"),
        pytest.param("{{ Capabilities.APIVersions.Has('v1') }}", "true", id="method"),
        pytest.param("{{ Capabilities.KubeVersion }}", "v1.37.0", id="kube-version"),
        pytest.param("{{ tpl('{{ .Values.name }}') }}", "web", id="tpl"),
        pytest.param("{{ required('x', Values.name) }} {{ trunc(2, 'abc') }}", "web ab", id="goes-order"),
        pytest.param("{{ 'a' ~ 1 ~ Values.half }}", "a11.5", id="concatenation"),
        pytest.param("{% if true %}\nx\n{% endif %}\n", "x\n", id="blocks-leave-no-line"),
        pytest.param("  {% set a = 1 %}\n{{ a }}\n", "1\n", id="indented-tags"),
        pytest.param("{{ 5 | randAlphaNum | length }}", "5", id="impure-filter"),
        pytest.param("{{ now() is defined }}", "true", id="now"),
        pytest.param("{% for x in Values.list %}{{ loop.index }}/{{ loop.length }}{% endfor %}", "1/22/2", id="loop"),
    ],
)  # fmt: skip
def test_writes(text: str, expected: str) -> None:
    assert write(text) == expected


def test_a_filter_that_makes_random_text_runs_each_time() -> None:
    assert write("{{ 16 | randAlphaNum }}") != write("{{ 16 | randAlphaNum }}")


def test_partials_beside_below_and_by_path() -> None:
    others = {
        "_m__j2": "{% macro port(p) %}port: {{ p }}{% endmacro %}",
        "sub/_x__j2": "{% include '_y.j2' %}",
        "sub/_y__j2": "y of {{ Chart.Name }}",
        "_base__j2": "<{% block body %}{% endblock %}>",
    }
    text = "{% import '_m.j2' as m %}{{ m.port(80) }} {% include 'sub/_x.j2' %} {% include 'c/templates/sub/_y.j2' %}"
    assert write(text, **others) == "port: 80 y of c y of c"
    assert write("{% extends '_base.j2' %}{% block body %}{{ Values.name }}{% endblock %}", **others) == "<web>"


def test_partials_are_not_output_and_notes_keep_their_name() -> None:
    chart = chart_of({"_p.j2": "x", "NOTES.txt.j2": "Thanks, {{ Release.Name }}", "a.yaml": "kind: A"})
    assert render(chart, {}, RenderOptions(release=ReleaseInfo(name="rel"))) == {
        "c/templates/a.yaml": "kind: A",
        "c/templates/NOTES.txt": "Thanks, rel",
    }


def test_go_and_jinja_use_each_other() -> None:
    go = '{{ define "labels" }}app: {{ .Chart.Name }}{{ end }}{{ define "of" }}{{ .x }}{{ end }}'
    assert write("{{ include('labels') }} {{ include('of', {'x': 1}) }}", _h__tpl=go) == "app: c 1"
    chart = chart_of({"a.yaml": '{{ include "c/templates/_p.j2" . }}', "_p.j2": "{{ Values.name }}"}, VALUES)
    assert render(chart, {})["c/templates/a.yaml"] == "web"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a\n{{ Values.nmae }}", "no key 'nmae' (there is 'name')", id="missing-key"),
        pytest.param("a\n{{ Values.nope.x }}", "no key 'nope'", id="missing-table"),
        pytest.param("a\n{{ nope }}", "'nope' is undefined", id="missing-variable"),
        pytest.param("a\n{{ atoi(1.5) }}", "atoi: wrong type for value; expected string; got float64", id="type"),
        pytest.param("a\n{{ trunc(1) }}", "wrong number of args for trunc: want 2 got 1", id="count"),
        pytest.param("a\n{{ mustToDate('2006', 'x') }}", "error calling mustToDate", id="function"),
        pytest.param("a\n{{ 1 / 0 }}", "division by zero", id="zero"),
        pytest.param("a\n{% include 'nope.j2' %}", "no Jinja template 'nope.j2' in the chart", id="include"),
    ],
)
def test_an_error_names_the_line(text: str, message: str) -> None:
    with pytest.raises(TemplateExecError) as caught:
        write(text)
    assert message in str(caught.value)
    assert str(caught.value.span) == "c/templates/a.yaml.j2:2"
    assert caught.value.span.source == text.split("\n")[1]


def test_an_error_in_an_included_go_template_has_the_whole_way() -> None:
    with pytest.raises(TemplateExecError) as caught:
        write("\n{{ include('x') }}", _h__tpl='{{ define "x" }}{{ .Values.a.b }}{{ end }}')
    assert [str(frame.span) for frame in caught.value.frames] == ["c/templates/a.yaml.j2:2", "c/templates/_h.tpl:1:26"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{{ fail('stop') }}", "execution error at (c/templates/a.yaml.j2:1): stop", id="fail"),
        pytest.param(
            "{{ required('need', Values.x) }}", "execution error at (c/templates/a.yaml.j2:1): need", id="req"
        ),
    ],
)
def test_deliberate_errors(text: str, message: str) -> None:
    with pytest.raises(TemplateExecError) as caught:
        write(text)
    assert str(caught.value) == message


def test_a_syntax_error_names_the_line() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        write("a\n{% if %}")
    assert str(caught.value.span) == "c/templates/a.yaml.j2:2"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ Values.__class__.__mro__ }}",
        "{{ include.__globals__ }}",
        "{{ toYaml._run }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ Capabilities.with_kube_version('v1.0.0') }}",
        "{{ Values.update({}) }}",
        "{% include '/etc/passwd' %}",
        "{{ ''.format.__self__ }}",
        "{{ '{0.__class__}'.format(1) }}",
    ],
)
def test_nothing_of_the_host_can_be_reached(text: str) -> None:
    with pytest.raises(TemplateExecError):
        write(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'x' * 10 ** 9 }}",
        "{{ [1] * 10 ** 9 }}",
        "{{ 10 ** 1000000 }}",
        "{{ 'x'.center(10 ** 9) }}",
        "{{ 'x' | center(10 ** 9) }}",
        "{{ 'x' | indent(10 ** 9, true) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ '%1000000000d' | format(1) }}",
        "{{ '%1000000000d' % 1 }}",
        "{% set n = namespace(s='xxxxxxxx') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        "{% set n = namespace(s='xxxxxxxx') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}",
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% macro a(n) %}{% if n %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
        "{{ range(10 ** 9) }}",
    ],
)
def test_a_bomb_is_a_clear_error(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_STEPS", 50_000)
    with pytest.raises(TemplateExecError) as caught:
        write(text)
    assert isinstance(caught.value, RenderLimitError) or "Range too big" in str(caught.value)


def test_charts_without_jinja_files_do_not_load_jinja() -> None:
    code = (
        "import sys\n"
        "from pyhelm.chart.model import Chart, File, Metadata\n"
        "from pyhelm.template import render\n"
        "chart = Chart(Metadata(name='c'), templates=[File('templates/a.yaml', b'{{ .Chart.Name | upper }}')])\n"
        "assert render(chart, {}) == {'c/templates/a.yaml': 'C'}\n"
        "loaded = {'jinja2', 'asyncio', 'sqlite3', 'jsonschema', 'requests', 'cryptography'} & set(sys.modules)\n"
        "assert not loaded, loaded\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
