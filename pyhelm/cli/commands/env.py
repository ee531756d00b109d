"""``pyhelm env``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from pyhelm.cli.dialect import Command
from pyhelm.cli.invocation import Invocation, current
from pyhelm.cli.options import max_history
from pyhelm.errors import UsageError


def settings(invocation: Invocation) -> dict[str, str]:
    """Return Helm's environment (and where the embedded cluster is), by name."""
    cache, config, data = (str(home(kind)) for kind in ("CACHE", "CONFIG", "DATA"))
    return {
        "HELM_BIN": sys.argv[0],
        "HELM_BURST_LIMIT": str(invocation.number("burst-limit", 100, int)),
        "HELM_CACHE_HOME": cache,
        "HELM_CONFIG_HOME": config,
        "HELM_CONTENT_CACHE": invocation.setting("content-cache") or f"{cache}/content",
        "HELM_DATA_HOME": data,
        "HELM_DEBUG": str(invocation.debug).lower(),
        "HELM_KUBEAPISERVER": invocation.setting("kube-apiserver"),
        "HELM_KUBEASGROUPS": invocation.setting("kube-as-group"),
        "HELM_KUBEASUSER": invocation.setting("kube-as-user"),
        "HELM_KUBECAFILE": invocation.setting("kube-ca-file"),
        "HELM_KUBECONTEXT": invocation.setting("kube-context"),
        "HELM_KUBEINSECURE_SKIP_TLS_VERIFY": (invocation.setting("kube-insecure-skip-tls-verify") or "false").lower(),
        "HELM_KUBETLS_SERVER_NAME": invocation.setting("kube-tls-server-name"),
        "HELM_KUBETOKEN": invocation.setting("kube-token"),
        "HELM_MAX_HISTORY": str(max_history()),
        "HELM_NAMESPACE": invocation.namespace,
        "HELM_PLUGINS": os.environ.get("HELM_PLUGINS") or f"{data}/plugins",
        "HELM_QPS": f"{invocation.number('qps', 0):.2f}",
        "HELM_REGISTRY_CONFIG": invocation.setting("registry-config") or f"{config}/registry/config.json",
        "HELM_REPOSITORY_CACHE": invocation.setting("repository-cache") or f"{cache}/repository",
        "HELM_REPOSITORY_CONFIG": invocation.setting("repository-config") or f"{config}/repositories.yaml",
        "PYHELM_CLUSTER": str(invocation.cluster_folder),
    }


def home(kind: str) -> Path:
    """Return one of Helm's folders (CACHE, CONFIG, DATA): HELM_…_HOME, then XDG_…_HOME, then the usual place."""
    given = os.environ.get(f"HELM_{kind}_HOME")
    if given:
        return Path(given)
    base = os.environ.get(f"XDG_{kind}_HOME")
    usual = {"CACHE": ".cache", "CONFIG": ".config", "DATA": ".local/share"}[kind]
    return Path(base or Path.home() / usual) / "helm"


def _env(*, args: tuple[str, ...]) -> None:
    if len(args) > 1:
        raise UsageError('"pyhelm env" accepts at most 1 argument')
    facts = settings(current())
    if args:
        click.echo(facts.get(args[0], ""))
        return
    for name, value in facts.items():
        click.echo(f'{name}="{value}"')


env = Command("env", callback=_env, arity=(0, 1), help="Print the environment that commands use.")
