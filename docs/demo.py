"""The story of one release, told on a terminal; ``make demo`` runs it.

Every step is a command of its own, as a user would type it, on a cluster in a temporary folder whose clock only moves
when told: so the rollout can be watched half-way.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHART = Path(__file__).parents[1] / "example-charts" / "guestbook"
PYHELM = Path(sys.executable).with_name("pyhelm")
BOLD, DIM, RESET = ("\033[1m", "\033[2m", "\033[0m") if sys.stdout.isatty() else ("", "", "")


def say(text: str) -> None:
    print(f"\n{BOLD}# {text}{RESET}", flush=True)


def run(*args: str, expect: int = 0) -> None:
    shown = " ".join(arg.replace(str(CHART), "example-charts/guestbook") for arg in args)
    print(f"{BOLD}$ pyhelm {shown}{RESET}", flush=True)
    done = subprocess.run([PYHELM, *args], check=False)
    if done.returncode != expect:
        sys.exit(f"the demo expected exit code {expect} of `pyhelm {shown}`, got {done.returncode}")
    if expect:
        print(f"{DIM}(exit code {done.returncode}, as it should be){RESET}", flush=True)


def main() -> None:
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="pyhelm-demo-") as folder:
        os.environ["PYHELM_CLUSTER"] = str(Path(folder) / "cluster")
        run("cluster", "reset", "--yes", "--clock", "manual", "--seed", "demo")

        say("Install a chart, and wait until everything in it is ready. It has hooks, a subchart and a values schema.")
        run("install", "book", str(CHART), "--wait")
        run("kube", "get", "deploy,rs,pods")

        say("Upgrade to a new image, without waiting, and watch the old and the new ReplicaSet cross over.")
        run("upgrade", "book", str(CHART), "--set", "frontend.image.tag=1.28", "--hide-notes", "--no-hooks")
        run("kube", "get", "rs")
        run("cluster", "advance", "1200ms")
        run("kube", "get", "rs")
        run("kube", "rollout", "status", "deployment/book-guestbook")
        run("kube", "get", "rs")

        say("Now an image that does not exist. The rollout stops, the command fails after its time-out and says why.")
        run("cluster", "images", "deny", "nginx:1.91")
        bad = ["--set", "frontend.image.tag=1.91", "--wait", "--timeout", "60s"]
        run("upgrade", "book", str(CHART), *bad, expect=1)
        say("The old Pods keep serving:")
        run("kube", "get", "pods")

        say("The history knows, and a rollback puts things right.")
        run("history", "book")
        run("rollback", "book", "2", "--wait")
        run("kube", "get", "deploy,pods")
        run("test", "book")

        say("Uninstall. What is left is the test's Pod, kept for its log, and what every cluster has.")
        run("uninstall", "book", "--wait")
        run("cluster", "advance", "1m")
        run("kube", "get", "deploy,rs,pods,svc,configmaps,secrets")
    print(f"\n{DIM}{time.monotonic() - begin:.1f} s in all{RESET}")


if __name__ == "__main__":
    main()
