"""Who is at work on a release: a stamp beside its pending record, and whether that somebody is certainly gone.

Helm marks a revision ``pending-…`` and, when it is killed, leaves it so for ever. The stamp names the process (host,
boot, process id, start time) so that a later command on the same machine can tell a running operation from a dead one.
In doubt the writer is alive: then the answer is Helm's own, ``another operation … is in progress``.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """One process on one boot of one machine.

    Attributes:
        machine: The machine's lasting id, or "" where there is none.
        boot: Changes with every start of the machine; "" where unknown.
        space: Where process ids count (the pid namespace); "" where unknown.
        started: The process's start, in units of its system; 0 where unknown.
        stamped: Unix seconds when the stamp was made.
    """

    host: str
    machine: str
    boot: str
    space: str
    pid: int
    started: int
    stamped: int

    @classmethod
    def current(cls) -> Owner:
        """Return this process's stamp."""
        host, machine, boot, space = _machine()
        pid = os.getpid()
        return cls(host, machine, boot, space, pid, _start_of(pid) or 0, int(time.time()))

    @classmethod
    def parse(cls, text: str) -> Owner | None:
        """Read a stamp; None when there is none, or it is not ours to understand."""
        try:
            facts = json.loads(text)
            return cls(
                host=str(facts["host"]),
                machine=str(facts["machine"]),
                boot=str(facts["boot"]),
                space=str(facts["space"]),
                pid=int(facts["pid"]),
                started=int(facts["started"]),
                stamped=int(facts["stamped"]),
            )
        except (ValueError, TypeError, KeyError):
            return None

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"

    def to_text(self) -> str:
        """Return the stamp as it stands in an annotation."""
        return json.dumps(asdict(self), separators=(",", ":"))

    def same_process(self, other: Owner) -> bool:
        """Tell whether both are stamps of one process."""
        return (self.host, self.machine, self.boot, self.space, self.pid, self.started) == (
            other.host,
            other.machine,
            other.boot,
            other.space,
            other.pid,
            other.started,
        )


def is_certainly_gone(stamp: Owner | None, observer: Owner | None = None) -> bool:
    """Tell whether the process behind a stamp cannot be running any more.

    Args:
        stamp: Whose life is asked about.
        observer: Who asks; this process by default.
    """
    if stamp is None:
        return False
    observer = observer or Owner.current()
    if stamp.host != observer.host or stamp.machine != observer.machine:
        return False
    if not stamp.boot or not observer.boot:
        return False
    if stamp.boot != observer.boot:
        # The same machine after a restart, unless it is a clone that kept its id: then it booted before the stamp.
        booted = _boot_time()
        return bool(stamp.machine) and booted is not None and stamp.stamped < booted
    if not stamp.space or stamp.space != observer.space:
        return False
    if not _is_process(stamp.pid):
        return True
    started = _start_of(stamp.pid)
    return bool(stamp.started) and started is not None and started != stamp.started


@cache
def _machine() -> tuple[str, str, str, str]:
    return (
        os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", ""),
        _read("/etc/machine-id"),
        _read("/proc/sys/kernel/random/boot_id"),
        _link("/proc/self/ns/pid"),
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def _link(path: str) -> str:
    try:
        return str(Path(path).readlink())
    except OSError:
        return ""


def _start_of(pid: int) -> int | None:
    """Return a process's start in clock ticks since boot (field 22 of proc_pid_stat(5)), or None."""
    # The command in parentheses may hold anything, so count from its end.
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 else None


def _boot_time() -> int | None:
    for line in _read("/proc/stat").splitlines():
        if line.startswith("btime "):
            return int(line.split()[1])
    return None


def _is_process(pid: int) -> bool:
    # Only reached with a Linux boot id; on Windows os.kill would end the process.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
