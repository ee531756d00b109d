"""Room for templates that go deep: 1,000 nested includes need more stack than a thread has.

Charts that do are rare, so rendering starts on the stack at hand and is done again on a large one if that does not do.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, TypeVar

from pyhelm.template.gotmpl.failures import ExecError

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = TypeVar("Result")

FRAMES = 150_000
"""How deep Python may go on the large stack. 1,000 nested includes take some 20,000 frames."""

STACK = 512 * 1024 * 1024
"""Its size. A frame that goes through C takes up to 3 KiB; of what is not used, nothing is taken."""

_lock = threading.Lock()


def deeply(action: Callable[[], Result]) -> Result:
    """Return what ``action`` returns; it is called again where the stack at hand does not do.

    Raises:
        RenderLimitError: It goes too deep even for the large stack.
    """
    try:
        return action()
    except RecursionError:
        return with_deep_stack(action)


def with_deep_stack(action: Callable[[], Result]) -> Result:
    """Return what ``action`` returns, run in a thread of its own.

    Raises:
        RenderLimitError: It goes even deeper.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(action())
        except BaseException as error:  # noqa: BLE001 - raised again by the caller's thread
            errors.append(error)

    with _lock:
        limit, size = sys.getrecursionlimit(), threading.stack_size(STACK)
        sys.setrecursionlimit(max(limit, FRAMES))
        try:
            thread = threading.Thread(target=work, name="pyhelm-render")
            thread.start()
            thread.join()
        finally:
            threading.stack_size(size)
            sys.setrecursionlimit(limit)
    if errors:
        if isinstance(errors[0], RecursionError):
            raise ExecError("the templates go too deep", limit=True).error() from None
        raise errors[0]
    return results[0]
