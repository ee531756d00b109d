"""The annotation in which client-side apply keeps what was applied last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.kube.objects import annotations_of, copy_of, metadata

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def with_last_applied(obj: Object) -> Object:
    """Return the object with its own configuration in the annotation that the next apply compares with.

    The text is Go's JSON, characters of HTML escaped, with a newline at its end (GetModifiedConfiguration).
    """
    from pyhelm.functions.gojson import dumps

    copy: Object = copy_of(obj)
    annotations = {key: value for key, value in annotations_of(copy).items() if key != LAST_APPLIED}
    copy["metadata"] = {**metadata(copy), "annotations": annotations}
    copy["metadata"]["annotations"] = {**annotations, LAST_APPLIED: dumps(copy) + "\n"}
    return copy
