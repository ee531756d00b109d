"""List releases, one revision of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pyhelm.errors import UsageError
from pyhelm.kube.selectors import parse_labels
from pyhelm.release.record import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyhelm.action.environment import Environment
    from pyhelm.release.record import Release
    from pyhelm.release.storage import StoredRevision

ALL_STATES = frozenset(Status) - {Status.UNKNOWN}
PENDING_STATES = frozenset({Status.PENDING_INSTALL, Status.PENDING_UPGRADE, Status.PENDING_ROLLBACK})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """Which releases, and in which order.

    Attributes:
        filter: A regular expression (RE2) that names must contain.
        states: Of the revisions to show; superseded ones are found only when nothing else is asked for.
        selector: Over the records' labels, the drivers' (``name``, ``status``, …) included.
        limit: How many at most; 0 for all.
        offset: How many to leave out at the start.
        by_date: Oldest deployment first instead of by name.
        reverse: The other way round.
    """

    filter: str = ""
    states: frozenset[Status] = field(default=ALL_STATES)
    selector: str = ""
    limit: int = 256
    offset: int = 0
    by_date: bool = False
    reverse: bool = False


DEFAULT_OPTIONS = ListOptions()


def list_releases(env: Environment, options: ListOptions = DEFAULT_OPTIONS) -> list[Release]:
    """Return releases, one revision of each (the last); records are chosen by their labels and then decoded.

    Raises:
        UsageError: The filter is no regular expression.
        ApiError: The selector is none.
    """
    matches = _filter(options.filter)
    selects = parse_labels(options.selector).matches if options.selector else None
    found: Iterable[StoredRevision] = [revision for revision in env.storage.all() if matches(revision.name)]
    if options.states != {Status.SUPERSEDED}:
        found = _latest(found)
    chosen = [
        revision
        for revision in found
        if revision.status in options.states and (selects is None or selects(revision.labels))
    ]
    if options.by_date:
        chosen.sort(key=_date_and_name, reverse=options.reverse)
    else:
        chosen.sort(key=lambda revision: revision.name, reverse=options.reverse)
    last = options.offset + options.limit if options.limit > 0 else None
    return [revision.release() for revision in chosen[options.offset : last]]


def _date_and_name(revision: StoredRevision) -> tuple[int, str]:
    deployed = revision.release().info.last_deployed
    return (int(deployed.timestamp()) if deployed else 0, revision.name)


def _latest(revisions: Iterable[StoredRevision]) -> list[StoredRevision]:
    latest: dict[tuple[str, str], StoredRevision] = {}
    for revision in revisions:
        key = (revision.namespace, revision.name)
        other = latest.get(key)
        if other is None or other.version <= revision.version:
            latest[key] = revision
    return list(latest.values())


def _filter(pattern: str) -> Callable[[str], bool]:
    if not pattern:
        return lambda _name: True
    from pyhelm.functions.regex import Pattern, PatternError

    try:
        compiled = Pattern(pattern)
    except PatternError as error:
        raise UsageError(str(error)) from error
    return lambda name: compiled.find(name.encode()) is not None
