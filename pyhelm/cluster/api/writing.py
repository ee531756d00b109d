"""Creating and changing objects: what holds for all kinds (``rest.BeforeCreate`` and ``rest.BeforeUpdate``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.metadata import validate_metadata, validate_metadata_update
from pyhelm.cluster.admission.strategy import strategy_of
from pyhelm.cluster.api import failures
from pyhelm.cluster.api.ownership import Schemas
from pyhelm.cluster.api.trees import copied, taken
from pyhelm.errors import ApiError, BadRequestError
from pyhelm.kube.objects import ObjectKey, annotations_of

if TYPE_CHECKING:
    from pyhelm.cluster.admission.field import Errors
    from pyhelm.cluster.admission.strategy import Strategy
    from pyhelm.cluster.api.state import State
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

NAMESPACE = ("v1", "Namespace")
_GENERATED_TRIES = 8
_PREFIX_LENGTH = 58
_ANNOTATIONS = "metadata.annotations"
_SERVER_FIELDS = (
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "uid",
    "creationTimestamp",
)


class Writer:
    """Applies the rules of a write and stores its result."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.schemas = Schemas(state)

    def strategy(self, resource: Resource) -> Strategy:
        """Return what is particular about a resource's kind."""
        return strategy_of(resource, custom=self._state.catalog.is_custom(resource))

    # --- create -------------------------------------------------------------------------------------------------------

    def create(self, resource: Resource, obj: Object, namespace: str, options: WriteOptions) -> Object:
        """Store a new object and return the shared result."""
        new: Object = taken(obj)
        meta = self._place(resource, new, namespace)
        version = meta.pop("resourceVersion", None)
        if version and version != "0":
            message = "resourceVersion should not be set on objects to be created"
            raise ApiError(message)
        strategy = self.strategy(resource)
        self.decode(resource, new, options)
        strategy.default(new)
        meta.pop("managedFields", None)
        return self.finish_create(resource, new, strategy, options)

    def finish_create(
        self, resource: Resource, new: Object, strategy: Strategy, options: WriteOptions, managed: Any = None
    ) -> Object:
        """Store a new object, decoded and defaulted; ``managed`` are its managedFields, where they are known."""
        state = self._state
        meta = new["metadata"]
        self._check_namespace(resource, meta)
        for field in _SERVER_FIELDS:
            meta.pop(field, None)
        generated = not meta.get("name") and bool(meta.get("generateName"))
        if generated:
            meta["name"] = self._generate_name(resource, meta)
        meta["uid"] = state.new_uid()
        meta["creationTimestamp"] = state.timestamp()
        if strategy.generation:
            meta["generation"] = 1
        user_status = new.get("status")
        if managed is None:
            managed = self.schemas.tracked(resource, None, new, "", options)
        if strategy.status is not None:
            if strategy.status or strategy.typed:
                new["status"] = copied(strategy.status)
            elif user_status is not None:
                del new["status"]
        strategy.admit(new, state)
        strategy.prepare_create(new, state)
        errors = validate_metadata(meta, namespaced=resource.namespaced, check_name=strategy.check_name)
        errors += strategy.validate(new)
        errors += self._schema_errors(resource, new)
        if errors:
            raise failures.invalid(resource.group, resource.kind, meta.get("name") or "", errors)
        if managed:
            meta["managedFields"] = managed
        name = meta["name"]
        if state.peek(resource, ObjectKey(meta.get("namespace", ""), name)) is not None:
            raise failures.already_exists(resource, name, generated=generated)
        if options.dry_run:
            return new
        return state.save(resource, new, None)

    # --- update -------------------------------------------------------------------------------------------------------

    def update(self, resource: Resource, obj: Object, subresource: str, options: WriteOptions) -> Object:
        """Replace an object (or its subresource) and return the shared result."""
        new: Object = taken(obj)
        meta = self._place(resource, new, "")
        key = ObjectKey(meta.get("namespace", ""), meta.get("name") or "")
        if not key.name:
            message = "name must be provided"
            raise BadRequestError(message)
        old = self._state.peek(resource, key)
        if old is None:
            raise failures.not_found(resource, key.name)
        strategy = self.strategy(resource)
        self.decode(resource, new, options)
        if subresource != "status":
            strategy.default(new)
        return self.replace(resource, new, old, subresource, options)

    def replace(
        self,
        resource: Resource,
        new: Object,
        old: Object,
        subresource: str,
        options: WriteOptions,
        *,
        managed: Any = None,
    ) -> Object:
        """Store ``new``, decoded and defaulted, in place of the shared ``old``."""
        strategy = self.strategy(resource)
        meta, old_meta = new["metadata"], old["metadata"]
        name = old_meta["name"]
        version = meta.get("resourceVersion")
        if version and version != "0":
            if version != old_meta["resourceVersion"]:
                raise failures.conflict(resource, name)
        elif strategy.unconditional_update or subresource:
            meta["resourceVersion"] = old_meta["resourceVersion"]
        elif version == "0":
            del meta["resourceVersion"]
        if meta.get("uid") and meta["uid"] != old_meta["uid"]:
            raise failures.conflict(
                resource,
                name,
                f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {old_meta['uid']}",
            )
        if managed is None:
            managed = self.schemas.tracked(resource, old, new, subresource, options)
        self._carry_over(meta, old_meta)
        self._prepare_update(new, old, strategy, subresource)
        errors = validate_metadata(meta, namespaced=resource.namespaced, check_name=None)
        errors += validate_metadata_update(meta, old_meta)
        if not subresource:
            errors += strategy.validate_update(new, old)
        errors += self._schema_errors(resource, new)
        if errors:
            raise failures.invalid(resource.group, resource.kind, name, errors)
        if managed:
            meta["managedFields"] = managed
        else:
            meta.pop("managedFields", None)
        return self.store_update(resource, new, old, options)

    def store_update(self, resource: Resource, new: Object, old: Object, options: WriteOptions) -> Object:
        """Store an object whose rules were applied: nothing happens when it is the same, and it may be its end."""
        if new == old:
            return old
        if options.dry_run:
            return new
        if _is_finished(new, old):
            # The last finalizer went: the object goes instead of being written once more.
            self._state.remove(resource, old)
            return new
        return self._state.save(resource, new, old)

    # --- private ------------------------------------------------------------------------------------------------------

    def _place(self, resource: Resource, new: Object, namespace: str) -> Object:
        """Check that the object is of the resource and says where it lives; return its metadata."""
        if new.get("kind", resource.kind) != resource.kind or new.get("apiVersion", resource.api_version) != (
            resource.api_version
        ):
            message = (
                f"{new.get('kind')} in version {new.get('apiVersion')!r} cannot be handled as a {resource.kind}: "
                f"the API version in the data ({new.get('apiVersion')}) does not match the expected API version "
                f"({resource.api_version})"
            )
            raise BadRequestError(message)
        new["kind"], new["apiVersion"] = resource.kind, resource.api_version
        meta = new.get("metadata")
        if not isinstance(meta, dict):
            meta = new["metadata"] = {}
        if not resource.namespaced:
            return meta
        stated = meta.get("namespace") or ""
        if stated and namespace and stated != namespace:
            message = "the namespace of the provided object does not match the namespace sent on the request"
            raise BadRequestError(message)
        meta["namespace"] = stated or namespace or "default"
        return meta

    def decode(
        self, resource: Resource, new: Object, options: WriteOptions, patch: Any = None, *, strategic: bool = False
    ) -> None:
        """Bring an object to the form its kind's decoder would give it.

        Args:
            resource: What the object is one of.
            new: The object; it is changed.
            options: Say what becomes of unknown fields.
            patch: The patch that made the object, if one did.
            strategic: It was a strategic merge patch.
        """
        schema = self.schemas.of(resource)
        if schema is None:
            return
        from pyhelm.cluster.api.decoding import decode

        unknown = decode(resource, new, schema, custom=schema.custom, patch=patch if strategic else None)
        if unknown and options.field_validation == "Strict":
            raise failures.unknown_fields(resource, unknown, patch)
        if unknown and options.field_validation == "Warn":
            self._state.warnings.extend(unknown)

    def _schema_errors(self, resource: Resource, new: Object) -> Errors:
        """Return what the schema of a custom resource has against an object."""
        if not self._state.catalog.is_custom(resource):
            return []
        schema = self.schemas.of(resource)
        if schema is None:
            return []
        from pyhelm.cluster.admission.custom import validate_custom

        return validate_custom(new, schema.root.source)

    def _check_namespace(self, resource: Resource, meta: Object) -> None:
        """Refuse a new object in a namespace that is missing or going away (the NamespaceLifecycle plugin)."""
        if not resource.namespaced:
            return
        namespace = meta["namespace"]
        found = self._state.look(*NAMESPACE, ObjectKey("", namespace))
        if found is None:
            raise failures.not_found(self._state.catalog.for_kind(*NAMESPACE), namespace)
        if found["metadata"].get("deletionTimestamp"):
            reason = f"unable to create new content in namespace {namespace} because it is being terminated"
            cause = {
                "reason": "NamespaceTerminating",
                "message": f"namespace {namespace} is being terminated",
                "field": "metadata.namespace",
            }
            raise failures.forbidden(resource.qualified, meta.get("name") or "", reason, causes=[cause])

    def _generate_name(self, resource: Resource, meta: Object) -> str:
        base = meta["generateName"][:_PREFIX_LENGTH]
        state = self._state
        name = ""
        for attempt in range(_GENERATED_TRIES):
            name = base + state.suffix(f"{resource.qualified}/{state.revision}/{attempt}")
            if state.peek(resource, ObjectKey(meta.get("namespace", ""), name)) is None:
                break
        return name

    def _carry_over(self, meta: Object, old: Object) -> None:
        """Keep what no update can change."""
        if not meta.get("uid"):
            meta["uid"] = old["uid"]
        meta["creationTimestamp"] = old["creationTimestamp"]
        for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "generation"):
            if field in old:
                if field != "deletionGracePeriodSeconds" or meta.get(field) is None:
                    meta[field] = old[field]
            else:
                meta.pop(field, None)
        if meta.get("selfLink"):
            del meta["selfLink"]
        # An owner reference or finalizer list that became empty is none.
        for field in ("ownerReferences", "finalizers", "labels", "annotations"):
            if field in meta and not meta[field]:
                del meta[field]

    def _prepare_update(self, new: Object, old: Object, strategy: Strategy, subresource: str) -> None:
        if subresource == "status":
            if strategy.typed:
                labels = old["metadata"].get("labels")
                if labels is not None:
                    new["metadata"]["labels"] = labels
                else:
                    new["metadata"].pop("labels", None)
            else:
                new["metadata"] = {**old["metadata"], "resourceVersion": new["metadata"]["resourceVersion"]}
            for field in [field for field in new if field not in {"status", "metadata"}]:
                if field not in old:
                    del new[field]
            for field, value in old.items():
                if field not in {"status", "metadata"}:
                    new[field] = value
            return
        if strategy.status is not None:
            if "status" in old:
                new["status"] = old["status"]
            else:
                new.pop("status", None)
        if subresource != "finalize":
            strategy.prepare_update(new, old, self._state)
        if strategy.generation and _moved(new, old, strategy.generation):
            new["metadata"]["generation"] = old["metadata"].get("generation", 0) + 1


def _moved(new: Object, old: Object, parts: tuple[str, ...]) -> bool:
    if parts == ("*",):
        ignored = {"metadata", "status", "apiVersion"}
        return any(new.get(part) != old.get(part) for part in {*new, *old} if part not in ignored)
    if any(new.get(part) != old.get(part) for part in parts if part != _ANNOTATIONS):
        return True
    # Only Deployments count annotations, too.
    return _ANNOTATIONS in parts and annotations_of(new) != annotations_of(old)


def _is_finished(new: Object, old: Object) -> bool:
    """Tell whether an update took away what kept a deleted object (genericregistry.ShouldDeleteDuringUpdate)."""
    meta = new["metadata"]
    if not meta.get("deletionTimestamp") or meta.get("finalizers"):
        return False
    if new["kind"] == "Namespace" and new["apiVersion"] == "v1":
        return not (new.get("spec") or {}).get("finalizers")
    had = bool(old["metadata"].get("finalizers"))
    return had and not meta.get("deletionGracePeriodSeconds")
