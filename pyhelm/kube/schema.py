"""The shape of every kind: which fields it has, how its lists and maps merge, who may own what.

Built-in kinds come from ``data/types.txt`` (made by ``tools/generate_kube_types.py`` from Kubernetes' OpenAPI),
custom ones from the ``openAPIV3Schema`` of their definition. Both become ``Type`` nodes. The file's notation, one type
a line::

    @apps/v1 Deployment apps.v1.Deployment      a kind, and the type of its objects
    core.v1.ServicePort port:i protocol:s"TCP   a struct: its fields; a list-map key may have a default
    core.v1.LocalObjectReference! name:s        one that is owned and replaced as a whole (atomic)
    s y i l n b t u q x o a                     string, bytes, int32, int64, double, boolean, time, microtime, quantity,
                                                int-or-string, any object, anything
    [T]  [T]=name,port  [T]%                    an atomic list, a list of items with keys, a set
    {T}  {T}!  T?                               a map, an atomic map, a struct that is not atomic here
    T^  T^name  T~                              strategic merge patch: merge (by that key), retainKeys
    T+  T*                                      a struct that is always there, a required field
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pyhelm.kube.resources import Resource

_TABLE = Path(__file__).with_name("data") / "types.txt"
_BOUNDS = ':[]{}=%!?^~+*"'

_SCALARS = {
    "s": "string",
    "y": "bytes",
    "i": "int32",
    "l": "int64",
    "n": "number",
    "b": "boolean",
    "t": "time",
    "u": "microtime",
    "q": "quantity",
    "x": "int-or-string",
}
_ZERO: dict[str, Any] = {"int32": 0, "int64": 0, "number": 0, "boolean": False}


class Type:
    """What may stand in one place of an object.

    Attributes:
        kind: ``struct`` (known fields), ``map`` (any key), ``list``, ``scalar``, ``object`` (a map of anything) or
            ``any``.
        scalar: For scalars: ``string``, ``bytes``, ``int32``, ``int64``, ``number``, ``boolean``, ``time``,
            ``microtime``, ``quantity``, ``int-or-string``.
        atomic: Owned and replaced as a whole. A list that is neither atomic nor keyed is a set.
        keys: Names of the fields that tell the items of a list apart.
        item: The type of a list's items or a map's values.
        default: What an absent list-map key means (a required one means its zero value).
        always: A struct that the API shows even when it is empty, as Go does with one that is no pointer.
        required: The field must be there; lists and maps in such a place may be null while an object is empty.
        merge: Strategic merge patch merges a list here instead of replacing it.
        merge_key: The field that tells such a list's items apart for strategic merge patch; empty for plain values.
        retain_keys: Strategic merge patch honours ``$retainKeys`` here (create-patch adds them).
        preserve: A struct that keeps fields it does not know (x-kubernetes-preserve-unknown-fields).
        embedded: A struct that is an object of its own, with apiVersion, kind and metadata.
        source: For custom resources: the OpenAPI schema this was made of.
    """

    __slots__ = (
        "_fields",
        "always",
        "atomic",
        "default",
        "embedded",
        "item",
        "keys",
        "kind",
        "merge",
        "merge_key",
        "name",
        "preserve",
        "required",
        "retain_keys",
        "scalar",
        "source",
    )

    def __init__(self, kind: str, *, scalar: str = "", atomic: bool = False, name: str = "") -> None:
        self.kind = kind
        self.scalar = scalar
        self.atomic = atomic
        self.name = name
        self.keys: tuple[str, ...] = ()
        self.item: Type | None = None
        self.default: Any = None
        self.always = False
        self.required = False
        self.merge = False
        self.merge_key = ""
        self.retain_keys = False
        self.preserve = False
        self.embedded = False
        self.source: Mapping[str, Any] | None = None
        self._fields: dict[str, Type] | None = None

    @property
    def fields(self) -> dict[str, Type]:
        """The fields of a struct; empty for everything else."""
        if self._fields is None:
            self._fields = _fields_of(self.name) if self.name else {}
        return self._fields

    def child(self, field: str) -> Type:
        """Return the type of a field of a struct or map; ``ANY`` where it is not known."""
        if self.kind == "struct":
            return self.fields.get(field, ANY)
        if self.kind == "map" and self.item is not None:
            return self.item
        return ANY

    def items(self) -> Type:
        """Return the type of a list's items; ``ANY`` where it is not known."""
        return self.item if self.kind == "list" and self.item is not None else ANY

    def at(self, *path: str) -> Type:
        """Return the type under a path of fields; list items are passed through."""
        found = self
        for field in path:
            while found.kind == "list":
                found = found.items()
            found = found.child(field)
        return found

    def __repr__(self) -> str:
        return f"Type({self.name or self.scalar or self.kind})"


ANY = Type("any")


class Schema:
    """The schema of one kind.

    Attributes:
        root: The type of its objects.
        custom: It is a custom resource: no strategic merge patch, unknown fields are pruned without ``metadata`` rules.
    """

    __slots__ = ("api_version", "custom", "kind", "root")

    def __init__(self, root: Type, *, api_version: str = "", kind: str = "", custom: bool = False) -> None:
        self.root = root
        self.api_version = api_version
        self.kind = kind
        self.custom = custom

    def empty(self) -> dict[str, Any]:
        """Return an object of the kind with nothing set, as Go writes one: what a create is compared with."""
        return {"apiVersion": self.api_version, "kind": self.kind, **_empty(self.root)}

    @staticmethod
    def for_resource(resource: Resource) -> Schema | None:
        """Return the schema of a built-in resource, or None."""
        return builtin(resource.api_version, resource.kind)


def _empty(shape: Type) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, field in shape.fields.items():
        if field.always:
            made[name] = _empty(field)
        elif field.required and field.kind in {"list", "map"}:
            made[name] = None
    return made


@cache
def builtin(api_version: str, kind: str) -> Schema | None:
    """Return the schema of a built-in kind, or None."""
    name = _table()[0].get(f"{api_version} {kind}")
    return Schema(_struct(name), api_version=api_version, kind=kind) if name else None


def kinds() -> Iterator[tuple[str, str]]:
    """Yield (apiVersion, kind) of every built-in kind."""
    for entry in _table()[0]:
        api_version, _, kind = entry.partition(" ")
        yield api_version, kind


def schema_from_crd(crd: Mapping[str, Any], version: str) -> Schema:
    """Return the schema of one version of a CustomResourceDefinition; without one, everything is kept."""
    spec = crd.get("spec") or {}
    names = spec.get("names") or {}
    entry: Mapping[str, Any] = next((item for item in spec.get("versions") or () if item.get("name") == version), {})
    openapi = (entry.get("schema") or {}).get("openAPIV3Schema") or {"x-kubernetes-preserve-unknown-fields": True}
    root = from_openapi(openapi)
    if root.kind != "struct":
        root = Type("struct")
        root.preserve = True
        root._fields = {}
    if spec.get("preserveUnknownFields"):
        root.preserve = True
    root.fields.update({"apiVersion": _scalar("s"), "kind": _scalar("s"), "metadata": _struct("meta.v1.ObjectMeta")})
    return Schema(root, api_version=f"{spec.get('group')}/{version}", kind=names.get("kind") or "", custom=True)


def from_openapi(schema: Mapping[str, Any]) -> Type:
    """Return the type that a structural OpenAPI v3 schema describes."""
    found = _shape(schema)
    found.default = schema.get("default")
    found.source = schema
    return found


def _shape(schema: Mapping[str, Any]) -> Type:
    if schema.get("x-kubernetes-int-or-string"):
        return Type("scalar", scalar="int-or-string")
    preserve = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    match schema.get("type"):
        case "array":
            found = Type("list")
            found.item = from_openapi(schema.get("items") or {})
            found.keys = tuple(schema.get("x-kubernetes-list-map-keys") or ())
            list_type = schema.get("x-kubernetes-list-type") or "atomic"
            found.atomic = list_type == "atomic"
            if list_type != "map":
                found.keys = ()
            return found
        case "object" | None if schema.get("properties") or schema.get("x-kubernetes-embedded-resource"):
            found = Type("struct", atomic=schema.get("x-kubernetes-map-type") == "atomic")
            found.preserve = preserve
            fields = {name: from_openapi(inner) for name, inner in (schema.get("properties") or {}).items()}
            if schema.get("x-kubernetes-embedded-resource"):
                found.embedded = True
                fields |= {"apiVersion": _scalar("s"), "kind": _scalar("s"), "metadata": _struct("meta.v1.ObjectMeta")}
            found._fields = fields
            return found
        case "object":
            atomic = schema.get("x-kubernetes-map-type") == "atomic"
            values = schema.get("additionalProperties")
            if isinstance(values, dict) and values:
                found = Type("map", atomic=atomic)
                found.item = from_openapi(values)
                return found
            if preserve or values:
                return Type("object", atomic=atomic)
            found = Type("struct", atomic=atomic)
            found._fields = {}
            return found
        case "string":
            return Type("scalar", scalar={"byte": "bytes"}.get(schema.get("format") or "", "string"))
        case "integer":
            return Type("scalar", scalar="int32" if schema.get("format") == "int32" else "int64")
        case "number":
            return Type("scalar", scalar="number")
        case "boolean":
            return Type("scalar", scalar="boolean")
    return Type("any")


# --- the built-in table -----------------------------------------------------------------------------------------------


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Return the type name of each kind, and the line of each type."""
    of_kind: dict[str, str] = {}
    lines: dict[str, str] = {}
    for line in _TABLE.read_text("utf-8").splitlines():
        if line.startswith("@"):
            kind, _, name = line[1:].rpartition(" ")
            of_kind[kind] = name
        elif not line.startswith("#"):
            name, _, rest = line.partition(" ")
            lines[name] = rest
    return of_kind, lines


@cache
def _struct(name: str) -> Type:
    lines = _table()[1]
    if name in lines:
        return Type("struct", name=name)
    return Type("struct", name=name, atomic=True)


@cache
def _scalar(letter: str) -> Type:
    if letter == "o":
        return Type("object")
    return ANY if letter == "a" else Type("scalar", scalar=_SCALARS[letter])


@cache
def _fields_of(name: str) -> dict[str, Type]:
    lines = _table()[1]
    text = lines[name] if name in lines else lines[f"{name}!"]
    return {field: _parse(rest) for field, _, rest in (part.partition(":") for part in text.split(" ") if part)}


@cache
def _parse(text: str) -> Type:
    found, position = _expression(text, 0)
    if position < len(text) and text[position] == '"':
        found = _copy(found)
        found.default = text[position + 1 :]
    elif found.required and found.kind == "scalar":
        found.default = _ZERO.get(found.scalar, "")
    return found


def _expression(text: str, position: int) -> tuple[Type, int]:
    """Parse one type of the notation; return it and where it ends."""
    opening = text[position]
    if opening in "[{":
        item, position = _expression(text, position + 1)
        position += 1
        found = Type("list" if opening == "[" else "map")
        found.item = item
        found.atomic = opening == "["
    else:
        word, position = _word(text, position)
        found = _scalar(word) if len(word) == 1 else _struct(word)
    while position < len(text) and text[position] in "=%!?^~+*":
        mark = text[position]
        found = _copy(found)
        word, position = _word(text, position + 1)
        match mark:
            case "=":
                found.atomic = False
                found.keys = tuple(word.split(","))
            case "%" | "?":
                found.atomic = False
            case "!":
                found.atomic = True
            case "^":
                found.merge = True
                found.merge_key = word
            case "+":
                found.always = True
            case "*":
                found.required = True
            case _:
                found.retain_keys = True
    return found, position


def _word(text: str, position: int) -> tuple[str, int]:
    start = position
    while position < len(text) and text[position] not in _BOUNDS:
        position += 1
    return text[start:position], position


def _copy(original: Type) -> Type:
    found = Type(original.kind, scalar=original.scalar, atomic=original.atomic, name=original.name)
    found.keys = original.keys
    found.item = original.item
    found.merge = original.merge
    found.merge_key = original.merge_key
    found.retain_keys = original.retain_keys
    found.always = original.always
    found.required = original.required
    return found
