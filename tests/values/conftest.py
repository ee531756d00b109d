"""Charts as data: built in memory for pyhelm, written to disk for the real Helm."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess

import pytest

from pyhelm import yaml
from pyhelm.chart.model import Chart, Dependency, Metadata

TEMPLATE = "#> {{ .Template.Name }} {{ toJson .Values }}\n"


@pytest.fixture
def build():
    """Return a function: a chart spec (``name, values, declares, subcharts``) -> Chart."""

    def make(spec, parent=None):
        declared = [
            Dependency(
                name=entry["name"],
                version=entry.get("version", "*"),
                condition=entry.get("condition", ""),
                tags=list(entry.get("tags", [])),
                import_values=copy.deepcopy(entry.get("import-values", [])),
                alias=entry.get("alias", ""),
            )
            for entry in spec.get("declares", [])
        ]
        metadata = Metadata(name=spec["name"], version=spec.get("version", "1.0.0"), dependencies=declared)
        chart = Chart(metadata, values=_values(spec.get("values", {})), parent=parent)
        chart.dependencies = [make(child, chart) for child in sorted(spec.get("subcharts", []), key=_name)]
        return chart

    return make


@pytest.fixture
def rendered(helm, tmp_path):
    """Return a function: chart spec and helm arguments -> values by template path, or the error's text."""

    def run(spec, *arguments, user=None, schema=None):
        folder = tmp_path / "chart"
        shutil.rmtree(folder, ignore_errors=True)
        _write(spec, folder)
        if schema is not None:
            (folder / "values.schema.json").write_text(schema if isinstance(schema, str) else json.dumps(schema))
        if user is not None:
            (tmp_path / "user.yaml").write_text(json.dumps(user))
            arguments = ("-f", tmp_path / "user.yaml", *arguments)
        command = [helm, "template", "r", folder, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        if result.returncode:
            return result.stderr
        lines = (line.split(" ", 2) for line in result.stdout.splitlines() if line.startswith("#> "))
        return {path: json.loads(values) for _, path, values in lines}

    return run


def _write(spec, folder):
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "t.yaml").write_text("a: b\n" + TEMPLATE)
    metadata = {"apiVersion": "v2", "name": spec["name"], "version": spec.get("version", "1.0.0")}
    if spec.get("declares"):
        metadata["dependencies"] = [
            {"version": "*", **entry, "repository": "https://charts.example"} for entry in spec["declares"]
        ]
    (folder / "Chart.yaml").write_text(json.dumps(metadata))
    (folder / "values.yaml").write_text(json.dumps(spec.get("values", {})))
    for child in spec.get("subcharts", []):
        _write(child, folder / "charts" / child["name"])


def _values(spec):
    return yaml.load(json.dumps(spec)) or {}


def _name(spec):
    return spec["name"]
