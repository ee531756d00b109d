"""Lists and watches: selectors, pages, and changes since a revision."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING

from pyhelm.cluster.api.failures import too_large_version
from pyhelm.cluster.api.state import with_version
from pyhelm.cluster.api.trees import copied, no_collection
from pyhelm.errors import BadRequestError
from pyhelm.kube.client import ObjectList, WatchEvent
from pyhelm.kube.selectors import check_fields, parse_fields, parse_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyhelm.cluster.api.state import State
    from pyhelm.cluster.controllers.base import Change
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

_TOKEN_VERSION = "meta.k8s.io/v1"  # noqa: S105  (a continue token's own version)
_LONG = 3600.0


class Filter:
    """Which objects of a resource a list or watch is about."""

    __slots__ = ("fields", "labels", "namespace", "resource")

    def __init__(
        self, resource: Resource, namespace: str, labels: str, fields: str, selectable: tuple[str, ...]
    ) -> None:
        self.resource = resource
        self.namespace = namespace if resource.namespaced else ""
        self.labels = parse_labels(labels)
        self.fields = check_fields(parse_fields(fields), resource, selectable)

    @property
    def selects(self) -> bool:
        """Whether more than the namespace decides."""
        return bool(self.labels) or bool(self.fields)

    def matches(self, obj: Object) -> bool:
        """Tell whether an object is meant."""
        if self.namespace and obj["metadata"].get("namespace") != self.namespace:
            return False
        return self.labels.matches_object(obj) and self.fields.matches_object(obj)

    def scan(self, state: State) -> Iterator[Object]:
        """Yield the shared objects that are meant, in key order."""
        shelf = state.cache.shelf(self.resource)
        name = self.fields.exact("metadata.name") if self.fields else None
        namespace = self.namespace or (self.fields.exact("metadata.namespace") if self.fields else None) or ""
        if name is not None and (namespace or not self.resource.namespaced):
            found = shelf.get(namespace, name)
            candidates: Iterator[Object] = iter(() if found is None else (found,))
        else:
            candidates = shelf.scan(namespace)
        if not self.selects:
            return candidates
        return (obj for obj in candidates if self.matches(obj))


def list_objects(state: State, wanted: Filter, limit: int, token: str) -> ObjectList:
    """Return a page of the objects that are meant (all of them when ``limit`` is 0)."""
    revision = state.revision
    found = wanted.scan(state)
    if token:
        revision, after = _read_token(token)
        if revision > state.revision:
            raise too_large_version(revision, state.revision)
        found = (obj for obj in found if _position(obj) > after)
    version = wanted.resource.api_version
    if not limit:
        with no_collection():
            return ObjectList([shown(obj, version) for obj in found], str(revision))
    page: list[Object] = []
    for obj in found:
        if len(page) == limit:
            remaining = None if wanted.selects else 1 + sum(1 for _ in found)
            return ObjectList(page, str(revision), _make_token(revision, page[-1]), remaining)
        page.append(shown(obj, version))
    return ObjectList(page, str(revision))


def shown(obj: Object, api_version: str) -> Object:
    """Return a copy for a caller who asked by this version of the resource."""
    found: Object = copied(obj)
    found["apiVersion"] = api_version
    return found


def watch_changes(
    state: State,
    wanted: Filter,
    since: str,
    timeout: float | None,
    pause: Callable[[float], bool],
) -> Iterator[WatchEvent]:
    """Yield events after ``since`` (see ``Client.watch``); this call, not the first event, fixes where it starts."""
    version = wanted.resource.api_version
    end = None if timeout is None else state.clock.now() + timedelta(seconds=timeout)
    if since in {"", "0"}:
        first = [WatchEvent("ADDED", shown(obj, version)) for obj in wanted.scan(state)]
        start = state.revision
    else:
        first = []
        start = read_revision(since)
        if start > state.revision:
            raise too_large_version(start, state.revision)
        state.changes(start, wanted.resource)  # raises when history does not reach back
    return _events(state, wanted, first, start, end, pause)


def _events(
    state: State, wanted: Filter, first: list[WatchEvent], start: int, end: object, pause: Callable[[float], bool]
) -> Iterator[WatchEvent]:
    yield from first
    seen = start
    version = wanted.resource.api_version
    while True:
        newest = state.revision
        if newest > seen:
            changes = state.changes(seen, wanted.resource)
            seen = newest
            for change in changes:
                event = _event(wanted, change, version)
                if event is not None:
                    yield event
            continue
        if end is None:
            if not pause(_LONG) and state.revision == seen:
                return
            continue
        left = (end - state.clock.now()).total_seconds()  # type: ignore[operator]
        if left <= 0:
            return
        before = state.clock.now()
        if not pause(left) and state.revision == seen and state.clock.now() == before:
            return


def _event(wanted: Filter, change: Change, version: str) -> WatchEvent | None:
    """Translate a change: an object that stops to match is deleted for the watcher, one that starts to is added."""
    was = change.old is not None and wanted.matches(change.old)
    new = change.new if change.new is not None and wanted.matches(change.new) else None
    if new is not None:
        return WatchEvent("MODIFIED" if was else "ADDED", shown(new, version))
    if was and change.old is not None:
        return WatchEvent("DELETED", shown(with_version(change.old, change.revision), version))
    return None


def read_revision(text: str) -> int:
    """Return a resourceVersion as a number; raises BadRequestError."""
    if not (text.isascii() and text.isdigit()):
        message = f'invalid resource version: "{text}"'
        raise BadRequestError(message)
    return int(text)


def _position(obj: Object) -> str:
    meta = obj["metadata"]
    namespace = meta.get("namespace", "")
    return f"{namespace}/{meta['name']}" if namespace else str(meta["name"])


def _make_token(revision: int, last: Object) -> str:
    text = json.dumps({"v": _TOKEN_VERSION, "rv": revision, "start": f"{_position(last)}\0"}, separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, str]:
    try:
        fields = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        version, revision, start = fields["v"], int(fields["rv"]), str(fields["start"])
    except (ValueError, KeyError, TypeError):
        message = "continue key is not valid: malformed value"
        raise BadRequestError(message) from None
    if version != _TOKEN_VERSION:
        message = f'continue key is not valid: server does not recognize this encoded version "{version}"'
        raise BadRequestError(message)
    return revision, start.removesuffix("\0")
