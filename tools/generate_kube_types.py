"""Write ``pyhelm/kube/data/types.txt`` from the OpenAPI definitions of one Kubernetes version.

Needs the development-only package ``kubernetes-validate``, which carries those definitions::

    pip install kubernetes-validate==1.37.0
    python tools/generate_kube_types.py

The file has one line per type and one per kind; ``pyhelm.kube.schema`` describes the notation and reads it.
"""

from __future__ import annotations

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

VERSION = "1.37.0"
OUTPUT = Path(__file__).parent.parent / "pyhelm" / "kube" / "data" / "types.txt"
# What OpenAPI does not say: which fields are structs rather than pointers to structs, by type.
STRUCT_VALUES = Path(__file__).with_name("struct_values.txt")

META = "io.k8s.apimachinery.pkg.apis.meta.v1."
OBJECT_META = f"{META}ObjectMeta"

# Definitions without properties that are one value on the wire, by their letter in the notation.
VALUES = {
    f"{META}Time": "t",
    f"{META}MicroTime": "u",
    f"{META}FieldsV1": "o",
    "io.k8s.apimachinery.pkg.runtime.RawExtension": "o",
    "io.k8s.apimachinery.pkg.api.resource.Quantity": "q",
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": "x",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON": "a",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": "a",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": "a",
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray": "a",
}

# Defaults of list-map keys (the published definitions leave them out; their descriptions have them).
KEY_DEFAULTS = {
    "io.k8s.api.core.v1.ContainerPort": {"protocol": "TCP"},
    "io.k8s.api.core.v1.ServicePort": {"protocol": "TCP"},
}

# Kinds that are no stored object but that clients send.
REQUESTS = {"Binding", "Eviction", "Scale", "TokenRequest"}


def short(name: str) -> str:
    """Return ``core.v1.Container`` for ``io.k8s.api.core.v1.Container``."""
    return ".".join(name.rsplit(".", 3)[1:])


def scalar(schema: dict[str, Any]) -> str:
    """Return the letter of a schema that is one plain value."""
    types = schema.get("type")
    if isinstance(types, list):
        types = next(name for name in types if name != "null")
    match types, schema.get("format"):
        case "string", "byte":
            return "y"
        case "string", "date-time":
            return "t"
        case "string", _:
            return "s"
        case "integer", "int32":
            return "i"
        case "integer", _:
            return "l"
        case "number", _:
            return "n"
        case "boolean", _:
            return "b"
        case "object", _:
            return "o"
    return "a"


def relation(schema: dict[str, Any]) -> str:
    """Return the notation of a list's relation between its items."""
    match schema.get("x-kubernetes-list-type"):
        case "set":
            return "%"
        case "map":
            return "=" + ",".join(schema["x-kubernetes-list-map-keys"])
        case "atomic":
            return ""
    if "merge" in schema.get("x-kubernetes-patch-strategy", "").split(","):
        key = schema.get("x-kubernetes-patch-merge-key")
        return f"={key}" if key else "%"
    return ""


def expression(schema: dict[str, Any]) -> str:
    """Return the notation of one schema."""
    reference = schema.get("$ref", "").rsplit("/", 1)[-1]
    if reference:
        text = VALUES.get(reference) or short(reference)
    elif "items" in schema:
        text = f"[{expression(schema['items'])}]{relation(schema)}"
    elif "additionalProperties" in schema:
        text = "{" + expression(schema["additionalProperties"]) + "}"
    else:
        text = scalar(schema)
    match schema.get("x-kubernetes-map-type"):
        case "atomic":
            text += "!"
        case "granular":
            text += "?"
    strategies = schema.get("x-kubernetes-patch-strategy", "").split(",")
    if "merge" in strategies:
        text += "^" + schema.get("x-kubernetes-patch-merge-key", "")
    if "retainKeys" in strategies:
        text += "~"
    return text


def is_kind(definition: dict[str, Any], kind: str) -> bool:
    """Tell whether a definition is an object that an API serves or takes."""
    if kind in REQUESTS:
        return True
    metadata = definition.get("properties", {}).get("metadata", {}).get("$ref", "")
    return metadata.endswith(OBJECT_META)


def struct_values() -> dict[str, set[str]]:
    """Return the fields of each type that are always there."""
    lines = STRUCT_VALUES.read_text("utf-8").splitlines()
    return {name: set(fields) for name, *fields in (line.split() for line in lines if not line.startswith("#"))}


def main() -> int:
    """Write the file; return the exit code."""
    always = struct_values()
    folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"v{VERSION}-local"
    definitions: dict[str, Any] = json.loads((folder / "_definitions.json").read_text("utf-8"))["$defs"]
    kinds: list[str] = []
    wanted: list[str] = []
    for name, definition in definitions.items():
        for entry in definition.get("x-kubernetes-group-version-kind", ()):
            if not is_kind(definition, entry["kind"]):
                continue
            group_version = f"{entry['group']}/{entry['version']}" if entry["group"] else entry["version"]
            kinds.append(f"@{group_version} {entry['kind']} {short(name)}")
            wanted.append(name)
    lines: dict[str, str] = {}
    while wanted:
        name = wanted.pop()
        if short(name) in lines or name in VALUES:
            continue
        definition = definitions[name]
        fields = []
        for field, schema in definition.get("properties", {}).items():
            text = expression(schema)
            default = KEY_DEFAULTS.get(name, {}).get(field)
            text += "+" if field in always.get(short(name), ()) else ""
            text += "*" if field in definition.get("required", ()) else ""
            fields.append(f"{field}:{text}" + (f'"{default}' if default else ""))
            inner = schema
            while "items" in inner or "additionalProperties" in inner:
                inner = inner.get("items") or inner["additionalProperties"]
            if "$ref" in inner:
                wanted.append(inner["$ref"].rsplit("/", 1)[-1])
        mark = "!" if definition.get("x-kubernetes-map-type") == "atomic" else ""
        lines[short(name)] = f"{short(name)}{mark} {' '.join(fields)}".rstrip()
    text = [
        f"# Types of Kubernetes {VERSION}: made by tools/generate_kube_types.py, read by pyhelm.kube.schema.",
        *sorted(set(kinds)),
        *(lines[name] for name in sorted(lines)),
    ]
    OUTPUT.write_text("\n".join(text) + "\n", "utf-8")
    sys.stderr.write(f"{len(kinds)} kinds, {len(lines)} types, {OUTPUT.stat().st_size} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
