"""Install a chart as a new release: what must hold before, and the release as it is drafted.

What is done to the cluster is in ``installation``, so that rendering alone loads none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.action import charts
from pyhelm.action.environment import DryRun, WaitStrategy
from pyhelm.action.render import RenderRequest, render
from pyhelm.errors import ReleaseNameInUseError, ReleaseNotFoundError, UsageError
from pyhelm.release import names
from pyhelm.release.record import Info, Release, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.render import Rendered
    from pyhelm.chart.model import Chart
    from pyhelm.template import KubeVersion


# Only fields for those below: no methods are made for it, which saves 0.7 ms of a cold start.
@dataclass(frozen=True, slots=True, kw_only=True, init=False, repr=False, eq=False)
class ChartOptions:
    """What installing and upgrading have in common; names are those of the flags.

    Attributes:
        timeout: Seconds of cluster time, for each wait.
        force_replace: Replace objects instead of patching them (with client-side apply).
    """

    dry_run: DryRun = DryRun.NONE
    create_namespace: bool = False
    skip_crds: bool = False
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    no_hooks: bool = False
    wait: WaitStrategy = WaitStrategy.HOOK_ONLY
    wait_for_jobs: bool = False
    timeout: float = 300
    rollback_on_failure: bool = False
    force_conflicts: bool = False
    force_replace: bool = False
    take_ownership: bool = False
    sub_notes: bool = False
    hide_secret: bool = False
    skip_schema_validation: bool = False
    disable_openapi_validation: bool = False
    enable_dns: bool = False

    @property
    def waits(self) -> WaitStrategy:
        """What is waited for: whatever may be rolled back is."""
        if self.rollback_on_failure and self.wait is WaitStrategy.HOOK_ONLY:
            return WaitStrategy.WATCHER
        return self.wait


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallOptions(ChartOptions):
    """How a chart is installed; ``force_replace`` is for objects that are taken over.

    Attributes:
        server_side: Let the server apply objects.
        replace: Use a name again of which only the history is left.
        kube_version: For rendering offline; None for the default.
        api_versions: For rendering offline, besides the default ones.
        is_upgrade: Render as if it were an upgrade; dry runs only.
        include_crds: Put the files under ``crds/`` into the manifest's text; dry runs only.
    """

    server_side: bool = True
    replace: bool = False
    include_crds: bool = False
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
    if options.dry_run.asks_server:
        from pyhelm.action.installation import Installation

        return Installation(env, name, chart, values, options).run()
    release, _ = draft(env, name, chart, values, options)
    release.info.description = "Dry run complete"
    return release


def draft(
    env: Environment, name: str, chart: Chart, values: dict[str, Any], options: InstallOptions
) -> tuple[Release, Rendered]:
    """Render a chart and return the release that it will be, still pending, and what was rendered."""
    pretends = options.dry_run.pretends
    request = RenderRequest(
        name=name,
        namespace=env.namespace,
        is_upgrade=options.is_upgrade and pretends,
        ask_cluster=options.dry_run.asks_server,
        kube_version=options.kube_version,
        api_versions=options.api_versions,
        include_crds=options.include_crds and pretends,
        hide_secrets=options.hide_secret,
        sub_notes=options.sub_notes,
        skip_schema=options.skip_schema_validation,
        enable_dns=options.enable_dns,
    )
    rendered = render(env, chart, values, request)
    now = env.now()
    release = Release(
        name=name,
        namespace=env.namespace,
        version=1,
        info=Info(
            first_deployed=now,
            last_deployed=now,
            status=Status.PENDING_INSTALL,
            description="Initial install underway",
            notes=rendered.notes,
        ),
        chart=rendered.chart,
        config=values,
        manifest=rendered.text,
        hooks=rendered.hooks,
        labels=dict(options.labels),
        apply_method=apply_method(server_side=options.server_side),
    )
    return release, rendered


def check_labels(labels: Mapping[str, str]) -> None:
    """Refuse labels that belong to the storage drivers; raises UsageError."""
    if not labels:
        return
    from pyhelm.release.storage import SYSTEM_LABELS

    if any(label in labels for label in SYSTEM_LABELS):
        listed = " ".join(SYSTEM_LABELS)
        raise UsageError(f"user supplied labels contains system reserved label name. System labels: [{listed}]")


def apply_method(*, server_side: bool) -> str:
    """Return what a record calls the way its objects were applied."""
    return "ssa" if server_side else "csa"


def _check_available(env: Environment, name: str, options: InstallOptions) -> None:
    from pyhelm.action.recovery import last_revision

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
