"""What every verb works with: a cluster, the records in it, and somebody to tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from pyhelm.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.action.owner import Owner
    from pyhelm.action.progress import Event
    from pyhelm.kube.client import Client
    from pyhelm.release.storage import Storage, StoredRevision


class DryRun(StrEnum):
    """How much of a verb is only pretended."""

    NONE = "none"
    CLIENT = "client"
    SERVER = "server"

    @property
    def pretends(self) -> bool:
        """Whether nothing may be changed."""
        return self is not DryRun.NONE

    @property
    def asks_server(self) -> bool:
        """Whether the cluster may be asked."""
        return self is not DryRun.CLIENT


class WaitStrategy(StrEnum):
    """What ``--wait`` waits for."""

    WATCHER = "watcher"
    LEGACY = "legacy"
    HOOK_ONLY = "hookOnly"


class ServerSide(StrEnum):
    """Whether objects are applied by the server; ``auto`` keeps to what the release did before."""

    TRUE = "true"
    FALSE = "false"
    AUTO = "auto"


def _ignore(_event: Event) -> None:
    """Listen to nothing."""


def writer_is_gone(revision: StoredRevision) -> bool:
    """Tell from a pending record's stamp whether its writer is certainly dead (clusters that many may use)."""
    from pyhelm.action.owner import Owner, is_certainly_gone

    return is_certainly_gone(Owner.parse(revision.owner))


@dataclass(slots=True)
class Environment:
    """The surroundings of one verb.

    Attributes:
        client: None when there is no cluster (rendering offline).
        open_storage: Finds ``storage`` when that is first asked for.
        namespace: Where releases live, and objects that name no namespace.
        listener: Is told what happens, as it happens.
        owner: Stands on pending records; None for this process.
        is_abandoned: Tells whether a pending revision's writer is dead. Whoever holds a cluster exclusively may answer
            from that alone; the default reads the stamp, and in doubt says no.
        clock: The time for records; None for the cluster's.
    """

    client: Client | None
    open_storage: Callable[[], Storage]
    namespace: str = "default"
    listener: Callable[[Event], None] = _ignore
    owner: Owner | None = None
    is_abandoned: Callable[[StoredRevision], bool] = writer_is_gone
    clock: Callable[[], datetime] | None = None
    _storage: Storage | None = None

    @classmethod
    def connected(
        cls,
        client: Client,
        *,
        namespace: str = "default",
        driver: str = "",
        all_namespaces: bool = False,
        listener: Callable[[Event], None] = _ignore,
        exclusive: bool = False,
    ) -> Environment:
        """Return the environment of a cluster.

        Args:
            client: The cluster.
            namespace: See the class.
            driver: As ``HELM_DRIVER`` has it.
            all_namespaces: Read the records of every namespace (``list -A``).
            listener: See the class.
            exclusive: Nobody else can be using the cluster: the embedded one, behind its lock.
        """
        from pyhelm.release.storage import Storage, open_driver

        storage = Storage(open_driver(driver, client, "" if all_namespaces else namespace))
        environment = cls(client, lambda: storage, namespace, listener)
        if exclusive:
            environment.is_abandoned = environment.is_of_another_process
        return environment

    @classmethod
    def offline(
        cls, *, namespace: str = "default", listener: Callable[[Event], None] = _ignore, clock: Callable[[], datetime]
    ) -> Environment:
        """Return an environment without a cluster, whose records are forgotten."""

        def forget() -> Storage:
            from pyhelm.release.storage import Storage
            from pyhelm.release.storage.memory import Memory

            return Storage(Memory(namespace, clock))

        return cls(None, forget, namespace, listener, clock=clock)

    @property
    def storage(self) -> Storage:
        """The records of ``namespace``; of all namespaces for listing them."""
        if self._storage is None:
            self._storage = self.open_storage()
        return self._storage

    @property
    def stamp(self) -> Owner:
        """What marks pending records as this process's."""
        if self.owner is None:
            from pyhelm.action.owner import Owner

            self.owner = Owner.current()
        return self.owner

    @property
    def cluster(self) -> Client:
        """The cluster; raises UsageError when there is none."""
        if self.client is None:
            raise UsageError("this needs a cluster")
        return self.client

    def now(self) -> datetime:
        """Return the time for records: the cluster's, in UTC."""
        if self.clock is not None:
            return self.clock()
        return self.client.now() if self.client is not None else datetime.now(UTC)

    def tell(self, event: Event) -> None:
        """Pass an event on."""
        self.listener(event)

    def is_of_another_process(self, revision: StoredRevision) -> bool:
        """Tell whether another process wrote a pending revision (or one that left no stamp)."""
        from pyhelm.action.owner import Owner

        writer = Owner.parse(revision.owner)
        return writer is None or not writer.same_process(self.stamp)
