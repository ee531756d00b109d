"""A chart of one template, rendered by the real Helm."""

from __future__ import annotations

import json
import subprocess

import pytest


@pytest.fixture
def ask(helm, tmp_path):
    """Return a function: template text for one ``.`` of many cases -> Helm's answers, decoded from JSON."""

    def run(expression, cases):
        folder = tmp_path / "chart"
        (folder / "templates").mkdir(parents=True, exist_ok=True)
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        template = "a: b\n{{ range .Values.x }}#>{{ " + expression + " }}\n{{ end }}"
        (folder / "templates" / "t.yaml").write_text(template)
        (folder / "values.yaml").write_text(json.dumps({"x": cases}, ensure_ascii=False), encoding="utf-8")
        command = [helm, "template", "r", folder]
        shown = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
        answers = [json.loads(line[2:]) for line in shown.split("\n") if line.startswith("#>")]
        assert len(answers) == len(cases)
        return answers

    return run
