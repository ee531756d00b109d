"""Creating and deleting the Pods of an owner, and telling of it in the owner's events (controller.RealPodControl)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.controllers.ownership import MANAGER
from pyhelm.errors import ApiError, NotFoundError
from pyhelm.kube.objects import key_of, name_of

if TYPE_CHECKING:
    from pyhelm.cluster.controllers.base import Context
    from pyhelm.kube.objects import Object

NAMESPACE_TERMINATING = "NamespaceTerminating"


def namespace_terminating(error: ApiError) -> bool:
    """Tell whether a create was refused because its namespace is going away."""
    causes = error.details.get("causes") or ()
    return any(cause.get("reason") == NAMESPACE_TERMINATING for cause in causes)


class PodControl:
    """Acts on Pods for one controller, whose name stands in the events."""

    def __init__(self, context: Context, controller: str) -> None:
        self._client = context.client
        self._events = context.events
        self._controller = controller
        self._pods = context.client.catalog.for_kind("v1", "Pod")

    def create(self, owner: Object, pod: Object) -> ApiError | None:
        """Create a Pod; return why it was refused, unless that is its namespace's going away."""
        try:
            created = self._client.create(self._pods, pod, options=MANAGER)
        except ApiError as error:
            if namespace_terminating(error):
                return None
            self._events.warning(self._controller, owner, "FailedCreate", f"Error creating: {error.message}")
            return error
        self._events.normal(self._controller, owner, "SuccessfulCreate", f"Created pod: {name_of(created)}")
        return None

    def delete(self, owner: Object, pod: Object) -> ApiError | None:
        """Delete a Pod; return why that was refused. One that is gone already needs no telling."""
        try:
            self._client.delete(self._pods, key_of(pod))
        except NotFoundError:
            return None
        except ApiError as error:
            self._events.warning(self._controller, owner, "FailedDelete", f"Error deleting: {error.message}")
            return error
        self._events.normal(self._controller, owner, "SuccessfulDelete", f"Deleted pod: {name_of(pod)}")
        return None
