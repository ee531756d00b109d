"""Every exception that pyhelm raises on purpose.

Facts are fields; ``str(error)`` makes a sentence of them, and only ``pyhelm.cli`` decides how it is shown and which
exit code it gets. Nothing parses a message. The tree::

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
    │   ├── TemplateExecError        it failed while running
    │   └── RenderLimitError         it ran too long, too deep or wrote too much
    ├── FunctionError                a template function refused its arguments (the engine adds where)
    ├── ReleaseError
    │   ├── ReleaseNameError         not a legal release name
    │   ├── ReleaseNotFoundError     no such release, or no such revision of it
    │   ├── ReleaseNameInUseError    install of a name that is taken
    │   ├── ReleaseExistsError       somebody else stored that very revision first
    │   ├── ReleasePendingError      another operation on the release is in progress
    │   ├── NoDeployedReleaseError   upgrade or rollback of a release that was never deployed
    │   ├── RevisionNotFoundError    rollback to a revision that is not in the history
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
        ├── StoreError               the embedded cluster's store is damaged or from another version
        ├── RevisionMismatchError    a write to the store expected another revision
        └── RevisionTooOldError      the store's history no longer reaches back that far
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class PyhelmError(Exception):
    """The root of the tree; ``hint`` says what to try, where that is known."""

    hint: str = ""


class UsageError(PyhelmError):
    """A flag, argument or environment variable that cannot be used."""


class UnsupportedError(PyhelmError):
    """Something that Helm or Kubernetes has and pyhelm has not."""


class YamlError(PyhelmError):
    """Text that cannot be read as YAML.

    Attributes:
        reason: What is wrong, in the words Helm uses where it has any.
        line: 1-based, or 0 when unknown.
        column: 1-based, or 0 when unknown.
        source: Where the text came from, if the caller said so.
    """

    def __init__(self, reason: str, line: int = 0, column: int = 0, source: str = "") -> None:
        super().__init__(reason, line, column, source)
        self.reason = reason
        self.line = line
        self.column = column
        self.source = source

    def __str__(self) -> str:
        return self.reason


class VersionError(PyhelmError):
    """``text`` is no semantic version (or no constraint on versions), because of ``reason``, in Helm's words."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text, reason)
        self.text = text
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


# --- charts ---------------------------------------------------------------------------------------------------------


class ChartError(PyhelmError):
    """A chart that cannot be used."""


class ChartNotFoundError(ChartError):
    """No chart at ``reference``; ``reason`` says why where it is no path."""

    def __init__(self, reference: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(reference)
        self.reference = reference
        self.reason = reason
        self.hint = hint

    def __str__(self) -> str:
        return self.reason or f'path "{self.reference}" not found'


class ChartLoadError(ChartError):
    """The file ``path`` of a chart cannot be used, because of ``reason``.

    ``line`` counts from 1 in the file that ``reason`` speaks of, 0 when unknown.
    """

    def __init__(self, reason: str, path: str = "", *, line: int = 0) -> None:
        super().__init__(reason, path)
        self.reason = reason
        self.path = path
        self.line = line

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


class ChartMetadataError(ChartError):
    """``Chart.yaml`` breaks its rules; ``reason`` in Helm's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"validation: {self.reason}"


class ArchiveError(ChartError):
    """A packed chart that is unsafe, too large or broken; ``member`` names the entry where there is one."""

    def __init__(self, reason: str, member: str = "") -> None:
        super().__init__(reason, member)
        self.reason = reason
        self.member = member

    def __str__(self) -> str:
        return f"{self.member}: {self.reason}" if self.member else self.reason


class MissingDependenciesError(ChartError):
    """``Chart.yaml`` declares ``names``, which ``charts/`` lacks."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(tuple(names))
        self.names = tuple(names)

    def __str__(self) -> str:
        return (
            "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' "
            "to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: "
            + ", ".join(self.names)
        )


class NotInstallableError(ChartError):
    """A chart of a ``chart_type`` that is not made for installing."""

    def __init__(self, chart_type: str) -> None:
        super().__init__(chart_type)
        self.chart_type = chart_type

    def __str__(self) -> str:
        return f"{self.chart_type} charts are not installable"


class LintFailedError(ChartError):
    """``failed`` of the ``linted`` charts did not pass."""

    def __init__(self, linted: int, failed: int) -> None:
        super().__init__(linted, failed)
        self.linted = linted
        self.failed = failed

    def __str__(self) -> str:
        return f"{self.linted} chart(s) linted, {self.failed} chart(s) failed"


class IncompatibleKubeVersionError(ChartError):
    """The chart's ``kubeVersion`` constraint ``wanted`` excludes the cluster's version ``found``."""

    def __init__(self, wanted: str, found: str) -> None:
        super().__init__(wanted, found)
        self.wanted = wanted
        self.found = found

    def __str__(self) -> str:
        return f"chart requires kubeVersion: {self.wanted} which is incompatible with Kubernetes {self.found}"


# --- values ---------------------------------------------------------------------------------------------------------


class ValuesError(PyhelmError):
    """Values that cannot be used."""


class SetSyntaxError(ValuesError):
    """A ``--set``-like expression that cannot be parsed.

    Attributes:
        flag: The flag's name, such as ``--set``.
        expression: What followed it.
        reason: Why it is refused, in Helm's words.
    """

    def __init__(self, flag: str, expression: str, reason: str) -> None:
        super().__init__(flag, expression, reason)
        self.flag = flag
        self.expression = expression
        self.reason = reason

    def __str__(self) -> str:
        if self.flag == "--set-json":
            form = "data JSON:" if self.expression.lstrip().startswith("{") else "data"
            return f"failed parsing --set-json {form} {self.expression}"
        return f"failed parsing {self.flag} data: {self.reason}"


class ValuesFileError(ValuesError):
    """The values file ``path`` cannot be used, because of ``reason``; ``unread`` if it could not even be read."""

    def __init__(self, path: str, reason: str, *, unread: bool = False) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason
        self.unread = unread

    def __str__(self) -> str:
        if self.unread:
            return self.reason
        return f"failed to parse {self.path}: {self.reason}"


class DependencyProcessingError(ValuesError):
    """Values from which conditions, tags or imports of subcharts cannot be worked out; ``cause`` says why."""

    def __init__(self, cause: ValuesError) -> None:
        super().__init__(cause)
        self.cause = cause

    def __str__(self) -> str:
        return f"chart dependencies processing failed: {self.cause}"


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """One rule of a ``values.schema.json`` that values break.

    Attributes:
        chart: Name of the chart whose schema it is.
        path: JSON pointer of the value, ``""`` for the root; None when the schema itself cannot be used.
        reason: In Helm's words, e.g. ``maximum: got 70,000, want 65,535``.
        report: Helm's line about it, and the indented ones below it where a rule combines others.
    """

    chart: str
    path: str | None
    reason: str
    report: str = ""


class SchemaError(ValuesError):
    """Values do not meet the schema of one or more charts."""

    def __init__(self, violations: Sequence[SchemaViolation]) -> None:
        super().__init__(tuple(violations))
        self.violations = tuple(violations)

    def __str__(self) -> str:
        out = ["values don't meet the specifications of the schema(s) in the following chart(s):\n"]
        chart = None
        for violation in self.violations:
            if violation.chart != chart:
                chart = violation.chart
                out.append(f"{chart}:\n")
            if violation.path is None:
                out.append(violation.reason)
            else:
                out.append((violation.report or f"- at '{violation.path}': {violation.reason}") + "\n")
        return "".join(out)


# --- templates ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a template.

    Attributes:
        template: The template's file name, such as ``mychart/templates/service.yaml``.
        line: 1-based.
        column: 0-based byte offset in the line, as ``text/template`` counts; -1 when unknown.
        source: The text of that line, for the caret.
    """

    template: str
    line: int
    column: int = -1
    source: str = ""

    def __str__(self) -> str:
        place = f"{self.template}:{self.line}"
        return f"{place}:{self.column}" if self.column >= 0 else place


class TemplateError(PyhelmError):
    """A template failed; ``span`` says where and ``reason`` says why."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason, span)
        self.reason = reason
        self.span = span

    def __str__(self) -> str:
        return f"{self.span}: {self.reason}"


class TemplateSyntaxError(TemplateError):
    """A template that cannot be parsed; ``reason`` in text/template's words."""

    @property
    def chain(self) -> str:
        """The failure in one line, as text/template tells it."""
        return f"template: {self.span}: {self.reason}"

    def __str__(self) -> str:
        """Return Helm's words (``cleanupParseError``), which have only what follows the last colon."""
        return f"parse error at ({self.span}): {self.reason.rsplit(': ', 1)[-1]}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One template (or include) that was running when another failed.

    Attributes:
        span: The node that was being evaluated.
        template: The name of the running (possibly defined) template.
        action: The text of that node, as ``text/template`` prints it.
        call: The function it was calling, if it is that which failed.
        note: What the function (``tpl``) says before what happened inside it.
    """

    span: Span
    template: str
    action: str
    call: str = ""
    note: str = ""

    @property
    def place(self) -> str:
        """Where and what, as text/template begins its message."""
        if not self.span.line:
            return f"{self.template}: "
        return f'{self.span}: executing "{self.template}" at <{self.action}>: '


class TemplateExecError(TemplateError):
    """A template that failed while running.

    Attributes:
        frames: What was running, outermost first; ``span`` is the innermost place.
        deliberate: True for ``fail`` and ``required``, which Helm words differently.
        wrapped: ``reason`` is an error that a function returned, rather than the engine's own complaint.
    """

    def __init__(
        self, reason: str, span: Span, frames: Sequence[Frame] = (), *, deliberate: bool = False, wrapped: bool = False
    ) -> None:
        super().__init__(reason, span)
        self.frames = tuple(frames)
        self.deliberate = deliberate
        self.wrapped = wrapped

    @property
    def chain(self) -> str:
        """The failure in one line, as text/template tells it."""
        parts = []
        for frame in self.frames:
            call = f"error calling {frame.call}: " if frame.call else ""
            parts.append(f"template: {frame.place}{call}{frame.note}")
        return "".join(parts) + self.reason

    def __str__(self) -> str:
        """Return Helm 4's words (``reformatExecErrorMsg``): several lines, unless a function's error is at the end."""
        if self.deliberate:
            return f"execution error at ({self.frames[0].span if self.frames else self.span}): {self.reason}"
        missing = self.wrapped and self.reason.startswith("template: no template ")
        if not self.frames or (self.wrapped and not missing) or any(frame.note for frame in self.frames):
            return self.chain if self.frames or not self.span.template else super().__str__()
        lines: list[str] = []
        last = None
        for position, frame in enumerate(self.frames):
            message = f"error calling {frame.call}: " if frame.call else ""
            message = f"{message}{frame.note}"
            if position + 1 == len(self.frames):
                message += self.reason
                message = message.split(" template:")[0]
            else:
                message = message.rstrip(" ")
            if not frame.span.line:
                layer = [frame.template, f"  {message}"]
            else:
                layer = [str(frame.span), f'  executing "{frame.template}" at <{frame.action}>:']
                if message:
                    layer.append(f"    {message}")
            if layer != last:
                lines.extend(layer)
            last = layer
        if missing:
            lines.append(self.reason)
        return "\n".join(lines).strip()


class RenderLimitError(TemplateExecError):
    """A template that ran too long, too deep or wrote too much."""


class FunctionError(PyhelmError):
    """A template function refused its arguments; the engine adds where it was called.

    ``deliberate`` is true for ``fail`` and ``required``.
    """

    def __init__(self, reason: str, *, deliberate: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.deliberate = deliberate

    def __str__(self) -> str:
        return self.reason


# --- releases -------------------------------------------------------------------------------------------------------


class ReleaseError(PyhelmError):
    """A release that cannot be acted on; ``name`` is the release's."""

    def __init__(self, name: str, *facts: object) -> None:
        super().__init__(name, *facts)
        self.name = name


class ReleaseNameError(ReleaseError):
    """Not a legal release name; ``reason`` in Helm's words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class ReleaseNotFoundError(ReleaseError):
    """No release ``name``, or no ``revision`` of it (0: any); ``attempt`` says what needed it, in Helm's words."""

    def __init__(self, name: str, revision: int = 0, *, attempt: str = "") -> None:
        super().__init__(name, revision)
        self.revision = revision
        self.attempt = attempt

    def __str__(self) -> str:
        return f"{self.attempt}: release: not found" if self.attempt else "release: not found"


class RevisionNotFoundError(ReleaseNotFoundError):
    """A rollback to a revision that the history has not."""

    def __str__(self) -> str:
        return f"release has no {self.revision} version"


class ReleaseUninstalledError(ReleaseError):
    """An action on a release of which only the history is left."""

    def __str__(self) -> str:
        return f'the release named "{self.name}" is already deleted'


class ReleaseStorageError(ReleaseError):
    """The cluster refused to keep or give a record; ``attempt`` says what was tried, in Helm's words."""

    def __init__(self, name: str, attempt: str, cause: ApiError) -> None:
        super().__init__(name, attempt, cause)
        self.attempt = attempt
        self.cause = cause

    def __str__(self) -> str:
        return f"{self.attempt}: {self.cause}"


class ReleaseNameInUseError(ReleaseError):
    """Install of a name that is taken by a revision with ``status``."""

    def __init__(self, name: str, status: str = "") -> None:
        super().__init__(name, status)
        self.status = status

    def __str__(self) -> str:
        return "release name check failed: cannot reuse a name that is still in use"


class ReleaseExistsError(ReleaseError):
    """Somebody else stored ``revision`` of the release first."""

    def __init__(self, name: str, revision: int) -> None:
        super().__init__(name, revision)
        self.revision = revision

    def __str__(self) -> str:
        return "release: already exists"


class ReleasePendingError(ReleaseError):
    """Another operation on the release is in progress, or was killed in the middle."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(name, status)
        self.status = status

    def __str__(self) -> str:
        return "another operation (install/upgrade/rollback) is in progress"


class NoDeployedReleaseError(ReleaseError):
    """The release has no revision that was ever deployed."""

    def __str__(self) -> str:
        return f'"{self.name}" has no deployed releases'


class ReleaseRecordError(ReleaseError):
    """A stored release record that cannot be decoded, because of ``reason``."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"release record {self.name}: {self.reason}"


class ManifestError(ReleaseError):
    """Rendered text that is no Kubernetes object.

    Attributes:
        path: The template's.
        line: From 1, in its output; 0 when unknown.
        manifest: Everything that was rendered, for ``--debug``.
    """

    def __init__(self, name: str, path: str, reason: str, line: int = 0, manifest: str = "") -> None:
        super().__init__(name, path, reason, line)
        self.path = path
        self.reason = reason
        self.line = line
        self.manifest = manifest

    def __str__(self) -> str:
        return f"YAML parse error on {self.path}: {self.reason}"


class BuildError(ReleaseError):
    """Manifests whose objects the cluster does not know, or cannot read.

    Attributes:
        attempt: What was being built, in Helm's words.
        reasons: One for each document.
    """

    def __init__(self, name: str, attempt: str, reasons: Sequence[str]) -> None:
        super().__init__(name, attempt, tuple(reasons))
        self.attempt = attempt
        self.reasons = tuple(reasons)

    def __str__(self) -> str:
        unique = tuple(dict.fromkeys(self.reasons))
        text = unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"
        return f"{self.attempt}: {text}" if self.attempt else text


@dataclass(frozen=True, slots=True)
class ApplyFailure:
    """One object that the cluster refused; ``attempt`` says what was tried, in Helm's words."""

    kind: str
    namespace: str
    name: str
    attempt: str
    cause: PyhelmError

    def __str__(self) -> str:
        return f"{self.attempt}: {self.cause}" if self.attempt else str(self.cause)


class ApplyError(ReleaseError):
    """Objects that the cluster refused to create, change or delete; ``separator`` stands between them in text."""

    def __init__(self, name: str, failures: Sequence[ApplyFailure], separator: str = "\n") -> None:
        super().__init__(name, tuple(failures), separator)
        self.failures = tuple(failures)
        self.separator = separator

    def __str__(self) -> str:
        return self.separator.join(str(failure) for failure in self.failures)


class TemplateNotFoundError(ReleaseError):
    """``--show-only`` named a file that rendered to nothing, or is not in the chart."""

    def __init__(self, name: str, pattern: str) -> None:
        super().__init__(name, pattern)
        self.pattern = pattern

    def __str__(self) -> str:
        return f"could not find template {self.pattern} in chart"


class OwnershipError(ReleaseError):
    """Objects that exist already and belong to something else; ``reason`` in Helm's words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.reason = reason

    def __str__(self) -> str:
        return self.reason


class HookFailedError(ReleaseError):
    """The hook at ``path`` did not succeed during ``event`` (such as ``pre-install``); ``cause`` says why.

    ``refused`` is true when the cluster did not even take the hook's object.
    """

    def __init__(self, name: str, event: str, path: str, cause: PyhelmError, *, refused: bool = False) -> None:
        super().__init__(name, event, path, cause)
        self.event = event
        self.path = path
        self.cause = cause
        self.refused = refused

    def __str__(self) -> str:
        return f"warning: Hook {self.event} {self.path} failed: {self.cause}" if self.refused else str(self.cause)


class ReleaseFailedError(ReleaseError):
    """An operation that failed after it began to change the cluster.

    Attributes:
        verb: ``install``, ``upgrade``, ``rollback`` or ``uninstall``.
        cause: What went wrong.
        outcome: What became of the release, in Helm's words; empty when it is left as failed.
        stage: What was being done, in Helm's words (``failed pre-install``); empty for the objects themselves.
        revision: Which revision failed.
        aftermath: What went wrong while undoing the operation, if something did.
    """

    def __init__(
        self, name: str, verb: str, cause: PyhelmError, outcome: str = "", *, stage: str = "", revision: int = 0
    ) -> None:
        super().__init__(name, verb, cause, outcome)
        self.verb = verb
        self.cause = cause
        self.outcome = outcome
        self.stage = stage
        self.revision = revision
        self.aftermath: PyhelmError | None = None

    def __str__(self) -> str:
        aftermath = "" if self.aftermath is None else str(self.aftermath)
        return ": ".join(part for part in (self.outcome, self.stage, str(self.cause), aftermath) if part)


@dataclass(frozen=True, slots=True)
class Unready:
    """An object that is not ready, and what is known of why.

    Attributes:
        kind: Such as ``Deployment``.
        namespace: Empty for cluster-scoped objects.
        name: The object's name.
        reason: One line, such as ``status: InProgress, message: Available: 2/3``.
        culprits: Lines about what holds it up, such as ``Pod web-x: ImagePullBackOff: …``.
        trouble: ``not ready``, or ``still exists`` for what should be gone.
    """

    kind: str
    namespace: str
    name: str
    reason: str
    culprits: tuple[str, ...] = ()
    trouble: str = "not ready"

    def __str__(self) -> str:
        return f"resource {self.kind}/{self.namespace}/{self.name} {self.trouble}. {self.reason}"


class NotReadyError(PyhelmError):
    """Objects were not ready within ``timeout`` seconds of cluster time; ``pending`` says which and why.

    ``timed_out`` is false when they had failed for good before that.
    """

    def __init__(self, pending: Sequence[Unready], timeout: float, *, timed_out: bool = True) -> None:
        super().__init__(tuple(pending), timeout)
        self.pending = tuple(pending)
        self.timeout = timeout
        self.timed_out = timed_out

    def __str__(self) -> str:
        lines = [str(item) for item in self.pending]
        if self.timed_out:
            lines.append("context deadline exceeded")
        return "\n".join(lines)


class RolloutError(PyhelmError):
    """A rollout that failed, or that cannot be followed or undone; ``reason`` in kubectl's words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


# --- the Kubernetes API ---------------------------------------------------------------------------------------------


class ApiError(PyhelmError):
    """A Kubernetes API answered with a failure ``Status``.

    Attributes:
        code: HTTP status code.
        reason: The machine-readable reason, such as ``NotFound``.
        message: For people.
        details: ``Status.details`` (name, group, kind, causes, retryAfterSeconds), possibly empty.
    """

    code = 500
    reason = "InternalError"

    def __init__(
        self, message: str, *, details: Mapping[str, Any] | None = None, code: int = 0, reason: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = dict(details or {})
        if code:
            self.code = code
        if reason:
            self.reason = reason

    def __str__(self) -> str:
        return self.message

    def status(self) -> dict[str, Any]:
        """Return the error as a Kubernetes ``Status`` object."""
        body: dict[str, Any] = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            body["reason"] = self.reason
        if self.details:
            body["details"] = self.details
        body["code"] = self.code
        return body


class BadRequestError(ApiError):
    """400: a request that cannot be understood."""

    code, reason = 400, "BadRequest"


class ForbiddenError(ApiError):
    """403: understood, and refused by a rule of the cluster."""

    code, reason = 403, "Forbidden"


class NotFoundError(ApiError):
    """404: no such object, or no such resource."""

    code, reason = 404, "NotFound"


class MethodNotAllowedError(ApiError):
    """405: the resource has no such verb."""

    code, reason = 405, "MethodNotAllowed"


class AlreadyExistsError(ApiError):
    """409: create of a name that is taken."""

    code, reason = 409, "AlreadyExists"


class ConflictError(ApiError):
    """409: a stale ``resourceVersion``, or fields owned by another manager."""

    code, reason = 409, "Conflict"


class ExpiredError(ApiError):
    """410: a watch or continue from a revision that was compacted."""

    code, reason = 410, "Expired"


class UnsupportedMediaTypeError(ApiError):
    """415: a patch type that the resource does not take."""

    code, reason = 415, "UnsupportedMediaType"


class InvalidError(ApiError):
    """422: an object that breaks its kind's rules; ``details.causes`` lists each field."""

    code, reason = 422, "Invalid"


class TooManyRequestsError(ApiError):
    """429: try again later; what an eviction gets while a PodDisruptionBudget forbids it."""

    code, reason = 429, "TooManyRequests"


class ServerTimeoutError(ApiError):
    """504: the server could not answer in time, such as for a resource version of the future."""

    code, reason = 504, "Timeout"


# --- the embedded cluster -------------------------------------------------------------------------------------------


class ClusterError(PyhelmError):
    """The embedded cluster cannot be used."""


class ClusterBusyError(ClusterError):
    """Another process owns the embedded cluster; ``owner`` describes it (process id and command)."""

    def __init__(self, path: str, owner: str, waited: float) -> None:
        super().__init__(path, owner, waited)
        self.path = path
        self.owner = owner
        self.waited = waited

    def __str__(self) -> str:
        return f"the cluster in {self.path} is in use by {self.owner}; waited {self.waited:g} s"


class EndlessLoopError(ClusterError):
    """The controller ``controller`` looked at ``key`` ``visits`` times without cluster time moving."""

    hint = "this is a bug in the controller, or two controllers undo each other's work"

    def __init__(self, controller: str, key: str, visits: int) -> None:
        super().__init__(controller, key, visits)
        self.controller = controller
        self.key = key
        self.visits = visits

    def __str__(self) -> str:
        return f"{self.controller} looked at {self.key} {self.visits} times at one instant and never came to rest"


class StoreError(ClusterError):
    """The embedded cluster's store at ``path`` cannot be used, because of ``reason``."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path = path
        self.reason = reason

    def __str__(self) -> str:
        return f"cluster store {self.path}: {self.reason}"


class RevisionMismatchError(ClusterError):
    """A write to the store expected the object at revision ``expected`` and found it at ``actual`` (0: no object)."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(expected, actual)
        self.expected = expected
        self.actual = actual

    def __str__(self) -> str:
        return f"expected revision {self.expected}, found {self.actual}"


class RevisionTooOldError(ClusterError):
    """The store's history begins after ``revision``: it was compacted up to ``compacted``."""

    def __init__(self, revision: int, compacted: int) -> None:
        super().__init__(revision, compacted)
        self.revision = revision
        self.compacted = compacted

    def __str__(self) -> str:
        return f"too old resource version: {self.revision} ({self.compacted})"
