"""The rules for names that only objects being written need; those of keys and labels are in ``kube.names``.

Each ``…_errors`` returns what is wrong with a value, in the words of apimachinery's ``util/validation``.
"""

from __future__ import annotations

import re

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_WILDCARD = rf"\*\.{_LABEL}(\.{_LABEL})*"

_is_wildcard = re.compile(_WILDCARD).fullmatch
_is_percent = re.compile("[0-9]+%").fullmatch
_is_header = re.compile("[-A-Za-z0-9]+").fullmatch


def wildcard_errors(value: str) -> list[str]:
    """Check a DNS-1123 subdomain that begins with ``*.``."""
    errors = ["must be no more than 253 characters"] if len(value) > 253 else []
    if not _is_wildcard(value):
        errors.append(
            "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist "
            "of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. "
            f"'*.example.com', regex used for validation is '{_WILDCARD}')"
        )
    return errors


def port_errors(value: int) -> list[str]:
    """Check a port number."""
    return [] if 1 <= value <= 65535 else ["must be between 1 and 65535, inclusive"]


def is_percent(value: str) -> bool:
    """Tell whether ``value`` is like ``25%``."""
    return _is_percent(value) is not None


PERCENT_MESSAGE = (
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', "
    "regex used for validation is '[0-9]+%')"
)


def header_errors(value: str) -> list[str]:
    """Check the name of an HTTP header."""
    if _is_header(value):
        return []
    message = (
        "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', "
        "regex used for validation is '[-A-Za-z0-9]+')"
    )
    return [message]
