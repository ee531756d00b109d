"""JSON patch (RFC 6902) as the API server applies it.

It departs from the RFC where the server's library does: ``replace`` and ``test`` take an absent map key for null, and
negative list indexes count from the end. The whole document cannot be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from pyhelm.errors import ApiError, BadRequestError, InvalidError
from pyhelm.kube.objects import copy_of

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

MAX_OPERATIONS = 10_000

_FIELDS = {"op": str, "path": str, "from": str}


def json_patch(target: Object, operations: Any) -> Object:
    """Return ``target`` changed by a JSON patch; ``target`` itself stays as it is.

    Raises:
        BadRequestError: The patch is no list of operations.
        InvalidError: An operation does not apply; the server says no more than that.
    """
    if not isinstance(operations, list):
        undecodable(operations, "Go value of type []handlers.jsonPatchOp")
    if len(operations) > MAX_OPERATIONS:
        message = f"The allowed maximum operations in a JSON patch is {MAX_OPERATIONS}, got {len(operations)}"
        raise ApiError(message, code=413, reason="RequestEntityTooLarge")
    for operation in operations:
        if not isinstance(operation, dict):
            undecodable(operation, "Go value of type handlers.jsonPatchOp")
        for field, kind in _FIELDS.items():
            if not isinstance(operation.get(field, ""), kind):
                undecodable(operation[field], f"Go struct field jsonPatchOp.{field} of type string")
    document: Object = copy_of(target)
    for operation in operations:
        try:
            _apply(document, operation)
        except _NotApplicableError:
            message = "the server rejected our request due to an error in our request"
            raise InvalidError(message) from None
    return document


class _NotApplicableError(Exception):
    """An operation that does not apply to the document."""


def _apply(document: Any, operation: dict[str, Any]) -> None:
    path = operation.get("path", "")
    match operation.get("op"):
        case "add":
            _add(*_find(document, path), copy_of(_value(operation)))
        case "remove":
            _remove(*_find(document, path))
        case "replace":
            holder, key = _find(document, path)
            _get(holder, key)
            if isinstance(holder, dict):
                holder[key] = copy_of(_value(operation))
            else:
                holder[_index(key, len(holder))] = copy_of(_value(operation))
        case "move":
            holder, key = _find(document, operation.get("from", ""))
            value = _get(holder, key)
            _remove(holder, key)
            _add(*_find(document, path), value)
        case "copy":
            value = copy_of(_get(*_find(document, operation.get("from", ""))))
            _add(*_find(document, path), value)
        case "test":
            if not same_json(_get(*_find(document, path)), operation.get("value")):
                raise _NotApplicableError
        case _:
            raise _NotApplicableError


def _value(operation: dict[str, Any]) -> Any:
    return operation.get("value")


def _find(document: Any, path: str) -> tuple[Any, str]:
    """Return what holds the last part of a JSON pointer, and that part."""
    first, *parts = path.split("/")
    if not parts or first:
        raise _NotApplicableError
    *parts, key = (part.replace("~1", "/").replace("~0", "~") for part in parts)
    for part in parts:
        document = _get(document, part)
        if not isinstance(document, dict | list):
            raise _NotApplicableError
    return document, key


def _get(holder: Any, key: str) -> Any:
    return holder.get(key) if isinstance(holder, dict) else holder[_index(key, len(holder))]


def _add(holder: Any, key: str, value: Any) -> None:
    if isinstance(holder, dict):
        holder[key] = value
    elif key == "-":
        holder.append(value)
    else:
        holder.insert(_index(key, len(holder) + 1), value)


def _remove(holder: Any, key: str) -> None:
    if isinstance(holder, dict):
        if key not in holder:
            raise _NotApplicableError
        del holder[key]
    else:
        del holder[_index(key, len(holder))]


def _index(key: str, size: int) -> int:
    digits = key[1:] if key[:1] in {"-", "+"} else key
    if not (digits.isascii() and digits.isdigit()):
        raise _NotApplicableError
    index = int(key)
    if not -size <= index < size:
        raise _NotApplicableError
    return index + size if index < 0 else index


def same_json(left: Any, right: Any) -> bool:
    """Tell whether two JSON values are the same: ``1`` is not ``true``, but ``1.0``."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same_json(value, right[key]) for key, value in left.items())
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same_json, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def undecodable(value: Any, target: str) -> NoReturn:
    """Raise what the API server answers to a patch that is no ``target``, in the words of Go's JSON decoder."""
    from pyhelm.yaml.golang import json_kind

    message = f"error decoding patch: json: cannot unmarshal {json_kind(value)} into {target}"
    raise BadRequestError(message)
