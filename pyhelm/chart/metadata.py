"""Chart.yaml and Chart.lock: text to ``Metadata`` and ``Lock``, and back.

Reading is Helm's: YAML becomes JSON, JSON becomes Go structs. So keys may be written in any case, a number where text
is due becomes text (``appVersion: 1.10`` is ``1.1``), unknown keys are passed over, and a refusal names the Go type.
Written text has sorted keys and leaves out what is empty.
"""

from __future__ import annotations

import re
from typing import Any

from pyhelm import yaml
from pyhelm.chart import semver
from pyhelm.chart.gojson import ZERO_TIME, Struct, fill
from pyhelm.chart.gotext import sanitize
from pyhelm.chart.model import Dependency, Lock, Maintainer, Metadata
from pyhelm.errors import ChartMetadataError, VersionError
from pyhelm.yaml.golang import quote

_MAINTAINER = Struct(
    "v2.Maintainer",
    Maintainer,
    (("email", "email", "string"), ("name", "name", "string"), ("url", "url", "string")),
    element="*v2.Maintainer",
)
_DEPENDENCY = Struct(
    "v2.Dependency",
    lambda: Dependency(name=""),
    (
        ("alias", "alias", "string"),
        ("condition", "condition", "string"),
        ("enabled", "enabled", "bool"),
        ("import-values", "import_values", "[]interface {}"),
        ("name", "name", "string"),
        ("repository", "repository", "string"),
        ("tags", "tags", "[]string"),
        ("version", "version", "string"),
    ),
    element="*v2.Dependency",
)
METADATA = Struct(
    "v2.Metadata",
    Metadata,
    (
        ("annotations", "annotations", "map[string]string"),
        ("apiVersion", "api_version", "string"),
        ("appVersion", "app_version", "string"),
        ("condition", "condition", "string"),
        ("dependencies", "dependencies", [_DEPENDENCY]),
        ("deprecated", "deprecated", "bool"),
        ("description", "description", "string"),
        ("home", "home", "string"),
        ("icon", "icon", "string"),
        ("keywords", "keywords", "[]string"),
        ("kubeVersion", "kube_version", "string"),
        ("maintainers", "maintainers", [_MAINTAINER]),
        ("name", "name", "string"),
        ("sources", "sources", "[]string"),
        ("tags", "tags", "string"),
        ("type", "type", "string"),
        ("version", "version", "string"),
    ),
)
_LOCK = Struct(
    "v2.Lock",
    Lock,
    (
        ("dependencies", "dependencies", [_DEPENDENCY]),
        ("digest", "digest", "string"),
        ("generated", "generated", "time.Time"),
    ),
)
_API_VERSION = Struct("loader.chartBase", Metadata, (("apiVersion", "api_version", "string"),))
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")


# --- reading --------------------------------------------------------------------------------------------------------


def read_metadata(data: bytes, into: Metadata | None = None) -> Metadata:
    """Return what a Chart.yaml says, unchecked; ``into`` takes the fields of a requirements.yaml.

    Null entries of ``maintainers`` and ``dependencies`` stay as None until ``validate`` refuses them.

    Raises:
        YamlError: No YAML, or a value of a type that the field cannot take.
    """
    found = into if into is not None else Metadata()
    fill(found, yaml.load_scalars(data), METADATA)
    return found


def read_lock(data: bytes) -> Lock | None:
    """Return what a Chart.lock says, or None where it says nothing.

    Raises:
        YamlError: As for ``read_metadata``.
    """
    content = yaml.load_scalars(data)
    if content is None:
        return None
    lock = Lock()
    fill(lock, content, _LOCK)
    return lock


def read_api_version(data: bytes) -> str:
    """Return a Chart.yaml's ``apiVersion`` without reading anything else into it."""
    found = Metadata()
    fill(found, yaml.load_scalars(data), _API_VERSION)
    return found.api_version


# --- rules ----------------------------------------------------------------------------------------------------------


def validate(metadata: Metadata) -> None:
    """Check ``metadata`` and tidy its texts in place (odd spaces, unprintable characters); Helm's ``Validate``.

    Raises:
        ChartMetadataError: The first rule that is broken.
    """
    for attribute in ("name", "description", "home", "icon", "condition", "tags", "app_version", "kube_version"):
        setattr(metadata, attribute, sanitize(getattr(metadata, attribute)))
    metadata.sources = [sanitize(source) for source in metadata.sources]
    metadata.keywords = [sanitize(keyword) for keyword in metadata.keywords]
    name = metadata.name
    if not metadata.api_version:
        raise ChartMetadataError("chart.metadata.apiVersion is required")
    if not name:
        raise ChartMetadataError("chart.metadata.name is required")
    if name in {".", ".."}:
        raise ChartMetadataError(f"chart.metadata.name {quote(name)} is not allowed")
    if name != base_name(name):
        raise ChartMetadataError(f"chart.metadata.name {quote(name)} is invalid")
    if not metadata.version:
        raise ChartMetadataError("chart.metadata.version is required")
    try:
        semver.parse(metadata.version)
    except VersionError as error:
        raise ChartMetadataError(f"chart.metadata.version {quote(metadata.version)} is invalid") from error
    if metadata.type not in {"", "application", "library"}:
        raise ChartMetadataError("chart.metadata.type must be application or library")
    _validate_maintainers(metadata.maintainers)
    _validate_dependencies(metadata.dependencies)


def base_name(path: str) -> str:
    """Return the last part of a path; Go's ``filepath.Base``."""
    return path.rstrip("/").rsplit("/", 1)[-1] or ("/" if path else ".")


def _validate_maintainers(maintainers: list[Maintainer]) -> None:
    entries: list[Maintainer | None] = list(maintainers)
    for maintainer in entries:
        if maintainer is None:
            raise ChartMetadataError("maintainers must not contain empty or null nodes")
        maintainer.name = sanitize(maintainer.name)
        maintainer.email = sanitize(maintainer.email)
        maintainer.url = sanitize(maintainer.url)


def _validate_dependencies(dependencies: list[Dependency]) -> None:
    entries: list[Dependency | None] = list(dependencies)
    seen = set()
    for dependency in entries:
        if dependency is None:
            raise ChartMetadataError("dependencies must not contain empty or null nodes")
        for attribute in ("name", "version", "repository", "condition"):
            setattr(dependency, attribute, sanitize(getattr(dependency, attribute)))
        dependency.tags = [sanitize(tag) for tag in dependency.tags]
        if dependency.alias and not _ALIAS.fullmatch(dependency.alias):
            raise ChartMetadataError(f"dependency {quote(dependency.name)} has disallowed characters in the alias")
        key = dependency.alias or dependency.name
        if key in seen:
            raise ChartMetadataError(f"more than one dependency with name or alias {quote(key)}")
        seen.add(key)


# --- writing --------------------------------------------------------------------------------------------------------


def dump_metadata(metadata: Metadata) -> str:
    """Return ``metadata`` as the text of a Chart.yaml, as ``helm show chart`` and ``helm package`` write it."""
    return yaml.dump(metadata_object(metadata))


def dump_lock(lock: Lock) -> str:
    """Return ``lock`` as the text of a Chart.lock."""
    return yaml.dump(lock_object(lock))


def metadata_object(metadata: Metadata) -> dict[str, Any]:
    """Return ``metadata`` under its wire names, without what is empty."""
    return _object(metadata, METADATA)


def lock_object(lock: Lock) -> dict[str, Any]:
    """Return ``lock`` under its wire names."""
    return {
        "dependencies": [dependency_object(dependency) for dependency in lock.dependencies],
        "digest": lock.digest,
        "generated": lock.generated or ZERO_TIME,
    }


def dependency_object(dependency: Dependency) -> dict[str, Any]:
    """Return ``dependency`` under its wire names; name and repository always, the rest unless empty."""
    return {"name": dependency.name, "repository": dependency.repository, **_object(dependency, _DEPENDENCY)}


def _object(source: object, struct: Struct) -> dict[str, Any]:
    result = {wire: value for wire, attribute, _ in struct.fields if (value := getattr(source, attribute))}
    if "dependencies" in result:
        result["dependencies"] = [dependency_object(entry) for entry in result["dependencies"]]
    if "maintainers" in result:
        result["maintainers"] = [_object(entry, _MAINTAINER) for entry in result["maintainers"]]
    return result
