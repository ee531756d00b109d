"""Roles and their bindings (pkg/apis/rbac)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, invalid, not_supported, required
from pyhelm.cluster.admission.strategy import Strategy
from pyhelm.kube.names import dns_subdomain_errors, path_segment_errors

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object

_GROUP = "rbac.authorization.k8s.io"
_SUBJECTS = ("ServiceAccount", "User", "Group")


def _default_binding(obj: Object) -> None:
    reference = obj.setdefault("roleRef", {})
    if not reference.get("apiGroup"):
        reference["apiGroup"] = _GROUP
    for subject in obj.get("subjects") or ():
        if not subject.get("apiGroup") and subject.get("kind") in {"User", "Group"}:
            subject["apiGroup"] = _GROUP


def _default_role(obj: Object) -> None:
    # A role without rules shows that it has none.
    obj.setdefault("rules", None)


def _validate_rules(obj: Object, *, namespaced: bool) -> Errors:
    errors: Errors = []
    for position, rule in enumerate(obj.get("rules") or ()):
        path = f"rules[{position}]"
        if not rule.get("verbs"):
            errors.append(required(f"{path}.verbs", "verbs must contain at least one value"))
        urls = rule.get("nonResourceURLs")
        if urls:
            if namespaced:
                errors.append(
                    invalid(f"{path}.nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs")
                )
            if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
                errors.append(
                    invalid(
                        f"{path}.nonResourceURLs",
                        urls,
                        "rules cannot apply to both regular resources and non-resource URLs",
                    )
                )
            continue
        if not rule.get("apiGroups"):
            errors.append(required(f"{path}.apiGroups", "resource rules must supply at least one api group"))
        if not rule.get("resources"):
            errors.append(required(f"{path}.resources", "resource rules must supply at least one resource"))
    return errors


def _validate_binding(obj: Object, *, namespaced: bool) -> Errors:
    reference = obj.get("roleRef") or {}
    errors: Errors = []
    if reference.get("apiGroup") != _GROUP:
        errors.append(not_supported("roleRef.apiGroup", reference.get("apiGroup"), (_GROUP,)))
    kinds = ("Role", "ClusterRole") if namespaced else ("ClusterRole",)
    if reference.get("kind") not in kinds:
        errors.append(not_supported("roleRef.kind", reference.get("kind") or "", kinds))
    name = reference.get("name")
    if not name:
        errors.append(required("roleRef.name"))
    else:
        errors += [invalid("roleRef.name", name, wrong) for wrong in path_segment_errors(name)]
    for position, subject in enumerate(obj.get("subjects") or ()):
        errors += _subject(subject, f"subjects[{position}]", namespaced=namespaced)
    return errors


def _subject(subject: Object, path: str, *, namespaced: bool) -> Errors:
    errors: Errors = []
    name, kind, group = subject.get("name"), subject.get("kind") or "", subject.get("apiGroup") or ""
    if not name:
        errors.append(required(f"{path}.name"))
    if kind == "ServiceAccount":
        if name:
            errors += [invalid(f"{path}.name", name, wrong) for wrong in dns_subdomain_errors(name)]
        if group:
            errors.append(not_supported(f"{path}.apiGroup", group, ("",)))
        if not namespaced and not subject.get("namespace"):
            errors.append(required(f"{path}.namespace"))
    elif kind in {"User", "Group"}:
        if group != _GROUP:
            errors.append(not_supported(f"{path}.apiGroup", group, (_GROUP,)))
    else:
        errors.append(not_supported(f"{path}.kind", kind, _SUBJECTS))
    return errors


def _update_binding(new: Object, old: Object, *, namespaced: bool) -> Errors:
    errors = _validate_binding(new, namespaced=namespaced)
    if new.get("roleRef") != old.get("roleRef"):
        errors.append(invalid("roleRef", new.get("roleRef"), "cannot change roleRef"))
    return errors


def _role(*, namespaced: bool) -> Strategy:
    return Strategy(
        default=_default_role,
        validate=lambda obj: _validate_rules(obj, namespaced=namespaced),
        validate_update=lambda new, _: _validate_rules(new, namespaced=namespaced),
        check_name=path_segment_errors,
    )


def _binding(*, namespaced: bool) -> Strategy:
    return Strategy(
        default=_default_binding,
        validate=lambda obj: _validate_binding(obj, namespaced=namespaced),
        validate_update=lambda new, old: _update_binding(new, old, namespaced=namespaced),
        check_name=path_segment_errors,
    )


STRATEGIES = {
    "Role": _role(namespaced=True),
    "ClusterRole": _role(namespaced=False),
    "RoleBinding": _binding(namespaced=True),
    "ClusterRoleBinding": _binding(namespaced=False),
}
