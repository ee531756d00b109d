"""Defaults of Pods and Pod templates (pkg/apis/core/v1/defaults.go)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_MODE = 0o644
_HOUR = 3600
_AZURE_DISK: Object = {"cachingMode": "ReadWrite", "kind": "Shared", "fsType": "ext4", "readOnly": False}
_VOLUME_SOURCES_WITH_MODE = ("secret", "configMap", "downwardAPI", "projected")


def default_template(template: Object) -> None:
    """Fill in the defaults of a Pod template."""
    spec = template.get("spec")
    if isinstance(spec, dict):
        default_spec(spec)


def default_pod(pod: Object) -> None:
    """Fill in the defaults of a Pod, which are a few more than those of a template."""
    spec = pod.setdefault("spec", {})
    default_spec(spec)
    for kind in ("initContainers", "containers"):
        for container in spec.get(kind) or ():
            resources = container["resources"]
            limits = resources.get("limits")
            if limits:
                # What is limited and not asked for is asked for up to the limit.
                resources["requests"] = {**limits, **(resources.get("requests") or {})}
    spec.setdefault("enableServiceLinks", True)


def default_spec(spec: Object) -> None:
    """Fill in the defaults of a Pod's spec."""
    for volume in spec.get("volumes") or ():
        _default_volume(volume)
    host_network = bool(spec.get("hostNetwork"))
    for kind in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(kind) or ():
            _default_container(container, host_network=host_network)
    _unless_set(spec, "restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    _unless_set(spec, "dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    _unless_set(spec, "schedulerName", "default-scheduler")
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    if account:
        # The old field mirrors the new one.
        spec["serviceAccountName"] = spec["serviceAccount"] = account
    for constraint in spec.get("topologySpreadConstraints") or ():
        _unless_set(constraint, "whenUnsatisfiable", "DoNotSchedule")


def pull_policy(image: str) -> str:
    """Return the default pull policy of an image: Always for ``latest``, which is also what no tag means."""
    if "@" in image:
        # A digest names one image for good; with a tag beside it the tag decides.
        image, _, _ = image.partition("@")
        _, colon, tag = image.rpartition("/")[2].partition(":")
        return "Always" if colon and tag == "latest" else "IfNotPresent"
    _, colon, tag = image.rpartition("/")[2].partition(":")
    return "Always" if not colon or tag == "latest" else "IfNotPresent"


def _default_container(container: Object, *, host_network: bool) -> None:
    for port in container.get("ports") or ():
        _unless_set(port, "protocol", "TCP")
        if host_network and not port.get("hostPort") and port.get("containerPort"):
            port["hostPort"] = port["containerPort"]
    for variable in container.get("env") or ():
        reference = (variable.get("valueFrom") or {}).get("fieldRef")
        if reference is not None:
            _unless_set(reference, "apiVersion", "v1")
    container.setdefault("resources", {})
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in container:
            _default_probe(container[probe])
    lifecycle = container.get("lifecycle") or {}
    for hook in ("postStart", "preStop"):
        _default_get((lifecycle.get(hook) or {}).get("httpGet"))
    _unless_set(container, "terminationMessagePath", "/dev/termination-log")
    _unless_set(container, "terminationMessagePolicy", "File")
    if not container.get("imagePullPolicy"):
        container["imagePullPolicy"] = pull_policy(container.get("image") or "")


def _default_probe(probe: Object) -> None:
    _default_get(probe.get("httpGet"))
    grpc = probe.get("grpc")
    if grpc is not None:
        grpc.setdefault("service", "")
    _unless_set(probe, "timeoutSeconds", 1)
    _unless_set(probe, "periodSeconds", 10)
    _unless_set(probe, "successThreshold", 1)
    _unless_set(probe, "failureThreshold", 3)


def _default_get(action: Object | None) -> None:
    if action is not None:
        _unless_set(action, "path", "/")
        _unless_set(action, "scheme", "HTTP")


def _default_volume(volume: Object) -> None:
    if not any(isinstance(value, dict) for name, value in volume.items() if name != "name"):
        volume["emptyDir"] = {}
        return
    for kind in _VOLUME_SOURCES_WITH_MODE:
        source = volume.get(kind)
        if source is not None:
            source.setdefault("defaultMode", _MODE)
    for item in (volume.get("downwardAPI") or {}).get("items") or ():
        _default_field(item)
    for source in (volume.get("projected") or {}).get("sources") or ():
        token = source.get("serviceAccountToken")
        if token is not None:
            token.setdefault("expirationSeconds", _HOUR)
        for item in (source.get("downwardAPI") or {}).get("items") or ():
            _default_field(item)
    if "hostPath" in volume:
        volume["hostPath"].setdefault("type", "")
    if "iscsi" in volume:
        _unless_set(volume["iscsi"], "iscsiInterface", "default")
    if "rbd" in volume:
        for name, value in (("pool", "rbd"), ("user", "admin"), ("keyring", "/etc/ceph/keyring")):
            _unless_set(volume["rbd"], name, value)
    if "azureDisk" in volume:
        volume["azureDisk"] = {**_AZURE_DISK, **volume["azureDisk"]}
    if "scaleIO" in volume:
        _unless_set(volume["scaleIO"], "storageMode", "ThinProvisioned")
        _unless_set(volume["scaleIO"], "fsType", "xfs")
    if "ephemeral" in volume:
        claim = (volume["ephemeral"].get("volumeClaimTemplate") or {}).get("spec")
        if claim is not None:
            claim.setdefault("volumeMode", "Filesystem")
    if "image" in volume:
        image = volume["image"]
        if not image.get("pullPolicy"):
            image["pullPolicy"] = pull_policy(image.get("reference") or "")


def _default_field(item: Object) -> None:
    reference = item.get("fieldRef")
    if reference is not None:
        _unless_set(reference, "apiVersion", "v1")


def _unless_set(obj: Object, field: str, value: Any) -> None:
    if not obj.get(field):
        obj[field] = value
