"""Which describer serves a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.kube.description import others, workloads
from pyhelm.cli.kube.description.events import describe_events
from pyhelm.cli.kube.description.pods import describe_pod
from pyhelm.cli.kube.description.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

_DESCRIBERS: dict[tuple[str, str], Callable[[Writer, Object, Client], None]] = {
    ("", "ConfigMap"): others.describe_config_map,
    ("", "Namespace"): others.describe_namespace,
    ("", "Pod"): lambda writer, obj, client: describe_pod(writer, obj, client.now()),
    ("", "Secret"): others.describe_secret,
    ("", "Service"): others.describe_service,
    ("", "ServiceAccount"): others.describe_service_account,
    ("apps", "DaemonSet"): workloads.describe_daemon_set,
    ("apps", "Deployment"): workloads.describe_deployment,
    ("apps", "ReplicaSet"): workloads.describe_replica_set,
    ("apps", "StatefulSet"): workloads.describe_stateful_set,
    ("batch", "Job"): workloads.describe_job,
}
_WITHOUT_EVENTS = {("", "Secret"), ("", "Namespace")}


def describe_object(client: Client, resource: Resource, obj: Object, *, events: bool = True) -> str:
    """Return the description of an object, its events last."""
    kind = (resource.group, resource.kind)
    writer = Writer()
    _DESCRIBERS.get(kind, others.describe_unknown)(writer, obj, client)
    if events and kind not in _WITHOUT_EVENTS:
        describe_events(writer, client, obj)
    return writer.text()
