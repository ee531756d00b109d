"""Where release records are kept: Secrets, ConfigMaps or memory, all behind one ``Driver``.

Drivers know nothing of releases' lives; ``Storage`` adds what every verb asks for (the last revision, the deployed one,
history, pruning).
"""

from pyhelm.release.storage.base import SYSTEM_LABELS, Driver, StoredRevision, object_name
from pyhelm.release.storage.history import Storage
from pyhelm.release.storage.registry import open_driver

__all__ = ["SYSTEM_LABELS", "Driver", "Storage", "StoredRevision", "object_name", "open_driver"]
