from __future__ import annotations

import math

import pytest

from pyhelm.cluster.kubelet.behaviour import Behaviour, behaviour_of, parse_seconds
from pyhelm.cluster.kubelet.images import image_id, matches, normalise
from pyhelm.cluster.kubelet.lifecycle import go_duration
from pyhelm.errors import UsageError
from pyhelm.kube.objects import ObjectKey


@pytest.mark.parametrize(
    ("image", "full"),
    [
        pytest.param("nginx", "docker.io/library/nginx:latest", id="bare"),
        pytest.param("nginx:1.91", "docker.io/library/nginx:1.91", id="tag"),
        pytest.param("bitnami/redis:7", "docker.io/bitnami/redis:7", id="user"),
        pytest.param("docker.io/nginx", "docker.io/library/nginx:latest", id="registry"),
        pytest.param("index.docker.io/library/nginx:1", "docker.io/library/nginx:1", id="index"),
        pytest.param("ghcr.io/a/b:v1", "ghcr.io/a/b:v1", id="other-registry"),
        pytest.param("localhost:5000/app", "localhost:5000/app:latest", id="port"),
        pytest.param("localhost/app", "localhost/app:latest", id="localhost"),
        pytest.param("nginx@sha256:abc", "docker.io/library/nginx@sha256:abc", id="digest"),
        pytest.param("nginx:1.91@sha256:abc", "docker.io/library/nginx:1.91@sha256:abc", id="tag-and-digest"),
    ],
)
def test_normalise(image, full):
    assert normalise(image) == full


@pytest.mark.parametrize(
    ("image", "pattern", "expected"),
    [
        pytest.param("nginx:1.91", "nginx:1.91", True, id="same"),
        pytest.param("docker.io/library/nginx:1.91", "nginx:1.91", True, id="short-pattern"),
        pytest.param("nginx:1.91", "docker.io/library/nginx:1.91", True, id="long-pattern"),
        pytest.param("nginx:1.91", "nginx:1.9", False, id="another-tag"),
        pytest.param("nginx:1.91", "nginx", True, id="any-tag"),
        pytest.param("nginx", "nginx:latest", True, id="latest"),
        pytest.param("bitnami/nginx:1", "nginx", False, id="another-repository"),
        pytest.param("nginx:1.91", "nginx:*", True, id="glob-tag"),
        pytest.param("ghcr.io/a/b:1", "ghcr.io/*", True, id="glob-registry"),
        pytest.param("ghcr.io/a/b:1", "*", True, id="everything"),
        pytest.param("nginx:1.91", "mginx*", False, id="glob-miss"),
    ],
)
def test_matches(image, pattern, expected):
    assert matches(image, pattern) is expected


def test_an_image_id_is_a_digest_and_depends_on_the_whole_reference():
    assert image_id("nginx:1") == image_id("docker.io/library/nginx:1") != image_id("nginx:2")
    assert image_id("nginx:1").startswith("docker.io/library/nginx@sha256:")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20s", 20), ("1m30s", 90), ("250ms", 0.25), ("1h", 3600), ("5", 5), (7, 7), ("1.5s", 1.5), ("never", math.inf)],
)
def test_parse_seconds(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "5x", "s5", True, "1 s"])
def test_parse_seconds_refuses(text):
    with pytest.raises(UsageError):
        parse_seconds(text)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "0s"),
        (200_000, "200ms"),
        (1_000_000, "1s"),
        (1_500_000, "1.5s"),
        (300_000_000, "5m0s"),
        (3_661_000_000, "1h1m1s"),
    ],
)
def test_go_duration(micros, text):
    assert go_duration(micros) == text


RULES = [
    {"image": "*", "pullSeconds": 3},
    {"image": "nginx", "readyAfter": "20s", "pullSeconds": 5},
    {"image": "nginx:1.91", "deny": True},
]


@pytest.mark.parametrize(
    ("image", "annotations", "expected"),
    [
        pytest.param("redis:7", {}, Behaviour(pull_seconds=3), id="general"),
        pytest.param("nginx:1", {}, Behaviour(pull_seconds=5, ready_after=20), id="later-rule-wins-by-field"),
        pytest.param("nginx:1.91", {}, Behaviour(deny=True, pull_seconds=5, ready_after=20), id="all-three"),
        pytest.param(
            "nginx:1",
            {"pyhelm.dev/ready-after": "1s", "pyhelm.dev/exit-code.app": "4"},
            Behaviour(pull_seconds=5, ready_after=1, exit_code=4, exit_after=1),
            id="annotations-win",
        ),
        pytest.param(
            "x", {"pyhelm.dev/ready-after": "whenever"}, Behaviour(pull_seconds=3), id="nonsense-is-passed-over"
        ),
        pytest.param("x", {"pyhelm.dev/ready-after.other": "9s"}, Behaviour(pull_seconds=3), id="another-container"),
    ],
)
def test_behaviour_of(image, annotations, expected):
    pod = {"metadata": {"annotations": annotations}}
    assert behaviour_of(pod, {"name": "app", "image": image}, RULES) == expected


def test_rules_are_kept_in_the_cluster(scene):
    images = scene.cluster.images
    images.deny("nginx:1.91")
    images.set("redis", readyAfter="30s", pullSeconds=2)
    images.deny("redis")
    stored = scene.client.get(scene.kind("configmaps"), ObjectKey("kube-system", "pyhelm-runtime"))
    assert "nginx:1.91" in stored["data"]["images.json"]
    assert images.list() == [
        {"image": "nginx:1.91", "deny": True},
        {"image": "redis", "readyAfter": "30s", "pullSeconds": 2, "deny": True},
    ]
    images.allow("redis")
    assert images.list() == [
        {"image": "nginx:1.91", "deny": True},
        {"image": "redis", "readyAfter": "30s", "pullSeconds": 2},
        {"image": "redis", "deny": False},
    ]
    images.reset()
    assert images.list() == []


def test_allow_makes_an_exception_from_a_wider_deny(scene):
    scene.cluster.images.deny("*")
    scene.cluster.images.allow("nginx:*")
    rules = scene.cluster.images.list()
    assert behaviour_of({}, {"image": "nginx:1"}, rules).deny is False
    assert behaviour_of({}, {"image": "redis:1"}, rules).deny is True


@pytest.mark.parametrize("fields", [{"color": 1}, {"readyAfter": "soon"}, {"exitCode": "x"}])
def test_a_rule_that_means_nothing_is_refused(scene, fields):
    with pytest.raises(UsageError):
        scene.cluster.images.set("nginx", **fields)
