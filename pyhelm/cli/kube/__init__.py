"""``pyhelm kube``: kubectl's verbs and output, one module for each command or family of commands."""

from pyhelm.cli.dialect import Group
from pyhelm.cli.invocation import current

_PACKAGE = "pyhelm.cli.kube"


def _enter() -> None:
    current().speaks_kubectl = True


kube = Group(
    name="kube",
    strict=True,
    callback=_enter,
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
    help="kubectl's verbs, on the cluster that pyhelm acts on.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)

__all__ = ["kube"]
