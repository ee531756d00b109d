"""Sets of fields, kept in the form that ``managedFields`` has on the wire (``fieldsV1``).

A set is a tree of dictionaries. A key is one step: ``f:NAME`` (a field), ``k:{…}`` (the list item with these keys) or
``v:…`` (the set item with this value). Under it, ``{}`` is a member without children, ``"."`` marks a member that has
children, and anything else only leads on. So ``managedFields`` need no decoding, and the algebra of
structured-merge-diff's ``fieldpath.Set`` works on what is stored.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pyhelm.kube.schema import Type

FieldSet = dict[str, Any]
Path = tuple[str, ...]

_SELF = "."


def field_step(name: str) -> str:
    """Return the step to a field."""
    return f"f:{name}"


def key_step(keys: Mapping[str, Any]) -> str:
    """Return the step to the list item that has these keys."""
    return "k:" + _json({name: keys[name] for name in sorted(keys)})


def value_step(value: Any) -> str:
    """Return the step to a value of a set."""
    return "v:" + _json(value)


def from_paths(*paths: Sequence[str]) -> FieldSet:
    """Return the set of some paths of field names."""
    made: FieldSet = {}
    for path in paths:
        insert(made, tuple(field_step(name) for name in path))
    return made


def insert(target: FieldSet, path: Path) -> None:
    """Make ``path`` a member of ``target``."""
    node = target
    for position, step in enumerate(path):
        last = position == len(path) - 1
        if step not in node:
            if last:
                node[step] = {}
                return
            node[step] = below = {}
        else:
            below = node[step]
            if (not below and not last) or (below and last):
                below[_SELF] = {}
        node = below


def has(fields: FieldSet, path: Path) -> bool:
    """Tell whether ``path`` is a member."""
    node = fields
    for step in path:
        if step not in node:
            return False
        node = node[step]
    return is_member(node)


def is_member(node: FieldSet) -> bool:
    """Tell whether what is under a step makes that step a member."""
    return not node or _SELF in node


def union(left: FieldSet, right: FieldSet) -> FieldSet:
    """Return what is in either set."""
    if not left or not right:
        return left or right
    joined = dict(left)
    for step, node in right.items():
        if step == _SELF:
            continue
        if step in joined:
            other = joined[step]
            children = union(_children(other), _children(node))
            joined[step] = _node(children, member=is_member(other) or is_member(node))
        else:
            joined[step] = node
    return joined


def intersection(left: FieldSet, right: FieldSet) -> FieldSet:
    """Return what is in both sets."""
    shared: FieldSet = {}
    for step, node in left.items():
        if step == _SELF or step not in right:
            continue
        other = right[step]
        children = intersection(_children(node), _children(other))
        member = is_member(node) and is_member(other)
        if member or children:
            shared[step] = _node(children, member=member)
    return shared


def difference(left: FieldSet, right: FieldSet) -> FieldSet:
    """Return the members of ``left`` that are no members of ``right``; their children stay."""
    if not right:
        return left
    rest: FieldSet = {}
    for step, node in left.items():
        if step == _SELF:
            continue
        other = right.get(step)
        if other is None:
            rest[step] = node
            continue
        children = difference(_children(node), _children(other))
        member = is_member(node) and not is_member(other)
        if member or children:
            rest[step] = _node(children, member=member)
    return rest


def without(left: FieldSet, right: FieldSet) -> FieldSet:
    """Return ``left`` without the members of ``right`` and all that is below them (RecursiveDifference)."""
    if not right:
        return left
    rest: FieldSet = {}
    for step, node in left.items():
        if step == _SELF:
            continue
        other = right.get(step)
        if other is None:
            rest[step] = node
        elif not is_member(other):
            children = without(_children(node), other)
            member = is_member(node)
            if member or children:
                rest[step] = _node(children, member=member)
    return rest


def with_named_fields(fields: FieldSet, shape: Type) -> FieldSet:
    """Return the set with every step to a declared field made a member (EnsureNamedFieldsAreMembers)."""
    made: FieldSet = {}
    for step, node in fields.items():
        if step == _SELF:
            continue
        children = _children(node)
        if step.startswith("f:"):
            name = step[2:]
            inner = with_named_fields(children, shape.child(name)) if children else {}
            member = is_member(node) or (bool(children) and shape.kind == "struct" and name in shape.fields)
        else:
            inner = with_named_fields(children, shape.items()) if children else {}
            member = is_member(node)
        made[step] = _node(inner, member=member)
    return made


def paths(fields: FieldSet, prefix: Path = ()) -> Iterator[Path]:
    """Yield every member: those of a level first, in order, then what is below."""
    steps = sorted((step for step in fields if step != _SELF), key=_rank)
    for step in steps:
        if is_member(fields[step]):
            yield (*prefix, step)
    for step in steps:
        if fields[step]:
            yield from paths(fields[step], (*prefix, step))


def show(path: Path) -> str:
    """Return a path as conflicts show it, such as ``.spec.ports[port=80,protocol="TCP"].name``."""
    return "".join(map(_show_step, path))


def in_order(fields: FieldSet) -> FieldSet:
    """Return the set with its steps in the order the API server writes them."""
    made: FieldSet = {_SELF: {}} if _SELF in fields else {}
    for step in sorted((step for step in fields if step != _SELF), key=_rank):
        made[step] = in_order(fields[step])
    return made


def _children(node: FieldSet) -> FieldSet:
    if _SELF not in node:
        return node
    return {step: inner for step, inner in node.items() if step != _SELF}


def _node(children: FieldSet, *, member: bool) -> FieldSet:
    return {_SELF: {}, **children} if member and children else children


def _rank(step: str) -> tuple[str, Any]:
    if step.startswith("k:"):
        return "k", _key_rank(step)
    return step[0], step[2:]


def _key_rank(step: str) -> list[tuple[str, str, Any]]:
    return [(name, type(value).__name__, value) for name, value in json.loads(step[2:]).items()]


def _show_step(step: str) -> str:
    kind, rest = step[0], step[2:]
    if kind == "f":
        return f".{rest}"
    if kind == "k":
        return "[" + ",".join(f"{name}={_json(value)}" for name, value in json.loads(rest).items()) + "]"
    return f"[={rest}]"


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
