"""The simulated node agent: a Pod's life by data, in cluster time."""
