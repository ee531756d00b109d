"""``pyhelm kube``: kubectl's verbs and output, one module for each command or family of commands."""

import click

from pyhelm.cli.dialect import Group
from pyhelm.cli.invocation import current

_PACKAGE = "pyhelm.cli.kube"


_SIMULATED = "containers are simulated, so there is nothing inside to reach; `logs` and `describe` tell of them"
_BY_PATCH = "change the object with `edit`, or its file with `apply -f`"
_MISSING = {
    **dict.fromkeys(("attach", "cp", "debug", "exec", "port-forward", "proxy"), _SIMULATED),
    **dict.fromkeys(("annotate", "autoscale", "expose", "label", "patch", "replace", "taint"), _BY_PATCH),
    **dict.fromkeys(("cordon", "drain", "top", "uncordon"), ""),
    **dict.fromkeys(("api-resources", "api-versions", "diff", "explain", "kustomize"), ""),
    "cluster-info": "`pyhelm cluster info` says where the cluster is",
    "run": "write the Pod to a file and create it with `create -f`",
    "wait": "`rollout status` waits for a workload, `pyhelm install --wait` for a whole release",
}
"""kubectl's commands that are not there yet, and what to do instead."""


class _KubectlGroup(Group):
    """Everything below is worded as kubectl words it, mistakes on the command line included."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, as one of kubectl's commands."""
        current(ctx).speaks_kubectl = True
        return super().parse_args(ctx, args)


kube = _KubectlGroup(
    name="kube",
    strict=True,
    commands={
        "apply": (f"{_PACKAGE}.apply", "apply", "apply a configuration to objects by file"),
        "create": (f"{_PACKAGE}.create", "create", "create objects from files"),
        "delete": (f"{_PACKAGE}.delete", "delete", "delete objects by file, name or label"),
        "describe": (f"{_PACKAGE}.describe", "describe", "show details of objects, with their events"),
        "edit": (f"{_PACKAGE}.edit", "edit", "edit an object in your editor"),
        "events": (f"{_PACKAGE}.events", "events", "list events"),
        "get": (f"{_PACKAGE}.get", "get", "list objects"),
        "logs": (f"{_PACKAGE}.logs", "logs", "print what a container wrote"),
        "rollout": (f"{_PACKAGE}.rollout", "rollout", "follow, list, undo, pause and restart rollouts"),
        "scale": (f"{_PACKAGE}.scale", "scale", "set a new size for a workload"),
        "set": (f"{_PACKAGE}.set", "set_", "set features of objects"),
    },
    missing=_MISSING,
    help="kubectl's verbs, on the cluster that pyhelm acts on.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)

__all__ = ["kube"]
