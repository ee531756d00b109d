"""Upgrade a release to another chart or other values."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from pyhelm.action import apply, charts, hooks, objects, waiting
from pyhelm.action.apply import ApplyOptions, Changes
from pyhelm.action.environment import ServerSide
from pyhelm.action.hooks import HookOptions
from pyhelm.action.install import ChartOptions, InstallOptions, apply_method, check_labels, install
from pyhelm.action.progress import InstallingInstead, RecordStored
from pyhelm.action.records import mark_failed, store_deployed
from pyhelm.action.recovery import last_revision, pending_error
from pyhelm.action.render import RenderRequest, render
from pyhelm.errors import NoDeployedReleaseError, PyhelmError, ReleaseFailedError, ReleaseNotFoundError, UsageError
from pyhelm.release import names
from pyhelm.release.record import HookEvent, Info, Release, Status
from pyhelm.values import coalesce, coalesce_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target
    from pyhelm.action.render import Rendered
    from pyhelm.chart.model import Chart
    from pyhelm.release.storage import StoredRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeOptions(ChartOptions):
    """How a release is upgraded; ``labels`` are added to the release's, the value ``null`` removes one.

    Attributes:
        install: Install the release if there is none; ``create_namespace`` and ``skip_crds`` are for that.
        history_max: How many revisions to keep; 0 for all.
        cleanup_on_fail: Delete what a failed upgrade created.
    """

    server_side: ServerSide = ServerSide.AUTO
    install: bool = False
    reset_values: bool = False
    reuse_values: bool = False
    reset_then_reuse_values: bool = False
    history_max: int = 10
    cleanup_on_fail: bool = False


DEFAULT_OPTIONS = UpgradeOptions()


def upgrade(
    env: Environment, name: str, chart: Chart, values: dict[str, Any], options: UpgradeOptions = DEFAULT_OPTIONS
) -> Release:
    """Upgrade the release ``name`` to ``chart`` and ``values``, or install it if it is not there and that is asked for.

    Args:
        env: Where.
        name: The release's name.
        chart: Not changed.
        values: What the user gave, merged. Not changed.
        options: How.

    Returns:
        The new revision, deployed; with a dry run, pending and stored nowhere.

    Raises:
        NoDeployedReleaseError: There is nothing to upgrade.
        ReleasePendingError: Another operation is (or may be) in progress.
        ReleaseFailedError: The upgrade was begun and failed.
        PyhelmError: As for ``install``.
    """
    if options.install and needs_install(env, name):
        env.tell(InstallingInstead(name))
        return install(env, name, chart, values, install_options(options, replace_uninstalled=_has_history(env, name)))
    check_labels(options.labels)
    if options.hide_secret and not options.dry_run.pretends:
        raise UsageError("hiding Kubernetes secrets requires a dry-run mode")
    charts.check_dependencies(chart)
    names.validate(name, message="release name is invalid: {name}")
    return _Upgrade(env, name, chart, values, options).run()


def needs_install(env: Environment, name: str) -> bool:
    """Tell whether ``upgrade --install`` means an installation: no release, or only the history of one."""
    names.validate(name, message="release name is invalid: {name}")
    try:
        return env.storage.last(name).status is Status.UNINSTALLED
    except ReleaseNotFoundError:
        return True


def install_options(options: UpgradeOptions, *, replace_uninstalled: bool = False) -> InstallOptions:
    """Return the options of the installation that ``upgrade --install`` makes."""
    shared = {item.name: getattr(options, item.name) for item in fields(ChartOptions)}
    server_side = options.server_side is not ServerSide.FALSE
    return InstallOptions(**shared, server_side=server_side, replace=replace_uninstalled)


def merge_labels(current: Mapping[str, str], desired: Mapping[str, str]) -> dict[str, str]:
    """Return labels with changes made to them; the value ``null`` removes one."""
    return {key: value for key, value in {**current, **desired}.items() if value != "null"}


def uses_server_side(choice: ServerSide, method: str) -> bool:
    """Tell whether objects are applied by the server, given the method of an earlier revision."""
    return method == "ssa" if choice is ServerSide.AUTO else choice is ServerSide.TRUE


def _has_history(env: Environment, name: str) -> bool:
    try:
        env.storage.last(name)
    except ReleaseNotFoundError:
        return False
    return True


class _Upgrade:
    """One upgrade under way."""

    def __init__(
        self, env: Environment, name: str, chart: Chart, values: dict[str, Any], options: UpgradeOptions
    ) -> None:
        self._env = env
        self._name = name
        self._chart = chart
        self._values = values
        self._options = options
        self._server_side = True

    def run(self) -> Release:
        env, options = self._env, self._options
        last, current = self._find()
        chart, values = self._reuse_values(current)
        rendered = self._render(chart, values, last.version + 1, current.namespace)
        self._server_side = uses_server_side(options.server_side, last.release().apply_method)
        release = self._release(rendered, values, last.release(), current)

        attempt = "unable to build kubernetes objects from current release manifest"
        originals = objects.build_text(
            env.cluster, current.manifest, env.namespace, release_name=self._name, attempt=attempt
        )
        documents = [manifest.document for manifest in rendered.manifests]
        targets = objects.build(
            env.cluster,
            documents,
            env.namespace,
            release_name=self._name,
            validate=not options.disable_openapi_validation,
            sources=[manifest.path for manifest in rendered.manifests],
        )
        objects.mark_owned(targets, self._name, release.namespace)
        known = {original.versioned_identity for original in originals}
        originals += objects.existing(
            env.cluster,
            [target for target in targets if target.versioned_identity not in known],
            self._name,
            release.namespace,
            adopt=options.take_ownership,
            attempt="unable to continue with update",
        )
        if options.dry_run.pretends:
            release.info.description = options.description or "Dry run complete"
            return release
        env.storage.create(release, owner=env.stamp.to_text(), max_history=options.history_max)
        env.tell(RecordStored(release.name, release.version, release.info.status))
        return self._perform(release, current, originals, targets)

    def _find(self) -> tuple[StoredRevision, Release]:
        """Return the last revision, and the one whose objects are to be changed (``prepareUpgrade``)."""
        try:
            last = last_revision(self._env, self._name)
        except ReleaseNotFoundError as error:
            raise NoDeployedReleaseError(self._name) from error
        if last.status.is_pending:
            raise pending_error(last)
        if last.status is Status.DEPLOYED:
            return last, last.release()
        try:
            return last, self._env.storage.deployed(self._name).release()
        except NoDeployedReleaseError as error:
            if last.status in {Status.FAILED, Status.SUPERSEDED}:
                return last, last.release()
            if last.status is Status.UNINSTALLING:
                error.hint = "its uninstallation was not finished: uninstall it again"
            elif last.status is Status.UNINSTALLED:
                error.hint = "it was uninstalled and its history kept: upgrade --install, or roll back"
            raise

    def _reuse_values(self, current: Release) -> tuple[Chart, dict[str, Any]]:
        """Return the chart and the values to render with, as the flags about old values say (``reuseValues``)."""
        options, values = self._options, self._values
        if options.reset_values:
            return self._chart, values
        if options.reuse_values:
            old = coalesce(current.chart, current.config)
            return replace(self._chart, values=old), coalesce_tables(values, current.config)
        if options.reset_then_reuse_values:
            return self._chart, coalesce_tables(values, current.config)
        if not values and current.config:
            return self._chart, current.config
        return self._chart, values

    def _render(self, chart: Chart, values: dict[str, Any], revision: int, namespace: str) -> Rendered:
        options = self._options
        return render(
            self._env,
            chart,
            values,
            RenderRequest(
                name=self._name,
                namespace=namespace,
                revision=revision,
                is_upgrade=True,
                ask_cluster=True,
                hide_secrets=options.hide_secret,
                sub_notes=options.sub_notes,
                skip_schema=options.skip_schema_validation,
                enable_dns=options.enable_dns,
            ),
        )

    def _release(self, rendered: Rendered, values: dict[str, Any], last: Release, current: Release) -> Release:
        return Release(
            name=self._name,
            namespace=current.namespace,
            version=last.version + 1,
            info=Info(
                first_deployed=current.info.first_deployed,
                last_deployed=self._env.now(),
                status=Status.PENDING_UPGRADE,
                description="Preparing upgrade",
                notes=rendered.notes,
            ),
            chart=rendered.chart,
            config=values,
            manifest=rendered.text,
            hooks=rendered.hooks,
            labels=merge_labels(last.labels, self._options.labels),
            apply_method=apply_method(server_side=self._server_side),
        )

    def _perform(
        self, release: Release, current: Release, originals: Sequence[Target], targets: Sequence[Target]
    ) -> Release:
        options = self._options
        changes = Changes()
        how = ApplyOptions(
            server_side=self._server_side,
            force_conflicts=options.force_conflicts,
            force_replace=options.force_replace,
            take_over_client_side=self._server_side and current.apply_method in {"", "csa"},
        )
        stage = ""
        try:
            stage = "pre-upgrade hooks failed"
            self._run_hooks(release, HookEvent.PRE_UPGRADE)
            stage = ""
            apply.update(self._env, self._name, originals, targets, how, changes)
            waiting.await_ready(
                self._env, targets, timeout=options.timeout, strategy=options.waits, jobs=options.wait_for_jobs
            )
            stage = "post-upgrade hooks failed"
            self._run_hooks(release, HookEvent.POST_UPGRADE)
        except PyhelmError as error:
            raise self._failed(release, error, stage, changes) from error
        except KeyboardInterrupt:
            self._mark_failed(release, "context canceled")
            raise
        release.info.description = options.description or "Upgrade complete"
        store_deployed(self._env, release)
        if current.info.status is not Status.DEPLOYED:
            current.info.status = Status.SUPERSEDED
            # It may have been pruned to make room.
            with suppress(ReleaseNotFoundError):
                self._env.storage.update(current)
        self._env.tell(RecordStored(release.name, release.version, release.info.status))
        return release

    def _run_hooks(self, release: Release, event: HookEvent) -> None:
        if not self._options.no_hooks:
            how = HookOptions(timeout=self._options.timeout, server_side=self._server_side)
            hooks.run_hooks(self._env, release, event, how)

    def _failed(self, release: Release, cause: PyhelmError, stage: str, changes: Changes) -> ReleaseFailedError:
        """Record the failure, clean up or roll back as asked, and return what to raise (``failRelease``)."""
        options = self._options
        failure = ReleaseFailedError(self._name, "upgrade", cause, stage=stage, revision=release.version)
        self._mark_failed(release, str(failure))
        if options.cleanup_on_fail:
            apply.clean_up(self._env, changes, failure)
            if failure.aftermath is not None:
                return failure
        if options.rollback_on_failure:
            self._roll_back(failure)
        else:
            failure.hint = f"revision {release.version} is kept as failed: upgrade again, or roll back"
        return failure

    def _roll_back(self, failure: ReleaseFailedError) -> None:
        from pyhelm.action.rollback import RollbackOptions, rollback

        options = self._options
        good = [
            revision.version
            for revision in self._env.storage.history(self._name)
            if revision.status in {Status.SUPERSEDED, Status.DEPLOYED}
        ]
        if not good:
            failure.outcome = (
                "unable to find a previously successful release when attempting to rollback. original upgrade error"
            )
            return
        how = RollbackOptions(
            revision=good[-1],
            wait=options.waits,
            wait_for_jobs=options.wait_for_jobs,
            no_hooks=options.no_hooks,
            force_replace=options.force_replace,
            force_conflicts=options.force_conflicts,
            server_side=options.server_side,
            timeout=options.timeout,
        )
        try:
            rollback(self._env, self._name, how)
        except PyhelmError as error:
            failure.outcome = "an error occurred while rolling back the release. original upgrade error"
            failure.aftermath = error
            return
        failure.outcome = f"release {self._name} failed, and has been rolled back due to rollback-on-failure being set"

    def _mark_failed(self, release: Release, reason: str) -> None:
        mark_failed(self._env, release, f'Upgrade "{self._name}" failed: {reason}')
