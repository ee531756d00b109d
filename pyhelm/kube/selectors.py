"""Choosing objects by their labels and fields, in kubectl's syntax and in that of ``LabelSelector`` objects.

Follows apimachinery's ``labels`` and ``fields`` packages, their error messages included. What a field selector may name
depends on the resource; ``FIELDS`` has the built-in ones, custom resources say so in ``selectableFields``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pyhelm.errors import BadRequestError
from pyhelm.kube.names import label_value_errors, qualified_name_errors
from pyhelm.kube.objects import labels_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import NoReturn

    from pyhelm.kube.objects import Object
    from pyhelm.kube.resources import Resource

_SPECIAL = "=!(),><"
_TOKENS = frozenset({")", ",", "!", "==", "=", ">", "<", "!=", "("})
_WORDS = frozenset({"in", "notin"})
_BINARY = "in, notin, =, ==, !=, gt, lt"


# --- labels -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on a label.

    Attributes:
        operator: ``in``, ``notin``, ``=``, ``==``, ``!=``, ``exists``, ``!``, ``gt`` or ``lt``.
        values: In order, without duplicates.
    """

    key: str
    operator: str
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels meet the condition."""
        value = labels.get(self.key)
        match self.operator:
            case "in" | "=" | "==":
                return value is not None and value in self.values
            case "notin" | "!=":
                return value is None or value not in self.values
            case "exists":
                return value is not None
            case "!":
                return value is None
        number = _integer(value or "")
        if number is None:
            return False
        bound = int(self.values[0])
        return number > bound if self.operator == "gt" else number < bound

    def __str__(self) -> str:
        match self.operator:
            case "exists":
                return self.key
            case "!":
                return f"!{self.key}"
            case "in" | "notin":
                return f"{self.key} {self.operator} ({','.join(self.values)})"
            case "gt" | "lt":
                return f"{self.key}{'>' if self.operator == 'gt' else '<'}{self.values[0]}"
        return f"{self.key}{self.operator}{self.values[0]}"


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Conditions on labels, all of which must hold; none means everything."""

    requirements: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Tell whether labels meet every condition."""
        return all(requirement.matches(labels) for requirement in self.requirements)

    def matches_object(self, obj: Object) -> bool:
        """Tell whether an object's labels meet every condition."""
        return not self.requirements or self.matches(labels_of(obj))

    def __bool__(self) -> bool:
        return bool(self.requirements)

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in self.requirements)


@dataclass(frozen=True, slots=True)
class NoObject(LabelSelector):
    """The selector that a missing ``LabelSelector`` object means: nothing matches."""

    def matches(self, labels: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Return False."""
        return False

    def matches_object(self, obj: Object) -> bool:  # noqa: ARG002
        """Return False."""
        return False

    def __bool__(self) -> bool:
        return True


EVERYTHING = LabelSelector()
NOTHING = NoObject()


@lru_cache(maxsize=256)
def parse_labels(text: str) -> LabelSelector:
    """Return the selector that ``text`` means in kubectl's syntax, such as ``a=b,c in (d,e),!f``.

    Raises:
        BadRequestError: With the message of ``labels.Parse``.
    """
    return _LabelParser(text).parse() if text else EVERYTHING


def from_labels(labels: Mapping[str, str] | None) -> LabelSelector:
    """Return the selector of objects that have all these labels (labels.SelectorFromSet)."""
    return LabelSelector(tuple(Requirement(key, "=", (value,)) for key, value in sorted((labels or {}).items())))


def from_object(selector: Mapping[str, Any] | None) -> LabelSelector:
    """Return the selector that a ``LabelSelector`` object means; None matches nothing, an empty one everything.

    Raises:
        BadRequestError: With the message of metav1.LabelSelectorAsSelector.
    """
    if selector is None:
        return NOTHING
    found = [requirement(key, "=", [value]) for key, value in (selector.get("matchLabels") or {}).items()]
    names = {"In": "in", "NotIn": "notin", "Exists": "exists", "DoesNotExist": "!"}
    for expression in selector.get("matchExpressions") or ():
        word = expression.get("operator") or ""
        if word not in names:
            message = f'"{word}" is not a valid label selector operator'
            raise BadRequestError(message)
        found.append(requirement(expression.get("key") or "", names[word], expression.get("values") or ()))
    return LabelSelector(tuple(sorted(found, key=lambda item: item.key)))


def format_selector(selector: Mapping[str, Any] | None) -> str:
    """Return a ``LabelSelector`` object as kubectl's tables show it (metav1.FormatLabelSelector)."""
    try:
        return str(from_object(selector)) or "<none>"
    except BadRequestError:
        return "<error>"


def requirement(key: str, operator: str, values: Iterable[str]) -> Requirement:
    """Return a checked requirement (labels.NewRequirement); raises BadRequestError."""
    values = tuple(values)
    errors = [f'key: Invalid value: "{key}": {"; ".join(wrong)}'] if (wrong := qualified_name_errors(key)) else []
    shown = "[" + ",".join(f'"{value}"' for value in values) + "]"
    match operator:
        case "in" | "notin" if not values:
            errors.append(f"values: Invalid value: {shown}: for 'in', 'notin' operators, values set can't be empty")
        case "=" | "==" | "!=" if len(values) != 1:
            errors.append(f"values: Invalid value: {shown}: exact-match compatibility requires one single value")
        case "exists" | "!" if values:
            errors.append(f"values: Invalid value: {shown}: values set must be empty for exists and does not exist")
        case "gt" | "lt":
            if len(values) != 1:
                errors.append(
                    f"values: Invalid value: {shown}: for 'Gt', 'Lt' operators, exactly one value is required"
                )
            errors += [
                f'values[{position}]: Invalid value: "{value}": '
                "for 'Gt', 'Lt' operators, the value must be an integer"
                for position, value in enumerate(values)
                if _integer(value) is None
            ]
    for position, value in enumerate(values):
        if wrong := label_value_errors(value):
            errors.append(f'values[{position}][{key}]: Invalid value: "{value}": {"; ".join(wrong)}')
    if errors:
        unique = list(dict.fromkeys(errors))
        raise BadRequestError(unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]")
    return Requirement(key, operator, tuple(sorted(set(values))))


class _LabelParser:
    """Recursive descent over tokens: requirement ("," requirement)*; see labels.Parse for the grammar."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_label_tokens(text))
        self._position = 0

    def parse(self) -> LabelSelector:
        found: list[Requirement] = []
        while True:
            kind, text = self._peek()
            if kind == "end":
                break
            if kind not in {"word", "!"}:
                _fail(f"found '{text}', expected: !, identifier, or 'end of string'")
            try:
                found.append(self._requirement())
            except BadRequestError as error:
                message = f"unable to parse requirement: {error}"
                raise BadRequestError(message) from None
            kind, text = self._next()
            if kind == "end":
                break
            if kind != ",":
                _fail(f"found '{text}', expected: ',' or 'end of string'")
            kind, text = self._peek()
            if kind not in {"word", "!"}:
                _fail(f"found '{text}', expected: identifier after ','")
        return LabelSelector(tuple(sorted(found, key=lambda item: item.key)))

    def _peek(self) -> tuple[str, str]:
        return self._tokens[min(self._position, len(self._tokens) - 1)]

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._position += 1
        return token

    def _requirement(self) -> Requirement:
        kind, text = self._next()
        negated = kind == "!"
        if negated:
            kind, text = self._next()
        if kind != "word":
            _fail(f"found '{text}', expected: identifier")
        if wrong := qualified_name_errors(text):
            _fail(f'<nil>: Invalid value: "{text}": {"; ".join(wrong)}')
        key = text
        if negated:
            return requirement(key, "!", ())
        if self._peek()[0] in {"end", ","}:
            return requirement(key, "exists", ())
        kind, text = self._next()
        if text in _WORDS and kind == "word":
            return requirement(key, text, self._values())
        operator = {">": "gt", "<": "lt"}.get(text, text)
        if kind == "word" or operator not in {"=", "==", "!=", "gt", "lt"}:
            _fail(f"found '{text}', expected: {_BINARY}")
        return requirement(key, operator, [self._value()])

    def _value(self) -> str:
        if self._peek()[0] in {"end", ","}:
            return ""
        kind, text = self._next()
        if kind != "word":
            _fail(f"found '{text}', expected: identifier")
        return text

    def _values(self) -> list[str]:
        kind, text = self._next()
        if kind != "(":
            _fail(f"found '{text}' expected: '('")
        kind, text = self._peek()
        if kind == ")":
            self._next()
            return [""]
        if kind not in {"word", ","}:
            _fail(f"found '{text}', expected: ',', ')' or identifier")
        found: list[str] = []
        while True:
            kind, text = self._next()
            if kind == "word":
                found.append(text)
                after, text = self._peek()
                if after == ")":
                    break
                if after != ",":
                    _fail(f"found '{text}', expected: ',' or ')'")
            elif kind == ",":
                if not found:
                    found.append("")
                after, _ = self._peek()
                if after in {")", ","}:
                    found.append("")
                if after == ")":
                    break
            else:
                _fail(f"found '{text}', expected: ',', or identifier")
        self._next()
        return list(dict.fromkeys(found))


def _label_tokens(text: str) -> Iterable[tuple[str, str]]:
    """Yield (kind, text); kinds are ``word``, ``end``, ``error`` and the symbols themselves."""
    position = 0
    while True:
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        if position >= len(text) or text[position] == "\0":
            yield ("end", "")
            return
        start = position
        if text[position] in _SPECIAL:
            run = re.compile(r"[=!(),><]+").match(text, position)
            symbols = run.group() if run else ""
            known = next((symbols[:size] for size in (2, 1) if symbols[:size] in _TOKENS), "")
            position += len(known)
            yield (known, known)
        else:
            while position < len(text) and text[position] not in _SPECIAL and text[position] not in " \t\r\n":
                position += 1
            yield ("word", text[start:position])


# --- fields -----------------------------------------------------------------------------------------------------------

Term = tuple[str, bool, str]  # field, wanted equal, value

_META = ("metadata.name", "metadata.namespace")
_INVOLVED = ("kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath")

# By group and kind: the fields beyond the metadata ones that its API lets a selector name.
FIELDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (
        *("spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork"),
        *("status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"),
    ),
    ("", "Node"): ("spec.unschedulable",),
    ("", "ReplicationController"): ("status.replicas",),
    ("", "Event"): (
        *(f"involvedObject.{part}" for part in _INVOLVED),
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    ("events.k8s.io", "Event"): (*(f"regarding.{part}" for part in _INVOLVED), "reason", "reportingController", "type"),
    ("", "Namespace"): ("status.phase",),
    ("", "Secret"): ("type",),
    ("", "Service"): ("spec.clusterIP", "spec.type"),
    ("batch", "Job"): ("status.successful",),
    ("certificates.k8s.io", "CertificateSigningRequest"): ("spec.signerName",),
    ("resource.k8s.io", "ResourceSlice"): ("spec.nodeName", "spec.driver"),
}

# Old or derived names of fields.
_ALIASES = {("", "Pod", "spec.host"): "spec.nodeName"}


@dataclass(frozen=True, slots=True)
class FieldSelector:
    """Conditions on fields, all of which must hold; none means everything."""

    terms: tuple[Term, ...] = ()

    def matches_object(self, obj: Object) -> bool:
        """Tell whether an object's fields meet every condition; absent ones are empty."""
        return all((field_value(obj, field) == value) is wanted for field, wanted, value in self.terms)

    def exact(self, field: str) -> str | None:
        """Return the value that ``field`` must have, or None where it may vary."""
        return next((value for name, wanted, value in self.terms if name == field and wanted), None)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __str__(self) -> str:
        return ",".join(f"{field}{'=' if wanted else '!='}{_escape(value)}" for field, wanted, value in self.terms)


@lru_cache(maxsize=256)
def parse_fields(text: str) -> FieldSelector:
    """Return the selector that ``text`` means, such as ``status.phase=Running,metadata.name!=a``.

    Raises:
        BadRequestError: With the message of ``fields.ParseSelector``.
    """
    terms = [_term(text, part) for part in sorted(_split_terms(text)) if part]
    return FieldSelector(tuple(terms))


def check_fields(selector: FieldSelector, resource: Resource, selectable: Sequence[str] = ()) -> FieldSelector:
    """Return the selector if the resource lets it name its fields.

    Args:
        selector: What was parsed.
        resource: What is listed.
        selectable: ``selectableFields`` of a custom resource, without leading dots.

    Raises:
        BadRequestError: With the message of the kind's field label conversion.
    """
    if not selector.terms:
        return selector
    own = FIELDS.get((resource.group, resource.kind))
    allowed = {*_META, *(own or ()), *selectable}
    if own is not None and not resource.namespaced:
        allowed.discard("metadata.namespace")
    terms: list[Term] = []
    for field, wanted, value in selector.terms:
        name = _ALIASES.get((resource.group, resource.kind, field), field)
        if name not in allowed:
            raise BadRequestError(_unsupported(resource, field, known=own is not None))
        terms.append((name, wanted, value))
    return FieldSelector(tuple(terms))


def field_value(obj: Object, field: str) -> str:
    """Return a field as selectors compare it: text, empty where it is absent."""
    special = _COMPUTED.get((obj.get("kind") or "", field))
    value: Any = special(obj) if special else _walk(obj, field)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _walk(obj: Any, field: str) -> Any:
    for part in field.split("."):
        if not isinstance(obj, dict):
            return None
        obj = obj.get(part)
    return obj


_COMPUTED: dict[tuple[str, str], Callable[[Object], Any]] = {
    ("Pod", "spec.hostNetwork"): lambda pod: bool(_walk(pod, "spec.hostNetwork")),
    ("Pod", "status.podIP"): lambda pod: next((ip.get("ip") for ip in _walk(pod, "status.podIPs") or ()), ""),
    ("Node", "spec.unschedulable"): lambda node: bool(_walk(node, "spec.unschedulable")),
    ("ReplicationController", "status.replicas"): lambda rc: _walk(rc, "status.replicas") or 0,
    ("Job", "status.successful"): lambda job: _walk(job, "status.succeeded") or 0,
    ("Event", "source"): lambda event: (
        _walk(event, "source.component") or event.get("reportingComponent") or event.get("reportingController")
    ),
}


def _unsupported(resource: Resource, field: str, *, known: bool) -> str:
    if not known:
        return f'"{field}" is not a known field selector: only "metadata.name", "metadata.namespace"'
    if resource.kind == "Job":
        return f'field label "{field}" not supported for Job'
    return f"field label not supported: {field}"


def _term(selector: str, part: str) -> Term:
    found = re.search(r"!=|==|=", part)
    if found is None:
        _fail(f"invalid selector: '{selector}'; can't understand '{part}'")
    return part[: found.start()], found.group() != "!=", _unescape(part[found.end() :])


def _split_terms(text: str) -> list[str]:
    """Split at commas that no backslash precedes."""
    return re.findall(r"(?:\\.|\\$|[^,\\])+", text, re.DOTALL)


def _unescape(value: str) -> str:
    found: list[str] = []
    characters = iter(value)
    for character in characters:
        if character == "\\":
            after = next(characters, "")
            if after not in {"\\", ",", "="}:
                _fail(f"invalid field selector: invalid escape sequence: \\{after}")
            found.append(after)
        elif character in ",=":
            _fail(f"invalid field selector: unescaped character in value: {ord(character)}")
        else:
            found.append(character)
    return "".join(found)


def _escape(value: str) -> str:
    return re.sub(r"([\\,=])", r"\\\1", value)


def _integer(text: str) -> int | None:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        return None
    number = int(text)
    return number if -(2**63) <= number < 2**63 else None


def _fail(message: str) -> NoReturn:
    raise BadRequestError(message)
