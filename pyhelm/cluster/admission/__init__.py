"""What the API server does to an object before it is stored: defaulting, preparation and validation, by kind.

Each group has a module with ``STRATEGIES``, a table from kind to ``Strategy``; ``strategy_of`` imports what is needed.
Belongs here: the rules of kinds. Not here: verbs, storage and what holds for all objects alike (``cluster.api``).
"""

from pyhelm.cluster.admission.strategy import Context, Strategy, strategy_of

__all__ = ["Context", "Strategy", "strategy_of"]
