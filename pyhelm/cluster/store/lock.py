"""One owner per cluster folder: a lock of the kernel, which also releases it when its owner dies.

The lock is on the file ``lock``; ``owner`` beside it says who holds it, for people who have to wait. The standard
library does this in forty lines; importing ``filelock`` costs a cold command 40 ms.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Self

from pyhelm.errors import ClusterBusyError, StoreError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_FIRST_WAIT = 0.002
_LONGEST_WAIT = 0.1


class ClusterLock:
    """Exclusive ownership of the cluster in ``folder``; use it as a context manager.

    The folder is made if need be, readable by its owner only.

    Args:
        command: What the owner is doing, such as ``pyhelm install``; others read it in ClusterBusyError.
        timeout: Seconds of real time to wait for another owner; 0 means one try.

    Raises:
        ClusterBusyError: Another process (or another lock of this one) owns the cluster.
        StoreError: The folder cannot be made or written.
    """

    def __init__(self, folder: Path, *, command: str, timeout: float = 10.0) -> None:
        self.folder = folder
        self._command = command
        self._timeout = timeout
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock, waiting for at most the timeout."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            refusal = StoreError(str(self.folder), error.strerror or str(error))
            refusal.hint = "a cluster lives in a folder of its own, which must be writable"
            raise refusal from error
        started = time.monotonic()
        wait = _FIRST_WAIT
        while not _try_lock(descriptor):
            waited = time.monotonic() - started
            if waited >= self._timeout:
                os.close(descriptor)
                raise ClusterBusyError(str(self.folder), self._read_owner(), waited)
            time.sleep(min(wait, self._timeout - waited))
            wait = min(wait * 2, _LONGEST_WAIT)
        self._descriptor = descriptor
        self._write_owner()

    def release(self) -> None:
        """Give the lock back; doing so twice is fine."""
        if self._descriptor is not None:
            (self.folder / "owner").unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _write_owner(self) -> None:
        text = json.dumps({"pid": os.getpid(), "command": self._command})
        descriptor = os.open(self.folder / "owner", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)

    def _read_owner(self) -> str:
        # The owner may be between locking and writing, or was killed: then the text is missing or stale, never harmful.
        try:
            owner = json.loads((self.folder / "owner").read_text("utf-8"))
            return f"process {int(owner['pid'])} ({owner['command']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"


def _try_lock(descriptor: int) -> bool:
    """Lock the open file for as long as it is open; tell whether that worked at once."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
