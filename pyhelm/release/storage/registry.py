"""Drivers by the names that ``HELM_DRIVER`` knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import UnsupportedError, UsageError

if TYPE_CHECKING:
    from pyhelm.kube.client import Client
    from pyhelm.release.storage.base import Driver


def open_driver(name: str, client: Client, namespace: str) -> Driver:
    """Return the driver called ``name`` (empty: Secrets); an empty ``namespace`` reads all namespaces.

    Raises:
        UnsupportedError: Helm has the driver, pyhelm has not.
        UsageError: Nobody has it.
    """
    if name in {"", "secret", "secrets"}:
        from pyhelm.release.storage.objects import Secrets

        return Secrets(client, namespace)
    if name in {"configmap", "configmaps"}:
        from pyhelm.release.storage.objects import ConfigMaps

        return ConfigMaps(client, namespace)
    if name == "memory":
        from pyhelm.release.storage.memory import Memory

        return Memory(namespace, client.now)
    if name == "sql":
        error = UnsupportedError("the sql storage driver is not supported; use HELM_DRIVER=secret, configmap or memory")
        error.hint = "unset HELM_DRIVER to keep releases in Secrets"
        raise error
    raise UsageError(f'unknown driver "{name}"')
