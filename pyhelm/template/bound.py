"""Functions that need the render they are called from: ``include``, ``tpl``, ``required``, ``fail``, ``lookup``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm import functions
from pyhelm.errors import FunctionError, PyhelmError
from pyhelm.functions.registry import Function
from pyhelm.template.gotmpl.builtins import BUILTINS

if TYPE_CHECKING:
    from logging import Logger

    from pyhelm.template.render import Render


def include(run: Render, name: str, data: Any) -> str:
    """Return what the template ``name`` writes for ``data``."""
    return run.include(name, data)


def tpl(run: Render, text: str, data: Any) -> str:
    """Return what ``text``, a template itself, writes for ``data``."""
    return run.tpl(text, data)


def required(run: Render, message: str, value: Any) -> Any:
    """Return ``value``, or fail if it is nil or an empty string."""
    if value is None or (type(value) is str and not value):
        if not run.lint:
            raise FunctionError(message, deliberate=True)
        _logger().warning("missing required value: %s", message)
        return ""
    return value


def fail(run: Render, message: str) -> str:
    """Fail with ``message``."""
    if not run.lint:
        raise FunctionError(message, deliberate=True)
    _logger().info("fail: %s", message)
    return ""


def lookup(run: Render, api_version: str, kind: str, namespace: str, name: str) -> Any:
    """Return an object of the cluster, or a list of them where ``name`` is empty; nothing without a cluster."""
    if run.lookup is None or run.lint:
        return {}
    try:
        return run.lookup(api_version, kind, namespace, name) or {}
    except FunctionError:
        raise
    except PyhelmError as error:
        raise FunctionError(str(error)) from error


BOUND: dict[str, Function] = {
    function.name: function
    for function in (
        Function("include", include, ("string", "any"), returns="string", impure=True),
        Function("tpl", tpl, ("string", "any"), returns="string", impure=True),
        Function("required", required, ("string", "any"), impure=True),
        Function("fail", fail, ("string",), returns="string", impure=True),
        Function("lookup", lookup, ("string",) * 4, returns="map[string]any", impure=True),
    )
}
"""By name; each takes the render first."""

_names: frozenset[str] | None = None


def resolve(name: str) -> Function | None:
    """Return the function ``name`` of a chart's templates."""
    return BOUND.get(name) or functions.lookup(name) or BUILTINS.get(name)


def known(name: str) -> bool:
    """Return whether there is a function ``name``; loads none."""
    global _names  # noqa: PLW0603
    if _names is None:
        _names = frozenset(BOUND) | functions.names() | frozenset(BUILTINS)
    return name in _names


def _logger() -> Logger:
    from logging import getLogger

    return getLogger(__name__)
