"""The example charts teach; what they say must be true, in pyhelm and in Helm."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pyhelm import chart, yaml
from pyhelm.chart.pack import pack_bytes
from pyhelm.errors import SchemaError, TemplateError
from pyhelm.lint import lint
from pyhelm.template import ReleaseInfo, RenderOptions, render

EXAMPLES = Path(__file__).parents[2] / "example-charts"
OPTIONS = RenderOptions(release=ReleaseInfo(name="hi"))


def rendered(name: str, **values: object) -> dict[str, str]:
    return render(chart.load(EXAMPLES / name), values, OPTIONS)


def objects(files: dict[str, str]) -> list[dict[str, object]]:
    texts = [text for path, text in files.items() if not path.endswith("NOTES.txt")]
    return [found for text in texts for found in yaml.load_objects(text) if found]


@pytest.mark.parametrize("name", ["guestbook", "hello-jinja", "hello-library", "common-lib"])
def test_good_examples_pass_lint(name: str) -> None:
    result = lint(EXAMPLES / name)
    assert result.clean, result.text()


@pytest.mark.parametrize(
    "args",
    [
        pytest.param("book guestbook", id="guestbook"),
        pytest.param("guestbook guestbook -n shop --is-upgrade --set frontend.replicas=5", id="guestbook-upgrade"),
        pytest.param("book guestbook --set redis.enabled=false,store.host=db", id="guestbook-without-redis"),
        pytest.param("book guestbook --set frontend.resources=null,redis.port=6380", id="guestbook-values"),
        pytest.param("hi hello-library", id="hello-library"),
        pytest.param("hi hello-library --set replicas=5,port=8080", id="hello-library-values"),
    ],
)
def test_helm_renders_the_same_bytes(helm: Path, args: str) -> None:
    command = ["template", *args.split()]
    theirs = subprocess.run([helm, *command], cwd=EXAMPLES, capture_output=True, text=True, check=True)
    ours = subprocess.run(
        [sys.executable, "-m", "pyhelm", *command], cwd=EXAMPLES, capture_output=True, text=True, check=True
    )
    assert ours.stdout == theirs.stdout


def test_the_packed_library_is_the_library() -> None:
    packed = (EXAMPLES / "hello-library" / "charts" / "common-lib-0.1.0.tgz").read_bytes()
    assert packed == pack_bytes(chart.load(EXAMPLES / "common-lib")), "pack example-charts/common-lib again"


def test_jinja_gives_the_objects_that_are_meant() -> None:
    found = {(entry["kind"], entry["metadata"]["name"]): entry for entry in objects(rendered("hello-jinja"))}  # type: ignore[index]
    assert set(found) == {(kind, "hi-hello-jinja") for kind in ("ConfigMap", "Deployment", "Service")}
    config = found["ConfigMap", "hi-hello-jinja"]
    assert config["data"] == {
        "en.html": '<h1 lang="en">Hello, hi!</h1>\n',
        "fr.html": '<h1 lang="fr">Bonjour, hi!</h1>\n',
        "sw.html": '<h1 lang="sw">Habari, hi!</h1>\n',
    }


def test_jinja_notes() -> None:
    notes = rendered("hello-jinja")["hello-jinja/templates/NOTES.txt"]
    assert notes.startswith("hi says hello in 3 languages: en, fr, sw.\n")


def test_jinja_environment() -> None:
    env = [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]
    text = rendered("hello-jinja", env=env, image={"tag": "1.27"})["hello-jinja/templates/deployment.yaml.j2"]
    container = yaml.load_object(text)["spec"]["template"]["spec"]["containers"][0]
    assert (container["env"], container["image"]) == (env, "nginx:1.27")


def test_the_guestbook_refuses_what_its_schema_refuses() -> None:
    with pytest.raises(SchemaError, match="/frontend/replicas"):
        rendered("guestbook", frontend={"replicas": "many"})
    with pytest.raises(SchemaError, match="colour"):
        rendered("guestbook", colour="red")


def test_the_guestbook_asks_for_a_store() -> None:
    with pytest.raises(TemplateError, match=r"store\.host is required while redis\.enabled is false"):
        rendered("guestbook", redis={"enabled": False})


def test_the_bad_chart_has_a_mistake_in_every_file() -> None:
    result = lint(EXAMPLES / "bad-chart")
    assert not result.passed
    assert {message.path for message in result.messages if message.path and not message.path.startswith("/")} == {
        "Chart.yaml",
        "values.yaml",
        "templates/deployment.yaml",
        "templates/list.yaml",
        "templates/service.yaml",
        "templates/settings.json",
        "crds/config.yaml",
    }
