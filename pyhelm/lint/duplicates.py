"""Keys that stand twice in a map of a YAML document, which only a strict reader minds."""

from __future__ import annotations

from pyhelm.yaml.golang import syntax
from pyhelm.yaml.scalars import resolve


def duplicate_keys(data: bytes) -> list[tuple[int, str]]:
    """Return line (from 1) and key (as Go's ``%#v`` prints it) of each repetition in the first document of ``data``."""
    from pyhelm.yaml import events

    found: list[tuple[int, str]] = []
    # One entry per open collection: the keys so far of a map, None for a list; and whether a key comes next.
    maps: list[set[str] | None] = []
    key_next: list[bool] = []
    for event in events.parse(data or b"\n"):
        kind = event.__class__
        if kind is events.DocumentEndEvent:
            break
        if kind in {events.MappingEndEvent, events.SequenceEndEvent}:
            maps.pop()
            key_next.pop()
        elif kind not in {events.ScalarEvent, events.AliasEvent, events.MappingStartEvent, events.SequenceStartEvent}:
            continue
        elif maps and (keys := maps[-1]) is not None and key_next[-1] and kind is events.ScalarEvent:
            plain = event.tag is None and event.implicit[0]
            key = syntax(resolve(event.value) if plain else event.value)
            if key in keys and not (plain and event.value == "<<"):
                found.append((event.start_mark.line + 1, key))
            keys.add(key)
        if kind is events.MappingStartEvent or kind is events.SequenceStartEvent:
            maps.append(set() if kind is events.MappingStartEvent else None)
            key_next.append(kind is events.MappingStartEvent)
        elif maps and maps[-1] is not None:
            key_next[-1] = not key_next[-1]
    return found
