"""Which objects a command line means: ``TYPE NAME``, ``TYPE/NAME``, ``TYPE -l SELECTOR``, ``-f FILE``.

Follows kubectl's resource builder (``cli-runtime/pkg/resource``), its messages included.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pyhelm.errors import ApiError, UsageError
from pyhelm.kube.objects import Object, ObjectKey, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource, ResourceCatalog

_MANIFEST_SUFFIXES = {".yaml", ".yml", ".json"}

FILENAME = click.Option(
    ["-f", "--filename", "filenames"], multiple=True, help="file, folder or - (standard input) with manifests"
)
RECURSIVE_HELP = "process the folder used in -f, --filename recursively"


@dataclass(frozen=True, slots=True)
class Target:
    """One resource, and the names asked for (none: all of them)."""

    resource: Resource
    names: tuple[str, ...] = ()


def parse_targets(catalog: ResourceCatalog, args: Sequence[str]) -> list[Target]:
    """Return what the positional arguments of a command mean.

    Raises:
        UsageError: They cannot be understood; in kubectl's words.
        NotFoundError: A resource type that the server has not.
    """
    if not args:
        return []
    slashed = ["/" in arg for arg in args]
    if all(slashed):
        return _parse_pairs(catalog, args)
    if any(slashed):
        raise UsageError(
            "there is no need to specify a resource type as a separate argument when passing arguments in "
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource "
            "resource/<resource_name>'"
        )
    types, names = args[0], tuple(args[1:])
    resources = [resource for name in types.split(",") for resource in _expand(catalog, name)]
    return [Target(resource, names) for resource in resources]


def _parse_pairs(catalog: ResourceCatalog, args: Sequence[str]) -> list[Target]:
    targets = []
    for arg in args:
        kind, _, name = arg.partition("/")
        if not kind or not name or "/" in name:
            raise UsageError(f"arguments in resource/name form must have a single resource and name: {arg}")
        targets.append(Target(catalog.find(kind), (name,)))
    return targets


def _expand(catalog: ResourceCatalog, name: str) -> list[Resource]:
    """Resolve one type name, which may be a category such as ``all``."""
    members = [resource for resource in catalog.all() if name in resource.categories]
    return members or [catalog.find(name)]


def one_target(catalog: ResourceCatalog, args: Sequence[str]) -> tuple[Resource, str]:
    """Return the single object that ``args`` names."""
    targets = parse_targets(catalog, args)
    if not targets:
        raise UsageError("required resource not specified")
    named = [(target.resource, name) for target in targets for name in target.names]
    if len(named) != 1:
        raise UsageError(
            "resource(s) were provided, but no name was specified" if not named else "one object at a time"
        )
    return named[0]


def key_in(resource: Resource, namespace: str, name: str) -> ObjectKey:
    """Return the key of ``name``; cluster-scoped resources have no namespace."""
    return ObjectKey(namespace if resource.namespaced else "", name)


def fetch(
    client: Client, target: Target, namespace: str, *, labels: str = "", fields: str = "", every: bool = False
) -> list[Object]:
    """Return the objects of a target; ``every`` looks in all namespaces."""
    if target.names:
        if every:
            raise UsageError("a resource cannot be retrieved by name across all namespaces")
        return [client.get(target.resource, key_in(target.resource, namespace, name)) for name in target.names]
    scope = "" if every or not target.resource.namespaced else namespace
    return client.list(target.resource, scope, labels=labels, fields=fields).items


def read_manifests(filenames: Sequence[str], *, recursive: bool = False) -> Iterator[tuple[Object, str]]:
    """Yield the objects in files, lists taken apart, each with the file it came from.

    Raises:
        UsageError: No such file, or a document that is no object.
        YamlError: A file that is no YAML.
    """
    from pyhelm import yaml

    for filename in filenames:
        for source, text in _read(filename, recursive=recursive):
            for document in yaml.load_objects(text, source=source):
                yield from _take_apart(document, source)


def _take_apart(document: object, source: str) -> Iterator[tuple[Object, str]]:
    if document is None:
        return
    if not isinstance(document, dict):
        raise UsageError(f'error parsing {source}: a manifest must be a map, not "{document}"')
    for field in ("apiVersion", "kind"):
        if not document.get(field):
            raise UsageError(f'error validating "{source}": error validating data: {field} not set')
    if str(document["kind"]).endswith("List") and isinstance(document.get("items"), list):
        for item in document["items"]:
            yield from _take_apart(item, source)
    else:
        yield document, source


def _read(filename: str, *, recursive: bool) -> Iterator[tuple[str, str]]:
    if filename == "-":
        yield "STDIN", sys.stdin.read()
        return
    if filename.startswith(("http://", "https://")):
        raise UsageError(f"reading {filename} over the network is not supported; download it first")
    path = Path(filename)
    if not path.exists():
        raise UsageError(f'the path "{filename}" does not exist')
    if not path.is_dir():
        yield filename, path.read_text("utf-8")
        return
    found = sorted(path.rglob("*") if recursive else path.iterdir())
    for file in found:
        if file.suffix in _MANIFEST_SUFFIXES and file.is_file():
            yield str(file), file.read_text("utf-8")


def place(client: Client, obj: Object, namespace: str, *, given: bool) -> tuple[Resource, ObjectKey]:
    """Return where a manifest's object belongs, and set its namespace.

    Raises:
        UsageError: The manifest's namespace contradicts ``--namespace``.
    """
    resource = client.catalog.for_object(obj)
    if not resource.namespaced:
        return resource, ObjectKey("", name_of(obj))
    own = namespace_of(obj)
    if own and given and own != namespace:
        raise UsageError(
            f'the namespace from the provided object "{own}" does not match the namespace "{namespace}". '
            f"You must pass '--namespace={own}' to perform this operation."
        )
    obj.setdefault("metadata", {})["namespace"] = own or namespace
    return resource, ObjectKey(own or namespace, name_of(obj))


@contextmanager
def blamed_on(source: str, verb: str) -> Iterator[None]:
    """Name the file in what the server refuses (kubectl's AddSourceToErr)."""
    try:
        yield
    except ApiError as error:
        error.message = f'error when {verb} "{source}": {error.message}'
        raise


def noun(resource: Resource, name: str) -> str:
    """Return how kubectl names an object it acted on (``deployment.apps/web``)."""
    return f"{_singular(resource)}/{name}"


def quoted_noun(resource: Resource, name: str) -> str:
    """Return how ``kubectl delete`` names an object (``deployment.apps "web"``)."""
    return f'{_singular(resource)} "{name}"'


def _singular(resource: Resource) -> str:
    kind = resource.kind.lower()
    return f"{kind}.{resource.group}" if resource.group else kind
