"""The log of all objects in SQLite, with one monotonic revision, and the lock that gives it one owner.

Belongs here: bytes on disk, their order and their durability. Not here: what an object means; values are opaque text.
"""

from pyhelm.cluster.store.lock import ClusterLock
from pyhelm.cluster.store.log import Entry, Record, Store, damaged

__all__ = ["ClusterLock", "Entry", "Record", "Store", "damaged"]
