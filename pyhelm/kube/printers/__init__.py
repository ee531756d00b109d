"""The tables that ``kubectl get`` shows: columns and cells by kind, as the API server prints them.

Source of the rules: the printers of the Kubernetes API server (``pkg/printers/internalversion``).
"""

from pyhelm.kube.printers.table import Column, Table, table_for

__all__ = ["Column", "Table", "table_for"]
