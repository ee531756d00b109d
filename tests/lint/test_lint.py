from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pyhelm import chart
from pyhelm.chart.pack import pack
from pyhelm.errors import UsageError
from pyhelm.lint import LintOptions, LintResult, Message, Severity, lint, subcharts
from pyhelm.template import KubeVersion
from tests.chart.broken_charts import CASES, GOOD, SUBCHART, Content, Link, tgz, write

EXAMPLES = Path(__file__).parents[2] / "example-charts"
DEPLOYMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {}\nspec:\n  selector:\n    matchLabels: {{a: b}}\n"
)


def one(text: str) -> dict[str, Content]:
    return {"templates/a.yaml": text}


def named(kind: str, name: str) -> dict[str, Content]:
    return one(f"apiVersion: v1\nkind: {kind}\nmetadata:\n  name: {name}\n")


TEMPLATES: dict[str, dict[str, Content]] = {
    "good": one(DEPLOYMENT.format("web")),
    "no-selector": one("kind: StatefulSet\nmetadata: {name: a}\n"),
    "selector-in-a-comment": one("kind: DaemonSet # matchLabels\nmetadata: {name: a}\n"),
    "no-name": one("kind: ConfigMap\n"),
    "no-kind": one("metadata: {name: A_B}\n"),
    "name-upper": named("ConfigMap", "Web"),
    "name-number": named("Service", "123"),
    "name-dots": named("Pod", "a.b"),
    "name-dots-service": named("Service", "a.b"),
    "name-dots-namespace": named("Namespace", "a.b"),
    "name-long": named("ConfigMap", "a" * 254),
    "name-long-service": named("Service", "1" + "a" * 70),
    "name-colon-role": named("ClusterRole", "'system:x'"),
    "name-slash-role": named("Role", "a/b"),
    "name-slash-percent-role": named("RoleBinding", "'a/%'"),
    "name-dot-role": named("Role", "."),
    "name-request": named("CertificateSigningRequest", "'A B'"),
    "name-quoted": named("ConfigMap", "'a\"b'"),
    "name-exponent": named("ConfigMap", "1e6"),
    "deprecated": one("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: a}\n"),
    "deprecated-list": one("apiVersion: policy/v1beta1\nkind: PodDisruptionBudgetList\nmetadata: {name: a}\n"),
    "deprecated-unknown": one("apiVersion: example.com/v1beta1\nkind: Ingress\nmetadata: {name: a}\n"),
    "two-documents": one("kind: A\n---\nkind: B\nmetadata: {name: B}\n---\n# nothing\n---\n\n"),
    "indent": one("  kind: A\n  metadata: {name: a}\n"),
    "indent-tab": one("\n\t{{/* c */}}kind: A\n"),
    "indent-empty-lines": one("\n   \n  \n a: b\n"),
    "no-yaml": one("kind: A\n b: c\n"),
    "no-yaml-second": {"templates/a.yaml": "kind: A\n---\na: [\n", "templates/b.yaml": "kind: Deployment\n"},
    "separator-third": one("kind: A\nmetadata: {name: A}\n---\nkind: B\n--- x\nkind: C\n"),
    "separator-after-separator": one("kind: A\nmetadata: {name: A}\n---\n--- x\nkind: C\n"),
    "list-item-text": one("kind: List\nmetadata: {name: a}\nitems: [a]\n"),
    "list-item-list": one("kind: List\nmetadata: {name: a}\nitems: [{metadata: [a]}]\n"),
    "separator": one("kind: A\nmetadata: {name: A}\n--- x\nkind: B\n"),
    "a-list": one("- a\n"),
    "a-text": one("text\n"),
    "kind-list": one("kind: [a]\n"),
    "name-map": one("metadata: {name: {a: b}}\n"),
    "metadata-text": one("metadata: a\n"),
    "metadata-null": one("kind: A\nmetadata:\n"),
    "keys-in-any-case": one("Kind: Deployment\nMETADATA: {NAME: A}\n"),
    "list-policy": one(
        "kind: List\nmetadata: {name: a}\nitems:\n"
        "- metadata: {annotations: {helm.sh/resource-policy: keep}}\n- {}\n- null\n"
    ),
    "list-annotations-bad": one("kind: List\nmetadata: {name: a}\nitems:\n- metadata: {annotations: [a]}\n"),
    "list-items-bad": one("kind: List\nmetadata: {name: a}\nitems: {a: b}\n"),
    "extensions": {
        f"templates/{name}": "{{- /* nothing */ -}}"
        for name in ("a.json", "b", "c.YAML", "d.txt", "e.tpl", "f.yml", "g.")
    },
    "upper-extension": {"templates/c.YAML": "kind: Deployment\nmetadata: {name: a}\n"},
    "empty-output": one("{{ if false }}\nkind: A\n{{ end }}\n"),
    "required": one('a: {{ required "needed" .Values.a }}\nmetadata: {name: a}\n'),
    "fail": one('{{ fail "no" }}\nmetadata: {name: a}\n'),
    "no-function": one("{{ nothing }}\n"),
    "no-template": one('{{ include "absent" . }}\n'),
    "nil-pointer": one("a:\n  b: {{ .Values.a.b.c }}\n"),
    "type-error": one("{{ add 1 2 | list | upper }}\n"),
    "partial-only": {"templates/_a.tpl": "{{ define }}\n"},
    "release": one("metadata: {name: {{ .Release.Name }}-{{ .Release.Namespace }}}\nkind: A\n"),
    "kube-version": one("metadata: {name: 'V{{ .Capabilities.KubeVersion }}'}\n"),
    "templates-file": {"templates": "a file"},
    "subchart-templates-not-looked-at": {
        "Chart.yaml": GOOD + "dependencies: [{name: sub}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
        "charts/sub/templates/a.yaml": "kind: Deployment\nmetadata: {name: A}\n",
        "templates/a.yaml": "{{/* none */}}",
    },
    "values-mismatch": {
        "Chart.yaml": GOOD + "dependencies: [{name: sub}]\n",
        "values.yaml": "sub: text\n",
        "charts/sub/Chart.yaml": SUBCHART,
        "templates/a.yaml": "{{ fail }}",
    },
    "library": {"Chart.yaml": GOOD + "type: library\n", "templates/a.yaml": "{{ nothing"},
    "crds-good": {"crds/a.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"},
    "crds-bad": {"crds/a.yaml": "kind: A\n---\n---\napiVersion: v1\n", "crds/readme.md": "kind: B\n"},
    "crds-no-yaml": {"crds/a.yaml": "kind: {{ .Values.a }}\n", "crds/b.yaml": "kind: A\n"},
    "crds-file": {"crds": "a file"},
    "crds-of-a-subchart": {
        "crds/none.txt": "",
        "Chart.yaml": GOOD + "dependencies: [{name: sub}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
        "charts/sub/crds/a.yaml": "kind: A\n",
    },
    "helmignored": {".helmignore": "templates/b*\n", **one("kind: A\n"), "templates/b.json": "{{ fail }}"},
    "linked-template": {"templates/a.yaml": Link("../b.yaml"), "b.yaml": "kind: Deployment\nmetadata: {name: a}\n"},
}  # fmt: skip

# Helm words JSON's own errors as its JSON reader does.
OTHER_WORDS = {"schema-no-json", "schema-empty"}
ALL = {name: files for name, files in CASES.items() if name not in OTHER_WORDS} | {
    f"templates-{name}": files for name, files in TEMPLATES.items()
}


def theirs(helm: Path, *args: str | Path) -> str:
    done = subprocess.run([helm, "lint", *args], capture_output=True, text=True, errors="surrogateescape", check=False)
    return done.stdout + "".join(line for line in done.stderr.splitlines(True) if line.startswith("Error: 1 "))


def ours(result: LintResult) -> str:
    summary = f"1 chart(s) linted, {0 if result.passed else 1} chart(s) failed\n"
    return result.text() + ("" if result.passed else "Error: ") + summary


@pytest.mark.parametrize("files", [pytest.param(files, id=name) for name, files in ALL.items()])
def test_lint_says_what_helm_says(helm: Path, tmp_path: Path, files: dict[str, Content]) -> None:
    folder = write(tmp_path / "c", files)
    assert ours(lint(folder)) == theirs(helm, folder)


@pytest.mark.parametrize("name", ["guestbook", "common-lib", "hello-library", "bad-chart"])
@pytest.mark.parametrize("packed", [False, True], ids=["folder", "packed"])
def test_examples(helm: Path, tmp_path: Path, name: str, *, packed: bool) -> None:
    path = EXAMPLES / name
    if packed:
        path = pack(chart.load(path), tmp_path)
    result = lint(path)
    assert result.clean is (name != "bad-chart")
    expected = theirs(helm, path)
    if name == "bad-chart":  # it names the folder, which is a new one for each archive
        pattern = r"(\[\w+\]) \S*/bad-chart:"
        assert_same_but(pattern, ours(result), expected)
    else:
        assert ours(result) == expected


def assert_same_but(pattern: str, one: str, other: str) -> None:
    import re

    assert re.sub(pattern, r"\1 …", one) == re.sub(pattern, r"\1 …", other)


STRICT = "kind: ConfigMap\nmetadata: {name: A}\n"


def test_strict_fails_on_warnings(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", one(STRICT))
    lenient, strict = lint(folder), lint(folder, LintOptions(strict=True))
    assert lenient.messages == strict.messages
    assert (lenient.passed, lenient.clean) == (True, False)
    assert not strict.passed
    assert strict.failures[0].startswith("object name does not conform")


def test_quiet_leaves_out_information_and_clean_charts(helm: Path, tmp_path: Path) -> None:
    good, bad = write(tmp_path / "good", one("")), write(tmp_path / "bad", one(STRICT))
    assert lint(good).text(quiet=True) == ""
    expected = theirs(helm, "--quiet", good, bad).replace("2 chart(s) linted, 0 chart(s) failed\n", "")
    assert lint(bad).text(quiet=True) == expected


@pytest.mark.parametrize("version", ["1.15", "1.21.5", "v1.36.0", "1.40"])
def test_deprecations_are_judged_by_the_version(helm: Path, tmp_path: Path, version: str) -> None:
    kinds = {
        "apps/v1beta1": "Deployment",
        "batch/v1beta1": "CronJob",
        "v1": "Endpoints",
        "certificates.k8s.io/v1beta1": "PodCertificateRequest",
        "resource.k8s.io/v1alpha3": "ResourcePoolStatusRequest",
    }
    files: dict[str, Content] = {
        f"templates/{kind}.yaml": f"apiVersion: {api}\nkind: {kind}\nmetadata: {{name: a}} # matchLabels\n"
        for api, kind in kinds.items()
    }
    folder = write(tmp_path / "c", files)
    result = lint(folder, LintOptions(kube_version=KubeVersion.parse(version)))
    assert ours(result) == theirs(helm, "--kube-version", version, folder)


def test_what_the_user_gives_is_used(helm: Path, tmp_path: Path) -> None:
    folder = write(
        tmp_path / "c",
        {
            "values.yaml": "port: 80\n",
            "values.schema.json": '{"properties": {"port": {"maximum": 100}}}',
            "templates/a.yaml": "kind: A\nmetadata: {name: '{{ .Values.port }}-{{ .Release.Namespace }}-A'}\n",
        },
    )
    options = LintOptions(values={"port": 200}, namespace="shop", skip_schema=True)
    expected = theirs(helm, folder, "--set", "port=200", "-n", "shop", "--skip-schema-validation")
    assert ours(lint(folder, options)) == expected
    assert ours(lint(folder, LintOptions(values={"port": 200}))) == theirs(helm, folder, "--set", "port=200")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing", None, "unable to check Chart.yaml file in chart: stat {}/Chart.yaml: no such file or directory"),
        ("missing.tgz", None, "unable to open tarball: open {}: no such file or directory"),
        ("a.tgz", b"hello", "unable to extract tarball: unexpected EOF"),
        ("a.tar.gz", tgz(("x/values.yaml", "a: b")), "unable to extract tarball: chart name not specified"),
    ],
)
def test_what_is_no_chart(helm: Path, tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = lint(path)
    assert (result.linted, result.messages, result.failures) == (False, (), (reason.format(path),))
    assert ours(result) == theirs(helm, path)


def test_subcharts_are_found_as_by_helm(helm: Path, tmp_path: Path) -> None:
    files: dict[str, Content] = {
        "Chart.yaml": GOOD + "dependencies: [{name: sub}, {name: zip}]\n",
        "charts/sub/Chart.yaml": SUBCHART,
        "charts/sub/charts/deep/Chart.yaml": SUBCHART.replace("sub", "deep"),
        "charts/zip-0.1.0.tgz": tgz(("zip/Chart.yaml", SUBCHART.replace("sub", "zip"))),
        "charts/sub/templates/Chart.yaml/x": "",
    }
    folder = write(tmp_path / "c", files)
    paths = [str(folder), *subcharts(folder)]
    printed = "".join(lint(path).text() for path in paths)
    done = subprocess.run([helm, "lint", "--with-subcharts", folder], capture_output=True, text=True, check=False)
    blocks = [sorted(text.split("==> ")[1:]) for text in (printed, done.stdout.rpartition("\n\n")[0] + "\n\n")]
    assert len(blocks[0]) == 5
    assert [block.splitlines()[0] for block in blocks[0]] == [block.splitlines()[0] for block in blocks[1]]


def test_jinja_templates_may_end_in_j2(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "common-lib", tmp_path / "c")
    (tmp_path / "c" / "templates" / "_m.yaml.j2").write_text("{# nothing #}")
    assert lint(tmp_path / "c").clean


def test_messages_print_as_helms() -> None:
    assert str(Message(Severity.WARNING, "templates/a.yaml", "odd")) == "[WARNING] templates/a.yaml: odd"


def test_kube_version_must_be_one() -> None:
    with pytest.raises(UsageError):
        KubeVersion.parse("latest")
