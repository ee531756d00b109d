"""The embedded cluster under load: one Deployment of many Pods, created and rolled to a new image.

Usage: python bench/cluster.py [PODS ...]   (default: 100 1000)
"""

from __future__ import annotations

import os
import resource
import sys
import time

from pyhelm.cluster import Cluster
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import ObjectKey
from pyhelm.kube.rollout import follow


def deployment(replicas: int) -> dict[str, object]:
    labels = {"app": "web"}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": "web:1"}]}},
        },
    }


def measure(pods: int) -> None:
    with Cluster.temporary() as cluster:
        client = cluster.client
        resource_ = client.catalog.for_kind("apps/v1", "Deployment")
        key = ObjectKey("default", "web")
        begin, cluster_begin = time.perf_counter(), client.now()
        client.create(resource_, deployment(pods), namespace="default")
        for _ in follow(client, resource_, key):
            pass
        created = time.perf_counter() - begin
        begin = time.perf_counter()
        image = [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:2"}]
        client.patch(resource_, key, PatchType.JSON, image)
        for _ in follow(client, resource_, key):
            pass
        rolled = time.perf_counter() - begin
        passed = (client.now() - cluster_begin).total_seconds()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{pods:>6} {created:9.2f} s {pods / created:9.0f}/s {rolled:9.2f} s {pods / rolled:9.0f}/s "
            f"{passed / (created + rolled):9.1f} {peak:8.0f} MiB",
            flush=True,
        )


def main() -> None:
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {sys.version.split()[0]}\n")
    print(f"{'pods':>6} {'create':>11} {'':>11} {'roll':>11} {'':>11} {'s/s':>9} {'peak':>12}")
    for pods in [int(text) for text in sys.argv[1:]] or [100, 1000]:
        measure(pods)


if __name__ == "__main__":
    main()
