"""Show what a chart is: its definition, values, readme and custom resource definitions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pyhelm.action.render import crd_files
from pyhelm.release.codec import metadata_to_json
from pyhelm.yaml import dump

if TYPE_CHECKING:
    from pyhelm.chart.model import Chart

_READMES = ("readme.md", "readme.txt", "readme")


class ShowPart(StrEnum):
    """What to show."""

    ALL = "all"
    CHART = "chart"
    VALUES = "values"
    README = "readme"
    CRDS = "crds"


def show(chart: Chart, part: ShowPart = ShowPart.ALL) -> str:
    """Return what Helm prints for ``show PART``."""
    everything = part is ShowPart.ALL
    out = []
    if everything or part is ShowPart.CHART:
        out.append(f"{dump(metadata_to_json(chart.metadata))}\n")
    values = [file for file in chart.raw if file.name == "values.yaml"]
    if values and (everything or part is ShowPart.VALUES):
        if everything:
            out.append("---\n")
        out.extend(f"{file.text}\n" for file in values)
    if everything or part is ShowPart.README:
        readme = next((file for file in chart.files if file.name.lower() in _READMES), None)
        if readme is not None:
            out.append(f"---\n{readme.text}\n" if everything else f"{readme.text}\n")
    if everything or part is ShowPart.CRDS:
        for _path, text in crd_files(chart):
            out.append(f"{text}\n" if text.startswith("---") else f"---\n{text}\n")
    return "".join(out)
