"""Manifests become objects that a cluster can be sent: found in its catalog, put in a namespace, marked as owned.

Follows ``kube.Client.Build`` and ``action/validate.go``.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import (
    ApiError,
    ApplyError,
    ApplyFailure,
    BadRequestError,
    BuildError,
    NotFoundError,
    OwnershipError,
    UsageError,
    YamlError,
)
from pyhelm.kube.objects import ObjectKey, annotations_of, labels_of, metadata, name_of, namespace_of
from pyhelm.release.manifests import split_documents
from pyhelm.yaml import load_object
from pyhelm.yaml.golang import json_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
MANAGED_BY = "Helm"
RELEASE_NAME_ANNOTATION = "meta.helm.sh/release-name"
RELEASE_NAMESPACE_ANNOTATION = "meta.helm.sh/release-namespace"


@dataclass(slots=True)
class Target:
    """An object of a release, and the endpoint it goes to; ``key.name`` is empty for ``generateName`` objects."""

    resource: Resource
    key: ObjectKey
    object: Object

    @property
    def kind(self) -> str:
        """The object's kind."""
        return self.resource.kind

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Group, kind, namespace and name: the same object in whatever version (``isMatchingInfo``)."""
        return (self.resource.group, self.resource.kind, self.key.namespace, self.key.name)

    @property
    def versioned_identity(self) -> tuple[str, str, str, str]:
        """The same with the version (``objectKey``)."""
        return (self.resource.api_version, self.resource.kind, self.key.namespace, self.key.name)

    def __str__(self) -> str:
        return f'{self.kind} "{self.key.name}" in namespace "{self.key.namespace}"'

    @property
    def go_name(self) -> str:
        """``namespace/name group/version, Kind=kind``, as Helm's errors about applying have it."""
        group_version = f"{self.resource.group}/{self.resource.version}"
        return f"{self.key.namespace}/{self.key.name} {group_version}, Kind={self.kind}"


def documents_of(text: str) -> Iterator[Any]:
    """Yield the parsed documents of a manifest, empty ones left out; raises YamlError."""
    for content in split_documents(text):
        document = load_object(content)
        if document is not None:
            yield document


def build_text(client: Client, text: str, namespace: str, *, release_name: str = "", attempt: str = "") -> list[Target]:
    """Do what ``build`` does, with manifest text and without validation."""
    try:
        documents = list(documents_of(text))
    except YamlError as error:
        raise BuildError(release_name, attempt, [f"error parsing : {error.reason}"]) from error
    return build(client, documents, namespace, release_name=release_name, attempt=attempt, validate=False)


def build(
    client: Client,
    documents: Iterable[Any],
    namespace: str,
    *,
    release_name: str = "",
    attempt: str = "",
    validate: bool = True,
    sources: Sequence[str] = (),
) -> list[Target]:
    """Return the objects of parsed documents, in order, lists taken apart; the documents are not changed.

    Args:
        client: Its catalog says which kinds there are.
        documents: Parsed manifests; None stands for an empty one.
        namespace: Where objects go that name no namespace.
        release_name: For errors.
        attempt: What is being built, in Helm's words, for errors.
        validate: Stop at the first document without apiVersion or kind, in the words of kubectl's validation.
        sources: The template that each document came from, for the hint of an error.

    Raises:
        BuildError: With one reason for each document that is no object, or of an unknown kind.
    """
    targets: list[Target] = []
    reasons: list[str] = []
    places: dict[str, None] = {}
    for position, document in enumerate(documents):
        if document is None:
            continue
        unset = _unset(document) if validate else ""
        found = [f'error validating "": error validating data: {unset}'] if unset else []
        found = found or _add(client, document, namespace, targets)
        reasons += found
        if found and sources:
            places[sources[position]] = None
        if unset:
            break
    if reasons:
        error = BuildError(release_name, attempt, reasons)
        error.hint = f"look at what {', '.join(places)} renders" if places else ""
        raise error
    return targets


def _add(client: Client, document: Any, namespace: str, targets: list[Target]) -> list[str]:
    """Add a document's objects to ``targets``, and return what is wrong with the others."""
    if not isinstance(document, dict) or not document.get("kind"):
        return [f"unable to decode \"\": Object 'Kind' is missing in '{_go_json(document)}'"]
    problem = "" if isinstance(document.get("items"), list) else decoding_problem(document)
    if problem:
        return [f'unable to decode "": {problem}']
    reasons = []
    for item in _flatten(document):
        missing = next((key for key in ("kind", "apiVersion") if not item.get(key)), "")
        if missing and item is not document:
            name, described = ("Kind", "kind field ") if missing == "kind" else ("apiVersion", "apiVersion field")
            reasons.append(
                'unable to get type info from the object "*unstructured.Unstructured": '
                f"Object '{name}' is missing in 'object has no {described}'"
            )
            continue
        try:
            targets.append(_target(client, item, namespace))
        except NotFoundError as error:
            reasons.append(error.message)
    return reasons


def mark_owned(targets: Iterable[Target], release_name: str, release_namespace: str) -> None:
    """Write Helm's label and annotations into every object (``setMetadataVisitor``)."""
    for target in targets:
        meta = target.object.setdefault("metadata", {})
        if not isinstance(meta, dict):
            continue
        meta["labels"] = {**_strings(meta.get("labels")), MANAGED_BY_LABEL: MANAGED_BY}
        meta["annotations"] = {
            **_strings(meta.get("annotations")),
            RELEASE_NAME_ANNOTATION: release_name,
            RELEASE_NAMESPACE_ANNOTATION: release_namespace,
        }


def existing(
    client: Client, targets: Iterable[Target], release_name: str, release_namespace: str, *, adopt: bool, attempt: str
) -> list[Target]:
    """Return the targets that are in the cluster already.

    Args:
        client: The cluster.
        targets: What is about to be created.
        release_name: Whose objects they must be.
        release_namespace: That release's namespace.
        adopt: Take them whoever owns them (``--take-ownership``).
        attempt: What cannot go on, in Helm's words, for errors.

    Raises:
        OwnershipError: One exists and belongs to something else.
        ApplyError: The cluster refused to say.
    """
    found = []
    for target in targets:
        if metadata(target.object).get("generateName"):
            if target.key.name:
                raise UsageError(f"{attempt}: metadata.name and metadata.generateName cannot both be set")
            continue
        try:
            if not target.key.name:
                raise BadRequestError("resource name may not be empty")
            live = client.get(target.resource, target.key)
        except NotFoundError:
            continue
        except ApiError as error:
            what = f"{attempt}: could not get information about the resource {target}"
            failure = ApplyFailure(target.kind, target.key.namespace, target.key.name, what, error)
            raise ApplyError(release_name, [failure]) from error
        problem = "" if adopt else ownership_problem(live, release_name, release_namespace)
        if problem:
            reason = f"{attempt}: {target} exists and cannot be imported into the current release: {problem}"
            raise OwnershipError(release_name, reason)
        found.append(target)
    return found


def ownership_problem(obj: Object, release_name: str, release_namespace: str) -> str:
    """Return why an object is not the release's, in Helm's words, or ``""`` (``checkOwnership``)."""
    annotations = annotations_of(obj)
    checks = (
        ("label", labels_of(obj), MANAGED_BY_LABEL, MANAGED_BY),
        ("annotation", annotations, RELEASE_NAME_ANNOTATION, release_name),
        ("annotation", annotations, RELEASE_NAMESPACE_ANNOTATION, release_namespace),
    )
    problems = []
    for place, found, key, wanted in checks:
        if key not in found:
            problems.append(f'{place} validation error: missing key "{key}": must be set to "{wanted}"')
        elif found[key] != wanted:
            problem = f'key "{key}" must equal "{wanted}": current value is "{found[key]}"'
            problems.append(f"{place} validation error: {problem}")
    return f"invalid ownership metadata; {'; '.join(problems)}" if problems else ""


_METADATA_TYPES = {
    "annotations": "map[string]string",
    "deletionGracePeriodSeconds": "int64",
    "finalizers": "[]string",
    "generateName": "string",
    "generation": "int64",
    "labels": "map[string]string",
    "managedFields": "[]v1.ManagedFieldsEntry",
    "name": "string",
    "namespace": "string",
    "ownerReferences": "[]v1.OwnerReference",
    "resourceVersion": "string",
    "selfLink": "string",
    "uid": "types.UID",
}


def decoding_problem(document: Object) -> str:
    """Return what is of the wrong type in an object's metadata, as ``encoding/json`` words it, or ``""``."""
    meta = document.get("metadata")
    if not isinstance(meta, dict):
        return "" if meta is None else _mismatch(meta, "metadata", "v1.ObjectMeta").replace("ObjectMeta.", "", 1)
    for key in sorted(meta):
        value, wanted = meta[key], _METADATA_TYPES.get(key)
        if wanted is None or value is None:
            continue
        if wanted == "int64":
            fits = isinstance(value, int) and not isinstance(value, bool)
            parts: Iterable[Any] = ()
        elif wanted.startswith("map"):
            fits = isinstance(value, dict)
            parts = value.values() if fits else ()
        elif wanted.startswith("[]"):
            fits = isinstance(value, list)
            parts = value if wanted == "[]string" and fits else ()
        else:
            fits = isinstance(value, str)
            parts = ()
        if not fits:
            return _mismatch(value, f"metadata.{key}", wanted)
        for part in parts:
            if part is not None and not isinstance(part, str):
                return _mismatch(part, f"metadata.{key}", "string")
    return ""


def _mismatch(value: Any, place: str, wanted: str) -> str:
    return f"json: cannot unmarshal {json_kind(value)} into Go struct field ObjectMeta.{place} of type {wanted}"


def _unset(document: Any) -> str:
    """Return which of apiVersion and kind a document (or an item of a ``List``) lacks, in kubectl's words."""
    if not isinstance(document, dict):
        return ""
    missing = [key for key in ("apiVersion", "kind") if not document.get(key)]
    if not missing and document["kind"] == "List":
        for item in document.get("items") or ():
            if isinstance(item, dict):
                missing.extend(key for key in ("apiVersion", "kind") if not item.get(key))
    complaints = list(dict.fromkeys(f"{key} not set" for key in missing))
    if len(complaints) > 1:
        return f"[{', '.join(complaints)}]"
    return complaints[0] if complaints else ""


def _go_json(document: Any) -> str:
    """Write a value as ``json.Marshal`` does: keys sorted, no space, HTML's characters escaped."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _flatten(document: Object) -> Iterator[Object]:
    """Yield an object, or the items of a list (``resource.Builder.Flatten``); items may lack kind and apiVersion."""
    items = document.get("items")
    if not isinstance(items, list):
        yield document
        return
    list_kind = document.get("kind") or ""
    item_kind = "" if list_kind == "List" else list_kind.removesuffix("List")
    for item in items:
        if not isinstance(item, dict):
            yield {}
        elif item_kind and not item.get("kind"):
            yield from _flatten({**item, "kind": item_kind, "apiVersion": document.get("apiVersion")})
        else:
            yield from _flatten(item)


def _target(client: Client, document: Object, namespace: str) -> Target:
    resource = client.catalog.for_object(document)
    obj = deepcopy(document)
    meta = obj.setdefault("metadata", {})
    if not isinstance(meta, dict):
        meta = obj["metadata"] = {}
    if resource.namespaced:
        if not namespace_of(obj):
            meta["namespace"] = namespace
    else:
        meta.pop("namespace", None)
    return Target(resource, ObjectKey(namespace_of(obj), name_of(obj)), obj)


def _strings(mapping: Any) -> dict[str, str]:
    """Return a map of strings as Helm reads it: null is ``""``; anything else in it (in items of lists) empties it."""
    if not isinstance(mapping, dict):
        return {}
    texts = {key: "" if value is None else value for key, value in mapping.items()}
    return texts if all(isinstance(value, str) for value in texts.values()) else {}
