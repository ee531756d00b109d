"""Documents, hooks and their order. Expected messages and orders are what Helm 4.3.1 printed for these inputs."""

import random

import pytest

from pyhelm.errors import ManifestError
from pyhelm.release import manifests
from pyhelm.release.manifests import INSTALL_ORDER, UNINSTALL_ORDER, sort_manifests, split_documents, take_notes
from pyhelm.release.record import HookEvent

METADATA = 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }'
JSON = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal"


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \n\n", [], id="space"),
        pytest.param("a: 1\n", ["a: 1\n"], id="one"),
        pytest.param("---\na: 1\n---\nb: 2", ["a: 1\n", "b: 2"], id="two"),
        pytest.param("\n\n---\na: 1\n---\n  \n---\n", ["a: 1\n"], id="empty-ones-between"),
        pytest.param("a: b\n---foo: bar\n", ["a: b\n", "foo: bar\n"], id="glued-separator"),
        pytest.param("a: 1\n--- # why\nb: 2\n", ["a: 1\n", "# why\nb: 2\n"], id="comment-behind-separator"),
        pytest.param("a: |\n  ---\n  b\n", ["a: |\n  ---\n  b\n"], id="indented-is-text"),
        pytest.param("---\r\na: 1\r\n---\r\nb: 2\r\n", ["a: 1\r\n", "b: 2\r\n"], id="crlf"),
        pytest.param("\u00a0---\na: 1", ["a: 1"], id="go-trims-unicode-space"),
        pytest.param("# only this\n", ["# only this\n"], id="comment-alone"),
    ],
)
def test_split(text, documents):
    assert split_documents(text) == documents


def kinds_after_sorting(kinds, order):
    files = {f"c/templates/{place:03}.yaml": f"kind: {kind}\n" for place, kind in enumerate(kinds)}
    return [manifest.head.kind for manifest in sort_manifests(files, order).manifests]


@pytest.mark.parametrize(
    "order", [pytest.param(INSTALL_ORDER, id="install"), pytest.param(UNINSTALL_ORDER, id="uninstall")]
)
def test_kinds_come_in_order_and_unknown_ones_last_by_name(order):
    kinds = [*order, "Zebra", "Apple"]
    random.Random(7).shuffle(kinds)
    assert kinds_after_sorting(kinds, order) == [*order, "Apple", "Zebra"]


def test_the_two_orders_hold_the_same_kinds():
    assert sorted(INSTALL_ORDER) == sorted(UNINSTALL_ORDER)


def test_within_a_kind_paths_and_places_decide():
    files = {
        "c/templates/b.yaml": "kind: A\nmetadata: {name: 3}\n---\nkind: A\nmetadata: {name: 1}\n",
        "c/templates/a.yaml": "kind: A\nmetadata: {name: 2}\n",
    }
    assert [manifest.head.name for manifest in sort_manifests(files).manifests] == ["2", "3", "1"]


def test_partials_and_empty_files_are_left_out():
    files = {"c/templates/_a.tpl": "kind: A", "c/templates/b.yaml": " \n", "c/templates/c.yaml": "# nothing\n"}
    result = sort_manifests(files)
    assert [(manifest.path, manifest.content) for manifest in result.manifests] == [
        ("c/templates/c.yaml", "# nothing\n")
    ]
    assert manifests.join_manifests(result.manifests) == "---\n# Source: c/templates/c.yaml\n# nothing\n\n"


def test_a_hook_is_taken_out():
    text = (
        "kind: Job\nmetadata:\n  name: 1.0\n  annotations:\n"
        '    helm.sh/hook: "pre-install, Post-Install,test-success"\n    helm.sh/hook-weight: "-5"\n'
        "    helm.sh/hook-delete-policy: hook-succeeded, before-hook-creation\n"
        "    helm.sh/hook-output-log-policy: hook-failed\n"
    )
    result = sort_manifests({"c/templates/h.yaml": text})
    assert result.manifests == []
    (hook,) = result.hooks
    assert (hook.name, hook.kind, hook.path, hook.manifest, hook.weight) == ("1", "Job", "c/templates/h.yaml", text, -5)
    assert hook.events == [HookEvent.PRE_INSTALL, HookEvent.POST_INSTALL, HookEvent.TEST]
    assert hook.delete_policies == ["hook-succeeded", "before-hook-creation"]
    assert hook.output_log_policies == ["hook-failed"]


@pytest.mark.parametrize(
    ("weight", "number"),
    [("5", 5), ("+3", 3), ("-2", -2), ("5.5", 0), ("x", 0), ("", 0), ("1_0", 0), (" 1", 0), ("٣", 0)],
)
def test_hook_weights_are_go_integers(weight, number):
    text = f'kind: A\nmetadata: {{annotations: {{helm.sh/hook: test, helm.sh/hook-weight: "{weight}"}}}}'
    assert sort_manifests({"a": text}).hooks[0].weight == number


@pytest.mark.parametrize("marks", ["pre-install,foo", "", "crd-install", "pre-install,"])
def test_unknown_hooks_are_skipped_whole(marks):
    text = f'kind: A\nmetadata:\n  annotations:\n    helm.sh/hook: "{marks}"\n'
    result = sort_manifests({"a.yaml": text})
    assert (result.hooks, result.manifests, result.skipped) == ([], [], [("a.yaml", marks)])


def test_keys_in_any_case_count_as_in_go():
    text = "KIND: A\nMetadata:\n  Annotations:\n    helm.sh/hook: pre-install\n"
    assert [hook.kind for hook in sort_manifests({"a": text}).hooks] == ["A"]


def test_scalars_become_text():
    text = "kind: true\nmetadata:\n  name: 7\n  annotations: {a: true, b: 1.5, c: null}\n"
    head = sort_manifests({"a": text}).manifests[0].head
    assert (head.kind, head.name) == ("true", "7")
    assert head.annotations == {"a": "true", "b": "1.5", "c": ""}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("just text\n", f"{JSON} string into Go value of type util.SimpleHead", id="text"),
        pytest.param("- a\n", f"{JSON} array into Go value of type util.SimpleHead", id="list"),
        pytest.param("3\n", f"{JSON} number into Go value of type util.SimpleHead", id="number"),
        pytest.param("true\n", f"{JSON} bool into Go value of type util.SimpleHead", id="bool"),
        pytest.param("kind: [A]\n", f"{JSON} array into Go struct field .kind of type string", id="kind"),
        pytest.param(
            "apiVersion: {}\n", f"{JSON} object into Go struct field .apiVersion of type string", id="version"
        ),
        pytest.param(
            "metadata: foo\n", f"{JSON} string into Go struct field .metadata of type {METADATA}", id="metadata"
        ),
        pytest.param(
            "metadata: {name: [a]}\n", f"{JSON} array into Go struct field .metadata.name of type string", id="name"
        ),
        pytest.param(
            "metadata: {annotations: [a]}\n",
            f"{JSON} array into Go struct field .metadata.annotations of type map[string]string",
            id="annotations",
        ),
        pytest.param(
            "metadata: {annotations: {x: {a: b}}}\n",
            f"{JSON} object into Go struct field .metadata.annotations.x of type string",
            id="annotation",
        ),
        pytest.param(
            "a: b: c\n",
            "error converting YAML to JSON: yaml: mapping values are not allowed in this context",
            id="yaml",
        ),
        pytest.param(
            "a: b\n\tc: d\n",
            "error converting YAML to JSON: yaml: line 2: found a tab character that violates indentation",
            id="tab",
        ),
    ],
)
def test_what_is_no_object_is_refused_by_file(text, reason):
    with pytest.raises(ManifestError) as caught:
        sort_manifests({"c/templates/a.yaml": f"kind: A\n---\n{text}"})
    assert str(caught.value) == f"YAML parse error on c/templates/a.yaml: {reason}"


def test_secrets_can_be_hidden():
    text = "apiVersion: v1\nkind: Secret\ndata: {}\n---\napiVersion: v2\nkind: Secret\n"
    result = sort_manifests({"s.yaml": text})
    assert manifests.join_manifests(result.manifests, hide_secrets=True) == (
        "---\n# Source: s.yaml\n# HIDDEN: The Secret output has been suppressed\n"
        "---\n# Source: s.yaml\napiVersion: v2\nkind: Secret\n\n"
    )


FILES = {
    "c/templates/a.yaml": "kind: A",
    "c/templates/NOTES.txt": "own\n",
    "c/charts/s/templates/NOTES.txt": "sub",
    "c/templates/MYNOTES.txt": "mine",
}


@pytest.mark.parametrize(
    ("sub_notes", "notes"), [pytest.param(False, "own\n", id="own"), pytest.param(True, "sub\nmine\nown\n", id="all")]
)
def test_notes(sub_notes, notes):
    assert take_notes(FILES, "c", sub_notes=sub_notes) == ({"c/templates/a.yaml": "kind: A"}, notes)


def test_a_stored_manifest_is_sorted_for_removal():
    hook = "kind: A\nmetadata: {annotations: {helm.sh/hook: test}}\n"
    text = f"---\n# Source: a\nkind: ConfigMap\n---\nkind: Deployment\n---\n{hook}"
    assert [manifest.head.kind for manifest in manifests.sort_stored(text)] == ["Deployment", "ConfigMap"]


def test_a_stored_manifests_documents_are_named_in_the_order_of_text():
    text = "".join(f"---\nkind: ConfigMap\nmetadata: {{name: n{number}}}\n" for number in range(12))
    names = [manifest.head.name for manifest in manifests.sort_stored(text)]
    assert names == ["n0", "n1", "n10", "n11", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"]
