"""Failures of the API in Kubernetes' words (apimachinery's ``api/errors``)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission import field
from pyhelm.errors import (
    AlreadyExistsError,
    ApiError,
    BadRequestError,
    ConflictError,
    ForbiddenError,
    InvalidError,
    MethodNotAllowedError,
    NotFoundError,
    ServerTimeoutError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.cluster.admission.field import FieldError
    from pyhelm.kube.resources import Resource


def _details(resource: Resource, name: str) -> dict[str, Any]:
    details = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in details.items() if value}


def not_found(resource: Resource, name: str) -> NotFoundError:
    """There is no such object."""
    return NotFoundError(f'{resource.qualified} "{name}" not found', details=_details(resource, name))


def already_exists(resource: Resource, name: str, *, generated: bool = False) -> AlreadyExistsError:
    """The name is taken; ``generated`` when the server had made it up."""
    if generated:
        message = (
            f'{resource.qualified} "{name}" already exists, '
            "the server was not able to generate a unique name for the object"
        )
        return AlreadyExistsError(message, details={**_details(resource, name), "retryAfterSeconds": 1})
    return AlreadyExistsError(f'{resource.qualified} "{name}" already exists', details=_details(resource, name))


STALE = "the object has been modified; please apply your changes to the latest version and try again"


def conflict(resource: Resource, name: str, reason: str = STALE) -> ConflictError:
    """The object is not what the request took it for."""
    message = f'Operation cannot be fulfilled on {resource.qualified} "{name}": {reason}'
    return ConflictError(message, details=_details(resource, name))


def forbidden(qualified: str, name: str, reason: str, *, causes: Sequence[dict[str, str]] = ()) -> ForbiddenError:
    """A rule of the cluster refuses the request."""
    plural, _, group = qualified.partition(".")
    details: dict[str, Any] = {
        key: value for key, value in (("name", name), ("group", group), ("kind", plural)) if value
    }
    if causes:
        details["causes"] = list(causes)
    return ForbiddenError(f'{qualified} "{name}" is forbidden: {reason}', details=details)


def invalid(group: str, kind: str, name: str, errors: Sequence[FieldError]) -> InvalidError:
    """The object breaks its kind's rules."""
    causes = [{"reason": error.reason, "message": error.body, "field": error.field} for error in errors]
    # Equal sentences are said once (utilerrors.Aggregate).
    sentences = list(dict.fromkeys(str(error) for error in errors))
    text = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    details: dict[str, Any] = {key: value for key, value in (("name", name), ("group", group), ("kind", kind)) if value}
    details["causes"] = causes
    return InvalidError(
        f'{kind}.{group} "{name}" is invalid: {text}' if group else f'{kind} "{name}" is invalid: {text}',
        details=details,
    )


def undecodable(resource: Resource, reason: str) -> BadRequestError:
    """The body of a request cannot be decoded."""
    return BadRequestError(
        f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}: {reason}'
    )


def unknown_fields(resource: Resource, complaints: Sequence[str], patch: Any = None) -> ApiError:
    """``fieldValidation=Strict`` refuses fields that the kind does not have; ``patch`` brought them, if one did."""
    reason = "strict decoding error: " + ", ".join(complaints)
    if patch is None:
        return undecodable(resource, reason)
    shown = json.dumps(patch, separators=(",", ":"), ensure_ascii=False)
    return invalid("", "", "", [field.invalid("patch", shown, reason)])


def unconvertible(patch: Any, reason: str) -> InvalidError:
    """A strategic merge patch made something that is no object of its kind."""
    return invalid("", "", "", [field.invalid("patch", go_text(patch), reason)])


def go_text(value: Any) -> str:
    """Return a JSON value as Go's %+v prints it."""
    if isinstance(value, dict):
        return "map[" + " ".join(f"{key}:{go_text(inner)}" for key, inner in sorted(value.items())) + "]"
    if isinstance(value, list):
        return "[" + " ".join(go_text(inner) for inner in value) + "]"
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def method_not_allowed(resource: Resource) -> MethodNotAllowedError:
    """The resource has no such verb."""
    return MethodNotAllowedError(
        "the server does not allow this method on the requested resource", details=_details(resource, "")
    )


def too_large_version(wanted: int, current: int) -> ServerTimeoutError:
    """The request names a revision that is still to come."""
    cause = {"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}
    return ServerTimeoutError(
        f"Too large resource version: {wanted}, current: {current}",
        details={"causes": [cause], "retryAfterSeconds": 1},
    )
