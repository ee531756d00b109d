"""A process killed at any moment loses nothing: the store opens, history is coherent, the next command works."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 0.1.0\n",
    "values.yaml": "tag: '1'\nreplicas: 3\n",
    "templates/deployment.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
        - name: web
          image: web:{{ .Values.tag }}
""",
    "templates/hook.yaml": """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-hook
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: hook
          image: hook:1
""",
    "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n"
    "  tag: {{ .Values.tag | quote }}\n",
}
# Read before the fixtures take such variables out of the environment.
KILLS = int(os.environ.get("PYHELM_CRASH_KILLS", "8"))
SEED = int(os.environ.get("PYHELM_CRASH_SEED", "1"))


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    folder = tmp_path / "web"
    for name, text in CHART.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


class Helm:
    """Runs pyhelm as processes of their own on one cluster."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "PYHELM_CLUSTER": str(folder / "cluster"), "HOME": str(folder)}

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "pyhelm", *args],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str) -> tuple[int, str, str]:
        process = self.start(*args)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def ok(self, *args: str) -> str:
        code, out, err = self.run(*args)
        assert code == 0, f"{args}: {err}"
        return out

    def history(self, name: str) -> list[dict[str, object]]:
        code, out, _ = self.run("history", name, "-o", "json")
        return json.loads(out) if code == 0 else []


@pytest.fixture
def helm(tmp_path: Path) -> Helm:
    return Helm(tmp_path)


def check_coherent(history: list[dict[str, object]]) -> None:
    numbers = [entry["revision"] for entry in history]
    assert numbers == sorted(set(numbers)), history
    assert sum(entry["status"] == "deployed" for entry in history) <= 1, history


def duration(helm: Helm, *args: str) -> float:
    begin = time.monotonic()
    helm.ok(*args)
    return time.monotonic() - begin


def test_killed_at_random_moments(helm: Helm, chart: Path) -> None:
    moments = random.Random(SEED)
    usual = max(duration(helm, "install", "first", str(chart), "--wait"), duration(helm, "list"))
    for number in range(KILLS):
        name = f"r{number // 2}"
        verb = ["upgrade", "--install"] if number % 2 else ["install"]
        process = helm.start(*verb, name, str(chart), "--wait", "--set-string", f"tag={number}")
        time.sleep(moments.uniform(0, usual * 1.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()

        check_coherent(helm.history(name))
        helm.ok("upgrade", "--install", name, str(chart), "--wait", "--set-string", f"tag=after-{number}")
        after = helm.history(name)
        check_coherent(after)
        assert after[-1]["status"] == "deployed"
        pods = json.loads(helm.ok("kube", "get", "pods", "-l", f"app={name}", "-o", "json"))["items"]
        current = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        assert len(current) == 3, f"seed {SEED}, kill {number}"
        assert {pod["spec"]["containers"][0]["image"] for pod in current} == {f"web:after-{number}"}


def test_rollback_after_a_killed_upgrade(helm: Helm, chart: Path) -> None:
    seconds = duration(helm, "install", "web", str(chart), "--wait")
    for fraction in (0.5, 0.8):
        process = helm.start("upgrade", "web", str(chart), "--wait", "--set-string", "tag=2")
        time.sleep(seconds * fraction)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        helm.ok("rollback", "web", "1", "--wait")
        history = helm.history("web")
        check_coherent(history)
        assert history[-1]["status"] == "deployed"
        assert helm.ok("kube", "get", "configmap", "web", "-o", "yaml").count('tag: "1"') == 1


def test_two_installs_of_one_name(helm: Helm, chart: Path) -> None:
    both = [helm.start("install", "same", str(chart), "--wait") for _ in range(2)]
    ends = [(process.communicate(timeout=60), process.returncode) for process in both]
    assert sorted(code for _, code in ends) == [0, 1], ends
    loser = next(err for (_, err), code in ends if code)
    assert "cannot reuse a name that is still in use" in loser
    history = helm.history("same")
    assert [entry["status"] for entry in history] == ["deployed"]


def test_many_upgrades_at_once(helm: Helm, chart: Path) -> None:
    helm.ok("install", "busy", str(chart))
    all_ = [helm.start("upgrade", "busy", str(chart), "--set-string", f"tag={number}") for number in range(6)]
    codes = [(process.communicate(timeout=120), process.returncode)[1] for process in all_]
    history = helm.history("busy")
    check_coherent(history)
    assert len(history) == 1 + codes.count(0)
    assert history[-1]["status"] == "deployed"
