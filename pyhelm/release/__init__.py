"""Releases: the record, the manifest and its order, hooks, and where records are kept."""
