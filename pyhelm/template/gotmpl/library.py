"""Templates that were parsed before, and need not be again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pyhelm.errors import FunctionError, TemplateSyntaxError
from pyhelm.template.gotmpl.compiler import Template
from pyhelm.template.gotmpl.failures import Place
from pyhelm.template.gotmpl.parser import Parser
from pyhelm.template.gotmpl.runtime import TPL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyhelm.functions.registry import Function
    from pyhelm.template.gotmpl.nodes import Tree

_FILES = 8192
_INLINE = 8192


class TreeStore(Protocol):
    """Where parse trees are kept between processes; trees can be pickled."""

    def get(self, text: str) -> list[Tree] | None:
        """Return the trees of a file with that content."""

    def put(self, text: str, trees: list[Tree]) -> None:
        """Keep the trees of a file with that content."""


class Library:
    """Parses files into templates and remembers them, with their compiled code, by name and content.

    Args:
        resolve: Finds a function by name.
        known: Tells whether there is one, without loading it.
        store: Keeps parse trees between processes.
    """

    def __init__(
        self,
        resolve: Callable[[str], Function | None],
        known: Callable[[str], bool],
        store: TreeStore | None = None,
    ) -> None:
        self.resolve = resolve
        self.parser = Parser(known)
        self.store = store
        self._files: dict[tuple[str, str], list[Template]] = {}
        self._inline: dict[str, list[Template]] = {}

    def templates(self, name: str, text: str) -> list[Template]:
        """Return the templates that the file ``name`` defines; its own is last.

        Raises:
            TemplateSyntaxError: It cannot be parsed.
        """
        key = (name, text)
        found = self._files.get(key)
        if found is None:
            if len(self._files) >= _FILES:
                self._files.clear()
            found = self._files[key] = self._make(name, text)
        return found

    def inline(self, text: str) -> list[Template]:
        """Return the templates that a text given to ``tpl`` defines; its own is last.

        Raises:
            FunctionError: It cannot be parsed.
        """
        found = self._inline.get(text)
        if found is None:
            if len(self._inline) >= _INLINE:
                self._inline.clear()
            try:
                found = self._make(TPL, text)
            except TemplateSyntaxError as error:
                from pyhelm.functions.goquote import quote

                raise FunctionError(f"cannot parse template {quote(text)}: {error.chain}") from None
            self._inline[text] = found
        return found

    def _make(self, name: str, text: str) -> list[Template]:
        trees = self.store.get(text) if self.store is not None else None
        if trees is None:
            trees = self.parser.parse(name, text)
            if self.store is not None:
                self.store.put(text, trees)
        place = Place(name, text)
        # The last tree is the file's own; a stored one may have been parsed under another name.
        return [Template(name if tree is trees[-1] else tree.name, tree, place, self.resolve) for tree in trees]


def gather(files: Iterable[list[Template]]) -> dict[str, Template]:
    """Return the templates of all ``files`` by name: the last of a name counts, unless it is empty."""
    templates: dict[str, Template] = {}
    for file in files:
        for template in file:
            if not template.tree.empty or template.name not in templates:
                templates[template.name] = template
    return templates
