"""Which names Kubernetes accepts, and the names it makes up."""

from __future__ import annotations

import random

import pytest

from pyhelm.kube import names

LABEL = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
SUBDOMAIN = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
NAME_PART = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        pytest.param("web-1", [], id="fine"),
        pytest.param("Web", [LABEL], id="capital"),
        pytest.param("-a", [LABEL], id="dash"),
        pytest.param("", [LABEL], id="empty"),
        pytest.param("a.b", ["must not contain dots"], id="dots"),
        pytest.param("a" * 64, ["must be no more than 63 characters"], id="long"),
    ],
)
def test_dns_label(value: str, errors: list[str]) -> None:
    assert names.dns_label_errors(value) == errors


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        pytest.param("a.b-c.d", [], id="fine"),
        pytest.param("a..b", [SUBDOMAIN], id="empty-label"),
        pytest.param("a_b", [SUBDOMAIN], id="underscore"),
        pytest.param("a" * 254, ["must be no more than 253 characters"], id="long"),
    ],
)
def test_dns_subdomain(value: str, errors: list[str]) -> None:
    assert names.dns_subdomain_errors(value) == errors


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        pytest.param("app.kubernetes.io/name", [], id="fine"),
        pytest.param("Name_1.x", [], id="no-prefix"),
        pytest.param("/a", ["prefix part must be non-empty"], id="empty-prefix"),
        pytest.param("a/", ["name part must be non-empty", NAME_PART], id="empty-name"),
        pytest.param("a b", [NAME_PART], id="space"),
        pytest.param("A/b", [f"prefix part {SUBDOMAIN}"], id="bad-prefix"),
        pytest.param("x" * 64, ["name part must be no more than 63 bytes"], id="long"),
    ],
)
def test_qualified_name(value: str, errors: list[str]) -> None:
    assert names.qualified_name_errors(value) == errors


def test_two_slashes() -> None:
    (error,) = names.qualified_name_errors("a/b/c")
    assert error.startswith("a valid label key must consist of alphanumeric characters")
    assert error.endswith("with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')")


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        pytest.param(names.dns_1035_label_errors, "svc-1", "1svc", id="dns-1035"),
        pytest.param(names.label_value_errors, "", "-", id="label-value"),
        pytest.param(names.config_key_errors, "a.b_C-d", "a b", id="config-key"),
        pytest.param(names.config_key_errors, ".hidden", "..data", id="config-key-dots"),
        pytest.param(names.env_name_errors, "MY VAR", "A=B", id="env-name"),
        pytest.param(names.port_name_errors, "http-2", "--", id="port-name"),
        pytest.param(names.port_name_errors, "http", "1234567890123456", id="port-name-long"),
        pytest.param(names.path_segment_errors, "system:admin", "a/b", id="path-segment"),
        pytest.param(names.path_segment_errors, "...", "..", id="path-dots"),
    ],
)
def test_other_names(check, good: str, bad: str) -> None:
    assert check(good) == []
    assert check(bad)


def test_generated_names() -> None:
    name = names.generate_name("web-", random.Random(1))
    assert name == names.generate_name("web-", random.Random(1))
    assert name.startswith("web-")
    assert len(name) == 9
    assert set(name[4:]) <= set(names.SAFE_ALPHABET)
    assert len(names.generate_name("x" * 100, random.Random(1))) == 63


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        pytest.param("0123456789", "456789bcdf", id="digits"),
        pytest.param("", "", id="empty"),
    ],
)
def test_safe_encode(text: str, encoded: str) -> None:
    assert names.safe_encode(text) == encoded


def test_hashes() -> None:
    assert names.fnv1a_32(b"") == 0x811C9DC5
    assert names.fnv1a_32(b"foobar") == 0xBF9CF968
    assert names.fnv1_32(b"foobar") == 0x31F0B262
