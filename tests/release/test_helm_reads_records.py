"""The real Helm reads records that pyhelm stored, through just as much of an API server as that takes."""

import json
import subprocess
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from pyhelm.chart.model import Chart, File, Metadata
from pyhelm.cluster.api import ApiServer, bootstrap
from pyhelm.cluster.clock import Clock
from pyhelm.cluster.store import Store
from pyhelm.kube.objects import ObjectKey
from pyhelm.release.record import Hook, HookEvent, HookExecution, Info, Release, Status
from pyhelm.release.storage import open_driver

NOW = datetime(2025, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)


@pytest.fixture
def cluster(tmp_path):
    with Store(tmp_path) as store:
        cluster = ApiServer(store, Clock(NOW))
        bootstrap(cluster)
        yield cluster


@pytest.fixture
def run(helm, cluster):
    """Run the real helm against ``cluster`` and return what it prints."""
    lock = threading.Lock()
    secrets = cluster.catalog.for_kind("v1", "Secret")

    def answer(path, query):
        if path == "/version":
            return cluster.version()
        parts = path.strip("/").split("/")
        if parts[:2] != ["api", "v1"] or "secrets" not in parts:
            return None
        namespace = parts[3] if "namespaces" in parts else ""
        if parts[-1] != "secrets":
            return {"apiVersion": "v1", "kind": "Secret", **cluster.get(secrets, ObjectKey(namespace, parts[-1]))}
        found = cluster.list(secrets, namespace, labels=query.get("labelSelector", [""])[0])
        metadata = {"resourceVersion": found.resource_version}
        return {"apiVersion": "v1", "kind": "SecretList", "metadata": metadata, "items": found.items}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            url = urlsplit(self.path)
            with lock:
                body = answer(url.path, parse_qs(url.query))
            data = json.dumps(body or {"kind": "Status", "status": "Failure", "code": 404}).encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_address[1]}"

    def call(*arguments):
        command = [helm, *arguments, "--kube-apiserver", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    yield call
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def release(cluster):
    chart = Chart(
        Metadata(name="web", version="1.2.3", api_version="v2", app_version="9", annotations={"a": "b"}),
        values={"replicas": 1.0, "image": {"tag": "x"}},
        templates=[File("templates/a.yaml", b"kind: A")],
    )
    hook = Hook("h", "Job", "web/templates/h.yaml", "kind: Job\n", [HookEvent.TEST], 1)
    hook.last_run = HookExecution(NOW, NOW, "Succeeded")
    driver = open_driver("", cluster, "default")
    for version, status in ((1, Status.SUPERSEDED), (2, Status.DEPLOYED)):
        release = Release(
            name="r",
            namespace="default",
            version=version,
            info=Info(NOW, NOW, None, f"Step {version}", status, notes="Hello\n"),
            chart=chart,
            config={"replicas": 3.0, "text": "<&>ü", "big": 1e21},
            manifest="---\n# Source: web/templates/a.yaml\n# nothing\n",
            hooks=[hook],
            labels={"team": "a"},
            apply_method="ssa",
        )
        driver.create(release)
    return release


def test_list(run, release):
    assert json.loads(run("list", "--output", "json")) == [
        {
            "name": "r",
            "namespace": "default",
            "revision": "2",
            "updated": "2025-01-02 03:04:05.6 +0000 UTC",
            "status": "deployed",
            "chart": "web-1.2.3",
            "app_version": "9",
        }
    ]


def test_history(run, release):
    revisions = json.loads(run("history", "r", "--output", "json"))
    assert [(item["revision"], item["status"], item["description"]) for item in revisions] == [
        (1, "superseded", "Step 1"),
        (2, "deployed", "Step 2"),
    ]


def test_values(run, release):
    assert json.loads(run("get", "values", "r", "--output", "json")) == {"replicas": 3, "text": "<&>ü", "big": 1e21}
    everything = json.loads(run("get", "values", "r", "--all", "--output", "json"))
    assert everything["image"] == {"tag": "x"}


def test_texts(run, release):
    assert run("get", "manifest", "r").rstrip("\n") == release.manifest.rstrip("\n")
    assert run("get", "notes", "r") == "NOTES:\nHello\n\n"
    assert run("get", "hooks", "r") == "---\n# Source: web/templates/h.yaml\nkind: Job\n\n"


def test_metadata(run, release):
    metadata = json.loads(run("get", "metadata", "r", "--revision", "2", "--output", "json"))
    assert metadata == {
        "name": "r",
        "chart": "web",
        "version": "1.2.3",
        "appVersion": "9",
        "annotations": {"a": "b"},
        "labels": {"team": "a"},
        "namespace": "default",
        "revision": 2,
        "status": "deployed",
        "deployedAt": "2025-01-02T03:04:05Z",
        "applyMethod": "ssa",
    }
