"""Pod templates: equality as the API sees it, and the hash that names what runs one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyhelm.kube.names import fnv1a_32, safe_encode
from pyhelm.kube.objects import labels_of, metadata, uid_of

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

HASH_LABEL = "pod-template-hash"
_KEPT = (0, "")
"""Values that count though they are false: zero, no and the empty text (``False`` equals 0)."""


def canonical(value: Any) -> Any:
    """Return ``value`` without what is empty: absent, null and empty are equal (apiequality.Semantic)."""
    if isinstance(value, dict):
        kept = ((key, canonical(item)) for key, item in value.items())
        return {key: item for key, item in kept if item or item in _KEPT}
    if isinstance(value, list):
        return [canonical(item) for item in value]
    return value


def fingerprint(template: Object) -> str:
    """Return a text that is the same for templates that are equal, the hash label aside (EqualIgnoreHash)."""
    labels = labels_of(template)
    if HASH_LABEL in labels:
        labels = {name: value for name, value in labels.items() if name != HASH_LABEL}
        template = {**template, "metadata": {**metadata(template), "labels": labels}}
    return json.dumps(canonical(template), sort_keys=True, separators=(",", ":"))


class Fingerprints:
    """Fingerprints of ``spec.template`` of stored objects; they only change with the generation."""

    LIMIT = 4096

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], str] = {}

    def of(self, obj: Object) -> str:
        """Return the fingerprint of an object's ``spec.template``."""
        uid = uid_of(obj)
        if not uid:
            return fingerprint(obj["spec"].get("template") or {})
        key = (uid, metadata(obj).get("generation") or 0)
        found = self._known.get(key)
        if found is None:
            found = fingerprint(obj["spec"].get("template") or {})
            if len(self._known) >= self.LIMIT:
                self._known.clear()
            self._known[key] = found
        return found


def template_hash(mark: str, collisions: int | None) -> str:
    """Return the ``pod-template-hash`` of a template's fingerprint (controller.ComputeHash, over another dump)."""
    data = mark.encode()
    if collisions is not None:
        data += collisions.to_bytes(8, "little")
    return safe_encode(str(fnv1a_32(data)))
