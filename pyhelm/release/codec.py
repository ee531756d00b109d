"""A release record's wire form: Helm's own JSON, gzipped, in base64.

Follows the struct tags of ``release/v1.Release`` and ``chart/v2.Chart`` and the driver's ``encodeRelease``: real Helm
reads what this writes and the reverse. As in Helm, a record holds its chart without the subcharts and without the raw
files. Numbers of values come back as floats, as ``encoding/json`` gives them to Helm.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from pyhelm.chart.model import Chart, Dependency, File, Lock, Maintainer, Metadata
from pyhelm.errors import ReleaseRecordError
from pyhelm.release.record import Hook, HookEvent, HookExecution, Info, Release, Status

_ZERO_TIME = "0001-01-01T00:00:00Z"
_GZIP_MAGIC = b"\x1f\x8b\x08"


def encode(release: Release) -> str:
    """Return the record's payload: base64 of gzipped JSON."""
    # Level 6 takes half the time of Helm's 9 for payloads 1.5 % larger (680 kB of JSON: 19 and 36 ms).
    # mtime 0 makes the payload a function of the record alone.
    packed = gzip.compress(_to_bytes(to_json(release)), 6, mtime=0)
    return base64.b64encode(packed).decode("ascii")


def decode(payload: str | bytes, *, name: str = "") -> Release:
    """Read a payload that ``encode`` or Helm wrote (or an old Helm that did not compress).

    Args:
        payload: base64 text.
        name: What to call the record in errors.

    Raises:
        ReleaseRecordError: It is damaged, or no release.
    """
    try:
        packed = base64.b64decode(payload, validate=True)
        if packed.startswith(_GZIP_MAGIC):
            packed = gzip.decompress(packed)
        body = json.loads(packed, parse_int=float)
    except (binascii.Error, OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise ReleaseRecordError(name, str(error)) from error
    if not isinstance(body, dict):
        raise ReleaseRecordError(name, "no JSON object")
    try:
        return from_json(body)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ReleaseRecordError(name, f"not a release: {error}") from error


def to_json(release: Release) -> dict[str, Any]:
    """Return the JSON value of a release, keys in Go's order."""
    return _drop_empty(
        {
            "name": release.name,
            "info": _info_to_json(release.info),
            "chart": _chart_to_json(release.chart),
            "config": _numbers(release.config),
            "manifest": release.manifest,
            "hooks": [_hook_to_json(hook) for hook in release.hooks],
            "version": release.version,
            "namespace": release.namespace,
            "apply_method": release.apply_method,
        }
    )


def from_json(body: dict[str, Any]) -> Release:
    """Make a release of its JSON value; absent parts get Go's zero values."""
    return Release(
        name=body.get("name") or "",
        namespace=body.get("namespace") or "",
        version=int(body.get("version") or 0),
        info=_info_from_json(body.get("info") or {}),
        chart=_chart_from_json(body.get("chart") or {}),
        config=body.get("config") or {},
        manifest=body.get("manifest") or "",
        hooks=[_hook_from_json(hook) for hook in body.get("hooks") or ()],
        apply_method=body.get("apply_method") or "",
    )


def format_time(moment: datetime) -> str:
    """Write a time as Go's RFC3339Nano: no trailing zeros in the fraction, ``Z`` for UTC."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.replace(tzinfo=None).isoformat()[:19]
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    offset = moment.utcoffset()
    if not offset:
        return f"{text}Z"
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{text}{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def parse_time(text: str) -> datetime | None:
    """Read an RFC 3339 time, keeping its offset; Go's zero time and ``""`` are None. Fractions are cut to microseconds.

    Raises:
        ValueError: It is no such time.
    """
    if not text or text == _ZERO_TIME:
        return None
    day, fraction = text[:19], text[19:]
    microsecond = 0
    if fraction.startswith("."):
        digits = len(fraction) - len(fraction[1:].lstrip("0123456789")) - 1
        microsecond = int(fraction[1 : 1 + digits][:6].ljust(6, "0"))
        fraction = fraction[1 + digits :]
    if fraction == "Z":
        zone: timezone = UTC
    else:
        sign = {"+": 1, "-": -1}[fraction[:1]]
        zone = timezone(sign * timedelta(hours=int(fraction[1:3]), minutes=int(fraction[4:6])))
    return datetime.strptime(day, "%Y-%m-%dT%H:%M:%S").replace(microsecond=microsecond, tzinfo=zone)


# --- parts of a release ---------------------------------------------------------------------------------------------


def _info_to_json(info: Info) -> dict[str, Any]:
    return _drop_empty(
        {
            "first_deployed": _time_to_json(info.first_deployed),
            "last_deployed": _time_to_json(info.last_deployed),
            "deleted": _time_to_json(info.deleted),
            "description": info.description,
            "status": str(info.status),
            "rollback_revision": info.rollback_revision,
            "notes": info.notes,
            "resources": info.resources,
        }
    )


def _info_from_json(body: dict[str, Any]) -> Info:
    return Info(
        first_deployed=parse_time(body.get("first_deployed") or ""),
        last_deployed=parse_time(body.get("last_deployed") or ""),
        deleted=parse_time(body.get("deleted") or ""),
        description=body.get("description") or "",
        status=_status(body.get("status") or ""),
        rollback_revision=int(body.get("rollback_revision") or 0),
        notes=body.get("notes") or "",
        resources=body.get("resources"),
    )


def _status(text: str) -> Status:
    try:
        return Status(text)
    except ValueError:
        return Status.UNKNOWN


def _hook_to_json(hook: Hook) -> dict[str, Any]:
    run = hook.last_run
    body = {
        "name": hook.name,
        "kind": hook.kind,
        "path": hook.path,
        "manifest": hook.manifest,
        "events": [str(event) for event in hook.events],
        "last_run": _drop_empty(
            {"started_at": _time_to_json(run.started_at), "completed_at": _time_to_json(run.completed_at)}
        )
        | {"phase": run.phase},
        "weight": hook.weight,
        "delete_policies": hook.delete_policies,
        "output_log_policies": hook.output_log_policies,
    }
    return _drop_empty(body)


def _hook_from_json(body: dict[str, Any]) -> Hook:
    run = body.get("last_run") or {}
    return Hook(
        name=body.get("name") or "",
        kind=body.get("kind") or "",
        path=body.get("path") or "",
        manifest=body.get("manifest") or "",
        events=[HookEvent(event) for event in body.get("events") or ()],
        weight=int(body.get("weight") or 0),
        delete_policies=list(body.get("delete_policies") or ()),
        output_log_policies=list(body.get("output_log_policies") or ()),
        last_run=HookExecution(
            started_at=parse_time(run.get("started_at") or ""),
            completed_at=parse_time(run.get("completed_at") or ""),
            phase=run.get("phase") or "",
        ),
    )


# --- the chart ------------------------------------------------------------------------------------------------------


def _chart_to_json(chart: Chart) -> dict[str, Any]:
    return {
        "metadata": metadata_to_json(chart.metadata),
        "lock": _lock_to_json(chart.lock) if chart.lock else None,
        "templates": [_file_to_json(file) for file in chart.templates] or None,
        "values": _numbers(chart.values),
        "schema": None if chart.schema is None else base64.b64encode(chart.schema).decode("ascii"),
        "schemamodtime": _ZERO_TIME,
        "files": [_file_to_json(file) for file in chart.files] or None,
    }


def _chart_from_json(body: dict[str, Any]) -> Chart:
    schema = body.get("schema")
    lock = body.get("lock")
    return Chart(
        metadata=metadata_from_json(body.get("metadata") or {}),
        values=body.get("values") or {},
        templates=[_file_from_json(file) for file in body.get("templates") or ()],
        files=[_file_from_json(file) for file in body.get("files") or ()],
        schema=base64.b64decode(schema, validate=True) if schema else None,
        lock=_lock_from_json(lock) if lock else None,
    )


def metadata_to_json(metadata: Metadata) -> dict[str, Any]:
    """Return Chart.yaml's content as JSON: Helm's keys in Go's order, empty ones left out."""
    return _drop_empty(
        {
            "name": metadata.name,
            "home": metadata.home,
            "sources": metadata.sources,
            "version": metadata.version,
            "description": metadata.description,
            "keywords": metadata.keywords,
            "maintainers": [
                _drop_empty({"name": person.name, "email": person.email, "url": person.url})
                for person in metadata.maintainers
            ],
            "icon": metadata.icon,
            "apiVersion": metadata.api_version,
            "condition": metadata.condition,
            "tags": metadata.tags,
            "appVersion": metadata.app_version,
            "deprecated": metadata.deprecated,
            "annotations": metadata.annotations,
            "kubeVersion": metadata.kube_version,
            "dependencies": [dependency_to_json(dependency) for dependency in metadata.dependencies],
            "type": metadata.type,
        }
    )


def metadata_from_json(body: dict[str, Any]) -> Metadata:
    """Make metadata of its JSON value."""
    return Metadata(
        name=body.get("name") or "",
        home=body.get("home") or "",
        sources=list(body.get("sources") or ()),
        version=body.get("version") or "",
        description=body.get("description") or "",
        keywords=list(body.get("keywords") or ()),
        maintainers=[
            Maintainer(person.get("name") or "", person.get("email") or "", person.get("url") or "")
            for person in body.get("maintainers") or ()
        ],
        icon=body.get("icon") or "",
        api_version=body.get("apiVersion") or "",
        condition=body.get("condition") or "",
        tags=body.get("tags") or "",
        app_version=body.get("appVersion") or "",
        deprecated=bool(body.get("deprecated")),
        annotations=dict(body.get("annotations") or {}),
        kube_version=body.get("kubeVersion") or "",
        dependencies=[_dependency_from_json(dependency) for dependency in body.get("dependencies") or ()],
        type=body.get("type") or "",
    )


def dependency_to_json(dependency: Dependency) -> dict[str, Any]:
    """Return an entry of ``dependencies`` as JSON; name and repository are always there."""
    optional = _drop_empty(
        {
            "condition": dependency.condition,
            "tags": dependency.tags,
            "enabled": dependency.enabled,
            "import-values": dependency.import_values,
            "alias": dependency.alias,
        }
    )
    body = {"name": dependency.name}
    if dependency.version:
        body["version"] = dependency.version
    return {**body, "repository": dependency.repository, **optional}


def _dependency_from_json(body: dict[str, Any]) -> Dependency:
    return Dependency(
        name=body.get("name") or "",
        version=body.get("version") or "",
        repository=body.get("repository") or "",
        condition=body.get("condition") or "",
        tags=list(body.get("tags") or ()),
        enabled=bool(body.get("enabled")),
        import_values=list(body.get("import-values") or ()),
        alias=body.get("alias") or "",
    )


def _lock_to_json(lock: Lock) -> dict[str, Any]:
    return {
        "generated": lock.generated or _ZERO_TIME,
        "digest": lock.digest,
        "dependencies": [dependency_to_json(dependency) for dependency in lock.dependencies] or None,
    }


def _lock_from_json(body: dict[str, Any]) -> Lock:
    generated = body.get("generated") or ""
    return Lock(
        generated="" if generated == _ZERO_TIME else generated,
        digest=body.get("digest") or "",
        dependencies=[_dependency_from_json(dependency) for dependency in body.get("dependencies") or ()],
    )


def _file_to_json(file: File) -> dict[str, str]:
    return {"name": file.name, "data": base64.b64encode(file.data).decode("ascii")}


def _file_from_json(body: dict[str, Any]) -> File:
    return File(body.get("name") or "", base64.b64decode(body.get("data") or "", validate=True))


# --- Go's JSON ------------------------------------------------------------------------------------------------------


def _drop_empty(body: dict[str, Any]) -> dict[str, Any]:
    """Apply ``omitempty`` to every key."""
    return {key: value for key, value in body.items() if value not in (None, "", 0, False) and value not in ([], {})}


def _time_to_json(moment: datetime | None) -> str | None:
    return None if moment is None else format_time(moment)


def _numbers(value: Any) -> Any:
    """Copy a value with its keys sorted and whole floats as integers, which is how ``encoding/json`` writes them."""
    if isinstance(value, dict):
        return {key: _numbers(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        if abs(value) < 2**53:
            return int(value)
        from decimal import Decimal

        return int(Decimal(repr(value)))  # the shortest digits that mean this float, filled up with zeros
    return value


def _to_bytes(body: dict[str, Any]) -> bytes:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Bytes of a template that are no UTF-8 travel as surrogates; encoding/json writes U+FFFD for each.
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text).encode()
