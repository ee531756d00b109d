"""What decoding does to an object of a built-in kind: nulls and empty lists are as if they were absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Strategy
    from pyhelm.kube.client import WriteOptions
    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource


def decode(resource: Resource, obj: Object, options: WriteOptions, strategy: Strategy) -> None:
    """Bring an object to the form its kind's decoder would give it, in place."""
    if strategy.typed:
        _drop_nulls(obj)


def _drop_nulls(tree: Any) -> None:
    if isinstance(tree, dict):
        gone = [key for key, value in tree.items() if value is None or value == []]
        for key in gone:
            del tree[key]
        for value in tree.values():
            if isinstance(value, (dict, list)):
                _drop_nulls(value)
    else:
        for item in tree:
            if isinstance(item, (dict, list)):
                _drop_nulls(item)
