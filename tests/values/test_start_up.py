"""What loading the package must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["yaml", "jsonschema_rs", "re2", "json", "decimal", "asyncio", "requests"])
def test_not_imported(module):
    code = f"import sys, pyhelm.values; print({module!r} in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "False"
