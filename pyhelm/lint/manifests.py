"""The few fields of a Kubernetes object that lint looks at, out of YAML that need not be one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm import yaml
from pyhelm.chart.gojson import Struct, fill
from pyhelm.errors import YamlError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class ObjectMeta:
    """``metadata``."""

    namespace: str = ""
    name: str = ""
    annotations: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Manifest:
    """An object, or what stands in its place."""

    api_version: str = ""
    kind: str = ""
    metadata: ObjectMeta = field(default_factory=ObjectMeta)


@dataclass(slots=True)
class _Item:
    metadata: ObjectMeta = field(default_factory=ObjectMeta)


@dataclass(slots=True)
class _List:
    items: list[_Item] = field(default_factory=list)


_META = Struct(
    "rules.k8sYamlMetadata",
    ObjectMeta,
    (("namespace", "namespace", "string"), ("name", "name", "string")),
)
_MANIFEST = Struct(
    "rules.k8sYamlStruct",
    Manifest,
    (("apiVersion", "api_version", "string"), ("kind", "kind", "string"), ("metadata", "metadata", _META)),
)
_ITEM_META = Struct(
    "struct { Annotations map[string]string }",
    ObjectMeta,
    (("annotations", "annotations", "map[string]string"),),
)
_ITEM = Struct(f"struct {{ Metadata {_ITEM_META.name} }}", _Item, (("metadata", "metadata", _ITEM_META),))
_LIST = Struct(f"struct {{ Items []{_ITEM.name} }}", _List, (("items", "items", [_ITEM]),))


def manifests(text: str) -> Iterator[Manifest | None]:
    """Yield the object of each document; None for an empty document.

    Raises:
        YamlError: After the documents before the bad one.
    """
    try:
        documents = yaml.split_documents(text)
        flaw = None
    except YamlError as error:
        lines = text.split("\n")[: error.line - 1]
        documents = yaml.split_documents("\n".join(lines))
        if lines and not lines[-1].startswith("---"):  # the document that the bad line ends is lost with it
            documents.pop()
        flaw = error
    for document in documents:
        content = yaml.load_scalars(document)
        if content is None:
            yield None
            continue
        manifest = Manifest()
        fill(manifest, content, _MANIFEST)
        yield manifest
    if flaw is not None:
        raise flaw


def item_annotations(text: str) -> list[dict[str, str]]:
    """Return the annotations of each item of a ``List``, the first document of ``text``.

    Raises:
        YamlError: It cannot be read as one.
    """
    found = _List()
    fill(found, yaml.load_scalars(text), _LIST)
    return [item.metadata.annotations for item in found.items if item is not None]
