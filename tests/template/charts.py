"""Charts for tests, made of files; and what the real Helm renders of them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from pyhelm.chart.model import Chart, File, Metadata

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


def chart_of(templates: Mapping[str, str], values: dict[str, Any] | None = None, **files: str) -> Chart:
    """Return a chart ``c``; templates are named without their folder."""
    return Chart(
        Metadata(name="c", version="0.1.0", api_version="v2"),
        values=values or {},
        templates=[File(f"templates/{name}", text.encode()) for name, text in templates.items()],
        files=[File(name, text.encode()) for name, text in files.items()],
    )


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write ``files`` below ``folder``."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def helm_renders(helm: Path, folder: Path) -> dict[str, str]:
    """Return each file's part of what ``helm template`` prints; the texts must be YAML without ``---``."""
    done = subprocess.run([helm, "template", "rel", folder], capture_output=True, text=True, check=True)
    parts = re.split(r"(?m)^---\n# Source: (.*)\n", done.stdout)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}
