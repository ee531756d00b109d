"""Commands that change an embedded cluster. What they print was seen of kubectl v1.37.1 on the same objects."""

from __future__ import annotations

import json
import stat

import pytest

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  annotations: {note: "<a&b>"}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: "nginx:1"}]}
"""
MAPS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: one}
data: {a: "<b>"}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: two, annotations: null}}
- {apiVersion: v1, kind: Namespace, metadata: {name: extra}}
"""
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@pytest.fixture
def web(kube, tmp_path):
    (tmp_path / "web.yaml").write_text(DEPLOYMENT)
    assert kube("apply", "-f", "web.yaml").out == "deployment.apps/web created\n"
    kube("rollout", "status", "deploy/web")
    return kube


def fetch(kube, *args):
    return json.loads(kube("get", *args, "-o", "json").out)


# --- apply, create ----------------------------------------------------------------------------------------------------


def test_apply_says_what_became_of_each_object(kube, tmp_path):
    (tmp_path / "maps.yaml").write_text(MAPS)
    names = ["configmap/one", "configmap/two", "namespace/extra"]
    assert kube("apply", "-f", "maps.yaml", "--dry-run=client").out.splitlines() == [
        f"{name} created (dry run)" for name in names
    ]
    assert kube("apply", "-f", "maps.yaml").out.splitlines() == [f"{name} created" for name in names]
    assert kube("apply", "-f", "maps.yaml", "--dry-run=server").out.splitlines() == [
        f"{name} unchanged (server dry run)" for name in names
    ]
    (tmp_path / "maps.yaml").write_text(MAPS.replace("<b>", "c"))
    assert kube("apply", "-f", "maps.yaml").out.splitlines() == [
        "configmap/one configured",
        "configmap/two unchanged",
        "namespace/extra unchanged",
    ]


def test_apply_keeps_what_was_applied(web):
    kept = fetch(web, "deploy", "web")["metadata"]["annotations"][LAST_APPLIED]
    assert kept == (
        r'{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"annotations":{"note":"\u003ca\u0026b\u003e"},'
        '"name":"web","namespace":"default"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},'
        '"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"nginx:1","name":"a"}]}}}}\n'
    )


def test_apply_of_what_was_created_otherwise_warns_once(kube, tmp_path):
    (tmp_path / "maps.yaml").write_text(MAPS)
    assert kube("create", "-f", "maps.yaml").code == 0
    assert kube("apply", "-f", "maps.yaml").err.startswith(
        f"Warning: resource configmaps/one is missing the {LAST_APPLIED} annotation which is required by kubectl apply."
    )
    assert kube("apply", "-f", "maps.yaml").err == ""


def test_create_can_keep_what_was_applied(kube, tmp_path):
    (tmp_path / "maps.yaml").write_text(MAPS)
    assert kube("create", "-f", "maps.yaml", "--save-config", "-o", "name").out.splitlines()[0] == "configmap/one"
    assert kube("apply", "-f", "maps.yaml").err == ""


def test_failures_do_not_stop_the_rest(kube, tmp_path):
    (tmp_path / "maps.yaml").write_text(MAPS)
    kube("create", "-f", "maps.yaml")
    answer = kube("create", "-f", "maps.yaml")
    assert answer.err == "".join(
        f'Error from server (AlreadyExists): error when creating "maps.yaml": {name} already exists\n'
        for name in ('configmaps "one"', 'configmaps "two"', 'namespaces "extra"')
    )
    assert answer.code == 1


def test_server_side_apply_tells_of_conflicts(web, tmp_path):
    (tmp_path / "web.yaml").write_text(DEPLOYMENT.replace("nginx:1", "nginx:2"))
    args = ("apply", "-f", "web.yaml", "--server-side", "--field-manager=other")
    answer = web(*args)
    assert answer.err.startswith('error: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply"')
    assert "* If you intend to manage all of these fields" in answer.err
    answer = web(*args, "--force-conflicts")
    assert answer.out == "deployment.apps/web serverside-applied\n"


@pytest.mark.parametrize(
    ("text", "args", "error"),
    [
        pytest.param(
            "apiVersion: v1\nkind: Foo\nmetadata: {name: a}\n",
            ["apply"],
            'error: resource mapping not found for name: "a" namespace: "" from "it.yaml": no matches for kind '
            '"Foo" in version "v1"\nensure CRDs are installed first\n',
            id="unknown-kind",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: b}\n",
            ["apply", "-n", "c"],
            'error: the namespace from the provided object "b" does not match the namespace "c". You must pass '
            "'--namespace=b' to perform this operation.\n",
            id="other-namespace",
        ),
        pytest.param("", ["apply"], "error: no objects passed to apply\n", id="nothing-to-apply"),
        pytest.param("", ["create"], "error: no objects passed to create\n", id="nothing-to-create"),
        pytest.param(
            MAPS,
            ["apply", "--dry-run=foo"],
            'error: Invalid dry-run value (foo). Must be "none", "server", or "client".\n',
            id="dry-run",
        ),
        pytest.param(
            MAPS,
            ["apply", "--force-conflicts"],
            "error: --force-conflicts only works with --server-side\n",
            id="force-without-server-side",
        ),
    ],
)
def test_refused_manifests(kube, tmp_path, text, args, error):
    (tmp_path / "it.yaml").write_text(text)
    answer = kube(*args, "-f", "it.yaml")
    assert (answer.err, answer.code) == (error, 1)


@pytest.mark.parametrize("verb", ["apply", "create"])
def test_a_file_is_needed(kube, verb):
    assert kube(verb).err == "error: must specify one of -f and -k\n"
    assert kube(verb, "-f", "no.yaml").err == 'error: the path "no.yaml" does not exist\n'


# --- delete -----------------------------------------------------------------------------------------------------------


def test_delete_tells_where(web, tmp_path):
    (tmp_path / "maps.yaml").write_text(MAPS)
    web("apply", "-f", "maps.yaml")
    assert web("delete", "cm", "one", "--dry-run=server").out == (
        'configmap "one" deleted from default namespace (server dry run)\n'
    )
    answer = web("delete", "cm", "one", "nope", "two")
    assert (
        answer.out == 'configmap "one" deleted from default namespace\nconfigmap "two" deleted from default namespace\n'
    )
    assert answer.err == 'Error from server (NotFound): configmaps "nope" not found\n'
    assert web("delete", "deploy/web", "-o", "name").out == "deployment.apps/web\n"
    answer = web("delete", "ns", "extra", "-n", "default")
    assert answer.out == 'namespace "extra" deleted\n'
    assert answer.err == "Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n"
    assert web("get", "ns", "extra").code == 1
    assert web("delete", "cm", "-l", "a=b").out == "No resources found\n"


def test_delete_waits_for_the_one_it_deleted(kube, tmp_path):
    text = DEPLOYMENT.replace("kind: Deployment", "kind: StatefulSet").replace("replicas: 2", "replicas: 1")
    (tmp_path / "set.yaml").write_text(text)
    kube("apply", "-f", "set.yaml")
    kube("rollout", "status", "sts/web")
    assert kube("delete", "pod", "web-0", "--now").out == 'pod "web-0" deleted from default namespace\n'
    answer = kube("delete", "pod", "web-0", "--grace-period=0", "--force", "--wait=false")
    assert answer.out == 'pod "web-0" force deleted from default namespace\n'
    assert answer.err.startswith("Warning: Immediate deletion does not wait for confirmation")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(["cm"], "error: resource(s) were provided, but no name was specified\n", id="no-name"),
        pytest.param(
            ["cm", "a", "-l", "b=c"], "error: name cannot be provided when a selector is specified\n", id="both"
        ),
        pytest.param(["foo", "a"], 'error: the server doesn\'t have a resource type "foo"\n', id="type"),
        pytest.param(
            ["cm", "a", "--cascade=x"],
            'error: invalid cascade value (x). Must be "background", "foreground", or "orphan"\n',
            id="cascade",
        ),
        pytest.param(
            ["cm", "a", "--now", "--grace-period=3"],
            "error: --now and --grace-period cannot be specified together\n",
            id="now-and-grace",
        ),
        pytest.param(
            ["cm", "a", "--force", "--grace-period=3"],
            "error: --force and --grace-period greater than 0 cannot be specified together\n",
            id="force-and-grace",
        ),
        pytest.param(
            ["cm", "a", "-o", "yaml"],
            "error: unexpected -o output mode: yaml. We only support '-o name'\n",
            id="output",
        ),
    ],
)
def test_refused_deletes(kube, args, error):
    answer = kube("delete", *args)
    assert (answer.err, answer.code) == (error, 1)


# --- scale, set image -------------------------------------------------------------------------------------------------


def test_scale(web):
    assert web("scale", "deploy/web", "--replicas=3").out == "deployment.apps/web scaled\n"
    assert web("get", "deploy", "web", "-o", "jsonpath={.spec.replicas}").out == "3"
    assert web("scale", "deploy", "--all", "--replicas=1", "-o", "name").out == "deployment.apps/web\n"
    answer = web("scale", "deploy/web", "--replicas=2", "--current-replicas=9")
    assert answer.err == "error: Expected replicas to be 9, was 1\n"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(["deploy/web"], 'error: required flag(s) "replicas" not set\n', id="no-count"),
        pytest.param(
            ["deploy/web", "--replicas=-1"],
            "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0\n",
            id="negative",
        ),
        pytest.param(
            ["cm/kube-root-ca.crt", "--replicas=1"],
            "Error from server (NotFound): the server could not find the requested resource\n",
            id="kind",
        ),
        pytest.param(
            ["deploy/nope", "--replicas=1"],
            'Error from server (NotFound): deployments.apps "nope" not found\n',
            id="missing",
        ),
    ],
)
def test_refused_scales(web, args, error):
    assert web("scale", *args).err == error


def test_set_image(web):
    assert web("set", "image", "deploy/web", "a=nginx:2").out == "deployment.apps/web image updated\n"
    assert web("set", "image", "deploy/web", "a=nginx:2").out == ""
    assert web("set", "image", "deploy", "--all", "*=nginx:3", "--record").out == "deployment.apps/web image updated\n"
    deployment = fetch(web, "deploy", "web")
    assert deployment["spec"]["template"]["spec"]["containers"][0]["image"] == "nginx:3"
    assert "set image deploy" in deployment["metadata"]["annotations"]["kubernetes.io/change-cause"]
    answer = web("set", "image", "deploy/web", "a=nginx:4", "nope=x")
    assert answer.out == "deployment.apps/web image updated\n"
    assert answer.err == 'error: unable to find container named "nope"\n'


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param(["deploy/web"], "error: at least one image update is required\n", id="no-image"),
        pytest.param(
            ["a=b", "deploy/web"],
            "error: all resources must be specified before image changes: deploy/web\n",
            id="order",
        ),
        pytest.param(
            ["deploy/web", "a=1", "*=2"],
            "error: all containers are already specified by *, but saw more than one container_name=container_image "
            "pairs\n",
            id="star-and-name",
        ),
        pytest.param(
            ["cm/kube-root-ca.crt", "a=b"],
            "error: configmaps/kube-root-ca.crt the object is not a pod or does not have a pod template: "
            "*v1.ConfigMap\n",
            id="kind",
        ),
    ],
)
def test_refused_images(web, args, error):
    assert web("set", "image", *args).err == error


# --- rollouts ---------------------------------------------------------------------------------------------------------


def test_a_rollout_and_back(web):
    web("set", "image", "deploy/web", "a=nginx:2")
    lines = web("rollout", "status", "deploy/web").out.splitlines()
    assert lines[0] == "Waiting for deployment spec update to be observed..." or lines[0].startswith(
        'Waiting for deployment "web" rollout to finish: '
    )
    assert lines[-1] == 'deployment "web" successfully rolled out'
    assert web("rollout", "history", "deploy/web").out == (
        "deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n"
    )
    answer = web("rollout", "undo", "deploy/web")
    assert answer.out == "deployment.apps/web rolled back\n"
    assert answer.err.startswith("Warning: resource deployments/web was previously managed with 'kubectl apply'.")
    web("rollout", "status", "deploy/web")
    assert web("get", "deploy", "web", "-o", "jsonpath={..image}").out == "nginx:1"
    assert web("rollout", "undo", "deploy/web", "--to-revision=3").out == (
        "deployment.apps/web skipped rollback (current template already matches revision 3)\n"
    )
    assert web("rollout", "undo", "deploy/web", "--to-revision=9").err.endswith(
        "error: unable to find specified revision 9 in history\n"
    )


def test_pausing_and_restarting(web):
    assert web("rollout", "pause", "deploy/web").out == "deployment.apps/web paused\n"
    assert web("rollout", "pause", "deploy/web").err == 'error: deployments.apps "web" is already paused\n'
    assert web("rollout", "restart", "deploy/web").err == (
        'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)\n'
    )
    web("set", "image", "deploy/web", "a=nginx:2")
    assert web("rollout", "resume", "deploy/web").out == "deployment.apps/web resumed\n"
    assert web("rollout", "resume", "deploy/web").err == 'error: deployments.apps "web" is not paused\n'
    assert web("rollout", "restart", "deploy").out == "deployment.apps/web restarted\n"
    assert web("rollout", "restart", "cm/kube-root-ca.crt").err == (
        'error: configmaps "kube-root-ca.crt" restarting is not supported\n'
    )


def test_status_gives_up(web):
    web("rollout", "pause", "deploy/web")
    web("set", "image", "deploy/web", "a=nginx:2")
    assert web("rollout", "status", "deploy/web", "--timeout=5s").err == "error: timed out waiting for the condition\n"


# --- edit, logs, events, watching -------------------------------------------------------------------------------------


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """Return a function that makes a script the editor; it is run with the file as its last argument."""

    def use(script):
        path = tmp_path / "editor.sh"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("KUBE_EDITOR", str(path))

    return use


@pytest.mark.parametrize(
    ("script", "out"),
    [
        pytest.param("true", "Edit cancelled, no changes made.\n", id="unchanged"),
        pytest.param(': > "$1"', "Edit cancelled, saved file was empty.\n", id="emptied"),
        pytest.param('sed -i "s/replicas: 2/replicas: 3/" "$1"', "deployment.apps/web edited\n", id="changed"),
    ],
)
def test_edit(web, editor, script, out):
    editor(script)
    assert web("edit", "deploy/web").out == out


def test_an_invalid_edit_is_opened_again_with_the_reason(web, editor, tmp_path):
    editor(
        f'cp "$1" {tmp_path}/seen.$(ls {tmp_path}/seen.* 2>/dev/null | wc -l)\n'
        'sed -i "s/replicas: 2/replicas: -2/" "$1"'
    )
    answer = web("edit", "deploy/web")
    assert answer.err == "error: Edit cancelled, no valid changes were saved.\n"
    assert "# Please edit the object below." in (tmp_path / "seen.0").read_text()
    assert "must be greater than or equal to 0" in (tmp_path / "seen.1").read_text()


def test_edit_needs_an_object(web, editor):
    editor("true")
    assert web("edit", "deploy/nope").err == 'Error from server (NotFound): deployments.apps "nope" not found\n'
    assert web("edit").err.startswith("error: You must provide one or more resources by argument or filename.\n")


def test_logs(web):
    answer = web("logs", "deploy/web")
    assert "container a started from image nginx:1" in answer.out
    assert answer.err.startswith("Found 2 pods, using pod/web-")
    assert web("logs", "nope").err == (
        'error: error from server (NotFound): pods "nope" not found in namespace "default"\n'
    )
    assert web("logs").err.startswith("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\n")


def test_events(web):
    lines = web("events", "--for", "deploy/web").out.splitlines()
    assert lines[0].split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert "ScalingReplicaSet   Deployment/web   Scaled up replica set web-" in lines[1]
    assert web("events", "-n", "extra").err == "No events found in extra namespace.\n"
    assert web("events", "--for", "web").err == "error: --for must be in resource/name form\n"


def test_watching_shows_what_happens_until_nothing_does(web):
    web("set", "image", "deploy/web", "a=nginx:2")
    lines = web("get", "deploy", "web", "--watch").out.splitlines()
    assert lines[0].split() == ["NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    assert lines[-1].split()[:4] == ["web", "2/2", "2", "2"]
    assert len(lines) > 3
    assert web("get", "deploy,pods", "-w").err == "error: you may only specify a single resource type\n"
    assert web("get", "cm", "nope", "-w").err == 'Error from server (NotFound): configmaps "nope" not found\n'
