"""What lint takes for a URL or an e-mail address in Chart.yaml: Go's ``net/url``, and the checks of ``govalidator``."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, NamedTuple

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(.*)", re.DOTALL)
_BAD_ESCAPE = re.compile(r"%(?![0-9a-fA-F]{2})")
_USER = re.compile(r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*")
# A host may hold any byte beyond ASCII, %25 and escapes of such bytes.
_HOST = re.compile(r"(?:[A-Za-z0-9\-_.~!$&'()*+,;=:\[\]<>\"]|[^\x00-\x7f]|%25|%[89a-fA-F][0-9a-fA-F])*")
_PORT = re.compile(r"(?::[0-9]*)?")

_UNICODE = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
_ATOM = rf"[a-zA-Z0-9!#$%&'*+\-/=?^_`{{|}}~{_UNICODE}]+"
_QUOTED = r'"(?:[^\\"\x00\t\n\r ]|\\[\x01-\x7f])*"'
_LABEL = rf"[a-zA-Z0-9{_UNICODE}]"
_LETTER = rf"[a-zA-Z{_UNICODE}]"
_EMAIL = re.compile(
    rf"(?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@{_LABEL}(?:[a-zA-Z0-9._~{_UNICODE}\-]*{_LABEL})?"
    rf"\.{_LETTER}(?:[a-zA-Z0-9_~{_UNICODE}\-]*{_LETTER})?\.?"
)


class _Url(NamedTuple):
    scheme: str
    host: str
    path: str


def is_request_url(text: str) -> bool:
    """Whether ``text`` is a URL with a scheme, as ``govalidator.IsRequestURL`` sees it: of a source or an icon."""
    url = _parse(text, request=True)
    return url is not None and bool(url.scheme)


def is_url(text: str) -> bool:
    """Whether ``text`` is a URL or a host, as ``govalidator.IsURL`` sees it: of a maintainer."""
    if not 3 < len(text) < 2083 or text.startswith("."):
        return False
    guess = f"http://{text}" if ":" in text and "://" not in text else text
    url = _parse(guess, request=False)
    if url is None or url.host.startswith(".") or (not url.host and url.path and "." not in url.path):
        return False
    match = _place().fullmatch(text)
    return match is not None and _plausible_address(match["address"])


def is_email(text: str) -> bool:
    """Whether ``text`` is an e-mail address, as ``govalidator.IsEmail`` sees it."""
    return _EMAIL.fullmatch(text) is not None


def _parse(text: str, *, request: bool) -> _Url | None:
    """Return the parts of a URL, None where Go's ``url.Parse`` (or ``ParseRequestURI``) refuses it."""
    if not request:
        text, _, fragment = text.partition("#")
        if _BAD_ESCAPE.search(fragment):
            return None
    if _CONTROL.search(text) or (request and not text) or text.startswith(":"):
        return None
    match = _SCHEME.fullmatch(text)
    scheme, rest = (match[1].lower(), match[2]) if match else ("", text)
    rest = rest.partition("?")[0]
    host = ""
    if not rest.startswith("/"):
        if scheme:
            return _Url(scheme, "", "")
        if request or ":" in rest.partition("/")[0]:
            return None
    elif rest.startswith("//") and (scheme or (not request and not rest.startswith("///"))):
        authority, slash, path = rest[2:].partition("/")
        rest = slash + path
        user, _, host = authority.rpartition("@")
        if not (_USER.fullmatch(user) and not _BAD_ESCAPE.search(user) and _is_host(host, scheme)):
            return None
    return None if _BAD_ESCAPE.search(rest) else _Url(scheme, host, rest)


def _is_host(host: str, scheme: str) -> bool:
    if host.startswith("["):
        address, bracket, port = host[1:].rpartition("]")
        return bool(bracket) and bool(_PORT.fullmatch(port)) and _plausible_address(address.partition("%25")[0])
    name, colon, port = host.rpartition(":")
    if colon and (not _PORT.fullmatch(colon + port) or (":" in name and scheme in {"http", "https"})):
        return False
    return _HOST.fullmatch(host) is not None


def _plausible_address(address: str | None) -> bool:
    """Whether what stood in brackets, if anything did, is an IPv6 address."""
    if address is None:
        return True
    import ipaddress

    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


@cache
def _place() -> Any:
    """Return the pattern of a maintainer's URL, in linear time whatever it is matched with."""
    import re2

    word = "[a-zA-Z0-9]"
    wide = r"[a-zA-Z0-9\x{00a1}-\x{ffff}]"
    octet = r"(?:\d{1,2}|1\d\d|2[0-4]\d|25[0-5])"
    first = r"(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])"
    prefix = rf"{word}[a-zA-Z0-9_-]*{word}(?:[-.]{word}+)*|www\.|{word}(?:[-_.]?{word})*{word}\.{word}+"
    name = rf"(?:{prefix})?{wide}+(?:-{{1,2}}{wide}+)*(?:\.[a-zA-Z\x{{00a1}}-\x{{ffff}}]+)?"
    host = rf"{first}(?:\.{octet}){{2}}\.{octet}|\[(?P<address>[0-9a-fA-F:.]+)(?:%[0-9a-zA-Z]+)?\]|{name}"
    return re2.compile(rf"(?:(?:ftp|tcp|udp|wss?|https?)://)?(?:\S+@)?(?:{host})\.?(?::\d{{1,5}})?(?:[/?#]\S*)?")
