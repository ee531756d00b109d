"""Releases: the record, the manifest and its order, hooks, and where records are kept.

What a release *is* belongs here; what is *done* with one (install, upgrade, …) belongs to ``pyhelm.action``. Nothing
here talks to a cluster except the storage drivers, and they only through ``pyhelm.kube.client.Client``.
"""
