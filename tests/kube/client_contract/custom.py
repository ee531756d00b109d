"""Custom resources: served, checked, merged like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pyhelm.errors import InvalidError, UnsupportedMediaTypeError
from pyhelm.kube.client import PatchType

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object
    from tests.kube.client_contract.objects import Endpoint


def widget(**spec: Any) -> Object:
    """Return a Widget's manifest."""
    return {"apiVersion": "example.test/v1", "kind": "Widget", "metadata": {"name": "web"}, "spec": spec}


def test_custom_resources_are_served(widgets: Endpoint) -> None:
    made = widgets.create(widget(size=3, nope=1))
    assert made["spec"] == {"size": 3, "color": "red"}
    assert made["metadata"]["generation"] == 1
    assert widgets.client.catalog.find("wd") == widgets.resource
    assert widgets.names() == ["web"]


def test_custom_resources_are_validated(widgets: Endpoint) -> None:
    with pytest.raises(InvalidError) as caught:
        widgets.create(widget(size=99))
    assert str(caught.value) == (
        'Widget.example.test "web" is invalid: spec.size: Invalid value: 99: '
        "spec.size in body should be less than or equal to 10"
    )


def test_custom_resources_have_no_strategic_patch(widgets: Endpoint) -> None:
    widgets.create(widget(size=3))
    with pytest.raises(UnsupportedMediaTypeError):
        widgets.patch(PatchType.STRATEGIC, {"spec": {"size": 4}})


def test_custom_lists_merge_by_key(widgets: Endpoint) -> None:
    widgets.patch(PatchType.APPLY, widget(items=[{"name": "a", "value": "1"}]), field_manager="one")
    both = widgets.patch(PatchType.APPLY, widget(items=[{"name": "b", "value": "2"}]), field_manager="two")
    assert both["spec"]["items"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]


def test_custom_subresources(widgets: Endpoint) -> None:
    made = widgets.create({**widget(size=3), "status": {"size": 1}})
    assert "status" not in made
    widgets.patch(PatchType.MERGE, {"status": {"size": 2}}, subresource="status")
    assert widgets.get(subresource="scale")["spec"] == {"replicas": 3}
    widgets.patch(PatchType.MERGE, {"spec": {"replicas": 5}}, subresource="scale")
    assert widgets.get()["spec"]["size"] == 5
    assert widgets.get()["status"] == {"size": 2}
