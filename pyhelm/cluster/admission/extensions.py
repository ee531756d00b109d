"""CustomResourceDefinitions (pkg/apis/apiextensions, and the controllers that establish them)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.strategy import Strategy

if TYPE_CHECKING:
    from pyhelm.cluster.admission.strategy import Context
    from pyhelm.kube.objects import Object


def _default(obj: Object) -> None:
    spec = obj.setdefault("spec", {})
    names = spec.setdefault("names", {})
    kind = names.get("kind") or ""
    if not names.get("singular"):
        names["singular"] = kind.lower()
    if kind and not names.get("listKind"):
        names["listKind"] = f"{kind}List"
    spec.setdefault("conversion", {}).setdefault("strategy", "None")


def _prepare_create(obj: Object, context: Context) -> None:
    """Establish the definition at once: a name conflict with what is served is all that could stand against it."""
    spec = obj["spec"]
    now = context.timestamp()
    stored = [version["name"] for version in spec.get("versions") or () if version.get("storage")]
    obj["status"] = {
        "conditions": [
            {
                "lastTransitionTime": now,
                "message": "no conflicts found",
                "reason": "NoConflicts",
                "status": "True",
                "type": "NamesAccepted",
            },
            {
                "lastTransitionTime": now,
                "message": "the initial names have been accepted",
                "reason": "InitialNamesAccepted",
                "status": "True",
                "type": "Established",
            },
        ],
        "acceptedNames": dict(spec.get("names") or {}),
        "storedVersions": stored,
    }


def _prepare_update(new: Object, old: Object, _: Context) -> None:
    status = dict(old.get("status") or {})
    status["acceptedNames"] = dict(new["spec"].get("names") or {})
    stored = list(status.get("storedVersions") or ())
    stored += [
        version["name"]
        for version in new["spec"].get("versions") or ()
        if version.get("storage") and version["name"] not in stored
    ]
    status["storedVersions"] = stored
    new["status"] = status


STRATEGIES = {
    "CustomResourceDefinition": Strategy(
        default=_default,
        prepare_create=_prepare_create,
        prepare_update=_prepare_update,
        generation=("spec",),
        status={},
        unconditional_update=False,
    )
}
