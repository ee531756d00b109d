"""Descriptions of roles and their bindings."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from pyhelm.cli.kube.description.writer import go_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object


class _Rule(NamedTuple):
    """A rule about one resource (or one URL) and, where it is that narrow, one name."""

    group: str = ""
    resource: str = ""
    name: str = ""
    url: str = ""


def describe_role(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a Role or ClusterRole, its rules taken apart and put together by resource."""
    writer.head(obj, namespaced=False)
    writer.line(0, "PolicyRule:")
    writer.line(1, "Resources\tNon-Resource URLs\tResource Names\tVerbs")
    writer.line(1, "---------\t-----------------\t--------------\t-----")
    for rule, verbs in sorted(_compacted(obj.get("rules") or ()), key=lambda entry: _go_text(*entry)):
        cells = (
            _qualified(rule),
            go_list([rule.url] if rule.url else ()),
            go_list([rule.name] if rule.name else ()),
            go_list(verbs),
        )
        writer.line(1, "\t".join(cells))


def _compacted(rules: Sequence[Object]) -> list[tuple[_Rule, list[str]]]:
    held: dict[_Rule, list[str]] = {}
    urls: list[tuple[_Rule, list[str]]] = []
    for rule, verb in (entry for item in rules for entry in _broken_down(item)):
        if rule.url:
            urls.append((rule, [verb]))
        elif verb not in held.setdefault(rule, []):
            held[rule].append(verb)
    return [*urls, *held.items()]


def _broken_down(rule: Object) -> Iterator[tuple[_Rule, str]]:
    verbs, names = rule.get("verbs") or (), rule.get("resourceNames") or ("",)
    groups, resources = rule.get("apiGroups") or (), rule.get("resources") or ()
    for group, resource, verb, name in product(groups, resources, verbs, names):
        yield _Rule(group, resource, name), verb
    for url, verb in product(rule.get("nonResourceURLs") or (), verbs):
        yield _Rule(url=url), verb


def _go_text(rule: _Rule, verbs: Sequence[str]) -> str:
    """Return what rules are sorted by: how Go prints the structure."""
    groups, resources = ("[]", "[]") if rule.url else (f"[{rule.group}]", f"[{rule.resource}]")
    return (
        f"&PolicyRule{{Verbs:{go_list(verbs)},APIGroups:{groups},Resources:{resources},"
        f"ResourceNames:[{rule.name}],NonResourceURLs:[{rule.url}],}}"
    )


def _qualified(rule: _Rule) -> str:
    resource, slash, subresource = rule.resource.partition("/")
    return f"{resource}.{rule.group}{slash}{subresource}" if rule.group else rule.resource


def describe_binding(writer: Writer, obj: Object, _client: Client) -> None:
    """Write a RoleBinding or ClusterRoleBinding."""
    role = obj.get("roleRef") or {}
    writer.head(obj, namespaced=False)
    writer.line(0, "Role:")
    writer.facts(1, [("Kind", role.get("kind", "")), ("Name", role.get("name", ""))])
    writer.line(0, "Subjects:")
    writer.line(1, "Kind\tName\tNamespace")
    writer.line(1, "----\t----\t---------")
    for subject in obj.get("subjects") or ():
        writer.line(1, f"{subject.get('kind', '')}\t{subject.get('name', '')}\t{subject.get('namespace', '')}")
