from __future__ import annotations

import pytest

from pyhelm.chart.gojson import unknown_field
from pyhelm.chart.metadata import METADATA, dump_lock, dump_metadata, read_lock, read_metadata, validate
from pyhelm.chart.model import Dependency, Lock, Maintainer, Metadata
from pyhelm.errors import ChartMetadataError, YamlError

FULL = b"""\
annotations:
  category: Web
apiVersion: v2
appVersion: "1.10"
condition: a.enabled
dependencies:
- alias: store
  condition: store.enabled
  enabled: true
  import-values:
  - child: a
    parent: b
  name: redis
  repository: https://example.com/charts
  tags:
  - backend
  version: ^1.2.0
- name: common
  repository: ""
deprecated: true
description: 'A chart: the description'
home: https://example.com
icon: https://example.com/icon.svg
keywords:
- web
kubeVersion: '>=1.25.0-0'
maintainers:
- email: ann@example.com
  name: Ann
  url: https://example.com/ann
name: web
sources:
- https://example.com/web.git
tags: web
type: application
version: 1.2.3
"""


def test_what_is_read_is_written_again() -> None:
    metadata = read_metadata(FULL)
    assert metadata.maintainers == [Maintainer("Ann", "ann@example.com", "https://example.com/ann")]
    assert metadata.dependencies[0].import_values == [{"child": "a", "parent": "b"}]
    assert dump_metadata(metadata) == FULL.decode()


def test_empty_fields_are_not_written() -> None:
    assert (
        dump_metadata(Metadata(name="c", version="1.0.0", api_version="v2"))
        == "apiVersion: v2\nname: c\nversion: 1.0.0\n"
    )


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.10", "1.1"),
        ("3", "3"),
        ("12e4", "120000"),
        ("1e6", "1e+06"),
        ("0x1F", "31"),
        ("yes", "true"),
        ("null", ""),
        ("2024-01-02", "2024-01-02"),
        ("12345678901234567890", "12345678901234567890"),
    ],
)
def test_what_is_no_text_becomes_text_as_in_go(written: str, read: str) -> None:
    assert read_metadata(f"appVersion: {written}\n".encode()).app_version == read


def test_keys_are_found_in_any_case_and_the_last_in_order_wins() -> None:
    assert read_metadata(b"NAME: a\nName: b\nname: c\n").name == "c"


def test_requirements_are_added_to_what_is_known() -> None:
    metadata = read_metadata(b"name: c\n")
    assert read_metadata(b"dependencies: [{name: a}]\n", metadata) is metadata
    assert (metadata.name, metadata.dependencies) == ("c", [Dependency("a")])


def test_an_unknown_key_is_found_wherever_it_is() -> None:
    assert unknown_field({"name": "c", "maintainers": [{"Name": "a"}]}, METADATA) == ""
    assert unknown_field({"name": "c", "maintainers": [{"nick": "a"}]}, METADATA) == "nick"
    assert unknown_field({"zzz": 1, "nme": "c"}, METADATA) == "nme"


def test_a_lock_keeps_its_time() -> None:
    entry = "dependencies:\n- name: a\n  repository: r\n  version: 1.0.0\n"
    text = f'{entry}digest: sha256:x\ngenerated: "2024-05-06T07:08:09.5+02:00"\n'
    lock = read_lock(text.replace(".5+", ".500+").encode())
    assert lock is not None
    assert dump_lock(lock) == text
    assert read_lock(b"# nothing\n") is None
    assert dump_lock(Lock()) == 'dependencies: []\ndigest: ""\ngenerated: "0001-01-01T00:00:00Z"\n'


@pytest.mark.parametrize("text", ["name: [a]", "maintainers: [1]", "[]", "a: b: c"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        read_metadata(text.encode())


def test_validation_tidies_texts() -> None:
    metadata = Metadata(name="c", version="1.0.0", api_version="v2", description="a\tb\u200bc", keywords=["x\ny"])
    metadata.dependencies = [Dependency("d\u00a0e", tags=["t\rt"])]
    validate(metadata)
    assert (metadata.description, metadata.keywords) == ("a bc", ["x y"])
    assert (metadata.dependencies[0].name, metadata.dependencies[0].tags) == ("d e", ["t t"])


def test_the_first_broken_rule_is_told() -> None:
    with pytest.raises(ChartMetadataError) as caught:
        validate(Metadata(name="c", version="one", type="other", api_version="v2"))
    assert str(caught.value) == 'validation: chart.metadata.version "one" is invalid'
