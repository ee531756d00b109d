"""Descriptions of volumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.objects import Object


def describe_volumes(writer: Writer, volumes: Sequence[Object] | None, space: str) -> None:
    """Write the volumes of a Pod or template; ``space`` indents the ones of a template."""
    if not volumes:
        writer.line(0, f"{space}Volumes:\t<none>")
        return
    writer.line(0, f"{space}Volumes:")
    for volume in volumes:
        writer.line(1, f"{' ' if space else ''}{volume.get('name', '')}:")
        for field, facts in _FACTS.items():
            if volume.get(field) is not None:
                for label, value in facts(volume[field]):
                    writer.line(2, f"{label}:\t{_show(value)}")
                break
        else:
            writer.line(1, "<unknown>")


def _show(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _host_path(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "HostPath (bare host directory volume)"),
        ("Path", source.get("path", "")),
        ("HostPathType", source.get("type", "<none>")),
    ]


def _empty_dir(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)"),
        ("Medium", source.get("medium", "")),
        ("SizeLimit", source.get("sizeLimit", "<unset>")),
    ]


def _secret(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "Secret (a volume populated by a Secret)"),
        ("SecretName", source.get("secretName", "")),
        ("Optional", bool(source.get("optional"))),
    ]


def _config_map(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "ConfigMap (a volume populated by a ConfigMap)"),
        ("Name", source.get("name", "")),
        ("Optional", bool(source.get("optional"))),
    ]


def _claim(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)"),
        ("ClaimName", source.get("claimName", "")),
        ("ReadOnly", bool(source.get("readOnly"))),
    ]


def _projected(source: Object) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [("Type", "Projected (a volume that contains injected data from multiple sources)")]
    for item in source.get("sources") or ():
        if item.get("secret"):
            facts += [("SecretName", item["secret"].get("name", ""))]
            facts += [("Optional", bool(item["secret"].get("optional")))]
        elif item.get("downwardAPI") is not None:
            facts += [("DownwardAPI", True)]
        elif item.get("configMap"):
            facts += [("ConfigMapName", item["configMap"].get("name", ""))]
            facts += [("Optional", bool(item["configMap"].get("optional")))]
        elif item.get("serviceAccountToken"):
            facts += [("TokenExpirationSeconds", item["serviceAccountToken"].get("expirationSeconds", 3600))]
    return facts


def _downward(source: Object) -> list[tuple[str, Any]]:
    items = [
        (item.get("fieldRef", {}).get("fieldPath", ""), f"-> {item.get('path', '')}")
        for item in source.get("items") or ()
    ]
    return [("Type", "DownwardAPI (a volume populated by information about the pod)"), ("Items", ""), *items]


def _nfs(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "NFS (an NFS mount that lasts the lifetime of a pod)"),
        ("Server", source.get("server", "")),
        ("Path", source.get("path", "")),
        ("ReadOnly", bool(source.get("readOnly"))),
    ]


def _csi(source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "CSI (a Container Storage Interface (CSI) volume source)"),
        ("Driver", source.get("driver", "")),
        ("FSType", source.get("fsType", "")),
        ("ReadOnly", bool(source.get("readOnly"))),
    ]


def _ephemeral(_source: Object) -> list[tuple[str, Any]]:
    return [
        ("Type", "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)")
    ]


_FACTS: dict[str, Callable[[Object], list[tuple[str, Any]]]] = {
    "hostPath": _host_path,
    "emptyDir": _empty_dir,
    "secret": _secret,
    "configMap": _config_map,
    "persistentVolumeClaim": _claim,
    "projected": _projected,
    "downwardAPI": _downward,
    "nfs": _nfs,
    "csi": _csi,
    "ephemeral": _ephemeral,
}
