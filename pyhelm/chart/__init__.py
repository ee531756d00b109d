"""Charts as data: the model, loading from folders and archives, metadata rules, packing and scaffolding.

Belongs here: what a chart is on disk. Not here: its values once a user overrides them (``values``), its output
(``template``), or where it was downloaded from (``repo``).
"""

from typing import TYPE_CHECKING, Any

from pyhelm.chart.model import Chart, Dependency, File, Lock, Maintainer, Metadata, Values

if TYPE_CHECKING:
    from pyhelm.chart.loader import check_dependencies, load, load_archive, load_files, locate

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


def __getattr__(name: str) -> Any:
    """Import the loader when it is asked for: whoever only reads release records needs the model alone."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pyhelm.chart import loader

    return getattr(loader, name)
