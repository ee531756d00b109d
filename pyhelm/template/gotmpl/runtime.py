"""One run of templates: what is defined, what may be used, and how much of it has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from pyhelm.errors import FunctionError
from pyhelm.template.gotmpl.failures import ExecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pyhelm.template.gotmpl.library import Library

MAX_INCLUDES = 1000
"""How deep a template may include itself (Helm's ``recursionMaxNums``)."""

MAX_STEPS = 5_000_000
"""How many iterations and calls of templates one render may take."""

MAX_OUTPUT = 512 * 1024 * 1024
"""How much text one render may write, in characters, that of included templates counted at each level."""

TPL = "gotpl"
"""The name of what ``tpl`` runs."""


class Runnable(Protocol):
    """A template, in whatever language."""

    def run(self, run: Any, data: Any, out: Callable[[str], None]) -> None:
        """Write its output for ``data`` with ``out``."""


class Run:
    """The state of one render.

    Attributes:
        templates: By name. ``tpl`` replaces it while it runs a text that defines templates.
        library: Parses what ``tpl`` is given.
        strict: Missing keys are errors.
        host: What impure functions get: see ``functions.Host``; a run passes its attributes on.
        depth: How many templates run inside another by the action ``template``.
        max_depth: How many may.
    """

    max_depth = 20_000

    def __init__(self, templates: Mapping[str, Runnable], library: Library, *, strict: bool = False) -> None:
        self.templates = templates
        self.library = library
        self.strict = strict
        self.depth = 0
        self.steps = 0
        self.written = 0
        self.included: dict[str, int] = {}

    def spend(self, steps: int) -> None:
        """Count work.

        Raises:
            ExecError: It is too much.
        """
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise ExecError(f"the templates take more than {MAX_STEPS} steps", limit=True)

    def weigh(self, out: Callable[[str], None], mark: int) -> int:
        """Count what ``out`` (a list's ``append``) got since its length was ``mark``; return its length now."""
        pieces: list[str] = out.__self__  # type: ignore[attr-defined]
        self.wrote(sum(map(len, pieces[mark:])))
        return len(pieces)

    def wrote(self, size: int) -> None:
        """Count text.

        Raises:
            ExecError: It is too much.
        """
        self.written += size
        if self.written > MAX_OUTPUT:
            raise ExecError(f"the templates write more than {MAX_OUTPUT >> 20} MiB", limit=True)

    def execute(self, template: Runnable, data: Any) -> str:
        """Return what ``template`` writes for ``data``, ``<no value>`` and all."""
        pieces: list[str] = []
        template.run(self, data, pieces.append)
        text = "".join(pieces)
        self.wrote(len(text))
        return text

    def include(self, name: str, data: Any) -> str:
        """Return what the template ``name`` writes for ``data``.

        Raises:
            FunctionError: There is none, or it includes itself too often.
            ExecError: It failed.
        """
        included = self.included
        count = included.get(name, 0)
        if count > MAX_INCLUDES:
            raise FunctionError(f"rendering template has a nested reference name: {name}: unable to execute template")
        template = self.templates.get(name)
        if template is None:
            from pyhelm.functions.goquote import quote

            raise FunctionError(f'template: no template {quote(name)} associated with template "{TPL}"')
        included[name] = count + 1
        self.steps += 4  # One takes as long as some turns of a loop.
        if self.steps > MAX_STEPS:
            self.spend(0)
        # As execute does; one call less for every level of includes.
        pieces: list[str] = []
        template.run(self, data, pieces.append)
        text = "".join(pieces)
        self.wrote(len(text))
        included[name] = count
        return text

    def tpl(self, text: str, data: Any) -> str:
        """Return what ``text``, a template itself, writes for ``data``. What it defines is known while it runs.

        Raises:
            FunctionError: It cannot be parsed.
            ExecError: It failed.
        """
        if "{{" not in text:
            return text.replace("<no value>", "")
        trees = self.library.inline(text)
        template = trees[-1]
        before = self.templates
        if len(trees) > 1:
            known = dict(before)
            for defined in trees[:-1]:
                if not defined.tree.empty or defined.name not in known:
                    known[defined.name] = defined
            self.templates = known
        self.spend(1)
        try:
            result = self.execute(template, data)
        except ExecError as failure:
            from pyhelm.functions.goquote import quote

            failure.note = f"error during tpl function execution for {quote(text)}: "
            raise
        finally:
            self.templates = before
        return result.replace("<no value>", "")
