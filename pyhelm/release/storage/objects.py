"""Drivers that keep each revision in an object of the cluster: a Secret (the default) or a ConfigMap."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from pyhelm.errors import (
    AlreadyExistsError,
    ApiError,
    NotFoundError,
    ReleaseExistsError,
    ReleaseNotFoundError,
    ReleaseStorageError,
)
from pyhelm.kube.client import DeleteOptions, WriteOptions
from pyhelm.kube.objects import ObjectKey, annotations_of, labels_of, name_of, namespace_of
from pyhelm.release import codec
from pyhelm.release.storage.base import StoredRevision, object_name, record_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource
    from pyhelm.release.record import Release

OWNER_ANNOTATION = "pyhelm.dev/owner"
"""Who is at work on a pending revision. It stands beside Helm's payload, which real Helm drops on its next write."""

_WRITE = WriteOptions(field_manager="helm")


class _ObjectDriver:
    """What Secrets and ConfigMaps share."""

    name = ""
    kind = ""

    def __init__(self, client: Client, namespace: str) -> None:
        self._client = client
        self._namespace = namespace

    def get(self, name: str, version: int) -> StoredRevision:
        key = ObjectKey(self._namespace, object_name(name, version))
        try:
            return self._stored(self._client.get(self._resource(), key))
        except NotFoundError as error:
            raise ReleaseNotFoundError(name, version) from error
        except ApiError as error:
            raise ReleaseStorageError(name, f'get: failed to get "{key.name}"', error) from error

    def query(self, labels: Mapping[str, str]) -> list[StoredRevision]:
        selector = ",".join(f"{key}={labels[key]}" for key in sorted(labels))
        try:
            listed = self._client.list(self._resource(), self._namespace, labels=selector)
        except ApiError as error:
            attempt = "query: failed to query with labels" if "name" in labels else "list: failed to list"
            raise ReleaseStorageError(labels.get("name", ""), attempt, error) from error
        return [self._stored(obj) for obj in listed.items]

    def create(self, release: Release, *, owner: str = "") -> None:
        obj = self._object(release, stamp="createdAt", owner=owner)
        try:
            self._client.create(self._resource(), obj, namespace=self._namespace, options=_WRITE)
        except AlreadyExistsError as error:
            raise ReleaseExistsError(release.name, release.version) from error
        except ApiError as error:
            raise ReleaseStorageError(release.name, "create: failed to create", error) from error

    def update(self, release: Release, *, owner: str = "") -> None:
        obj = self._object(release, stamp="modifiedAt", owner=owner)
        try:
            self._client.update(self._resource(), obj, options=_WRITE)
        except NotFoundError as error:
            raise ReleaseNotFoundError(release.name, release.version) from error
        except ApiError as error:
            raise ReleaseStorageError(release.name, "update: failed to update", error) from error

    def delete(self, name: str, version: int) -> None:
        key = ObjectKey(self._namespace, object_name(name, version))
        try:
            self._client.delete(self._resource(), key, DeleteOptions())
        except NotFoundError as error:
            raise ReleaseNotFoundError(name, version) from error

    def _resource(self) -> Resource:
        return self._client.catalog.for_kind("v1", self.kind)

    def _object(self, release: Release, *, stamp: str, owner: str) -> Object:
        seconds = int(self._client.now().timestamp())
        metadata: dict[str, Any] = {
            "name": object_name(release.name, release.version),
            "namespace": self._namespace,
            "labels": record_labels(release, stamp=stamp, unix_seconds=seconds),
        }
        if owner:
            metadata["annotations"] = {OWNER_ANNOTATION: owner}
        return {"apiVersion": "v1", "kind": self.kind, "metadata": metadata, **self._body(codec.encode(release))}

    def _stored(self, obj: Object) -> StoredRevision:
        return StoredRevision(
            namespace=namespace_of(obj),
            labels=dict(labels_of(obj)),
            payload=self._payload(obj),
            owner=annotations_of(obj).get(OWNER_ANNOTATION, ""),
            object_name=name_of(obj),
        )

    def _body(self, payload: str) -> Object:
        raise NotImplementedError

    def _payload(self, obj: Object) -> str | bytes:
        raise NotImplementedError


class Secrets(_ObjectDriver):
    """Keeps each revision in a Secret of type ``helm.sh/release.v1``."""

    name = "Secret"
    kind = "Secret"

    def _body(self, payload: str) -> Object:
        data = base64.b64encode(payload.encode("ascii")).decode("ascii")
        return {"type": "helm.sh/release.v1", "data": {"release": data}}

    def _payload(self, obj: Object) -> str | bytes:
        try:
            return base64.b64decode((obj.get("data") or {}).get("release") or "", validate=True)
        except binascii.Error:
            return b"\xff"  # no base64 either, so that decoding it names this record as damaged


class ConfigMaps(_ObjectDriver):
    """Keeps each revision in a ConfigMap."""

    name = "ConfigMap"
    kind = "ConfigMap"

    def _body(self, payload: str) -> Object:
        return {"data": {"release": payload}}

    def _payload(self, obj: Object) -> str | bytes:
        payload: str = (obj.get("data") or {}).get("release") or ""
        return payload
