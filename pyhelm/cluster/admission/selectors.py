"""Label selectors inside objects: are they well formed, and do they match (ValidateLabelSelector)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyhelm.cluster.admission.field import Errors, forbidden, invalid, required
from pyhelm.cluster.admission.metadata import validate_labels
from pyhelm.errors import BadRequestError
from pyhelm.kube.names import label_value_errors, qualified_name_errors
from pyhelm.kube.selectors import from_object

if TYPE_CHECKING:
    from pyhelm.kube.objects import Object


def selects(selector: Object | None, labels: dict[str, str]) -> bool | None:
    """Tell whether a selector matches labels; None when it is malformed. A missing one matches nothing."""
    if selector is not None and not selector.get("matchExpressions"):
        # The common case, without building a selector.
        return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())
    try:
        return from_object(selector).matches(labels)
    except BadRequestError:
        return None


def validate_selector(selector: Object, path: str) -> Errors:
    """Return what is wrong with a ``LabelSelector``."""
    errors = validate_labels(selector.get("matchLabels") or {}, f"{path}.matchLabels")
    for position, expression in enumerate(selector.get("matchExpressions") or ()):
        place = f"{path}.matchExpressions[{position}]"
        operator, values = expression.get("operator") or "", expression.get("values") or ()
        if operator in {"In", "NotIn"}:
            if not values:
                errors.append(required(f"{place}.values", "must be specified when `operator` is 'In' or 'NotIn'"))
        elif operator in {"Exists", "DoesNotExist"}:
            if values:
                errors.append(
                    forbidden(f"{place}.values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
                )
        else:
            errors.append(invalid(f"{place}.operator", operator, "not a valid selector operator"))
        key = expression.get("key") or ""
        errors += [invalid(f"{place}.key", key, wrong) for wrong in qualified_name_errors(key)]
        for index, value in enumerate(values):
            errors += [invalid(f"{place}.values[{index}]", value, wrong) for wrong in label_value_errors(value)]
    return errors
