"""The tree of exceptions: drawn as it is, complete, and every class of it can be made and told."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys

import pytest

from pyhelm import errors
from pyhelm.errors import (
    AlreadyExistsError,
    ApiError,
    ApplyError,
    ApplyFailure,
    ArchiveError,
    BadRequestError,
    BuildError,
    ChartError,
    ChartLoadError,
    ChartMetadataError,
    ChartNotFoundError,
    ClusterBusyError,
    ClusterError,
    ConflictError,
    DependencyProcessingError,
    EndlessLoopError,
    ExpiredError,
    ForbiddenError,
    Frame,
    FunctionError,
    HookFailedError,
    IncompatibleKubeVersionError,
    InvalidError,
    LintFailedError,
    ManifestError,
    MethodNotAllowedError,
    MissingDependenciesError,
    NoDeployedReleaseError,
    NotFoundError,
    NotInstallableError,
    NotReadyError,
    OwnershipError,
    PyhelmError,
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
    RenderLimitError,
    RevisionMismatchError,
    RevisionNotFoundError,
    RevisionTooOldError,
    RolloutError,
    SchemaError,
    SchemaViolation,
    ServerTimeoutError,
    SetSyntaxError,
    SeveralErrors,
    Span,
    StoreError,
    TemplateError,
    TemplateExecError,
    TemplateNotFoundError,
    TemplateSyntaxError,
    TooManyRequestsError,
    Unready,
    UnsupportedError,
    UnsupportedMediaTypeError,
    UsageError,
    ValuesError,
    ValuesFileError,
    VersionError,
    YamlError,
)

NODE = re.compile(r"^    ((?:[│ ]   )*)(?:[├└]── )?(\w+)", re.MULTILINE)
SPAN = Span("web/templates/service.yaml", 3, 7, "{{ .Values.x.y }}")
REFUSED = NotFoundError('services "web" not found')
PENDING = Unready("Deployment", "default", "web", "status: InProgress, message: Available: 0/1")

MADE = (
    PyhelmError("anything"),
    UsageError("no such flag"),
    UnsupportedError("not yet"),
    SeveralErrors([REFUSED, UsageError("second")]),
    YamlError("could not find expected ':'", 3),
    VersionError("1.x.y", "invalid semantic version"),
    ChartError("unusable"),
    ChartNotFoundError("./web"),
    ChartLoadError("Chart.yaml file is missing", "web"),
    ChartMetadataError("chart.metadata.name is required"),
    ArchiveError("escapes", "../x"),
    MissingDependenciesError(["redis", "mysql"]),
    NotInstallableError("library"),
    LintFailedError(2, 1),
    IncompatibleKubeVersionError(">=1.99", "v1.37.0"),
    ValuesError("unusable"),
    SetSyntaxError("--set", "a=b,c", 'key "c" has no value'),
    ValuesFileError("v.yaml", "not a map"),
    DependencyProcessingError(ValuesError("no such table")),
    SchemaError([SchemaViolation("web", "/port", "got string, want integer")]),
    TemplateError("nil pointer", SPAN),
    TemplateSyntaxError("unexpected EOF", SPAN),
    TemplateExecError("nil pointer", SPAN, [Frame(SPAN, "web/templates/service.yaml", ".Values.x.y")]),
    RenderLimitError("too deep", SPAN),
    FunctionError("wrong type"),
    ReleaseError("web"),
    ReleaseNameError("Web", "invalid release name"),
    ReleaseNotFoundError("web"),
    RevisionNotFoundError("web", 7),
    ReleaseUninstalledError("web"),
    ReleaseStorageError("web", "create: failed to create", REFUSED),
    ReleaseNameInUseError("web", "deployed"),
    ReleaseExistsError("web", 2),
    ReleasePendingError("web", "pending-install"),
    NoDeployedReleaseError("web"),
    ReleaseRecordError("web", "no gzip"),
    ManifestError("web", "web/templates/service.yaml", "did not find expected key", 2),
    BuildError("web", "unable to build kubernetes objects", ['no matches for kind "Widget"']),
    ApplyError("web", [ApplyFailure("Service", "default", "web", "failed to create", REFUSED)]),
    TemplateNotFoundError("web", "templates/x.yaml"),
    OwnershipError("web", "exists and belongs to something else"),
    HookFailedError("web", "pre-install", "web/templates/hook.yaml", REFUSED, refused=True),
    ReleaseFailedError("web", "install", REFUSED, stage="failed pre-install"),
    NotReadyError([PENDING], 5.0),
    RolloutError("deployment exceeded its progress deadline"),
    ApiError("internal"),
    BadRequestError("no"),
    ForbiddenError("no"),
    REFUSED,
    MethodNotAllowedError("no"),
    AlreadyExistsError("taken"),
    ConflictError("stale"),
    ExpiredError("too old"),
    UnsupportedMediaTypeError("no"),
    InvalidError("bad"),
    TooManyRequestsError("later"),
    ServerTimeoutError("late"),
    ClusterError("unusable"),
    ClusterBusyError("/data", "process 7", 5.0),
    EndlessLoopError("deployment", "default/web", 100),
    StoreError("/data/store.db", "no database"),
    RevisionMismatchError(1, 2),
    RevisionTooOldError(1, 2),
)
"""One of each."""


def classes() -> dict[str, type]:
    """Return every public class that the package's modules define."""
    found = {}
    for module in pkgutil.iter_modules(errors.__path__):
        name = f"{errors.__name__}.{module.name}"
        for thing in vars(importlib.import_module(name)).values():
            if isinstance(thing, type) and thing.__module__ == name:
                found[thing.__name__] = thing
    return found


def exceptions() -> dict[str, type]:
    return {name: thing for name, thing in classes().items() if issubclass(thing, BaseException)}


def drawn_parents() -> dict[str, str]:
    """Return who stands above each class in the drawing."""
    assert errors.__doc__ is not None
    above: list[str] = []
    parents = {}
    for indent, name in NODE.findall(errors.__doc__.partition("::\n\n")[2]):
        depth = 0 if name == "PyhelmError" else len(indent) // 4 + 1
        parents[name] = above[depth - 1] if depth else "Exception"
        above[depth:] = [name]
    return parents


def test_drawing_is_the_tree() -> None:
    assert drawn_parents() == {name: thing.__base__.__name__ for name, thing in exceptions().items()}


def test_package_offers_every_class() -> None:
    found = classes()
    assert sorted(errors.__all__) == sorted(found)
    assert {name: getattr(errors, name) for name in errors.__all__} == found


def test_every_exception_is_made_here() -> None:
    assert {type(error).__name__ for error in MADE} == set(exceptions())


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_text_is_a_sentence_of_facts(error: PyhelmError) -> None:
    text = str(error)
    assert text
    assert text != repr(error.args)  # what Exception says of several facts
    assert type(error).__doc__


def test_unknown_name() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'NoSuchError'"):
        errors.NoSuchError  # noqa: B018 - the look-up is the test


@pytest.mark.parametrize(
    ("statement", "modules"),
    [
        pytest.param("import pyhelm.errors", {"base"}, id="package"),
        pytest.param("from pyhelm.errors import PyhelmError, UsageError", {"base"}, id="base"),
        pytest.param("from pyhelm.errors import NotFoundError", {"base", "api"}, id="one-subject"),
    ],
)
def test_only_the_subjects_asked_for_are_loaded(statement: str, modules: set[str]) -> None:
    code = f"import sys\n{statement}\nprint(*(name for name in sys.modules if name.startswith('pyhelm.errors.')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name.removeprefix("pyhelm.errors.") for name in done.stdout.split()} == modules
