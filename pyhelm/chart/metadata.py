"""Chart.yaml and Chart.lock: text to ``Metadata`` and ``Lock``, and back.

Reading is Helm's: YAML becomes JSON, JSON becomes Go structs. So keys may be written in any case, a number where text
is due becomes text (``appVersion: 1.10`` is ``1.1``), unknown keys are passed over, and a refusal names the Go type.
Written text has sorted keys and leaves out what is empty.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyhelm import yaml
from pyhelm.chart import semver
from pyhelm.chart.gotext import sanitize
from pyhelm.chart.model import Dependency, Lock, Maintainer, Metadata
from pyhelm.errors import ChartMetadataError, VersionError, YamlError
from pyhelm.yaml.golang import format_float, quote

if TYPE_CHECKING:
    from collections.abc import Callable

# Wire name, attribute, Go type; in the order of the JSON that Helm decodes, which is sorted.
_Fields = tuple[tuple[str, str, str], ...]
_METADATA: _Fields = (
    ("annotations", "annotations", "map[string]string"),
    ("apiVersion", "api_version", "string"),
    ("appVersion", "app_version", "string"),
    ("condition", "condition", "string"),
    ("dependencies", "dependencies", "[]*v2.Dependency"),
    ("deprecated", "deprecated", "bool"),
    ("description", "description", "string"),
    ("home", "home", "string"),
    ("icon", "icon", "string"),
    ("keywords", "keywords", "[]string"),
    ("kubeVersion", "kube_version", "string"),
    ("maintainers", "maintainers", "[]*v2.Maintainer"),
    ("name", "name", "string"),
    ("sources", "sources", "[]string"),
    ("tags", "tags", "string"),
    ("type", "type", "string"),
    ("version", "version", "string"),
)
_MAINTAINER: _Fields = (("email", "email", "string"), ("name", "name", "string"), ("url", "url", "string"))
_DEPENDENCY: _Fields = (
    ("alias", "alias", "string"),
    ("condition", "condition", "string"),
    ("enabled", "enabled", "bool"),
    ("import-values", "import_values", "[]interface {}"),
    ("name", "name", "string"),
    ("repository", "repository", "string"),
    ("tags", "tags", "[]string"),
    ("version", "version", "string"),
)
_LOCK: _Fields = (
    ("dependencies", "dependencies", "[]*v2.Dependency"),
    ("digest", "digest", "string"),
    ("generated", "generated", "time.Time"),
)
_STRUCTS: dict[str, tuple[Callable[[], Any], _Fields]] = {
    "v2.Metadata": (Metadata, _METADATA),
    "v2.Maintainer": (Maintainer, _MAINTAINER),
    "v2.Dependency": (lambda: Dependency(name=""), _DEPENDENCY),
    "v2.Lock": (Lock, _LOCK),
    "loader.chartBase": (Metadata, (("apiVersion", "api_version", "string"),)),
}
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|[+-]\d{2}:\d{2})", re.ASCII
)  # fmt: skip


# --- reading --------------------------------------------------------------------------------------------------------


def read_metadata(data: bytes, into: Metadata | None = None) -> Metadata:
    """Return what a Chart.yaml says, unchecked; ``into`` takes the fields of a requirements.yaml.

    Null entries of ``maintainers`` and ``dependencies`` stay as None until ``validate`` refuses them.

    Raises:
        YamlError: No YAML, or a value of a type that the field cannot take.
    """
    found = into if into is not None else Metadata()
    _fill(found, _read(data), "v2.Metadata", "")
    return found


def read_lock(data: bytes) -> Lock | None:
    """Return what a Chart.lock says, or None where it says nothing.

    Raises:
        YamlError: As for ``read_metadata``.
    """
    content = _read(data)
    if content is None:
        return None
    lock = Lock()
    _fill(lock, content, "v2.Lock", "")
    return lock


def read_api_version(data: bytes) -> str:
    """Return a Chart.yaml's ``apiVersion`` without reading anything else into it."""
    found = Metadata()
    _fill(found, _read(data), "loader.chartBase", "")
    return found.api_version


def unknown_field(content: object) -> str:
    """Return the first key of a parsed Chart.yaml that Helm does not know, or ``""``."""
    return _unknown(content, "v2.Metadata")


def _read(data: bytes) -> Any:
    return yaml.load_object(data)


def _fill(target: object, content: object, struct: str, path: str) -> None:
    """Set the attributes of ``target``, a Go ``struct``, from ``content``, which stands at ``path``."""
    if content is None:
        return
    if not isinstance(content, dict):
        raise mismatch(content, struct, path)
    fields = _STRUCTS[struct][1]
    for key in sorted(content):
        found = _field(fields, key)
        if found is not None:
            wire, attribute, go_type = found
            setattr(target, attribute, _convert(content[key], go_type, f"{path}.{wire}"))


def _convert(value: object, go_type: str, path: str) -> Any:
    """Return ``value`` as Go's JSON decoder would store it in a ``go_type``; null is the type's zero value."""
    if go_type == "string":
        return _text(value, path)
    if go_type == "bool":
        if value is None or isinstance(value, bool):
            return bool(value)
    elif go_type == "time.Time":
        if value is None or isinstance(value, str):
            return _time(value)
    elif go_type == "map[string]string":
        if value is None:
            return {}
        if isinstance(value, dict):
            return {key: _text(value[key], f"{path}.{key}") for key in sorted(value)}
    elif value is None:
        return []
    elif isinstance(value, list):
        element = go_type.removeprefix("[]")
        return [_element(entry, element, f"{path}.{position}") for position, entry in enumerate(value)]
    raise mismatch(value, go_type, path)


def _element(value: object, go_type: str, path: str) -> Any:
    if go_type == "string":
        return _text(value, path)
    if go_type == "interface {}" or value is None:
        return value
    struct = go_type.removeprefix("*")
    target = _STRUCTS[struct][0]()
    _fill(target, value, struct, path)
    return target


def _text(value: object, path: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return format_float(value)
    raise mismatch(value, "string", path)


def _field(fields: _Fields, key: str) -> tuple[str, str, str] | None:
    """Return the field that a JSON key means: by its name, or else by its name in any case."""
    for field in fields:
        if field[0] == key:
            return field
    folded = key.casefold()
    for field in fields:
        if field[0].casefold() == folded:
            return field
    return None


def _unknown(content: object, struct: str) -> str:
    if not isinstance(content, dict):
        return ""
    fields = _STRUCTS[struct][1]
    for key in sorted(content):
        found = _field(fields, key)
        if found is None:
            return str(key)
        inner = found[2].removeprefix("[]*")
        if inner in _STRUCTS and isinstance(content[key], list):
            for entry in content[key]:
                if name := _unknown(entry, inner):
                    return name
    return ""


def mismatch(value: object, go_type: str, path: str = "") -> YamlError:
    """Return the error of Go's JSON decoder about a ``value`` that a ``go_type`` cannot take."""
    if isinstance(value, bool):
        kind = "bool"
    elif isinstance(value, int | float):
        kind = "number"
    elif isinstance(value, str):
        kind = "string"
    else:
        kind = "array" if isinstance(value, list) else "object"
    if not path:
        place = "Go value"
    elif path.rsplit(".", 1)[-1].isdigit():
        place = path
    else:
        place = f"Go struct field {path}"
    return _json_error(f"json: cannot unmarshal {kind} into {place} of type {go_type}")


def _json_error(reason: str) -> YamlError:
    return YamlError(f"error unmarshaling JSON: while decoding JSON: {reason}")


def _time(text: str | None) -> str:
    """Return a time as Go writes it (RFC 3339, no needless fraction); null is Go's zero time."""
    if text is None:
        return ZERO_TIME
    match = _TIME.fullmatch(text)
    if match is None:
        raise _json_error(f"parsing time {quote(text)}{_time_flaw(text)}")
    year, month, day, hour, minute, second = (int(number) for number in match.groups()[:6])
    for bad, part in ((not 1 <= month <= 12, "month"), (not 1 <= day <= _days(year, month), "day"), (hour > 23, "hour"),
                      (minute > 59, "minute"), (second > 59, "second")):  # fmt: skip
        if bad:
            raise _json_error(f"parsing time {quote(text)}: {part} out of range")
    fraction = (match[7] or "")[:9].rstrip("0")
    zone = "Z" if match[8] in {"Z", "+00:00", "-00:00"} else match[8]
    return f"{text[:19]}{'.' + fraction if fraction else ''}{zone}"


def _days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in {4, 6, 9, 11} else 31


def _time_flaw(text: str) -> str:
    """Return where Go's time parser stops."""
    rest = text
    for pattern, layout in ((r"\d{4}", "2006"), ("-", "-"), (r"\d{2}", "01"), ("-", "-"), (r"\d{2}", "02"), ("T", "T"),
                            (r"\d{2}", "15"), (":", ":"), (r"\d{2}", "04"), (":", ":"), (r"\d{2}(?:[.,]\d+)?", "05"),
                            (r"Z|[+-]\d{2}:\d{2}", "Z07:00")):  # fmt: skip
        match = re.match(pattern, rest, re.ASCII)
        if match is None:
            return f' as "2006-01-02T15:04:05Z07:00": cannot parse {quote(rest)} as {quote(layout)}'
        rest = rest[match.end() :]
    return f": extra text: {quote(rest)}"


ZERO_TIME = "0001-01-01T00:00:00Z"


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
    return _object(metadata, _METADATA)


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


def _object(source: object, fields: _Fields) -> dict[str, Any]:
    result = {wire: value for wire, attribute, _ in fields if (value := getattr(source, attribute))}
    if "dependencies" in result:
        result["dependencies"] = [dependency_object(entry) for entry in result["dependencies"]]
    if "maintainers" in result:
        result["maintainers"] = [_object(entry, _MAINTAINER) for entry in result["maintainers"]]
    return result
