"""Helm in Python, with a cluster inside.

The packages are layers; lower ones never import higher ones (``errors`` is the lowest, ``testing`` the highest).
Importing this package loads nothing else: every command pays only for what it uses.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
