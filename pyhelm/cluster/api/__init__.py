"""The API server in the process: every verb of ``kube.client.Client`` on a store, with Kubernetes' rules and words.

Belongs here: what holds for objects of all kinds. Not here: the rules of a kind (``admission``), time and controllers.
"""

from pyhelm.cluster.api.bootstrap import bootstrap
from pyhelm.cluster.api.server import ApiServer

__all__ = ["ApiServer", "bootstrap"]
