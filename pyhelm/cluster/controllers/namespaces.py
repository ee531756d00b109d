"""What every namespace has, and its end: default ServiceAccount, the cluster's root certificate, and emptying it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import stamp
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import MANAGER, own_key
from pyhelm.errors import AlreadyExistsError, ApiError, NotFoundError
from pyhelm.kube.client import DeleteOptions, Propagation
from pyhelm.kube.objects import ObjectKey, is_terminating, key_of, metadata, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object

ROOT_CA = "kube-root-ca.crt"
ROOT_CA_NOTE = (
    "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the "
    "internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes "
    "clusters."
)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nc2ltdWxhdGVk\n-----END CERTIFICATE-----\n"


class NamespaceController:
    """Empties namespaces that are going away, Pods first (pkg/controller/namespace/deletion)."""

    name = "namespace-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._internal = context.internal
        self._lister = context.lister
        self._clock = context.clock
        self._namespaces = context.client.catalog.for_kind("v1", "Namespace")

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._namespaces, own_key), Trigger(None, self._when_something_went))

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(namespace) for namespace in self._lister.scan(self._namespaces))

    def _when_something_went(self, change: Change) -> Sequence[ObjectKey]:
        if change.new is not None:
            return ()
        namespace = namespace_of(change.object)
        if not namespace:
            return ()
        key = ObjectKey("", namespace)
        found = self._lister.peek(self._namespaces, key)
        return (key,) if found is not None and is_terminating(found) else ()

    def reconcile(self, key: ObjectKey) -> Result:
        namespace = self._lister.peek(self._namespaces, key)
        if namespace is None or not is_terminating(namespace):
            return DONE
        left = self._empty(key.name)
        self._report(namespace, left)
        if left:
            return DONE
        fresh = self._lister.peek(self._namespaces, key)
        if fresh is not None and "kubernetes" in ((fresh.get("spec") or {}).get("finalizers") or ()):
            self._internal.finalize(self._namespaces, fresh)
        return DONE

    def _empty(self, namespace: str) -> dict[str, list[Object]]:
        """Ask for the deletion of everything in it; returns what is left, by ``plural.group``."""
        left: dict[str, list[Object]] = {}
        resources = {
            (item.group, item.kind): item
            for item in self._client.catalog.all()
            if item.namespaced and "delete" in item.verbs
        }
        ordered = sorted(resources.values(), key=lambda item: (item.group, item.kind) != ("", "Pod"))
        for resource in ordered:
            for obj in list(self._lister.scan(resource, namespace)):
                if not is_terminating(obj):
                    try:
                        self._client.delete(resource, key_of(obj), DeleteOptions(propagation=Propagation.BACKGROUND))
                    except NotFoundError:
                        continue
            rest = list(self._lister.scan(resource, namespace))
            if rest:
                left[resource.qualified] = rest
                if resource.kind == "Pod" and resource.group == "":
                    break
        return left

    def _report(self, namespace: Object, left: dict[str, list[Object]]) -> None:
        """Say in the namespace's conditions what holds it up."""
        finalizers: dict[str, int] = {}
        for objects in left.values():
            for obj in objects:
                for finalizer in metadata(obj).get("finalizers") or ():
                    finalizers[finalizer] = finalizers.get(finalizer, 0) + 1
        remaining = ", ".join(f"{name} has {len(objects)} resource instances" for name, objects in sorted(left.items()))
        holding = ", ".join(f"{name} in {count} resource instances" for name, count in sorted(finalizers.items()))
        wanted = [
            (
                "NamespaceDeletionDiscoveryFailure",
                False,
                "ResourcesDiscovered",
                "All resources successfully discovered",
            ),
            (
                "NamespaceDeletionGroupVersionParsingFailure",
                False,
                "ParsedGroupVersions",
                "All legacy kube types successfully parsed",
            ),
            (
                "NamespaceDeletionContentFailure",
                False,
                "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization",
            ),
            (
                "NamespaceContentRemaining",
                bool(left),
                "SomeResourcesRemain" if left else "ContentRemoved",
                f"Some resources are remaining: {remaining}" if left else "All content successfully removed",
            ),
            (
                "NamespaceFinalizersRemaining",
                bool(finalizers),
                "SomeFinalizersRemain" if finalizers else "ContentHasNoFinalizers",
                f"Some content in the namespace has finalizers remaining: {holding}"
                if finalizers
                else "All content-preserving finalizers finished",
            ),
        ]
        status = namespace.get("status") or {}
        known = {item.get("type"): item for item in status.get("conditions") or ()}
        now = stamp(self._clock.now())
        conditions = []
        for name, value, reason, message in wanted:
            text = "True" if value else "False"
            before: dict[str, Any] = known.get(name) or {}
            moment = before["lastTransitionTime"] if before.get("status") == text else now
            conditions.append(
                {"type": name, "status": text, "lastTransitionTime": moment, "reason": reason, "message": message}
            )
        updated = {**status, "phase": "Terminating", "conditions": conditions}
        if updated != status and left:
            self._client.update(
                self._namespaces, {**namespace, "status": updated}, subresource="status", options=MANAGER
            )


class NamespaceDefaultsController:
    """Keeps ServiceAccount ``default`` and ConfigMap ``kube-root-ca.crt`` in every namespace."""

    name = "serviceaccount-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        catalog = context.client.catalog
        self._namespaces = catalog.for_kind("v1", "Namespace")
        self._accounts = catalog.for_kind("v1", "ServiceAccount")
        self._configmaps = catalog.for_kind("v1", "ConfigMap")

    def triggers(self) -> Sequence[Trigger]:
        return (
            Trigger(self._namespaces, own_key),
            Trigger(self._accounts, lambda change: _namespace_of_lost(change, "default")),
            Trigger(self._configmaps, lambda change: _namespace_of_lost(change, ROOT_CA)),
        )

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(namespace) for namespace in self._lister.scan(self._namespaces))

    def reconcile(self, key: ObjectKey) -> Result:
        namespace = self._lister.peek(self._namespaces, key)
        if namespace is None or is_terminating(namespace):
            return DONE
        if self._lister.peek(self._accounts, ObjectKey(key.name, "default")) is None:
            account = {
                "apiVersion": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": key.name},
            }
            self._create(self._accounts, account)
        if self._lister.peek(self._configmaps, ObjectKey(key.name, ROOT_CA)) is None:
            configmap = {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {
                    "name": ROOT_CA,
                    "namespace": key.name,
                    "annotations": {"kubernetes.io/description": ROOT_CA_NOTE},
                },
                "data": {"ca.crt": CERTIFICATE},
            }
            self._create(self._configmaps, configmap)
        return DONE

    def _create(self, resource: Any, obj: Object) -> None:
        try:
            self._client.create(resource, obj, options=MANAGER)
        except AlreadyExistsError:
            return
        except ApiError as error:
            if error.code != 403:
                raise


def _namespace_of_lost(change: Change, name: str) -> Sequence[ObjectKey]:
    if change.new is not None or metadata(change.object).get("name") != name:
        return ()
    return (ObjectKey("", namespace_of(change.object)),)
