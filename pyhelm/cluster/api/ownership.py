"""Who owns which fields: ``metadata.managedFields`` after each kind of write (placeholder until kube.patches)."""

from __future__ import annotations

from typing import Any


def after_create(*_: Any) -> None:
    return None


def after_update(*_: Any) -> None:
    return None
