"""``pyhelm kube logs``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from pyhelm.cli.dialect import INTEGER, Switch
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.targets import SELECTOR, Query, select
from pyhelm.cli.kube.verb import Verb
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.objects import annotations_of, key_of, metadata, name_of, namespace_of
from pyhelm.kube.selectors import from_labels, from_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_USAGE = "logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]"
_DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
_PHASES = {"Running": 0, "Unknown": 1, "Pending": 2}


def _logs(
    *,
    container: str,
    previous: bool,
    follow: bool,  # noqa: ARG001 - what is simulated has said everything by the time it is asked
    tail: int,
    labels: str,
    all_containers: bool,
    args: tuple[str, ...],
) -> None:
    path = click.get_current_context().command_path
    if len(args) > 2 or (not args and not labels):
        raise UsageError(
            f"expected '{_USAGE}'.\nPOD or TYPE/NAME is a required argument for the logs command\n"
            f"See '{path} -h' for help and examples"
        )
    if args and labels:
        raise UsageError("only a selector (-l) or a POD name is allowed")
    if len(args) == 2:
        if container:
            raise UsageError("only one of -c or an inline [CONTAINER] arg is allowed")
        container = args[1]
    if all_containers and container:
        raise UsageError("--all-containers=true should not be specified with container name " + container)
    if tail < -1:
        raise UsageError("--tail must be greater than or equal to -1")
    with current().cluster() as cluster:
        client = cluster.client
        for pod in _pods(client, args[:1], labels):
            names = _container_names(pod) if all_containers else [_choose(pod, container)]
            lines = tail if tail >= 0 else 10 if labels else None
            for name in names:
                click.echo(client.logs(key_of(pod), name, previous=previous, tail=lines), nl=False)


def _pods(client: Client, args: tuple[str, ...], labels: str) -> list[Object]:
    """Return the Pods that the command means: by name, by selector, or the first one of a workload."""
    if labels:
        return [item.object for item in select(client, ["pods"], (), Query(labels=labels)).items]
    words = [args[0]] if "/" in args[0] else ["pods", args[0]]
    chosen = select(client, words)
    for error in chosen.errors:
        if isinstance(error, NotFoundError):
            raise UsageError(f'error from server (NotFound): {error} in namespace "{current().namespace}"') from error
    chosen.check()
    obj = chosen.items[0].object
    if obj.get("kind") == "Pod":
        return [obj]
    selector = (obj.get("spec") or {}).get("selector")
    if selector is None:
        raise UsageError(f"cannot get the logs from {obj.get('apiVersion')}, Kind={obj.get('kind')}: no selector")
    by_labels = obj.get("kind") in {"Service", "ReplicationController"}
    text = str(from_labels(selector) if by_labels else from_object(selector))
    pods = client.list(client.catalog.for_kind("v1", "Pod"), namespace_of(obj), labels=text).items
    if not pods:
        raise UsageError("timed out waiting for the condition")
    pods.sort(key=_rank)
    if len(pods) > 1:
        click.echo(f"Found {len(pods)} pods, using pod/{name_of(pods[0])}", err=True)
    return pods[:1]


def _rank(pod: Object) -> tuple[Any, ...]:
    """Return a key that sorts Pods whose logs tell most first (podutils.ByLogging)."""
    status = pod.get("status") or {}
    ready: Object = next((item for item in status.get("conditions") or () if item.get("type") == "Ready"), {})
    is_ready = ready.get("status") == "True"
    return (
        not (pod.get("spec") or {}).get("nodeName"),
        _PHASES.get(status.get("phase", ""), 3),
        not is_ready,
        ready.get("lastTransitionTime", "") if is_ready else "",
        metadata(pod).get("creationTimestamp", ""),
    )


def _container_names(pod: Object) -> list[str]:
    spec = pod.get("spec") or {}
    return [item["name"] for field in ("initContainers", "containers") for item in spec.get(field) or ()]


def _choose(pod: Object, container: str) -> str:
    """Return the container whose log is meant; say so where kubectl does."""
    spec = pod.get("spec") or {}
    listed = ", ".join(_listed(spec))
    if container:
        if container not in _container_names(pod):
            raise UsageError(f"container {container} is not valid for pod {name_of(pod)} out of: {listed}")
        return container
    names = _container_names(pod)
    if len(names) == 1:
        return names[0]
    marked = annotations_of(pod).get(_DEFAULT_CONTAINER, "")
    if marked in names:
        return marked
    if marked:
        click.echo(f'Default container name "{marked}" not found in pod {name_of(pod)}', err=True)
    first = str(spec["containers"][0]["name"])
    click.echo(f'Defaulted container "{first}" out of: {listed}', err=True)
    return first


def _listed(spec: Object) -> Iterable[str]:
    for field, note in (("containers", ""), ("ephemeralContainers", " (ephem)"), ("initContainers", " (init)")):
        for item in spec.get(field) or ():
            yield f"{item['name']}{note}"


logs = Verb(
    "logs",
    callback=_logs,
    arity=(0, None),
    synopsis="(POD | TYPE/NAME) [-c CONTAINER]",
    params=[
        click.Option(["-c", "--container"], default="", help="the container, where there are several"),
        Switch(["--all-containers"], help="of all containers"),
        SELECTOR,
        Switch(["-p", "--previous"], help="of the container's run before the present one"),
        Switch(["-f", "--follow"], help="what comes later too (in the embedded cluster nothing does)"),
        click.Option(["--tail"], type=INTEGER, default=-1, help="only the last lines"),
    ],
    help="Print what a container wrote.",
)
