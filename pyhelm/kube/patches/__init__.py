"""Changing objects by patches, and knowing who changed what.

``json_patch``, ``merge_patch`` and ``strategic_patch`` are pure functions of object and patch; ``create_…`` make
patches. ``apply_patch`` is the API server's step that also keeps ``metadata.managedFields``; ``track_update`` is that
for creates and updates. Validation and resource versions belong to the API server.
"""

from pyhelm.kube.patches.apply import reset_fields, server_side_apply, track_scale, track_update
from pyhelm.kube.patches.json_patch import json_patch
from pyhelm.kube.patches.merge import create_merge_patch, create_three_way_merge_patch, merge_patch
from pyhelm.kube.patches.server import apply_patch
from pyhelm.kube.patches.strategic import create_three_way, create_two_way, strategic_patch

__all__ = [
    "apply_patch",
    "create_merge_patch",
    "create_three_way",
    "create_three_way_merge_patch",
    "create_two_way",
    "json_patch",
    "merge_patch",
    "reset_fields",
    "server_side_apply",
    "strategic_patch",
    "track_scale",
    "track_update",
]
