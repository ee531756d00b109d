"""Charts made of a few lines."""

from __future__ import annotations

from typing import Any

from pyhelm.chart.model import Chart, File, Metadata

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
data:
  text: {{{{ .Values.text | quote }}}}
"""

DEPLOYMENT = """\
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
          image: {{ .Values.image | quote }}
"""


def config_map(name: str) -> str:
    return CONFIG_MAP.format(name=name)


def hook(name: str, events: str, *, weight: int = 0, policy: str = "", kind: str = "ConfigMap") -> str:
    lines = [f"helm.sh/hook: {events}", f'helm.sh/hook-weight: "{weight}"']
    if policy:
        lines.append(f"helm.sh/hook-delete-policy: {policy}")
    annotations = "".join(f"    {line}\n" for line in lines)
    return f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n  annotations:\n{annotations}"


def pod_hook(name: str, events: str, *, exit_code: int = 0, logs: str = "", **more: Any) -> str:
    """Return a hook whose Pod ends by itself with ``exit_code``."""
    text = hook(name, events, kind="Pod", **more)
    text += f'    pyhelm.dev/exit-after: "3"\n    pyhelm.dev/exit-code: "{exit_code}"\n'
    if logs:
        text += f"    helm.sh/hook-output-log-policy: {logs}\n"
    return f"{text}spec:\n  restartPolicy: Never\n  containers:\n    - {{name: main, image: busybox}}\n"


def make_chart(
    templates: dict[str, str] | None = None, *, files: dict[str, str] | None = None, values: Any = None, **metadata: Any
) -> Chart:
    """Return a chart called ``web`` (unless told otherwise) with templates by name."""
    facts = {"name": "web", "version": "0.1.0", "api_version": "v2", **metadata}
    defaults = {"text": "one", "replicas": 1.0, "image": "nginx"}
    return Chart(
        Metadata(**facts),
        values={**defaults, **(values or {})},
        templates=[File(f"templates/{name}", text.encode()) for name, text in (templates or {}).items()],
        files=[File(name, text.encode()) for name, text in (files or {}).items()],
    )
