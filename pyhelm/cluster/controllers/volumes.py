"""Bind PersistentVolumeClaims: to a volume that fits, or to one that the simulated provisioner makes.

A claim's class decides: unknown classes and foreign provisioners leave it Pending, with the event a real cluster would
show.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import parse_stamp
from pyhelm.cluster.controllers import selection
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import MANAGER, ignore_missing, own_key
from pyhelm.errors import AlreadyExistsError, NotFoundError
from pyhelm.kube.objects import ObjectKey, is_terminating, key_of, labels_of, metadata, name_of, namespace_of, uid_of
from pyhelm.kube.quantity import milli

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object

PROVISIONER = "pyhelm.dev/simulated"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
PROTECTION = "kubernetes.io/pvc-protection"
PROVISION_SECONDS = 0.5
COMPONENT = "persistentvolume-controller"


class PersistentVolumeController:
    """The persistent volume controller, and the provisioner of the default StorageClass."""

    name = "persistentvolume-binder"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._claims = catalog.for_kind("v1", "PersistentVolumeClaim")
        self._volumes = catalog.for_kind("v1", "PersistentVolume")
        self._classes = catalog.for_kind("storage.k8s.io/v1", "StorageClass")
        self._pods = catalog.for_kind("v1", "Pod")

    def triggers(self) -> Sequence[Trigger]:
        return (
            Trigger(self._claims, own_key),
            Trigger(self._volumes, self._when_volume_changed),
            Trigger(self._classes, lambda _: self._pending()),
            Trigger(self._pods, self._when_pod_went),
        )

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(claim) for claim in self._lister.scan(self._claims))

    def _pending(self) -> list[ObjectKey]:
        return [key_of(claim) for claim in self._lister.scan(self._claims) if not claim["spec"].get("volumeName")]

    def _when_volume_changed(self, change: Change) -> Iterable[ObjectKey]:
        reference = change.object["spec"].get("claimRef")
        if reference:
            return (ObjectKey(reference.get("namespace", ""), reference.get("name", "")),)
        return self._pending()

    def _when_pod_went(self, change: Change) -> Iterable[ObjectKey]:
        """A claim that is being deleted waits for the Pods that use it."""
        if change.new is not None:
            return ()
        namespace = namespace_of(change.object)
        return [ObjectKey(namespace, name) for name in claims_used(change.object)]

    def reconcile(self, key: ObjectKey) -> Result:
        claim = self._lister.peek(self._claims, key)
        if claim is None:
            self._release(key)
            return DONE
        if is_terminating(claim):
            self._unprotect(claim)
            return DONE
        if claim["spec"].get("volumeName"):
            self._complete(claim)
            return DONE
        volume = self._fitting(claim)
        if volume is not None:
            self._bind(claim, volume)
            return DONE
        return self._provision(claim)

    # --- binding ---

    def _fitting(self, claim: Object) -> Object | None:
        """Return the smallest free volume that fits a claim (findBestMatchForClaim)."""
        spec = claim["spec"]
        wanted = milli(((spec.get("resources") or {}).get("requests") or {}).get("storage") or 0)
        best: Object | None = None
        for volume in self._lister.scan(self._volumes):
            offered = volume["spec"]
            reference = offered.get("claimRef")
            if reference is not None:
                mine = reference.get("namespace") == namespace_of(claim) and reference.get("name") == name_of(claim)
                if mine and reference.get("uid") in {None, "", uid_of(claim)}:
                    return volume
                continue
            if (
                (offered.get("storageClassName") or "") != (self._class_of(claim) or "")
                or not set(spec.get("accessModes") or ()) <= set(offered.get("accessModes") or ())
                or (offered.get("volumeMode") or "Filesystem") != (spec.get("volumeMode") or "Filesystem")
                or (spec.get("selector") and not selection.matches(spec["selector"], labels_of(volume)))
                or is_terminating(volume)
            ):
                continue
            size = milli((offered.get("capacity") or {}).get("storage") or 0)
            if size >= wanted and (best is None or size < milli(best["spec"]["capacity"]["storage"])):
                best = volume
        return best

    def _bind(self, claim: Object, volume: Object) -> None:
        reference = {
            "kind": "PersistentVolumeClaim",
            "apiVersion": "v1",
            "namespace": namespace_of(claim),
            "name": name_of(claim),
            "uid": uid_of(claim),
            "resourceVersion": metadata(claim).get("resourceVersion", ""),
        }
        known = volume["spec"].get("claimRef") or {}
        if known.get("uid") != uid_of(claim):
            volume = self._client.update(
                self._volumes, {**volume, "spec": {**volume["spec"], "claimRef": reference}}, options=MANAGER
            )
        annotations = {
            **(metadata(claim).get("annotations") or {}),
            "pv.kubernetes.io/bind-completed": "yes",
            "pv.kubernetes.io/bound-by-controller": "yes",
        }
        bound = {
            **claim,
            "metadata": {**metadata(claim), "annotations": annotations},
            "spec": {**claim["spec"], "volumeName": name_of(volume)},
        }
        self._client.update(self._claims, bound, options=MANAGER)
        self._complete(self._lister.peek(self._claims, key_of(claim)) or bound)

    def _complete(self, claim: Object) -> None:
        """Bring the phases of a claim and its volume up to date."""
        volume = self._lister.peek(self._volumes, ObjectKey("", claim["spec"]["volumeName"]))
        status = dict(claim.get("status") or {})
        if volume is None:
            if status.get("phase") == "Bound":
                status["phase"] = "Lost"
                message = "Bound claim has lost its PersistentVolume. Data on the volume is lost!"
                self._events.warning(COMPONENT, claim, "ClaimLost", message)
                self._client.update(self._claims, {**claim, "status": status}, subresource="status", options=MANAGER)
            return
        reference = volume["spec"].get("claimRef") or {}
        if reference.get("uid") not in {None, "", uid_of(claim)}:
            return
        if not reference.get("uid"):
            self._bind(claim, volume)
            return
        if (volume.get("status") or {}).get("phase") != "Bound":
            updated = {**volume, "status": {**(volume.get("status") or {}), "phase": "Bound"}}
            self._client.update(self._volumes, updated, subresource="status", options=MANAGER)
        wanted = {
            **status,
            "phase": "Bound",
            "accessModes": list(volume["spec"].get("accessModes") or ()),
            "capacity": dict(volume["spec"].get("capacity") or {}),
        }
        if wanted != claim.get("status"):
            self._client.update(self._claims, {**claim, "status": wanted}, subresource="status", options=MANAGER)

    # --- provisioning ---

    def _class_of(self, claim: Object) -> str | None:
        """Return the class a claim asks for; None when it names none and there is no default."""
        name = claim["spec"].get("storageClassName")
        if name is not None:
            return str(name)
        for item in self._lister.scan(self._classes):
            if (metadata(item).get("annotations") or {}).get(DEFAULT_CLASS) == "true":
                return name_of(item)
        return None

    def _provision(self, claim: Object) -> Result:
        class_name = self._class_of(claim)
        if not class_name:
            message = "no persistent volumes available for this claim and no storage class is set"
            self._tell_once(claim, "Normal", "FailedBinding", message)
            return DONE
        storage_class = self._lister.peek(self._classes, ObjectKey("", class_name))
        if storage_class is None:
            message = f'storageclass.storage.k8s.io "{class_name}" not found'
            self._tell_once(claim, "Warning", "ProvisioningFailed", message)
            return DONE
        provisioner = storage_class.get("provisioner", "")
        if provisioner != PROVISIONER:
            message = (
                f"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by "
                "the system administrator. If volume creation is delayed, please verify that the provisioner is "
                "running and correctly registered."
            )
            self._tell_once(claim, "Normal", "ExternalProvisioning", message)
            return DONE
        created = parse_stamp(metadata(claim).get("creationTimestamp"))
        left = PROVISION_SECONDS - (self._clock.now() - created).total_seconds() if created is not None else 0.0
        if left > 0:
            return Result(left)
        name = f"pvc-{uid_of(claim)}"
        message = f'External provisioner is provisioning volume for claim "{key_of(claim)}"'
        self._events.normal(provisioner, claim, "Provisioning", message)
        volume = _volume(claim, storage_class, name)
        try:
            self._client.create(self._volumes, volume, options=MANAGER)
        except AlreadyExistsError:
            pass
        else:
            self._events.normal(provisioner, claim, "ProvisioningSucceeded", f"Successfully provisioned volume {name}")
        stored = self._lister.peek(self._volumes, ObjectKey("", name))
        if stored is not None:
            self._bind(claim, stored)
        return DONE

    def _tell_once(self, claim: Object, event_type: str, reason: str, message: str) -> None:
        status = claim.get("status") or {}
        if not status.get("phase"):
            updated = {**claim, "status": {**status, "phase": "Pending"}}
            self._client.update(self._claims, updated, subresource="status", options=MANAGER)
        self._events.record(COMPONENT, claim, event_type, reason, message)

    # --- the end of a claim ---

    def _unprotect(self, claim: Object) -> None:
        """Let a claim go once no Pod uses it (the pvc-protection controller)."""
        finalizers = metadata(claim).get("finalizers") or []
        if PROTECTION not in finalizers:
            return
        for pod in self._lister.scan(self._pods, namespace_of(claim)):
            if name_of(claim) in claims_used(pod):
                return
        kept = [item for item in finalizers if item != PROTECTION]
        updated = {**claim, "metadata": {**metadata(claim), "finalizers": kept}}
        ignore_missing(lambda: self._client.update(self._claims, updated, options=MANAGER))

    def _release(self, key: ObjectKey) -> None:
        """Reclaim the volume of a claim that is gone: delete it, or keep it as Released."""
        for volume in list(self._lister.scan(self._volumes)):
            reference = volume["spec"].get("claimRef") or {}
            if reference.get("namespace") != key.namespace or reference.get("name") != key.name:
                continue
            if not reference.get("uid"):
                continue
            if volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete":
                with suppress(NotFoundError):
                    self._delete_volume(name_of(volume))
            elif (volume.get("status") or {}).get("phase") != "Released":
                updated = {**volume, "status": {**(volume.get("status") or {}), "phase": "Released"}}
                self._client.update(self._volumes, updated, subresource="status", options=MANAGER)

    def _delete_volume(self, name: str) -> None:
        key = ObjectKey("", name)
        volume = self._lister.peek(self._volumes, key)
        if volume is None:
            return
        finalizers = [item for item in metadata(volume).get("finalizers") or () if "pv-protection" not in item]
        if finalizers != (metadata(volume).get("finalizers") or []):
            updated = {**volume, "metadata": {**metadata(volume), "finalizers": finalizers}}
            self._client.update(self._volumes, updated, options=MANAGER)
        self._client.delete(self._volumes, key)


def claims_used(pod: Object) -> set[str]:
    """Return the names of the claims that a Pod mounts."""
    found = set()
    for volume in pod["spec"].get("volumes") or ():
        if volume.get("persistentVolumeClaim") is not None:
            found.add(volume["persistentVolumeClaim"].get("claimName", ""))
        elif volume.get("ephemeral") is not None:
            found.add(f"{name_of(pod)}-{volume.get('name', '')}")
    return found


def _volume(claim: Object, storage_class: Object, name: str) -> Object:
    """Return the volume that the provisioner makes for a claim."""
    spec: dict[str, Any] = claim["spec"]
    requests = (spec.get("resources") or {}).get("requests") or {}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": PROVISIONER}},
        "spec": {
            "accessModes": list(spec.get("accessModes") or ()),
            "capacity": {"storage": requests.get("storage", "1Gi")},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": namespace_of(claim),
                "name": name_of(claim),
                "uid": uid_of(claim),
            },
            "hostPath": {"path": f"/var/lib/pyhelm/{name}", "type": ""},
            "persistentVolumeReclaimPolicy": storage_class.get("reclaimPolicy") or "Delete",
            "storageClassName": name_of(storage_class),
            "volumeMode": spec.get("volumeMode") or "Filesystem",
        },
    }
