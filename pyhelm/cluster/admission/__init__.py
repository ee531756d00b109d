"""What the API server does to an object before it is stored: defaulting, preparation and validation, by kind.

Each group's module has a table ``STRATEGIES`` from kind to ``Strategy``; ``strategy_of`` imports the one that is needed.
Belongs here: the rules of kinds. Not here: verbs, storage and what holds for every object alike (``cluster.api``).
"""

from pyhelm.cluster.admission.strategy import Context, Strategy, strategy_of

__all__ = ["Context", "Strategy", "strategy_of"]
