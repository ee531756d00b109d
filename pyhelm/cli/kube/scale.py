"""``pyhelm kube scale``."""

from __future__ import annotations

import click

from pyhelm.cli.dialect import INTEGER, Command
from pyhelm.cli.invocation import current
from pyhelm.cli.kube.record import RECORD, change_cause, record_change
from pyhelm.cli.kube.targets import FILENAME, Target, key_in, noun, parse_targets, place, read_manifests
from pyhelm.errors import NotFoundError, UsageError
from pyhelm.kube.client import PatchType, WriteOptions

_OPTIONS = WriteOptions(field_manager="kubectl-scale")


def _scale(
    *,
    filenames: tuple[str, ...],
    replicas: int | None,
    current_replicas: int | None,
    record: bool,
    args: tuple[str, ...],
) -> None:
    if replicas is None:
        raise UsageError('required flag(s) "replicas" not set')
    if replicas < 0:
        raise UsageError("The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0")
    invocation = current()
    with invocation.cluster(changes=True) as cluster:
        client = cluster.client
        targets = [(target, invocation.namespace) for target in parse_targets(client.catalog, args)]
        for obj, _ in read_manifests(filenames):
            resource, key = place(client, obj, invocation.namespace, given=invocation.namespace_given)
            targets.append((Target(resource, (key.name,)), key.namespace))
        named = [(target.resource, namespace, name) for target, namespace in targets for name in target.names]
        if not named:
            raise UsageError("resource(s) were provided, but no name was specified")
        for resource, namespace, name in named:
            if "scale" not in resource.subresources:
                raise NotFoundError("the server could not find the requested resource")
            key = key_in(resource, namespace, name)
            if current_replicas is not None:
                now = client.get(resource, key, subresource="scale")["spec"].get("replicas", 0)
                if now != current_replicas:
                    raise UsageError(f"Expected replicas to be {current_replicas}, was {now}")
            client.patch(
                resource,
                key,
                PatchType.MERGE,
                {"spec": {"replicas": replicas}},
                subresource="scale",
                options=_OPTIONS,
            )
            if record:
                record_change(client, resource, key, change_cause())
            click.echo(f"{noun(resource, name)} scaled")


scale = Command(
    "scale",
    callback=_scale,
    arity=(0, None),
    synopsis="--replicas=COUNT (TYPE NAME | TYPE/NAME ...)",
    params=[
        FILENAME,
        click.Option(["--replicas"], type=INTEGER, help="the new number of Pods"),
        click.Option(["--current-replicas"], type=INTEGER, help="scale only when the present number is this"),
        RECORD,
    ],
    help="Set a new size for a Deployment, ReplicaSet or StatefulSet.",
)
