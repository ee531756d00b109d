"""Which resources a cluster serves, and which of them a name or a manifest means.

The built-in ones are those of Kubernetes 1.37 (``data/resources.txt``); CustomResourceDefinitions are registered as
they come and go. Resolution follows client-go: discovery order decides between groups, preferred versions come first.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm.errors import NotFoundError
from pyhelm.kube.objects import name_of, namespace_of
from pyhelm.kube.resources import EVERY_VERB, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyhelm.kube.objects import Object

_TABLE = Path(__file__).with_name("data") / "resources.txt"


class Catalog:
    """The resources of one cluster; implements ``ResourceCatalog``.

    Args:
        prerelease: Serve alpha and beta versions too, which a Kubernetes API server leaves out unless told otherwise.
    """

    def __init__(self, *, prerelease: bool = False) -> None:
        self._builtin = _load(prerelease=prerelease)
        self._custom: dict[str, tuple[Resource, ...]] = {}
        self._index()

    # --- lookups ------------------------------------------------------------------------------------------------

    def for_object(self, obj: Object) -> Resource:
        """Return the resource of an object's apiVersion and kind.

        Raises:
            NotFoundError: In cli-runtime's words, which Helm and kubectl show.
        """
        found = self.get(obj.get("apiVersion") or "", obj.get("kind") or "")
        if found is not None:
            return found
        reason = no_match(obj.get("apiVersion") or "", obj.get("kind") or "")
        message = (
            f'resource mapping not found for name: "{name_of(obj)}" namespace: "{namespace_of(obj)}" from "": '
            f"{reason}\nensure CRDs are installed first"
        )
        raise NotFoundError(message)

    def for_kind(self, api_version: str, kind: str) -> Resource:
        """Return the resource of a kind; raises NotFoundError (``no matches for kind "X" in version "y/v1"``)."""
        found = self.get(api_version, kind)
        if found is None:
            raise NotFoundError(no_match(api_version, kind))
        return found

    def get(self, api_version: str, kind: str) -> Resource | None:
        """Return the resource of a kind, or None; what manifests say may be no text at all."""
        try:
            return self._by_kind.get((api_version, kind))
        except TypeError:  # a list or a map
            return None

    def serves(self, api_version: str) -> bool:
        """Tell whether any resource of ``group/version`` is served."""
        return any(version == api_version for version, _ in self._by_kind)

    def preferred(self, group: str, kind: str) -> Resource | None:
        """Return the preferred version of a kind, or None."""
        return next((item for item in self._ordered if item.kind == kind and item.group == group), None)

    def find(self, name: str) -> Resource:
        """Return the resource kubectl takes for ``name``: plural, singular, kind or short name, with group and version.

        Raises:
            NotFoundError: ``the server doesn't have a resource type "…"``.
        """
        resource, _, rest = name.partition(".")
        version, dot, group = rest.partition(".")
        found = None
        if dot:  # ParseResourceArg: resource.version.group
            found = self._find_plural(resource, group, version)
        found = found or self._find_plural(resource, rest) or self._find_kind(name)
        if found is None:
            message = f'the server doesn\'t have a resource type "{resource}"'
            raise NotFoundError(message)
        return found

    def find_category(self, name: str) -> tuple[Resource, ...]:
        """Return the preferred resources of a category such as ``all``, in discovery order."""
        return tuple(item for item in self._preferred if name in item.categories)

    def all(self) -> Iterator[Resource]:
        """Yield every resource, preferred versions first."""
        return iter(self._ordered)

    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return the versions of each group, both in discovery order, the preferred version first."""
        found: dict[str, dict[str, None]] = {}
        for item in self._served:
            found.setdefault(item.group, {})[item.version] = None
        return {group: tuple(versions) for group, versions in found.items()}

    # --- custom resources ---------------------------------------------------------------------------------------

    def add_crd(self, crd: Object) -> tuple[Resource, ...]:
        """Serve the versions of a CustomResourceDefinition, in place of what it defined before."""
        resources = resources_of_crd(crd)
        self._custom[name_of(crd)] = resources
        self._index()
        return resources

    def remove_crd(self, name: str) -> None:
        """Stop serving the CustomResourceDefinition ``name`` (``plural.group``); unknown names are ignored."""
        if self._custom.pop(name, None) is not None:
            self._index()

    def is_custom(self, resource: Resource) -> bool:
        """Tell whether a CustomResourceDefinition defines the resource."""
        return resource in self._custom.get(resource.qualified, ())

    # --- private ------------------------------------------------------------------------------------------------

    def _index(self) -> None:
        custom = [item for name in sorted(self._custom, key=_by_group) for item in self._custom[name]]
        self._served = [*self._builtin, *custom]
        seen: set[tuple[str, str]] = set()
        first: list[Resource] = []
        later: list[Resource] = []
        for item in self._served:
            identity = (item.group, item.plural)
            (later if identity in seen else first).append(item)
            seen.add(identity)
        self._preferred = first
        self._ordered = [*first, *later]
        self._by_kind: dict[tuple[str, str], Resource] = {}
        for item in self._served:
            self._by_kind.setdefault((item.api_version, item.kind), item)

    def _find_plural(self, name: str, group: str, version: str = "") -> Resource | None:
        """Find by plural, singular or short name: shortcutExpander, then DefaultRESTMapper.ResourcesFor."""
        if not any(item.plural == name and group in {"", item.group} for item in self._served):
            exact = (item for item in self._served if name in item.short_names and group in {"", item.group})
            prefix = (item for item in self._served if name in item.short_names and item.group.startswith(group))
            long = next(exact, None) or next(prefix, None)
            if long is not None:
                name, group = long.plural, long.group
        name, group = name.lower(), group.lower()
        named = [item for item in self._ordered if name in {item.plural, item.singular}]
        if version:
            return next((item for item in named if item.group == group and item.version == version), None)
        if group:
            same = [item for item in named if item.group == group]
            named = same or [item for item in named if item.group.startswith(group)]
        return named[0] if named else None

    def _find_kind(self, name: str) -> Resource | None:
        """Find by kind, spelled as it is: ``Kind``, ``Kind.group`` or ``Kind.version.group``."""
        kind, _, rest = name.partition(".")
        version, dot, group = rest.partition(".")
        if dot:
            for item in self._ordered:
                if (item.kind, item.version, item.group) == (kind, version, group):
                    return item
        for item in self._ordered:
            if item.kind == kind and item.group == rest:
                return item
        return None


def no_match(api_version: str, kind: str) -> str:
    """Say that a kind is not served, as meta.NoKindMatchError does."""
    return f'no matches for kind "{kind}" in version "{api_version}"'


def resources_of_crd(crd: Object) -> tuple[Resource, ...]:
    """Return the served versions of a CustomResourceDefinition, preferred first (GA, beta, alpha; higher first)."""
    spec: dict[str, Any] = crd.get("spec") or {}
    names: dict[str, Any] = spec.get("names") or {}
    accepted: dict[str, Any] = (crd.get("status") or {}).get("acceptedNames") or {}
    kind = names.get("kind") or accepted.get("kind") or ""
    served = [version for version in spec.get("versions") or () if version.get("served")]
    served.sort(key=lambda version: version_rank(version.get("name") or ""))
    return tuple(
        Resource(
            group=spec.get("group") or "",
            version=version["name"],
            kind=kind,
            plural=names.get("plural") or "",
            namespaced=spec.get("scope") != "Cluster",
            singular=names.get("singular") or kind.lower(),
            short_names=tuple(names.get("shortNames") or ()),
            categories=tuple(names.get("categories") or ()),
            subresources=tuple(sorted(version.get("subresources") or ())),
        )
        for version in served
    )


def version_rank(version: str) -> tuple[int, int, int, str]:
    """Return a key that sorts versions best first (version.CompareKubeAwareVersionStrings)."""
    stage = 0
    major, minor = 0, 0
    rest = version[1:] if version.startswith("v") else ""
    for position, name in enumerate(("alpha", "beta"), start=1):
        head, word, tail = rest.partition(name)
        if word and head.isascii() and head.isdigit() and tail.isascii() and tail.isdigit():
            return (3 - position, -int(head), -int(tail), version)
    if rest.isascii() and rest.isdigit():
        return (stage, -int(rest), minor, version)
    return (3, major, minor, version)


def is_prerelease(version: str) -> bool:
    """Tell whether a version's name says alpha or beta."""
    return "alpha" in version or "beta" in version


def _by_group(name: str) -> tuple[str, str]:
    plural, _, group = name.partition(".")
    return group, plural


def _load(*, prerelease: bool) -> list[Resource]:
    return list(_parse(_TABLE.read_text("utf-8").splitlines(), prerelease=prerelease))


def _parse(lines: Iterable[str], *, prerelease: bool) -> Iterator[Resource]:
    for line in lines:
        if line.startswith("#"):
            continue
        group, version, plural, kind, scope, short, categories, subresources, verbs = line.split(" ")
        if not prerelease and is_prerelease(version):
            continue
        yield Resource(
            group="" if group == "-" else group,
            version=version,
            kind=kind,
            plural=plural,
            namespaced=scope == "N",
            singular=kind.lower(),
            short_names=() if short == "-" else tuple(short.split(",")),
            categories=() if categories == "-" else tuple(categories.split(",")),
            subresources=() if subresources == "-" else tuple(subresources.split(",")),
            verbs=EVERY_VERB if verbs == "*" else tuple(verbs.split(",")),
        )
