"""The resources of the Kubernetes API: which exist, how they are called, and where their objects live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.kube.objects import Object


EVERY_VERB = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, slots=True)
class Resource:
    """One endpoint of the API, such as ``deployments`` of ``apps/v1``.

    Attributes:
        group: Empty for the core group.
        plural: The resource's name in paths, such as ``deployments``.
        namespaced: Whether its objects live in namespaces.
        short_names: kubectl's abbreviations, such as ``deploy``.
        categories: Such as ``all``.
        verbs: What may be asked of it; reviews can only be created.
    """

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True
    singular: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: tuple[str, ...] = ()
    verbs: tuple[str, ...] = EVERY_VERB

    @property
    def api_version(self) -> str:
        """``group/version``, or the version alone for the core group."""
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def qualified(self) -> str:
        """``plural.group`` as kubectl and API errors write it (``deployments.apps``, ``pods``)."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


class ResourceCatalog(Protocol):
    """Discovery: finds resources by what people and manifests call them."""

    def for_object(self, obj: Object) -> Resource:
        """Return the resource of an object's apiVersion and kind; raises NotFoundError with Helm's wording."""

    def for_kind(self, api_version: str, kind: str) -> Resource:
        """Return the resource of a kind; raises NotFoundError."""

    def find(self, name: str) -> Resource:
        """Return the resource kubectl would take for ``name``.

        Such as ``deploy``, ``deployments.apps``, ``deployments.v1.apps`` or ``Deployment``.

        Raises:
            NotFoundError: ``the server doesn't have a resource type "…"``.
        """

    def all(self) -> Iterable[Resource]:
        """Yield every resource, preferred versions first."""
