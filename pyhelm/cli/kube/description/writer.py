"""Lines of a description: indented by level, aligned by tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.cli.tabwriter import align
from pyhelm.kube import quantity, times
from pyhelm.kube.objects import annotations_of, controller_of, labels_of, name_of, namespace_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pyhelm.kube.objects import Object

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 140
_ZERO_TIME = "Mon, 01 Jan 0001 00:00:00 +0000"


class Writer:
    """Collects text; a level is two spaces.

    Args:
        indent: Levels added to everything that is written.
    """

    def __init__(self, *, indent: int = 0) -> None:
        self._parts: list[str] = []
        self._indent = indent

    def nested(self, levels: int) -> Writer:
        """Return a writer into the same description, every piece of whose text is indented further."""
        inner = Writer(indent=self._indent + levels)
        inner._parts = self._parts
        return inner

    def write(self, level: int, text: str) -> None:
        """Add text; whoever writes ends the line."""
        self._parts.append("  " * (level + self._indent) + text)

    def line(self, level: int, text: str) -> None:
        """Add a whole line."""
        self.write(level, f"{text}\n")

    def facts(self, level: int, pairs: Iterable[tuple[str, Any]]) -> None:
        """Add a line for each label and value."""
        for label, value in pairs:
            self.line(level, f"{label}:\t{value}")

    def listed(self, title: str, items: Sequence[str], *, indent: str = "") -> None:
        """Add a title with one item on each line."""
        self.write(0, f"{indent}{title}:\t")
        if not items:
            self.line(0, "<none>")
            return
        for position, item in enumerate(items):
            if position:
                self.write(0, indent)
                self.write(0, "\t")
            self.line(0, item)

    def labels(self, title: str, labels: Mapping[str, object] | None, *, indent: str = "") -> None:
        """Add ``key=value`` lines under a title."""
        self.listed(title, [f"{key}={value}" for key, value in sorted((labels or {}).items())], indent=indent)

    def annotations(self, title: str, annotations: Mapping[str, str] | None) -> None:
        """Add annotations; long or multi-line ones get lines of their own."""
        self.write(0, f"{title}:\t")
        shown = sorted((key, value) for key, value in (annotations or {}).items() if key != _LAST_APPLIED)
        if not shown:
            self.line(0, "<none>")
        for position, (key, value) in enumerate(shown):
            if position:
                self.write(0, "\t")
            text = value.removesuffix("\n")
            if _size(text) + _size(key) + 2 > _LONGEST_ANNOTATION or "\n" in text:
                self.line(0, f"{key}:")
                for line in text.split("\n"):
                    self.line(0, f"\t  {shorten(line, _LONGEST_ANNOTATION - 2)}")
            else:
                self.line(0, f"{key}: {text}")

    def head(self, obj: Object, *, namespaced: bool = True) -> None:
        """Add name, namespace, labels and annotations."""
        self.identity(obj, namespaced=namespaced)
        self.labels("Labels", labels_of(obj))
        self.annotations("Annotations", annotations_of(obj))

    def identity(self, obj: Object, *, namespaced: bool = True) -> None:
        """Add name and namespace."""
        self.line(0, f"Name:\t{name_of(obj)}")
        if namespaced:
            self.line(0, f"Namespace:\t{namespace_of(obj)}")

    def controlled_by(self, obj: Object) -> None:
        """Add the owner that controls the object, if there is one."""
        owner = controller_of(obj)
        if owner:
            self.line(0, f"Controlled By:\t{owner.get('kind', '')}/{owner.get('name', '')}")

    def conditions(self, conditions: Sequence[Object] | None, fields: Sequence[tuple[str, str]], *, gap: str) -> None:
        """Add a table of conditions, if there are any.

        Args:
            conditions: As they stand in the status.
            fields: Title and field of each column.
            gap: Stands between the cells of a row, before the tab.
        """
        if not conditions:
            return
        self.line(0, "Conditions:")
        self.line(1, "\t".join(title for title, _ in fields))
        self.line(1, "\t".join(_UNDERLINES.get(title, "-" * len(title)) for title, _ in fields))
        for condition in conditions:
            cells = [
                long_time(condition.get(field)) if field.endswith("Time") else condition.get(field, "")
                for _, field in fields
            ]
            self.line(1, f"{gap}\t".join(cells))

    def text(self) -> str:
        """Return everything written, aligned."""
        return align(self.raw(), min_width=0, padding=2)

    def raw(self) -> str:
        """Return everything written, with its tabs; what could steer a terminal is made visible."""
        return "".join(self._parts).replace("\x1b", "^[").replace("\r", "\\r")


_UNDERLINES = {"LastProbeTime": "-----------------"}


def long_time(timestamp: str | None) -> str:
    """Return a timestamp in the long form of descriptions (RFC 1123 with a numeric zone), in the local zone."""
    if not timestamp:
        return _ZERO_TIME
    return local(timestamp).strftime("%a, %d %b %Y %H:%M:%S %z")


def local(timestamp: str) -> datetime:
    """Return a moment in the local zone."""
    return times.parse(timestamp).astimezone()


def shorten(text: str, length: int) -> str:
    """Return text cut to ``length`` bytes, with dots if something was cut."""
    raw = text.encode()
    return f"{raw[:length].decode(errors='replace')}..." if len(raw) > length else text


def amount(value: Any) -> str:
    """Return a quantity as Kubernetes writes it; absent is 0."""
    return "0" if value is None else str(quantity.parse(value))


def pairs(labels: Mapping[str, object] | None) -> str:
    """Return labels on one line (labels.FormatLabels)."""
    return ",".join(sorted(f"{key}={value}" for key, value in (labels or {}).items())) or "<none>"


def yes_no(value: object) -> str:
    """Return a boolean as Go prints it."""
    return "true" if value else "false"


def go_list(items: Iterable[object] | None) -> str:
    """Return a list as Go prints it."""
    return f"[{' '.join(map(str, items or ()))}]"


def host_port(host: str, port: object) -> str:
    """Return an address with a port; IPv6 in brackets (net.JoinHostPort)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _size(text: str) -> int:
    return len(text.encode())
