"""The kubelet of every node: lives each Pod's life and reports it.

Flow: key -> Pod and memory -> live (pure) -> events and status. Nodes have no process of their own here: one controller
serves all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cluster.clock import micros
from pyhelm.cluster.controllers.base import DONE, Result, Trigger
from pyhelm.cluster.kubelet import images
from pyhelm.cluster.kubelet.behaviour import Behaviour, Rules, behaviour_of
from pyhelm.cluster.kubelet.lifecycle import Life, live
from pyhelm.cluster.kubelet.memory import PodMemory, decode, encode, recall
from pyhelm.cluster.kubelet.references import References
from pyhelm.cluster.kubelet.status import is_steady, render
from pyhelm.errors import NotFoundError
from pyhelm.kube.client import DeleteOptions
from pyhelm.kube.objects import ObjectKey, key_of, name_of, uid_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyhelm.cluster.controllers.base import Change, Context
    from pyhelm.kube.objects import Object

DEFAULT_HOST_IP = "192.168.49.2"
DEFAULT_POD_CIDR = "10.244.0.0/16"
PRESENT_SINCE_EVER = 1


class Kubelet:
    """Runs the Pods that are bound to nodes."""

    name = "kubelet"

    def __init__(self, context: Context) -> None:
        self._client = context.client
        self._internal = context.internal
        self._lister = context.lister
        self._clock = context.clock
        self._events = context.events
        catalog = context.client.catalog
        self._pods = catalog.for_kind("v1", "Pod")
        self._nodes = catalog.for_kind("v1", "Node")
        self._rules = Rules(context.client, context.lister)
        self._references = References(context.client, context.lister)
        self._memories: dict[str, PodMemory] = {}
        self._images: dict[str, dict[str, int]] = {}
        self._addresses: dict[str, set[str]] | None = None
        self._next_address: dict[str, int] = {}
        self._writing = False

    def triggers(self) -> Sequence[Trigger]:
        return (Trigger(self._pods, self._when_pod_changed),)

    def keys(self) -> Iterable[ObjectKey]:
        return (key_of(pod) for pod in self._lister.scan(self._pods) if pod["spec"].get("nodeName"))

    def _when_pod_changed(self, change: Change) -> Sequence[ObjectKey]:
        if change.new is None:
            self._forget(change.object)
            return ()
        if self._writing or not change.new["spec"].get("nodeName"):
            return ()
        return (key_of(change.new),)

    def reconcile(self, key: ObjectKey) -> Result:
        pod = self._lister.peek(self._pods, key)
        if pod is None or not pod["spec"].get("nodeName"):
            return DONE
        node = self._lister.peek(self._nodes, ObjectKey("", pod["spec"]["nodeName"]))
        if node is None:
            return DONE
        memory = self._memory(pod)
        now = micros(self._clock.now())
        life = live(pod, memory, now, _World(self, pod))
        host_ip = host_address(node)
        if memory.sandbox and not memory.ip:
            memory.ip = host_ip if pod["spec"].get("hostNetwork") else self._allocate(node)
        status = render(pod, memory, now, host_ip)
        self._writing = True
        try:
            if status != pod.get("status"):
                self._internal.write_status(self._pods, pod, status)
            self._tell(pod, life)
            if life.delete:
                self._remove(pod)
        except NotFoundError:
            return DONE
        finally:
            self._writing = False
        return Result((life.due - now) / 1e6) if life.due else DONE

    def _tell(self, pod: Object, life: Life) -> None:
        node = pod["spec"]["nodeName"]
        for event in life.events:
            path = ""
            if event.container:
                path = f"spec.{'initContainers' if event.init else 'containers'}{{{event.container}}}"
            self._events.record(self.name, pod, event.type, event.reason, event.message, host=node, field_path=path)

    def _remove(self, pod: Object) -> None:
        options = DeleteOptions(grace_seconds=0, uid=uid_of(pod))
        self._client.delete(self._pods, key_of(pod), options)

    # --- memory ---

    def _memory(self, pod: Object) -> PodMemory:
        uid = uid_of(pod)
        memory = self._memories.get(uid)
        if memory is None:
            memory = self._memories[uid] = recall(pod)
        return memory

    def _forget(self, pod: Object) -> None:
        self._memories.pop(uid_of(pod), None)
        node, address = pod["spec"].get("nodeName"), (pod.get("status") or {}).get("podIP")
        if self._addresses is not None and node and address:
            self._addresses.get(node, set()).discard(address)

    def snapshot(self) -> Any:
        """Return what Pods' statuses do not say."""
        kept = {}
        for pod in self._lister.scan(self._pods):
            memory = self._memories.get(uid_of(pod))
            if memory is not None and not is_steady(pod, memory):
                kept[uid_of(pod)] = encode(memory)
        return {"pods": kept, "images": self._images} if kept or self._images else None

    def restore(self, memory: Any) -> None:
        """Take over what an earlier process remembered."""
        self._memories.update({uid: decode(value) for uid, value in memory["pods"].items()})
        self._images.update(memory["images"])

    # --- a node's images and addresses ---

    def images_of(self, node: str) -> dict[str, int]:
        """Return the images of a node, each with the moment from which on it is there."""
        found = self._images.get(node)
        if found is None:
            found = self._images[node] = {}
            for pod in self._lister.scan(self._pods):
                if pod["spec"].get("nodeName") != node:
                    continue
                status = pod.get("status") or {}
                for entry in [*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())]:
                    if entry.get("imageID"):
                        found[entry.get("image", "")] = PRESENT_SINCE_EVER
        return found

    def _allocate(self, node: Object) -> str:
        """Return the lowest free address of the node's Pod network."""
        from ipaddress import ip_network

        if self._addresses is None:
            self._addresses = {}
            for pod in self._lister.scan(self._pods):
                address = (pod.get("status") or {}).get("podIP")
                if address and pod["spec"].get("nodeName"):
                    self._addresses.setdefault(pod["spec"]["nodeName"], set()).add(address)
        used = self._addresses.setdefault(name_of(node), set())
        hosts = ip_network((node.get("spec") or {}).get("podCIDR") or DEFAULT_POD_CIDR, strict=False)
        # The network's own address, the bridge's, then Pods'; addresses are taken in turn, not the lowest first.
        size = hosts.num_addresses - 3
        start = self._next_address.get(name_of(node), len(used))
        for step in range(size):
            address = str(hosts[2 + (start + step) % size])
            if address not in used:
                used.add(address)
                self._next_address[name_of(node)] = start + step + 1
                return address
        return ""

    # --- for the lifecycle ---

    def behaviour(self, pod: Object, container: Object) -> Behaviour:
        """Return how a container behaves by the rules in force."""
        return behaviour_of(pod, container, self._rules.current())

    @property
    def references(self) -> References:
        """Looks up what Pods refer to."""
        return self._references

    # --- logs ---

    def logs(self, key: ObjectKey, container: str, previous: bool, tail: int | None) -> str:  # noqa: FBT001
        """Return what a container wrote."""
        from pyhelm.cluster.kubelet.logs import log_of

        pod = self._lister.peek(self._pods, key)
        if pod is None:
            message = f'pods "{key.name}" not found'
            raise NotFoundError(message)
        return log_of(pod, container, previous=previous, tail=tail)


class _World:
    """A Pod's surroundings on its node."""

    def __init__(self, kubelet: Kubelet, pod: Object) -> None:
        self._kubelet = kubelet
        self._images = kubelet.images_of(pod["spec"]["nodeName"])

    def behaviour(self, pod: Object, container: Object) -> Behaviour:
        return self._kubelet.behaviour(pod, container)

    def present(self, image: str, now: int) -> bool:
        return 0 < self._images.get(images.normalise(image), 0) <= now

    def arrival(self, image: str) -> int:
        return self._images.get(images.normalise(image), 0)

    def arrive(self, image: str, moment: int) -> None:
        if moment:
            self._images[images.normalise(image)] = moment
        else:
            self._images.pop(images.normalise(image), None)

    def missing_volume(self, pod: Object) -> str:
        return self._kubelet.references.missing_volume(pod)

    def missing_config(self, pod: Object, container: Object) -> str:
        return self._kubelet.references.missing_config(pod, container)


def host_address(node: Object) -> str:
    """Return a node's internal address."""
    for address in (node.get("status") or {}).get("addresses") or ():
        if address.get("type") == "InternalIP":
            return str(address.get("address"))
    return DEFAULT_HOST_IP
