"""What templates see beside values: ``.Files``, ``.Chart``, ``.Release``, ``.Capabilities`` (``ToRenderValues``).

They are maps where Helm has maps, with the methods that Helm's types have.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from pyhelm.errors import FunctionError, UsageError
from pyhelm.functions.gotypes import Int, Object, StringMap, Strings
from pyhelm.functions.registry import Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyhelm.chart.model import Chart, Dependency, File, Maintainer

HELM_VERSION = "v4.3.1"
"""The Helm whose behaviour this is; charts can ask for it."""


def _methods(*functions: Function) -> Mapping[str, Function]:
    return {function.name: function for function in functions}


# --- .Values, and dot itself ----------------------------------------------------------------------------------------


class Values(dict[str, Any]):
    """Helm's ``common.Values``: a map with methods, which hide keys of the same names."""

    __slots__ = ()
    go_type: ClassVar[str] = "common.Values"
    go_underlying: ClassVar[str] = "map[string]interface {}"
    go_kind: ClassVar[str] = "map"
    go_methods: ClassVar[Mapping[str, Function]] = {}

    def as_yaml(self) -> str:
        """Return the values as YAML."""
        from pyhelm.yaml import dump

        return dump(dict(self))

    def as_map(self) -> Values:
        """Return the values."""
        return self

    def table(self, path: str) -> Values:
        """Return the map at ``path`` (names joined by dots).

        Raises:
            FunctionError: There is none.
        """
        found: Any = self
        for name in path.split("."):
            below = found.get(name)
            if not isinstance(below, dict):
                raise FunctionError(f'"{name}" is not a table')
            found = below
        return Values(found) if type(found) is dict else found

    def path_value(self, path: str) -> Any:
        """Return the value at ``path``, which is no map.

        Raises:
            FunctionError: There is none.
        """
        if not path:
            raise FunctionError("YAML path cannot be empty")
        *before, key = path.split(".")
        found: Any = self
        for name in before:
            found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, dict) or key not in found or isinstance(found[key], dict):
            raise FunctionError(f'"{key}" is not a value')
        return found[key]


Values.go_methods = _methods(
    Function("YAML", Values.as_yaml, (), returns="string"),
    Function("AsMap", Values.as_map, (), returns="map[string]any"),
    Function("Table", Values.table, ("string",), returns="common.Values"),
    Function("PathValue", Values.path_value, ("string",), returns="any"),
)


# --- .Files ---------------------------------------------------------------------------------------------------------


class Files(dict[str, bytes]):
    """Helm's ``engine.files``: contents by name."""

    __slots__ = ()
    go_type: ClassVar[str] = "engine.files"
    go_underlying: ClassVar[str] = "map[string][]uint8"
    go_kind: ClassVar[str] = "map"
    go_zero: ClassVar[bytes] = b""
    go_methods: ClassVar[Mapping[str, Function]] = {}

    def get_bytes(self, name: str) -> bytes:
        """Return the content of a file; of one that is not there, nothing."""
        return self.get(name, b"")

    def get_text(self, name: str) -> str:
        """Return the content of a file as text."""
        return self.get(name, b"").decode("utf-8", "surrogateescape")

    def glob(self, pattern: str) -> Files:
        """Return the files whose names match; a pattern that cannot be read matches all."""
        from pyhelm.template.glob import Glob, GlobError

        try:
            glob = Glob(pattern)
        except GlobError:
            return Files(self)
        return Files({name: data for name, data in self.items() if glob.matches(name)})

    def as_config(self) -> str:
        """Return base names and contents as YAML, for a ConfigMap."""
        return _yaml({_base(name): data.decode("utf-8", "surrogateescape") for name, data in self.items()})

    def as_secrets(self) -> str:
        """Return base names and contents in base64 as YAML, for a Secret."""
        return _yaml({_base(name): base64.b64encode(data).decode() for name, data in self.items()})

    def lines(self, name: str) -> Strings:
        """Return the lines of a file."""
        text = self.get_text(name)
        return Strings(text.removesuffix("\n").split("\n") if text else [])


def _base(name: str) -> str:
    return name.rstrip("/").rpartition("/")[2]


def _yaml(value: dict[str, str]) -> str:
    from pyhelm.yaml import dump

    return dump(value).removesuffix("\n")


Files.go_methods = _methods(
    Function("Get", Files.get_text, ("string",), returns="string"),
    Function("GetBytes", Files.get_bytes, ("string",), returns="[]byte"),
    Function("Glob", Files.glob, ("string",), returns="engine.files"),
    Function("AsConfig", Files.as_config, (), returns="string"),
    Function("AsSecrets", Files.as_secrets, (), returns="string"),
    Function("Lines", Files.lines, ("string",), returns="[]string"),
)


def files_of(files: Iterable[File]) -> Files:
    """Return ``.Files`` of a chart with ``files``."""
    return Files({file.name: file.data for file in files})


# --- .Capabilities --------------------------------------------------------------------------------------------------


class KubeVersion(Object):
    """``.Capabilities.KubeVersion``; prints as the version without its suffixes."""

    __slots__ = ("Major", "Minor", "Version", "normalizedVersion")
    go_type = "common.KubeVersion"
    go_kind = "struct"
    go_fields = ("Version", "normalizedVersion", "Major", "Minor")

    def __init__(self, version: str, normalized: str, major: str, minor: str) -> None:
        self.Version = version
        self.Major = major
        self.Minor = minor
        self.normalizedVersion = normalized

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KubeVersion) and self.Version == other.Version

    def __hash__(self) -> int:
        return hash(self.Version)

    @classmethod
    def parse(cls, version: str) -> KubeVersion:
        """Return the version that ``version`` names, as ``--kube-version`` takes it.

        Raises:
            UsageError: It is no version.
        """
        import re

        match = re.match(r"\s*v?([0-9]+(?:\.[0-9]+)+)(.*)\Z", version, re.DOTALL)
        if match is None:
            raise UsageError(f'could not parse "{version}" as version')
        parts = match.group(1).split(".")
        for part in parts:
            if len(part) > 1 and part[0] == "0":
                raise UsageError(f'illegal zero-prefixed version component "{part}" in "{version}"')
        numbers = [str(int(part)) for part in parts]
        full = version if version.startswith("v") else f"v{version}"
        return cls(full, "v" + ".".join(numbers), numbers[0], numbers[1])

    def go_printed(self) -> str:
        """Return what an action prints: there Go finds the method ``String``."""
        return self.normalizedVersion

    def go_json(self) -> dict[str, str]:
        """Return the exported fields."""
        return {"Version": self.Version, "Major": self.Major, "Minor": self.Minor}

    def __str__(self) -> str:
        return self.normalizedVersion


class HelmVersion(Object):
    """``.Capabilities.HelmVersion``."""

    __slots__ = ("GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion", "Version")
    go_type = "version.BuildInfo"
    go_kind = "struct"
    go_fields = ("Version", "GitCommit", "GitTreeState", "GoVersion", "KubeClientVersion")

    def __init__(self) -> None:
        self.Version = HELM_VERSION
        self.GitCommit = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"
        self.GitTreeState = "clean"
        self.GoVersion = "go1.27.2"
        self.KubeClientVersion = "v1.37"

    def go_json(self) -> dict[str, str]:
        """Return the fields under the names that JSON has for them."""
        return {
            "version": self.Version,
            "git_commit": self.GitCommit,
            "git_tree_state": self.GitTreeState,
            "go_version": self.GoVersion,
            "kube_client_version": self.KubeClientVersion,
        }


class VersionSet(Strings):
    """``.Capabilities.APIVersions``."""

    __slots__ = ()
    go_type = "common.VersionSet"
    go_underlying: ClassVar[str] = "[]string"
    go_methods: ClassVar[Mapping[str, Function]] = {}

    def has(self, version: str) -> bool:
        """Return whether ``version`` (``apps/v1``, or ``apps/v1/Deployment`` of a cluster) is there."""
        return version in self


VersionSet.go_methods = _methods(Function("Has", VersionSet.has, ("string",), returns="bool"))

DEFAULT_KUBE_VERSION = "v1.37.0"

_DEFAULT_API_VERSIONS = """
v1
admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 admissionregistration.k8s.io/v1beta1
internal.apiserver.k8s.io/v1alpha1
apps/v1 apps/v1beta1 apps/v1beta2
authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1
authorization.k8s.io/v1 authorization.k8s.io/v1beta1
autoscaling/v1 autoscaling/v2
batch/v1 batch/v1beta1
certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1
coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1
discovery.k8s.io/v1 discovery.k8s.io/v1beta1
events.k8s.io/v1 events.k8s.io/v1beta1
extensions/v1beta1
flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
flowcontrol.apiserver.k8s.io/v1beta3
lifecycle.k8s.io/v1alpha1
networking.k8s.io/v1 networking.k8s.io/v1beta1
node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1
policy/v1 policy/v1beta1
rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1
resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3
scheduling.k8s.io/v1alpha3 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1
storage.k8s.io/v1beta1 storage.k8s.io/v1 storage.k8s.io/v1alpha1
storagemigration.k8s.io/v1 storagemigration.k8s.io/v1beta1
apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1
"""


class Capabilities(Object):
    """``.Capabilities``: the Kubernetes to render for.

    Attributes:
        kube_version: Its version.
        api_versions: What it serves, in order.
    """

    __slots__ = ("APIVersions", "HelmVersion", "KubeVersion")
    go_type = "*common.Capabilities"
    go_kind = "ptr"
    go_fields = ("KubeVersion", "APIVersions", "HelmVersion")

    def __init__(self, kube_version: KubeVersion, api_versions: Iterable[str]) -> None:
        self.KubeVersion = kube_version
        self.APIVersions = VersionSet(api_versions)
        self.HelmVersion = HelmVersion()

    @classmethod
    def default(cls) -> Capabilities:
        """Return what Helm assumes without a cluster."""
        return cls(KubeVersion.parse(DEFAULT_KUBE_VERSION), _DEFAULT_API_VERSIONS.split())

    @property
    def kube_version(self) -> KubeVersion:
        """The version of Kubernetes."""
        return self.KubeVersion

    @property
    def api_versions(self) -> Sequence[str]:
        """What the cluster serves."""
        return self.APIVersions

    def with_kube_version(self, version: str) -> Capabilities:
        """Return these with another version of Kubernetes."""
        return Capabilities(KubeVersion.parse(version), self.APIVersions)

    def with_api_versions(self, versions: Iterable[str]) -> Capabilities:
        """Return these with more API versions."""
        return Capabilities(self.KubeVersion, [*self.APIVersions, *versions])


KubeVersion.go_methods = _methods(
    Function("String", KubeVersion.__str__, (), returns="string"),
    Function("GitVersion", lambda version: version.Version, (), returns="string"),
)


# --- .Release and .Chart --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """What ``.Release`` says."""

    name: str = "release-name"
    namespace: str = "default"
    revision: int = 1
    is_install: bool = True
    is_upgrade: bool = False

    def as_map(self) -> dict[str, Any]:
        """Return ``.Release``."""
        return {
            "Name": self.name,
            "Namespace": self.namespace,
            "IsUpgrade": self.is_upgrade,
            "IsInstall": self.is_install,
            "Revision": Int(self.revision),
            "Service": "Helm",
        }


def chart_map(chart: Chart) -> dict[str, Any]:
    """Return ``.Chart``: the fields of Chart.yaml under their Go names, and ``IsRoot``."""
    metadata = chart.metadata
    return {
        "Name": metadata.name,
        "Home": metadata.home,
        "Sources": list(metadata.sources),
        "Version": metadata.version,
        "Description": metadata.description,
        "Keywords": list(metadata.keywords),
        "Maintainers": [_maintainer(person) for person in metadata.maintainers],
        "Icon": metadata.icon,
        "APIVersion": metadata.api_version,
        "Condition": metadata.condition,
        "Tags": metadata.tags,
        "AppVersion": metadata.app_version,
        "Deprecated": metadata.deprecated,
        "Annotations": StringMap(metadata.annotations),
        "KubeVersion": metadata.kube_version,
        "Dependencies": [_dependency(entry) for entry in metadata.dependencies],
        "Type": metadata.type,
        "IsRoot": chart.is_root,
    }


def _maintainer(person: Maintainer) -> dict[str, Any]:
    return {"Name": person.name, "Email": person.email, "URL": person.url}


def _dependency(entry: Dependency) -> dict[str, Any]:
    return {
        "Name": entry.name,
        "Version": entry.version,
        "Repository": entry.repository,
        "Condition": entry.condition,
        "Tags": list(entry.tags),
        "Enabled": entry.enabled,
        "ImportValues": list(entry.import_values),
        "Alias": entry.alias,
    }
