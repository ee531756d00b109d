"""Which functions there are, what loading them costs, and whether signatures match the Python behind them."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from importlib import import_module

import pytest

from pyhelm.functions import lookup, names, registry

# Helm's functions that need an engine, a chart or a cluster, and text/template's own: not in this package.
ELSEWHERE = {
    "fail", "include", "lookup", "required", "tpl",
    "and", "break", "call", "continue", "define", "else", "end", "eq", "ge", "gt", "html", "if", "index", "js", "le",
    "len", "lt", "ne", "not", "or", "print", "printf", "println", "range", "slice", "template", "urlquery", "with",
}  # fmt: skip
# Names that a reader of sprig's or Helm's pages could expect, and that Helm does not have.
ABSENT = {
    "env", "expandenv", "fromYamlPretty", "mustFromJsonArray", "mustFromToml", "mustFromYaml", "mustFromYamlArray",
    "mustToYamlPretty",
}  # fmt: skip


def test_there_are_as_many_functions_as_in_helm():
    assert len(names()) == 228
    assert not names() & ABSENT


@pytest.mark.parametrize("subject", sorted(registry._INDEX))
def test_index_names_what_the_module_has(subject):
    module = import_module(f"pyhelm.functions.{subject}")
    assert sorted(module.FUNCTIONS) == sorted(registry._INDEX[subject].split())
    assert all(name == function.name for name, function in module.FUNCTIONS.items())


def test_unknown_name():
    assert lookup("nope") is None


@pytest.mark.parametrize("name", sorted(names()))
def test_signature_fits_the_callable(name):
    function = lookup(name)
    try:
        signature = inspect.signature(function.call)
    except ValueError:  # a builtin that tells nothing
        return
    fixed = len(function.params) - function.variadic + function.impure
    args = [object()] * fixed
    signature.bind(*args)
    if function.variadic:
        signature.bind(*args, object(), object())
    else:
        with pytest.raises(TypeError):
            signature.bind(*args, object())


def test_params_are_go_types():
    known = {
        "any", "string", "int", "bool", "float64", "uint32", "time.Time", "[]interface {}", "map[string]interface {}",
        "sprig.certificate",
    }  # fmt: skip
    assert {param for name in names() for param in lookup(name).params} == known


def test_real_helm_knows_every_function(helm, tmp_path):
    """A chart that mentions each is parsed; one that mentions an absent one is not."""

    def parses(mentioned):
        chart = tmp_path / "c"
        (chart / "templates").mkdir(parents=True, exist_ok=True)
        (chart / "Chart.yaml").write_text("apiVersion: v2\nname: c\nversion: 0.1.0\n")
        (chart / "templates" / "a.yaml").write_text(
            "{{ if false }}" + "".join(f"{{{{ {name} }}}}" for name in sorted(mentioned)) + "{{ end }}"
        )
        run = subprocess.run([helm, "template", "r", chart], capture_output=True, check=False, text=True)
        return re.findall(r'function "(\w+)" not defined', run.stderr)

    assert parses(names()) == []
    for name in ABSENT:
        assert parses({name}) == [name]


def loaded_by(code: str) -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(' '.join(sys.modules))"],
        capture_output=True,
        check=True,
        text=True,
    )
    return set(run.stdout.split())


def test_a_simple_chart_loads_little():
    """What nearly every chart uses must not load what nearly none does."""
    common = "default quote nindent toYaml trunc trimSuffix contains replace list dict hasKey semverCompare sha256sum"
    loaded = loaded_by(f"from pyhelm.functions import lookup\nfor name in {common.split()!r}: lookup(name)")
    costly = {"cryptography", "bcrypt", "re2", "zoneinfo", "json", "tomllib", "socket", "asyncio", "typing_extensions"}
    assert not loaded & costly
    assert not {f"pyhelm.functions.{name}" for name in ("certificates", "crypto", "gotime", "regex", "urls")} & loaded
