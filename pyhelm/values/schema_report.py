"""Words a report about values as ``santhosh-tekuri/jsonschema`` v6 does, which Helm uses.

jsonschema-rs gives a flat list of errors, each with its way through the schema; Helm prints a tree.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyhelm.values.schema_formats import FORMATS
from pyhelm.yaml.golang import clean, format_float, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from jsonschema_rs import ValidationError

    from pyhelm.values.schema_rules import Rules

    # Findings with their places among those of one keyword.
    _Ordered = Iterator[tuple[tuple[int, str | int], "Finding"]]

_GROUP = "validation failed"
_TYPES = ("null", "boolean", "number", "integer", "string", "array", "object")


class Number(str):
    """A number of a schema as it was written there."""

    __slots__ = ()


@dataclass(slots=True)
class Finding:
    """What is wrong at one place.

    Attributes:
        path: JSON pointer of the value.
        reason: In Helm's words.
        causes: Why, for a keyword that combines schemas.
        transparent: Whether it is left out of the report when it has just one cause (a ``$ref``).
    """

    path: str
    reason: str
    causes: list[Finding] = field(default_factory=list)
    transparent: bool = False

    @property
    def is_group(self) -> bool:
        """Whether it only says that several things are wrong."""
        return self.reason == _GROUP and not self.transparent

    def lines(self, indent: str) -> Iterator[str]:
        """Yield the lines of the report, this finding's first."""
        if self.transparent and len(self.causes) == 1:
            yield from self.causes[0].lines(indent)
            return
        yield f"{indent}- at {_quoted(self.path)}: {self.reason}"
        for cause in self.causes:
            yield from cause.lines(indent + "  ")


def causes_of(found: Finding | None) -> list[Finding]:
    """Return what a finding groups; itself if it is no group."""
    if found is None:
        return []
    return found.causes if found.is_group else [found]


# --- from a list of errors to a tree --------------------------------------------------------------------------------

# Go's order of the keywords in one schema; the first of the four in front makes the others moot.
_MOOT = ("type", "const", "enum", "format")
_ORDER = (
    *("$ref", "$recursiveRef", "$dynamicRef", "minProperties", "maxProperties", "required", "dependencies"),
    *("properties", "patternProperties", "additionalProperties", "propertyNames", "dependentSchemas"),
    *("dependentRequired", "minItems", "maxItems", "uniqueItems", "prefixItems", "items", "additionalItems"),
    *("contains", "minContains", "maxContains", "minLength", "maxLength", "pattern", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "not", "allOf", "anyOf", "oneOf", "then", "else"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
_ONLY: tuple[int, str | int] = (0, "")
_RANKS = {keyword: rank for rank, keyword in enumerate(_ORDER)}
_RANKS["patternProperties"] = _RANKS["additionalProperties"] = _RANKS["properties"]  # together, by name
_SAME_VALUE = {"$ref", "$recursiveRef", "$dynamicRef", "then", "else"}
_ITS_PARTS = {"properties", "patternProperties", "additionalProperties", "prefixItems", "items", "additionalItems"}
_NAMED_PARTS = {"properties", "patternProperties", "prefixItems"}


class Report:
    """Makes findings of the errors about one value.

    ``rules`` are asked for what the errors do not tell; a metaschema needs none. ``at`` counts the steps of an error's
    way through the schema that are done, ``deep`` those into the value.
    """

    def __init__(self, value: Any, rules: Rules | None) -> None:
        self._value = value
        self._rules = rules

    def finding(self, errors: Sequence[ValidationError], path: str, at: int, deep: int) -> Finding | None:
        """Return what one schema says about one value, several things as one group; None if there are no errors."""
        by_keyword: dict[str, list[ValidationError]] = {}
        for error in errors:
            way = _way(error)
            if len(way) == at:
                return Finding(path, "false schema")
            by_keyword.setdefault(str(way[at]), []).append(error)
        for keyword in _MOOT:
            if keyword in by_keyword:
                return Finding(path, self._reason(by_keyword[keyword][0], keyword))
        found: list[tuple[Any, Finding]] = []
        for keyword, members in by_keyword.items():
            rank = _RANKS.get(keyword, len(_ORDER))
            found.extend(((rank, order), one) for order, one in self._keyword(keyword, members, path, at, deep))
        found.sort(key=lambda entry: entry[0])
        if len(found) < 2:
            return found[0][1] if found else None
        return Finding(path, _GROUP, [one for _, one in found])

    def _keyword(self, keyword: str, errors: list[ValidationError], path: str, at: int, deep: int) -> _Ordered:
        """Yield what a keyword says, with its place among the keyword's findings."""
        first = errors[0]
        kind: Any = first.kind
        if keyword in _SAME_VALUE:
            inner = self.finding(errors, path, at + 1, deep)
            if inner is not None:
                is_reference = keyword.startswith("$")
                yield _ONLY, Finding(path, _GROUP, causes_of(inner), transparent=True) if is_reference else inner
        elif keyword == "allOf":
            parts = _grouped(errors, lambda error: _way(error)[at + 1])
            causes = [self.finding(parts[position], path, at + 2, deep) for position in sorted(parts)]
            yield _ONLY, Finding(path, "'allOf' failed", _present(causes))
        elif keyword in {"anyOf", "oneOf"}:
            yield _ONLY, self._alternatives(keyword, kind.context, path, at, deep)
        elif keyword in {"dependencies", "dependentSchemas", "dependentRequired"}:
            for trigger, members in _grouped(errors, lambda error: tuple(_way(error)[at + 1 : at + 2])).items():
                if not trigger:
                    yield from self._needs(members[0], keyword, path, deep)
                elif (inner := self.finding(members, path, at + 2, deep)) is not None:
                    yield (0, str(trigger[0])), inner
        elif keyword in _ITS_PARTS:
            yield from self._parts(keyword, errors, path, at, deep)
        elif keyword == "propertyNames":
            yield from self._names(errors, path, at, deep)
        elif keyword in {"unevaluatedProperties", "unevaluatedItems"}:
            value = self._at(first, deep)
            for token in kind.unexpected if isinstance(value, dict) else _positions(value, kind.unexpected):
                inner = self._apart(first, keyword, value[token], _below(path, token))
                yield (0, token), inner or Finding(_below(path, token), "false schema")
        elif keyword in {"contains", "minContains", "maxContains"}:
            yield _ONLY, self._contains(first, path, deep)
        elif keyword == "required":
            missing = [error.kind.property for error in errors]  # type: ignore[attr-defined]
            yield (
                _ONLY,
                Finding(path, f"missing {'property' if len(missing) == 1 else 'properties'} {_joined(missing)}"),
            )
        else:
            yield _ONLY, Finding(path, self._reason(first, keyword))

    def _alternatives(
        self, keyword: str, branches: list[list[ValidationError]], path: str, at: int, deep: int
    ) -> Finding:
        causes = [self.finding(branch, path, at + 2, deep) for branch in branches]
        hits = [_counted(position) for position, cause in enumerate(causes) if cause is None]
        if hits:
            return Finding(path, f"'oneOf' failed, subschemas {', '.join(hits[:2])} matched")
        return Finding(path, f"'{keyword}' failed" + (", none matched" if keyword == "oneOf" else ""), _present(causes))

    def _parts(self, keyword: str, errors: list[ValidationError], path: str, at: int, deep: int) -> _Ordered:
        """Yield what ``properties`` and its kin say about the parts of the value."""
        inside: dict[Any, list[ValidationError]] = {}
        steps = 2 if keyword in _NAMED_PARTS else 1
        for error in errors:
            way, kind = _way(error), error.kind
            if len(error.instance_path) > deep:
                has_position = keyword == "items" and len(way) > at + 1 and isinstance(way[at + 1], int)
                place = (error.instance_path[deep], tuple(way[at : at + steps + has_position]))
                inside.setdefault(place, []).append(error)
            elif keyword == "additionalItems":
                extra = _counted(len(self._at(error, deep)) - kind.limit)  # type: ignore[attr-defined]
                yield (1, 0), Finding(path, f"last {extra} additionalItem(s) not allowed")
            else:
                names = getattr(kind, "unexpected", None) or self._at(error, deep)
                yield (1, ""), Finding(path, f"additional properties {_joined(sorted(names))} not allowed")
        for (token, way), members in inside.items():
            inner = self.finding(members, _below(path, token), at + len(way), deep + 1)
            if inner is not None:
                yield (0, token), inner

    def _names(self, errors: list[ValidationError], path: str, at: int, deep: int) -> _Ordered:
        """Yield what is wrong with the names of properties."""
        by_name: dict[str, list[ValidationError]] = {}
        for error in errors:
            if hasattr(error.kind, "error"):
                by_name.setdefault(error.kind.error.instance, []).append(error.kind.error)
            else:  # no name is allowed
                by_name |= {name: [error] for name in self._at(error, deep)}
        for name, members in by_name.items():
            inner = self.finding(members, "", at + 1, deep)
            yield (0, name), Finding(path, f"invalid propertyName {_quoted(name)}", causes_of(inner))

    def _needs(self, error: ValidationError, keyword: str, path: str, deep: int) -> _Ordered:
        """Yield what is missing because of what is there."""
        value = self._at(error, deep)
        for name, needed in self._written(error, keyword, {}).items():
            missing = [other for other in needed if other not in value] if isinstance(needed, list) else []
            if name in value and missing:
                reason = f"properties {_joined(missing)} required, if {_quoted(name)} exists"
                yield (0, name), Finding(path, reason)

    def _contains(self, error: ValidationError, path: str, deep: int) -> Finding:
        items = self._at(error, deep)
        inner = [self._apart(error, "contains", item, _below(path, place)) for place, item in enumerate(items)]
        hits = [str(place) for place, finding in enumerate(inner) if finding is None]
        got = f"matched {_counted(len(hits))} items at {' '.join(hits)}" if hits else "none matched"
        least = self._written(error, "minContains", None)
        if least is None and not hits:
            return Finding(path, "no items match contains schema", _present(inner))
        if least is not None and len(hits) < float(least):
            reason = f"min {_counted(int(least))} items required to match contains schema, but {got}"
            return Finding(path, reason, _present(inner))
        most = _counted(int(self._written(error, "maxContains", 0)))
        return Finding(path, f"max {most} items required to match contains schema, but {got}")

    def _apart(self, error: ValidationError, keyword: str, value: Any, path: str) -> Finding | None:
        """Return what the schema of ``keyword``, beside the one that failed, says about a part of the value."""
        if self._rules is None:
            return None
        errors = self._rules.errors_of([*error.schema_path[:-1], keyword], value)
        return Report(value, self._rules).finding(errors, path, 0, 0)

    def _at(self, error: ValidationError, deep: int) -> Any:
        value = self._value
        for token in error.instance_path[:deep]:
            value = value[token]
        return value

    def _written(self, error: ValidationError, keyword: str, otherwise: Any) -> Any:
        """Return the keyword's value as the schema has it, with numbers as they were written."""
        here = self._rules.as_written if self._rules else {}
        for token in (*error.schema_path[:-1], keyword):
            try:
                here = here[token]
            except (LookupError, TypeError):
                return otherwise
        return here

    def _reason(self, error: ValidationError, keyword: str) -> str:
        """Return what a keyword says that looks at the value alone."""
        kind: Any = error.kind
        value: Any = error.instance
        if keyword == "type":
            return f"got {_type_of(value)}, want {' or '.join(name for name in _TYPES if name in kind.types)}"
        if keyword in {"const", "enum"}:
            plain = kind.options if keyword == "enum" else [kind.expected_value]
            if any(isinstance(choice, (list, dict)) for choice in plain):
                return f"'{keyword}' failed"
            written = self._written(error, keyword, None)
            choices = written if isinstance(written, list) else plain if written is None else [written]
            return f"value must be {'one of ' if len(choices) != 1 else ''}{', '.join(map(_shown, choices))}"
        if keyword == "format":
            problem = FORMATS.get(kind.format)
            return f"{_quoted(value)} is not valid {kind.format}: {problem(value) if problem else 'malformed'}"
        if keyword == "pattern":
            return f"{_quoted(value)} does not match pattern {_quoted(kind.pattern)}"
        if keyword == "uniqueItems":
            first, second = _twins(value)
            return f"items at {_counted(first)} and {_counted(second)} are equal"
        if keyword.endswith(("Length", "Items", "Properties")):
            return f"{keyword}: got {_counted(len(value))}, want {_counted(kind.limit)}"
        if keyword == "multipleOf":
            return f"{keyword}: got {_localized(value)}, want {_localized(kind.multiple_of)}"
        if hasattr(kind, "limit"):
            # Draft 4 has the limit in "maximum" and a boolean beside it.
            return f"{kind.name}: got {_localized(value)}, want {_localized(kind.limit)}"
        return f"'{keyword}' failed"


def _way(error: ValidationError) -> list[str | int]:
    """Return the keywords and names that lead from the schema's root to the error."""
    inner = getattr(error.kind, "error", None)
    return inner.evaluation_path if error.kind.name == "propertyNames" and inner else error.evaluation_path


def _grouped(errors: list[ValidationError], key: Callable[[ValidationError], Any]) -> dict[Any, list[ValidationError]]:
    groups: dict[Any, list[ValidationError]] = {}
    for error in errors:
        groups.setdefault(key(error), []).append(error)
    return groups


def _positions(items: list[Any], unexpected: list[str]) -> list[int]:
    """Return where the items are that the library tells by their JSON; it looks at the last ones."""
    positions = []
    wanted = [json.loads(text) for text in unexpected]
    for position in reversed(range(len(items))):
        if wanted and items[position] == wanted[-1]:
            positions.append(position)
            wanted.pop()
    return positions


def _present(findings: Iterable[Finding | None]) -> list[Finding]:
    return [finding for finding in findings if finding is not None]


def _below(path: str, token: str | int) -> str:
    return f"{path}/{str(token).replace('~', '~0').replace('/', '~1')}"


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def _twins(items: list[Any]) -> tuple[int, int]:
    """Return the places of the first two equal items."""
    seen: dict[str, int] = {}
    for position, item in enumerate(items):
        first = seen.setdefault(_canonical(item), position)
        if first != position:
            return first, position
    return 0, 0


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, str):
        return quote(value)
    return str(value) if value is None or isinstance(value, bool) else repr(float(value))


# --- words ----------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    inner = quote(clean(text))[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


def _joined(names: list[str]) -> str:
    return ", ".join(map(_quoted, names))


def _shown(value: Any) -> str:
    """Return a scalar of a schema as it was written there."""
    if isinstance(value, str):
        return str(value) if isinstance(value, Number) else _quoted(value)
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _counted(number: int) -> str:
    return f"{number:,}"


def _localized(number: float) -> str:
    """Return a number as English prints it in ``golang.org/x/text``: ``70,000`` and ``1.5×10⁰⁶``."""
    text = format_float(float(number))
    mantissa, mark, power = text.partition("e")
    if mark:
        return f"{mantissa}×10{power.replace('+', '').translate(_RAISED)}"
    whole, dot, fraction = text.partition(".")
    return f"{int(whole):,}{dot}{fraction}" if whole not in {"0", "-0"} else text


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
