from __future__ import annotations

import pytest

from pyhelm.cluster import Cluster
from tests.cluster.scene import Scene


@pytest.fixture
def scene():
    with Cluster.temporary() as cluster:
        yield Scene(cluster)
