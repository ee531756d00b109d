"""Keep the EndpointSlices of each Service that selects Pods (pkg/controller/endpointslice), 100 endpoints in each."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.controllers.ownership import MANAGER, controller_reference, own_key, owned
from pyhelm.cluster.controllers.pods import FINISHED, is_ready, phase_of
from pyhelm.errors import NotFoundError
from pyhelm.kube.objects import is_terminating, key_of, labels_of, metadata, name_of, namespace_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object, ObjectKey

SLICE_SIZE = 100
MANAGED_BY = "endpointslice-controller.k8s.io"


def selects(service: Object, labels: Mapping[str, str]) -> bool:
    """Tell whether a Service sends traffic to Pods with these labels."""
    selector = service["spec"].get("selector") or {}
    return bool(selector) and all(labels.get(name) == value for name, value in selector.items())


def endpoint_of(pod: Object, service: Object) -> Object | None:
    """Return a Pod's endpoint, None when it has no address or is over (podToEndpoint)."""
    address = (pod.get("status") or {}).get("podIP")
    if not address or phase_of(pod) in FINISHED:
        return None
    serving = is_ready(pod)
    going = is_terminating(pod)
    ready = (serving and not going) or bool(service["spec"].get("publishNotReadyAddresses"))
    found: Object = {
        "addresses": [address],
        "conditions": {"ready": ready, "serving": serving, "terminating": going},
        "nodeName": pod["spec"].get("nodeName", ""),
        "targetRef": {"kind": "Pod", "namespace": namespace_of(pod), "name": name_of(pod), "uid": uid_of(pod)},
    }
    if pod["spec"].get("hostname") and pod["spec"].get("subdomain") == name_of(service):
        found["hostname"] = pod["spec"]["hostname"]
    return found


def ports_of(pod: Object, service: Object) -> list[Object]:
    """Return a Service's ports as one Pod has them (getEndpointPorts): named target ports are looked up."""
    found = []
    for port in service["spec"].get("ports") or ():
        protocol = port.get("protocol") or "TCP"
        number = _target(pod, port.get("targetPort") or port.get("port"), protocol)
        if number is None:
            continue
        entry: dict[str, Any] = {"name": port.get("name") or "", "port": number, "protocol": protocol}
        if port.get("appProtocol"):
            entry["appProtocol"] = port["appProtocol"]
        found.append(entry)
    return found


def _target(pod: Object, target: Any, protocol: str) -> int | None:
    if isinstance(target, int):
        return target
    spec = pod["spec"]
    sidecars = [item for item in spec.get("initContainers") or () if item.get("restartPolicy") == "Always"]
    for container in [*(spec.get("containers") or ()), *sidecars]:
        for port in container.get("ports") or ():
            if port.get("name") == target and (port.get("protocol") or "TCP") == protocol:
                return int(port["containerPort"])
    return None


def wanted_slices(service: Object, pods: Iterable[Object]) -> list[tuple[list[Object], list[Object]]]:
    """Return the ports and endpoints of each slice a Service should have; one empty slice when there are none."""
    groups: dict[str, tuple[list[Object], list[Object]]] = {}
    for pod in pods:
        endpoint = endpoint_of(pod, service)
        if endpoint is not None:
            ports = ports_of(pod, service)
            groups.setdefault(repr(ports), (ports, []))[1].append(endpoint)
    found: list[tuple[list[Object], list[Object]]] = []
    for ports, endpoints in groups.values():
        found.extend((ports, endpoints[at : at + SLICE_SIZE]) for at in range(0, len(endpoints), SLICE_SIZE))
    return found or [([], [])]


class EndpointSliceController:
    """The endpoint slice controller."""

    name = "endpointslice-controller"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._lister = context.lister
        catalog = context.client.catalog
        self._services = catalog.for_kind("v1", "Service")
        self._pods = catalog.for_kind("v1", "Pod")
        self._slices = catalog.for_kind("discovery.k8s.io/v1", "EndpointSlice")

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._services, own_key), Trigger(self._pods, self._when_pod_changed))

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(service) for service in self._lister.scan(self._services))

    def _when_pod_changed(self, change: Change) -> list[ObjectKey]:
        before, after = change.old, change.new
        if before is not None and after is not None and _same_endpoint(before, after):
            return []
        pods = [pod for pod in (before, after) if pod is not None]
        return [
            key_of(service)
            for service in self._lister.scan(self._services, namespace_of(change.object))
            if any(selects(service, labels_of(pod)) for pod in pods)
        ]

    def reconcile(self, key: ObjectKey) -> Result:
        service = self._lister.peek(self._services, key)
        if service is None or is_terminating(service) or not service["spec"].get("selector"):
            return DONE
        if service["spec"].get("type") == "ExternalName":
            return DONE
        pods = [pod for pod in self._lister.scan(self._pods, key.namespace) if selects(service, labels_of(pod))]
        wanted = wanted_slices(service, pods)
        existing = owned(self._lister, service, "EndpointSlice")
        labels = {
            **labels_of(service),
            "endpointslice.kubernetes.io/managed-by": MANAGED_BY,
            "kubernetes.io/service-name": name_of(service),
        }
        if service["spec"].get("clusterIP") == "None":
            labels["service.kubernetes.io/headless"] = ""
        for position, (ports, endpoints) in enumerate(wanted):
            if position < len(existing):
                self._update(existing[position], labels, ports, endpoints)
            else:
                self._create(service, labels, ports, endpoints)
        for surplus in existing[len(wanted) :]:
            with suppress(NotFoundError):
                self._client.delete(self._slices, key_of(surplus))
        return DONE

    def _update(self, known: Object, labels: Object, ports: list[Object], endpoints: list[Object]) -> None:
        same = (known.get("ports") or []) == ports and (known.get("endpoints") or []) == endpoints
        if same and labels_of(known) == labels:
            return
        updated = {**known, "metadata": {**metadata(known), "labels": labels}, "ports": ports, "endpoints": endpoints}
        self._client.update(self._slices, updated, options=MANAGER)

    def _create(self, service: Object, labels: Object, ports: list[Object], endpoints: list[Object]) -> None:
        obj: Object = {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {
                "generateName": f"{name_of(service)}-",
                "namespace": namespace_of(service),
                "labels": labels,
                "ownerReferences": [controller_reference(service)],
            },
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": ports,
        }
        self._client.create(self._slices, obj, options=MANAGER)


def _same_endpoint(before: Object, after: Object) -> bool:
    """Tell whether no Service can see a difference between two versions of a Pod."""
    return (
        (before.get("status") or {}).get("podIP") == (after.get("status") or {}).get("podIP")
        and is_ready(before) == is_ready(after)
        and is_terminating(before) == is_terminating(after)
        and (phase_of(before) in FINISHED) == (phase_of(after) in FINISHED)
        and labels_of(before) == labels_of(after)
    )
