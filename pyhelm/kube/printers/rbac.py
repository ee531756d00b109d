"""Tables of roles and their bindings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import Object, metadata, name_of
from pyhelm.kube.printers.table import Printer, age, columns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def _role(obj: Object, _now: datetime) -> Sequence[Any]:
    return (name_of(obj), metadata(obj).get("creationTimestamp", "<unknown>"))


def _binding(obj: Object, now: datetime) -> Sequence[Any]:
    role = obj.get("roleRef") or {}
    subjects = obj.get("subjects") or ()

    def named(kind: str) -> str:
        return ", ".join(
            f"{item.get('namespace', '')}/{item['name']}" if kind == "ServiceAccount" else item["name"]
            for item in subjects
            if item.get("kind") == kind
        )

    return (
        name_of(obj),
        f"{role.get('kind', '')}/{role.get('name', '')}",
        age(obj, now),
        named("User"),
        named("Group"),
        named("ServiceAccount"),
    )


_ROLE = Printer(columns("Name", "Created At"), _role)
_BINDING = Printer(columns("Name", "Role", "Age", wide=("Users", "Groups", "ServiceAccounts")), _binding)

PRINTERS = {"Role": _ROLE, "ClusterRole": _ROLE, "RoleBinding": _BINDING, "ClusterRoleBinding": _BINDING}
