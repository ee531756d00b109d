from pyhelm.cluster.admission.strategy import Strategy

STRATEGIES: dict[str, Strategy] = {}
