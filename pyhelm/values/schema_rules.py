"""Judges values by JSON schemas of drafts 4 to 2020-12; jsonschema-rs does the work. Nothing is ever fetched."""

from __future__ import annotations

import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from pyhelm.errors import UnsupportedError
from pyhelm.values.schema_formats import FORMATS
from pyhelm.values.schema_report import Finding, Number, Report, causes_of
from pyhelm.yaml.golang import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jsonschema_rs import ValidationError, Validator, ValidatorMap

_URL = "file:///values.schema.json#"
_VALIDATORS: dict[str, tuple[int, type[Validator]]] = {
    "http://json-schema.org/draft-04/schema": (4, jsonschema_rs.Draft4Validator),
    "http://json-schema.org/draft-06/schema": (6, jsonschema_rs.Draft6Validator),
    "http://json-schema.org/draft-07/schema": (7, jsonschema_rs.Draft7Validator),
    "https://json-schema.org/draft/2019-09/schema": (2019, jsonschema_rs.Draft201909Validator),
    "https://json-schema.org/draft/2020-12/schema": (2020, jsonschema_rs.Draft202012Validator),
}
_LATEST = "https://json-schema.org/draft/2020-12/schema"


class InvalidSchemaError(Exception):
    """A schema that cannot be used; the message is what Helm prints under the chart's name."""


def check(schema: bytes, values: Mapping[str, Any]) -> list[Finding]:
    """Return what in ``values`` breaks the schema; empty if nothing does.

    Raises:
        InvalidSchemaError: The schema is no JSON, or no schema.
        UnsupportedError: It refers to another document.
    """
    rules = Rules(schema)
    try:
        plain = _as_json(values)
        errors = list(rules.validator.iter_errors(plain))
    except ValueError as error:  # too deep
        raise InvalidSchemaError(str(error)) from None
    return causes_of(Report(plain, rules).finding(errors, "", 0, 0))


def _as_json(value: Any) -> Any:
    """Return Go values as JSON ones: whole floats as integers, which draft 4 insists on."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    return int(value)


# --- schemas --------------------------------------------------------------------------------------------------------


class Rules:
    """A schema document, ready to judge.

    Raises:
        InvalidSchemaError: It is no JSON, or no schema.
        UnsupportedError: It refers to another document.
    """

    def __init__(self, schema: bytes) -> None:
        self._text = schema.decode("utf-8-sig", "surrogateescape")
        self.document = _parse(self._text)
        self._metaschema, self._draft, self._kind = _dialect(self.document)
        self._options: dict[str, Any] = {
            "formats": _checks(),
            "validate_formats": self._draft < 2019,
            "pattern_options": jsonschema_rs.RegexOptions(),  # linear time, the syntax Go's regexp has
            "retriever": self._refuse,
        }
        self._refused: list[str] = []
        try:
            self.validator = self._kind(self.document, **self._options)
        except jsonschema_rs.ValidationError as error:
            raise self._explain(error) from None
        except ValueError as error:  # too deep, or neither an object nor a boolean
            raise self._misfit() or InvalidSchemaError(str(error)) from None
        if '"$ref"' in self._text:
            self._refuse_cycles()

    @property
    def _with_dialect(self) -> Any:
        return {**self.document, "$schema": self._metaschema} if isinstance(self.document, dict) else self.document

    @cached_property
    def _parts(self) -> ValidatorMap:
        """The document's subschemas by their JSON pointers, for what the errors do not tell."""
        return jsonschema_rs.validator_map_for(self._with_dialect, **self._options)

    def errors_of(self, place: list[str | int], value: Any) -> list[ValidationError]:
        """Return what the subschema at ``place`` of the document has against ``value``."""
        pointer = "#" + "".join(f"/{str(token).replace('~', '~0').replace('/', '~1')}" for token in place)
        part = self._parts.get(pointer)
        return list(part.iter_errors(value)) if part else []

    @cached_property
    def as_written(self) -> Any:
        """The document with numbers as texts of the type ``Number``."""
        return json.loads(self._text, parse_int=Number, parse_float=Number)

    def _refuse(self, uri: str) -> Any:
        self._refused.append(uri.removeprefix("json-schema:///"))
        raise KeyError(uri)

    def _explain(self, error: ValidationError) -> Exception:
        if self._refused:
            return _unsupported(f"refers to {self._refused[0]}: other documents are not fetched")
        misfit = self._misfit()
        if misfit is not None:
            return misfit
        for reference in _references(self.document):
            try:
                self._resolver.lookup(reference)
            except jsonschema_rs.ReferencingError:
                what = "anchor" if reference[1:2] not in {"", "/"} else "json-pointer"
                return InvalidSchemaError(f'{what} in "{_URL}{reference[1:]}" not found')
        return InvalidSchemaError(f'"{_URL}" is not valid against metaschema: {error.message}')

    def _misfit(self) -> InvalidSchemaError | None:
        """Return where the document does not follow its own schema."""
        options = {**self._options, "validate_formats": True}
        metaschema = self._kind({"$ref": self._metaschema}, **options)
        # The reference to the metaschema is ours: the report begins below it.
        try:
            found = Report(self.document, None).finding(list(metaschema.iter_errors(self.document)), "", 1, 0)
        except ValueError as error:
            return InvalidSchemaError(str(error))
        if found is None:
            return None
        report = "\n".join(line for finding in causes_of(found) for line in finding.lines(""))
        return InvalidSchemaError(
            f'"{_URL}" is not valid against metaschema: jsonschema validation failed with '
            f"'{self._metaschema}#'\n{report}"
        )

    @cached_property
    def _resolver(self) -> Any:
        return jsonschema_rs.Registry([(_URL[:-1], self._with_dialect)]).resolver(_URL[:-1])

    def _refuse_cycles(self) -> None:
        for start in _references(self.document):
            seen = [start]
            while True:
                try:
                    target = self._resolver.lookup(seen[-1]).contents
                except jsonschema_rs.ReferencingError:
                    break
                following = target.get("$ref") if isinstance(target, dict) else None
                if not isinstance(following, str):
                    break
                if following in seen:
                    raise InvalidSchemaError(f'"{_URL}{following[1:]}" refers to itself: reference cycle')
                seen.append(following)


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise InvalidSchemaError("exceeded max depth") from None
    except ValueError:
        from pyhelm.yaml.jsonsyntax import explain_stream

        raise InvalidSchemaError(explain_stream(text)) from None


def _no_constant(text: str) -> float:
    raise ValueError(text)


def _dialect(document: Any) -> tuple[str, int, type[Validator]]:
    url = document.get("$schema") if isinstance(document, dict) else None
    if not isinstance(url, str) or not url:
        return _LATEST, *_VALIDATORS[_LATEST]
    place = url.removesuffix("#").removeprefix("https://").removeprefix("http://")
    if place == "json-schema.org/schema":
        return _LATEST, *_VALIDATORS[_LATEST]
    for known, validator in _VALIDATORS.items():
        if known.partition("://")[2] == place:
            return known, *validator
    raise _unsupported(f"is written in {url}: other dialects are not fetched")


def _unsupported(what: str) -> UnsupportedError:
    error = UnsupportedError(f"values.schema.json {what}")
    error.hint = "copy the definitions into the schema"
    return error


def _references(document: Any) -> Iterator[str]:
    """Yield the references within the document."""
    pending = [document]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            reference = here.get("$ref")
            if isinstance(reference, str) and reference.startswith("#"):
                yield reference
            pending.extend(here.values())
        elif isinstance(here, list):
            pending.extend(here)


def _checks() -> dict[str, Callable[[str], bool]]:
    """Return the formats Go's validator knows, as jsonschema-rs wants them; those it does not know are notes."""

    def check_of(problem: Callable[[str], str]) -> Callable[[str], bool]:
        return lambda text: not problem(text)

    checks = {name: check_of(problem) for name, problem in FORMATS.items()}
    return {**checks, "idn-email": _anything, "idn-hostname": _anything}


def _anything(_: str) -> bool:
    return True
