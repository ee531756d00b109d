"""Rules about Chart.yaml (``pkg/chart/v2/lint/rules/chartfile.go``)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyhelm import yaml
from pyhelm.chart import semver
from pyhelm.chart.folder import describe
from pyhelm.chart.gojson import unknown_field
from pyhelm.chart.metadata import METADATA, base_name, read_metadata
from pyhelm.errors import VersionError, YamlError
from pyhelm.lint.addresses import is_email, is_request_url, is_url
from pyhelm.lint.duplicates import duplicate_keys
from pyhelm.lint.messages import Linter, Severity
from pyhelm.yaml.golang import quote

if TYPE_CHECKING:
    from pyhelm.chart.model import Maintainer, Metadata

NAME = "Chart.yaml"


def check(linter: Linter) -> None:
    """Run the rules."""
    path = Path(linter.folder, NAME)
    linter.check(Severity.ERROR, NAME, "should be a file, not a directory" if path.is_dir() else None)
    data, metadata, complaint = _read(path)
    if not linter.check(Severity.ERROR, NAME, complaint):
        return
    linter.check(Severity.WARNING, NAME, _strict(data))
    content = yaml.load(data)
    for severity, found in (
        (Severity.ERROR, _name(metadata)),
        (Severity.ERROR, _api_version(metadata)),
        (Severity.ERROR, _type_of(content, "version")),
        (Severity.ERROR, _version(metadata)),
        (Severity.ERROR, _type_of(content, "appVersion")),
        (Severity.ERROR, _maintainers(metadata)),
        (Severity.ERROR, _sources(metadata)),
        (Severity.INFO, None if metadata.icon else "icon is recommended"),
        (Severity.ERROR, _icon(metadata)),
        (Severity.ERROR, _type(metadata)),
        (Severity.ERROR, _dependencies(metadata)),
        (Severity.WARNING, _strict_version(metadata)),
    ):
        linter.check(severity, NAME, found)


def _read(path: Path) -> tuple[bytes, Metadata, str | None]:
    from pyhelm.chart.model import Metadata

    reason = ""
    try:
        data = path.read_bytes()
        return data, read_metadata(data), None
    except OSError as error:
        reason = describe("read" if isinstance(error, IsADirectoryError) else "open", str(path), error)
    except YamlError as error:
        reason = str(error)
    return b"", Metadata(), f"unable to parse YAML\n\t{reason}"


def _strict(data: bytes) -> str | None:
    """Complain about keys that stand twice, or else about the first that is unknown."""
    reason = ""
    if lines := [f"  line {line}: key {key} already set in map" for line, key in duplicate_keys(data)]:
        reason = "\n".join(("error converting YAML to JSON: yaml: unmarshal errors:", *lines))
    elif name := unknown_field(yaml.load_object(data), METADATA):
        reason = f"error unmarshaling JSON: while decoding JSON: json: unknown field {quote(name)}"
    return f"failed to strictly parse chart metadata file\n\t{reason}" if reason else None


def _name(metadata: Metadata) -> str | None:
    if not metadata.name:
        return "name is required"
    if base_name(metadata.name) != metadata.name:
        return f"chart name {quote(metadata.name)} is invalid"
    return None


def _api_version(metadata: Metadata) -> str | None:
    version = metadata.api_version
    if not version:
        return 'apiVersion is required. The value must be either "v1" or "v2"'
    if version not in {"v1", "v2"}:
        return f'apiVersion \'{version}\' is not valid. The value must be either "v1" or "v2"'
    return None


def _type_of(content: Any, key: str) -> str | None:
    if not isinstance(content, dict) or key not in content or isinstance(content[key], str):
        return None
    value = content[key]
    if value is None:
        go_type = "<nil>"
    elif isinstance(value, bool):
        go_type = "bool"
    elif isinstance(value, int | float):
        go_type = "float64"
    else:
        go_type = "[]interface {}" if isinstance(value, list) else "map[string]interface {}"
    return f"{key} should be of type string but it's of type {go_type}"


def _version(metadata: Metadata) -> str | None:
    if not metadata.version:
        return "version is required"
    try:
        version = semver.parse(metadata.version)
    except VersionError:
        return f"version '{metadata.version}' is not a valid SemVer"
    if semver.parse_constraint(">0.0.0-0").check(version):
        return None
    return f'version {quote(metadata.version)} is less than or equal to "0.0.0-0"'


def _strict_version(metadata: Metadata) -> str | None:
    try:
        semver.parse_strict(metadata.version)
    except VersionError:
        return f"version '{metadata.version}' is not a valid SemVerV2"
    return None


def _maintainers(metadata: Metadata) -> str | None:
    entries: list[Maintainer | None] = list(metadata.maintainers)
    for maintainer in entries:
        if maintainer is None:
            return "a maintainer entry is empty"
        if not maintainer.name:
            return "each maintainer requires a name"
        if maintainer.email and not is_email(maintainer.email):
            return f"invalid email '{maintainer.email}' for maintainer '{maintainer.name}'"
        if maintainer.url and not is_url(maintainer.url):
            return f"invalid url '{maintainer.url}' for maintainer '{maintainer.name}'"
    return None


def _sources(metadata: Metadata) -> str | None:
    for source in metadata.sources:
        if not is_request_url(source):
            return f"invalid source URL '{source}'"
    return None


def _icon(metadata: Metadata) -> str | None:
    if metadata.icon and not is_request_url(metadata.icon):
        return f"invalid icon URL '{metadata.icon}'"
    return None


def _type(metadata: Metadata) -> str | None:
    if metadata.type and metadata.api_version != "v2":
        return f"chart type is not valid in apiVersion '{metadata.api_version}'. It is valid in apiVersion 'v2'"
    return None


def _dependencies(metadata: Metadata) -> str | None:
    if metadata.dependencies and metadata.api_version != "v2":
        return (
            f"dependencies are not valid in the Chart file with apiVersion '{metadata.api_version}'. "
            "They are valid in apiVersion 'v2'"
        )
    return None
