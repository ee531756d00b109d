"""The rules for names, labels and keys, with Kubernetes' words (apimachinery's ``util/validation``).

Each ``check_…`` returns what is wrong with a value, as a list of sentences; empty means fine.
"""

from __future__ import annotations

import re

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = f"({_QUALIFIED})?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"
_WILDCARD = rf"\*\.{_SUBDOMAIN}"

_label = re.compile(_LABEL).fullmatch
_subdomain = re.compile(_SUBDOMAIN).fullmatch
_label_1035 = re.compile(_LABEL_1035).fullmatch
_qualified = re.compile(_QUALIFIED).fullmatch
_label_value = re.compile(_LABEL_VALUE).fullmatch
_config_key = re.compile(_CONFIG_KEY).fullmatch
_wildcard = re.compile(_WILDCARD).fullmatch
_port_name = re.compile("[-a-z0-9]*").fullmatch
_letter = re.compile("[a-z]").search
_percent = re.compile("[0-9]+%").fullmatch
_header = re.compile("[-A-Za-z0-9]+").fullmatch


def _pattern(message: str, pattern: str, *examples: str) -> str:
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{message} (e.g. {shown}regex used for validation is '{pattern}')"


def check_label(value: str) -> list[str]:
    """Check a DNS-1123 label."""
    if len(value) <= 63 and _label(value):
        return []
    wrong = []
    if len(value) > 63:
        wrong.append("must be no more than 63 bytes")
    if not _label(value):
        if _subdomain(value):
            wrong.append("must not contain dots")
        else:
            wrong.append(
                _pattern(
                    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                    "and must start and end with an alphanumeric character",
                    _LABEL,
                    "my-name",
                    "123-abc",
                )
            )
    return wrong


def check_subdomain(value: str) -> list[str]:
    """Check a DNS-1123 subdomain."""
    if len(value) <= 253 and _subdomain(value):
        return []
    wrong = []
    if len(value) > 253:
        wrong.append("must be no more than 253 bytes")
    if not _subdomain(value):
        wrong.append(
            _pattern(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                "and must start and end with an alphanumeric character",
                _SUBDOMAIN,
                "example.com",
            )
        )
    return wrong


def check_label_1035(value: str) -> list[str]:
    """Check a DNS-1035 label, which begins with a letter."""
    if len(value) <= 63 and _label_1035(value):
        return []
    wrong = []
    if len(value) > 63:
        wrong.append("must be no more than 63 characters")
    if not _label_1035(value):
        wrong.append(
            _pattern(
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                "character, and end with an alphanumeric character",
                _LABEL_1035,
                "my-name",
                "abc-123",
            )
        )
    return wrong


def check_wildcard_subdomain(value: str) -> list[str]:
    """Check a DNS-1123 subdomain that begins with ``*.``."""
    wrong = []
    if len(value) > 253:
        wrong.append("must be no more than 253 characters")
    if not _wildcard(value):
        wrong.append(
            _pattern(
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
                "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
                _WILDCARD,
                "*.example.com",
            )
        )
    return wrong


def check_path_segment(value: str) -> list[str]:
    """Check a name that only has to fit in a path (RBAC's rule)."""
    if value in {".", ".."}:
        return [f"may not be '{value}'"]
    return [f"may not contain '{part}'" for part in ("/", "%") if part in value]


_QUALIFIED_MESSAGE = (
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
)


def check_qualified(value: str) -> list[str]:
    """Check a label key: a name of 63 bytes with an optional DNS prefix."""
    if "/" not in value and len(value) <= 63 and _qualified(value):
        return []
    parts = value.split("/")
    wrong: list[str] = []
    pattern = _pattern(_QUALIFIED_MESSAGE, _QUALIFIED, "MyName", "my.name", "123-abc")
    if len(parts) > 2:
        return [f"a valid label key {pattern} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    if len(parts) == 2:
        if not parts[0]:
            wrong.append("prefix part must be non-empty")
        else:
            wrong += [f"prefix part {text}" for text in check_subdomain(parts[0])]
    name = parts[-1]
    if not name:
        wrong.append("name part must be non-empty")
    elif len(name) > 63:
        wrong.append("name part must be no more than 63 bytes")
    if not _qualified(name):
        wrong.append(f"name part {pattern}")
    return wrong


def check_label_value(value: str) -> list[str]:
    """Check the value of a label."""
    if len(value) <= 63 and _label_value(value):
        return []
    wrong = []
    if len(value) > 63:
        wrong.append("must be no more than 63 bytes")
    if not _label_value(value):
        wrong.append(
            _pattern(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
                "start and end with an alphanumeric character",
                _LABEL_VALUE,
                "MyValue",
                "my_value",
                "12345",
            )
        )
    return wrong


def check_config_key(value: str) -> list[str]:
    """Check a key of a ConfigMap or Secret."""
    wrong = []
    if len(value) > 253:
        wrong.append("must be no more than 253 characters")
    if not _config_key(value):
        wrong.append(
            _pattern(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
                _CONFIG_KEY,
                "key.name",
                "KEY_NAME",
                "key-name",
            )
        )
    return wrong + _check_directory(value)


def _check_directory(value: str) -> list[str]:
    if value in {".", ".."}:
        return [f"must not be '{value}'"]
    return ["must not start with '..'"] if value.startswith("..") else []


def check_env_name(value: str) -> list[str]:
    """Check the name of an environment variable (the relaxed rule, the default since 1.34)."""
    if not value:
        return ["environment variable name must be non-empty"]
    if all(" " <= character <= "~" and character != "=" for character in value):
        return []
    return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]


def check_port_name(value: str) -> list[str]:
    """Check an IANA service name."""
    wrong = []
    if len(value) > 15:
        wrong.append("must be no more than 15 characters")
    if not _port_name(value):
        wrong.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not _letter(value):
        wrong.append("must contain at least one letter (a-z)")
    if "--" in value:
        wrong.append("must not contain consecutive hyphens")
    if value and (value[0] == "-" or value[-1] == "-"):
        wrong.append("must not begin or end with a hyphen")
    return wrong


def check_port(value: int) -> list[str]:
    """Check a port number."""
    return [] if 1 <= value <= 65535 else ["must be between 1 and 65535, inclusive"]


def is_percent(value: str) -> bool:
    """Tell whether ``value`` is like ``25%``."""
    return _percent(value) is not None


PERCENT_MESSAGE = _pattern(
    "a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%"
)


def check_header(value: str) -> list[str]:
    """Check the name of an HTTP header."""
    if _header(value):
        return []
    return [
        _pattern(
            "a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name"
        )
    ]
