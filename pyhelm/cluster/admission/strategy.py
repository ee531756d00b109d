"""What is particular about a kind when its objects are written, and where that is found."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from pyhelm.kube.names import dns_subdomain_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.cluster.admission.field import Errors
    from pyhelm.kube.objects import Object, ObjectKey
    from pyhelm.kube.resources import Resource


class Context(Protocol):
    """What admission may know of the cluster: shared objects that must not be changed."""

    def look(self, api_version: str, kind: str, key: ObjectKey) -> Object | None:
        """Return an object, or None."""

    def every(self, api_version: str, kind: str, namespace: str = "") -> list[Object]:
        """Return all objects of a kind."""

    def timestamp(self) -> str:
        """Return the cluster's time as objects show it."""

    def suffix(self, seed: str) -> str:
        """Return five characters that depend on the cluster's seed and ``seed`` only."""

    def refuse(self, resource: str, name: str, reason: str) -> Exception:
        """Return the error of an admission plugin that forbids a write."""


def _nothing(_: Object) -> None:
    """Leave the object as it is."""


def _no_preparation(_: Object, __: Context) -> None:
    """Leave a new object as it is."""


def _no_change(_: Object, __: Object, ___: Context) -> None:
    """Leave an update as it is."""


def _fine(_: Object) -> Errors:
    return []


def _fine_update(_: Object, __: Object) -> Errors:
    return []


@dataclass(frozen=True, slots=True)
class Strategy:
    """How one kind is written (the API server's registry strategies, and its default admission plugins).

    Attributes:
        default: Fills in defaults, in place.
        admit: Changes or refuses a new object, as admission plugins do (service account, storage class).
        prepare_create: Drops what only the server may set, and allocates.
        prepare_update: Keeps what an update may not change.
        validate: Returns what is wrong with a new object, name included.
        validate_update: Returns what is wrong with an update; the arguments are the new and the old object.
        check_name: The rule for names, for kinds whose ``validate`` does not check it.
        generation: The parts whose change moves ``metadata.generation`` (``*``: everything but metadata and status);
            empty for kinds without one.
        status: What the status of a new object is; None for kinds whose status is an ordinary part (or missing).
        typed: Fields are those of a Go type: nulls and empty lists do not survive decoding.
        unconditional_update: An update without resourceVersion is fine.
        answers_object: DELETE answers the object, not a Status.
        orphans: Deletes leave dependents unless told otherwise.
    """

    default: Callable[[Object], None] = _nothing
    admit: Callable[[Object, Context], None] = _no_preparation
    prepare_create: Callable[[Object, Context], None] = _no_preparation
    prepare_update: Callable[[Object, Object, Context], None] = _no_change
    validate: Callable[[Object], Errors] = _fine
    validate_update: Callable[[Object, Object], Errors] = _fine_update
    check_name: Callable[[str], list[str]] = dns_subdomain_errors
    generation: tuple[str, ...] = ()
    status: dict[str, Any] | None = None
    typed: bool = True
    unconditional_update: bool = True
    answers_object: bool = False
    orphans: bool = False


ORDINARY = Strategy()
"""A built-in kind without rules of its own here."""

CUSTOM = Strategy(typed=False, generation=("*",), unconditional_update=False)
"""A custom resource without a status subresource: everything but metadata moves the generation."""

CUSTOM_WITH_STATUS = Strategy(typed=False, generation=("*",), status={}, unconditional_update=False)
"""A custom resource whose status is a subresource."""

_MODULES = {
    "": "core",
    "apps": "apps",
    "batch": "batch",
    "policy": "policy",
    "autoscaling": "autoscaling",
    "networking.k8s.io": "networking",
    "rbac.authorization.k8s.io": "rbac",
    "storage.k8s.io": "storage",
    "apiextensions.k8s.io": "extensions",
    "discovery.k8s.io": "networking",
    "scheduling.k8s.io": "scheduling",
}
_found: dict[tuple[str, str], Strategy] = {}


def strategy_of(resource: Resource, *, custom: bool = False) -> Strategy:
    """Return the strategy of a resource's kind.

    Args:
        resource: What is written.
        custom: A CustomResourceDefinition defines it.
    """
    if custom:
        return CUSTOM_WITH_STATUS if "status" in resource.subresources else CUSTOM
    key = (resource.group, resource.kind)
    strategy = _found.get(key)
    if strategy is None:
        module = _MODULES.get(resource.group)
        table: dict[str, Strategy] = {}
        if module is not None:
            table = import_module(f"pyhelm.cluster.admission.{module}").STRATEGIES
        strategy = _found[key] = table.get(resource.kind, ORDINARY)
    return strategy
