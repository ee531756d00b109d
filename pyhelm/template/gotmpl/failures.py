"""A failure on its way out of running templates: collects where it happened, then becomes a ``TemplateExecError``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors import Frame, RenderLimitError, Span, TemplateExecError

if TYPE_CHECKING:
    from pyhelm.template.gotmpl.nodes import Node


class Place:
    """The file (or text of ``tpl``) that a template comes from: what is needed to say where a node is."""

    __slots__ = ("file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text

    def span(self, offset: int) -> Span:
        """Return the place at ``offset``, with the column in bytes."""
        text = self.text
        begin = text.rfind("\n", 0, offset) + 1
        stop = text.find("\n", offset)
        column = len(text[begin:offset].encode("utf-8", "surrogateescape"))
        source = text[begin : stop if stop >= 0 else None]
        return Span(self.file, text.count("\n", 0, offset) + 1, column, source)


class ExecError(Exception):
    """What is raised inside; ``frames`` are innermost first.

    Attributes:
        reason: Why, in text/template's words.
        wrapped: The reason is an error that a function returned.
        deliberate: It comes from ``fail`` or ``required``.
        limit: It is a limit that was passed.
        note: What the frame to come says before the frames so far.
        inner: Frames of another engine, inside all of these; outermost first.
    """

    def __init__(self, reason: str, *, wrapped: bool = False, deliberate: bool = False, limit: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wrapped = wrapped
        self.deliberate = deliberate
        self.limit = limit
        self.frames: list[tuple[Place, str, Node | None, int, str, str]] = []
        self.note = ""
        self.inner: tuple[Frame, ...] = ()

    def at(self, place: Place, template: str, node: Node | None, base: int, call: str = "") -> ExecError:
        """Add a frame: ``node`` of ``template`` was being evaluated, and was calling ``call``."""
        self.frames.append((place, template, node, base, call, self.note))
        self.note = ""
        return self

    def error(self) -> TemplateExecError:
        """Return the public form."""
        frames = []
        for place, template, node, base, call, note in reversed(self.frames):
            if node is None:
                frames.append(Frame(Span(template, 0), template, "", call, note))
            else:
                pos = base + getattr(node, "pos", 0)
                frames.append(Frame(place.span(pos), template, str(node), call, note))
        frames.extend(self.inner)
        kind = RenderLimitError if self.limit else TemplateExecError
        span = frames[-1].span if frames else Span("", 0)
        return kind(self.reason, span, frames, deliberate=self.deliberate, wrapped=self.wrapped)
