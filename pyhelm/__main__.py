"""The process ``pyhelm``; also ``python -m pyhelm``."""

from __future__ import annotations

import gc
from typing import NoReturn


def run() -> NoReturn:
    """Run the command line and end the process.

    A command lives for a fraction of a second and keeps nearly all it loads. Looking through that for garbage some 90
    times, and once more at the very end, took a fifth of ``pyhelm upgrade``; so the collector seldom runs, and what is
    there at the end is left to the operating system.
    """
    gc.set_threshold(50_000, 20, 100)
    from pyhelm.cli.main import run as run_command

    try:
        run_command()
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
