"""A template that stands alone: ``--name-template``, ``version --template``, ``get all --template``."""

from __future__ import annotations

from typing import Any

from pyhelm.template.depth import deeply
from pyhelm.template.engine import GoEngine
from pyhelm.template.render import Render, RenderOptions, Source


def expand(text: str, data: Any, *, name: str = "template") -> str:
    """Return what a Go template writes for ``data``, with the functions that charts have.

    Raises:
        TemplateError: It cannot be parsed, or failed.
    """
    source = Source(name, text, data, "")

    def run() -> str:
        engine = GoEngine()
        engine.prepare([source], Render(RenderOptions()))
        return engine.execute(source, data)

    return deeply(run)
