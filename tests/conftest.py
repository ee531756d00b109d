"""Fixtures for every test: the real programs, and an environment without this user's settings."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pyhelm.testing import oracle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# Before any test moves HOME: the real programs are unpacked once, not once per run.
ORACLE_CACHE = oracle.cache_folder()

# What would let the user's own settings, plugins, clusters or colours into a test. HOME moves too, and with it
# ~/.kube/config.
FOREIGN_PREFIXES = ("HELM_", "PYHELM_", "KUBE", "XDG_")
FOREIGN = {"NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH", "EDITOR", "VISUAL", "PAGER", "COLUMNS"}


@pytest.fixture(scope="session", autouse=True)
def isolated_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run the whole session with an empty home; yield that folder."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(FOREIGN_PREFIXES) or name in FOREIGN:
                patch.delenv(name)
        _move_home(patch, home)
        patch.setenv(oracle.CACHE_VARIABLE, str(ORACLE_CACHE))
        yield home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give one test a home of its own (settings, caches, the embedded cluster); return that folder."""
    folder = tmp_path / "home"
    folder.mkdir()
    _move_home(monkeypatch, folder)
    return folder


@pytest.fixture(scope="session")
def helm(isolated_environment: Path) -> Path:
    """The real helm; the test is skipped where there is none."""
    return _real(oracle.helm)


@pytest.fixture(scope="session")
def kubectl(isolated_environment: Path) -> Path:
    """The real kubectl; the test is skipped where there is none."""
    return _real(oracle.kubectl)


def _real(find: Callable[[], Path]) -> Path:
    try:
        return find()
    except oracle.UnavailableError as error:
        pytest.skip(str(error))


def _move_home(patch: pytest.MonkeyPatch, home: Path) -> None:
    patch.setenv("HOME", str(home))
    for variable, folder in {
        "XDG_CACHE_HOME": "cache",
        "XDG_CONFIG_HOME": "config",
        "XDG_DATA_HOME": "data",
        "XDG_STATE_HOME": "state",
        "HELM_CACHE_HOME": "helm/cache",
        "HELM_CONFIG_HOME": "helm/config",
        "HELM_DATA_HOME": "helm/data",
    }.items():
        patch.setenv(variable, str(home / folder))
