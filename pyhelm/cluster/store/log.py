"""An append-only log of objects under one monotonic revision (kine's idea), and the newest version of each.

Every write adds a row to ``log``; ``current`` maps a key to its newest row. The revision is the only clock here.

Writes gather in one SQLite transaction, which ``commit`` (or every 500th write) ends. Figures for a Pod of 1.5 kB,
SQLite 3.40, WAL, one connection with exclusive locking: 12 µs a write in a batch, 31 µs when each is committed alone,
165 µs when each is also synced to the disk. So the log runs with ``synchronous=NORMAL``: what is committed survives the
death of the process at any instruction, and ``sync`` or ``close`` make it survive a power cut as well, for 2 to 4 ms
once. A batch that was not committed is gone as a whole suffix: what a killed process leaves is a prefix of history.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from pyhelm.errors import RevisionMismatchError, RevisionTooOldError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_APPLICATION_ID = 0x70794B38
_FORMAT = 1
_BATCH = 500
_KEEP = 20_000
_WAL_PAGES = 4000  # checkpoint at 16 MB: a large rollout then syncs a few times, not every 4 MB

_CREATE = (
    """CREATE TABLE log (revision INTEGER PRIMARY KEY, resource TEXT NOT NULL, namespace TEXT NOT NULL,
       name TEXT NOT NULL, previous INTEGER NOT NULL, value TEXT)""",
    """CREATE TABLE current (resource TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
       revision INTEGER NOT NULL, created INTEGER NOT NULL, PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID""",
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "INSERT INTO meta VALUES ('store.compacted', '0')",
    f"PRAGMA application_id = {_APPLICATION_ID}",
    f"PRAGMA user_version = {_FORMAT}",
)
_SELECT = (
    "SELECT c.namespace, c.name, c.revision, c.created, l.value FROM current c JOIN log l ON l.revision = c.revision"
)


class Record(NamedTuple):
    """The newest version of one object; ``value`` is JSON text, ``created`` the revision of its first version."""

    namespace: str
    name: str
    revision: int
    created: int
    value: str


class Entry(NamedTuple):
    """One write; ``previous`` is the revision it replaced (0: created), ``value`` is None when it deleted."""

    revision: int
    resource: str
    namespace: str
    name: str
    previous: int
    value: str | None


def damaged(path: Path, reason: str) -> StoreError:
    """Return the error of a store whose content makes no sense."""
    error = StoreError(str(path), reason)
    error.hint = "the store is damaged; `pyhelm cluster reset` begins anew, with an empty cluster"
    return error


class Store:
    """The log in ``folder``; its caller must own the folder (see ClusterLock).

    Args:
        keep: How many revisions of history to keep; closing forgets older ones once there are twice as many.
        before_write: Called with a word before anything changes on disk; for tests that kill the process there.

    Raises:
        StoreError: The file is damaged, is not a store, or is of another format.
    """

    def __init__(self, folder: Path, *, keep: int = _KEEP, before_write: Callable[[str], None] | None = None) -> None:
        self._keep = keep
        self.path = folder / "store.db"
        self._before_write = before_write
        self._pending = 0
        self._open_batch = False
        self._depth = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                self.path, isolation_level=None, timeout=1.0, check_same_thread=False, cached_statements=64
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(str(self.path), str(error)) from error
        try:
            self._revision, self._compacted = self._start()
        except BaseException:
            self._db.close()
            raise

    # --- life ---------------------------------------------------------------------------------------------------------

    def _start(self) -> tuple[int, int]:
        # Nobody else may have the file open, so the index of the WAL stays in this process's memory.
        self._query("PRAGMA locking_mode = EXCLUSIVE")
        application = self._query("PRAGMA application_id")[0][0]
        version = self._query("PRAGMA user_version")[0][0]
        fresh = not application and not version and not self._query("SELECT 1 FROM sqlite_master LIMIT 1")
        if not fresh and application != _APPLICATION_ID:
            raise StoreError(str(self.path), "the file is not a pyhelm cluster store")
        if not fresh and version != _FORMAT:
            raise StoreError(str(self.path), f"it has format {version}, this version of pyhelm reads format {_FORMAT}")
        self._query("PRAGMA synchronous = NORMAL")
        if fresh:
            self._note("create")
        if self._query("PRAGMA journal_mode = WAL")[0][0] != "wal":
            raise StoreError(str(self.path), "the file system does not support write-ahead logging")
        self._query(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        if fresh:
            self._query("BEGIN IMMEDIATE")
            for statement in _CREATE:
                self._query(statement)
            self._note("create-commit")
            self._query("COMMIT")
        revision = self._query("SELECT max(revision) FROM log")[0][0] or 0
        compacted = self.get_meta("store.compacted")
        if not isinstance(compacted, int):
            raise damaged(self.path, "it does not say what was forgotten")
        return max(revision, compacted), compacted

    def close(self) -> None:
        """Commit, bring everything to the disk and close; closing twice is fine."""
        try:
            if self._revision - self._compacted > 2 * self._keep:
                self.compact(self._revision - self._keep)
            self.commit()
        finally:
            self._note("close")
            try:
                # The last connection checkpoints on closing, which syncs both files.
                self._db.close()
            except sqlite3.Error as error:
                raise StoreError(str(self.path), str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- reads --------------------------------------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """The revision of the newest write; 0 in a fresh store."""
        return self._revision

    @property
    def compacted(self) -> int:
        """Changes up to here are forgotten; ``changes`` can start at it or later."""
        return self._compacted

    def get(self, resource: str, namespace: str, name: str) -> Record | None:
        """Return the newest version of one object, or None."""
        rows = self._query(
            _SELECT + " WHERE c.resource = ? AND c.namespace = ? AND c.name = ?",
            (resource, namespace, name),
        )
        return Record(*rows[0]) if rows else None

    def records(self, resource: str) -> list[Record]:
        """Return all objects of one resource, ordered by namespace and name."""
        rows = self._query(
            _SELECT + " WHERE c.resource = ? ORDER BY c.namespace, c.name",
            (resource,),
        )
        return [Record(*row) for row in rows]

    def resources(self) -> list[str]:
        """Return the names of the resources that have objects, in order."""
        # One index step per resource, whatever the number of objects.
        rows = self._query(
            "WITH RECURSIVE found(name) AS (SELECT min(resource) FROM current UNION ALL "
            "SELECT (SELECT min(resource) FROM current WHERE resource > found.name) FROM found "
            "WHERE found.name IS NOT NULL) SELECT name FROM found WHERE name IS NOT NULL"
        )
        return [row[0] for row in rows]

    def count(self) -> int:
        """Return how many objects there are."""
        found: int = self._query("SELECT count(*) FROM current")[0][0]
        return found

    def changes(self, since: int, *, resource: str = "", limit: int = -1) -> list[Entry]:
        """Return the writes after revision ``since``, oldest first.

        Raises:
            RevisionTooOldError: ``since`` lies before the last compaction.
        """
        if since < self._compacted:
            raise RevisionTooOldError(since, self._compacted)
        rows = self._query(
            "SELECT revision, resource, namespace, name, previous, value FROM log "
            "WHERE revision > ? AND (? = '' OR resource = ?) ORDER BY revision LIMIT ?",
            (since, resource, resource, limit),
        )
        return [Entry(*row) for row in rows]

    def value_at(self, revision: int) -> str | None:
        """Return what was written at ``revision``; None for a deletion or when it was compacted."""
        rows = self._query("SELECT value FROM log WHERE revision = ?", (revision,))
        return rows[0][0] if rows else None

    # --- writes -------------------------------------------------------------------------------------------------------

    def put(self, resource: str, namespace: str, name: str, value: str, *, expected: int | None = None) -> int:
        """Store a version of an object; return its revision.

        Args:
            expected: The revision the object must be at (0: it must not exist); None when it does not matter.

        Raises:
            RevisionMismatchError: The object is at another revision; nothing was written.
        """
        if expected is None:
            expected = self._revision_of(resource, namespace, name)
        revision = self._revision + 1
        self._begin("put")
        if expected == 0:
            done = self._query(
                "INSERT OR IGNORE INTO current VALUES (?, ?, ?, ?, ?)",
                (resource, namespace, name, revision, revision),
                count=True,
            )
        else:
            done = self._query(
                "UPDATE current SET revision = ? WHERE resource = ? AND namespace = ? AND name = ? AND revision = ?",
                (revision, resource, namespace, name, expected),
                count=True,
            )
        if not done:
            raise RevisionMismatchError(expected, self._revision_of(resource, namespace, name))
        self._append((revision, resource, namespace, name, expected, value))
        return revision

    def delete(self, resource: str, namespace: str, name: str, *, expected: int | None = None) -> int:
        """Remove an object; return the revision of its removal.

        Raises:
            RevisionMismatchError: The object is at another revision, or there is none; nothing was written.
        """
        if expected is None:
            expected = self._revision_of(resource, namespace, name)
        self._begin("delete")
        done = self._query(
            "DELETE FROM current WHERE resource = ? AND namespace = ? AND name = ? AND revision = ?",
            (resource, namespace, name, expected),
            count=True,
        )
        if not done:
            raise RevisionMismatchError(expected, self._revision_of(resource, namespace, name))
        revision = self._revision + 1
        self._append((revision, resource, namespace, name, expected, None))
        return revision

    def commit(self) -> None:
        """End the batch: from now on the death of this process cannot undo it. Inside ``transaction`` this waits."""
        if self._open_batch and not self._depth:
            self._note("commit")
            self._query("COMMIT")
            self._open_batch = False
            self._pending = 0

    def sync(self) -> None:
        """Commit, and bring everything to the disk itself: from now on a power cut cannot undo it."""
        self.commit()
        self._note("sync")
        self._query("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Group writes: on disk there are all of them or none, and an exception takes them back."""
        self._begin("transaction")
        revision, compacted, name = self._revision, self._compacted, f"level{self._depth}"
        self._query(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            self._depth -= 1
            self._query(f"ROLLBACK TO {name}")
            self._query(f"RELEASE {name}")
            self._revision, self._compacted = revision, compacted
            raise
        self._depth -= 1
        self._query(f"RELEASE {name}")

    def compact(self, revision: int) -> int:
        """Forget what was superseded or deleted up to ``revision``; return how many versions went.

        Newest versions stay, and so does every version that changes after ``revision`` replaced.
        """
        revision = min(revision, self._revision)
        if revision <= self._compacted:
            return 0
        with self.transaction():
            self._begin("compact")
            gone = self._query(
                "DELETE FROM log WHERE revision IN (SELECT previous FROM log WHERE revision <= ? AND previous > 0)",
                (revision,),
                count=True,
            )
            gone += self._query("DELETE FROM log WHERE revision <= ? AND value IS NULL", (revision,), count=True)
            self.set_meta("store.compacted", revision)
            self._compacted = revision
        return int(gone)

    # --- settings -----------------------------------------------------------------------------------------------------

    def get_meta(self, key: str, default: Any = None) -> Any:
        """Return the JSON value under ``key``."""
        rows = self._query("SELECT value FROM meta WHERE key = ?", (key,))
        try:
            return json.loads(rows[0][0]) if rows else default
        except (TypeError, ValueError) as error:
            raise damaged(self.path, f"{key} cannot be read: {error}") from error

    def set_meta(self, key: str, value: Any) -> None:
        """Store a JSON value under ``key``; part of the batch, without a revision of its own."""
        self._begin("meta")
        self._query(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, json.dumps(value, separators=(",", ":"))),
        )

    # --- the one way to the file --------------------------------------------------------------------------------------

    def _note(self, step: str) -> None:
        if self._before_write is not None:
            self._before_write(step)

    def _begin(self, step: str) -> None:
        if self._pending >= _BATCH:
            self.commit()
        if not self._open_batch:
            self._query("BEGIN IMMEDIATE")
            self._open_batch = True
        self._note(step)

    def _append(self, row: tuple[object, ...]) -> None:
        self._note("append")
        self._query("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", row)
        self._revision += 1
        self._pending += 1

    def _revision_of(self, resource: str, namespace: str, name: str) -> int:
        rows = self._query(
            "SELECT revision FROM current WHERE resource = ? AND namespace = ? AND name = ?",
            (resource, namespace, name),
        )
        return int(rows[0][0]) if rows else 0

    def _query(self, statement: str, arguments: tuple[object, ...] = (), *, count: bool = False) -> Any:
        try:
            cursor = self._db.execute(statement, arguments)
            return cursor.rowcount if count else cursor.fetchall()
        except sqlite3.OperationalError as error:
            raise StoreError(str(self.path), str(error)) from error
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise damaged(self.path, str(error)) from error
