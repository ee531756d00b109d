"""What a custom resource's schema refuses: structural OpenAPI v3, in the words of kube-openapi's validator.

Left out are CEL rules (``x-kubernetes-validations``) and formats.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.admission.field import (
    Errors,
    FieldError,
    duplicate,
    invalid,
    not_supported,
    required,
    too_long,
    too_many,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.kube.objects import Object

_NOT_THE_SCHEMAS = ("apiVersion", "kind", "metadata")


def validate_custom(obj: Object, schema: Mapping[str, Any] | None) -> Errors:
    """Return what is wrong with an object by the ``openAPIV3Schema`` of its definition."""
    if not schema:
        return []
    properties = {
        name: inner for name, inner in (schema.get("properties") or {}).items() if name not in _NOT_THE_SCHEMAS
    }
    body = {name: value for name, value in obj.items() if name not in _NOT_THE_SCHEMAS}
    wanted = [name for name in schema.get("required") or () if name not in _NOT_THE_SCHEMAS]
    errors = _validate(body, {**schema, "properties": properties, "required": wanted}, "")
    return errors + _list_rules(body, schema, "")


def _validate(value: Any, schema: Mapping[str, Any], path: str) -> Errors:
    if value is None and schema.get("nullable"):
        return []
    wrong = _type_error(value, schema, path)
    if wrong is not None:
        return [wrong]
    errors: Errors = []
    if "enum" in schema and value not in schema["enum"]:
        choices = [choice if isinstance(choice, str) else json.dumps(choice) for choice in schema["enum"]]
        errors.append(not_supported(path, value, choices))
    if isinstance(value, str):
        errors += _text(value, schema, path)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        errors += _number(value, schema, path)
    elif isinstance(value, list):
        errors += _list(value, schema, path)
    elif isinstance(value, dict):
        errors += _map(value, schema, path)
    return errors + _combined(value, schema, path)


def _type_error(value: Any, schema: Mapping[str, Any], path: str) -> FieldError | None:
    wanted = schema.get("type")
    found = _type_of(value)
    if schema.get("x-kubernetes-int-or-string"):
        if found in {"integer", "string"}:
            return None
        wanted = "integer,string"
    elif wanted is None or found == wanted or (wanted == "number" and found == "integer"):
        return None
    shown = value if value is not None else "null"
    text = f'{path} in body must be of type {wanted}: "{found}"'
    error = invalid(path, shown, text)
    return FieldError("FieldValueTypeInvalid", error.field, error.body)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _text(value: str, schema: Mapping[str, Any], path: str) -> Errors:
    errors: Errors = []
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        errors.append(too_long(path, schema["maxLength"]))
    if "minLength" in schema and len(value) < schema["minLength"]:
        errors.append(invalid(path, value, f"{path} in body should be at least {schema['minLength']} chars long"))
    pattern = schema.get("pattern")
    if pattern and not _matches(pattern, value):
        errors.append(invalid(path, value, f"{path} in body should match '{pattern}'"))
    return errors


def _matches(pattern: str, value: str) -> bool:
    import re2

    try:
        return re2.search(pattern, value) is not None
    except re2.error:
        # A definition with such a pattern cannot be made on a real cluster.
        return True


def _number(value: float, schema: Mapping[str, Any], path: str) -> Errors:
    errors: Errors = []
    most, least, step = schema.get("maximum"), schema.get("minimum"), schema.get("multipleOf")
    if most is not None:
        if schema.get("exclusiveMaximum") and value >= most:
            errors.append(invalid(path, value, f"{path} in body should be less than {most}"))
        elif value > most:
            errors.append(invalid(path, value, f"{path} in body should be less than or equal to {most}"))
    if least is not None:
        if schema.get("exclusiveMinimum") and value <= least:
            errors.append(invalid(path, value, f"{path} in body should be greater than {least}"))
        elif value < least:
            errors.append(invalid(path, value, f"{path} in body should be greater than or equal to {least}"))
    if step and value % step:
        errors.append(invalid(path, value, f"{path} in body should be a multiple of {step}"))
    return errors


def _list(value: list[Any], schema: Mapping[str, Any], path: str) -> Errors:
    errors: Errors = []
    if "maxItems" in schema and len(value) > schema["maxItems"]:
        errors.append(too_many(path, len(value), schema["maxItems"]))
    if "minItems" in schema and len(value) < schema["minItems"]:
        errors.append(invalid(path, len(value), f"{path} in body should have at least {schema['minItems']} items"))
    item = schema.get("items")
    if isinstance(item, dict):
        for position, inner in enumerate(value):
            errors += _validate(inner, item, f"{path}[{position}]")
    return errors


def _map(value: dict[str, Any], schema: Mapping[str, Any], path: str) -> Errors:
    errors = [required(_child(path, name)) for name in schema.get("required") or () if name not in value]
    if "maxProperties" in schema and len(value) > schema["maxProperties"]:
        errors.append(too_many(path, len(value), schema["maxProperties"]))
    if "minProperties" in schema and len(value) < schema["minProperties"]:
        text = f"{path} in body should have at least {schema['minProperties']} properties"
        errors.append(invalid(path, len(value), text))
    properties = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    for name, inner in value.items():
        if name in properties:
            errors += _validate(inner, properties[name], _child(path, name))
        elif isinstance(others, dict):
            errors += _validate(inner, others, _child(path, name))
    return errors


def _combined(value: Any, schema: Mapping[str, Any], path: str) -> Errors:
    errors: Errors = []
    shown = path or "<nil>"
    for part in schema.get("allOf") or ():
        errors += _validate(value, part, path)
    if anyof := schema.get("anyOf"):
        tried: list[Errors] = [_validate(value, part, path) for part in anyof]
        if all(tried):
            # What is nearest to fitting says most.
            nearest: Errors = min(tried, key=len)
            errors += nearest
            errors.append(invalid(shown, "", f'"{path}" must validate at least one schema (anyOf)'))
    if oneof := schema.get("oneOf"):
        good = sum(1 for part in oneof if not _validate(value, part, path))
        if good != 1:
            found = f"Found {good} valid alternatives" if good else "Found none valid"
            errors.append(invalid(shown, "", f'"{path}" must validate one and only one schema (oneOf). {found}'))
    banned = schema.get("not")
    if isinstance(banned, dict) and not _validate(value, banned, path):
        errors.append(invalid(shown, "", f'"{path}" must not validate the schema (not)'))
    return errors


def _list_rules(value: Any, schema: Mapping[str, Any], path: str) -> Errors:
    """Check that items of sets and of lists with keys differ (listtype.ValidateListSetsAndMaps)."""
    errors: Errors = []
    if isinstance(value, dict):
        properties, others = schema.get("properties") or {}, schema.get("additionalProperties")
        for name, inner in value.items():
            part = properties.get(name, others)
            if isinstance(part, dict) and isinstance(inner, (dict, list)):
                errors += _list_rules(inner, part, _child(path, name))
    elif isinstance(value, list):
        kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys") or ()
        seen: set[str] = set()
        for position, inner in enumerate(value):
            identity = inner
            if kind == "map" and isinstance(inner, dict):
                identity = {key: inner[key] for key in keys if key in inner}
            if kind in {"map", "set"}:
                text = json.dumps(identity, sort_keys=True)
                if text in seen:
                    errors.append(duplicate(f"{path}[{position}]", identity))
                seen.add(text)
            if isinstance(schema.get("items"), dict) and isinstance(inner, (dict, list)):
                errors += _list_rules(inner, schema["items"], f"{path}[{position}]")
    return errors


def _child(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
