"""A whole embedded cluster in a test, with short words for what tests ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from pyhelm.kube.client import DeleteOptions, PatchType, Propagation
from pyhelm.kube.objects import ObjectKey, metadata

if TYPE_CHECKING:
    from pyhelm.cluster import Cluster


class Scene:
    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.client = cluster.client

    def kind(self, name: str) -> Any:
        return self.client.catalog.find(name)

    def apply(self, text: str) -> list[dict[str, Any]]:
        """Create objects from YAML."""
        made = []
        for obj in yaml.safe_load_all(text):
            resource = self.client.catalog.for_object(obj)
            namespace = metadata(obj).get("namespace") or "default"
            made.append(self.client.create(resource, obj, namespace=namespace if resource.namespaced else ""))
        return made

    def get(self, kind: str, name: str, namespace: str = "default") -> dict[str, Any]:
        resource = self.kind(kind)
        return self.client.get(resource, ObjectKey(namespace if resource.namespaced else "", name))

    def list(self, kind: str, namespace: str = "") -> list[dict[str, Any]]:
        return self.client.list(self.kind(kind), namespace).items

    def names(self, kind: str, namespace: str = "") -> list[str]:
        return [metadata(obj)["name"] for obj in self.list(kind, namespace)]

    def patch(self, kind: str, name: str, body: dict[str, Any], namespace: str = "default") -> None:
        self.client.patch(self.kind(kind), ObjectKey(namespace, name), PatchType.STRATEGIC, body)

    def scale(self, name: str, replicas: int) -> None:
        self.patch("deployments", name, {"spec": {"replicas": replicas}})

    def set_image(self, name: str, image: str, container: str = "app") -> None:
        containers = [{"name": container, "image": image}]
        self.patch("deployments", name, {"spec": {"template": {"spec": {"containers": containers}}}})

    def delete(self, kind: str, name: str, propagation: str = "Background", namespace: str = "default") -> None:
        resource = self.kind(kind)
        key = ObjectKey(namespace if resource.namespaced else "", name)
        self.client.delete(resource, key, DeleteOptions(propagation=Propagation(propagation)))

    def advance(self, seconds: float) -> None:
        self.cluster.advance(seconds)

    def state(self, pod: str, container: str = "") -> dict[str, Any]:
        """Return a container's state, the only one's by default."""
        status = self.get("pods", pod)["status"]
        entries = [*status.get("containerStatuses", ()), *status.get("initContainerStatuses", ())]
        entry = next(item for item in entries if not container or item["name"] == container)
        return entry["state"]

    def waiting(self, pod: str) -> str:
        """Return why a Pod's container waits."""
        return self.state(pod)["waiting"]["reason"]

    def condition(self, kind: str, name: str, condition: str) -> dict[str, Any]:
        found = self.get(kind, name)["status"].get("conditions", ())
        return next(item for item in found if item["type"] == condition)

    def events(self, name: str, *, reasons: bool = True) -> list[str]:
        """Return the reasons (or whole messages) of an object's events, in the order in which they first happened."""
        found = [event for event in self.list("events") if event["involvedObject"]["name"] == name]
        found.sort(key=lambda event: (event["firstTimestamp"], int(metadata(event)["resourceVersion"])))
        return [event["reason"] if reasons else f"{event['reason']}: {event['message']}" for event in found]


def deployment(name: str = "web", replicas: int = 3, image: str = "app:1", extra: str = "") -> str:
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
      - name: app
        image: {image}
{extra}
"""


def pod(name: str = "p", image: str = "app:1", annotations: str = "", spec: str = "", container: str = "") -> str:
    return f"""
apiVersion: v1
kind: Pod
metadata: {{name: {name}, annotations: {{{annotations}}}}}
spec:
  {spec or "restartPolicy: Always"}
  containers:
  - name: app
    image: {image}
    {container}
"""
