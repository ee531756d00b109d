"""Errors of fields, as validation collects them, and their wording (apimachinery's ``field.Error``).

A path is plain text, such as ``spec.ports[0].name``; ``within`` and f-strings build it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

_BODY = {
    "FieldValueNotFound": "Not found",
    "FieldValueRequired": "Required value",
    "FieldValueDuplicate": "Duplicate value",
    "FieldValueInvalid": "Invalid value",
    "FieldValueTypeInvalid": "Invalid value",
    "FieldValueNotSupported": "Unsupported value",
    "FieldValueForbidden": "Forbidden",
    "FieldValueTooLong": "Too long",
    "FieldValueTooMany": "Too many",
    "InternalError": "Internal error",
}


class FieldError(NamedTuple):
    """What is wrong with one field; ``reason`` is the machine-readable cause."""

    reason: str
    field: str
    body: str

    def __str__(self) -> str:
        return f"{self.field}: {self.body}"


Errors = list[FieldError]


def go_quote(text: str) -> str:
    """Return ``text`` as Go's %q prints it, for the characters that object fields hold."""
    return json.dumps(text, ensure_ascii=False)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return go_quote(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    # Go's encoder sorts map keys and escapes <, > and &.
    text = json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _with_value(reason: str, field: str, value: Any, detail: str) -> FieldError:
    body = f"{_BODY[reason]}: {_shown(value)}"
    return FieldError(reason, field, f"{body}: {detail}" if detail else body)


def required(field: str, detail: str = "") -> FieldError:
    """A value is missing."""
    return FieldError("FieldValueRequired", field, f"Required value: {detail}" if detail else "Required value")


def invalid(field: str, value: Any, detail: str) -> FieldError:
    """A value is malformed."""
    return _with_value("FieldValueInvalid", field, value, detail)


def duplicate(field: str, value: Any) -> FieldError:
    """A value must be unique, and is not."""
    return _with_value("FieldValueDuplicate", field, value, "")


def not_found(field: str, value: Any) -> FieldError:
    """A value refers to something that is not there."""
    return _with_value("FieldValueNotFound", field, value, "")


def not_supported(field: str, value: Any, choices: list[str] | tuple[str, ...]) -> FieldError:
    """A value is none of the known ones."""
    detail = "supported values: " + ", ".join(go_quote(choice) for choice in choices) if choices else ""
    return _with_value("FieldValueNotSupported", field, value, detail)


def forbidden(field: str, detail: str) -> FieldError:
    """A value is not allowed here."""
    return FieldError("FieldValueForbidden", field, f"Forbidden: {detail}" if detail else "Forbidden")


def too_long(field: str, limit: int) -> FieldError:
    """A text is longer than ``limit`` bytes."""
    detail = f": may not be more than {limit} bytes" if limit >= 0 else ""
    return FieldError("FieldValueTooLong", field, f"Too long{detail}")


def too_many(field: str, actual: int, limit: int) -> FieldError:
    """A list has more than ``limit`` items."""
    return _with_value("FieldValueTooMany", field, actual, f"must have at most {limit} items")
