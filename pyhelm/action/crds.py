"""Install the definitions under ``crds/`` before anything is rendered; those that exist are left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.action import objects, waiting
from pyhelm.action.apply import FIELD_MANAGER
from pyhelm.action.environment import WaitStrategy
from pyhelm.action.progress import ObjectChanged
from pyhelm.errors import AlreadyExistsError, ApiError, ApplyError, ApplyFailure, BuildError
from pyhelm.kube.client import PatchType, WriteOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyhelm.action.environment import Environment
    from pyhelm.action.objects import Target

_ESTABLISHED_WITHIN = 60.0


def install_crds(
    env: Environment, release_name: str, files: Sequence[tuple[str, str]], *, server_side: bool, force_conflicts: bool
) -> None:
    """Create the definitions in ``files`` (path and text), file by file, and wait until the cluster serves them.

    Raises:
        BuildError: A file holds no object, or one of an unknown kind.
        ApplyError: The cluster refused one.
        NotReadyError: One was not served in time.
    """
    created: list[Target] = []
    for path, text in files:
        attempt = f"failed to install CRD {path.partition('/')[2] or path}"
        targets = objects.build_text(env.cluster, text, env.namespace, release_name=release_name, attempt=attempt)
        if not targets:
            raise BuildError(release_name, attempt, ["resources are empty"])
        created.extend(
            target
            for target in targets
            if _create(env, release_name, target, attempt, server_side=server_side, force_conflicts=force_conflicts)
        )
    waiting.await_ready(env, created, timeout=_ESTABLISHED_WITHIN, strategy=WaitStrategy.WATCHER, jobs=False)


def _create(
    env: Environment, release_name: str, target: Target, attempt: str, *, server_side: bool, force_conflicts: bool
) -> bool:
    client = env.cluster
    write = WriteOptions(field_manager=FIELD_MANAGER, field_validation="Strict", force=force_conflicts)
    try:
        if server_side:
            target.object = client.patch(target.resource, target.key, PatchType.APPLY, target.object, options=write)
        else:
            target.object = client.create(target.resource, target.object, namespace=target.key.namespace, options=write)
    except AlreadyExistsError:
        return False
    except ApiError as error:
        if server_side:
            attempt = f"{attempt}: server-side apply failed for object {target.go_name}"
        key = target.key
        raise ApplyError(release_name, [ApplyFailure(target.kind, key.namespace, key.name, attempt, error)]) from error
    env.tell(ObjectChanged(target.kind, target.key.namespace, target.key.name, "created"))
    return True
