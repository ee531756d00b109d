"""ConfigMaps and Secrets that a Pod needs before its containers can start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.kube.objects import ObjectKey, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelm.cluster.controllers.base import Lister
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource


class References:
    """Looks up what Pods refer to."""

    def __init__(self, client: Client, lister: Lister) -> None:
        self._lister = lister
        self._configmaps = client.catalog.for_kind("v1", "ConfigMap")
        self._secrets = client.catalog.for_kind("v1", "Secret")
        self._claims = client.catalog.for_kind("v1", "PersistentVolumeClaim")

    def missing_volume(self, pod: Object) -> str:
        """Return kubelet's FailedMount message for the first volume that cannot be mounted, empty when all can."""
        namespace = namespace_of(pod)
        for volume in pod["spec"].get("volumes") or ():
            for kind, name, source in _volume_sources(volume):
                reason = self._missing(kind, namespace, name, source)
                if reason:
                    return f'MountVolume.SetUp failed for volume "{volume.get("name", "")}" : {reason}'
        return ""

    def _missing(self, kind: str, namespace: str, name: str, source: Object) -> str:
        if source.get("optional"):
            return ""
        resource = self._configmaps if kind == "configmap" else self._secrets
        obj = self._lister.peek(resource, ObjectKey(namespace, name))
        if obj is None:
            return f'{kind} "{name}" not found'
        keys = _keys(obj)
        for item in source.get("items") or ():
            if item.get("key") not in keys:
                word = "config" if kind == "configmap" else "secret"
                return f"{kind} references non-existent {word} key: {item.get('key')}"
        return ""

    def missing_config(self, pod: Object, container: Object) -> str:
        """Return why a container's environment cannot be made, empty when it can (makeEnvironmentVariables)."""
        namespace = namespace_of(pod)
        for source in container.get("envFrom") or ():
            for kind, resource, field in self._kinds("Ref"):
                reference = source.get(field)
                if reference and not reference.get("optional"):
                    key = ObjectKey(namespace, reference.get("name", ""))
                    if self._lister.peek(resource, key) is None:
                        return f'{kind} "{key.name}" not found'
        for variable in container.get("env") or ():
            value_from = variable.get("valueFrom") or {}
            for kind, resource, field in self._kinds("KeyRef"):
                reference = value_from.get(field)
                if not reference or reference.get("optional"):
                    continue
                key = ObjectKey(namespace, reference.get("name", ""))
                obj = self._lister.peek(resource, key)
                if obj is None:
                    return f'{kind} "{key.name}" not found'
                if reference.get("key") not in _keys(obj):
                    title = "ConfigMap" if kind == "configmap" else "Secret"
                    return f"couldn't find key {reference.get('key')} in {title} {namespace}/{key.name}"
        return ""

    def _kinds(self, suffix: str) -> tuple[tuple[str, Resource, str], ...]:
        return (
            ("configmap", self._configmaps, f"configMap{suffix}"),
            ("secret", self._secrets, f"secret{suffix}"),
        )


def _keys(obj: Object) -> set[Any]:
    return {*(obj.get("data") or ()), *(obj.get("binaryData") or ())}


def _volume_sources(volume: Object) -> Iterator[tuple[str, str, Object]]:
    """Yield kind, name and source of what a volume is made of."""
    configmap, secret = volume.get("configMap"), volume.get("secret")
    if configmap is not None:
        yield "configmap", configmap.get("name", ""), configmap
    if secret is not None:
        yield "secret", secret.get("secretName", ""), secret
    for source in (volume.get("projected") or {}).get("sources") or ():
        if source.get("configMap") is not None:
            yield "configmap", source["configMap"].get("name", ""), source["configMap"]
        if source.get("secret") is not None:
            yield "secret", source["secret"].get("name", ""), source["secret"]
