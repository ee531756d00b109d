"""The protocol of template engines, and the one for Go templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pyhelm.template.bound import known, resolve
from pyhelm.template.gotmpl.failures import ExecError, Place
from pyhelm.template.gotmpl.library import Library, gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.template.gotmpl.compiler import Template
    from pyhelm.template.render import Render, Source

LIBRARY = Library(resolve, known)
"""What this process parsed so far: charts that are rendered again, and files that charts share, are parsed once."""


class Engine(Protocol):
    """Renders the files of one template language."""

    def prepare(self, sources: Sequence[Source], render: Render) -> None:
        """Parse all files of the chart that are this engine's, partials included.

        Raises:
            TemplateSyntaxError: One of them cannot be parsed.
        """

    def execute(self, source: Source, data: dict[str, Any]) -> str:
        """Return what the file ``source`` writes.

        Raises:
            TemplateExecError: It failed.
            RecursionError: It goes too deep for the stack at hand.
        """


class GoEngine:
    """The engine for Go templates."""

    def __init__(self, library: Library = LIBRARY) -> None:
        self.library = library
        self.render: Render | None = None

    def prepare(self, sources: Sequence[Source], render: Render) -> None:
        files: list[list[Template]] = [self.library.templates(source.path, source.text) for source in sources]
        render.templates = gather(files)
        self.render = render

    def execute(self, source: Source, data: dict[str, Any]) -> str:
        assert self.render is not None  # noqa: S101
        try:
            text = self.render.execute(self.render.templates[source.path], data)
        except ExecError as failure:
            if not failure.frames:
                failure.at(Place(source.path, source.text), source.path, None, 0)
            raise failure.error() from None
        return text.replace("<no value>", "")
