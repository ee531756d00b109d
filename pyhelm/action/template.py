"""Render a chart as ``helm template`` does: no release, no cluster unless asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.action.environment import DryRun
from pyhelm.action.install import InstallOptions, install
from pyhelm.errors import TemplateNotFoundError, UsageError
from pyhelm.release.manifests import source_document, split_documents
from pyhelm.release.record import HookEvent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.chart.model import Chart
    from pyhelm.release.record import Release

_SOURCE = re.compile(r"# Source: [^/]+/(.+)")

DEFAULT_OPTIONS = InstallOptions(dry_run=DryRun.CLIENT)


@dataclass(frozen=True, slots=True)
class Templated:
    """A rendered chart, ready for printing.

    Attributes:
        release: Manifest (with CRDs where asked for), hooks and notes.
        hooks: Whether hooks are shown.
        tests: Whether test hooks are, too.
    """

    release: Release
    hooks: bool = True
    tests: bool = True

    @property
    def text(self) -> str:
        """What is printed: the manifest, then the hooks."""
        return "".join((f"{_trim(self.release.manifest)}\n", *(source_document(*part) for part in self._hooks())))

    def select(self, patterns: Sequence[str]) -> str:
        """Return only the documents of templates that match ``patterns`` (``--show-only``), in that order.

        Raises:
            TemplateNotFoundError: A pattern matches nothing.
        """
        documents = []
        for document in split_documents(self.text):
            found = _SOURCE.search(document)
            if found:
                documents.append((found[1], document))
        chosen = []
        for pattern in patterns:
            matches = compile_glob(pattern)
            hits = [document for path, document in documents if matches is not None and matches.fullmatch(path)]
            if not hits:
                raise TemplateNotFoundError(self.release.name, pattern)
            chosen.extend(hits)
        return "".join(f"---\n{document}\n" for document in chosen)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield (path, text) for ``--output-dir``; texts of the same path belong behind one another."""
        for document in _SEPARATED.split(self.release.manifest):
            if document:
                path, _, content = document.partition("\n")
                yield path, f"---\n# Source: {path}\n{content}"
        for path, content in self._hooks():
            yield path, source_document(path, content)

    def _hooks(self) -> Iterator[tuple[str, str]]:
        if not self.hooks:
            return
        for hook in self.release.hooks:
            if self.tests or HookEvent.TEST not in hook.events:
                yield hook.path, hook.manifest


_SEPARATED = re.compile(r"^---\n# Source: ", re.MULTILINE)


def template(
    env: Environment,
    name: str,
    chart: Chart,
    values: dict[str, Any],
    options: InstallOptions = DEFAULT_OPTIONS,
    *,
    skip_tests: bool = False,
) -> Templated:
    """Render ``chart`` as the release ``name``; what it raises is what ``install`` raises before it begins.

    Args:
        env: ``Environment.offline`` will do, unless ``options.dry_run`` is ``server``.
        name: ``release-name`` where the user gave none.
        chart: Not changed.
        values: Not changed.
        options: A dry run.
        skip_tests: Do not show test hooks.
    """
    if not options.dry_run.pretends:
        raise UsageError("template only pretends: dry_run must be client or server")
    release = install(env, name, chart, values, options)
    return Templated(release, hooks=not options.no_hooks, tests=not skip_tests)


def compile_glob(pattern: str) -> re.Pattern[str] | None:
    r"""Return the expression for a Go ``filepath.Match`` pattern, or None when it is malformed.

    ``*`` and ``?`` do not match ``/``; ``[a-z]``, ``[^a-z]`` and ``\`` before a character are known.
    """
    parts = []
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if character == "*":
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
        elif character == "\\":
            if position == len(pattern):
                return None
            parts.append(re.escape(pattern[position]))
            position += 1
        elif character == "[":
            found = _CLASS.match(pattern, position)
            if found is None:
                return None
            # Of the class only its own syntax is special; everything else stands for itself.
            inner = re.sub(r"\\(.)|([\[&~|])", lambda m: "\\" + (m[1] or m[2]), found[2])
            parts.append(f"[{found[1]}{inner}]")
            position = found.end()
        else:
            parts.append(re.escape(character))
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error:
        return None


_CLASS = re.compile(r"(\^?)((?:\\.|[^\]\\])+)\]", re.DOTALL)


def _trim(text: str) -> str:
    return text.strip("\t\n\v\f\r \x85\xa0\u2028\u2029\u202f\u205f\u3000\u1680") if text else ""
