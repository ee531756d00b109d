"""Which objects a command line means: ``TYPE NAME``, ``TYPE/NAME``, ``TYPE -l SELECTOR``, ``-f FILE``.

Follows kubectl's resource builder (``cli-runtime/pkg/resource``), its messages included.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import Switch
from pyhelm.cli.invocation import current
from pyhelm.errors import ApiError, BadRequestError, NotFoundError, PyhelmError, SeveralErrors, UsageError
from pyhelm.kube.objects import Object, ObjectKey, key_of, name_of, namespace_of
from pyhelm.kube.selectors import parse_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.kube.client import Client
    from pyhelm.kube.resources import Resource, ResourceCatalog

_MANIFEST_SUFFIXES = {".yaml", ".yml", ".json"}

FILENAME = click.Option(
    ["-f", "--filename", "filenames"], multiple=True, help="file, folder or - (standard input) with manifests"
)
RECURSIVE = Switch(["-R", "--recursive"], help="process the folder used in -f, --filename recursively")
SELECTOR = click.Option(["-l", "--selector", "labels"], default="", help="label query to filter on")
FIELD_SELECTOR = click.Option(["--field-selector", "fields"], default="", help="field query to filter on")
EVERY_NAMESPACE = Switch(["-A", "--all-namespaces", "every"], help="in all namespaces")
API_RESOURCES = 'Use "kubectl api-resources" for a complete list of supported resources.'


NOTHING_NAMED = """\
You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""


@dataclass(slots=True)
class Selected:
    """One object that a command line means.

    Attributes:
        source: The file it was named in; empty when it was named otherwise.
        object: As it is in the cluster; empty where it was not asked for.
    """

    resource: Resource
    key: ObjectKey
    source: str = ""
    object: Object = field(default_factory=dict)


@dataclass(slots=True)
class Selection:
    """What a command line means.

    Attributes:
        items: In the order to act on.
        single: Exactly one object was named.
        named: Objects were named, not searched for.
        resources: The types that were searched, whether or not something was found.
        errors: What could not be found or read.
    """

    items: list[Selected] = field(default_factory=list)
    single: bool = False
    named: bool = True
    resources: list[Resource] = field(default_factory=list)
    errors: list[PyhelmError] = field(default_factory=list)

    def check(self) -> None:
        """Raise what went wrong, if something did."""
        raise_all(self.errors)


@dataclass(frozen=True, slots=True)
class Query:
    """How objects are chosen that are not named.

    Attributes:
        labels: A label selector.
        fields: A field selector.
        all: Everything of the types (``--all``).
        every: In all namespaces.
        bare: A type alone means everything of it, as it does for ``get``.
    """

    labels: str = ""
    fields: str = ""
    all: bool = False
    every: bool = False
    bare: bool = False


def select(
    client: Client,
    args: Sequence[str],
    filenames: Sequence[str] = (),
    query: Query = Query(),
    *,
    fetch: bool = True,
    recursive: bool = False,
    validated: bool = False,
    ignore_missing: bool = False,
    keep_going: bool = True,
) -> Selection:
    """Return what the arguments and flags of a command mean.

    Args:
        fetch: Read named objects from the cluster.
        validated: Refuse manifests that lack what every object has.
        ignore_missing: Named objects that do not exist are no error.
        keep_going: Collect failures in ``errors`` and look at the rest, instead of raising the first.

    Raises:
        UsageError: They contradict each other, or mean nothing; in kubectl's words.
        NotFoundError: A resource type that the server has not.
    """
    if query.all and (query.labels or query.fields):
        raise UsageError("setting 'all' parameter but found a non empty selector. ")
    types, pairs, names = _parse(client.catalog, args)
    searching = bool(query.labels or query.fields or query.all) or (query.bare and len(args) == 1 and not pairs)
    chosen = Selection()
    if filenames:
        _refuse_arguments_beside_files(types, pairs, names)
        chosen.single = len(filenames) == 1 and filenames[0] != "-" and not Path(filenames[0]).is_dir()
        chosen.items = _from_files(client, filenames, query.labels, recursive=recursive, validated=validated)
    elif searching:
        if names:
            raise UsageError("name cannot be provided when a selector is specified")
        if pairs:
            raise UsageError("selectors and the all flag cannot be used when passing resource/name arguments")
        if not types:
            raise UsageError("at least one resource must be specified to use a selector")
        chosen.named = False
        chosen.resources = list(types)
        _search(client, chosen, query, keep_going=keep_going)
        return chosen
    else:
        chosen.items = _named(types, pairs, names, every=query.every)
        chosen.single = len(chosen.items) == 1
    if fetch:
        _fetch(client, chosen, ignore_missing=ignore_missing, keep_going=keep_going)
    return chosen


def raise_all(errors: Sequence[PyhelmError]) -> None:
    """Raise the errors that came together while a command went on, if there are any."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise SeveralErrors(errors)


def _parse(
    catalog: ResourceCatalog, args: Sequence[str]
) -> tuple[list[Resource], list[tuple[Resource, str]], Sequence[str]]:
    """Return types, pairs of type and name, and names, as ResourceTypeOrNameArgs tells them apart."""
    words = _spread(args)
    slashed = ["/" in word for word in words]
    if words and all(slashed):
        return [], [_pair(catalog, word) for word in words], ()
    if any(slashed):
        raise UsageError(
            "there is no need to specify a resource type as a separate argument when passing arguments in "
            "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource "
            "resource/<resource_name>'"
        )
    if not words:
        return [], [], ()
    types = [resource for name in words[0].split(",") for resource in _expand(catalog, name)]
    return list(dict.fromkeys(types)), [], words[1:]


def _spread(args: Sequence[str]) -> Sequence[str]:
    """Turn ``a,b name`` into ``a/name b/name`` (normalizeMultipleResourcesArgs)."""
    if len(args) < 2 or "," not in args[0]:
        return args
    return [f"{kind}/{name}" for kind in args[0].split(",") for name in args[1:]]


def _pair(catalog: ResourceCatalog, word: str) -> tuple[Resource, str]:
    parts = word.split("/")
    if len(parts) != 2:
        raise UsageError("arguments in resource/name form may not have more than one slash")
    kind, name = parts
    if not kind or not name or "," in kind:
        raise UsageError("arguments in resource/name form must have a single resource and name")
    return find_resource(catalog, kind), name


def _expand(catalog: ResourceCatalog, name: str) -> list[Resource]:
    """Resolve one type name, which may be a category such as ``all``."""
    members: dict[tuple[str, str], Resource] = {}
    for resource in catalog.all():
        if name in resource.categories:
            members.setdefault((resource.group, resource.plural), resource)
    return list(members.values()) or [find_resource(catalog, name)]


def find_resource(catalog: ResourceCatalog, name: str) -> Resource:
    """Return the resource that ``name`` means, with a warning where a short name means several.

    Raises:
        NotFoundError: None is called so.
    """
    resource = catalog.find(name)
    if name in resource.short_names:
        others = dict.fromkeys(
            item.qualified
            for item in catalog.all()
            if name in item.short_names and item.qualified != resource.qualified
        )
        for other in others:
            click.echo(f'Warning: short name "{name}" could also match lower priority resource {other}', err=True)
    return resource


def _refuse_arguments_beside_files(types: Sequence[Any], pairs: Sequence[Any], names: Sequence[str]) -> None:
    if types:
        raise UsageError(
            "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well"
        )
    if names:
        raise UsageError("name cannot be provided when a path is specified")
    if pairs:
        raise UsageError("resource/name arguments cannot be provided when a path is specified")


def _from_files(
    client: Client, filenames: Sequence[str], labels: str, *, recursive: bool, validated: bool
) -> list[Selected]:
    invocation = current()
    wanted = parse_labels(labels)
    found = []
    for obj, source in read_manifests(filenames, recursive=recursive, validated=validated):
        resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given, source=source)
        if wanted.matches_object(obj):
            found.append(Selected(resource, key, source, obj))
    return found


def _named(
    types: Sequence[Resource], pairs: Sequence[tuple[Resource, str]], names: Sequence[str], *, every: bool
) -> list[Selected]:
    if not pairs and not names:
        raise UsageError(
            "resource(s) were provided, but no name was specified" if types else NOTHING_NAMED,
        )
    if names and len(types) > 1:
        raise UsageError("you must specify only one resource")
    namespace = current().namespace
    found = []
    for resource, name in [*pairs, *((types[0], name) for name in names)]:
        if every and resource.namespaced:
            raise UsageError("a resource cannot be retrieved by name across all namespaces")
        found.append(Selected(resource, key_in(resource, namespace, name)))
    return found


def _search(client: Client, chosen: Selection, query: Query, *, keep_going: bool) -> None:
    namespace = "" if query.every else current().namespace
    for resource in chosen.resources:
        try:
            scope = namespace if resource.namespaced else ""
            found = client.list(resource, scope, labels=query.labels, fields=query.fields).items
        except ApiError as error:
            _say_what_was_listed(error, resource, query)
            if not keep_going:
                raise
            chosen.errors.append(error)
            continue
        chosen.items.extend(Selected(resource, key_of(obj), "", obj) for obj in found)


def _say_what_was_listed(error: ApiError, resource: Resource, query: Query) -> None:
    """Word the refusal of a list as kubectl does (EnhanceListError)."""
    if not isinstance(error, BadRequestError | NotFoundError):
        return
    subject = f'"{resource.group}/{resource.version}, Resource={resource.plural}"'
    if query.labels or query.fields:
        selectors = f'label selector "{query.labels}", field selector "{query.fields}"'
        error.message = f"Unable to find {subject} that match {selectors}: {error.message}"
    else:
        error.message = f"Unable to list {subject}: {error.message}"


def _fetch(client: Client, chosen: Selection, *, ignore_missing: bool, keep_going: bool) -> None:
    items, chosen.items = chosen.items, []
    for item in items:
        try:
            item.object = client.get(item.resource, item.key)
        except ApiError as error:
            if not (ignore_missing and isinstance(error, NotFoundError)):
                if not keep_going:
                    raise
                chosen.errors.append(error)
            continue
        chosen.items.append(item)


def nothing_found(*, every: bool) -> str:
    """Say that a search found nothing."""
    return "No resources found" if every else f"No resources found in {current().namespace} namespace."


def key_in(resource: Resource, namespace: str, name: str) -> ObjectKey:
    """Return the key of ``name``; cluster-scoped resources have no namespace."""
    return ObjectKey(namespace if resource.namespaced else "", name)


def read_manifests(
    filenames: Sequence[str], *, recursive: bool = False, validated: bool = False
) -> Iterator[tuple[Object, str]]:
    """Yield the objects in files, lists taken apart, each with the file it came from.

    Raises:
        UsageError: No such file, or a document that is no object.
        YamlError: A file that is no YAML.
    """
    from pyhelm import yaml

    for filename in filenames:
        for source, text in _read(filename, recursive=recursive):
            for document in yaml.load_objects(text, source=source):
                yield from _take_apart(document, source, validated=validated)


def _take_apart(document: object, source: str, *, validated: bool) -> Iterator[tuple[Object, str]]:
    if document is None:
        return
    if not isinstance(document, dict):
        raise UsageError(f'error parsing {source}: a manifest must be a map, not "{document}"')
    if not document.get("kind"):
        from pyhelm.functions.gojson import dumps

        raise UsageError(f"unable to decode \"{source}\": Object 'Kind' is missing in '{dumps(document)}'")
    wrong = [f"{field} isn't string type" for field in ("apiVersion", "kind") if not _is_text(document.get(field))]
    if wrong:
        raise UsageError(
            f'error validating "{source}": error validating data: {wrong[0] if len(wrong) == 1 else wrong}; if you '
            "choose to ignore these errors, turn validation off with --validate=false"
        )
    if validated and not document.get("apiVersion"):
        raise UsageError(
            f'error validating "{source}": error validating data: apiVersion not set; if you choose to ignore these '
            "errors, turn validation off with --validate=false"
        )
    if str(document["kind"]).endswith("List") and isinstance(document.get("items"), list):
        for item in document["items"]:
            yield from _take_apart(item, source, validated=validated)
    else:
        yield document, source


def _is_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _read(filename: str, *, recursive: bool) -> Iterator[tuple[str, bytes]]:
    if filename == "-":
        yield "STDIN", sys.stdin.buffer.read()
        return
    if filename.startswith(("http://", "https://")):
        raise UsageError(f"reading {filename} over the network is not supported; download it first")
    path = Path(filename)
    if not path.exists():
        raise UsageError(f'the path "{filename}" does not exist')
    if not path.is_dir():
        yield filename, path.read_bytes()
        return
    found = sorted(path.rglob("*") if recursive else path.iterdir())
    files = [file for file in found if file.suffix in _MANIFEST_SUFFIXES and file.is_file()]
    if not files:
        raise UsageError(f"error reading [{filename}]: recognized file extensions are [.json .yaml .yml]")
    for file in files:
        yield str(file), file.read_bytes()


def place(client: Client, obj: Object, namespace: str, *, given: bool, source: str = "") -> tuple[Resource, ObjectKey]:
    """Return where a manifest's object belongs, and set its namespace.

    Args:
        source: The file it is from, for messages.

    Raises:
        UsageError: A kind that the cluster does not know, or the manifest's namespace contradicts ``--namespace``.
    """
    try:
        resource = client.catalog.for_kind(obj.get("apiVersion") or "", obj.get("kind") or "")
    except NotFoundError as error:
        raise UsageError(
            f'resource mapping not found for name: "{name_of(obj)}" namespace: "{namespace_of(obj)}" '
            f'from "{source}": {error}\nensure CRDs are installed first'
        ) from None
    if not resource.namespaced:
        obj.get("metadata", {}).pop("namespace", None)
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
