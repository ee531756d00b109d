"""Strategic merge patch: applying one, and making one from two or three states of an object.

Follows apimachinery's ``strategicpatch`` package. Which lists merge, and by which key, comes from the kind's
``Schema``; a patch may also say ``$patch: replace|delete|merge``, ``$retainKeys``, ``$setElementOrder/LIST`` and
``$deleteFromPrimitiveList/LIST``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pyhelm.errors import ApiError, BadRequestError, InvalidError, UnsupportedMediaTypeError
from pyhelm.kube.objects import copy_of
from pyhelm.kube.schema import ANY

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from pyhelm.kube.objects import Object
    from pyhelm.kube.schema import Schema, Type

_PATCH = "$patch"
_RETAIN = "$retainKeys"
_ORDER = "$setElementOrder"
_DELETE = "$deleteFromPrimitiveList"

_BAD_ORDER = "invalid patch format of setElementOrder list"
_BAD_PRIMITIVES = "invalid patch format of primitive list"
_BAD_RETAIN = "invalid patch format of retainKeys"


def strategic_patch(target: Object, patch: Any, schema: Schema | None) -> Object:
    """Return ``target`` changed by a strategic merge patch; both arguments stay as they are.

    Raises:
        UnsupportedMediaTypeError: A custom resource, which has no such patches.
        BadRequestError: The patch is malformed.
        InvalidError: The patch does not fit the object.
        ApiError: The patch breaks a rule that the server answers with 500 for.
    """
    if schema is None or schema.custom:
        message = (
            "the body of the request was in an unknown format - accepted media types include: "
            "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml"
        )
        raise UnsupportedMediaTypeError(message)
    if not isinstance(patch, dict):
        message = "invalid JSON document"
        raise BadRequestError(message)
    return _merge_map(copy_of(target), copy_of(patch), schema.root, parallel=True, ignore_nulls=True)


def create_two_way(original: Object, modified: Object, schema: Schema) -> Object:
    """Return the patch that turns ``original`` into ``modified`` (CreateTwoWayMergePatch)."""
    return _diff_maps(copy_of(original), copy_of(modified), schema.root, _DiffOptions())


def create_three_way(original: Object, modified: Object, current: Object, schema: Schema) -> Object:
    """Return what apply sends (CreateThreeWayMergePatch, overwriting).

    Args:
        original: What was applied last (the last-applied annotation, or the former release's manifest).
        modified: What is to be applied now.
        current: The live object.
        schema: Of their kind.

    Returns:
        Additions and changes from ``current`` to ``modified``, deletions from ``original`` to ``modified``.
    """
    delta = _diff_maps(copy_of(current), copy_of(modified), schema.root, _DiffOptions(deletions=False))
    deletions = _diff_maps(copy_of(original), copy_of(modified), schema.root, _DiffOptions(changes=False))
    return _merge_map(deletions, delta, schema.root, parallel=False, ignore_nulls=False)


# --- making a patch ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _DiffOptions:
    changes: bool = True
    deletions: bool = True
    retain: bool = False


def _diff_maps(original: Object, modified: Object, shape: Type, options: _DiffOptions) -> Object:
    patch: Object = {}
    retained = [key for key, value in modified.items() if value is not None] if options.retain else []
    for key, value in modified.items():
        if key not in original:
            if options.changes:
                patch[key] = value
            continue
        before = original[key]
        if key == _PATCH:
            if value != before:
                patch[key] = value
            continue
        field = shape.child(key)
        if isinstance(before, dict) and isinstance(value, dict):
            inner = _diff_maps(before, value, field, replace(options, retain=field.retain_keys))
            if inner:
                patch[key] = inner
        elif isinstance(before, list) and isinstance(value, list) and field.merge:
            inner_options = replace(options, retain=field.retain_keys)
            added, deleted, order = _diff_lists(before, value, field.items(), field.merge_key, inner_options)
            if added:
                patch[key] = added
            if deleted:
                patch[f"{_DELETE}/{key}"] = deleted
            if order:
                patch[f"{_ORDER}/{key}"] = order
        elif options.changes and not _same(before, value):
            patch[key] = value
    if options.deletions:
        patch |= {key: None for key in original if key not in modified}
    gone = any(value is not None and key not in modified for key, value in original.items())
    if retained and (patch or gone):
        patch[_RETAIN] = sorted(retained)
    return patch


def _diff_lists(
    original: list[Any], modified: list[Any], item: Type, key: str, options: _DiffOptions
) -> tuple[list[Any], list[Any], list[Any]]:
    """Return what to add or change, what to delete, and the order that the list should have."""
    if not original:
        return (modified if options.changes else []), [], []
    kind = _item_kind(original, modified)
    order: list[Any] = []
    if kind == "map":
        changed, deleted = _diff_objects(original, modified, item, key, options)
        changed = _in_order(changed, modified, key) + deleted
        same_order = [_key_of(entry, key) for entry in original] == [_key_of(entry, key) for entry in modified]
        if (options.changes and (changed or not same_order)) or (options.deletions and changed):
            order = [{key: entry[key]} for entry in modified]
        return changed, [], order
    added, deleted = _diff_scalars(original, modified, options)
    if (options.deletions and deleted) or (options.changes and not _same(original, modified)):
        order = modified
    return _in_order(added, modified, ""), deleted, order


def _diff_objects(
    original: list[Any], modified: list[Any], item: Type, key: str, options: _DiffOptions
) -> tuple[list[Any], list[Any]]:
    patch: list[Any] = []
    deleted: list[Any] = []
    before = sorted(original, key=lambda entry: _text(_required(entry, key)))
    after = sorted(modified, key=lambda entry: _text(_required(entry, key)))
    left = right = 0
    while left < len(before) or right < len(after):
        left_key = _text(before[left][key]) if left < len(before) else None
        right_key = _text(after[right][key]) if right < len(after) else None
        if left_key is not None and left_key == right_key:
            inner = _diff_maps(before[left], after[right], item, options)
            if inner:
                inner[key] = after[right][key]
                patch.append(inner)
            left += 1
            right += 1
        elif left_key is None or (right_key is not None and left_key > right_key):
            if options.changes:
                patch.append(after[right])
            right += 1
        else:
            if options.deletions:
                deleted.append({key: before[left][key], _PATCH: "delete"})
            left += 1
    return patch, deleted


def _diff_scalars(original: list[Any], modified: list[Any], options: _DiffOptions) -> tuple[list[Any], list[Any]]:
    added: list[Any] = []
    deleted: list[Any] = []
    before, after = sorted(original, key=_text), sorted(modified, key=_text)
    left = right = 0
    while left < len(before) or right < len(after):
        left_text = _text(before[left]) if left < len(before) else None
        right_text = _text(after[right]) if right < len(after) else None
        if left_text is not None and left_text == right_text:
            left += 1
            right += 1
        elif left_text is None or (right_text is not None and left_text > right_text):
            if options.changes:
                added.append(after[right])
            right += 1
        else:
            if options.deletions:
                deleted.append(before[left])
            left += 1
    return added, _unique(deleted)


# --- applying a patch -------------------------------------------------------------------------------------------------


def _merge_map(original: Object, patch: Object, shape: Type, *, parallel: bool, ignore_nulls: bool) -> Object:
    """Merge ``patch`` into ``original``, changing both.

    ``parallel`` is off when two patches are merged into one: lists that direct the merge are kept then, not obeyed.
    """
    if _PATCH in patch:
        directive = patch.pop(_PATCH)
        if directive == "replace":
            return patch
        if directive == "delete":
            return {}
        raise ApiError(f"unknown patch type: {_text(directive)} in map: {_text({**patch, _PATCH: directive})}")
    _retain_keys(original, patch, parallel=parallel)
    _set_element_order(original, patch, shape, parallel=parallel, ignore_nulls=ignore_nulls)
    # Deletions from lists of plain values first: what the same patch adds stays.
    for name, value in sorted(patch.items(), key=lambda entry: not entry[0].startswith(_DELETE)):
        key, deleting = name, False
        if name.startswith(_DELETE):
            if not parallel:
                original[name] = value
                continue
            key, deleting = _directed(name, _DELETE, _BAD_PRIMITIVES), True
        if value is None:
            original.pop(key, None)
            if ignore_nulls:
                continue
        if key not in original or _kind(original[key]) != _kind(value):
            if not deleting:
                _put(original, key, value, ignore_nulls=ignore_nulls)
            continue
        before = original[key]
        if isinstance(before, dict):
            field = _field(shape, key)
            original[key] = _merge_map(before, value, field, parallel=parallel, ignore_nulls=ignore_nulls)
        elif isinstance(before, list):
            field = _field(shape, key)
            if field.merge or deleting:
                original[key] = _merge_list(
                    before, value, field, deleting=deleting, parallel=parallel, ignore_nulls=ignore_nulls
                )
            else:
                original[key] = value
        else:
            original[key] = value
    return original


def _merge_list(
    original: list[Any], patch: list[Any], field: Type, *, deleting: bool, parallel: bool, ignore_nulls: bool
) -> list[Any]:
    if not original and not patch:
        return original
    key = field.merge_key
    kind = _item_kind(original, patch)
    if kind != "map":
        if parallel and deleting:
            unwanted = {_hashable(value) for value in patch}
            return [value for value in original if _hashable(value) not in unwanted]
        merged = _unique(original + patch)
    else:
        if not key:
            raise ApiError(f"cannot merge lists without merge key for {field.kind}")
        original, patch = _without_directives(original, patch, key)
        merged = list(original)
        places = {_key_of(entry, key): position for position, entry in reversed(list(enumerate(merged)))}
        for entry in patch:
            place = places.get(_hashable(_required(entry, key)))
            if place is None:
                places[_hashable(entry[key])] = len(merged)
                merged.append(entry)
            else:
                merged[place] = _merge_map(
                    merged[place], entry, field.items(), parallel=parallel, ignore_nulls=ignore_nulls
                )
    ours, theirs = _partition(merged, patch, key)
    return _join(ours, theirs, patch, original, key)


def _without_directives(original: list[Any], patch: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Obey the ``$patch`` items of a list; return both lists without them."""
    plain: list[Any] = []
    replaced = False
    for entry in patch:
        if _PATCH not in entry:
            plain.append(entry)
            continue
        match entry[_PATCH]:
            case "delete":
                unwanted = _hashable(_required(entry, key))
                original = [item for item in original if _key_of(item, key) != unwanted]
            case "replace":
                replaced = True
            case "merge":
                raise ApiError("merging lists cannot yet be specified in the patch")
            case directive:
                raise ApiError(f"unknown patch type: {_text(directive)} in map: {_text(entry)}")
    return (plain, []) if replaced else (original, plain)


def _retain_keys(original: Object, patch: Object, *, parallel: bool) -> None:
    """Drop what ``$retainKeys`` does not name."""
    if _RETAIN not in patch:
        return
    wanted = patch.pop(_RETAIN)
    if not parallel:
        if _RETAIN in original and not _same(original[_RETAIN], wanted):
            raise ApiError(
                f"{_text(original[_RETAIN])} and {_text(wanted)} are not deep equal: "
                "this may happen when calculating the 3-way diff patch"
            )
        original[_RETAIN] = wanted
        return
    if not isinstance(wanted, list):
        raise BadRequestError(_BAD_RETAIN)
    names = {_hashable(name) for name in wanted}
    for key, value in patch.items():
        if value is not None and not key.startswith((_DELETE, _ORDER)) and _hashable(key) not in names:
            raise BadRequestError(_BAD_RETAIN)
    for key in [key for key in original if _hashable(key) not in names]:
        del original[key]


def _set_element_order(original: Object, patch: Object, shape: Type, *, parallel: bool, ignore_nulls: bool) -> None:
    """Merge and order the lists for which the patch gives an order (mergePatchIntoOriginal)."""
    for name in [name for name in patch if name.startswith(_ORDER)]:
        order = patch.pop(name)
        if not parallel:
            if name in original and not _same(original[name], order):
                raise BadRequestError(_BAD_ORDER)
            original[name] = order
        if not isinstance(order, list):
            raise ApiError(f"expected a []interface {{}}, but received a {_go_type(order)}")
        key = _directed(name, _ORDER, _BAD_ORDER)
        before, ours = original.get(key), patch.get(key)
        for value, present in ((before, key in original), (ours, key in patch)):
            if present and not isinstance(value, list):
                raise ApiError(f"expected a []interface {{}}, but received a {_go_type(value)}")
        field = _field(shape, key)
        _check_order(ours or [], order, field.merge_key)
        if key in original and key in patch:
            if field.merge:
                merged = _merge_list(
                    before or [], ours or [], field, deleting=False, parallel=parallel, ignore_nulls=ignore_nulls
                )
            else:
                merged = ours or []
        elif key in original:
            merged = before or []
        elif key in patch:
            merged = _clean(ours)
        else:
            continue
        _item_kind(before or [], ours or [])
        original[key] = _join(*_partition(merged, order, field.merge_key), order, before or [], field.merge_key)
        patch.pop(key, None)


def _check_order(patch: list[Any], order: list[Any], key: str) -> None:
    """Make sure that the items of a list patch stand in the order that the patch itself gives."""
    if not patch or not order:
        return
    kept = patch
    if key:
        for entry in patch:
            _mapping(entry)
        kept = [entry for entry in patch if entry.get(_PATCH) != "delete"]
    position = place = 0
    while position < len(kept) and place < len(order):
        if isinstance(kept[position], dict) and _PATCH in kept[position]:
            position += 1
            continue
        if key:
            _required(kept[position], key)
            _required(order[place], key)
        if _key_of(kept[position], key) == _key_of(order[place], key):
            position += 1
        place += 1
    if position < len(kept):
        message = f"The order in patch list:\n{_text(patch)}\n doesn't match {_ORDER} list:\n{_text(order)}\n"
        raise ApiError(message)


def _put(original: Object, key: str, value: Any, *, ignore_nulls: bool) -> None:
    """Set what was absent or of another type; directives in it are obeyed by leaving them out."""
    if ignore_nulls:
        _drop_nulls(value)
    if isinstance(value, dict) and _PATCH in value:
        original.pop(key, None)
    else:
        original[key] = _clean(value)


def _clean(value: Any) -> Any:
    """Return ``value`` without the maps that hold a ``$patch`` (removeDirectives)."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items() if not (isinstance(inner, dict) and _PATCH in inner)}
    if isinstance(value, list):
        return [_clean(inner) for inner in value if not (isinstance(inner, dict) and _PATCH in inner)]
    return value


def _drop_nulls(value: Any) -> None:
    if isinstance(value, dict):
        for key in [key for key, inner in value.items() if inner is None]:
            del value[key]
        for inner in value.values():
            _drop_nulls(inner)
    elif isinstance(value, list):
        for inner in value:
            _drop_nulls(inner)


# --- the order of lists -----------------------------------------------------------------------------------------------


def _partition(items: list[Any], chosen: list[Any], key: str) -> tuple[list[Any], list[Any]]:
    """Split a merged list into what ``chosen`` names and what only the server has."""
    names = {_key_of(entry, key) for entry in chosen}
    ours: list[Any] = []
    theirs: list[Any] = []
    for entry in items:
        if key:
            _required(entry, key)
        (ours if _key_of(entry, key) in names else theirs).append(entry)
    return ours, theirs


def _join(ours: list[Any], theirs: list[Any], order: list[Any], server: list[Any], key: str) -> list[Any]:
    """Order ours by the patch and theirs by the server, and interleave them (normalizeElementOrder)."""
    ours = _in_order(ours, order, key)
    theirs = _in_order(theirs, server, key)
    places = _places(server, key)
    joined: list[Any] = []
    left = right = 0
    while left < len(theirs) and right < len(ours):
        left_place = places.get(_key_of(theirs[left], key))
        right_place = places.get(_key_of(ours[right], key))
        if left_place is not None and right_place is not None and left_place < right_place:
            joined.append(theirs[left])
            left += 1
        else:
            joined.append(ours[right])
            right += 1
    return joined + theirs[left:] + ours[right:]


def _in_order(items: Sequence[Any], order: list[Any], key: str) -> list[Any]:
    """Sort by the place in ``order``; deletions go last.

    As in normalizeSliceOrder, an item that ``order`` lacks counts as less than any other: an insertion sort, since such
    a comparison has no other well-defined result.
    """
    deleted = [entry for entry in items if key and entry.get(_PATCH) == "delete"] if key else []
    kept = [entry for entry in items if not (key and entry.get(_PATCH) == "delete")]
    places = _places(order, key)
    found = [places.get(_key_of(entry, key)) for entry in kept]
    if None not in found:
        ranks = {id(entry): place for entry, place in zip(kept, found, strict=True)}
        if key:
            return sorted(kept, key=lambda entry: ranks[id(entry)] or 0) + deleted
        return [entry for _, entry in sorted(zip(found, kept, strict=True), key=lambda pair: pair[0] or 0)]
    for end in range(1, len(kept)):
        position = end
        while position > 0 and _less(found[position], found[position - 1]):
            kept[position], kept[position - 1] = kept[position - 1], kept[position]
            found[position], found[position - 1] = found[position - 1], found[position]
            position -= 1
    return kept + deleted


def _less(left: int | None, right: int | None) -> bool:
    return left is None or right is None or left < right


def _places(items: list[Any], key: str) -> dict[Hashable, int]:
    places: dict[Hashable, int] = {}
    for position, entry in enumerate(items):
        if key:
            _required(entry, key)
        places.setdefault(_key_of(entry, key), position)
    return places


# --- values -----------------------------------------------------------------------------------------------------------


def _field(shape: Type, key: str) -> Type:
    if shape.kind == "struct" and key not in shape.fields:
        raise ApiError(f'unable to find api field in struct {shape.name.rpartition(".")[2]} for the json field "{key}"')
    return shape.child(key) if shape.kind in {"struct", "map"} else ANY


def _directed(name: str, prefix: str, complaint: str) -> str:
    """Return LIST of ``$prefix/LIST``."""
    head, slash, key = name.partition("/")
    if not slash or head != prefix:
        raise BadRequestError(complaint)
    return key


def _mapping(entry: Any) -> Object:
    if not isinstance(entry, dict):
        message = f"expected a map[string]interface {{}}, but received a {_go_type(entry)}"
        raise ApiError(message)
    return entry


def _required(entry: Any, key: str) -> Any:
    if key not in _mapping(entry):
        message = f"map: {_text(entry)} does not contain declared merge key: {key}"
        raise ApiError(message)
    return entry[key]


def _key_of(entry: Any, key: str) -> Hashable:
    return _hashable(entry.get(key) if key and isinstance(entry, dict) else entry)


def _hashable(value: Any) -> Hashable:
    if isinstance(value, dict | list):
        return ("text", _text(value))
    return (type(value), value)


def _unique(values: list[Any]) -> list[Any]:
    """Drop duplicates; each is overwritten by the last value, as deduplicateScalars does."""
    values = list(values)
    first = 0
    while first < len(values):
        other = first + 1
        while other < len(values):
            if _hashable(values[first]) == _hashable(values[other]):
                last = values.pop()
                if other < len(values):
                    values[other] = last
            else:
                other += 1
        first += 1
    return values


def _item_kind(*lists: list[Any]) -> str:
    """Return ``map`` or ``scalar`` for the one type that all items have."""
    kinds = {_kind(entry) for entries in lists for entry in entries}
    if "list" in kinds:
        message = "lists of lists are not supported"
        raise InvalidError(message)
    if len(kinds) > 1:
        raise ApiError(f"list element types are not identical: {_text(list(lists))}")
    if not kinds:
        raise ApiError("no elements in any of the given slices")
    return "map" if kinds == {"map"} else "scalar"


def _kind(value: Any) -> str:
    match value:
        case dict():
            return "map"
        case list():
            return "list"
        case bool():
            return "bool"
    return type(value).__name__


def _same(left: Any, right: Any) -> bool:
    """Tell whether two values are deeply equal and of the same types (reflect.DeepEqual)."""
    if _kind(left) != _kind(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(_same(value, right[key]) for key, value in left.items())
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_same, left, right))
    return bool(left == right)


def _go_type(value: Any) -> str:
    names = {"map": "map[string]interface {}", "list": "[]interface {}", "str": "string", "int": "int64"}
    names |= {"float": "float64", "NoneType": "%!s(<nil>)"}
    kind = _kind(value)
    return names.get(kind, kind)


def _text(value: Any) -> str:
    """Return a value as Go's ``%v`` prints it."""
    match value:
        case dict():
            return "map[" + " ".join(f"{key}:{_text(value[key])}" for key in sorted(value)) + "]"
        case list():
            return "[" + " ".join(_text(entry) for entry in value) + "]"
        case bool():
            return "true" if value else "false"
        case None:
            return "<nil>"
    return str(value)
