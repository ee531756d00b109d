"""What decoding does to an object: types are checked, unknown fields reported, and what Go would leave out is left out.

The errors are those of the API server's JSON decoder (sigs.k8s.io/json), and of the types that decode themselves.
"""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64
from typing import TYPE_CHECKING, Any

from pyhelm.cluster.api.failures import unconvertible, undecodable
from pyhelm.cluster.api.trees import taken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource
    from pyhelm.kube.schema import Schema, Type

_INT32 = 2**31
_INT64 = 2**63
_GO_TYPES = {
    "string": "string",
    "int32": "int32",
    "int64": "int64",
    "number": "float64",
    "boolean": "bool",
    "bytes": "[]uint8",
}
_TEXTS = frozenset({"string", "time", "microtime"})
_TIMES = frozenset({"time", "microtime"})
_SHOWING_TIMES = ("Condition", "core.v1.Event")
_BAD_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
_LOOSE = frozenset({"any", "object"})


def decode(resource: Resource, obj: Object, schema: Schema, *, custom: bool, patch: Any = None) -> list[str]:
    """Bring an object to the form its kind's decoder would give it, in place; return what was wrong but not fatal.

    Built-in kinds lose unknown fields, nulls and empty lists and maps, and quantities get their canonical spelling.
    Custom resources lose unknown fields, and nulls that their schema does not allow, and get its defaults.

    Args:
        resource: What the object is one of.
        obj: As a request brought it.
        schema: Of its kind.
        custom: A CustomResourceDefinition defines the kind.
        patch: The strategic merge patch that made the object, if one did: then complaints are about the patch.

    Raises:
        BadRequestError: A value has another type than its field.
        InvalidError: The same, after a strategic merge patch.
    """
    unknown: list[str] = []
    if custom:
        _prune_struct(obj, schema.root, "", unknown)
        _fill(obj, schema.root)
        return unknown
    walker = _Walker(resource, unknown, patch)
    walker.struct(obj, schema.root, "")
    return unknown


class _Walker:
    """Walks an object of a built-in kind along its type."""

    __slots__ = ("_patch", "_resource", "_unknown")

    def __init__(self, resource: Resource, unknown: list[str], patch: Any) -> None:
        self._patch = patch
        self._resource = resource
        self._unknown = unknown

    def struct(self, tree: dict[str, Any], shape: Type, path: str) -> None:
        fields = shape.fields
        gone: list[str] = []
        for name, value in tree.items():
            field = fields.get(name)
            if field is None:
                if not shape.preserve:
                    self._unknown.append(f'unknown field "{path}{name}"')
                    gone.append(name)
                continue
            if value is None:
                if not (shape.name.endswith(_SHOWING_TIMES) and field.scalar in _TIMES):
                    gone.append(name)
                continue
            kind = field.kind
            if kind == "scalar":
                # The fast path of most values: texts and flags that are what they should be.
                scalar = field.scalar
                if (scalar == "string" and value.__class__ is str) or (scalar == "boolean" and value.__class__ is bool):
                    continue
                if scalar == "int32" and value.__class__ is int and -_INT32 <= value < _INT32:
                    continue
                tree[name] = self.scalar(value, field, path + name, shape.name)
            elif kind == "struct":
                if not isinstance(value, dict):
                    self._mismatch(value, shape.name, path + name, _go_name(field.name))
                self.struct(value, field, f"{path}{name}.")
            elif kind == "list":
                if not isinstance(value, list):
                    self._mismatch(value, shape.name, path + name, f"[]{_go_type(field.items())}")
                if not value:
                    gone.append(name)
                else:
                    self.list(value, field, path + name, shape.name)
            elif kind == "map":
                if not isinstance(value, dict):
                    item = field.item
                    self._mismatch(value, shape.name, path + name, f"map[string]{_go_type(item) if item else 'string'}")
                if not value:
                    gone.append(name)
                else:
                    self.map(value, field, path + name, shape.name)
            elif kind == "object" and not isinstance(value, dict):
                self._mismatch(value, shape.name, path + name, "map[string]interface {}")
        for name in gone:
            del tree[name]
        if shape.name.endswith(_SHOWING_TIMES):
            # A time that is not set shows as null there: Go cannot leave a struct out.
            for name, field in fields.items():
                if field.scalar in _TIMES and name not in tree:
                    tree[name] = None

    def list(self, values: list[Any], shape: Type, path: str, owner: str) -> None:
        item = shape.items()
        kind = item.kind
        if kind in _LOOSE:
            return
        for position, value in enumerate(values):
            if kind == "struct":
                if value is None:
                    values[position] = {}
                    continue
                if not isinstance(value, dict):
                    self._mismatch(value, owner, path, _go_name(item.name))
                self.struct(value, item, f"{path}[{position}].")
            elif kind == "scalar":
                if value is None:
                    values[position] = "" if item.scalar in {"string", "bytes"} else 0
                elif not (item.scalar == "string" and value.__class__ is str):
                    values[position] = self.scalar(value, item, path, owner)
            elif kind == "list":
                self.list(value, item, path, owner)
            elif kind == "map":
                self.map(value, item, path, owner)

    def map(self, values: dict[str, Any], shape: Type, path: str, owner: str) -> None:
        item = shape.item
        if item is None or item.kind in _LOOSE:
            return
        kind, scalar = item.kind, item.scalar
        for name, value in values.items():
            if kind == "scalar":
                if scalar == "string" and value.__class__ is str:
                    continue
                if value is None:
                    values[name] = "0" if scalar == "quantity" else ""
                else:
                    values[name] = self.scalar(value, item, path, owner)
            elif kind == "struct" and isinstance(value, dict):
                self.struct(value, item, f"{path}.{name}.")
            elif kind == "list" and isinstance(value, list):
                self.list(value, item, path, owner)
            elif value is not None:
                self._mismatch(value, owner, path, _go_type(item))

    def scalar(self, value: Any, shape: Type, path: str, owner: str) -> Any:
        scalar = shape.scalar
        if scalar in _TEXTS:
            if isinstance(value, str):
                if scalar != "string":
                    self._check_time(value)
                return value
        elif scalar == "boolean":
            if isinstance(value, bool):
                return value
        elif scalar == "int-or-string":
            if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
                return value
            if isinstance(value, float) and value.is_integer():
                return int(value)
            self._mismatch(value, "", "", "int32" if isinstance(value, float) else "string")
        elif scalar == "quantity":
            return self._quantity(value)
        elif scalar == "bytes":
            if isinstance(value, str):
                self._check_bytes(value)
                return value
        elif scalar == "number":
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                return value
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            limit = _INT32 if scalar == "int32" else _INT64
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            if isinstance(value, int) and -limit <= value < limit:
                return value
            self._mismatch(value, owner, path, scalar, shown=True)
        self._mismatch(value, owner, path, _GO_TYPES.get(scalar, scalar))
        return None

    def _quantity(self, value: Any) -> str:
        from pyhelm.kube.quantity import canonical

        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            self._fail(_BAD_QUANTITY)
        try:
            return canonical(value)
        except ValueError as error:
            self._fail(str(error))
        return ""

    def _check_bytes(self, value: str) -> None:
        try:
            a2b_base64(value, strict_mode=True) if value else None
        except Base64Error:
            clean = value.replace("\n", "").replace("\r", "")
            try:
                a2b_base64(clean, strict_mode=True)
            except Base64Error:
                self._fail(f"illegal base64 data at input byte {_first_bad(value)}")

    def _check_time(self, value: str) -> None:
        from pyhelm.cluster.clock import parse_stamp

        if value and parse_stamp(value) is None:
            shown = value.replace('"', '\\"')
            self._fail(f'parsing time "{shown}" as "2006-01-02T15:04:05Z07:00": cannot parse "{shown}" as "2006"')

    def _mismatch(self, value: Any, owner: str, path: str, wanted: str, *, shown: bool = False) -> None:
        if self._patch is not None:
            raise unconvertible(self._patch, _restoring(value, wanted))
        from pyhelm.yaml.golang import json_kind

        what = f"number {_number(value)}" if shown else json_kind(value)
        place = f"Go struct field {_go_name(owner, short=True)}.{_plain(path)}" if owner else "Go value"
        self._fail(f"json: cannot unmarshal {what} into {place} of type {wanted}")

    def _fail(self, reason: str) -> None:
        raise undecodable(self._resource, reason)


def _prune_struct(tree: dict[str, Any], shape: Type, path: str, unknown: list[str]) -> None:
    """Drop the fields of a custom resource that its schema does not know."""
    fields = shape.fields
    gone: list[str] = []
    for name, value in tree.items():
        field = fields.get(name)
        if field is None:
            if not shape.preserve:
                unknown.append(f'unknown field "{path}{name}"')
                gone.append(name)
            continue
        if value is None and _not_nullable(field) and field.default is None:
            gone.append(name)
        elif path or name != "metadata":
            _prune(value, field, f"{path}{name}", unknown)
    for name in gone:
        del tree[name]


def _prune(value: Any, shape: Type, path: str, unknown: list[str]) -> None:
    if isinstance(value, dict):
        if shape.kind == "struct":
            _prune_struct(value, shape, f"{path}.", unknown)
        elif shape.kind == "map" and shape.item is not None:
            item = shape.item
            if _not_nullable(item) and item.default is None:
                for name in [name for name, inner in value.items() if inner is None]:
                    del value[name]
            for name, inner in value.items():
                _prune(inner, item, f"{path}.{name}", unknown)
    elif isinstance(value, list) and shape.kind == "list":
        item = shape.items()
        for position, inner in enumerate(value):
            _prune(inner, item, f"{path}[{position}]", unknown)


def _fill(tree: Any, shape: Type) -> None:
    """Set the defaults that a custom resource's schema names, in place (structural defaulting)."""
    if isinstance(tree, dict):
        if shape.kind == "struct":
            for name, field in shape.fields.items():
                if field.default is not None and (name not in tree or (tree[name] is None and _not_nullable(field))):
                    tree[name] = taken(field.default)
                if name in tree:
                    _fill(tree[name], field)
        elif shape.kind == "map" and shape.item is not None:
            _fill_places(tree, list(tree), shape.item)
    elif isinstance(tree, list) and shape.kind == "list":
        _fill_places(tree, range(len(tree)), shape.items())


def _fill_places(tree: Any, places: Iterable[Any], item: Type) -> None:
    """Set the defaults of a list's items or a map's values."""
    for place in places:
        if tree[place] is None and item.default is not None and _not_nullable(item):
            tree[place] = taken(item.default)
        _fill(tree[place], item)


def _not_nullable(shape: Type) -> bool:
    """Tell whether a custom resource's schema forbids null here."""
    return shape.source is not None and not shape.source.get("nullable")


def _restoring(value: Any, wanted: str) -> str:
    """Say that a value cannot be converted, as runtime.DefaultUnstructuredConverter does."""
    found = {dict: "map", list: "slice", str: "string", bool: "bool"}.get(type(value), "int64")
    if wanted.startswith("map["):
        return f"cannot restore map from {found}"
    if wanted.startswith("[]"):
        return f"cannot restore slice from {found}"
    return f"cannot restore struct from: {found}" if "." in wanted else f"unrecognized type: {wanted}"


def _number(value: Any) -> str:
    return str(value)


def _go_name(name: str, *, short: bool = False) -> str:
    """Return a type's Go name: ``core.v1.EnvVar`` is ``v1.EnvVar``."""
    parts = name.split(".")
    return parts[-1] if short else ".".join(parts[-2:])


def _go_type(shape: Type) -> str:
    if shape.kind == "struct":
        return _go_name(shape.name)
    return _GO_TYPES.get(shape.scalar, "string")


def _plain(path: str) -> str:
    """Return a path without list positions, which Go's decoder does not tell."""
    if "[" not in path:
        return path
    import re

    return re.sub(r"\[[0-9]+\]", "", path)


def _first_bad(text: str) -> int:
    """Return where Go's decoder gives up on base64: the first foreign character, or the end of what is there."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    seen = 0
    for position, character in enumerate(text):
        if character in "\r\n":
            continue
        if character == "=":
            rest = text[position + 1 :].replace("\r", "").replace("\n", "")
            wanted = (-seen - 1) % 4
            return position if seen % 4 < 2 else position + 1 + (wanted if rest.startswith("=") else 0)
        if character not in alphabet:
            return position
        seen += 1
    return len(text) - len(text) % 4 if len(text) % 4 else len(text)
