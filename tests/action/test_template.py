"""What ``template`` and ``show`` print, against what the real Helm prints."""

import subprocess
from datetime import UTC, datetime

import pytest

from pyhelm.action.environment import DryRun, Environment
from pyhelm.action.install import InstallOptions
from pyhelm.action.show import ShowPart, show
from pyhelm.action.template import compile_glob, template
from pyhelm.chart import load
from pyhelm.errors import ManifestError, TemplateNotFoundError, UsageError
from tests.action.charts import hook, make_chart

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: 1e3\ndescription: 'a: b'\ntype: application\n"
    "maintainers: [{name: ann, email: ann@example.test}]\ndependencies: [{name: sub, version: 1.x, repository: ''}]\n",
    "values.yaml": "# Colours\ncolour: blue\n\n",
    "README.md": "# Web\n\nhello",
    "crds/widget.yaml": "kind: CustomResourceDefinition\nmetadata: {name: w}",
    "crds/b.yml": "---\nkind: CustomResourceDefinition\n",
    "crds/readme.txt": "no definition",
    "templates/a.yaml": "kind: Zebra\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n\n\n---\n# nothing\n",
    "templates/b.yaml": "---\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}-{{ .Values.colour }}",
    "templates/deep/c.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n---\n---\nkind: Namespace\n",
    "templates/data.json": '{"kind": "ConfigMap", "metadata": {"name": "j"}}',
    "templates/text.txt": "kind: PriorityClass",
    "templates/empty.yaml": "{{ if false }}kind: A{{ end }}\n",
    "templates/_h.tpl": '{{ define "x" }}{{ end }}',
    "templates/NOTES.txt": "Hi",
    "templates/tests/t.yaml": hook("tt", "test"),
    "templates/h.yaml": hook("hh", "pre-install", weight=3) + "---\n" + hook("gg", "post-install"),
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/crds/s.yaml": "kind: CustomResourceDefinition\nmetadata: {name: s}\n",
    "charts/sub/templates/s.yaml": "kind: Deployment\nmetadata: {name: sub}\n",
    "charts/sub/templates/NOTES.txt": "sub",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("charts") / "web"
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def offline():
    return Environment.offline(clock=lambda: datetime(2025, 1, 1, tzinfo=UTC))


def real(helm, *arguments):
    done = subprocess.run([helm, *arguments], capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ours(offline, folder, *, skip_tests=False, **options):
    return template(
        offline,
        "release-name",
        load(folder),
        {},
        InstallOptions(dry_run=DryRun.CLIENT, **options),
        skip_tests=skip_tests,
    )


@pytest.mark.parametrize(
    ("flags", "options"),
    [
        pytest.param([], {}, id="plain"),
        pytest.param(["--include-crds"], {"include_crds": True}, id="include-crds"),
        pytest.param(["--include-crds", "--skip-crds"], {"include_crds": True, "skip_crds": True}, id="both"),
        pytest.param(["--skip-tests"], {"skip_tests": True}, id="skip-tests"),
        pytest.param(["--no-hooks"], {"no_hooks": True}, id="no-hooks"),
    ],
)
def test_the_same_as_helm(helm, offline, folder, flags, options):
    assert ours(offline, folder, **options).text == real(helm, "template", folder, *flags)


@pytest.mark.parametrize(
    "patterns",
    [
        pytest.param(["templates/a.yaml"], id="one"),
        pytest.param(["templates/b.yaml", "templates/a.yaml"], id="in-the-order-given"),
        pytest.param(["templates/*.yaml"], id="glob"),
        pytest.param(["templates/*/*.yaml"], id="glob-with-folder"),
        pytest.param(["templates/[a-b].yaml", "templates/?.yaml"], id="classes-and-twice"),
        pytest.param(["charts/sub/templates/s.yaml"], id="subchart"),
        pytest.param(["templates/tests/t.yaml"], id="hook"),
    ],
)
def test_show_only(helm, offline, folder, patterns):
    flags = [part for pattern in patterns for part in ("--show-only", pattern)]
    assert ours(offline, folder).select(patterns) == real(helm, "template", folder, *flags)


@pytest.mark.parametrize("pattern", ["templates/none.yaml", "templates/empty.yaml", "*", "templates/[", "a.yaml"])
def test_show_only_of_nothing(offline, folder, pattern):
    with pytest.raises(TemplateNotFoundError) as caught:
        ours(offline, folder).select([pattern])
    assert str(caught.value) == f"could not find template {pattern} in chart"


def test_files_for_an_output_folder(helm, offline, folder, tmp_path):
    real(helm, "template", folder, "--output-dir", tmp_path, "--include-crds")
    written = {}
    for path, text in ours(offline, folder, include_crds=True).files():
        written[path] = written.get(path, "") + text
    expected = {str(path.relative_to(tmp_path)): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == expected


@pytest.mark.parametrize("part", list(ShowPart))
def test_show(helm, folder, part):
    assert show(load(folder), part) == real(helm, "show", part, folder)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"values.yaml": ""}, id="empty-values"),
        pytest.param({"values.yaml": "# only this\n", "readme.TXT": "hi\n"}, id="comment-and-readme"),
    ],
)
def test_little_charts(helm, offline, tmp_path, files):
    for name, text in {"Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n", **files}.items():
        (tmp_path / name).write_text(text)
    assert ours(offline, tmp_path).text == real(helm, "template", tmp_path)
    for part in ShowPart:
        assert show(load(tmp_path), part) == real(helm, "show", part, tmp_path)


def test_what_is_no_yaml_is_kept_for_debugging(offline):
    chart = make_chart({"a.yaml": "kind: A", "b.yaml": "a: b: c", "c.yaml": " "})
    with pytest.raises(ManifestError) as caught:
        template(offline, "web", chart, {})
    assert caught.value.path == "web/templates/b.yaml"
    assert caught.value.manifest == (
        "---\n# Source: web/templates/a.yaml\nkind: A\n---\n# Source: web/templates/b.yaml\na: b: c\n"
    )


def test_it_only_pretends(offline):
    with pytest.raises(UsageError):
        template(offline, "web", make_chart(), {}, InstallOptions())


def test_is_upgrade_and_versions(offline):
    text = '# {{ .Release.IsUpgrade }} {{ .Capabilities.APIVersions.Has "a/v1" }}\n'
    options = InstallOptions(dry_run=DryRun.CLIENT, is_upgrade=True, api_versions=["a/v1"])
    assert "# true true" in template(offline, "web", make_chart({"a.yaml": text}), {}, options).text


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("*", "a", True),
        ("*", "a/b", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[a-c]x", "bx", True),
        ("[^a-c]x", "bx", False),
        ("[]a]", "]", False),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("[\\]]", "]", True),
        ("a.b", "axb", False),
        ("[.&~]", "&", True),
        ("[", "[", False),
        ("a[", "a", False),
        ("[a", "a", False),
        ("a\\", "a", False),
        ("[z-a]", "b", False),
    ],
)
def test_globs_are_gos(pattern, text, found):
    compiled = compile_glob(pattern)
    assert (compiled is not None and compiled.fullmatch(text) is not None) is found
