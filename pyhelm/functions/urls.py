"""URLs to their parts and back, as Go's package ``net/url``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pyhelm.errors import FunctionError
from pyhelm.functions.goquote import quote
from pyhelm.functions.goruntime import NIL_DEREFERENCE, from_bytes, to_bytes
from pyhelm.functions.gotypes import kind_of
from pyhelm.functions.registry import Function, table

_MAP = "map[string]interface {}"
_WORD = r"A-Za-z0-9._~\-"
# What stands for itself, by where it stands.
_PATH = re.compile(rf"[^{_WORD}$&+,/:;=@]")
_USER = re.compile(rf"[^{_WORD}$&+,;=]")
_FRAGMENT = re.compile(rf"[^{_WORD}!$&()*+,/:;=?@]")
_HOST = re.compile(rf"[^{_WORD}!\"$&'()*+,:;<=>\[\]]")
_ENCODED_PATH = re.compile(rf"[{_WORD}!$&'()*+,;=:@\[\]%/]*")
_ENCODED_FRAGMENT = re.compile(rf"[{_WORD}!$&'()*+,;=:@\[\]%/?]*")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2}).{0,2}", re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(.*)", re.DOTALL)
_PORT = re.compile("(?::[0-9]*)?")
_USER_INFO = re.compile(rf"[{_WORD}:!$&'()*+,;=%@]*")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class UrlError(ValueError):
    """Text that is no URL; the text is Go's."""


@dataclass(slots=True)
class Url:
    """A URL in parts, decoded except for ``opaque``, ``query``, ``user`` and what is called raw; each may be empty.

    Attributes:
        user: User name and password, encoded; ``None`` if there is no ``@``.
        omit_host: There is a scheme and a path, but no ``//`` between them.
        force_query: A ``?`` without a query.
    """

    scheme: str = ""
    opaque: str = ""
    user: str | None = None
    host: str = ""
    path: str = ""
    raw_path: str = ""
    query: str = ""
    fragment: str = ""
    raw_fragment: str = ""
    omit_host: bool = False
    force_query: bool = False

    def __str__(self) -> str:
        out = f"{self.scheme}:" if self.scheme else ""
        if self.opaque:
            out += self.opaque
        else:
            has_authority = bool(self.host or self.user is not None)
            if (self.scheme or has_authority) and (has_authority or not self.omit_host):
                if has_authority or self.path:
                    out += "//"
                if self.user is not None:
                    out += self.user + "@"
                out += _escape(self.host, _HOST)
            path = self._escaped_path()
            if self.omit_host and not has_authority and path.startswith("//"):
                out += "%2F"
                path = path[1:]
            if path and path[0] != "/" and self.host:
                out += "/"
            if not out and ":" in path.partition("/")[0]:
                out += "./"
            out += path
        if self.force_query or self.query:
            out += "?" + self.query
        if self.fragment:
            raw = self.raw_fragment
            fits = raw and _ENCODED_FRAGMENT.fullmatch(raw) and _unescape(raw) == self.fragment
            out += "#" + (raw if fits else _escape(self.fragment, _FRAGMENT))
        return out

    def _escaped_path(self) -> str:
        raw = self.raw_path
        if raw and _ENCODED_PATH.fullmatch(raw) and _unescape(raw) == self.path:
            return raw
        return "*" if self.path == "*" else _escape(self.path, _PATH)


def _escape(text: str, reserved: re.Pattern[str]) -> str:
    return reserved.sub(lambda match: f"%{ord(match[0]):02X}", to_bytes(text))


def _unescape(text: str) -> str:
    bad = _BAD_ESCAPE.search(text)
    if bad:
        raise UrlError(f"invalid URL escape {quote(from_bytes(to_bytes(bad[0])[:3]))}")
    if "%" not in text:
        return text
    return from_bytes(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), to_bytes(text)))


def parse(text: str) -> Url:
    """Return the parts of ``text`` (Go's ``url.Parse``).

    Raises:
        UrlError: It is no URL.
    """
    rest, _, fragment = text.partition("#")
    try:
        url = _parse(rest)
    except UrlError as error:
        raise UrlError(f"parse {quote(rest)}: {error}") from None
    try:
        url.fragment = _unescape(fragment)
    except UrlError as error:
        raise UrlError(f"parse {quote(text)}: {error}") from None
    url.raw_fragment = "" if _escape(url.fragment, _FRAGMENT) == fragment else fragment
    return url


def _parse(text: str) -> Url:
    if _CONTROL.search(text):
        raise UrlError("net/url: invalid control character in URL")
    url = Url()
    if text == "*":
        url.path = "*"
        return url
    match = _SCHEME.fullmatch(text)
    rest = text
    if match:
        url.scheme, rest = match[1].lower(), match[2]
    elif text.startswith(":"):
        raise UrlError("missing protocol scheme")
    if rest.endswith("?") and rest.count("?") == 1:
        url.force_query = True
        rest = rest[:-1]
    else:
        rest, _, url.query = rest.partition("?")
    if not rest.startswith("/"):
        if url.scheme:
            url.opaque = rest
            return url
        if ":" in rest.partition("/")[0]:
            raise UrlError("first path segment in URL cannot contain colon")
    if rest.startswith("//") and (url.scheme or not rest.startswith("///")):
        authority, slash, rest = rest[2:].partition("/")
        rest = slash + rest
        url.user, url.host = _parse_authority(url.scheme, authority)
    elif url.scheme and rest.startswith("/"):
        url.omit_host = True
    url.path = _unescape(rest)
    url.raw_path = "" if _escape(url.path, _PATH) == rest else rest
    return url


def _parse_authority(scheme: str, authority: str) -> tuple[str | None, str]:
    user, separator, host = authority.rpartition("@")
    host = _parse_host(scheme, host)
    if not separator:
        return None, host
    if not _USER_INFO.fullmatch(user):
        raise UrlError("net/url: invalid userinfo")
    return ":".join([_escape(_unescape(part), _USER) for part in user.split(":", 1)]), host


def _parse_host(scheme: str, host: str) -> str:
    bracket = host.rfind("[")
    if bracket > 0:
        raise UrlError("invalid IP-literal")
    if bracket == 0:
        return _parse_ip_literal(host)
    first, last = host.find(":"), host.rfind(":")
    if first >= 0:
        port = host[first if scheme in {"http", "https"} else last :]
        if not _PORT.fullmatch(port):
            raise UrlError(f"invalid port {quote(port)} after host")
    return _unescape_host(host)


def _parse_ip_literal(host: str) -> str:
    close = host.rfind("]")
    if close < 0:
        raise UrlError("missing ']' in host")
    name, port = host[1:close], host[close + 1 :]
    if not _PORT.fullmatch(port):
        raise UrlError(f"invalid port {quote(port)} after host")
    address, percent, zone = name.partition("%25")
    decoded = _unescape_host(address) + (_unescape_zone(percent + zone) if percent else "")
    _check_ip(decoded)
    return f"[{decoded}]{port}"


def _check_ip(text: str) -> None:
    import ipaddress

    try:
        if ipaddress.ip_address(text).version == 4:
            raise UrlError("invalid IP-literal")
    except UrlError:
        raise
    except ValueError:
        raise UrlError(f"invalid host: ParseAddr({quote(text)}): unable to parse IP") from None


def _unescape_host(text: str) -> str:
    """Decode a host: only bytes beyond ASCII may be escaped in it (and ``%``, for zones of addresses)."""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "%":
            escape = text[at : at + 3]
            if not _ESCAPE.fullmatch(escape) or (int(escape[1], 16) < 8 and escape != "%25"):
                raise UrlError(f"invalid URL escape {quote(escape)}")
            at += 3
            continue
        if char < "\x80" and _HOST.match(char):
            raise UrlError(f"invalid character {quote(char)} in host name")
        at += 1
    return _unescape(text)


def _unescape_zone(text: str) -> str:
    at = 0
    while at < len(text):
        char = text[at]
        if char == "%":
            escape = text[at : at + 3]
            valid = _ESCAPE.fullmatch(escape)
            if not valid or (escape not in {"%25", "%20"} and _HOST.match(chr(int(escape[1:], 16)))):
                raise UrlError(f"invalid URL escape {quote(escape)}")
            at += 3
            continue
        if char < "\x80" and _HOST.match(char):
            raise UrlError(f"invalid character {quote(char)} in host name")
        at += 1
    return _unescape(text)


def _hostname(host: str) -> str:
    name, colon, port = host.rpartition(":")
    if colon and _PORT.fullmatch(colon + port):
        host = name
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


# --- functions ------------------------------------------------------------------------------------------------------


def _url_parse(text: str) -> dict[str, Any]:
    try:
        url = parse(text)
    except UrlError as error:
        raise FunctionError(f"unable to parse url: {error}") from error
    return {
        "scheme": url.scheme,
        "host": url.host,
        "hostname": _hostname(url.host),
        "path": url.path,
        "query": url.query,
        "opaque": url.opaque,
        "fragment": url.fragment,
        "userinfo": url.user or "",
    }


def _part(parts: dict[str, Any], key: str) -> str:
    if key not in parts:
        return ""
    value = parts[key]
    if value is None:
        raise FunctionError(NIL_DEREFERENCE)
    if not isinstance(value, str):
        raise FunctionError(f"unable to parse {key} key, must be of type string, but {kind_of(value)} found")
    return value


def _url_join(parts: dict[str, Any]) -> str:
    url = Url(
        scheme=_part(parts, "scheme"),
        host=_part(parts, "host"),
        path=_part(parts, "path"),
        query=_part(parts, "query"),
        opaque=_part(parts, "opaque"),
        fragment=_part(parts, "fragment"),
    )
    user = _part(parts, "userinfo")
    if user:
        try:
            url.user = parse(f"proto://{user}@host").user
        except UrlError as error:
            raise FunctionError(f"unable to parse userinfo in dict: {error}") from error
    return str(url)


FUNCTIONS = table(
    [
        Function("urlJoin", _url_join, (_MAP,), returns="string"),
        Function("urlParse", _url_parse, ("string",), returns=_MAP),
    ]
)
