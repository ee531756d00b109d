"""Every exception that pyhelm raises on purpose.

Facts are fields; ``str(error)`` makes a sentence of them, and only ``pyhelm.cli`` decides how it is shown and which
exit code it gets. Nothing parses a message. One module for each subject, loaded when one of its classes is first asked
for: ``pyhelm version`` needs only ``base``. The tree::

    PyhelmError
    ├── UsageError                   a flag, argument or environment variable that cannot be used
    ├── UnsupportedError             Helm or Kubernetes has it, pyhelm does not (yet)
    ├── YamlError                    text that is no YAML (or not what Helm takes for YAML)
    ├── VersionError                 text that is no semantic version, or no constraint on versions
    ├── ChartError
    │   ├── ChartNotFoundError       no chart where one was named
    │   ├── ChartLoadError           a chart's files cannot be used
    │   ├── ChartMetadataError       Chart.yaml breaks its rules
    │   ├── ArchiveError             a .tgz that is unsafe, too large or broken
    │   ├── MissingDependenciesError Chart.yaml names subcharts that charts/ lacks
    │   ├── NotInstallableError      a library chart
    │   ├── LintFailedError          lint found something bad enough
    │   └── IncompatibleKubeVersionError the chart asks for another version of Kubernetes
    ├── ValuesError
    │   ├── SetSyntaxError           a --set expression (and its kin) that cannot be parsed
    │   ├── ValuesFileError          a -f file that cannot be read or is no map
    │   ├── DependencyProcessingError conditions, tags or imports of subcharts that cannot be worked out
    │   └── SchemaError              values that a values.schema.json refuses
    ├── TemplateError                where a template failed, and why
    │   ├── TemplateSyntaxError      it could not be parsed
    │   └── TemplateExecError        it failed while running
    │       └── RenderLimitError     it ran too long, too deep or wrote too much
    ├── FunctionError                a template function refused its arguments (the engine adds where)
    ├── ReleaseError
    │   ├── ReleaseNameError         not a legal release name
    │   ├── ReleaseNotFoundError     no such release, or no such revision of it
    │   │   └── RevisionNotFoundError rollback to a revision that is not in the history
    │   ├── ReleaseNameInUseError    install of a name that is taken
    │   ├── ReleaseExistsError       somebody else stored that very revision first
    │   ├── ReleasePendingError      another operation on the release is in progress
    │   ├── NoDeployedReleaseError   upgrade or rollback of a release that was never deployed
    │   ├── ReleaseUninstalledError  an action on a release that is gone but for its history
    │   ├── ReleaseStorageError      the cluster refused to keep or give a record
    │   ├── ReleaseRecordError       a stored record that cannot be decoded
    │   ├── ManifestError            rendered text that is no Kubernetes object
    │   ├── BuildError               manifests whose objects the cluster does not know
    │   ├── ApplyError               objects that the cluster refused to create, change or delete
    │   ├── TemplateNotFoundError    --show-only of a file that rendered to nothing
    │   ├── OwnershipError           an object that exists and belongs to something else
    │   ├── HookFailedError          a hook did not succeed
    │   └── ReleaseFailedError       an install, upgrade or rollback that failed after it began; says what became of it
    ├── NotReadyError                objects were not ready in time
    ├── RolloutError                 a rollout that failed, or cannot be followed or undone
    ├── SeveralErrors                a command went on after a failure, and met more
    ├── ApiError                     a Kubernetes API answered with a failure Status
    │   ├── BadRequestError          400 BadRequest
    │   ├── ForbiddenError           403 Forbidden
    │   ├── NotFoundError            404 NotFound
    │   ├── MethodNotAllowedError    405 MethodNotAllowed
    │   ├── AlreadyExistsError       409 AlreadyExists
    │   ├── ConflictError            409 Conflict
    │   ├── ExpiredError             410 Expired or Gone
    │   ├── UnsupportedMediaTypeError 415 UnsupportedMediaType
    │   ├── InvalidError             422 Invalid
    │   ├── TooManyRequestsError     429 TooManyRequests
    │   └── ServerTimeoutError       504 Timeout
    └── ClusterError
        ├── ClusterBusyError         another process owns the embedded cluster
        ├── EndlessLoopError         a controller that never comes to rest
        ├── StoreError               the embedded cluster's store is damaged or from another version
        ├── RevisionMismatchError    a write to the store expected another revision
        └── RevisionTooOldError      the store's history no longer reaches back that far
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.errors.base import PyhelmError, SeveralErrors, UnsupportedError, UsageError, VersionError, YamlError

if TYPE_CHECKING:
    from pyhelm.errors.api import (
        AlreadyExistsError,
        ApiError,
        BadRequestError,
        ConflictError,
        ExpiredError,
        ForbiddenError,
        InvalidError,
        MethodNotAllowedError,
        NotFoundError,
        ServerTimeoutError,
        TooManyRequestsError,
        UnsupportedMediaTypeError,
    )
    from pyhelm.errors.charts import (
        ArchiveError,
        ChartError,
        ChartLoadError,
        ChartMetadataError,
        ChartNotFoundError,
        IncompatibleKubeVersionError,
        LintFailedError,
        MissingDependenciesError,
        NotInstallableError,
    )
    from pyhelm.errors.cluster import (
        ClusterBusyError,
        ClusterError,
        EndlessLoopError,
        RevisionMismatchError,
        RevisionTooOldError,
        StoreError,
    )
    from pyhelm.errors.releases import (
        ApplyError,
        ApplyFailure,
        BuildError,
        HookFailedError,
        ManifestError,
        NoDeployedReleaseError,
        OwnershipError,
        ReleaseError,
        ReleaseExistsError,
        ReleaseFailedError,
        ReleaseNameError,
        ReleaseNameInUseError,
        ReleaseNotFoundError,
        ReleasePendingError,
        ReleaseRecordError,
        ReleaseStorageError,
        ReleaseUninstalledError,
        RevisionNotFoundError,
        TemplateNotFoundError,
    )
    from pyhelm.errors.templates import (
        Frame,
        FunctionError,
        RenderLimitError,
        Span,
        TemplateError,
        TemplateExecError,
        TemplateSyntaxError,
    )
    from pyhelm.errors.values import (
        DependencyProcessingError,
        SchemaError,
        SchemaViolation,
        SetSyntaxError,
        ValuesError,
        ValuesFileError,
    )
    from pyhelm.errors.waiting import NotReadyError, RolloutError, Unready

__all__ = [
    "AlreadyExistsError",
    "ApiError",
    "ApplyError",
    "ApplyFailure",
    "ArchiveError",
    "BadRequestError",
    "BuildError",
    "ChartError",
    "ChartLoadError",
    "ChartMetadataError",
    "ChartNotFoundError",
    "ClusterBusyError",
    "ClusterError",
    "ConflictError",
    "DependencyProcessingError",
    "EndlessLoopError",
    "ExpiredError",
    "ForbiddenError",
    "Frame",
    "FunctionError",
    "HookFailedError",
    "IncompatibleKubeVersionError",
    "InvalidError",
    "LintFailedError",
    "ManifestError",
    "MethodNotAllowedError",
    "MissingDependenciesError",
    "NoDeployedReleaseError",
    "NotFoundError",
    "NotInstallableError",
    "NotReadyError",
    "OwnershipError",
    "PyhelmError",
    "ReleaseError",
    "ReleaseExistsError",
    "ReleaseFailedError",
    "ReleaseNameError",
    "ReleaseNameInUseError",
    "ReleaseNotFoundError",
    "ReleasePendingError",
    "ReleaseRecordError",
    "ReleaseStorageError",
    "ReleaseUninstalledError",
    "RenderLimitError",
    "RevisionMismatchError",
    "RevisionNotFoundError",
    "RevisionTooOldError",
    "RolloutError",
    "SchemaError",
    "SchemaViolation",
    "ServerTimeoutError",
    "SetSyntaxError",
    "SeveralErrors",
    "Span",
    "StoreError",
    "TemplateError",
    "TemplateExecError",
    "TemplateNotFoundError",
    "TemplateSyntaxError",
    "TooManyRequestsError",
    "Unready",
    "UnsupportedError",
    "UnsupportedMediaTypeError",
    "UsageError",
    "ValuesError",
    "ValuesFileError",
    "VersionError",
    "YamlError",
]

_MODULES = {
    "api": (
        "ApiError",
        "BadRequestError",
        "ForbiddenError",
        "NotFoundError",
        "MethodNotAllowedError",
        "AlreadyExistsError",
        "ConflictError",
        "ExpiredError",
        "UnsupportedMediaTypeError",
        "InvalidError",
        "TooManyRequestsError",
        "ServerTimeoutError",
    ),
    "charts": (
        "ChartError",
        "ChartNotFoundError",
        "ChartLoadError",
        "ChartMetadataError",
        "ArchiveError",
        "MissingDependenciesError",
        "NotInstallableError",
        "LintFailedError",
        "IncompatibleKubeVersionError",
    ),
    "cluster": (
        "ClusterError",
        "ClusterBusyError",
        "EndlessLoopError",
        "StoreError",
        "RevisionMismatchError",
        "RevisionTooOldError",
    ),
    "releases": (
        "ReleaseError",
        "ReleaseNameError",
        "ReleaseNotFoundError",
        "RevisionNotFoundError",
        "ReleaseUninstalledError",
        "ReleaseStorageError",
        "ReleaseNameInUseError",
        "ReleaseExistsError",
        "ReleasePendingError",
        "NoDeployedReleaseError",
        "ReleaseRecordError",
        "ManifestError",
        "BuildError",
        "ApplyFailure",
        "ApplyError",
        "TemplateNotFoundError",
        "OwnershipError",
        "HookFailedError",
        "ReleaseFailedError",
    ),
    "templates": (
        "Span",
        "TemplateError",
        "TemplateSyntaxError",
        "Frame",
        "TemplateExecError",
        "RenderLimitError",
        "FunctionError",
    ),
    "values": (
        "ValuesError",
        "SetSyntaxError",
        "ValuesFileError",
        "DependencyProcessingError",
        "SchemaViolation",
        "SchemaError",
    ),
    "waiting": (
        "Unready",
        "NotReadyError",
        "RolloutError",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

if not TYPE_CHECKING:  # a checker would take every name for one that exists

    def __getattr__(name: str) -> object:
        """Import the module that holds ``name``, and keep all of its classes here."""
        module = _HOME.get(name)
        if module is None:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module

        loaded = vars(import_module(f"{__name__}.{module}"))
        globals().update((other, loaded[other]) for other in _MODULES[module])
        return loaded[name]
