"""What a cold process loads: commands pay only for what they use."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHARTS = Path(__file__).parents[2] / "example-charts"
HEAVY = {
    *("asyncio", "sqlite3", "jsonschema_rs", "requests", "cryptography", "bcrypt", "re2", "jinja2", "rich", "filelock"),
    *("logging", "decimal", "email"),
}


def loaded(*args: str, home: Path) -> set[str]:
    """Return the modules that a command has loaded when it ends."""
    code = (
        "import sys, atexit\n"
        "from pyhelm.__main__ import run\n"
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr))\n"
        f"sys.argv = ['pyhelm', *{list(args)!r}]\n"
        "run()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYHELM_CLUSTER": str(home / "cluster"), "HOME": str(home), "PATH": ""},
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("\n"))


@pytest.mark.parametrize(
    ("args", "forbidden"),
    [
        pytest.param(
            ["version"], {"yaml", "pyhelm.chart", "pyhelm.template", "platformdirs", "pathlib"} | HEAVY, id="version"
        ),
        pytest.param(["--help"], {"yaml", "pyhelm.chart", "pyhelm.cli.kube.get"} | HEAVY, id="help"),
        pytest.param(
            ["template", str(CHARTS / "hello-library")], {"pyhelm.cluster", "pyhelm.kube.schema"} | HEAVY, id="template"
        ),
        pytest.param(["lint", str(CHARTS / "hello-library")], {"pyhelm.cluster"} | HEAVY, id="lint"),
        pytest.param(
            ["kube", "get", "pods"],
            (HEAVY - {"sqlite3"}) | {"pyhelm.template", "pyhelm.action"},
            id="kube-get",
        ),
        pytest.param(
            ["list"],
            (HEAVY - {"sqlite3"}) | {"yaml", "pyhelm.template", "pyhelm.chart.loader", "pyhelm.action.progress"},
            id="list",
        ),
    ],
)
def test_import_budget(args: list[str], forbidden: set[str], tmp_path: Path) -> None:
    if args[0] in {"kube", "list"}:
        loaded(*args, home=tmp_path)  # the first run makes the cluster
    assert not loaded(*args, home=tmp_path) & forbidden
