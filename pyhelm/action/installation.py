"""An installation under way: definitions first, then the record, hooks, objects and waiting.

Flow: draft -> build -> ownership -> record (pending) -> hooks -> objects -> ready -> hooks -> record (deployed).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.action import apply, crds, hooks, objects, waiting
from pyhelm.action.apply import ApplyOptions
from pyhelm.action.hooks import HookOptions
from pyhelm.action.install import draft
from pyhelm.action.progress import Noted, RecordStored
from pyhelm.action.records import mark_failed
from pyhelm.action.render import crd_files
from pyhelm.errors import AlreadyExistsError, ApplyError, PyhelmError, ReleaseFailedError, ReleaseNotFoundError
from pyhelm.release.record import HookEvent, Release, Status
from pyhelm.values import resolve_dependencies

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.install import InstallOptions
    from pyhelm.action.objects import Target
    from pyhelm.chart.model import Chart


class Installation:
    """One installation under way."""

    def __init__(
        self, env: Environment, name: str, chart: Chart, values: dict[str, Any], options: InstallOptions
    ) -> None:
        self._env = env
        self._name = name
        self._chart = chart
        self._values = values
        self._options = options

    def run(self) -> Release:
        """Install, and return the release; raises what ``install`` does."""
        env, options = self._env, self._options
        self._install_crds()
        release, rendered = draft(env, self._name, self._chart, self._values, options)
        attempt = "unable to build kubernetes objects from release manifest"
        documents = [manifest.document for manifest in rendered.manifests]
        targets = objects.build(
            env.cluster,
            documents,
            env.namespace,
            release_name=self._name,
            attempt=attempt,
            validate=not options.disable_openapi_validation,
            sources=[manifest.path for manifest in rendered.manifests],
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
        if options.skip_crds:
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
                strategy=self._options.waits,
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

        options = UninstallOptions(
            no_hooks=self._options.no_hooks, wait=self._options.waits, timeout=self._options.timeout
        )
        try:
            uninstall(self._env, self._name, options)
        except PyhelmError as error:
            failure.outcome = "an error occurred while uninstalling the release. original install error"
            failure.aftermath = error
            return failure
        failure.outcome = f"release {self._name} failed, and has been uninstalled due to rollback-on-failure being set"
        return failure

    def _mark_failed(self, release: Release, reason: str) -> None:
        mark_failed(self._env, release, f'Release "{self._name}" failed: {reason}')
