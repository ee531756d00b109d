"""ConfigMaps and Secrets (pkg/apis/core: ValidateConfigMap, ValidateSecret)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, required, too_long
from pyhelm.cluster.admission.metadata import validate_immutable
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import config_key_errors

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_LIMIT = 1024 * 1024
_FROZEN = "field is immutable when `immutable` is set"
_DOCKER = {
    "kubernetes.io/dockercfg": ".dockercfg",
    "kubernetes.io/dockerconfigjson": ".dockerconfigjson",
}


def _decoded_size(text: str) -> int:
    return len(text) * 3 // 4 - text[-2:].count("=")


def _validate_map(obj: Object) -> Errors:
    errors: Errors = []
    size = 0
    data, binary = obj.get("data") or {}, obj.get("binaryData") or {}
    for key, value in data.items():
        errors += [invalid(f"data[{key}]", key, wrong) for wrong in config_key_errors(key)]
        if key in binary:
            errors.append(invalid(f"data[{key}]", key, "duplicate of key present in binaryData"))
        size += len(value.encode())
    for key, value in binary.items():
        errors += [invalid(f"binaryData[{key}]", key, wrong) for wrong in config_key_errors(key)]
        size += _decoded_size(value)
    if size > _LIMIT:
        errors.append(too_long("", _LIMIT))
    return errors


def _update_map(new: Object, old: Object) -> Errors:
    return _frozen(new, old, ("data", "binaryData")) + _validate_map(new)


def _frozen(new: Object, old: Object, fields: tuple[str, ...]) -> Errors:
    if not old.get("immutable"):
        return []
    errors: Errors = []
    if not new.get("immutable"):
        errors.append(forbidden("immutable", _FROZEN))
    errors += [forbidden(field, _FROZEN) for field in fields if (new.get(field) or {}) != (old.get(field) or {})]
    return errors


def _default_secret(obj: Object) -> None:
    if not obj.get("type"):
        obj["type"] = "Opaque"
    # Conversion moves plain text into the encoded data before anything else looks at it.
    plain = obj.pop("stringData", None)
    if plain:
        from base64 import b64encode

        data = obj.setdefault("data", {})
        for key, value in plain.items():
            data[key] = b64encode(value.encode()).decode()


def _validate_secret(obj: Object) -> Errors:
    errors: Errors = []
    data = obj.get("data") or {}
    size = 0
    for key, value in data.items():
        errors += [invalid(f"data[{key}]", key, wrong) for wrong in config_key_errors(key)]
        size += _decoded_size(value)
    if size > _LIMIT:
        errors.append(too_long("data", _LIMIT))
    kind = obj.get("type")
    if kind == "kubernetes.io/service-account-token":
        name = "kubernetes.io/service-account.name"
        if not (obj["metadata"].get("annotations") or {}).get(name):
            errors.append(required(f"metadata.annotations[{name}]"))
    elif kind in _DOCKER:
        errors += _docker(data, _DOCKER[kind])
    elif kind == "kubernetes.io/basic-auth":
        if "username" not in data and "password" not in data:
            errors += [required("data[username]"), required("data[password]")]
    elif kind == "kubernetes.io/ssh-auth":
        if not data.get("ssh-privatekey"):
            errors.append(required("data[ssh-privatekey]"))
    elif kind == "kubernetes.io/tls":
        errors += [required(f"data[{key}]") for key in ("tls.crt", "tls.key") if key not in data]
    return errors


def _docker(data: dict[str, str], key: str) -> Errors:
    import json
    from base64 import b64decode

    if key not in data:
        return [required(f"data[{key}]")]
    text = b64decode(data[key])
    try:
        found = json.loads(text)
    except ValueError:
        reason = "unexpected end of JSON input" if not text.strip() else _complaint(text)
    else:
        if isinstance(found, dict) or found is None:
            return []
        from pyhelm.yaml.golang import json_kind

        reason = f"json: cannot unmarshal {json_kind(found)} into Go value of type map[string]interface {{}}"
    return [invalid(f"data[{key}]", "<secret contents redacted>", reason)]


def _complaint(text: bytes) -> str:
    first = text.decode("utf-8", "replace").lstrip()[:1]
    if first in {"{", "[", '"'}:
        return "unexpected end of JSON input"
    return f"invalid character '{first}' looking for beginning of value"


def _update_secret(new: Object, old: Object) -> Errors:
    errors = validate_immutable(new.get("type"), old.get("type"), "type")
    return errors + _frozen(new, old, ("data",)) + _validate_secret(new)


CONFIG_MAP = Strategy(validate=_validate_map, validate_update=_update_map)
SECRET = Strategy(
    default=_default_secret,
    validate=_validate_secret,
    validate_update=_update_secret,
)
