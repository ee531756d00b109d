"""Rendered files become hooks and an ordered manifest.

Follows Helm's ``pkg/release/v1/util`` (SplitManifests, SortManifests) and the assembling part of
``action.Configuration.renderResources``: files in path order, each split at ``---`` lines, documents with a
``helm.sh/hook`` annotation set apart, the rest sorted by kind, stably.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.errors import ManifestError, YamlError
from pyhelm.release.record import Hook, HookEvent
from pyhelm.yaml import load_object
from pyhelm.yaml.golang import json_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

HOOK_ANNOTATION = "helm.sh/hook"
HOOK_WEIGHT_ANNOTATION = "helm.sh/hook-weight"
HOOK_DELETE_ANNOTATION = "helm.sh/hook-delete-policy"
HOOK_LOG_ANNOTATION = "helm.sh/hook-output-log-policy"
RESOURCE_POLICY_ANNOTATION = "helm.sh/resource-policy"

NOTES_SUFFIX = "NOTES.txt"

INSTALL_ORDER = (
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
)
"""The order in which kinds are installed; kinds that are not here come last, by name."""

UNINSTALL_ORDER = (
    # Webhooks first, validation before mutation, so that they cannot hold up the rest.
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
    "APIService",
    "Ingress",
    "IngressClass",
    "Service",
    "CronJob",
    "Job",
    "StatefulSet",
    "HorizontalPodAutoscaler",
    "Deployment",
    "ReplicaSet",
    "ReplicationController",
    "Pod",
    "DaemonSet",
    "RoleBindingList",
    "RoleBinding",
    "RoleList",
    "Role",
    "ClusterRoleBindingList",
    "ClusterRoleBinding",
    "ClusterRoleList",
    "ClusterRole",
    "CustomResourceDefinition",
    "PersistentVolumeClaim",
    "PersistentVolume",
    "StorageClass",
    "ConfigMap",
    "SecretList",
    "Secret",
    "ServiceAccount",
    "PodDisruptionBudget",
    "PodSecurityPolicy",
    "LimitRange",
    "ResourceQuota",
    "NetworkPolicy",
    "Namespace",
    "PriorityClass",
)
"""The order in which kinds are removed."""

# unicode.IsSpace; str.strip() without arguments would also take \x1c to \x1f.
_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_SEPARATOR = re.compile(r"^---[ \t]*", re.MULTILINE)
_DECIMAL = re.compile(r"[+-]?[0-9]+")
_EVENTS = {event.value: event for event in HookEvent} | {"test-success": HookEvent.TEST}
_METADATA_TYPE = 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }'


@dataclass(frozen=True, slots=True)
class Head:
    """What ordering needs to know of a document; missing parts are empty."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    annotations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """One document that is no hook.

    Attributes:
        path: The template it came from.
        content: Its text, without the separator.
        document: The parsed document: a dictionary, or None for an empty one. Shared: never change it.
    """

    path: str
    content: str
    head: Head
    document: Any


@dataclass(frozen=True, slots=True)
class Sorted:
    """Hooks and manifests, each in the order asked for; ``skipped`` are (path, annotation) of unknown hooks."""

    hooks: list[Hook]
    manifests: list[Manifest]
    skipped: list[tuple[str, str]]


def split_documents(text: str) -> list[str]:
    """Split YAML text at lines that begin with ``---``; documents of white space alone are dropped (SplitManifests)."""
    documents = []
    for document in _SEPARATOR.split(text.lstrip(_SPACE)):
        stripped = document.lstrip(_SPACE)
        if stripped:
            documents.append(stripped)
    return documents


def take_notes(files: Mapping[str, str], chart_name: str, *, sub_notes: bool = False) -> tuple[dict[str, str], str]:
    """Return the files that are no notes, and the notes: the chart's own, or all of them with ``sub_notes``."""
    rest = {}
    notes = ""
    own = f"{chart_name}/templates/{NOTES_SUFFIX}"
    for path in sorted(files):
        if not path.endswith(NOTES_SUFFIX):
            rest[path] = files[path]
        elif sub_notes or path == own:
            notes = f"{notes}\n{files[path]}" if notes else files[path]
    return rest, notes


def sort_manifests(files: Mapping[str, str], order: Sequence[str] = INSTALL_ORDER, *, release_name: str = "") -> Sorted:
    """Split ``files`` (path to text) into hooks and manifests, both ordered by kind.

    Raises:
        ManifestError: A document is no YAML, or its head has parts of the wrong type.
    """
    hooks: list[Hook] = []
    manifests: list[Manifest] = []
    skipped: list[tuple[str, str]] = []
    for path in sorted(files):
        text = files[path]
        if path.rpartition("/")[2].startswith("_") or not text.strip(_SPACE):
            continue
        for content in split_documents(text):
            document, head = _parse(content, path, release_name)
            marks = head.annotations.get(HOOK_ANNOTATION)
            if marks is None:
                manifests.append(Manifest(path, content, head, document))
                continue
            hook = _hook(path, content, head, marks)
            if hook is None:
                skipped.append((path, marks))
            else:
                hooks.append(hook)
    rank = _ranking(order)
    hooks.sort(key=lambda hook: rank(hook.kind))
    manifests.sort(key=lambda manifest: rank(manifest.head.kind))
    return Sorted(hooks, manifests, skipped)


def sort_stored(text: str, order: Sequence[str] = UNINSTALL_ORDER, *, release_name: str = "") -> list[Manifest]:
    """Order the documents of a release's stored manifest.

    Helm calls them ``manifest-N`` and starts from the order of these names as text: of one kind, 10 comes before 2.

    Raises:
        ManifestError: The record's manifest is damaged.
    """
    files = {f"manifest-{number}": content for number, content in enumerate(split_documents(text))}
    return sort_manifests(files, order, release_name=release_name).manifests


def join_manifests(manifests: Iterable[Manifest], *, hide_secrets: bool = False) -> str:
    """Return the release's manifest: each document behind a separator and the name of its template."""
    parts = []
    for manifest in manifests:
        content = manifest.content
        if hide_secrets and manifest.head.kind == "Secret" and manifest.head.api_version == "v1":
            content = "# HIDDEN: The Secret output has been suppressed"
        parts.append(source_document(manifest.path, content))
    return "".join(parts)


def source_document(path: str, content: str) -> str:
    """Return one document as Helm prints it: separator, ``# Source:`` line, text, newline."""
    return f"---\n# Source: {path}\n{content}\n"


def _ranking(order: Sequence[str]) -> Callable[[str], tuple[int, str]]:
    positions = {kind: position for position, kind in enumerate(order)}
    last = len(positions)

    def rank(kind: str) -> tuple[int, str]:
        position = positions.get(kind)
        return (last, kind) if position is None else (position, "")

    return rank


def _parse(content: str, path: str, release_name: str) -> tuple[Any, Head]:
    try:
        document = load_object(content)
        return document, _head(document)
    except YamlError as error:
        raise ManifestError(release_name, path, error.reason, error.line) from error


def _head(document: Any) -> Head:
    """Read a document's head as ``encoding/json`` fills Helm's SimpleHead: any case of keys, scalars made strings."""
    if document is None:
        return Head()
    if not isinstance(document, dict):
        raise _mismatch(document, "value of type util.SimpleHead")
    metadata = _field(document, "metadata")
    api_version = _string(_field(document, "apiVersion"), ".apiVersion")
    kind = _string(_field(document, "kind"), ".kind")
    if metadata is None:
        return Head(api_version, kind)
    if not isinstance(metadata, dict):
        raise _mismatch(metadata, f"struct field .metadata of type {_METADATA_TYPE}")
    annotations = _field(metadata, "annotations")
    if annotations is None:
        annotations = {}
    elif not isinstance(annotations, dict):
        raise _mismatch(annotations, "struct field .metadata.annotations of type map[string]string")
    texts = {key: _string(annotations[key], f".metadata.annotations.{key}") for key in sorted(annotations)}
    return Head(api_version, kind, _string(_field(metadata, "name"), ".metadata.name"), texts)


def _field(mapping: dict[str, Any], name: str) -> Any:
    if name in mapping:
        return mapping[name]
    folded = name.lower()
    found = None
    for key in sorted(mapping):
        if key.lower() == folded:
            found = mapping[key]
    return found


def _string(value: Any, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        from pyhelm.functions.gofmt import to_text

        return to_text(value)
    raise _mismatch(value, f"struct field {place} of type string")


def _mismatch(value: Any, wanted: str) -> YamlError:
    found = f"json: cannot unmarshal {json_kind(value)} into Go {wanted}"
    return YamlError(f"error unmarshaling JSON: while decoding JSON: {found}")


def _hook(path: str, content: str, head: Head, marks: str) -> Hook | None:
    events = []
    for mark in marks.split(","):
        event = _EVENTS.get(mark.strip(_SPACE).lower())
        if event is None:
            return None
        events.append(event)
    weight = head.annotations.get(HOOK_WEIGHT_ANNOTATION, "")
    return Hook(
        name=head.name,
        kind=head.kind,
        path=path,
        manifest=content,
        events=events,
        weight=int(weight) if _DECIMAL.fullmatch(weight) else 0,
        delete_policies=_policies(head, HOOK_DELETE_ANNOTATION),
        output_log_policies=_policies(head, HOOK_LOG_ANNOTATION),
    )


def _policies(head: Head, annotation: str) -> list[str]:
    value = head.annotations.get(annotation)
    return [] if value is None else [policy.strip(_SPACE).lower() for policy in value.split(",")]
