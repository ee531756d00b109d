"""Templates that fail: where, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a template.

    Attributes:
        template: The template's file name, such as ``mychart/templates/service.yaml``.
        line: 1-based.
        column: 0-based byte offset in the line, as ``text/template`` counts; -1 when unknown.
        source: The text of that line, for the caret.
    """

    template: str
    line: int
    column: int = -1
    source: str = ""

    def __str__(self) -> str:
        place = f"{self.template}:{self.line}"
        return f"{place}:{self.column}" if self.column >= 0 else place


class TemplateError(PyhelmError):
    """A template failed; ``span`` says where and ``reason`` says why."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason, span)
        self.reason = reason
        self.span = span

    def __str__(self) -> str:
        return f"{self.span}: {self.reason}"


class TemplateSyntaxError(TemplateError):
    """A template that cannot be parsed; ``reason`` in text/template's words."""

    @property
    def chain(self) -> str:
        """The failure in one line, as text/template tells it."""
        return f"template: {self.span}: {self.reason}"

    def __str__(self) -> str:
        """Return Helm's words (``cleanupParseError``), which have only what follows the last colon."""
        return f"parse error at ({self.span}): {self.reason.rsplit(': ', 1)[-1]}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One template (or include) that was running when another failed.

    Attributes:
        span: The node that was being evaluated.
        template: The name of the running (possibly defined) template.
        action: The text of that node, as ``text/template`` prints it.
        call: The function it was calling, if it is that which failed.
        note: What the function (``tpl``) says before what happened inside it.
    """

    span: Span
    template: str
    action: str
    call: str = ""
    note: str = ""

    @property
    def place(self) -> str:
        """Where and what, as text/template begins its message."""
        if not self.span.line:
            return f"{self.template}: "
        return f'{self.span}: executing "{self.template}" at <{self.action}>: '


class TemplateExecError(TemplateError):
    """A template that failed while running.

    Attributes:
        frames: What was running, outermost first; ``span`` is the innermost place.
        deliberate: True for ``fail`` and ``required``, which Helm words differently.
        wrapped: ``reason`` is an error that a function returned, rather than the engine's own complaint.
    """

    def __init__(
        self, reason: str, span: Span, frames: Sequence[Frame] = (), *, deliberate: bool = False, wrapped: bool = False
    ) -> None:
        super().__init__(reason, span)
        self.frames = tuple(frames)
        self.deliberate = deliberate
        self.wrapped = wrapped

    @property
    def chain(self) -> str:
        """The failure in one line, as text/template tells it."""
        parts = []
        for frame in self.frames:
            call = f"error calling {frame.call}: " if frame.call else ""
            parts.append(f"template: {frame.place}{call}{frame.note}")
        return "".join(parts) + self.reason

    def __str__(self) -> str:
        """Return Helm 4's words (``reformatExecErrorMsg``): several lines, unless a function's error is at the end."""
        if self.deliberate:
            return f"execution error at ({self.frames[0].span if self.frames else self.span}): {self.reason}"
        missing = self.wrapped and self.reason.startswith("template: no template ")
        if not self.frames or (self.wrapped and not missing) or any(frame.note for frame in self.frames):
            return self.chain if self.frames or not self.span.template else super().__str__()
        lines: list[str] = []
        last = None
        for position, frame in enumerate(self.frames):
            message = f"error calling {frame.call}: " if frame.call else ""
            message = f"{message}{frame.note}"
            if position + 1 == len(self.frames):
                message += self.reason
                message = message.split(" template:")[0]
            else:
                message = message.rstrip(" ")
            if not frame.span.line:
                layer = [frame.template, f"  {message}"]
            else:
                layer = [str(frame.span), f'  executing "{frame.template}" at <{frame.action}>:']
                if message:
                    layer.append(f"    {message}")
            if layer != last:
                lines.extend(layer)
            last = layer
        if missing:
            lines.append(self.reason)
        return "\n".join(lines).strip()


class RenderLimitError(TemplateExecError):
    """A template that ran too long, too deep or wrote too much."""


class FunctionError(PyhelmError):
    """A template function refused its arguments; the engine adds where it was called.

    ``deliberate`` is true for ``fail`` and ``required``.
    """

    def __init__(self, reason: str, *, deliberate: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.deliberate = deliberate

    def __str__(self) -> str:
        return self.reason
