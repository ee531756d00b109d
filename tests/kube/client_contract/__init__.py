"""What every ``Client`` must do, whatever answers it: the shared suite of all implementations.

A test module of an implementation defines a fixture ``client`` (an empty cluster with the namespace ``default`` and no
controllers that interfere, or a namespace of its own named by the fixture ``namespace``) and imports everything::

    from tests.kube.client_contract import *  # noqa: F403

    @pytest.fixture
    def client(): ...

The expected answers are those of a real API server (Kubernetes 1.36/1.37). Only ``kube.client`` is used.
"""

from tests.kube.client_contract.custom import *  # noqa: F403
from tests.kube.client_contract.deleting import *  # noqa: F403
from tests.kube.client_contract.objects import *  # noqa: F403
from tests.kube.client_contract.patching import *  # noqa: F403
from tests.kube.client_contract.reading import *  # noqa: F403
from tests.kube.client_contract.writing import *  # noqa: F403
