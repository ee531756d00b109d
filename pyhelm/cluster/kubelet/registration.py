"""Nodes report themselves ready: the part of kubelet that keeps Node objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import own_key
from pyhelm.cluster.defaults import node_status
from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Context
    from pyhelm.kube.objects import ObjectKey


class NodeRegistration:
    """Gives a new Node the status that its kubelet would post. Whoever creates a Node with a status keeps it."""

    name = "kubelet-registration"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._nodes = context.client.catalog.for_kind("v1", "Node")

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._nodes, own_key),)

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(node) for node in self._lister.scan(self._nodes))

    def reconcile(self, key: ObjectKey) -> Result:
        node = self._lister.peek(self._nodes, key)
        if node is not None and not (node.get("status") or {}).get("conditions"):
            status = {**node_status(node, stamp(self._clock.now())), **(node.get("status") or {})}
            self._client.update(
                self._nodes,
                {**node, "status": status},
                subresource="status",
                options=WriteOptions(field_manager="kubelet"),
            )
        return DONE
