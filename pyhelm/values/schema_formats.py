"""The ``format`` keyword, which drafts up to 7 enforce: each checker returns what is wrong, or an empty string.

Follows ``santhosh-tekuri/jsonschema``'s checkers and their words; formats it does not know are never wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    from collections.abc import Callable

_LOCAL_PART = re.compile(r"[A-Za-z0-9.!#$%&'*+\-/=?^_`{|}~]*")
_LABEL = re.compile(r"[A-Za-z0-9-]*")


def ipv4(text: str) -> str:
    """Four decimals without leading zeros."""
    groups = text.split(".")
    if len(groups) != 4:
        return "expected four decimals"
    for group in groups:
        if len(group) > 1 and group[0] == "0":
            return "leading zeros"
        if not re.fullmatch(r"[+-]?[0-9]+", group):
            return f"strconv.Atoi: parsing {quote(group)}: invalid syntax"
        if not 0 <= int(group) <= 255:
            return "decimal must be between 0 and 255"
    return ""


def ipv6(text: str) -> str:
    """An address of RFC 4291, without a zone."""
    if ":" not in text:
        return "missing colon"
    from ipaddress import IPv6Address

    try:
        address = IPv6Address(text)
    except ValueError:
        return f"ParseAddr({quote(text)}): unable to parse IP"
    return "zone id is not a part of ipv6 address" if address.scope_id else ""


def hostname(text: str) -> str:
    """Labels of letters, digits and hyphens."""
    text = text.removesuffix(".")
    if len(text.encode()) > 253:
        return "more than 253 characters long"
    for label in text.split("."):
        if not 1 <= len(label.encode()) <= 63:
            return "label must be 1 to 63 characters long"
        if label.startswith("-"):
            return "label starts with hyphen"
        if label.endswith("-"):
            return "label ends with hyphen"
        odd = _LABEL.sub("", label)
        if odd:
            return f"invalid character '{odd[0]}'"
    return ""


def email(text: str) -> str:
    """A local part, an at sign, a host name or an address in brackets."""
    if len(text.encode()) > 254:
        return "more than 255 characters long"
    local, at, domain = text.rpartition("@")
    if not at:
        return "missing @"
    if len(local.encode()) > 64:
        return "local part more than 64 characters long"
    reason = _local_part_problem(local)
    if reason:
        return reason
    if domain.startswith("[") and domain.endswith("]"):
        domain = domain[1:-1]
        if domain.startswith("IPv6:"):
            reason = ipv6(domain.removeprefix("IPv6:"))
            return f"invalid ipv6 address: {reason}" if reason else ""
        reason = ipv4(domain)
        return f"invalid ipv4 address: {reason}" if reason else ""
    reason = hostname(domain)
    return f"invalid domain: {reason}" if reason else ""


def _local_part_problem(local: str) -> str:
    if len(local) > 1 and local.startswith('"'):
        inner = local[1:-1]
        return "backslash and quote are not allowed within quoted local part" if "\\" in inner or '"' in inner else ""
    if local.startswith("."):
        return "starts with dot"
    if local.endswith("."):
        return "ends with dot"
    if ".." in local:
        return "consecutive dots"
    odd = _LOCAL_PART.sub("", local)
    return f"invalid character '{odd[0]}'" if odd else ""


def uuid(text: str) -> str:
    """Groups of 8, 4, 4, 4 and 12 hexadecimal digits."""
    sizes = (8, 4, 4, 4, 12)
    groups = text.split("-")
    if len(groups) != len(sizes):
        return f"must have {len(sizes)} elements"
    for position, (group, size) in enumerate(zip(groups, sizes, strict=True), 1):
        if len(group) != size:
            return f"element {position} must be {size} characters long"
        odd = re.sub(r"[0-9a-fA-F]", "", group)
        if odd:
            return f"non-hex character '{odd[0]}'"
    return ""


def date(text: str) -> str:
    """A day of the calendar, ``2006-01-02``."""
    match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    if match is None:
        return f'parsing time {quote(text)} as "2006-01-02": cannot parse {quote(text)} as "2006"'
    year, month, day = (int(part) for part in match.groups())
    if not 1 <= month <= 12:
        return f"parsing time {quote(text)}: month out of range"
    leap = year % 4 == 0 and (year % 100 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return "" if 1 <= day <= days else f"parsing time {quote(text)}: day out of range"


def time(text: str) -> str:
    """Hours, minutes and seconds, perhaps a fraction, and an offset."""
    if len(text) < 9:
        return "less than 9 characters long"
    if text[2] != ":" or text[5] != ":":
        return "missing colon in correct place"
    match = re.fullmatch(r"([0-9]{2}):([0-9]{2}):([0-9]{2})(\.[0-9]+)?([zZ]|[+-][0-9]{2}:[0-9]{2})", text)
    if match is None:
        return "invalid hour/min/sec"
    hour, minute, second = (int(part) for part in match.group(1, 2, 3))
    return "hour/min/sec out of range" if hour > 23 or minute > 59 or second > 60 else ""


def date_time(text: str) -> str:
    """A date, ``T`` and a time."""
    if len(text) < 20:
        return "less than 20 characters long"
    if text[10] not in "tT":
        return "11th character must be t or T"
    reason = date(text[:10])
    if reason:
        return f"invalid date element: {reason}"
    reason = time(text[11:])
    return f"invalid time element: {reason}" if reason else ""


def uri(text: str) -> str:
    """An absolute URI."""
    reason = uri_reference(text)
    if reason:
        return reason
    return "" if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) else "relative url"


def uri_reference(text: str) -> str:
    """A URI, absolute or not."""
    if re.search(r"[\x00-\x1f\x7f]", text):
        return f"parse {quote(text)}: net/url: invalid control character in URL"
    if "\\" in text:
        return "contains \\\\"
    return ""


def regex(text: str) -> str:
    """A pattern in Go's syntax, so RE2's."""
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        return f"error parsing regexp: {reason.decode() if isinstance(reason, bytes) else reason}"
    return ""


FORMATS: dict[str, Callable[[str], str]] = {
    "date": date,
    "date-time": date_time,
    "email": email,
    "hostname": hostname,
    "ipv4": ipv4,
    "ipv6": ipv6,
    "iri": uri,
    "iri-reference": uri_reference,
    "regex": regex,
    "time": time,
    "uri": uri,
    "uri-reference": uri_reference,
    "uuid": uuid,
}
