"""What a new embedded cluster has besides its namespaces: one node, and a class of storage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

NODE_NAME = "pyhelm-node"
NODE_ADDRESS = "192.168.49.2"
STORAGE_CLASS = "standard"
KUBELET_VERSION = "v1.37.0"

CAPACITY = {
    "cpu": "64",
    "ephemeral-storage": "1Ti",
    "hugepages-1Gi": "0",
    "hugepages-2Mi": "0",
    "memory": "256Gi",
    "pods": "10k",
}


def initial_objects() -> list[Object]:
    """Return the objects to create, in order."""
    return [node(NODE_NAME), storage_class()]


def node(name: str, *, address: str = NODE_ADDRESS, pod_cidr: str = "10.244.0.0/16") -> Object:
    """Return a Node; its status is ``node_status``'s, as the API server drops it on creation."""
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "beta.kubernetes.io/arch": "amd64",
                "beta.kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node-role.kubernetes.io/control-plane": "",
            },
            "annotations": {"pyhelm.dev/address": address},
        },
        "spec": {"podCIDR": pod_cidr, "podCIDRs": [pod_cidr], "providerID": f"pyhelm://{name}"},
    }


def node_status(obj: Object, now: str) -> dict[str, Any]:
    """Return what the kubelet of a node reports first."""
    name = obj["metadata"]["name"]
    address = (obj["metadata"].get("annotations") or {}).get("pyhelm.dev/address") or NODE_ADDRESS
    healthy = (
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    )
    return {
        "addresses": [{"type": "InternalIP", "address": address}, {"type": "Hostname", "address": name}],
        "allocatable": dict(CAPACITY),
        "capacity": dict(CAPACITY),
        "conditions": [
            {
                "type": kind,
                "status": status,
                "lastHeartbeatTime": now,
                "lastTransitionTime": now,
                "reason": reason,
                "message": message,
            }
            for kind, status, reason, message in healthy
        ],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        "nodeInfo": {
            "architecture": "amd64",
            "bootID": "",
            "containerRuntimeVersion": "containerd://2.0.0",
            "kernelVersion": "6.6.0",
            "kubeProxyVersion": "",
            "kubeletVersion": KUBELET_VERSION,
            "machineID": "",
            "operatingSystem": "linux",
            "osImage": "pyhelm (simulated)",
            "systemUUID": "",
        },
    }


def storage_class() -> Object:
    """Return the default StorageClass, served by the simulated provisioner."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": STORAGE_CLASS,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": "pyhelm.dev/simulated",
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "Immediate",
    }
