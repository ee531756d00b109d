import base64
import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pyhelm.chart.model import Chart, Dependency, File, Lock, Maintainer, Metadata
from pyhelm.errors import ReleaseRecordError
from pyhelm.release import codec
from pyhelm.release.record import Hook, HookEvent, HookExecution, Info, Release, Status

GOLDEN = Path(__file__).with_name("goldens") / "helm-4.3.1-pending-install.b64"
MOMENT = datetime(2025, 3, 4, 5, 6, 7, 80_900, tzinfo=UTC)


def a_release() -> Release:
    chart = Chart(
        metadata=Metadata(
            name="web",
            version="1.2.3",
            api_version="v2",
            app_version="9",
            deprecated=True,
            maintainers=[Maintainer("ann", "ann@example.test", "")],
            annotations={"a": "b"},
            dependencies=[
                Dependency("db", "1.x", "", "db.enabled", ["x"], True, ["data", {"child": "a", "parent": "b"}])
            ],
        ),
        values={"replicas": 2.0, "ratio": 0.5, "list": [1.0, None, "x"], "off": None},
        templates=[File("templates/a.yaml", b"kind: A\n\xff")],
        files=[File("README.md", b"hi")],
        schema=b"{}",
        lock=Lock("2024-01-02T03:04:05Z", "sha256:1", [Dependency("db", "1.0.0", "")]),
    )
    return Release(
        name="r",
        namespace="ns",
        version=3,
        info=Info(MOMENT, MOMENT, None, "Upgrade complete", Status.DEPLOYED, 2, "note\n"),
        chart=chart,
        config={"replicas": 3.0, "nested": {"ü": "<&>"}},
        manifest="---\n# Source: web/templates/a.yaml\nkind: A\n",
        hooks=[
            Hook(
                "h",
                "Job",
                "web/templates/h.yaml",
                "kind: Job\n",
                [HookEvent.PRE_INSTALL, HookEvent.TEST],
                -4,
                ["hook-failed"],
                ["hook-succeeded"],
                HookExecution(MOMENT, None, "Running"),
            )
        ],
        apply_method="ssa",
    )


def unpack(payload: str) -> dict:
    return json.loads(gzip.decompress(base64.b64decode(payload)))


def without_file_times(value):
    """Drop when files were modified, which a Chart does not know."""
    if isinstance(value, dict):
        return {key: without_file_times(item) for key, item in value.items() if key not in {"modtime", "schemamodtime"}}
    return [without_file_times(item) for item in value] if isinstance(value, list) else value


def test_what_is_encoded_is_decoded():
    assert codec.decode(codec.encode(a_release())) == a_release()


def test_encoding_depends_on_the_release_alone():
    assert codec.encode(a_release()) == codec.encode(a_release())


def test_helms_record_is_read_and_written_alike():
    payload = GOLDEN.read_text()
    release = codec.decode(payload)
    assert (release.name, release.version, release.namespace) == ("r", 1, "default")
    assert release.info.status is Status.PENDING_INSTALL
    assert release.config == {"a": {"b": 5.0}, "i": 7.0}
    assert release.chart.values["sub"] == {"a": {"q": 1.0}, "global": {}}
    assert release.hooks[0].events == [HookEvent.PRE_DELETE]
    assert release.hooks[0].weight == 3

    theirs = without_file_times(unpack(payload))
    ours = without_file_times(unpack(codec.encode(release)))
    for moment in ("first_deployed", "last_deployed"):
        assert theirs["info"].pop(moment).startswith(ours["info"].pop(moment).removesuffix("Z"))
    # Compared as text: the order of keys and the way numbers are written count.
    assert json.dumps(ours) == json.dumps(theirs)


def test_go_leaves_out_what_is_empty():
    release = Release("r", "", 1, Info(), Chart(Metadata(name="c")))
    assert unpack(codec.encode(release)) == {
        "name": "r",
        "info": {"status": "unknown"},
        "chart": {
            "metadata": {"name": "c"},
            "lock": None,
            "templates": None,
            "values": {},
            "schema": None,
            "schemamodtime": "0001-01-01T00:00:00Z",
            "files": None,
        },
        "version": 1,
    }


def test_bytes_that_are_no_text_do_not_stop_a_release():
    release = Release("r", "", 1, Info(), Chart(Metadata()), manifest="a\udcffb")
    assert codec.decode(codec.encode(release)).manifest == "a\ufffdb"


def test_a_record_from_before_compression_is_read():
    payload = base64.b64encode(json.dumps({"name": "old", "version": 4}).encode())
    assert (codec.decode(payload).name, codec.decode(payload).version) == ("old", 4)


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param("%%%", id="no-base64"),
        pytest.param("", id="empty"),
        pytest.param(base64.b64encode(b"\x1f\x8b\x08\x00broken").decode(), id="broken-gzip"),
        pytest.param(base64.b64encode(gzip.compress(b"{}")[:-4]).decode(), id="cut-gzip"),
        pytest.param(base64.b64encode(b"[1]").decode(), id="no-object"),
        pytest.param(base64.b64encode(b'{"info": 3}').decode(), id="info-no-object"),
        pytest.param(base64.b64encode(b'{"hooks": [{"events": ["no-such"]}]}').decode(), id="unknown-event"),
        pytest.param(base64.b64encode(b'{"info": {"deleted": "yesterday"}}').decode(), id="no-time"),
        pytest.param(base64.b64encode(b'{"chart": {"schema": "%"}}').decode(), id="schema-no-base64"),
        pytest.param(base64.b64encode(b"[" * 100_000).decode(), id="deep"),
    ],
)
def test_damaged_records_are_refused_by_name(payload):
    with pytest.raises(ReleaseRecordError, match=r"release record sh\.helm\.x: "):
        codec.decode(payload, name="sh.helm.x")


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        pytest.param(datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC), "2025-01-02T03:04:05Z", id="whole"),
        pytest.param(datetime(2025, 1, 2, 3, 4, 5, 120_000, tzinfo=UTC), "2025-01-02T03:04:05.12Z", id="fraction"),
        pytest.param(
            datetime(2025, 1, 2, 3, 4, 5, 1, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
            "2025-01-02T03:04:05.000001-03:30",
            id="west",
        ),
        pytest.param(
            datetime(2025, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5, minutes=45))),
            "2025-01-02T03:04:05+05:45",
            id="east",
        ),
    ],
)
def test_times(moment, text):
    assert codec.format_time(moment) == text
    assert codec.parse_time(text) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("", None, id="empty"),
        pytest.param("0001-01-01T00:00:00Z", None, id="zero"),
        pytest.param(
            "2025-01-02T03:04:05.123456789Z", datetime(2025, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC), id="nanoseconds"
        ),
    ],
)
def test_times_that_only_go_writes(text, moment):
    assert codec.parse_time(text) == moment


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(1000000.0, "1000000", id="whole"),
        pytest.param(12345678901234567000.0, "12345678901234567000", id="beyond-2**53"),
        pytest.param(1e21, "1e+21", id="exponent"),
        pytest.param(-0.5, "-0.5", id="fraction"),
        pytest.param(7, "7", id="int"),
    ],
)
def test_numbers_are_written_as_go_writes_them(value, text):
    release = Release("r", "", 1, Info(), Chart(Metadata()), config={"n": value})
    packed = gzip.decompress(base64.b64decode(codec.encode(release))).decode()
    assert f'"config":{{"n":{text}}}' in packed
