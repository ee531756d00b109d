"""The embedded cluster: a store, an API in the process, controllers, a scheduler and a simulated kubelet.

It implements ``kube.Client``; all time comes from its clock.
"""
