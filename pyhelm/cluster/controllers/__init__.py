"""Kubernetes' controllers: level-triggered, they see only keys and act only through a client."""
