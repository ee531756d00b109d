"""Files and flags together."""

from __future__ import annotations

import pytest

from pyhelm.errors import SetSyntaxError, UnsupportedError, ValuesFileError
from pyhelm.values import ValueSources, merge_sources, read_local


def test_order_of_sources():
    files = {"one": b"a: 1\nb: {x: 1, z: 2}", "two": b"b: {x: 3}\n---\nc: [1]", "text": b"from file"}
    sources = ValueSources(
        files=("one", "two"),
        set_json=('{"d": 1, "e": 1}', "f=1"),
        set=("e=2,f=2,g=2,h=2",),
        set_string=("f=3,g=3,h=3",),
        set_file=("g=text,h=text",),
        set_literal=("h=5",),
    )
    assert merge_sources(sources, read=files.__getitem__) == {
        "a": 1.0,
        "b": {"x": 3.0, "z": 2.0},
        "c": [1.0],
        "d": 1.0,
        "e": 2,
        "f": "3",
        "g": "from file",
        "h": "5",
    }


def test_order_of_sources_is_helms(rendered, tmp_path):
    (tmp_path / "text").write_text("from file")
    flags = {
        "set_json": ('{"d": 1, "e": 1}', "f=1"),
        "set": ("e=2,f=2,g=2,h=2",),
        "set_string": ("f=3,g=3,h=3",),
        "set_file": ("g=text,h=text",),
        "set_literal": ("h=5",),
    }
    arguments = [f"--{name.replace('_', '-')}={text}" for name in reversed(flags) for text in flags[name]]
    found = merge_sources(ValueSources(**flags), read=lambda name: (tmp_path / name).read_bytes())
    assert rendered({"name": "c"}, *arguments) == {"c/templates/t.yaml": found}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"a: b: c",
            "failed to parse v.yaml: cannot unmarshal yaml document: error converting YAML to JSON: "
            "yaml: mapping values are not allowed in this context",
            id="no-yaml",
        ),
        pytest.param(
            b"- 1",
            "failed to parse v.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: "
            "json: cannot unmarshal array into Go value of type map[string]interface {}",
            id="no-map",
        ),
    ],
)
def test_unusable_file(rendered, tmp_path, data, message):
    with pytest.raises(ValuesFileError) as caught:
        merge_sources(ValueSources(files=("v.yaml",)), read={"v.yaml": data}.__getitem__)
    assert str(caught.value) == message
    (tmp_path / "v.yaml").write_bytes(data)
    assert message in rendered({"name": "c"}, "-f", "v.yaml")


def test_missing_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValuesFileError) as caught:
        merge_sources(ValueSources(files=("no.yaml",)))
    assert str(caught.value) == "open no.yaml: no such file or directory"


def test_urls_are_not_fetched():
    with pytest.raises(UnsupportedError):
        read_local("https://charts.example/values.yaml")


def test_a_file_without_end_is_refused():
    for sources in (ValueSources(files=("/dev/zero",)), ValueSources(set_file=("a=/dev/zero",))):
        with pytest.raises((ValuesFileError, SetSyntaxError), match="open /dev/zero: file too large"):
            merge_sources(sources)
