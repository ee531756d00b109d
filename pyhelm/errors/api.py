"""What a Kubernetes API answers when it refuses: one class for each reason of a ``Status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Mapping


class ApiError(PyhelmError):
    """A Kubernetes API answered with a failure ``Status``.

    Attributes:
        code: HTTP status code.
        reason: The machine-readable reason, such as ``NotFound``.
        message: For people.
        details: ``Status.details`` (name, group, kind, causes, retryAfterSeconds), possibly empty.
    """

    code = 500
    reason = "InternalError"

    def __init__(
        self, message: str, *, details: Mapping[str, Any] | None = None, code: int = 0, reason: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})
        if code:
            self.code = code
        if reason:
            self.reason = reason

    def __str__(self) -> str:
        return self.message

    def status(self) -> dict[str, Any]:
        """Return the error as a Kubernetes ``Status`` object."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details:
            body["details"] = self.details
        body["code"] = self.code
        return body


class BadRequestError(ApiError):
    """400: a request that cannot be understood."""

    code, reason = 400, "BadRequest"


class ForbiddenError(ApiError):
    """403: understood, and refused by a rule of the cluster."""

    code, reason = 403, "Forbidden"


class NotFoundError(ApiError):
    """404: no such object, or no such resource."""

    code, reason = 404, "NotFound"


class MethodNotAllowedError(ApiError):
    """405: the resource has no such verb."""

    code, reason = 405, "MethodNotAllowed"


class AlreadyExistsError(ApiError):
    """409: create of a name that is taken."""

    code, reason = 409, "AlreadyExists"


class ConflictError(ApiError):
    """409: a stale ``resourceVersion``, or fields owned by another manager."""

    code, reason = 409, "Conflict"


class ExpiredError(ApiError):
    """410: a watch or continue from a revision that was compacted."""

    code, reason = 410, "Expired"


class UnsupportedMediaTypeError(ApiError):
    """415: a patch type that the resource does not take."""

    code, reason = 415, "UnsupportedMediaType"


class InvalidError(ApiError):
    """422: an object that breaks its kind's rules; ``details.causes`` lists each field."""

    code, reason = 422, "Invalid"


class TooManyRequestsError(ApiError):
    """429: try again later; what an eviction gets while a PodDisruptionBudget forbids it."""

    code, reason = 429, "TooManyRequests"


class ServerTimeoutError(ApiError):
    """504: the server could not answer in time, such as for a resource version of the future."""

    code, reason = 504, "Timeout"
