"""``kubectl describe``: an object's story in words, one module for each family of kinds.

Source of the layout: kubectl's describers (``pkg/describe``).
"""

from pyhelm.cli.kube.description.registry import describe_object

__all__ = ["describe_object"]
