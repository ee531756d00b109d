"""Label selectors of objects (metav1.LabelSelector), as controllers use them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pyhelm.kube.objects import Object


def is_empty(selector: Object | None) -> bool:
    """Tell whether a selector sets no condition (and so would match everything)."""
    return not selector or not (selector.get("matchLabels") or selector.get("matchExpressions"))


def matches(selector: Object | None, labels: Mapping[str, str]) -> bool:
    """Tell whether ``labels`` meet a selector; an absent selector matches nothing (LabelSelectorAsSelector)."""
    if selector is None:
        return False
    for name, value in (selector.get("matchLabels") or {}).items():
        if labels.get(name) != value:
            return False
    return all(_holds(expression, labels) for expression in selector.get("matchExpressions") or ())


def _holds(expression: dict[str, Any], labels: Mapping[str, str]) -> bool:
    name, values = expression.get("key", ""), expression.get("values") or ()
    match expression.get("operator"):
        case "In":
            return name in labels and labels[name] in values
        case "NotIn":
            return labels.get(name) not in values
        case "Exists":
            return name in labels
        case "DoesNotExist":
            return name not in labels
    return False
