"""Image names as a container runtime understands them, and which images a node has."""

from __future__ import annotations

from fnmatch import fnmatchcase
from hashlib import sha256

DEFAULT_REGISTRY = "docker.io"
MEGABYTE = 1_000_000


def normalise(image: str) -> str:
    """Return the full reference with registry and tag or digest (``nginx`` is docker.io/library/nginx:latest)."""
    name, at, digest = image.partition("@")
    head, slash, rest = name.partition("/")
    if not slash or not ("." in head or ":" in head or head == "localhost"):
        registry, repository = DEFAULT_REGISTRY, name
    else:
        registry, repository = head, rest
    if registry in {"index.docker.io", "registry-1.docker.io"}:
        registry = DEFAULT_REGISTRY
    if registry == DEFAULT_REGISTRY and "/" not in repository:
        repository = f"library/{repository}"
    if at:
        return f"{registry}/{repository}@{digest}"
    last = repository.rpartition("/")[2]
    return f"{registry}/{repository}" if ":" in last else f"{registry}/{repository}:latest"


def repository_of(reference: str) -> str:
    """Return a full reference without its tag and digest."""
    name = reference.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"


def matches(image: str, pattern: str) -> bool:
    """Tell whether ``image`` is meant by ``pattern``.

    A pattern is a glob over the name in any of its forms: as written, with or without ``docker.io/library``. A pattern
    without tag, digest and wildcard means every tag.
    """
    full = normalise(image)
    forms = {image, full}
    if full.startswith(f"{DEFAULT_REGISTRY}/"):
        forms.add(full.removeprefix(f"{DEFAULT_REGISTRY}/"))
        forms.add(full.removeprefix(f"{DEFAULT_REGISTRY}/library/"))
    if any(fnmatchcase(form, pattern) for form in forms):
        return True
    if any(character in pattern for character in "*?["):
        return False
    if "@" not in pattern and ":" not in pattern.rpartition("/")[2]:
        return repository_of(normalise(pattern)) == repository_of(full)
    return normalise(pattern) == full


def image_id(image: str) -> str:
    """Return the digest reference that the simulated runtime reports."""
    full = normalise(image)
    if "@" in full:
        return full
    return f"{repository_of(full)}@sha256:{sha256(full.encode()).hexdigest()}"


def image_size(image: str) -> int:
    """Return a size in bytes: between 20 and 220 MB, always the same for one image."""
    return 20 * MEGABYTE + int.from_bytes(sha256(normalise(image).encode()).digest()[:4], "big") % (200 * MEGABYTE)


def pull_error(image: str) -> str:
    """Return what containerd says of an image that does not exist."""
    full = normalise(image)
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{full}": '
        f'failed to resolve reference "{full}": {full}: not found'
    )


def with_tag(image: str) -> str:
    """Return the image as kubelet pulls it: with ``:latest`` where neither tag nor digest is given."""
    if "@" in image or ":" in image.rpartition("/")[2]:
        return image
    return f"{image}:latest"
