"""The embedded cluster: a store, an API in the process, controllers, a scheduler and a simulated kubelet.

It implements ``kube.Client``; all time comes from its clock. ``Cluster`` is the whole of it, loaded when first asked
for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.cluster.embedded import Cluster, ClusterInfo

__all__ = ["Cluster", "ClusterInfo"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from pyhelm.cluster import embedded

        return getattr(embedded, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
