"""Which describer serves a kind."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pyhelm.cli.kube.description.events import describe_events
from pyhelm.cli.kube.description.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

    Describer = Callable[[Writer, Object, Client], None]

_PACKAGE = "pyhelm.cli.kube.description"
_DESCRIBERS = {
    "": {
        "ConfigMap": "config.describe_config_map",
        "Endpoints": "network.describe_endpoints",
        "LimitRange": "config.describe_limit_range",
        "Namespace": "config.describe_namespace",
        "Node": "nodes.describe_node",
        "PersistentVolume": "storage.describe_volume",
        "PersistentVolumeClaim": "storage.describe_claim",
        "Pod": "pods.describe_pod",
        "ReplicationController": "workloads.describe_replication_controller",
        "ResourceQuota": "config.describe_quota",
        "Secret": "config.describe_secret",
        "Service": "network.describe_service",
        "ServiceAccount": "config.describe_service_account",
    },
    "apps": {
        "DaemonSet": "workloads.describe_daemon_set",
        "Deployment": "workloads.describe_deployment",
        "ReplicaSet": "workloads.describe_replica_set",
        "StatefulSet": "workloads.describe_stateful_set",
    },
    "autoscaling": {"HorizontalPodAutoscaler": "scaling.describe_autoscaler"},
    "batch": {"CronJob": "jobs.describe_cron_job", "Job": "jobs.describe_job"},
    "discovery.k8s.io": {"EndpointSlice": "network.describe_endpoint_slice"},
    "networking.k8s.io": {
        "IPAddress": "network.describe_ip_address",
        "Ingress": "network.describe_ingress",
        "IngressClass": "network.describe_ingress_class",
        "NetworkPolicy": "policies.describe_network_policy",
        "ServiceCIDR": "network.describe_service_cidr",
    },
    "policy": {"PodDisruptionBudget": "scaling.describe_budget"},
    "rbac.authorization.k8s.io": {
        "ClusterRole": "rbac.describe_role",
        "ClusterRoleBinding": "rbac.describe_binding",
        "Role": "rbac.describe_role",
        "RoleBinding": "rbac.describe_binding",
    },
    "scheduling.k8s.io": {"PriorityClass": "config.describe_priority_class"},
    "storage.k8s.io": {
        "CSINode": "storage.describe_csi_node",
        "StorageClass": "storage.describe_storage_class",
        "VolumeAttributesClass": "storage.describe_attributes_class",
    },
}
_WITHOUT_EVENTS = {("", kind) for kind in ("LimitRange", "Namespace", "ResourceQuota", "Secret")} | {
    ("rbac.authorization.k8s.io", kind) for kind in _DESCRIBERS["rbac.authorization.k8s.io"]
}
_WITHOUT_EVENTS.add(("networking.k8s.io", "NetworkPolicy"))


def describe_object(client: Client, resource: Resource, obj: Object, *, events: bool = True) -> str:
    """Return the description of an object, its events last."""
    writer = Writer()
    _describer(resource)(writer, obj, client)
    if events and (resource.group, resource.kind) not in _WITHOUT_EVENTS:
        describe_events(writer, client, obj)
    return writer.text()


def _describer(resource: Resource) -> Describer:
    place = _DESCRIBERS.get(resource.group, {}).get(resource.kind, "generic.describe_unknown")
    module, _, name = place.partition(".")
    describer: Describer = getattr(importlib.import_module(f"{_PACKAGE}.{module}"), name)
    return describer
