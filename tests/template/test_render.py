"""The way from a chart to files: order, scopes, partials, objects."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pyhelm.chart import load
from pyhelm.errors import PyhelmError, TemplateExecError, TemplateSyntaxError
from pyhelm.template import Capabilities, KubeVersion, ReleaseInfo, RenderOptions, render
from pyhelm.template.gotmpl.parser import Parser
from tests.template.charts import chart_of, helm_renders, write

if TYPE_CHECKING:
    from pathlib import Path

SHOW = """{{ define "who" }}%s{{ end }}kind: %s
text: |
  {{ .Chart.Name }} {{ .Chart.IsRoot }} {{ .Template.Name }} {{ .Template.BasePath }}
  {{ include "who" . }}
  {{ .Values | toJson }}
  {{ keys .Subcharts | sortAlpha | join "," }}
  {{ range $name, $_ := .Files }}{{ $name }};{{ end }} {{ .Files.Get "note.txt" | quote }}
"""

FAMILY = {
    "Chart.yaml": """
apiVersion: v2
name: parent
version: 1.0.0
annotations: {team: blue}
dependencies:
- {name: child, version: 1.0.0, repository: ""}
- {name: child, version: 1.0.0, repository: "", alias: twin, condition: twin.enabled}
- {name: lib, version: 1.0.0, repository: ""}
""",
    "values.yaml": "a: 1\nglobal: {g: 1}\nchild: {b: from-parent}\ntwin: {enabled: true, b: twin}\n",
    "note.txt": "of parent\n",
    "templates/a.yaml": SHOW % ("a of parent", "A"),
    "templates/z.yaml": SHOW % ("z of parent", "Z"),
    "templates/deep/a.yaml": SHOW % ("deep of parent", "Deep"),
    "templates/_helpers.tpl": '{{ define "helper" }}helper of parent{{ end }}{{ define "who" }}helper{{ end }}',
    "templates/objects.yaml": """kind: Objects
text: |
  annotations: {{ .Chart.Annotations.team }} {{ .Chart.Annotations.nope | quote }} {{ .Chart.Nope }}
  subchart: {{ .Subcharts.child.Values.b }} {{ .Subcharts.child.Chart.Name }}
  type: {{ typeOf . }} {{ typeOf .Values }} {{ typeOf .Values.child }} {{ typeOf .Files }} {{ typeOf .Capabilities }}
  release: {{ .Release | toJson }} {{ typeOf .Release.Revision }}
  kube: {{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Minor }} {{ len .Capabilities.APIVersions }}
  has: {{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}
  versions: {{ .Capabilities.APIVersions | toJson }}
  helm: {{ .Capabilities.HelmVersion.Version }} {{ .Capabilities.HelmVersion.KubeClientVersion }}
  chart: {{ .Chart | toJson }}
  lookup: {{ (lookup "v1" "Pod" "" "x").items }} {{ lookup "v1" "Pod" "" "x" | toJson }}
  lines: {{ .Files.Lines "note.txt" | toJson }} {{ .Files.GetBytes "note.txt" | len }} {{ .Files.nope }}
  config: {{ (.Files.Glob "*.txt").AsConfig | quote }} {{ (.Files.Glob "*.txt").AsSecrets | quote }}
""",
    "templates/set.yaml": """{{ $_ := set .Values "seen" (add1 (default 0 .Values.seen)) }}kind: Set
seen: {{ .Values.seen }}
""",
    "templates/tpl.yaml": """kind: Tpl
inner: {{ tpl "{{ define `in` }}<{{ .Chart.Name }}>{{ end }}{{ include `in` . }}{{ include `helper` . }}" . }}
nested: {{ tpl "{{ tpl \\"{{ .Values.a }}\\" . }}" . }}
none: "{{ tpl "{{ .Values.nope }}" . }}" # {{ include "blank" . | b64enc }}
{{ define "blank" }}{{ .Values.nope }}{{ end }}
""",
    "charts/child/Chart.yaml": "apiVersion: v2\nname: child\nversion: 1.0.0\n",
    "charts/child/values.yaml": "b: default\nc: 3\n",
    "charts/child/note.txt": "of child",
    "charts/child/templates/a.yaml": SHOW % ("a of child", "A"),
    "charts/child/templates/_helpers.tpl": '{{ define "helper" }}helper of child{{ end }}',
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_lib.tpl": '{{ define "helper" }}helper of lib{{ end }}',
    "charts/lib/templates/never.yaml": "kind: Never\n",
}


def test_a_family_of_charts_as_helm_renders_it(helm: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "parent", FAMILY)
    expected = helm_renders(helm, folder)
    ours = render(load(folder), {}, RenderOptions(release=ReleaseInfo(name="rel")))
    assert len(expected) == 8
    assert {name: text.strip() for name, text in ours.items()} == expected


def test_partials_and_library_files_are_left_out(tmp_path: Path) -> None:
    folder = write(tmp_path / "parent", FAMILY)
    names = set(render(load(folder), {}))
    assert not {name for name in names if "_helpers" in name or "/lib/" in name}


def test_values_and_chart_stay_as_they_are(tmp_path: Path) -> None:
    chart = load(write(tmp_path / "parent", FAMILY))
    user = {"child": {"b": "mine"}}
    first = render(chart, user, RenderOptions())
    assert render(chart, user, RenderOptions()) == first
    assert user == {"child": {"b": "mine"}}
    assert "seen" not in chart.values


def test_a_second_render_parses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = chart_of({"a.yaml": '{{ tpl "{{ .Values.x }}" . }} second'}, {"x": "y"})
    first = render(chart, {})
    monkeypatch.setattr(Parser, "parse", None)
    assert render(chart, {}) == first


def test_release_info_and_capabilities_are_taken_from_options() -> None:
    text = (
        "{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Revision }} {{ .Release.IsInstall }} "
        "{{ .Release.IsUpgrade }} {{ .Release.Service }} {{ .Capabilities.KubeVersion.Version }} "
        '{{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "example.com/v1" }}'
    )
    options = RenderOptions(
        release=ReleaseInfo("r", "n", 4, is_install=False, is_upgrade=True),
        capabilities=Capabilities(KubeVersion.parse("1.30.2-gke.1"), ["v1", "example.com/v1"]),
    )
    assert render(chart_of({"a": text}), {}, options)["c/templates/a"] == (
        "r n 4 false true Helm v1.30.2-gke.1 v1.30.2 true"
    )


@pytest.mark.parametrize("version", ["", "v", "1", "x.y", "1.x"])
def test_a_kubernetes_version_that_is_none(version: str) -> None:
    with pytest.raises(PyhelmError):
        KubeVersion.parse(version)


def test_lookup_asks_and_its_errors_are_the_templates() -> None:
    asked = []

    def lookup(*args: str) -> dict[str, object]:
        asked.append(args)
        return {"metadata": {"name": args[3]}}

    chart = chart_of({"a": '{{ (lookup "v1" "Secret" "ns" "x").metadata.name }}'})
    assert render(chart, {}, RenderOptions(lookup=lookup))["c/templates/a"] == "x"
    assert asked == [("v1", "Secret", "ns", "x")]


def test_time_and_randomness_come_from_outside() -> None:
    chart = chart_of({"a": '{{ now | date "2006-01-02" }} {{ randAlphaNum 8 }}'})

    def once() -> str:
        options = RenderOptions(clock=lambda: datetime(2020, 2, 3, tzinfo=UTC), random=random.Random(7))
        return render(chart, {}, options)["c/templates/a"]

    assert once() == once()
    assert once().startswith("2020-02-03 ")


def test_lint_mode_lets_required_and_fail_pass() -> None:
    chart = chart_of({"a": '[{{ required "x" .Values.nope }}{{ fail "y" }}]'})
    assert render(chart, {}, RenderOptions(lint=True))["c/templates/a"] == "[]"


def test_strict_mode_wants_every_key() -> None:
    chart = chart_of({"a": "{{ .Values.nope }}"})
    with pytest.raises(TemplateExecError, match='map has no entry for key "nope"'):
        render(chart, {}, RenderOptions(strict=True))


def test_the_files_of_one_name_follow_a_fixed_order() -> None:
    # The last one parsed counts: files nearest to the root, and of those the first by name.
    define = '{{ define "x" }}%s{{ end }}'
    files = {"deep/a.tpl": define % "deep", "b.tpl": define % "b", "a.tpl": define % "a"}
    chart = chart_of({**files, "z.yaml": '{{ include "x" . }}'})
    assert render(chart, {})["c/templates/z.yaml"] == "a"


@pytest.mark.parametrize(
    ("templates", "message"),
    [
        pytest.param(
            {"a.yaml": 'a\n{{ fail "stop" }}'}, "execution error at (c/templates/a.yaml:2:3): stop", id="fail"
        ),
        pytest.param(
            {"a.yaml": '{{ include "x" . }}', "_h.tpl": '{{ define "x" }}\n{{ required "need" .Values.n }}{{ end }}'},
            "execution error at (c/templates/a.yaml:1:3): need",
            id="required-in-include",
        ),
        pytest.param(
            {"a.yaml": "{{ .Values.a.b.c }}"},
            'c/templates/a.yaml:1:10\n  executing "c/templates/a.yaml" at <.Values.a.b.c>:\n'
            "    nil pointer evaluating interface {}.b",
            id="nil-pointer",
        ),
        pytest.param(
            {"a.yaml": '\n{{ include "nope" . }}'},
            'c/templates/a.yaml:2:3\n  executing "c/templates/a.yaml" at <include "nope" .>:\n'
            '    error calling include:\ntemplate: no template "nope" associated with template "gotpl"',
            id="no-template",
        ),
        pytest.param(
            {"a.yaml": '{{ tpl "{{ .Values.a.b }}" . }}'},
            'template: c/templates/a.yaml:1:3: executing "c/templates/a.yaml" at <tpl "{{ .Values.a.b }}" .>: '
            'error calling tpl: error during tpl function execution for "{{ .Values.a.b }}": template: gotpl:1:10: '
            'executing "gotpl" at <.Values.a.b>: nil pointer evaluating interface {}.b',
            id="in-tpl",
        ),
        pytest.param(
            {"a.yaml": '{{ include "x" . }}{{ define "x" }}{{ include "x" . }}{{ end }}'},
            "rendering template has a nested reference name: x: unable to execute template",
            id="endless-include",
        ),
    ],
)
def test_errors_in_helms_words(helm: Path, tmp_path: Path, templates: dict[str, str], message: str) -> None:
    import subprocess

    chart = chart_of(templates)
    with pytest.raises(TemplateExecError) as caught:
        render(chart, {})
    assert str(caught.value).endswith(message)
    files = {f"templates/{name}": text for name, text in templates.items()}
    folder = write(tmp_path / "c", {"Chart.yaml": "apiVersion: v2\nname: c\nversion: 0.1.0\n", **files})
    done = subprocess.run([helm, "template", "x", folder], capture_output=True, text=True, check=False)
    assert done.stderr == f"Error: {caught.value}\n\nUse --debug flag to render out invalid YAML\n"


def test_frames_tell_the_way_into_the_failure() -> None:
    chart = chart_of({"a.yaml": '\n {{ include "x" . }}', "_h.tpl": '{{ define "x" }}\né {{ .Values.a.b }}{{ end }}'})
    with pytest.raises(TemplateExecError) as caught:
        render(chart, {})
    error = caught.value
    assert [(str(frame.span), frame.template, frame.call) for frame in error.frames] == [
        ("c/templates/a.yaml:2:4", "c/templates/a.yaml", "include"),
        ("c/templates/_h.tpl:2:13", "x", ""),
    ]
    assert error.span.source == "é {{ .Values.a.b }}{{ end }}"


def test_a_syntax_error_names_file_and_line() -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        render(chart_of({"a.yaml": "ok", "_h.tpl": "\n\n{{ .a | nope }}"}), {})
    assert str(caught.value) == 'parse error at (c/templates/_h.tpl:3): function "nope" not defined'
    assert caught.value.span.source == "{{ .a | nope }}"
