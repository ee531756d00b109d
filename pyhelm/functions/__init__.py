"""The template function library (sprig and Helm), by subject; neutral of the template engine.

Modules load when one of their functions is first asked for. Not here: what needs a chart or an engine (``include``,
``tpl``, ``Files``), which is in ``template``.
"""

from pyhelm.functions.registry import Function, Host, lookup, names

__all__ = ["Function", "Host", "lookup", "names"]
