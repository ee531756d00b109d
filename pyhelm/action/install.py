"""Install a chart as a new release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.action import apply, charts, crds, hooks, objects, waiting
from pyhelm.action.apply import ApplyOptions
from pyhelm.action.environment import DryRun, WaitStrategy
from pyhelm.action.hooks import HookOptions
from pyhelm.action.progress import Noted, RecordStored
from pyhelm.action.recovery import last_revision
from pyhelm.action.render import RenderRequest, crd_files, render
from pyhelm.errors import (
    AlreadyExistsError,
    ApplyError,
    PyhelmError,
    ReleaseFailedError,
    ReleaseNameInUseError,
    ReleaseNotFoundError,
    UsageError,
)
from pyhelm.release import names
from pyhelm.release.record import HookEvent, Info, Release, Status
from pyhelm.release.storage import SYSTEM_LABELS
from pyhelm.values import resolve_dependencies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.action.render import Rendered
    from pyhelm.chart.model import Chart
    from pyhelm.template import KubeVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions:
    """How a chart is installed; names are those of the flags.

    Attributes:
        timeout: Seconds of cluster time, for each wait.
        server_side: Let the server apply objects.
        force_replace: Replace objects that are taken over (with client-side apply).
        kube_version: For rendering offline; None for the default.
        api_versions: For rendering offline, besides the default ones.
        is_upgrade: Render as if it were an upgrade; dry runs only.
        include_crds: Put the files under ``crds/`` into the manifest's text; dry runs only.
    """

    dry_run: DryRun = DryRun.NONE
    replace: bool = False
    create_namespace: bool = False
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    skip_crds: bool = False
    include_crds: bool = False
    no_hooks: bool = False
    wait: WaitStrategy = WaitStrategy.HOOK_ONLY
    wait_for_jobs: bool = False
    timeout: float = 300
    rollback_on_failure: bool = False
    server_side: bool = True
    force_conflicts: bool = False
    force_replace: bool = False
    take_ownership: bool = False
    sub_notes: bool = False
    hide_secret: bool = False
    skip_schema_validation: bool = False
    disable_openapi_validation: bool = False
    enable_dns: bool = False
    kube_version: KubeVersion | None = None
    api_versions: Sequence[str] = ()
    is_upgrade: bool = False


DEFAULT_OPTIONS = InstallOptions()


def install(
    env: Environment, name: str, chart: Chart, values: dict[str, Any], options: InstallOptions = DEFAULT_OPTIONS
) -> Release:
    """Install ``chart`` under ``name``.

    Args:
        env: Where to. With ``dry_run=client`` its cluster is not asked.
        name: The release's name.
        chart: Not changed.
        values: What the user gave, merged. Not changed.
        options: How.

    Returns:
        The release, deployed; with a dry run, pending and stored nowhere.

    Raises:
        ReleaseNameError: The name is not legal.
        ReleaseNameInUseError: The name is taken.
        ChartError: The chart cannot be installed.
        ValuesError: The values are refused.
        TemplateError: A template failed.
        ManifestError: What was rendered is no YAML.
        BuildError: The cluster does not know an object's kind.
        OwnershipError: An object exists and belongs to something else.
        ReleaseFailedError: The release was begun and failed.
    """
    check_labels(options.labels)
    if options.hide_secret and not options.dry_run.pretends:
        raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
    charts.check_installable(chart)
    charts.check_dependencies(chart)
    names.validate(name, message='release name check failed: release name "{name}": {reason}')
    if not options.dry_run.pretends:
        _check_available(env, name, options)
    return _Install(env, name, chart, values, options).run()


def check_labels(labels: Mapping[str, str]) -> None:
    """Refuse labels that belong to the storage drivers; raises UsageError."""
    if any(label in labels for label in SYSTEM_LABELS):
        listed = " ".join(SYSTEM_LABELS)
        raise UsageError(f"user supplied labels contains system reserved label name. System labels: [{listed}]")


def apply_method(*, server_side: bool) -> str:
    """Return what a record calls the way its objects were applied."""
    return "ssa" if server_side else "csa"


def _check_available(env: Environment, name: str, options: InstallOptions) -> None:
    try:
        last = last_revision(env, name)
    except ReleaseNotFoundError:
        return
    if options.replace and last.status in {Status.UNINSTALLED, Status.FAILED}:
        return
    error = ReleaseNameInUseError(name, str(last.status))
    if last.status is Status.UNINSTALLED:
        error.hint = "its history keeps the name; --replace uses it again, uninstall without --keep-history frees it"
    elif last.status is Status.FAILED:
        error.hint = f"revision {last.version} failed; upgrade --install tries again, uninstall frees the name"
    elif last.status is Status.UNINSTALLING:
        error.hint = "its uninstallation was not finished; uninstall again frees the name"
    elif last.status.is_pending:
        error.hint = f"revision {last.version} is {last.status}: another command is at work on it"
    else:
        error.hint = "upgrade changes it"
    raise error


class _Install:
    """One installation under way."""

    def __init__(
        self, env: Environment, name: str, chart: Chart, values: dict[str, Any], options: InstallOptions
    ) -> None:
        self._env = env
        self._name = name
        self._chart = chart
        self._values = values
        self._options = options
        self._wait = options.wait
        if options.rollback_on_failure and self._wait is WaitStrategy.HOOK_ONLY:
            self._wait = WaitStrategy.WATCHER

    def run(self) -> Release:
        env, options = self._env, self._options
        self._install_crds()
        rendered = self._render()
        release = self._release(rendered)
        if not options.dry_run.asks_server:
            release.info.description = "Dry run complete"
            return release

        attempt = "unable to build kubernetes objects from release manifest"
        documents = [manifest.document for manifest in rendered.manifests]
        targets = objects.build(
            env.cluster,
            documents,
            env.namespace,
            release_name=self._name,
            attempt=attempt,
            validate=not options.disable_openapi_validation,
        )
        objects.mark_owned(targets, self._name, env.namespace)
        adopted: list[Target] = []
        if not options.is_upgrade:
            adopted = objects.existing(
                env.cluster,
                targets,
                self._name,
                env.namespace,
                adopt=options.take_ownership,
                attempt="unable to continue with install",
            )
        if options.dry_run.pretends:
            release.info.description = "Dry run complete"
            return release

        if options.create_namespace:
            self._create_namespace()
        if options.replace:
            self._supersede_last(release)
        env.storage.create(release, owner=env.stamp.to_text())
        env.tell(RecordStored(release.name, release.version, release.info.status))
        return self._perform(release, targets, adopted)

    def _install_crds(self) -> None:
        options = self._options
        if options.skip_crds or not options.dry_run.asks_server:
            return
        if not crd_files(self._chart):
            return
        # Only those of subcharts that are enabled.
        files = crd_files(resolve_dependencies(self._chart, self._values))
        if not files:
            return
        if options.dry_run.pretends:
            message = "This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies."
            self._env.tell(Noted(message))
            return
        crds.install_crds(
            self._env,
            self._name,
            files,
            server_side=options.server_side,
            force_conflicts=options.force_conflicts,
        )

    def _render(self) -> Rendered:
        options = self._options
        pretends = options.dry_run.pretends
        return render(
            self._env,
            self._chart,
            self._values,
            RenderRequest(
                name=self._name,
                namespace=self._env.namespace,
                is_upgrade=options.is_upgrade and pretends,
                ask_cluster=options.dry_run.asks_server,
                kube_version=options.kube_version,
                api_versions=options.api_versions,
                include_crds=options.include_crds and pretends,
                hide_secrets=options.hide_secret,
                sub_notes=options.sub_notes,
                skip_schema=options.skip_schema_validation,
                enable_dns=options.enable_dns,
            ),
        )

    def _release(self, rendered: Rendered) -> Release:
        now = self._env.now()
        return Release(
            name=self._name,
            namespace=self._env.namespace,
            version=1,
            info=Info(
                first_deployed=now,
                last_deployed=now,
                status=Status.PENDING_INSTALL,
                description="Initial install underway",
                notes=rendered.notes,
            ),
            chart=rendered.chart,
            config=self._values,
            manifest=rendered.text,
            hooks=rendered.hooks,
            labels=dict(self._options.labels),
            apply_method=apply_method(server_side=self._options.server_side),
        )

    def _create_namespace(self) -> None:
        env = self._env
        namespace = {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": env.namespace, "labels": {"name": env.namespace}},
        }
        targets = objects.build(env.cluster, [namespace], "")
        try:
            apply.create(env, self._name, targets, ApplyOptions(server_side=self._options.server_side))
        except ApplyError as error:
            if not all(isinstance(failure.cause, AlreadyExistsError) for failure in error.failures):
                raise

    def _supersede_last(self, release: Release) -> None:
        """Take the next number, and the last revision's place (``replaceRelease``)."""
        storage = self._env.storage
        try:
            last = storage.last(self._name)
        except ReleaseNotFoundError:
            return
        release.version = last.version + 1
        if last.status is not Status.FAILED:
            before = last.release()
            before.info.status = Status.SUPERSEDED
            before.info.description = "superseded by new release"
            storage.update(before)

    def _perform(self, release: Release, targets: Sequence[Target], adopted: Sequence[Target]) -> Release:
        stage = ""
        try:
            stage = "failed pre-install"
            self._run_hooks(release, HookEvent.PRE_INSTALL)
            stage = ""
            self._apply(targets, adopted)
            waiting.await_ready(
                self._env,
                targets,
                timeout=self._options.timeout,
                strategy=self._wait,
                jobs=self._options.wait_for_jobs,
            )
            stage = "failed post-install"
            self._run_hooks(release, HookEvent.POST_INSTALL)
        except PyhelmError as error:
            raise self._failed(release, error, stage) from error
        except KeyboardInterrupt:
            self._mark_failed(release, "context canceled")
            raise
        release.info.status = Status.DEPLOYED
        release.info.description = self._options.description or "Install complete"
        self._env.storage.update(release)
        self._env.tell(RecordStored(release.name, release.version, release.info.status))
        return release

    def _apply(self, targets: Sequence[Target], adopted: Sequence[Target]) -> None:
        options = self._options
        if not targets:
            return
        if not adopted:
            apply.create(self._env, self._name, targets, ApplyOptions(server_side=options.server_side))
            return
        how = ApplyOptions(
            server_side=options.server_side,
            force_conflicts=options.force_conflicts,
            force_replace=options.force_replace,
            three_way_custom=options.take_ownership and not options.server_side,
            take_over_client_side=True,
        )
        apply.update(self._env, self._name, adopted, targets, how, apply.Changes())

    def _run_hooks(self, release: Release, event: HookEvent) -> None:
        if not self._options.no_hooks:
            how = HookOptions(timeout=self._options.timeout, server_side=self._options.server_side)
            hooks.run_hooks(self._env, release, event, how)

    def _failed(self, release: Release, cause: PyhelmError, stage: str) -> ReleaseFailedError:
        """Record the failure, or undo the installation, and return what to raise."""
        failure = ReleaseFailedError(self._name, "install", cause, stage=stage, revision=release.version)
        self._mark_failed(release, str(failure))
        if not self._options.rollback_on_failure:
            failure.hint = f"revision {release.version} is kept as failed: upgrade to try again, or uninstall it"
            return failure
        from pyhelm.action.uninstall import UninstallOptions, uninstall

        options = UninstallOptions(no_hooks=self._options.no_hooks, wait=self._wait, timeout=self._options.timeout)
        try:
            uninstall(self._env, self._name, options)
        except PyhelmError as error:
            failure.outcome = "an error occurred while uninstalling the release. original install error"
            failure.aftermath = error
            return failure
        failure.outcome = f"release {self._name} failed, and has been uninstalled due to rollback-on-failure being set"
        return failure

    def _mark_failed(self, release: Release, reason: str) -> None:
        release.info.status = Status.FAILED
        release.info.description = f'Release "{self._name}" failed: {reason}'
        try:
            self._env.storage.update(release)
        except PyhelmError as error:
            facts = (("name", release.name), ("revision", str(release.version)), ("error", str(error)))
            self._env.tell(Noted("failed to update release", facts))
            return
        self._env.tell(RecordStored(release.name, release.version, release.info.status))
