"""The API server in the process: ``kube.client.Client`` on a store.

Flow of a write: decode -> default -> admission -> prepare -> validate -> managedFields -> store -> tell subscribers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.api import failures
from pyhelm.cluster.api.reading import Filter, list_objects, shown, watch_changes
from pyhelm.cluster.api.state import CRDS, State
from pyhelm.cluster.api.trees import taken
from pyhelm.errors import UnsupportedError
from pyhelm.kube.catalog import Catalog
from pyhelm.kube.client import DEFAULT_DELETE, DEFAULT_WRITE, PatchType
from pyhelm.kube.objects import ObjectKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from pyhelm.cluster.clock import Clock
    from pyhelm.cluster.controllers.base import Change
    from pyhelm.cluster.store import Store
    from pyhelm.kube.client import DeleteOptions, ObjectList, WatchEvent, WriteOptions
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

VERSION = {
    "major": "1",
    "minor": "37",
    "gitVersion": "v1.37.0",
    "gitCommit": "",
    "gitTreeState": "clean",
    "buildDate": "1970-01-01T00:00:00Z",
    "goVersion": "",
    "compiler": "",
    "platform": "linux/amd64",
}


class ApiServer:
    """Every verb of a Kubernetes API on one store; implements ``Client`` and ``Lister``.

    Args:
        store: Where objects are; its owner commits and closes it.
        clock: The cluster's time.
        catalog: What is served; custom resources that the store defines are added to it.
        seed: Decides uids and generated names.
        pause: What ``pause`` does; the loop sets it. Without it no time passes.
        logs: What ``logs`` answers; the kubelet sets it.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        catalog: Catalog | None = None,
        seed: str = "",
        pause: Callable[[float], bool] | None = None,
        logs: Callable[[ObjectKey, str, bool, int | None], str] | None = None,
    ) -> None:
        self._catalog = catalog if catalog is not None else Catalog()
        self.state = State(store, clock, self._catalog, seed)
        self.pauser = pause
        self.log_source = logs
        self._writer_made: Any = None

    # --- what is served -----------------------------------------------------------------------------------------------

    @property
    def catalog(self) -> Catalog:
        """The resources this cluster serves."""
        return self._catalog

    def version(self) -> dict[str, str]:
        """Return the body of ``/version``."""
        return dict(VERSION)

    def now(self) -> datetime:
        """Return the cluster's time."""
        return self.state.clock.now()

    def pause(self, seconds: float) -> bool:
        """Let cluster time pass until some object changed, at most ``seconds``."""
        return self.pauser(seconds) if self.pauser is not None else False

    def logs(self, key: ObjectKey, container: str = "", *, previous: bool = False, tail: int | None = None) -> str:
        """Return what a Pod's container wrote."""
        pods = self._catalog.for_kind("v1", "Pod")
        if self.state.peek(pods, key) is None:
            raise failures.not_found(pods, key.name)
        if self.log_source is None:
            message = "this cluster runs no containers, so there are no logs"
            raise UnsupportedError(message)
        return self.log_source(key, container, previous, tail)

    def take_warnings(self) -> list[str]:
        """Return what the API server would have sent as ``Warning`` headers since the last call."""
        found, self.state.warnings = self.state.warnings, []
        return found

    # --- Lister -------------------------------------------------------------------------------------------------------

    def peek(self, resource: Resource, key: ObjectKey) -> Object | None:
        """Return one shared object, or None."""
        return self.state.peek(resource, key)

    def scan(self, resource: Resource, namespace: str = "") -> Iterable[Object]:
        """Yield shared objects in key order; an empty ``namespace`` means all."""
        return self.state.scan(resource, namespace)

    def owned_by(self, uid: str) -> Iterable[tuple[Resource, Object]]:
        """Yield shared objects that have an owner reference to ``uid``, in order of creation."""
        return self.state.owned_by(uid)

    def subscribe(self, handler: Callable[[Change], None]) -> None:
        """Call ``handler`` after every stored change, in order; it must only take notes."""
        self.state.subscribers.append(handler)

    # --- reads --------------------------------------------------------------------------------------------------------

    def get(self, resource: Resource, key: ObjectKey, *, subresource: str = "") -> Object:
        """Return one object, or its ``scale`` or ``status`` subresource."""
        _check_verb(resource, "get")
        obj = self._existing(resource, key)
        if subresource == "scale":
            from pyhelm.cluster.api.subresources import scale_of

            return scale_of(self.state, resource, obj)
        return shown(obj, resource.api_version)

    def list(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        limit: int = 0,
        continue_token: str = "",
    ) -> ObjectList:
        """Return objects in key order; an empty ``namespace`` means all."""
        _check_verb(resource, "list")
        return list_objects(self.state, self._filter(resource, namespace, labels, fields), limit, continue_token)

    def watch(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        since: str = "",
        labels: str = "",
        fields: str = "",
        timeout: float | None = None,
    ) -> Iterator[WatchEvent]:
        """Yield changes after resource version ``since``; waiting for the next one lets the clock run."""
        _check_verb(resource, "watch")
        wanted = self._filter(resource, namespace, labels, fields)
        return watch_changes(self.state, wanted, since, timeout, self.pause)

    # --- writes -------------------------------------------------------------------------------------------------------

    def create(
        self,
        resource: Resource,
        obj: Object,
        *,
        namespace: str = "",
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object:
        """Store a new object; a Pod's ``subresource`` may be ``eviction`` or ``binding``."""
        if subresource:
            from pyhelm.cluster.api.subresources import create_subresource

            return create_subresource(self, resource, obj, namespace, subresource, options)
        _check_verb(resource, "create")
        return shown(self._writer.create(resource, obj, namespace, options), resource.api_version)

    def update(
        self, resource: Resource, obj: Object, *, subresource: str = "", options: WriteOptions = DEFAULT_WRITE
    ) -> Object:
        """Replace an object; a ``resourceVersion`` in it must be the current one."""
        if subresource == "scale":
            from pyhelm.cluster.api.subresources import update_scale

            return update_scale(self.state, self._writer, resource, taken(obj), options)
        return shown(self._writer.update(resource, obj, subresource, options), resource.api_version)

    def patch(
        self,
        resource: Resource,
        key: ObjectKey,
        patch_type: PatchType,
        body: Any,
        *,
        subresource: str = "",
        options: WriteOptions = DEFAULT_WRITE,
    ) -> Object:
        """Change an object by a patch; ``APPLY`` creates it where it is absent."""
        from pyhelm.cluster.api.patching import patch

        key = self._key(resource, key)
        return patch(self.state, self._writer, resource, key, PatchType(patch_type), body, subresource, options)

    def delete(self, resource: Resource, key: ObjectKey, options: DeleteOptions = DEFAULT_DELETE) -> Object:
        """Ask for an object's deletion; returns the object or a ``Status``, as the API server does by kind."""
        from pyhelm.cluster.api.deleting import delete

        _check_verb(resource, "delete")
        old = self._existing(resource, key)
        strategy = self._writer.strategy(resource)
        left = delete(self.state, resource, old, options, strategy)
        if left is not None:
            return shown(left, resource.api_version)
        if strategy.answers_object:
            return shown(old, resource.api_version)
        meta = old["metadata"]
        details = {"name": meta["name"], "group": resource.group, "kind": resource.plural, "uid": meta["uid"]}
        return {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Success",
            "details": {field: value for field, value in details.items() if value},
        }

    # --- private ------------------------------------------------------------------------------------------------------

    @property
    def _writer(self) -> Any:
        # Commands that only read never load the rules of writing.
        if self._writer_made is None:
            from pyhelm.cluster.api.writing import Writer

            self._writer_made = Writer(self.state)
        return self._writer_made

    def _key(self, resource: Resource, key: ObjectKey) -> ObjectKey:
        if not resource.namespaced:
            return ObjectKey("", key.name)
        return key if key.namespace else ObjectKey("default", key.name)

    def _existing(self, resource: Resource, key: ObjectKey) -> Object:
        obj = self.state.peek(resource, self._key(resource, key))
        if obj is None:
            raise failures.not_found(resource, key.name)
        return obj

    def _filter(self, resource: Resource, namespace: str, labels: str, fields: str) -> Filter:
        selectable: tuple[str, ...] = ()
        if fields and self._catalog.is_custom(resource):
            crd = self.state.look(*CRDS, ObjectKey("", resource.qualified)) or {}
            for version in (crd.get("spec") or {}).get("versions") or ():
                if version.get("name") == resource.version:
                    selectable = tuple(
                        field["jsonPath"].removeprefix(".") for field in version.get("selectableFields") or ()
                    )
        return Filter(resource, namespace, labels, fields, selectable)


def _check_verb(resource: Resource, verb: str) -> None:
    if verb not in resource.verbs:
        raise failures.method_not_allowed(resource)
