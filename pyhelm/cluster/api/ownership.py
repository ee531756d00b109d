"""Schemas of what is served, and who owns which fields after a write (``metadata.managedFields``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.api.state import CRDS
from pyhelm.kube.objects import ObjectKey
from pyhelm.kube.patches import reset_fields, track_update
from pyhelm.kube.schema import Schema, schema_from_crd

if TYPE_CHECKING:
    from pyhelm.cluster.api.state import State
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object
    from pyhelm.kube.patches.fieldsets import FieldSet
    from pyhelm.kube.resources import Resource


class Schemas:
    """The schema of each resource, custom ones by the newest version of their definition."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._custom: dict[tuple[str, str], tuple[str, Schema]] = {}
        self._resets: dict[tuple[str, str, str], FieldSet] = {}

    def of(self, resource: Resource) -> Schema | None:
        """Return the schema of a resource; None for built-in ones that have none."""
        state = self._state
        if not state.catalog.is_custom(resource):
            return Schema.for_resource(resource)
        key = (resource.qualified, resource.version)
        crd = state.look(*CRDS, ObjectKey("", resource.qualified)) or {}
        version = (crd.get("metadata") or {}).get("resourceVersion") or ""
        known = self._custom.get(key)
        if known is None or known[0] != version:
            known = self._custom[key] = (version, schema_from_crd(crd, resource.version))
        return known[1]

    def reset(self, resource: Resource, subresource: str) -> FieldSet:
        """Return the fields that an endpoint ignores."""
        key = (resource.qualified, resource.version, subresource)
        found = self._resets.get(key)
        if found is None or self._state.catalog.is_custom(resource):
            custom = self._state.catalog.is_custom(resource)
            found = self._resets[key] = reset_fields(resource, subresource, custom=custom)
        return found

    def tracked(
        self, resource: Resource, old: Object | None, new: Object, subresource: str, options: WriteOptions
    ) -> list[Object]:
        """Return the ``managedFields`` of ``new``, which is about to replace ``old`` (None: to be created)."""
        schema = self.of(resource)
        if schema is None:
            return []
        if subresource == "status":
            # Everything else stays as it is, and need not be compared.
            old = _status_part(old) if old is not None else None
            new = _status_part(new)
        written = track_update(
            old,
            new,
            schema,
            options.field_manager,
            self._state.clock.now(),
            subresource=subresource,
            reset=self.reset(resource, subresource),
        )
        found: list[Object] = written["metadata"].get("managedFields") or []
        return found


def _status_part(obj: Object) -> Object:
    return {field: obj[field] for field in ("apiVersion", "kind", "metadata", "status") if field in obj}
