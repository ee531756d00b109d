"""JSON Schema, drafts 4 to 2020-12, with the words and the shape of ``santhosh-tekuri/jsonschema`` v6, which Helm uses.

Written by hand because a report has to nest and read exactly as Helm's, and because it takes a millisecond where
importing a library takes seventy. What is not here (``unevaluated*``, dynamic references, embedded ``$id``) is left
to the jsonschema library, in its words. Nothing is ever fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pyhelm.errors import UnsupportedError
from pyhelm.values.schema_formats import FORMATS
from pyhelm.yaml.golang import clean, format_float, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_URL = "file:///values.schema.json#"
_LATEST = 2020
_TYPES = ("null", "boolean", "number", "integer", "string", "array", "object")
_DRAFTS = {
    "json-schema.org/draft-04/schema": 4,
    "json-schema.org/draft-06/schema": 6,
    "json-schema.org/draft-07/schema": 7,
    "json-schema.org/draft/2019-09/schema": 2019,
    "json-schema.org/draft/2020-12/schema": 2020,
    "json-schema.org/schema": 2020,
}
_ONE = ("not", "additionalProperties", "propertyNames", "if", "then", "else", "contains", "additionalItems")
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "dependentSchemas")
_FOREIGN = ("unevaluatedProperties", "unevaluatedItems", "$dynamicRef", "$recursiveRef")


class InvalidSchemaError(Exception):
    """A schema that cannot be used; the message is what Helm prints under the chart's name."""


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


def check(schema: bytes, values: Mapping[str, Any]) -> list[Finding]:
    """Return what in ``values`` breaks the schema; empty if nothing does.

    Raises:
        InvalidSchemaError: The schema is no JSON, or no schema.
        UnsupportedError: It refers to another document.
    """
    rules = _Rules(_parse(schema))
    if rules.is_foreign:
        return _check_with_library(rules.document, values)
    found = rules.apply(rules.document, values, "")
    if found is None:
        return []
    return found.causes if found.is_group else [found]


class _Number(float):
    """A number of a schema; keeps the text it was written as."""

    __slots__ = ("text",)

    def __new__(cls, text: str) -> Self:
        self = super().__new__(cls, text)
        self.text = text
        return self

    text: str


_GROUP = "validation failed"


def _parse(schema: bytes) -> Any:
    from json import JSONDecodeError, loads

    try:
        return loads(schema.decode("utf-8-sig"), parse_int=_Number, parse_float=_Number)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidSchemaError(f"invalid JSON: {error}") from None


class _Rules:
    """A schema document: looked through once, then applied."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.is_foreign = False
        self._draft = _draft_of(document)
        self._patterns: dict[str, Any] = {}
        self._anchors: dict[str, Any] = {}
        self._active: set[tuple[int, str]] = set()
        self._collect_anchors(document)
        self._look_through(document)

    # --- looking through ---

    def _collect_anchors(self, document: Any) -> None:
        pending = [document]
        while pending:
            here = pending.pop()
            if isinstance(here, dict):
                name = here.get("$anchor") if self._draft >= 2019 else here.get("id" if self._draft == 4 else "$id")
                if isinstance(name, str):
                    if self._draft < 2019:
                        name = name[1:] if name.startswith("#") else ""
                    if name:
                        self._anchors[name] = here
                pending.extend(here.values())
            elif isinstance(here, list):
                pending.extend(here)

    def _look_through(self, document: Any) -> None:
        """Refuse what is no schema, and every reference that leads nowhere, used or not."""
        pending: list[tuple[Any, str]] = [(document, "")]
        seen: set[int] = set()
        while pending:
            here, place = pending.pop()
            if isinstance(here, bool) and (self._draft >= 6 or not place):
                continue
            if not isinstance(here, dict):
                raise self._invalid(place, f"got {_type_of(here)}, want object")
            if id(here) in seen:
                continue
            seen.add(id(here))
            self._check_shapes(here, place)
            if any(name in here for name in _FOREIGN) or (place and isinstance(here.get("$id"), str)):
                self.is_foreign = True
            reference = here.get("$ref")
            if isinstance(reference, str):
                pending.append((self._resolve(reference), reference.removeprefix("#")))
                if self._draft < 2019:
                    continue
            pending.extend(_subschemas(here, place, self._draft))

    def _check_shapes(self, schema: dict[str, Any], place: str) -> None:
        for name, shape in _SHAPES.items():
            if name in schema and not isinstance(schema[name], shape):
                want = {str: "string", list: "array", dict: "object"}.get(shape, "number")
                raise self._invalid(f"{place}/{name}", f"got {_type_of(schema[name])}, want {want}")
        kinds = schema.get("type", [])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            if kind not in _TYPES:
                allowed = ", ".join(f"'{name}'" for name in sorted(_TYPES))
                raise self._invalid(f"{place}/type", f"value must be one of {allowed}")
        pattern = schema.get("pattern")
        for text in (*([pattern] if isinstance(pattern, str) else []), *schema.get("patternProperties", {})):
            try:
                self._pattern(text)
            except ValueError as error:
                raise self._invalid(f"{place}/pattern", f"{_quoted(text)} is not valid regex: {error}") from None

    def _invalid(self, place: str, reason: str) -> InvalidSchemaError:
        name = {2019: "draft/2019-09", 2020: "draft/2020-12"}.get(self._draft, f"draft-{self._draft:02d}")
        scheme = "https" if self._draft >= 2019 else "http"
        return InvalidSchemaError(
            f'"{_URL}" is not valid against metaschema: jsonschema validation failed with '
            f"'{scheme}://json-schema.org/{name}/schema#'\n- at {_quoted(place)}: {reason}"
        )

    def _resolve(self, reference: str) -> Any:
        """Return what a local reference points to."""
        if not reference.startswith("#"):
            error = UnsupportedError(f"values.schema.json refers to {reference}: other documents are not fetched")
            error.hint = "copy the definitions into the schema"
            raise error
        fragment = reference[1:]
        if "%" in fragment:
            from urllib.parse import unquote

            fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            if fragment not in self._anchors:
                raise InvalidSchemaError(f'anchor in "{_URL}{fragment}" not found')
            return self._anchors[fragment]
        here = self.document
        for token in fragment.split("/")[1:]:
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(here, dict) and name in here:
                here = here[name]
            elif isinstance(here, list) and name.isdecimal() and int(name) < len(here):
                here = here[int(name)]
            else:
                raise InvalidSchemaError(f'json-pointer in "{_URL}{fragment}" not found')
        return here

    def _pattern(self, text: str) -> Any:
        """Return a compiled pattern: Go's syntax, so RE2's.

        Raises:
            ValueError: It is no pattern.
        """
        if text not in self._patterns:
            self._patterns[text] = _compile(text)
        return self._patterns[text]

    # --- applying ---

    def apply(self, schema: Any, value: Any, path: str) -> Finding | None:
        """Return what is wrong with ``value``, several things as one group; None if it is valid."""
        if schema is True:
            return None
        if schema is False:
            return Finding(path, "false schema")
        mark = (id(schema), path)
        if mark in self._active:
            return Finding(path, f"reference cycle at {path}")
        self._active.add(mark)
        try:
            found = self._findings(schema, value, path)
        finally:
            self._active.discard(mark)
        if not found:
            return None
        return found[0] if len(found) == 1 else Finding(path, _GROUP, found)

    def _findings(self, schema: dict[str, Any], value: Any, path: str) -> list[Finding]:
        old_reference = self._draft < 2019 and "$ref" in schema
        # Beside an old draft's $ref everything is to be ignored; Go's compiler reads "const" nevertheless.
        first = self._const(schema, value, path) if old_reference else self._basics(schema, value, path)
        if first is not None:
            return [first]
        found: list[Finding] = []
        if isinstance(schema.get("$ref"), str):
            inner = self.apply(self._resolve(schema["$ref"]), value, path)
            if inner is not None:
                causes = inner.causes if inner.is_group else [inner]
                found.append(Finding(path, _GROUP, causes, transparent=True))
            if old_reference:
                return found
        if isinstance(value, dict):
            self._object(schema, value, path, found)
        elif isinstance(value, list):
            self._array(schema, value, path, found)
        elif isinstance(value, str):
            self._string(schema, value, path, found)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            self._number(schema, value, path, found)
        self._combinations(schema, value, path, found)
        return found

    def _basics(self, schema: dict[str, Any], value: Any, path: str) -> Finding | None:
        """Check what makes the rest moot: type, const, enum, format."""
        kind = _type_of(value)
        wanted = schema.get("type")
        if wanted is not None:
            names = wanted if isinstance(wanted, list) else [wanted]
            if kind not in names and not ("integer" in names and kind == "number" and float(value).is_integer()):
                return Finding(path, f"got {kind}, want {' or '.join(name for name in _TYPES if name in names)}")
        found = self._const(schema, value, path)
        if found is not None:
            return found
        choices = schema.get("enum")
        if isinstance(choices, list) and not any(_equal(value, choice) for choice in choices):
            if any(isinstance(choice, (list, dict)) for choice in choices):
                return Finding(path, "'enum' failed")
            one_of = "one of " if len(choices) != 1 else ""
            return Finding(path, f"value must be {one_of}{', '.join(_shown(choice) for choice in choices)}")
        name = schema.get("format")
        if isinstance(name, str) and isinstance(value, str) and self._draft < 2019:
            reason = self._regex_problem(value) if name == "regex" else FORMATS.get(name, _no_problem)(value)
            if reason:
                return Finding(path, f"{_quoted(value)} is not valid {name}: {reason}")
        return None

    def _const(self, schema: dict[str, Any], value: Any, path: str) -> Finding | None:
        if "const" not in schema or self._draft < 6 or _equal(value, schema["const"]):
            return None
        want = schema["const"]
        simple = not isinstance(want, (list, dict))
        return Finding(path, f"value must be {_shown(want)}" if simple else "'const' failed")

    def _regex_problem(self, text: str) -> str:
        try:
            self._pattern(text)
        except ValueError as error:
            return str(error)
        return ""

    def _object(self, schema: dict[str, Any], value: dict[str, Any], path: str, found: list[Finding]) -> None:
        _bounds(schema, "Properties", len(value), path, found)
        missing = [name for name in schema.get("required", ()) if isinstance(name, str) and name not in value]
        if missing:
            plural = "property" if len(missing) == 1 else "properties"
            found.append(Finding(path, f"missing {plural} {_joined(missing)}"))
        for name, needed in sorted(schema.get("dependencies", {}).items()):
            if name in value:
                if isinstance(needed, list):
                    self._needs(name, needed, value, path, found)
                else:
                    self._add(found, needed, value, path)
        self._properties(schema, value, path, found)
        if self._draft >= 6 and "propertyNames" in schema:
            for name in sorted(value):
                inner = self.apply(schema["propertyNames"], name, "")
                if inner is not None:
                    causes = inner.causes if inner.is_group else [inner]
                    found.append(Finding(path, f"invalid propertyName {_quoted(name)}", causes))
        if self._draft >= 2019:
            for name, needed in sorted(schema.get("dependentSchemas", {}).items()):
                if name in value:
                    self._add(found, needed, value, path)
            for name, needed in sorted(schema.get("dependentRequired", {}).items()):
                if name in value and isinstance(needed, list):
                    self._needs(name, needed, value, path, found)

    def _needs(self, name: str, needed: list[Any], value: dict[str, Any], path: str, found: list[Finding]) -> None:
        missing = [other for other in needed if isinstance(other, str) and other not in value]
        if missing:
            found.append(Finding(path, f"properties {_joined(missing)} required, if {_quoted(name)} exists"))

    def _properties(self, schema: dict[str, Any], value: dict[str, Any], path: str, found: list[Finding]) -> None:
        named = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        others = schema.get("additionalProperties")
        extra = []
        for name in sorted(value):
            known = name in named
            place = f"{path}/{name.replace('~', '~0').replace('/', '~1')}" if known or patterns or others else ""
            if known:
                self._add(found, named[name], value[name], place)
            for text, inner in patterns.items():
                if self._pattern(text).search(name):
                    known = True
                    self._add(found, inner, value[name], place)
            if not known and others is not None:
                if others is False:
                    extra.append(name)
                else:
                    self._add(found, others, value[name], place)
        if extra:
            found.append(Finding(path, f"additional properties {_joined(extra)} not allowed"))

    def _array(self, schema: dict[str, Any], value: list[Any], path: str, found: list[Finding]) -> None:
        _bounds(schema, "Items", len(value), path, found)
        if schema.get("uniqueItems") is True:
            twins = _twins(value)
            if twins:
                found.append(Finding(path, f"items at {_counted(twins[0])} and {_counted(twins[1])} are equal"))
        heads = schema.get("prefixItems" if self._draft >= 2020 else "items")
        heads = heads if isinstance(heads, list) else []
        for position, (inner, item) in enumerate(zip(heads, value, strict=False)):
            self._add(found, inner, item, f"{path}/{position}")
        rest = schema.get("items")
        if self._draft < 2020 and isinstance(rest, list):
            rest = schema.get("additionalItems")
            if rest is False:
                if len(value) > len(heads):
                    extra = _counted(len(value) - len(heads))
                    found.append(Finding(path, f"last {extra} additionalItem(s) not allowed"))
                rest = None
        if rest is not None and not isinstance(rest, list):
            start = min(len(heads), len(value))
            for position, item in enumerate(value[start:], start):
                self._add(found, rest, item, f"{path}/{position}")
        if self._draft >= 6 and "contains" in schema:
            self._contains(schema, value, path, found)

    def _contains(self, schema: dict[str, Any], value: list[Any], path: str, found: list[Finding]) -> None:
        misses = []
        hits = []
        for position, item in enumerate(value):
            inner = self.apply(schema["contains"], item, f"{path}/{position}")
            if inner is None:
                hits.append(str(position))
            else:
                misses.append(inner)
        least = schema.get("minContains") if self._draft >= 2019 else None
        most = schema.get("maxContains") if self._draft >= 2019 else None
        if isinstance(least, _Number):
            if len(hits) < least:
                got = f"matched {_counted(len(hits))} items at {' '.join(hits)}" if hits else "none matched"
                reason = f"min {_counted(int(least))} items required to match contains schema, but {got}"
                found.append(Finding(path, reason, misses))
        elif not hits:
            found.append(Finding(path, "no items match contains schema", misses))
        if isinstance(most, _Number) and len(hits) > most:
            got = f"matched {_counted(len(hits))} items at {' '.join(hits)}"
            reason = f"max {_counted(int(most))} items required to match contains schema, but {got}"
            found.append(Finding(path, reason))

    def _string(self, schema: dict[str, Any], value: str, path: str, found: list[Finding]) -> None:
        _bounds(schema, "Length", len(value), path, found)
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and not self._pattern(pattern).search(clean(value)):
            found.append(Finding(path, f"{_quoted(value)} does not match pattern {_quoted(pattern)}"))

    def _number(self, schema: dict[str, Any], value: float, path: str, found: list[Finding]) -> None:
        limits = {name: schema[name] for name in _LIMITS if isinstance(schema.get(name), _Number)}
        for plain in ("minimum", "maximum"):
            if schema.get(f"exclusive{plain.capitalize()}") is True and plain in limits:  # draft 4
                limits[f"exclusive{plain.capitalize()}"] = limits.pop(plain)
        for name, breaks in _LIMITS.items():
            if name in limits and breaks(value, limits[name]):
                found.append(Finding(path, f"{name}: got {_localized(value)}, want {_localized(limits[name])}"))

    def _combinations(self, schema: dict[str, Any], value: Any, path: str, found: list[Finding]) -> None:
        if "not" in schema and self.apply(schema["not"], value, path) is None:
            found.append(Finding(path, "'not' failed"))
        failed = [inner for part in schema.get("allOf", ()) if (inner := self.apply(part, value, path)) is not None]
        if failed:
            found.append(Finding(path, "'allOf' failed", failed))
        for name in ("anyOf", "oneOf"):
            parts = schema.get(name)
            if parts:
                self._alternatives(name, parts, value, path, found)
        if self._draft >= 7 and "if" in schema:
            branch = "then" if self.apply(schema["if"], value, path) is None else "else"
            if branch in schema:
                self._add(found, schema[branch], value, path)

    def _alternatives(self, name: str, parts: list[Any], value: Any, path: str, found: list[Finding]) -> None:
        misses: list[Finding] = []
        hits: list[int] = []
        for position, part in enumerate(parts):
            inner = self.apply(part, value, path)
            if inner is not None:
                misses.append(inner)
                continue
            hits.append(position)
            if name == "anyOf" or len(hits) == 2:
                break
        if not hits:
            found.append(Finding(path, f"'{name}' failed" + (", none matched" if name == "oneOf" else ""), misses))
        elif len(hits) == 2:
            found.append(Finding(path, f"'oneOf' failed, subschemas {_counted(hits[0])}, {_counted(hits[1])} matched"))

    def _add(self, found: list[Finding], schema: Any, value: Any, path: str) -> None:
        inner = self.apply(schema, value, path)
        if inner is not None:
            found.append(inner)


# --- keywords -------------------------------------------------------------------------------------------------------

_SHAPES: dict[str, Any] = {
    "$ref": str,
    "pattern": str,
    "type": (str, list),
    "required": (list, bool),
    "enum": list,
    "properties": dict,
    "patternProperties": dict,
    "definitions": dict,
    "$defs": dict,
    "dependencies": dict,
    "dependentRequired": dict,
    "dependentSchemas": dict,
    "allOf": list,
    "anyOf": list,
    "oneOf": list,
    "prefixItems": list,
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), _Number),
    **dict.fromkeys(("minimum", "maximum", "multipleOf", "minContains", "maxContains"), _Number),
    **dict.fromkeys(("exclusiveMinimum", "exclusiveMaximum"), (_Number, bool)),
}


def _is_multiple(value: float, step: float) -> bool:
    from fractions import Fraction

    divisor = Fraction(getattr(step, "text", str(step)))
    return divisor != 0 and (Fraction(str(value)) / divisor).denominator == 1


_LIMITS: dict[str, Callable[[float, float], bool]] = {
    "minimum": lambda value, limit: value < limit,
    "maximum": lambda value, limit: value > limit,
    "exclusiveMinimum": lambda value, limit: value <= limit,
    "exclusiveMaximum": lambda value, limit: value >= limit,
    "multipleOf": lambda value, limit: not _is_multiple(value, limit),
}


def _draft_of(document: Any) -> int:
    url = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(url, str) or not url:
        return _LATEST
    name = url.removesuffix("#").removeprefix("https://").removeprefix("http://")
    if name not in _DRAFTS:
        raise UnsupportedError(f"values.schema.json is written in {url}: other dialects are not fetched")
    return _DRAFTS[name]


def _subschemas(schema: dict[str, Any], place: str, draft: int) -> Iterator[tuple[Any, str]]:
    for name in _ONE:
        inner = schema.get(name)
        if inner is not None and not (name in {"additionalProperties", "additionalItems"} and isinstance(inner, bool)):
            yield inner, f"{place}/{name}"
    for name in _MANY:
        for position, inner in enumerate(schema.get(name, ())):
            yield inner, f"{place}/{name}/{position}"
    for name in _NAMED:
        for key, inner in schema.get(name, {}).items():
            yield inner, f"{place}/{name}/{key}"
    for key, inner in schema.get("dependencies", {}).items():
        if not isinstance(inner, list):
            yield inner, f"{place}/dependencies/{key}"
    items = schema.get("items")
    if isinstance(items, list) and draft < 2020:
        for position, inner in enumerate(items):
            yield inner, f"{place}/items/{position}"
    elif items is not None:
        yield items, f"{place}/items"


def _bounds(schema: dict[str, Any], noun: str, got: int, path: str, found: list[Finding]) -> None:
    for name, sign in ((f"min{noun}", -1), (f"max{noun}", 1)):
        want = schema.get(name)
        if isinstance(want, _Number) and (got - want) * sign > 0:
            found.append(Finding(path, f"{name}: got {_counted(got)}, want {_counted(int(want))}"))


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


def _equal(one: Any, other: Any) -> bool:
    kind = _type_of(one)
    if kind != _type_of(other):
        return False
    if kind == "object":
        return one.keys() == other.keys() and all(_equal(item, other[key]) for key, item in one.items())
    if kind == "array":
        return len(one) == len(other) and all(map(_equal, one, other))
    return bool(one == other)


def _twins(items: list[Any]) -> tuple[int, int] | None:
    """Return the places of the first two equal items."""
    seen: dict[str, int] = {}
    for position, item in enumerate(items):
        first = seen.setdefault(_canonical(item), position)
        if first != position:
            return first, position
    return None


def _canonical(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_canonical, value)) + "]"
    if isinstance(value, str):
        return quote(value)
    return str(value) if value is None or isinstance(value, bool) else repr(float(value))


def _no_problem(_: str) -> str:
    return ""


# --- patterns -------------------------------------------------------------------------------------------------------


def _compile(text: str) -> Any:
    try:
        import re2
    except ImportError:
        try:
            return re.compile(text)
        except re.error as error:
            raise ValueError(f"error parsing regexp: {error}") from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise ValueError(f"error parsing regexp: {reason.decode() if isinstance(reason, bytes) else reason}") from None


# --- words ----------------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    inner = quote(clean(text))[1:-1].replace('\\"', '"').replace("'", "\\'")
    return f"'{inner}'"


def _joined(names: list[str]) -> str:
    return ", ".join(map(_quoted, names))


def _shown(value: Any) -> str:
    """Return a scalar of a schema as it was written there."""
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.text if isinstance(value, _Number) else str(value)


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


# --- what is left to the library ------------------------------------------------------------------------------------


def _check_with_library(document: Any, values: Mapping[str, Any]) -> list[Finding]:
    import jsonschema
    from jsonschema.validators import validator_for
    from referencing.exceptions import Unresolvable

    kind = validator_for(document, default=jsonschema.Draft202012Validator)
    try:
        kind.check_schema(document)
        found = sorted(kind(document).iter_errors(values), key=lambda error: error.json_path)
    except jsonschema.SchemaError as error:
        raise InvalidSchemaError(f'"{_URL}" is not valid against metaschema: {error.message}') from None
    except Unresolvable as error:
        raise UnsupportedError(f"values.schema.json: {error}") from None
    return [Finding("".join(f"/{part}" for part in error.absolute_path), error.message) for error in found]
