"""The objects every new cluster begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.kube.client import WriteOptions
from pyhelm.kube.objects import namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.cluster.api.server import ApiServer
    from pyhelm.kube.objects import Object

NAMESPACES = ("default", "kube-system", "kube-public", "kube-node-lease")

_KUBERNETES: Object = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {
        "name": "kubernetes",
        "namespace": "default",
        "labels": {"component": "apiserver", "provider": "kubernetes"},
    },
    "spec": {
        "clusterIP": "10.96.0.1",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        "type": "ClusterIP",
    },
}


def bootstrap(server: ApiServer, extra: Iterable[Object] = ()) -> None:
    """Create the default namespaces and the Service ``kubernetes``, then ``extra`` (nodes, storage classes), in order.

    What controllers keep (service accounts, root certificates) is theirs to create. What exists already is left alone.
    """
    options = WriteOptions(field_manager="kube-apiserver")
    namespaces: list[Object] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in NAMESPACES
    ]
    for obj in (*namespaces, _KUBERNETES, *extra):
        resource = server.catalog.for_object(obj)
        name = obj["metadata"]["name"]
        if any(found["metadata"]["name"] == name for found in server.scan(resource, namespace_of(obj))):
            continue
        server.create(resource, obj, options=options)
