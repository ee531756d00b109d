"""The language itself, against text/template (``goldens/language.json`` says which)."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

from pyhelm.errors import TemplateSyntaxError
from pyhelm.template.gotmpl.builtins import BUILTINS
from pyhelm.template.gotmpl.failures import ExecError
from pyhelm.template.gotmpl.library import Library, gather
from pyhelm.template.gotmpl.parser import Parser
from pyhelm.template.gotmpl.runtime import Run

GOLDEN = json.loads((Path(__file__).parent / "goldens" / "language.json").read_text(encoding="utf-8"))
CASES = [pytest.param(case, id=case["id"]) for case in GOLDEN["cases"]]


def library() -> Library:
    return Library(BUILTINS.get, BUILTINS.__contains__)


def outcome(library: Library, template: str, data: Any, *, strict: bool = False) -> dict[str, str]:
    try:
        templates = gather([library.templates("t", template)])
        run = Run(templates, library, strict=strict)
        return {"out": run.execute(templates["t"], data).replace("<no value>", "")}
    except TemplateSyntaxError as error:
        return {"error": error.chain}
    except ExecError as failure:
        return {"error": failure.error().chain}


@pytest.mark.parametrize("case", CASES)
def test_same_as_text_template(case: dict[str, Any]) -> None:
    expected = {key: case[key] for key in ("out", "error") if key in case}
    assert outcome(library(), case["template"], GOLDEN["data"], strict=case["strict"]) == expected


def test_a_library_remembers_files_and_actions() -> None:
    shared = library()
    for case in [*GOLDEN["cases"], *reversed(GOLDEN["cases"])]:
        expected = {key: case[key] for key in ("out", "error") if key in case}
        assert outcome(shared, case["template"], GOLDEN["data"], strict=case["strict"]) == expected


def test_parsed_once_per_content(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = library()
    first = shared.templates("t", "{{ .a }}")
    monkeypatch.setattr(Parser, "parse", None)
    assert shared.templates("t", "{{ .a }}") is first


@pytest.mark.parametrize("case", CASES)
def test_trees_survive_pickling(case: dict[str, Any]) -> None:
    class Store:
        """Keeps what a library parsed, as a disk would."""

        def __init__(self) -> None:
            self.kept: dict[str, bytes] = {}

        def get(self, text: str) -> Any:
            return pickle.loads(self.kept[text]) if text in self.kept else None

        def put(self, text: str, trees: Any) -> None:
            self.kept[text] = pickle.dumps(trees)

    store = Store()
    written = Library(BUILTINS.get, BUILTINS.__contains__, store)
    read = Library(BUILTINS.get, BUILTINS.__contains__, store)
    expected = {key: case[key] for key in ("out", "error") if key in case}
    for each in (written, read):
        assert outcome(each, case["template"], GOLDEN["data"], strict=case["strict"]) == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("{{if .a}}b{{else if .c}}d{{end}}", "{{if .a}}b{{else}}{{if .c}}d{{end}}{{end}}", id="else-if"),
        pytest.param("{{range $i, $e := .l}}{{$i}}{{end}}", "{{range $i, $e := .l}}{{$i}}{{end}}", id="range"),
        pytest.param("{{- (.a | f).b `x` -}}", "{{(.a | f).b `x`}}", id="chain"),
        pytest.param("{{template `x` $y := 1}}", '{{template "x" $y := 1}}', id="template"),
    ],
)
def test_a_node_shows_as_written(text: str, shown: str) -> None:
    trees = Parser(lambda name: True).parse("t", text)
    assert "".join(map(str, trees[-1].body)) == shown


def test_thousands_of_nested_blocks() -> None:
    # Deeper than the stack allows to recurse: parsing does not recurse into blocks.
    trees = Parser(lambda name: True).parse("t", "{{if .a}}" * 20_000 + "x" + "{{end}}" * 20_000)
    assert len(trees[-1].body) == 1
