# ruff: noqa: PT012  (what fails inside a transaction is its whole block)
from __future__ import annotations

import contextlib
import sqlite3
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyhelm.cluster.store import Entry, Store
from pyhelm.errors import RevisionMismatchError, RevisionTooOldError, StoreError


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "cluster") as opened:
        yield opened


def test_put_counts_revisions_and_keeps_the_newest(store):
    assert store.revision == 0
    assert store.put("pods", "a", "x", "1", expected=0) == 1
    assert store.put("pods", "a", "x", "2", expected=1) == 2
    record = store.get("pods", "a", "x")
    assert (record.revision, record.created, record.value) == (2, 1, "2")
    assert store.get("pods", "a", "y") is None


@pytest.mark.parametrize(
    ("expected", "actual"),
    [pytest.param(0, 1, id="exists-already"), pytest.param(7, 1, id="stale")],
)
def test_put_refuses_another_revision(store, expected, actual):
    store.put("pods", "a", "x", "1", expected=0)
    with pytest.raises(RevisionMismatchError) as caught:
        store.put("pods", "a", "x", "2", expected=expected)
    assert (caught.value.expected, caught.value.actual) == (expected, actual)
    assert store.revision == 1
    assert store.get("pods", "a", "x").value == "1"


def test_put_refuses_a_missing_object(store):
    with pytest.raises(RevisionMismatchError):
        store.put("pods", "a", "x", "1", expected=3)


def test_delete_takes_a_revision_and_needs_the_object(store):
    store.put("pods", "a", "x", "1")
    assert store.delete("pods", "a", "x", expected=1) == 2
    assert store.get("pods", "a", "x") is None
    with pytest.raises(RevisionMismatchError):
        store.delete("pods", "a", "x")


def test_records_are_in_order_and_of_one_resource(store):
    for namespace, name in (("b", "a"), ("a", "z"), ("a", "b")):
        store.put("pods", namespace, name, "{}")
    store.put("nodes", "", "n", "{}")
    assert [(record.namespace, record.name) for record in store.records("pods")] == [("a", "b"), ("a", "z"), ("b", "a")]
    assert store.resources() == ["nodes", "pods"]
    assert store.count() == 4


def test_changes_tell_what_each_write_replaced(store):
    store.put("pods", "a", "x", "1")
    store.put("nodes", "", "n", "n")
    store.put("pods", "a", "x", "2")
    store.delete("pods", "a", "x")
    assert store.changes(0, resource="pods") == [
        Entry(1, "pods", "a", "x", 0, "1"),
        Entry(3, "pods", "a", "x", 1, "2"),
        Entry(4, "pods", "a", "x", 3, None),
    ]
    assert [entry.revision for entry in store.changes(2)] == [3, 4]
    assert [entry.revision for entry in store.changes(0, limit=2)] == [1, 2]


def test_compaction_forgets_what_was_superseded(store):
    for value in ("1", "2", "3"):
        store.put("pods", "a", "x", value)
    store.put("pods", "a", "y", "1")
    store.delete("pods", "a", "y")
    assert store.compact(3) == 2
    assert store.compact(2) == 0
    assert store.value_at(1) is None
    assert store.value_at(3) == "3"
    with pytest.raises(RevisionTooOldError) as caught:
        store.changes(2)
    assert (caught.value.revision, caught.value.compacted) == (2, 3)
    assert [entry.revision for entry in store.changes(3)] == [4, 5]
    # What a later change replaced is still there to compare with.
    store.put("pods", "a", "x", "4")
    assert store.value_at(store.changes(5)[0].previous) == "3"


def test_closing_forgets_old_history(tmp_path):
    for revision, compacted in ((10, 0), (20, 0), (21, 11), (25, 11)):
        with Store(tmp_path, keep=10) as store:
            while store.revision < revision:
                store.put("pods", "a", "x", str(store.revision))
        with Store(tmp_path, keep=10) as store:
            assert store.compacted == compacted
            assert len(store.changes(compacted)) == revision - compacted


def test_everything_survives_closing(tmp_path):
    with Store(tmp_path) as store:
        store.put("pods", "a", "x", "1")
        store.put("pods", "a", "y", "1")
        store.delete("pods", "a", "y")
        store.set_meta("clock", {"now": 5})
        store.compact(3)
    with Store(tmp_path) as store:
        assert (store.revision, store.compacted) == (3, 3)
        assert store.get("pods", "a", "x").value == "1"
        assert store.get_meta("clock") == {"now": 5}
        assert store.get_meta("nothing", "default") == "default"
        # A revision is never used twice, even when the last change was compacted away.
        assert store.put("pods", "a", "z", "1") == 4


def test_transaction_takes_everything_back(store):
    store.put("pods", "a", "x", "1")
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.put("pods", "a", "x", "2")
        with store.transaction():
            store.set_meta("key", 1)
        raise ZeroDivisionError
    assert store.revision == 1
    assert store.get("pods", "a", "x").value == "1"
    assert store.get_meta("key") is None
    assert store.put("pods", "a", "y", "1") == 2


def test_inner_transaction_alone_can_fail(store):
    with store.transaction():
        store.put("pods", "a", "x", "1")
        with pytest.raises(ZeroDivisionError), store.transaction():
            store.put("pods", "a", "y", "1")
            raise ZeroDivisionError
        store.put("pods", "a", "z", "1")
    assert [record.name for record in store.records("pods")] == ["x", "z"]
    assert store.revision == 2


def test_folder_is_for_its_owner_only(tmp_path):
    with Store(tmp_path / "deep" / "cluster") as store:
        assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_foreign_file_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "store.db") as foreign:
        foreign.execute("CREATE TABLE t (x)")
    foreign.close()
    with pytest.raises(StoreError, match="not a pyhelm cluster store"):
        Store(tmp_path)


def test_damaged_file_is_refused(tmp_path):
    (tmp_path / "store.db").write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StoreError, match="file is not a database") as caught:
        Store(tmp_path)
    assert caught.value.path.endswith("store.db")


def test_other_format_is_refused(tmp_path):
    with Store(tmp_path) as store:
        store.put("pods", "a", "x", "1")
    raw = sqlite3.connect(tmp_path / "store.db")
    raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(StoreError, match="format 99"):
        Store(tmp_path)


def test_file_instead_of_folder_is_refused(tmp_path):
    (tmp_path / "cluster").write_text("")
    with pytest.raises(StoreError):
        Store(tmp_path / "cluster")


KEYS = st.tuples(st.sampled_from(["pods", "nodes"]), st.sampled_from(["", "a", "b"]), st.sampled_from(["x", "y", "z"]))
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.text(max_size=5)),
    st.tuples(st.just("delete"), KEYS, st.just("")),
    st.tuples(st.just("stale"), KEYS, st.just("")),
    st.tuples(st.just("compact"), st.just(("", "", "")), st.just("")),
    st.tuples(st.just("commit"), st.just(("", "", "")), st.just("")),
    st.tuples(st.just("reopen"), st.just(("", "", "")), st.just("")),
    st.tuples(st.just("rollback"), KEYS, st.text(max_size=5)),
)


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(STEPS, max_size=40))
def test_store_equals_a_dictionary(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("model")
    store = Store(folder)
    model: dict[tuple[str, str, str], tuple[int, str]] = {}
    history: list[tuple[int, tuple[str, str, str], str | None]] = []
    revision = compacted = 0
    try:
        for verb, key, value in steps:
            if verb == "put":
                revision += 1
                assert store.put(*key, value, expected=model[key][0] if key in model else 0) == revision
                model[key] = (revision, value)
                history.append((revision, key, value))
            elif verb == "delete" and key in model:
                revision += 1
                assert store.delete(*key, expected=model.pop(key)[0]) == revision
                history.append((revision, key, None))
            elif verb == "stale":
                with pytest.raises(RevisionMismatchError):
                    store.put(*key, value, expected=revision + 5)
            elif verb == "compact":
                compacted = max(compacted, revision // 2)
                store.compact(revision // 2)
            elif verb == "commit":
                store.commit()
            elif verb == "reopen":
                store.close()
                store = Store(folder)
            elif verb == "rollback":
                with pytest.raises(ZeroDivisionError), store.transaction():
                    store.put(*key, value)
                    raise ZeroDivisionError
            assert store.revision == revision
            assert store.compacted == compacted
        for resource in ("pods", "nodes"):
            found = {(resource, one.namespace, one.name): (one.revision, one.value) for one in store.records(resource)}
            assert found == {key: entry for key, entry in model.items() if key[0] == resource}
        assert [
            (one.revision, (one.resource, one.namespace, one.name), one.value) for one in store.changes(compacted)
        ] == [entry for entry in history if entry[0] > compacted]
    finally:
        store.close()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("DELETE FROM meta", id="nothing-known"),
        pytest.param("UPDATE meta SET value = 'x'", id="no-json"),
        pytest.param("UPDATE meta SET value = '{}'", id="other-json"),
        pytest.param("UPDATE meta SET value = CAST(x'86ff' AS TEXT)", id="no-text"),
        pytest.param("DROP TABLE log", id="no-log"),
    ],
)
def test_content_without_sense_is_refused(tmp_path, statement):
    Store(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "store.db")) as file:
        file.execute(statement)
        file.commit()
    with pytest.raises(StoreError):
        Store(tmp_path)
