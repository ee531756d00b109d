"""Names of hosts to addresses, where whoever renders allows it."""

from __future__ import annotations

from pyhelm.errors import FunctionError
from pyhelm.functions.registry import Function, Host, table


def _get_host_by_name(host: Host, name: str) -> str:
    if not host.enable_dns:
        return ""
    import socket

    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []
    addresses = sorted({str(entry[4][0]) for entry in found})
    if not addresses:
        raise FunctionError("invalid argument to Intn")
    return host.random.choice(addresses)


FUNCTIONS = table([Function("getHostByName", _get_host_by_name, ("string",), returns="string", impure=True)])
