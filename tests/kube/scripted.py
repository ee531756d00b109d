"""A cluster whose objects change by a script: for tests of waiting, which only reads and pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pyhelm.errors import NotFoundError
from pyhelm.kube.catalog import Catalog
from pyhelm.kube.client import ObjectList
from pyhelm.kube.objects import ObjectKey, copy_of, key_of
from pyhelm.kube.selectors import parse_fields, parse_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

START = datetime(2026, 1, 1, tzinfo=UTC)


class Scripted:
    """Reads objects; a pause ends at the next scripted change.

    Args:
        objects: What there is at the start.
    """

    def __init__(self, *objects: Object) -> None:
        self.catalog = Catalog()
        self.objects: dict[tuple[str, str, ObjectKey], Object] = {}
        self.reads = 0
        self._now = START
        self._script: list[tuple[datetime, Callable[[], None]]] = []
        for obj in objects:
            self.put(obj)

    def put(self, obj: Object) -> None:
        """Create or replace an object now."""
        self.objects[obj["apiVersion"], obj["kind"], key_of(obj)] = obj

    def at(self, seconds: float, *objects: Object, gone: Object | None = None) -> None:
        """Create or replace ``objects``, and remove ``gone``, that long after the start."""

        def change() -> None:
            for obj in objects:
                self.put(obj)
            if gone is not None:
                del self.objects[gone["apiVersion"], gone["kind"], key_of(gone)]

        self._script.append((START + timedelta(seconds=seconds), change))
        self._script.sort(key=lambda entry: entry[0])

    @property
    def elapsed(self) -> float:
        return (self._now - START).total_seconds()

    def now(self) -> datetime:
        return self._now

    def pause(self, seconds: float) -> bool:
        end = self._now + timedelta(seconds=seconds)
        if self._script and self._script[0][0] <= end:
            self._now, change = self._script.pop(0)
            change()
            return True
        self._now = end
        return False

    def get(self, resource: Resource, key: ObjectKey, *, subresource: str = "") -> Object:
        self.reads += 1
        found = self.objects.get((resource.api_version, resource.kind, key))
        if found is None:
            message = f'{resource.qualified} "{key.name}" not found'
            raise NotFoundError(message)
        return copy_of(found)

    def list(
        self, resource: Resource, namespace: str = "", *, labels: str = "", fields: str = "", **_: Any
    ) -> ObjectList:
        chosen, where = parse_labels(labels), parse_fields(fields)
        items = [
            copy_of(obj)
            for (api_version, kind, key), obj in sorted(self.objects.items())
            if (api_version, kind) == (resource.api_version, resource.kind)
            and namespace in {"", key.namespace}
            and chosen.matches_object(obj)
            and where.matches_object(obj)
        ]
        return ObjectList(items, "1")
