"""Charts as data: the model, loading from folders and archives, metadata rules, packing and scaffolding.

Belongs here: what a chart is on disk. Not here: its values once a user overrides them (``values``), its output
(``template``), or where it was downloaded from (``repo``).
"""

from pyhelm.chart.loader import check_dependencies, load, load_archive, load_files, locate
from pyhelm.chart.model import Chart, Dependency, File, Lock, Maintainer, Metadata, Values

__all__ = [
    "Chart",
    "Dependency",
    "File",
    "Lock",
    "Maintainer",
    "Metadata",
    "Values",
    "check_dependencies",
    "load",
    "load_archive",
    "load_files",
    "locate",
]
