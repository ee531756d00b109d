"""Find a template function by name, and know how Go declares it.

The engines check calls against ``params`` and so fail with text/template's own messages (number, types of arguments).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random


class Host(Protocol):
    """What impure functions get from whoever renders: time, randomness and the permission to resolve host names."""

    random: Random
    enable_dns: bool

    def now(self) -> datetime:
        """Return the time of rendering, in its local zone."""


@dataclass(frozen=True, slots=True)
class Function:
    """A template function and its Go signature.

    Attributes:
        params: Go types of the parameters (``string``, ``int``, ``[]string``, ``any``…); the last one repeats when
            ``variadic``.
        returns: The Go type of the result.
        impure: ``call`` takes a ``Host`` as first argument.
    """

    name: str
    call: Callable[..., Any]
    params: tuple[str, ...] = ()
    variadic: bool = False
    returns: str = "any"
    impure: bool = False
