"""Kubernetes machinery that is true of every cluster: objects, resources, selectors, patches, readiness.

Belongs here: the ``Client`` protocol and what works on top of any implementation of it. Not here: the embedded cluster.
"""
