"""Which resource a name, a kind or a manifest means."""

from __future__ import annotations

import pytest

from pyhelm.errors import NotFoundError
from pyhelm.kube.catalog import Catalog, resources_of_crd, version_rank


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog()


def crd(
    plural: str = "widgets", group: str = "example.test", versions: tuple[str, ...] = ("v1",), **names: object
) -> dict:
    return {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": "Widget", "plural": plural, **names},
            "versions": [{"name": name, "served": True, "subresources": {"status": {}}} for name in versions],
        },
    }


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("pods", "v1 pods", id="plural"),
        pytest.param("pod", "v1 pods", id="singular"),
        pytest.param("po", "v1 pods", id="short"),
        pytest.param("Pod", "v1 pods", id="kind"),
        pytest.param("POD", "v1 pods", id="any-case"),
        pytest.param("endpoints", "v1 endpoints", id="plural-is-singular"),
        pytest.param("deployments.apps", "apps/v1 deployments", id="group"),
        pytest.param("deployments.app", "apps/v1 deployments", id="group-prefix"),
        pytest.param("roles.rbac", "rbac.authorization.k8s.io/v1 roles", id="long-group-prefix"),
        pytest.param("deploy.apps", "apps/v1 deployments", id="short-and-group"),
        pytest.param("deployments.v1.apps", "apps/v1 deployments", id="version-and-group"),
        pytest.param("Deployment.v1.apps", "apps/v1 deployments", id="kind-version-group"),
        pytest.param("pods.v1.", "v1 pods", id="core-version"),
        pytest.param("hpa", "autoscaling/v2 horizontalpodautoscalers", id="preferred-version"),
        pytest.param("horizontalpodautoscalers.v1.autoscaling", "autoscaling/v1 horizontalpodautoscalers", id="older"),
        pytest.param("events", "v1 events", id="core-group-first"),
        pytest.param("ev", "v1 events", id="shared-short-name"),
        pytest.param("events.events.k8s.io", "events.k8s.io/v1 events", id="same-plural-elsewhere"),
        pytest.param("crds", "apiextensions.k8s.io/v1 customresourcedefinitions", id="second-short-name"),
    ],
)
def test_find(catalog: Catalog, name: str, found: str) -> None:
    resource = catalog.find(name)
    assert f"{resource.api_version} {resource.plural}" == found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("foo", "foo", id="unknown"),
        pytest.param("foo.apps", "foo", id="unknown-with-group"),
        pytest.param("Deploy", "Deploy", id="short-names-keep-case"),
        pytest.param("deployments.v2.apps", "deployments", id="unserved-version"),
        pytest.param("pods.apps", "pods", id="wrong-group"),
        pytest.param("", "", id="empty"),
    ],
)
def test_find_nothing(catalog: Catalog, name: str, shown: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalog.find(name)
    assert str(caught.value) == f'the server doesn\'t have a resource type "{shown}"'


def test_all_category_is_what_kubectl_get_all_lists(catalog: Catalog) -> None:
    assert [resource.qualified for resource in catalog.find_category("all")] == [
        "pods",
        "replicationcontrollers",
        "services",
        "daemonsets.apps",
        "deployments.apps",
        "replicasets.apps",
        "statefulsets.apps",
        "horizontalpodautoscalers.autoscaling",
        "cronjobs.batch",
        "jobs.batch",
    ]


def test_for_kind(catalog: Catalog) -> None:
    resource = catalog.for_kind("apps/v1", "StatefulSet")
    assert (resource.plural, resource.namespaced, resource.subresources) == ("statefulsets", True, ("scale", "status"))
    with pytest.raises(NotFoundError) as caught:
        catalog.for_kind("apps/v1beta1", "StatefulSet")
    assert str(caught.value) == 'no matches for kind "StatefulSet" in version "apps/v1beta1"'


def test_for_object_words_it_as_helm_does(catalog: Catalog) -> None:
    with pytest.raises(NotFoundError) as caught:
        catalog.for_object({"apiVersion": "a.example/v1", "kind": "Foo", "metadata": {"name": "n", "namespace": "s"}})
    assert str(caught.value) == (
        'resource mapping not found for name: "n" namespace: "s" from "": '
        'no matches for kind "Foo" in version "a.example/v1"\nensure CRDs are installed first'
    )


def test_prereleases_only_when_asked_for(catalog: Catalog) -> None:
    assert not [resource for resource in catalog.all() if "alpha" in resource.version or "beta" in resource.version]
    assert Catalog(prerelease=True).get("resource.k8s.io/v1beta1", "ResourceClaim") is not None


def test_preferred_versions_come_first(catalog: Catalog) -> None:
    scalers = [resource.version for resource in catalog.all() if resource.kind == "HorizontalPodAutoscaler"]
    assert scalers == ["v2", "v1"]


def test_plurals_and_kinds_are_unique_within_a_version(catalog: Catalog) -> None:
    resources = list(Catalog(prerelease=True).all())
    assert len({(item.api_version, item.plural) for item in resources}) == len(resources)
    assert len({(item.api_version, item.kind) for item in resources}) == len(resources)


def test_custom_resources_come_and_go() -> None:
    catalog = Catalog()
    before = list(catalog.all())
    catalog.add_crd(crd(shortNames=["wd"], versions=("v1beta1", "v1", "v2alpha1")))
    widget = catalog.find("wd")
    assert widget == catalog.find("widgets.example.test") == catalog.for_kind("example.test/v1", "Widget")
    assert widget.version == "v1"
    assert widget.singular == "widget"
    assert catalog.is_custom(widget)
    assert catalog.find("widgets.v2alpha1.example.test").version == "v2alpha1"
    catalog.add_crd(crd(versions=("v2",)))
    assert catalog.find("widget").version == "v2"
    assert catalog.get("example.test/v1", "Widget") is None
    catalog.remove_crd("widgets.example.test")
    catalog.remove_crd("never.was")
    assert list(catalog.all()) == before


def test_built_in_resources_win_over_custom_ones() -> None:
    catalog = Catalog()
    catalog.add_crd(crd("ingresses", "a.example", kind="Ingress"))
    assert catalog.find("ingress").group == "networking.k8s.io"
    assert catalog.find("ingress.a.example").group == "a.example"


def test_unserved_versions_are_left_out() -> None:
    definition = crd(versions=("v1", "v2"))
    definition["spec"]["versions"][1]["served"] = False
    assert [resource.version for resource in resources_of_crd(definition)] == ["v1"]


def test_versions_are_ordered_as_kubernetes_orders_them() -> None:
    ordered = ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"]
    shuffled = ordered[5:] + ordered[:5]
    assert sorted(shuffled, key=version_rank) == ordered


def test_a_kind_that_is_no_text_is_unknown():
    for api_version, kind in (("v1", ["Pod"]), ({}, "Pod")):
        assert Catalog().get(api_version, kind) is None
        with pytest.raises(NotFoundError, match="no matches for kind"):
            Catalog().for_kind(api_version, kind)
