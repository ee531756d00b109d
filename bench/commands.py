"""Whole commands from a cold process, pyhelm beside the real helm: medians, in turn, of wall-clock seconds.

Usage: python bench/commands.py [CHART ...]   (further charts to render)
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pyhelm.testing import oracle

RUNS = 11
PYHELM = str(Path(sys.executable).with_name("pyhelm"))
EXAMPLES = Path(__file__).parents[1] / "example-charts"


def seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begin


def median_pair(ours: list[str], theirs: list[str] | None) -> tuple[float, float | None]:
    seconds(ours)
    first, second = [], []
    for _ in range(RUNS):
        first.append(seconds(ours))
        if theirs:
            second.append(seconds(theirs))
    return statistics.median(first), statistics.median(second) if theirs else None


def row(title: str, ours: float, theirs: float | None) -> None:
    peer = f"{theirs * 1000:8.0f} ms  {ours / theirs:6.2f}" if theirs else f"{'-':>11}  {'-':>6}"
    print(f"{title:44} {ours * 1000:8.0f} ms {peer}", flush=True)


def main() -> None:
    try:
        helm: str | None = str(oracle.helm())
    except oracle.UnavailableError:
        helm = None
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {sys.version.split()[0]}, {RUNS} runs each\n")
    print(f"{'command':44} {'pyhelm':>11} {'helm':>11}  {'ratio':>6}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PYHELM_CLUSTER"] = f"{folder}/cluster"
        os.chdir(folder)
        subprocess.run([PYHELM, "create", "shop"], stdout=subprocess.DEVNULL, check=True)
        row("python -c pass", median_pair([sys.executable, "-c", "pass"], None)[0], None)
        lines = [
            ("version", ["version"]),
            ("template (scaffold)", ["template", "x", "shop"]),
            ("lint", ["lint", "shop"]),
        ]
        charts = [EXAMPLES / "guestbook", *map(Path, sys.argv[1:])]
        lines += [(f"template ({chart.name})", ["template", "x", str(chart)]) for chart in charts]
        for title, arguments in lines:
            row(title, *median_pair([PYHELM, *arguments], [helm, *arguments] if helm else None))
        install(folder)


def install(folder: str) -> None:
    """Installs need a cluster, which the real helm has not got here."""
    times: dict[str, list[float]] = {}
    for number in range(RUNS):
        name = f"web{number}"
        for title, arguments in {
            "install --wait (3 replicas)": ["install", name, "shop", "--wait", "--set", "replicaCount=3"],
            "upgrade --wait (rolling update)": [
                "upgrade",
                name,
                "shop",
                "--wait",
                "--set",
                "replicaCount=3,image.tag=2",
            ],
            "kube get pods": ["kube", "get", "pods"],
            "list": ["list"],
            "uninstall": ["uninstall", name],
        }.items():
            times.setdefault(title, []).append(seconds([PYHELM, *arguments]))
    fresh = []
    for number in range(5):
        os.environ["PYHELM_CLUSTER"] = f"{folder}/fresh{number}"
        fresh.append(seconds([PYHELM, "install", "web", "shop", "--wait", "--set", "replicaCount=3"]))
    times["install --wait, in a new cluster"] = fresh
    for title, values in times.items():
        row(title, statistics.median(values), None)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nlargest process: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
