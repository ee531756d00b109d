from __future__ import annotations

import pytest

from pyhelm.cluster.events import Recorder
from pyhelm.cluster.internal import InternalWriter


@pytest.fixture
def record(scene):
    api = scene.cluster.api
    recorder = Recorder(InternalWriter(api.state), api, scene.cluster.clock, api.catalog)
    (subject,) = scene.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: subject}}")

    def say(message, reason="Because", **more):
        recorder.normal("tester", subject, reason, message, **more)

    return say


def told(scene):
    return [
        (event["message"], event["count"])
        for event in sorted(scene.list("events"), key=lambda item: item["metadata"]["name"])
        if event["involvedObject"]["name"] == "subject"
    ]


def test_an_event_says_what_happened_to_whom(scene, record):
    record("it works", host="node", field_path="spec.containers{app}")
    (event,) = scene.list("events", "default")
    involved = event["involvedObject"]
    assert (involved["kind"], involved["name"], involved["fieldPath"]) == (
        "ConfigMap",
        "subject",
        "spec.containers{app}",
    )
    assert event["source"] == {"component": "tester", "host": "node"}
    assert (event["type"], event["reason"], event["count"]) == ("Normal", "Because", 1)
    assert event["firstTimestamp"] == event["lastTimestamp"] == "2026-01-01T00:00:00Z"


def test_the_same_event_is_counted(scene, record):
    record("again")
    scene.advance(90)
    record("again")
    (event,) = scene.list("events", "default")
    assert (event["count"], event["firstTimestamp"], event["lastTimestamp"]) == (
        2,
        "2026-01-01T00:00:00Z",
        "2026-01-01T00:01:30Z",
    )


def test_similar_events_are_joined_from_the_tenth_on(scene, record):
    for number in range(12):
        record(f"pod {number}")
    messages = told(scene)
    assert len(messages) == 10
    assert ("(combined from similar events): pod 11", 3) in messages


def test_similar_events_are_told_apart_again_after_ten_minutes(scene, record):
    for number in range(9):
        record(f"pod {number}")
    scene.advance(601)
    record("pod 9")
    assert ("pod 9", 1) in told(scene)


def test_more_than_25_events_about_one_object_are_dropped(scene, record):
    for number in range(40):
        record("same", reason=f"Reason{number}")
    assert len(told(scene)) == 25
    scene.advance(300)
    record("same", reason="Later")
    record("same", reason="TooMany")
    assert len(told(scene)) == 26


def test_events_are_forgotten_after_an_hour(scene, record):
    record("old")
    scene.advance(1800)
    record("young")
    scene.advance(1830)
    assert told(scene) == [("young", 1)]
    scene.advance(3600)
    assert told(scene) == []


def test_an_event_in_a_namespace_that_goes_is_lost_quietly(scene, record):
    api = scene.cluster.api
    recorder = Recorder(InternalWriter(api.state), api, scene.cluster.clock, api.catalog)
    recorder.normal("tester", {"kind": "Pod", "metadata": {"name": "p", "namespace": "nowhere"}}, "R", "m")
    assert scene.list("events", "nowhere") == []
