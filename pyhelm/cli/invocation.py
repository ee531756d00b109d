"""What every command knows: global flags, Helm's environment variables, folders, and which cluster to act on."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from pyhelm.errors import UnsupportedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyhelm.action.environment import Environment
    from pyhelm.cluster import Cluster


@dataclass(frozen=True, slots=True)
class GlobalFlag:
    """A flag that every command takes; ``variable`` is the environment variable that stands in for it."""

    names: tuple[str, ...]
    help: str
    variable: str = ""
    switch: bool = False
    multiple: bool = False
    hidden: bool = False

    @property
    def key(self) -> str:
        """The long name without dashes."""
        return max(self.names, key=len).lstrip("-")


GLOBAL_FLAGS = (
    GlobalFlag(("-n", "--namespace"), "namespace scope for this request", "HELM_NAMESPACE"),
    GlobalFlag(("--cluster",), "folder of the embedded cluster to act on", "PYHELM_CLUSTER"),
    GlobalFlag(("--debug",), "enable verbose output", "HELM_DEBUG", switch=True),
    GlobalFlag(("--kubeconfig",), "path to the kubeconfig file", "KUBECONFIG"),
    GlobalFlag(("--kube-context",), "name of the kubeconfig context to use", "HELM_KUBECONTEXT"),
    GlobalFlag(("--kube-apiserver",), "address and port of the Kubernetes API server", "HELM_KUBEAPISERVER"),
    GlobalFlag(("--kube-token",), "bearer token used for authentication", "HELM_KUBETOKEN", hidden=True),
    GlobalFlag(("--kube-as-user",), "username to impersonate", "HELM_KUBEASUSER", hidden=True),
    GlobalFlag(("--kube-as-group",), "group to impersonate", "HELM_KUBEASGROUPS", multiple=True, hidden=True),
    GlobalFlag(("--kube-ca-file",), "certificate authority of the API server", "HELM_KUBECAFILE", hidden=True),
    GlobalFlag(
        ("--kube-insecure-skip-tls-verify",),
        "do not check the API server's certificate",
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY",
        switch=True,
        hidden=True,
    ),
    GlobalFlag(("--kube-tls-server-name",), "server name to validate", "HELM_KUBETLS_SERVER_NAME", hidden=True),
    GlobalFlag(("--color", "--colour"), "use colored output (never, auto, always)", "HELM_COLOR"),
    GlobalFlag(("--burst-limit",), "client-side throttling limit", "HELM_BURST_LIMIT", hidden=True),
    GlobalFlag(("--qps",), "queries per second", "HELM_QPS", hidden=True),
    GlobalFlag(("--registry-config",), "path to the registry config file", "HELM_REGISTRY_CONFIG", hidden=True),
    GlobalFlag(("--repository-config",), "path to the repositories file", "HELM_REPOSITORY_CONFIG", hidden=True),
    GlobalFlag(("--repository-cache",), "path to cached indexes", "HELM_REPOSITORY_CACHE", hidden=True),
    GlobalFlag(("--content-cache",), "path to cached content", "HELM_CONTENT_CACHE", hidden=True),
)
"""Helm's persistent flags, and ``--cluster``."""

_REAL_CLUSTER = ("kubeconfig", "kube-context", "kube-apiserver", "kube-token")
_FLAGS = {flag.key: flag for flag in GLOBAL_FLAGS}


def remember(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Keep a global flag's value, where it was given, for the whole invocation (a click callback)."""
    if value in (None, False, ()):
        return
    key = max(param.opts, key=len).lstrip("-") if "--color" not in param.opts else "color"
    current(ctx).given[key] = value


def current(ctx: click.Context | None = None) -> Invocation:
    """Return the invocation that is running."""
    root = (ctx or click.get_current_context()).find_root()
    if root.obj is None:
        root.obj = Invocation()
    invocation: Invocation = root.obj
    return invocation


class Invocation:
    """One run of the program: flags given, then environment, then defaults.

    Attributes:
        given: Global flags that stand on the command line, by long name.
        speaks_kubectl: The command is one of kubectl's: failures are worded as kubectl words them.
        failure_prefix: Stands before the message of a failure, such as ``UPGRADE FAILED: ``.
        failure_suffix: Stands after it.
    """

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.speaks_kubectl = False
        self.failure_prefix = ""
        self.failure_suffix = ""

    def setting(self, key: str) -> str:
        """Return a global setting as text; empty when neither flag nor environment has it."""
        if key in self.given:
            value = self.given[key]
            return ",".join(value) if isinstance(value, tuple) else str(value)
        variable = _FLAGS["color" if key == "colour" else key].variable
        return os.environ.get(variable, "")

    @property
    def namespace(self) -> str:
        """The namespace to act in."""
        return self.setting("namespace") or "default"

    @property
    def namespace_given(self) -> bool:
        """Whether somebody chose the namespace."""
        return bool(self.setting("namespace"))

    @property
    def debug(self) -> bool:
        """Whether verbose output is wanted."""
        return self.setting("debug").lower() in {"1", "t", "true"}

    @property
    def color(self) -> bool:
        """Whether standard output gets colours."""
        wish = self.setting("color") or "auto"
        if wish not in {"never", "auto", "always"}:
            raise UsageError(f'invalid color mode "{wish}": must be one of: never, auto, always')
        if wish == "auto":
            return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return wish == "always"

    def number(self, key: str, default: float, kind: type[int | float] = float) -> float:
        """Return a global setting as a number: as in Helm, what is none in the environment does not count."""
        try:
            return kind(self.setting(key) or default)
        except ValueError:
            if key in self.given:
                raise UsageError(f'invalid argument "{self.given[key]}" for "--{key}" flag: it is no number') from None
            return default

    @property
    def cluster_folder(self) -> Path:
        """Where the embedded cluster lives."""
        chosen = self.setting("cluster")
        if chosen:
            from pathlib import Path

            try:
                return Path(chosen).expanduser()
            except RuntimeError:  # nobody's home: then it is a name like any other
                return Path(chosen)
        from platformdirs import user_data_path

        return user_data_path("pyhelm") / "cluster"

    @contextmanager
    def failing_as(self, prefix: str) -> Iterator[None]:
        """Word what fails inside with ``prefix``, as Helm does for some verbs."""
        try:
            yield
        except Exception:
            self.failure_prefix = prefix
            raise

    def require_embedded(self) -> None:
        """Refuse what only a real cluster could do.

        Raises:
            UnsupportedError: A real cluster was asked for, by a flag or the environment, and ``--cluster`` was not.
                A flag outranks the environment.
        """
        if "cluster" in self.given:
            return
        for key in _REAL_CLUSTER:
            if key in self.given or (self.setting(key) and not self.setting("cluster")):
                flag = _FLAGS[key]
                source = f"--{key}" if key in self.given else f"the environment variable {flag.variable}"
                error = UnsupportedError(
                    f"{source} names a real cluster, and this version of pyhelm only drives its embedded one"
                )
                error.hint = "leave it out, or choose an embedded cluster with --cluster FOLDER"
                raise error

    @contextmanager
    def environment(
        self, *, changes: bool = False, all_namespaces: bool = False, offline: bool = False
    ) -> Iterator[Environment]:
        """Open the cluster, and what Helm's verbs need around it.

        Args:
            changes: The command changes something: say on standard error where.
            all_namespaces: Read the release records of every namespace.
            offline: No cluster is needed, and none is opened.
        """
        from pyhelm.action.environment import Environment
        from pyhelm.cli.progress import listener

        if offline:
            yield Environment.offline(namespace=self.namespace, listener=listener, clock=lambda: datetime.now(UTC))
            return
        with self.cluster(changes=changes) as cluster:
            yield Environment.connected(
                cluster.client,
                namespace=self.namespace,
                driver=os.environ.get("HELM_DRIVER", ""),
                all_namespaces=all_namespaces,
                listener=listener,
                exclusive=True,
            )

    @contextmanager
    def cluster(self, *, changes: bool = False) -> Iterator[Cluster]:
        """Open the embedded cluster for the length of a command.

        Args:
            changes: The command changes something: say on standard error where.
        """
        self.require_embedded()
        from pyhelm.cluster import Cluster

        folder = self.cluster_folder
        if changes:
            click.echo(f"cluster: embedded ({folder})", err=True)
        with Cluster.open(folder, command=" ".join(["pyhelm", *sys.argv[1:]])) as cluster:
            yield cluster
