"""A template that stands alone: ``--name-template``, ``version --template``, ``get all --template``."""

from __future__ import annotations

from typing import Any

from pyhelm.template.engine import LIBRARY, failures
from pyhelm.template.gotmpl.library import gather
from pyhelm.template.render import Render, RenderOptions


def expand(text: str, data: Any, *, name: str = "template") -> str:
    """Return what a Go template writes for ``data``, with the functions that charts have.

    Raises:
        TemplateError: It cannot be parsed, or failed.
    """
    run = Render(RenderOptions())
    with failures():
        run.templates = gather([LIBRARY.templates(name, text)])
        return run.include_file(name, data)
