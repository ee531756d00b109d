"""Random templates, and what the real Helm made of them (``goldens/random_templates.json`` says which)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyhelm.chart.model import Chart, File, Metadata
from pyhelm.errors import TemplateError
from pyhelm.template import ReleaseInfo, RenderOptions, render
from pyhelm.yaml import load_values

GOLDEN = json.loads((Path(__file__).parent / "goldens" / "random_templates.json").read_text(encoding="utf-8"))

VALUES = """
a: 1
s: str
t: true
f: false
e: ""
l: [1, x, null, {b: "yes"}]
el: []
em: {}
m: {x: 1.5, y: {z: deep}, l: [{q: 1}, {q: null}]}
z: 0
big: 1000000
neg: -3
txt: "{{ .Values.s }}-{{ .Values.nope }}"
bad: "{{ .Values.a.b }}"
uni: "héé"
"""


def rendered(case: dict[str, str]) -> dict[str, str]:
    chart = Chart(
        Metadata(name="c", version="0.1.0", api_version="v2"),
        values=load_values(VALUES),
        templates=[
            File("templates/_p.tpl", case["partial"].encode()),
            File("templates/a.yaml", case["main"].encode()),
        ],
    )
    try:
        # Helm prints a file without the space at its end.
        out = render(chart, {}, RenderOptions(release=ReleaseInfo(name="rel")))
        return {"out": out["c/templates/a.yaml"].rstrip()}
    except TemplateError as error:
        return {"error": str(error)}


@pytest.mark.parametrize("case", [pytest.param(case, id=str(number)) for number, case in enumerate(GOLDEN["cases"])])
def test_same_as_helm(case: dict[str, str]) -> None:
    expected = {key: case[key] for key in ("out", "error") if key in case}
    assert rendered(case) == expected
