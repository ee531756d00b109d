"""The in-process API keeps the contract of every client."""

from __future__ import annotations

import pytest

from tests.kube.client_contract import *  # noqa: F403  (the suite's tests are collected here)


@pytest.fixture
def client(server):
    return server.api
