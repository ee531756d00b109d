"""Lines of a description: indented by level, aligned by tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cli.tabwriter import align
from pyhelm.kube import times

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_ANNOTATION = 140


class Writer:
    """Collects text; a level is two spaces."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, level: int, text: str) -> None:
        """Add text; whoever writes ends the line."""
        self._parts.append("  " * level + text)

    def line(self, level: int, text: str) -> None:
        """Add a whole line."""
        self.write(level, f"{text}\n")

    def labels(self, title: str, labels: Mapping[str, object] | None) -> None:
        """Add ``key=value`` lines under a title."""
        pairs = [f"{key}={value}" for key, value in sorted((labels or {}).items())]
        self.write(0, f"{title}:\t" + ("\n\t".join(pairs) or "<none>") + "\n")

    def annotations(self, title: str, annotations: Mapping[str, str] | None) -> None:
        """Add annotations; long or multi-line ones get lines of their own."""
        shown = sorted((key, value) for key, value in (annotations or {}).items() if key != _LAST_APPLIED)
        entries = []
        for key, value in shown:
            text = value.removesuffix("\n")
            if len(text) + len(key) + 2 > _LONGEST_ANNOTATION or "\n" in text:
                lines = [_shorten(line, _LONGEST_ANNOTATION - 2) for line in text.split("\n")]
                entries.append("\n".join([f"{key}:", *(f"\t  {line}" for line in lines)]))
            else:
                entries.append(f"{key}: {text}")
        self.write(0, f"{title}:\t" + ("\n\t".join(entries) or "<none>") + "\n")

    def text(self) -> str:
        """Return everything written, aligned."""
        return align("".join(self._parts), min_width=0, padding=2)


def long_time(timestamp: str | None) -> str:
    """Return a timestamp in the long form of descriptions (RFC 1123 with a numeric zone)."""
    if not timestamp:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    return times.parse(timestamp).strftime("%a, %d %b %Y %H:%M:%S +0000")


def _shorten(text: str, length: int) -> str:
    return f"{text[:length]}..." if len(text) > length else text
