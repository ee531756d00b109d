"""Objects seen through their schema: comparing, merging, and cutting them down to sets of fields.

What structured-merge-diff's ``typed`` package does for server-side apply: lists with keys are maps, sets are sets,
atomic values change as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pyhelm.kube.objects import copy_of
from pyhelm.kube.patches.fieldsets import FieldSet, Path, field_step, insert, is_member, key_step, show, value_step
from pyhelm.kube.patches.json_patch import same_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyhelm.kube.objects import Object
    from pyhelm.kube.schema import Type


class SchemaMismatchError(ValueError):
    """An object that does not fit its schema; the message has the path and the complaint."""


class Comparison(NamedTuple):
    """The fields in which two objects differ."""

    removed: FieldSet
    modified: FieldSet
    added: FieldSet


class _Absent:
    """What is not there, as opposed to null."""


_ABSENT: Any = _Absent()


# --- comparing --------------------------------------------------------------------------------------------------------


def compare(left: Object, right: Object, shape: Type) -> Comparison:
    """Return the fields that were removed, modified and added from ``left`` to ``right``."""
    found = Comparison({}, {}, {})
    _compare(left, right, shape, (), found)
    return found


def _compare(left: Any, right: Any, shape: Type, path: Path, found: Comparison) -> None:
    if left is right or (left == right and same_json(left, right)):
        return
    left_atom, right_atom = _atom(shape, left), _atom(shape, right)
    leaf = False
    if right is _ABSENT:
        leaf = _compare_as(left_atom, left, right, shape, path, found)
    elif left is _ABSENT or left_atom == right_atom:
        leaf = _compare_as(right_atom, left, right, shape, path, found)
    else:
        _compare_as(left_atom, left, right, shape, path, found)
        leaf = _compare_as(right_atom, left, right, shape, path, found)
    if not leaf:
        if left is _ABSENT:
            insert(found.added, path)
        elif right is _ABSENT:
            insert(found.removed, path)


def _compare_as(atom: str, left: Any, right: Any, shape: Type, path: Path, found: Comparison) -> bool:
    """Compare as one kind of value; return whether both were taken as a leaf."""
    if atom == "map" and not shape.atomic and (_is_full(left, dict) or _is_full(right, dict)):
        before = left if isinstance(left, dict) else {}
        after = right if isinstance(right, dict) else {}
        for name, value in before.items():
            _compare(value, after.get(name, _ABSENT), shape.child(name), (*path, field_step(name)), found)
        for name, value in after.items():
            if name not in before:
                _compare(_ABSENT, value, shape.child(name), (*path, field_step(name)), found)
        return False
    if atom == "list" and not _atomic_list(shape) and (_is_full(left, list) or _is_full(right, list)):
        _compare_items(left, right, shape, path, found)
        return False
    if left is _ABSENT:
        insert(found.added, path)
    elif right is _ABSENT:
        insert(found.removed, path)
    else:
        insert(found.modified, path)
    return True


def _compare_items(left: Any, right: Any, shape: Type, path: Path, found: Comparison) -> None:
    before = _by_step(left, shape)
    after = _by_step(right, shape)
    item = shape.items()
    for step in dict.fromkeys([*before, *after]):
        ours, theirs = before.get(step, []), after.get(step, [])
        place = (*path, step)
        if len(ours) <= 1 and len(theirs) <= 1:
            _compare(ours[0] if ours else _ABSENT, theirs[0] if theirs else _ABSENT, item, place, found)
        elif len(ours) >= 2 and len(theirs) >= 2:
            if not same_json(ours, theirs):
                insert(found.modified, place)
        elif len(ours) >= 2:
            if theirs:
                _compare(_ABSENT, theirs[0], item, place, found)
            insert(found.removed, place)
        else:
            if ours:
                _compare(ours[0], _ABSENT, item, place, found)
            insert(found.added, place)


def _by_step(items: Any, shape: Type) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items if isinstance(items, list) else ():
        found.setdefault(item_step(item, shape), []).append(item)
    return found


# --- field sets -------------------------------------------------------------------------------------------------------


def field_set(value: Any, shape: Type) -> FieldSet:
    """Return the fields that an object sets (ToFieldSet)."""
    found: FieldSet = {}
    _collect(value, shape, (), found)
    return found


def _collect(value: Any, shape: Type, path: Path, found: FieldSet) -> None:
    atom = _atom(shape, value)
    if atom == "map" and not shape.atomic:
        if not isinstance(value, dict):
            return
        for name, inner in value.items():
            below = (*path, field_step(name))
            _collect(inner, shape.child(name), below, found)
            if inner is None or inner == {} or shape.kind != "struct" or name not in shape.fields:
                insert(found, below)
    elif atom == "list" and not _atomic_list(shape):
        for step, items in _by_step(value, shape).items():
            below = (*path, step)
            if len(items) == 1:
                _collect(items[0], shape.items(), below, found)
            insert(found, below)
    elif path:
        insert(found, path)


# --- merging ----------------------------------------------------------------------------------------------------------


def merge(live: Object, applied: Object, shape: Type) -> Object:
    """Return ``live`` with what ``applied`` says over it; both stay as they are.

    Raises:
        SchemaMismatchError: The items of a list cannot be told apart.
    """
    merged = _merge(live, applied, shape)
    return {} if merged is _ABSENT else merged


def _merge(left: Any, right: Any, shape: Type) -> Any:
    if right is _ABSENT:
        return copy_of(left)
    atom = _atom(shape, right)
    if atom == "map" and not shape.atomic and (_is_full(left, dict) or _is_full(right, dict)):
        before = left if isinstance(left, dict) else {}
        after = right if isinstance(right, dict) else {}
        merged = {}
        for name in dict.fromkeys([*before, *after]):
            value = _merge(before.get(name, _ABSENT), after.get(name, _ABSENT), shape.child(name))
            if value is not _ABSENT:
                merged[name] = value
        return merged or _ABSENT
    if atom == "list" and not _atomic_list(shape) and (_is_full(left, list) or _is_full(right, list)):
        return _merge_items(left, right, shape) or _ABSENT
    return copy_of(right)


def _merge_items(left: Any, right: Any, shape: Type) -> list[Any]:
    """Merge keyed items: the applied order wins, what only the live list has keeps its neighbours."""
    before = left if isinstance(left, list) else []
    after = right if isinstance(right, list) else []
    left_steps = [item_step(item, shape) for item in before]
    right_steps = [item_step(item, shape) for item in after]
    ours = _observe(left_steps, before)
    theirs = dict(zip(right_steps, after, strict=True))
    if len(theirs) < len(after):
        twice = next(step for step in right_steps if right_steps.count(step) > 1)
        message = f"duplicate entries for key {show((twice,))}"
        raise SchemaMismatchError(message)
    shared = iter([step for step in right_steps if step in ours])
    next_shared = next(shared, None)
    merged: list[Any] = []
    taken: set[str] = set()
    item = shape.items()

    def put(mine: Any, yours: Any) -> None:
        value = _merge(mine, yours, item)
        if value is not _ABSENT:
            merged.append(value)

    position = place = 0
    while position < len(before) or place < len(after):
        if position < len(before) and place < len(after):
            step = left_steps[position]
            if step == right_steps[place]:
                taken.add(step)
                put(ours[step], theirs[step])
                position += 1
                place += 1
                next_shared = next(shared, None)
                continue
            if step in theirs and next_shared is not None and next_shared != step:
                position += 1
                continue
        if position < len(before):
            step = left_steps[position]
            if step not in theirs:
                put(before[position], _ABSENT)
                position += 1
                continue
            if step in taken:
                position += 1
        if place < len(after):
            step = right_steps[place]
            taken.add(step)
            put(ours.get(step, _ABSENT), theirs[step])
            place += 1
    return merged


def _observe(steps: list[str], items: list[Any]) -> dict[str, Any]:
    """Return the items by step; one that occurs twice counts as null."""
    found: dict[str, Any] = {}
    for step, item in zip(steps, items, strict=True):
        found[step] = None if step in found else item
    return found


# --- removing ---------------------------------------------------------------------------------------------------------


def remove(value: Object, fields: FieldSet, shape: Type) -> Object:
    """Return a copy of an object without some fields; maps and lists that lose everything stay, empty."""
    removed = _remove(value, fields, shape)
    return {} if removed is None else removed


def _remove(value: Any, fields: FieldSet, shape: Type) -> Any:
    atom = _atom(shape, value)
    if atom == "map":
        if not isinstance(value, dict) or not value or shape.atomic:
            return None
        kept: Object = {}
        matched = False
        for name, inner in value.items():
            node = fields.get(field_step(name))
            if node is None:
                kept[name] = copy_of(inner)
            elif not is_member(node):
                matched = True
                kept[name] = _remove_below(inner, node, shape.child(name))
        return kept if kept or matched else None
    if atom == "list":
        if not isinstance(value, list) or not value or _atomic_list(shape):
            return None
        items: list[Any] = []
        matched = False
        for item in value:
            node = fields.get(item_step(item, shape))
            if node is None:
                items.append(copy_of(item))
            elif not is_member(node):
                matched = True
                items.append(_remove_below(item, node, shape.items()))
        return items if items or matched else None
    return value


def _remove_below(value: Any, node: FieldSet, shape: Type) -> Any:
    left = _remove(value, node, shape)
    if left is None and isinstance(value, dict | list):
        return type(value)()
    return left


# --- checking ---------------------------------------------------------------------------------------------------------


def check(value: Object, shape: Type, *, duplicates: bool = False) -> None:
    """Make sure that an object fits its schema.

    Raises:
        SchemaMismatchError: In structured-merge-diff's words, such as ``.spec.nope: field not declared in schema``.
    """
    errors = list(_complaints(value, shape, "", duplicates=duplicates))
    if errors:
        raise SchemaMismatchError(
            errors[0] if len(errors) == 1 else "\n".join(["errors:", *(f"  {e}" for e in errors)])
        )


_WANTED = {"int32": "numeric", "int64": "numeric", "number": "numeric", "boolean": "boolean"}
_UNTYPED = frozenset({"int-or-string", "quantity", "time", "microtime"})


def _complaints(value: Any, shape: Type, path: str, *, duplicates: bool) -> Iterator[str]:
    if value is None:
        return
    atom = _atom(shape, value)
    if atom == "map":
        if not isinstance(value, dict):
            yield f"{path}: expected map, got {_go_value(value)}"
            return
        for name, inner in value.items():
            if shape.kind == "struct" and name not in shape.fields and not shape.preserve:
                yield f"{path}.{name}: field not declared in schema"
                return
            yield from _complaints(inner, shape.child(name), f"{path}.{name}", duplicates=duplicates)
    elif atom == "list":
        if not isinstance(value, list):
            yield f"{path}: expected list, got {_go_value(value)}"
            return
        seen: set[str] = set()
        for position, inner in enumerate(value):
            step = f"[{position}]"
            if not _atomic_list(shape):
                try:
                    key = item_step(inner, shape)
                except SchemaMismatchError as error:
                    yield f"{path}: element {position}: {error}"
                    return
                step = show((key,))
                if key in seen and not duplicates:
                    yield f"{path}: duplicate entries for key {step}"
                seen.add(key)
            yield from _complaints(inner, shape.items(), f"{path}{step}", duplicates=duplicates)
    else:
        complaint = _scalar_complaint(value, shape)
        if complaint:
            yield f"{path}: {complaint}"


def _scalar_complaint(value: Any, shape: Type) -> str:
    if shape.kind != "scalar":
        return ""
    wanted = _WANTED.get(shape.scalar, "string")
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if shape.scalar in _UNTYPED:
        return f"expected any scalar, got {_go_value(value)}" if isinstance(value, dict | list) else ""
    if wanted == "numeric":
        return "" if number else f"expected numeric (int or float), got {_go_type(value)}"
    if wanted == "boolean":
        return "" if isinstance(value, bool) else f"expected boolean, got {_go_value(value)}"
    return (
        "" if isinstance(value, str) else f"expected string, got &value.valueUnstructured{{Value:{_go_syntax(value)}}}"
    )


def _go_type(value: Any) -> str:
    match value:
        case bool():
            return "bool"
        case str():
            return "string"
        case dict():
            return "map[string]interface {}"
        case list():
            return "[]interface {}"
    return "int64" if isinstance(value, int) else "float64"


def _go_value(value: Any) -> str:
    return f"&{{{_go_plain(value)}}}"


def _go_plain(value: Any) -> str:
    match value:
        case dict():
            return "map[" + " ".join(f"{key}:{_go_plain(value[key])}" for key in sorted(value)) + "]"
        case list():
            return "[" + " ".join(map(_go_plain, value)) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "<nil>"
    return str(value)


def _go_syntax(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            inner = ", ".join(f'"{key}":{_go_syntax(value[key])}' for key in sorted(value))
            return f"map[string]interface {{}}{{{inner}}}"
        case list():
            return "[]interface {}{" + ", ".join(map(_go_syntax, value)) + "}"
        case str():
            return f'"{value}"'
    return str(value)


# --- private ----------------------------------------------------------------------------------------------------------


def item_step(item: Any, shape: Type) -> str:
    """Return the step to an item of a list that is not atomic.

    Raises:
        SchemaMismatchError: The item has none of the keys, or is no plain value.
    """
    if not shape.keys:
        if isinstance(item, dict):
            message = "associative list without keys has an element that's a map type"
        elif isinstance(item, list):
            message = "not supported: associative list with lists as elements"
        elif item is None:
            message = "associative list without keys has an element that's an explicit null"
        else:
            return value_step(item)
        raise SchemaMismatchError(message)
    if not isinstance(item, dict):
        what = "a null element" if item is None else "non-map elements"
        message = f"associative list with keys may not have {what}"
        raise SchemaMismatchError(message)
    keys = {}
    for name in shape.keys:
        if name in item:
            keys[name] = item[name]
        elif (default := shape.items().child(name).default) is not None:
            keys[name] = default
    if not keys:
        names = "[" + " ".join(f'"{name}"' for name in shape.keys) + "]"
        message = (
            f"associative list with keys has an element that omits all key fields {names} "
            "(and doesn't have default values for any key fields)"
        )
        raise SchemaMismatchError(message)
    return key_step(keys)


def _atom(shape: Type, value: Any) -> str:
    """Return how a value is treated: as ``map``, ``list`` or ``scalar``."""
    kind = shape.kind
    if kind in {"struct", "map", "object"}:
        return "map"
    if kind != "any":
        return kind
    if isinstance(value, dict) or value is None or value is _ABSENT:
        return "map"
    return "list" if isinstance(value, list) else "scalar"


def _atomic_list(shape: Type) -> bool:
    return shape.atomic or shape.kind != "list"


def _is_full(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and bool(value)
