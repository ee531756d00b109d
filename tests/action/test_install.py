import pytest

from pyhelm.action import progress
from pyhelm.action.environment import DryRun, WaitStrategy
from pyhelm.action.install import InstallOptions, install
from pyhelm.action.uninstall import UninstallOptions, uninstall
from pyhelm.chart.model import Dependency
from pyhelm.errors import (
    ApplyError,
    BuildError,
    IncompatibleKubeVersionError,
    MissingDependenciesError,
    NotInstallableError,
    NotReadyError,
    OwnershipError,
    PyhelmError,
    ReleaseFailedError,
    ReleaseNameError,
    ReleaseNameInUseError,
    ReleaseNotFoundError,
    ReleaseStorageError,
    SchemaError,
    TemplateError,
    UsageError,
)
from pyhelm.kube.client import WriteOptions
from pyhelm.release.record import Status
from tests.action.charts import DEPLOYMENT, config_map, hook, make_chart

WAIT = InstallOptions(wait=WaitStrategy.WATCHER, timeout=60)


def test_objects_are_created_in_helms_order_and_owned(env, told, find):
    chart = make_chart({"a.yaml": DEPLOYMENT, "b.yaml": config_map("settings"), "NOTES.txt": "Hi {{ .Release.Name }}"})
    release = install(env, "web", chart, {"text": "two"})
    assert told.changes == ["created ConfigMap/settings", "created Deployment/web"]
    settings = find("configmap", "settings")
    assert settings["data"] == {"text": "two"}
    assert settings["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "Helm"}
    assert settings["metadata"]["annotations"] == {
        "meta.helm.sh/release-name": "web",
        "meta.helm.sh/release-namespace": "default",
    }
    assert [entry["manager"] for entry in settings["metadata"]["managedFields"]] == ["helm"]
    assert [entry["operation"] for entry in settings["metadata"]["managedFields"]] == ["Apply"]
    assert (release.info.status, release.info.description) == (Status.DEPLOYED, "Install complete")
    assert (release.version, release.apply_method, release.info.notes) == (1, "ssa", "Hi web")
    assert release.manifest.startswith("---\n# Source: web/templates/b.yaml\napiVersion: v1\nkind: ConfigMap\n")
    assert "managed-by" not in release.manifest


def test_the_record_says_pending_before_the_first_object(env, told):
    seen = []

    def listen(event):
        told(event)
        if isinstance(event, progress.ObjectChanged):
            last = env.storage.last("web")
            seen.append((last.status, bool(last.owner), last.release().info.description))

    env.listener = listen
    install(env, "web", make_chart({"a.yaml": config_map("a")}), {})
    assert seen == [(Status.PENDING_INSTALL, True, "Initial install underway")]
    assert env.storage.last("web").owner == ""


def test_what_is_stored_is_what_is_returned(env):
    chart = make_chart({"a.yaml": config_map("a")})
    release = install(env, "web", chart, {"text": "two"}, InstallOptions(labels={"team": "x"}, description="first"))
    assert env.storage.last("web").release() == release
    assert (release.labels, release.info.description, release.config) == ({"team": "x"}, "first", {"text": "two"})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("", 'release name check failed: release name "": no name provided', id="empty"),
        pytest.param(
            "Web",
            'release name check failed: release name "Web": invalid release name, must match regex '
            r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ "
            "and the length must not be longer than 53",
            id="capital",
        ),
    ],
)
def test_illegal_names(env, name, message):
    with pytest.raises(ReleaseNameError) as caught:
        install(env, name, make_chart(), {})
    assert str(caught.value) == message


def test_a_name_is_used_once(env, revisions):
    install(env, "web", make_chart(), {})
    with pytest.raises(ReleaseNameInUseError) as caught:
        install(env, "web", make_chart(), {})
    assert str(caught.value) == "release name check failed: cannot reuse a name that is still in use"
    assert revisions() == ["1 deployed"]


def test_an_uninstalled_name_can_be_replaced(env, revisions):
    install(env, "web", make_chart(), {})
    uninstall(env, "web", UninstallOptions(keep_history=True))
    with pytest.raises(ReleaseNameInUseError, match="still in use"):
        install(env, "web", make_chart(), {})
    install(env, "web", make_chart(), {}, InstallOptions(replace=True))
    assert revisions() == ["1 superseded", "2 deployed"]


@pytest.mark.parametrize("dry_run", [DryRun.CLIENT, DryRun.SERVER])
def test_dry_runs_change_nothing(env, cluster, dry_run):
    before = cluster.info().revision
    chart = make_chart({"a.yaml": config_map("a"), "h.yaml": hook("h", "pre-install")})
    options = InstallOptions(dry_run=dry_run, create_namespace=True)
    release = install(env, "web", chart, {}, options)
    assert (release.info.status, release.info.description) == (Status.PENDING_INSTALL, "Dry run complete")
    assert "kind: ConfigMap" in release.manifest
    assert cluster.info().revision == before
    with pytest.raises(ReleaseNotFoundError):
        env.storage.last("web")


def test_secrets_are_hidden_in_dry_runs_only(env):
    chart = make_chart({"s.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hush}\n"})
    release = install(env, "web", chart, {}, InstallOptions(dry_run=DryRun.SERVER, hide_secret=True))
    assert "hush" not in release.manifest
    assert "# HIDDEN: The Secret output has been suppressed" in release.manifest
    with pytest.raises(UsageError, match="hiding Kubernetes secrets requires a dry-run mode"):
        install(env, "web", chart, {}, InstallOptions(hide_secret=True))


def test_namespaces_are_made_when_asked_for(env, find):
    env.namespace = "shop"
    env.storage.driver._namespace = "shop"
    chart = make_chart({"a.yaml": config_map("a")})
    with pytest.raises(ReleaseStorageError, match=r'^create: failed to create: namespaces "shop" not found$'):
        install(env, "web", chart, {})
    release = install(env, "web", chart, {}, InstallOptions(create_namespace=True))
    assert release.namespace == "shop"
    assert find("namespace", "shop")["metadata"]["labels"]["name"] == "shop"
    assert find("configmap", "a", "shop") is not None
    uninstall(env, "web")
    install(env, "web", chart, {}, InstallOptions(create_namespace=True))


def make_foreign(cluster, name="a", **metadata):
    config_maps = cluster.client.catalog.for_kind("v1", "ConfigMap")
    obj = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": "default", **metadata}}
    cluster.client.create(config_maps, obj, options=WriteOptions(field_manager="somebody"))


def test_foreign_objects_are_left_alone(env, cluster, find):
    make_foreign(cluster, labels={"app.kubernetes.io/managed-by": "me"})
    with pytest.raises(OwnershipError) as caught:
        install(env, "web", make_chart({"a.yaml": config_map("a")}), {})
    assert str(caught.value) == (
        'unable to continue with install: ConfigMap "a" in namespace "default" exists and cannot be imported into the '
        "current release: invalid ownership metadata; "
        'label validation error: key "app.kubernetes.io/managed-by" must equal "Helm": current value is "me"; '
        'annotation validation error: missing key "meta.helm.sh/release-name": must be set to "web"; '
        'annotation validation error: missing key "meta.helm.sh/release-namespace": must be set to "default"'
    )
    assert "data" not in find("configmap", "a")
    with pytest.raises(ReleaseNotFoundError):
        env.storage.last("web")


def test_objects_that_say_they_are_ours_are_adopted(env, cluster, told, find):
    make_foreign(
        cluster,
        labels={"app.kubernetes.io/managed-by": "Helm"},
        annotations={"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "default"},
    )
    install(env, "web", make_chart({"a.yaml": config_map("a")}), {})
    assert told.changes == ["configured ConfigMap/a"]
    assert find("configmap", "a")["data"] == {"text": "one"}


@pytest.mark.parametrize("server_side", [True, False])
def test_ownership_can_be_taken(env, cluster, find, server_side):
    make_foreign(cluster)
    options = InstallOptions(take_ownership=True, server_side=server_side)
    install(env, "web", make_chart({"a.yaml": config_map("a")}), {}, options)
    live = find("configmap", "a")
    assert live["data"] == {"text": "one"}
    assert live["metadata"]["annotations"]["meta.helm.sh/release-name"] == "web"


def test_client_side_apply(env, find):
    release = install(env, "web", make_chart({"a.yaml": config_map("a")}), {}, InstallOptions(server_side=False))
    assert release.apply_method == "csa"
    (entry,) = find("configmap", "a")["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("helm", "Update")


def test_waiting_lets_pods_start(env, find):
    install(env, "web", make_chart({"a.yaml": DEPLOYMENT}), {"replicas": 2.0}, WAIT)
    assert find("deployment", "web")["status"]["availableReplicas"] == 2


def test_not_waiting_takes_no_time(env, cluster):
    before = cluster.client.now()
    install(env, "web", make_chart({"a.yaml": DEPLOYMENT}), {})
    assert cluster.client.now() == before


def test_what_does_not_get_ready_fails_the_release(env, cluster, revisions):
    cluster.images.deny("nginx")
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"a.yaml": DEPLOYMENT}), {}, WAIT)
    error = caught.value
    assert isinstance(error.cause, NotReadyError)
    assert (error.verb, error.revision, error.stage) == ("install", 1, "")
    assert str(error).endswith("context deadline exceeded")
    assert any("ImagePull" in line for line in error.cause.pending[0].culprits)
    assert revisions() == ["1 failed"]
    description = env.storage.last("web").release().info.description
    assert description == f'Release "web" failed: {error}'


def test_a_failed_installation_can_be_undone_at_once(env, cluster, find):
    cluster.images.deny("nginx")
    options = InstallOptions(rollback_on_failure=True, timeout=60)
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"a.yaml": DEPLOYMENT}), {}, options)
    start = "release web failed, and has been uninstalled due to rollback-on-failure being set: "
    assert str(caught.value) == f"{start}{caught.value.cause}"
    assert find("deployment", "web") is None
    with pytest.raises(ReleaseNotFoundError):
        env.storage.last("web")


def test_one_refused_object_does_not_stop_the_others(env, find, revisions):
    bad = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: UPPER}\n"
    with pytest.raises(ReleaseFailedError) as caught:
        install(env, "web", make_chart({"a.yaml": bad, "b.yaml": config_map("b")}), {})
    cause = caught.value.cause
    assert isinstance(cause, ApplyError)
    assert [(failure.kind, failure.name) for failure in cause.failures] == [("ConfigMap", "UPPER")]
    assert str(cause).startswith("server-side apply failed for object default/UPPER /v1, Kind=ConfigMap: ConfigMap ")
    assert find("configmap", "b") is not None
    assert revisions() == ["1 failed"]


def test_unknown_fields_are_refused(env):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndat: {}\n"
    with pytest.raises(ReleaseFailedError, match=r"strict decoding error: unknown field|field not declared in schema"):
        install(env, "web", make_chart({"a.yaml": text}), {})


JSON = 'unable to decode "": json: cannot unmarshal'
NO_WIDGET = (
    'resource mapping not found for name: "w" namespace: "" from "": '
    'no matches for kind "Widget" in version "example.test/v1"\nensure CRDs are installed first'
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n", NO_WIDGET, id="unknown-kind"),
        pytest.param(
            "name: nothing\n",
            'error validating "": error validating data: [apiVersion not set, kind not set]',
            id="no-kind",
        ),
        pytest.param(
            "kind: ConfigMap\n", 'error validating "": error validating data: apiVersion not set', id="no-version"
        ),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems: [{kind: ConfigMap}]\n",
            'error validating "": error validating data: apiVersion not set',
            id="item-without-version",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aa, labels: {a: b, n: 1}}\n",
            f"{JSON} number into Go struct field ObjectMeta.metadata.labels of type string",
            id="label",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aa, labels: [a]}\n",
            f"{JSON} array into Go struct field ObjectMeta.metadata.labels of type map[string]string",
            id="labels",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\n",
            f"{JSON} bool into Go struct field ObjectMeta.metadata.name of type string",
            id="name",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aa, finalizers: x}\n",
            f"{JSON} string into Go struct field ObjectMeta.metadata.finalizers of type []string",
            id="finalizers",
        ),
        pytest.param(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aa, generation: x}\n",
            f"{JSON} string into Go struct field ObjectMeta.metadata.generation of type int64",
            id="generation",
        ),
    ],
)
def test_what_is_no_object_of_the_cluster_stops_before_anything_happens(env, cluster, text, reason):
    before = cluster.info().revision
    with pytest.raises(BuildError) as caught:
        install(env, "web", make_chart({"a.yaml": text, "b.yaml": config_map("b")}), {})
    assert str(caught.value) == f"unable to build kubernetes objects from release manifest: {reason}"
    assert caught.value.hint.startswith("look at what ")
    assert "/templates/a.yaml" in caught.value.hint
    assert "b.yaml" not in caught.value.hint
    assert cluster.info().revision == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(
            "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n---\nq: <a>\n",
            f'[unable to decode "": Object \'Kind\' is missing in \'{{"q":"\\u003ca\\u003e"}}\', {NO_WIDGET}]',
            id="two",
        ),
        pytest.param(
            "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n" * 2, NO_WIDGET, id="the-same-twice"
        ),
        pytest.param(
            "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1}]\n",
            'unable to get type info from the object "*unstructured.Unstructured": '
            "Object 'Kind' is missing in 'object has no kind field '",
            id="item",
        ),
    ],
)
def test_without_validation_every_reason_is_told(env, text, reason):
    text = text.replace("metadata: {name: w}\napi", "metadata: {name: w}\n---\napi")
    with pytest.raises(BuildError) as caught:
        install(env, "web", make_chart({"a.yaml": text}), {}, InstallOptions(disable_openapi_validation=True))
    assert str(caught.value) == f"unable to build kubernetes objects from release manifest: {reason}"


def test_null_labels_are_empty(env, find):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aa, labels: {a: null}, annotations: null}\n"
    install(env, "web", make_chart({"a.yaml": text}), {})
    assert find("configmap", "aa")["metadata"]["labels"] == {"a": "", "app.kubernetes.io/managed-by": "Helm"}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param(
            "{name: aa, generateName: b}",
            "unable to continue with install: metadata.name and metadata.generateName cannot both be set",
            id="two-names",
        ),
        pytest.param(
            "{}",
            'unable to continue with install: could not get information about the resource ConfigMap "" in namespace '
            '"default": resource name may not be empty',
            id="no-name",
        ),
    ],
)
def test_names_of_objects(env, name, message):
    with pytest.raises(PyhelmError) as caught:
        install(env, "web", make_chart({"a.yaml": f"apiVersion: v1\nkind: ConfigMap\nmetadata: {name}\n"}), {})
    assert str(caught.value) == message


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.test
spec:
  group: example.test
  scope: Namespaced
  names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
"""
WIDGET = "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\nspec: {size: 3}\n"


def test_definitions_come_first_and_stay(env, told, find):
    api = '{{ .Capabilities.APIVersions.Has "example.test/v1/Widget" }}'
    chart = make_chart({"w.yaml": f"{WIDGET}# {api}\n"}, files={"crds/widget.yaml": CRD})
    release = install(env, "web", chart, {})
    assert told.changes == ["created CustomResourceDefinition/widgets.example.test", "created Widget/w"]
    assert "# true" in release.manifest
    assert find("widgets", "w")["spec"] == {"size": 3}
    uninstall(env, "web")
    assert find("widgets", "w") is None
    assert find("crd", "widgets.example.test") is not None


def test_definitions_can_be_skipped(env):
    chart = make_chart({"w.yaml": WIDGET}, files={"crds/widget.yaml": CRD})
    with pytest.raises(BuildError, match="ensure CRDs are installed first"):
        install(env, "web", chart, {}, InstallOptions(skip_crds=True))


def test_definitions_without_objects_are_refused(env):
    with pytest.raises(BuildError, match=r"^failed to install CRD crds/a\.yaml: resources are empty$"):
        install(env, "web", make_chart({}, files={"crds/a.yaml": "# nothing\n"}), {})


def test_lists_are_taken_apart_and_namespaces_filled_in(env, told, find):
    text = (
        "apiVersion: v1\nkind: List\nitems:\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
        "  - {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: kube-system}}\n"
        "---\napiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: c}}]\n"
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: nn, namespace: nonsense}\n"
    )
    install(env, "web", make_chart({"a.yaml": text}), {})
    assert told.changes[0] == "created Namespace/nn"
    assert sorted(told.changes[1:]) == ["created ConfigMap/a", "created ConfigMap/b", "created ConfigMap/c"]
    assert find("configmap", "b", "kube-system") is not None


def test_names_can_be_generated_by_the_cluster(env, cluster):
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a-}\n"
    install(env, "web", make_chart({"a.yaml": text}), {})
    found = cluster.client.list(cluster.client.catalog.for_kind("v1", "ConfigMap"), "default").items
    assert any(item["metadata"]["name"].startswith("a-") for item in found)


def test_lookup_reads_the_cluster(env):
    text = (
        '# {{ (lookup "v1" "ConfigMap" "default" "seen").data.x }}'
        '{{ len (lookup "v1" "ConfigMap" "default" "unseen") }}'
        '{{ (lookup "v1" "Namespace" "" "default").metadata.name }}'
        '{{ (lookup "v1" "Namespace" "" "").kind }}\n'
    )
    install(
        env,
        "seen",
        make_chart({"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: seen}\ndata: {x: why}"}),
        {},
    )
    release = install(env, "web", make_chart({"a.yaml": text}), {}, InstallOptions(dry_run=DryRun.SERVER))
    assert release.manifest.splitlines()[2] == "# why0defaultNamespaceList"


def test_capabilities_are_the_clusters(env, cluster):
    text = '# {{ .Capabilities.KubeVersion }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}\n'
    release = install(env, "web", make_chart({"a.yaml": text}), {}, InstallOptions(dry_run=DryRun.SERVER))
    assert release.manifest.splitlines()[2] == f"# {cluster.client.version()['gitVersion']} true"


@pytest.mark.parametrize(
    ("chart", "error", "message"),
    [
        pytest.param(
            make_chart(type="library"), NotInstallableError, "library charts are not installable", id="library"
        ),
        pytest.param(
            make_chart(dependencies=[Dependency("db", "1.0.0")]),
            MissingDependenciesError,
            "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' "
            "to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: db",
            id="dependency",
        ),
        pytest.param(
            make_chart(kube_version=">=2.0.0"),
            IncompatibleKubeVersionError,
            None,
            id="kube-version",
        ),
        pytest.param(make_chart({"a.yaml": '{{ fail "no" }}'}), TemplateError, None, id="template"),
    ],
)
def test_charts_that_cannot_be_installed(env, cluster, chart, error, message):
    before = cluster.info().revision
    with pytest.raises(error) as caught:
        install(env, "web", chart, {})
    assert message is None or str(caught.value) == message
    assert cluster.info().revision == before


def test_values_are_checked_first(env):
    chart = make_chart({"a.yaml": '{{ fail "no" }}'}, kube_version=">=2.0.0")
    chart.schema = b'{"properties": {"text": {"type": "integer"}}}'
    with pytest.raises(SchemaError):
        install(env, "web", chart, {})


def test_the_drivers_labels_cannot_be_given(env):
    with pytest.raises(UsageError) as caught:
        install(env, "web", make_chart(), {}, InstallOptions(labels={"owner": "me"}))
    assert str(caught.value) == (
        "user supplied labels contains system reserved label name. "
        "System labels: [name owner status version createdAt modifiedAt]"
    )


def test_an_interrupt_leaves_a_failed_release(env, revisions):
    def interrupt(event):
        if isinstance(event, progress.ObjectChanged):
            raise KeyboardInterrupt

    env.listener = interrupt
    with pytest.raises(KeyboardInterrupt):
        install(env, "web", make_chart({"a.yaml": config_map("a")}), {})
    assert revisions() == ["1 failed"]


def test_charts_and_values_are_not_changed(env):
    chart = make_chart({"a.yaml": config_map("a")})
    values = {"nested": {"a": 1.0}}
    install(env, "web", chart, values)
    assert chart == make_chart({"a.yaml": config_map("a")})
    assert values == {"nested": {"a": 1.0}}
