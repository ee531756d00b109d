"""Which names Kubernetes accepts, in its words, and the names it makes up.

The checks return every complaint, as those of apimachinery's ``validation`` package do; an empty list means fine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

LABEL_MAX_LENGTH = 63
SUBDOMAIN_MAX_LENGTH = 253

# Neither vowels nor what looks like one: no bad words, and no confusion of 0 with o or 1 with l.
SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"

_DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_SUBDOMAIN = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"
_DNS_1035_LABEL = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_QUALIFIED})?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"

_IS_DNS_LABEL = re.compile(_DNS_LABEL).fullmatch
_IS_DNS_SUBDOMAIN = re.compile(_DNS_SUBDOMAIN).fullmatch
_IS_DNS_1035_LABEL = re.compile(_DNS_1035_LABEL).fullmatch
_IS_QUALIFIED = re.compile(_QUALIFIED).fullmatch
_IS_LABEL_VALUE = re.compile(_LABEL_VALUE).fullmatch
_IS_CONFIG_KEY = re.compile(_CONFIG_KEY).fullmatch

_QUALIFIED_RULE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)


class RandomSource(Protocol):
    """What makes up names: ``random.Random`` fits."""

    def choice(self, seq: Sequence[str], /) -> str:
        """Return one of ``seq``."""


def dns_label_errors(value: str) -> list[str]:
    """Return what is wrong with a DNS label, such as a namespace's name (IsDNS1123Label)."""
    errors = _too_long(value, LABEL_MAX_LENGTH, "characters")
    if not _IS_DNS_LABEL(value):
        if _IS_DNS_SUBDOMAIN(value):
            errors.append("must not contain dots")
        else:
            rule = (
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                "and must start and end with an alphanumeric character"
            )
            errors.append(_broken(rule, _DNS_LABEL, "my-name", "123-abc"))
    return errors


def dns_subdomain_errors(value: str, *, unit: str = "characters") -> list[str]:
    """Return what is wrong with a DNS subdomain, such as most objects' names (IsDNS1123Subdomain).

    Kubernetes has the check twice: ``util/validation`` counts ``characters``, ``validate/content`` counts ``bytes``.
    """
    errors = _too_long(value, SUBDOMAIN_MAX_LENGTH, unit)
    if not _IS_DNS_SUBDOMAIN(value):
        rule = (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            "and must start and end with an alphanumeric character"
        )
        errors.append(_broken(rule, _DNS_SUBDOMAIN, "example.com"))
    return errors


def dns_1035_label_errors(value: str) -> list[str]:
    """Return what is wrong with a DNS label that starts with a letter, such as a Service's name (IsDNS1035Label)."""
    errors = _too_long(value, LABEL_MAX_LENGTH, "characters")
    if not _IS_DNS_1035_LABEL(value):
        rule = (
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', "
            "start with an alphabetic character, and end with an alphanumeric character"
        )
        errors.append(_broken(rule, _DNS_1035_LABEL, "my-name", "abc-123"))
    return errors


def path_segment_errors(value: str) -> list[str]:
    """Return what is wrong with the name of an RBAC object, which need only fit in a path (IsPathSegmentName)."""
    if value in {".", ".."}:
        return [f"may not be '{value}'"]
    return [f"may not contain '{part}'" for part in ("/", "%") if part in value]


def qualified_name_errors(value: str) -> list[str]:
    """Return what is wrong with the key of a label or annotation (IsQualifiedName, IsLabelKey)."""
    errors: list[str] = []
    prefix, slash, name = value.rpartition("/")
    if "/" in prefix:
        rule = _broken(_QUALIFIED_RULE, _QUALIFIED, "MyName", "my.name", "123-abc")
        return [f"a valid label key {rule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    if slash and not prefix:
        errors.append("prefix part must be non-empty")
    elif slash:
        errors += [f"prefix part {message}" for message in dns_subdomain_errors(prefix, unit="bytes")]
    if not name:
        errors.append("name part must be non-empty")
    elif len(name.encode()) > LABEL_MAX_LENGTH:
        errors.append(f"name part must be no more than {LABEL_MAX_LENGTH} bytes")
    if not _IS_QUALIFIED(name):
        errors.append("name part " + _broken(_QUALIFIED_RULE, _QUALIFIED, "MyName", "my.name", "123-abc"))
    return errors


def label_value_errors(value: str) -> list[str]:
    """Return what is wrong with the value of a label (IsValidLabelValue)."""
    errors = _too_long(value, LABEL_MAX_LENGTH)
    if not _IS_LABEL_VALUE(value):
        rule = "a valid label must be an empty string or consist of " + _QUALIFIED_RULE.removeprefix("must consist of ")
        errors.append(_broken(rule, _LABEL_VALUE, "MyValue", "my_value", "12345"))
    return errors


def config_key_errors(value: str) -> list[str]:
    """Return what is wrong with a key of a ConfigMap or Secret (IsConfigMapKey)."""
    errors = _too_long(value, SUBDOMAIN_MAX_LENGTH, "characters")
    if not _IS_CONFIG_KEY(value):
        rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
        errors.append(_broken(rule, _CONFIG_KEY, "key.name", "KEY_NAME", "key-name"))
    if value in {".", ".."}:
        errors.append(f"must not be '{value}'")
    elif value.startswith(".."):
        errors.append("must not start with '..'")
    return errors


def env_name_errors(value: str) -> list[str]:
    """Return what is wrong with the name of an environment variable (IsRelaxedEnvVarName)."""
    if not value:
        return ["environment variable name must be non-empty"]
    if any(not " " <= character <= "~" or character == "=" for character in value):
        return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    return []


def port_name_errors(value: str) -> list[str]:
    """Return what is wrong with the name of a port (IsValidPortName)."""
    errors = _too_long(value, 15, "characters")
    if not re.fullmatch("[-a-z0-9]+", value):
        errors.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", value):
        errors.append("must contain at least one letter (a-z)")
    if "--" in value:
        errors.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        errors.append("must not begin or end with a hyphen")
    return errors


def generate_name(base: str, random: RandomSource) -> str:
    """Return ``base`` (cut to 58 characters) and five random characters: what ``generateName`` becomes."""
    return base[: LABEL_MAX_LENGTH - 5] + random_suffix(random)


def random_suffix(random: RandomSource, length: int = 5) -> str:
    """Return random characters of the safe alphabet (rand.String)."""
    return "".join(random.choice(SAFE_ALPHABET) for _ in range(length))


def safe_encode(text: str) -> str:
    """Return ``text`` in the safe alphabet, one character for each byte (rand.SafeEncodeString)."""
    return "".join(SAFE_ALPHABET[byte % len(SAFE_ALPHABET)] for byte in text.encode())


def fnv1a_32(data: bytes) -> int:
    """Return the 32-bit FNV-1a hash, which ``pod-template-hash`` is made of."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def fnv1_32(data: bytes) -> int:
    """Return the 32-bit FNV-1 hash, which ControllerRevisions are named by."""
    value = 0x811C9DC5
    for byte in data:
        value = ((value * 0x01000193) & 0xFFFFFFFF) ^ byte
    return value


def _too_long(value: str, limit: int, unit: str = "bytes") -> list[str]:
    return [f"must be no more than {limit} {unit}"] if len(value.encode()) > limit else []


def _broken(rule: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{rule} (e.g. {shown}regex used for validation is '{pattern}')"
