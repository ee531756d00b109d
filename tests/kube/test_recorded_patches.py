"""Every patch type, compared with the recorded answers of a real API server."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pyhelm.errors import ApiError
from pyhelm.kube.catalog import Catalog
from pyhelm.kube.client import PatchType
from pyhelm.kube.objects import copy_of
from pyhelm.kube.patches import apply_patch, reset_fields, track_scale, track_update
from tests.kube import recorded

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = {"strategic": PatchType.STRATEGIC, "merge": PatchType.MERGE, "json": PatchType.JSON, "apply": PatchType.APPLY}

# Refused by validation or a precondition, which are the API server's business, not the patch's.
NOT_THE_PATCH = {
    "smp-invalid-replicas-1",
    "smp-wrong-type-1",
    "merge-containers-empty-1",
    "merge-configmap-immutable-1",
    "merge-crd-duplicate-key-1",
    "ssa-missing-key-0",
    "ssa-resourceversion-1",
    "ssa-crd-invalid-0",
}

# Where decoding drops a field or turns null into a zero value, which no patch function does.
DECODED = {
    "smp-null-annotation-label-1": lambda obj: obj["metadata"].pop("annotations"),
    "merge-crd-1": lambda obj: obj["spec"].pop("unknown"),
    "merge-nulls-1": lambda obj: obj["spec"]["template"]["spec"].pop("tolerations"),
    "json-null-value-1": lambda obj: (
        obj["metadata"]["annotations"].update(n=""),
        obj["spec"].update(replicas=1),
    ),
}

# A subresource keeps what its endpoint ignores.
IGNORED = {"smp-status-subresource-2": lambda obj, live: obj["spec"].update(replicas=live["spec"]["replicas"])}

# The API server gives a Service its addresses after it has tracked the fields.
ALLOCATED = {"merge-service-port-list-0"}

STEPS = recorded.steps()
PATCHES = [step for step in STEPS if step.do["op"] == "patch" and step.do.get("subresource") != "scale"]
WRITES = [
    step
    for step in STEPS
    if step.do["op"] in {"create", "update"} and step.result is not None and step.id not in ALLOCATED
]


def resource_of(step: recorded.Step):
    catalog = Catalog()
    catalog.add_crd(recorded.widget_definition())
    return catalog.for_kind(recorded.VERSIONS[step.do["kind"]], step.do["kind"])


def patched(step: recorded.Step, *, answer):
    schema = recorded.schema(step.do["kind"])
    subresource = step.do.get("subresource", "")

    def normalise(obj):
        obj = copy_of(obj)
        if step.id in DECODED:
            DECODED[step.id](obj)
        if step.id in IGNORED:
            IGNORED[step.id](obj, step.live)
        if answer is None:
            return obj
        return recorded.filled({**obj, "metadata": recorded.bare(obj)["metadata"]}, recorded.bare(answer))

    return apply_patch(
        step.live,
        TYPES[step.do["type"]],
        step.do["body"],
        schema,
        step.do["fieldManager"],
        NOW,
        force=step.do.get("force") == "true",
        subresource=subresource,
        reset=reset_fields(resource_of(step), subresource, custom=schema.custom),
        normalise=normalise,
    )


@pytest.mark.parametrize("step", [step for step in PATCHES if step.result], ids=lambda step: step.id)
def test_patch(step: recorded.Step) -> None:
    before = copy_of(step.live)
    found = patched(step, answer=step.result)
    assert recorded.bare(found) == recorded.bare(step.result)
    assert recorded.entries(found) == recorded.entries(step.result)
    assert step.live == before


@pytest.mark.parametrize(
    "step", [step for step in PATCHES if step.error and step.id not in NOT_THE_PATCH], ids=lambda step: step.id
)
def test_refused_patch(step: recorded.Step) -> None:
    with pytest.raises(ApiError) as caught:
        patched(step, answer=None)
    expected = {"details": {}, **step.error}
    assert {"details": {}, **caught.value.status()} == expected


@pytest.mark.parametrize("step", WRITES, ids=lambda step: step.id)
def test_managed_fields_of_other_writes(step: recorded.Step) -> None:
    schema = recorded.schema(step.do["kind"])
    new = {**step.result, "metadata": recorded.bare(step.result)["metadata"]}
    reset = reset_fields(resource_of(step), custom=schema.custom)
    found = track_update(step.live, new, schema, step.do["fieldManager"], NOW, reset=reset)
    assert recorded.entries(found) == recorded.entries(step.result)


def test_scale_takes_the_replica_count() -> None:
    scaling = next(step for step in STEPS if step.do.get("subresource") == "scale")
    after = next(step.result for step in STEPS if step.case == scaling.case and step.do["op"] == "get")
    new = copy_of(scaling.live)
    new["spec"]["replicas"] = scaling.do["body"]["spec"]["replicas"]
    found = track_scale(scaling.live, new, recorded.schema("Deployment"), scaling.do["fieldManager"])
    assert recorded.entries(found) == recorded.entries(after)
