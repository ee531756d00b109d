"""The same command lines for the real Helm and for pyhelm: same output, same messages, same exit code.

Only commands that need no cluster and no network; ``helm`` in a message is read as ``pyhelm``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHARTS = Path(__file__).parents[2] / "example-charts"

LINES = [
    "install",
    "install a b c",
    "install --foo",
    "install x ./missing",
    "install ./missing",
    "install ./guestbook",
    "install x ./guestbook --generate-name",
    "install x ./guestbook --name-template x",
    "install x ./guestbook --timeout abc",
    "install x ./guestbook --dry-run=foo",
    "install x ./guestbook --labels foo",
    "install x ./guestbook --force-replace --force-conflicts",
    "install x ./guestbook --dry-run=client -f missing.yaml",
    "install x ./guestbook --dry-run=client -f broken.yaml",
    "install x ./guestbook --dry-run=client -f list.yaml",
    "install x ./guestbook --dry-run=client --set a[",
    "install x ./guestbook --dry-run=client --set a",
    "install x ./guestbook --dry-run=client --set-json a={",
    "install x ./guestbook --dry-run=client --set frontend.replicas=many",
    "install x ./guestbook --dry-run=client --set frontend=1",
    "install Bad_Name ./guestbook --dry-run=client",
    "template Bad_Name ./guestbook",
    "install x ./common-lib --dry-run=client",
    "install x ./bad-chart --dry-run=client",
    "install x ./notachart --dry-run=client",
    "install x ./guestbook -n",
    "install x ./guestbook --wait=foo",
    "upgrade",
    "upgrade x",
    "upgrade x ./missing --dry-run=client",
    "upgrade a b c",
    "rollback",
    "rollback x one",
    "uninstall",
    "uninstall x --cascade=foo",
    "list x",
    "list --max zz",
    "list -o foo",
    "history",
    "history a b",
    "status",
    "status x --revision one",
    "get values",
    "get manifest",
    "test",
    "lint",
    "lint ./missing",
    "lint ./guestbook",
    "lint ./guestbook ./bad-chart",
    "lint ./guestbook --set frontend.replicas=many",
    "lint ./bad-chart --quiet",
    "lint ./guestbook --strict --with-subcharts",
    "template ./guestbook",
    "template x ./guestbook",
    "template x ./guestbook --set redis.enabled=false --set store.host=db",
    "template x ./guestbook -s templates/config.yaml",
    "template x ./guestbook -s templates/missing.yaml",
    "template x ./guestbook --skip-tests",
    "template x ./guestbook --no-hooks",
    "template x ./guestbook --is-upgrade",
    "template x ./guestbook --dry-run=none",
    "template x ./guestbook --kube-version 1.30",
    "template x ./guestbook --kube-version foo",
    "template x ./guestbook --output-dir out",
    "template x ./guestbook -f more.yaml --set title=Set",
    "template x ./guestbook --set title=Set -f more.yaml",
    "template x ./hello-library",
    "template x ./hello-library --name-template foo",
    "template ./hello-library --name-template foo-{{1}}",
    "template x ./common-lib",
    "template x ./bad-chart",
    "template x ./failing",
    "template x ./failing --set kind=nil",
    "template x ./failing --set kind=required",
    "template x ./failing --set kind=fail",
    "template x ./failing --set kind=include",
    "template x ./failing --set kind=yaml",
    "template x ./failing --set kind=tpl",
    "template x ./failing --set kind=function",
    "template x ./unparsable",
    "show chart ./guestbook",
    "show values ./guestbook",
    "show readme ./guestbook",
    "show crds ./guestbook",
    "show all ./guestbook",
    "show chart ./missing",
    "show chart",
    "create",
    "create a b",
    "create bad/na*me",
    "version a",
    "instal",
    "ge",
    "xlist",
    "install x ./guestbook --timeout 5",
    "install x ./guestbook --timeout 1x",
    "install x ./guestbook --timeout 3000000h",
    "foo",
    "get foo",
    "show",
    "env a b",
    "template x ./guestbook --set redis=foo",
    "template x ./guestbook --set frontend.image=foo --skip-schema-validation",
    "template x ./guestbook --set global=foo",
    "template x ./guestbook --set redis.image=foo",
    "template x ./guestbook --set-string frontend.replicas=5 --skip-schema-validation",
    "template x ./guestbook --set title=null",
    "template x ./guestbook --set frontend=null --skip-schema-validation",
    "template x ./guestbook --set-file title=more.yaml",
    "template x ./guestbook --set-literal title=a,b",
    'template x ./guestbook --set-json title={"a":1} --skip-schema-validation',
    "template x ./guestbook --set a.b.c=1,d={x,y},e[2]=z --skip-schema-validation",
    "template x ./guestbook --api-versions foo/v1",
    "template x ./guestbook --include-crds",
    "template x ./guestbook --show-only templates/*.yaml",
    "template x ./guestbook --show-only charts/redis/templates/redis.yaml",
    "template x ./guestbook --namespace other",
    "template x ./guestbook -n other --create-namespace",
    "template x ./guestbook --release-name --output-dir out",
    "template x ./guestbook --validate --dry-run=client",
    "template x ./guestbook --generate-name",
    "template --generate-name ./guestbook -s templates/missing.yaml",
    "template x ./guestbook --description foo --labels a=b",
    "template x ./guestbook --render-subchart-notes",
    "template x ./guestbook --hide-notes",
    "template x ./guestbook --atomic",
    "template x ./guestbook --force",
    "template x ./guestbook --wait=true",
    "template x ./guestbook --wait --timeout 3s",
    "template x ./guestbook --version 1.0.0",
    "template x ./guestbook --devel",
    "install x ./guestbook --dry-run=client",
    "install x ./guestbook --dry-run=client --hide-notes",
    "install x ./guestbook --dry-run",
    "install x ./guestbook --dry-run=true",
    "install x ./guestbook --dry-run=client --hide-secret",
    "install x ./guestbook --dry-run=client --labels name=b",
    "install x ./guestbook --dry-run=client --name-template {{.foo}}",
    "install ./guestbook --dry-run=client --name-template {{printf",
    "install nginx",
    "install foo bar",
    "install foo bar/baz",
    "install foo ./guestbook/Chart.yaml --dry-run=client",
    "install foo ./more.yaml --dry-run=client",
    "uninstall",
    "status x y",
    "history x --max foo",
    "lint ./failing",
    "lint ./unparsable",
    "lint ./notachart",
    "lint",
    "lint ./guestbook --quiet",
    "lint ./hello-library ./common-lib",
    "show values ./hello-library",
    "show all ./hello-library",
    "show chart ./bad-chart",
    "show readme ./hello-library",
    "show values ./notachart",
    "get all",
    "get all x y",
    "get metadata",
    "get hooks",
    "get notes",
]

FAILING = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: x
data:
{{- if eq .Values.kind "nil" }}
  a: {{ .Values.missing.deep }}
{{- else if eq .Values.kind "required" }}
  a: {{ required "a value is needed" .Values.missing }}
{{- else if eq .Values.kind "fail" }}
  a: {{ fail "not like this" }}
{{- else if eq .Values.kind "include" }}
  a: {{ include "inner" . }}
{{- else if eq .Values.kind "yaml" }}
  a: b
   c: d
{{- else if eq .Values.kind "tpl" }}
  a: {{ tpl "{{ .Values.missing.deep }}" . }}
{{- else if eq .Values.kind "function" }}
  a: {{ semver "no version" }}
{{- end }}
{{ define "inner" }}{{ index .Values.list 3 }}{{ end }}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lines")
    for name in ("guestbook", "common-lib", "hello-library", "bad-chart"):
        shutil.copytree(CHARTS / name, folder / name)
    for name, text in {
        "failing/Chart.yaml": "apiVersion: v2\nname: failing\nversion: 0.1.0\n",
        "failing/values.yaml": "kind: ''\nlist: [1]\n",
        "failing/templates/a.yaml": FAILING,
        "unparsable/Chart.yaml": "apiVersion: v2\nname: unparsable\nversion: 0.1.0\n",
        "unparsable/templates/a.yaml": "a: {{ if }}\n",
        "notachart/README": "nothing\n",
        "broken.yaml": "a: [1\n",
        "list.yaml": "- a\n",
        "more.yaml": "title: File\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def run(program: list[str], line: str, folder: Path) -> tuple[int, str, str]:
    environment = {**os.environ, "HOME": str(folder), "KUBECONFIG": "", "PYHELM_CLUSTER": str(folder / "cluster")}
    environment.pop("KUBECONFIG")
    done = subprocess.run(
        [*program, *line.split(" ")], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    shutil.rmtree(folder / "out", ignore_errors=True)
    return done.returncode, done.stdout, done.stderr


def without_time(text: str) -> list[str]:
    return [re.sub(r"^(LAST DEPLOYED: ).*", r"\1(now)", line) for line in text.splitlines()]


@pytest.mark.parametrize("line", LINES)
def test_same_as_helm(line: str, folder: Path, helm: Path) -> None:
    theirs = run([str(helm)], line, folder)
    ours = run([sys.executable, "-m", "pyhelm"], line, folder)
    assert ours[0] == theirs[0], ours
    if line not in {"show", "get foo"}:  # help pages have wording of their own
        assert without_time(ours[1]) == without_time(theirs[1])
    wanted = re.sub(r"""(?<=["'])helm(?=[ "])(?! dependency)|(?<=Usage:  )helm""", "pyhelm", theirs[2])
    got = [text for text in ours[2].splitlines() if not text.startswith(("hint: ", "cluster: "))]
    assert got == wanted.splitlines()


STARTER = {
    "Chart.yaml": "apiVersion: v2\nname: old\nversion: 1.0.0\ndescription: old\n",
    "values.yaml": "# of <CHARTNAME>\nname: <CHARTNAME>\n",
    "templates/a.yaml": "name: <CHARTNAME>\n",
    "README.md": "<CHARTNAME>\n",
}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["create a", "create a"], id="twice"),
        pytest.param(["create -p starter a"], id="starter-by-name"),
        pytest.param(["create -p {home}/data/starters/starter a", "create --starter starter a"], id="starter-by-path"),
        pytest.param(["create -p missing a"], id="missing-starter"),
    ],
)
def test_creates_like_helm(lines: list[str], tmp_path: Path, helm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in STARTER.items():
        path = tmp_path / "data/starters/starter" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    monkeypatch.setenv("HELM_DATA_HOME", str(tmp_path / "data"))
    told = []
    for program in ([str(helm)], [sys.executable, "-m", "pyhelm"]):
        folder = tmp_path / "work"
        folder.mkdir()
        answers = [run(program, line.format(home=tmp_path), folder) for line in lines]
        written = {path.relative_to(folder) for path in folder.rglob("*")}
        content = {path: (folder / path).read_text("utf-8") for path in written if (folder / path).is_file()}
        told.append((answers, written, content if "-p" in lines[0] else None))
        shutil.rmtree(folder)
    assert told[1] == told[0]
