"""YAML as Helm reads and writes it: string keys, YAML 1.1 booleans, numbers as float64, sorted output.

Belongs here: everything that turns text into plain values and back. Not here: what the values mean.
"""

from pyhelm.yaml.reader import (
    load,
    load_all,
    load_object,
    load_objects,
    load_scalars,
    load_values,
    merge_maps,
    split_documents,
)
from pyhelm.yaml.writer import dump

__all__ = [
    "dump",
    "load",
    "load_all",
    "load_object",
    "load_objects",
    "load_scalars",
    "load_values",
    "merge_maps",
    "split_documents",
]
