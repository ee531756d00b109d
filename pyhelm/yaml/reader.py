"""YAML text to plain values, by the rules of ``sigs.k8s.io/yaml``: YAML, to JSON, to Go values.

libyaml (through PyYAML) scans and parses; what its events mean is decided here. String keys whatever they looked like,
the last of duplicate keys, merge keys in document order, numbers as float64. Depth and alias expansion are bounded.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pyhelm.errors import YamlError
from pyhelm.yaml.golang import format_float32, json_kind, syntax, whole
from pyhelm.yaml.scalars import TagMismatchError, resolve, resolve_tagged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_DEPTH = 256
"""Levels of nesting that a document may have."""

_CONVERTING = "error converting YAML to JSON: "
_MERGE = object()
_NO_KEY = object()
_INT64_MAX = (1 << 63) - 1


def load(text: str | bytes, *, source: str = "") -> Any:
    """Return the first document of ``text`` as Helm reads values: every number a float, every key a string.

    Args:
        text: YAML; bytes may be UTF-8 or, with a byte order mark, UTF-16.
        source: Where the text comes from; kept in the error.

    Raises:
        YamlError: Not YAML, or YAML that JSON cannot express; the reason is what ``sigs.k8s.io/yaml`` says.
    """
    return _build(text, _as_float64, source)


def load_all(text: str | bytes, *, source: str = "") -> list[Any]:
    """Return every document of ``text``, split as Kubernetes' ``YAMLReader`` splits, each read by ``load``.

    Raises:
        YamlError: As ``load``.
    """
    return [load(document, source=source) for document in split_documents(text)]


def load_object(text: str | bytes, *, source: str = "") -> Any:
    """Return the first document as the Kubernetes decoder reads it: numbers without a fraction are ints.

    Raises:
        YamlError: As ``load``.
    """
    return _build(text, _as_json_number, source)


def load_scalars(text: str | bytes, *, source: str = "") -> Any:
    """Return the first document with numbers as YAML has them, an int or a float, before JSON makes them one kind.

    For what becomes text again: ``appVersion: 12e4`` is ``120000`` as a number of JSON and ``1.2e+05`` in Chart.yaml.

    Raises:
        YamlError: As ``load``.
    """
    return _build(text, _as_written, source)


def load_objects(text: str | bytes, *, source: str = "") -> list[Any]:
    """Return every document of ``text``, each read by ``load_object``.

    Raises:
        YamlError: As ``load``.
    """
    return [load_object(document, source=source) for document in split_documents(text)]


def load_values(text: str | bytes, *, source: str = "") -> dict[str, Any]:
    """Return a values file as one map, its documents merged in order (Helm's ``LoadValues``).

    Raises:
        YamlError: As ``load``, or a document is no map.
    """
    values: dict[str, Any] = {}
    try:
        documents = split_documents(text)
    except YamlError as error:
        raise _prefixed(error, "error reading yaml document: ") from None
    for document in documents:
        try:
            loaded = load(document, source=source)
        except YamlError as error:
            raise _prefixed(error, _UNMARSHAL) from None
        if loaded is None:
            continue
        if not isinstance(loaded, dict):
            raise YamlError(f"{_UNMARSHAL}{_not_a_map(loaded)}", 1, 1, source)
        values = merge_maps(values, loaded) if values else loaded
    return values


def merge_maps(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``over`` on ``base``, maps merged and all else replaced, nulls included: how values files add up.

    Maps that only one side has are shared with it, not copied.
    """
    out = dict(base)
    for key, value in over.items():
        if isinstance(value, dict):
            mine = out.get(key)
            if isinstance(mine, dict):
                out[key] = merge_maps(mine, value)
                continue
        out[key] = value
    return out


def _prefixed(error: YamlError, prefix: str) -> YamlError:
    return YamlError(prefix + error.reason, error.line, error.column, error.source)


def _not_a_map(value: Any) -> str:
    return (
        "error unmarshaling JSON: while decoding JSON: "
        f"json: cannot unmarshal {json_kind(value)} into Go value of type map[string]interface {{}}"
    )


_UNMARSHAL = "cannot unmarshal yaml document: "


def split_documents(text: str | bytes) -> list[str]:
    """Split at lines that begin with ``---``; empty documents are left out (Kubernetes' ``YAMLReader``).

    A separator inside a block scalar splits too, as it does there.

    Raises:
        YamlError: Something other than a comment follows a separator.
    """
    whole = text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text
    whole = whole.replace("\r\n", "\n")
    documents = []
    start = 0
    for match in _SEPARATOR.finditer(whole):
        rest = match[1].strip()
        if rest and rest[0] != "#":
            raise YamlError(f"invalid Yaml document separator: {rest}", whole.count("\n", 0, match.start()) + 1)
        if match.start() > start:
            documents.append(whole[start : match.start()])
        start = match.end()
    if start < len(whole):
        documents.append(whole[start:])
    return documents


_SEPARATOR = re.compile(r"^---([^\n]*)(?:\n|\Z)", re.MULTILINE)


# --- numbers --------------------------------------------------------------------------------------------------------


def _as_float64(number: float) -> float:
    return float(number)


def _as_written(number: float) -> float:
    return number


def _as_json_number(number: float) -> float:
    """Return the number as it comes out of JSON: ``3.0`` was written as ``3``, and 64 bits are what an int has."""
    if isinstance(number, float):
        if not number.is_integer() or abs(number) >= 1e21:
            return number
        number = whole(number)
    return number if -_INT64_MAX - 1 <= number <= _INT64_MAX else float(number)


# --- documents ------------------------------------------------------------------------------------------------------


def _build(text: str | bytes, number: Callable[[float], float], source: str) -> Any:
    from pyhelm.yaml import events

    data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    try:
        return _Builder(number).build(events.parse(data or b"\n"), events)
    except YamlError as error:
        error.source = source
        raise


class _Builder:
    """Builds one document from its events.

    Go reads in three passes: parse, decode, convert. The first error of the earliest pass is the one to report, so
    errors of the later ones wait until the end of the document.
    """

    def __init__(self, number: Callable[[float], float]) -> None:
        self._number = number
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._decode_error = ""
        self._convert_error = ""
        self._decoded = 1
        self._expanded = 0

    def build(self, stream: Any, kinds: Any) -> Any:
        """Return the value of the first document of ``stream``, None if there is none."""
        scalar, alias = kinds.ScalarEvent, kinds.AliasEvent
        map_start, map_end = kinds.MappingStartEvent, kinds.MappingEndEvent
        list_start, list_end = kinds.SequenceStartEvent, kinds.SequenceEndEvent
        document_end, stream_end = kinds.DocumentEndEvent, kinds.StreamEndEvent
        number = self._number
        stack: list[tuple[Any, Any, str | None, int]] = []
        top: Any = []  # the open container; the document's value lands in this first list
        key: Any = _NO_KEY
        known: dict[str, Any] = {}
        root = top
        for event in stream:
            kind = event.__class__
            aliased = False
            if kind is scalar:
                self._decoded += 1
                value = event.value
                tag = event.tag
                if tag is None:
                    if event.implicit[0]:
                        try:
                            value = known[value]
                        except KeyError:
                            value = known[value] = resolve(value)
                elif key is _NO_KEY and value == "<<" and tag == _MERGE_TAG and top.__class__ is dict:
                    self._decoded -= 1
                    key = _MERGE
                    continue
                else:
                    value = self._tagged(tag, value)
                if event.anchor is not None:
                    self._anchors[event.anchor] = (value, 1)
                if top.__class__ is dict and key is _NO_KEY:
                    if value == "<<" and event.implicit[0] and tag is None:
                        self._decoded -= 1
                        key = _MERGE
                    else:
                        key = value if value.__class__ is str else self._key(value)
                    continue
            elif kind is map_start or kind is list_start:
                stack.append((top, key, event.anchor, self._decoded))
                if len(stack) > MAX_DEPTH:
                    raise YamlError(
                        f"{_CONVERTING}yaml: exceeded max depth of {MAX_DEPTH}",
                        event.start_mark.line + 1,
                        event.start_mark.column + 1,
                    )
                self._decoded += 1
                top = {} if kind is map_start else []
                key = _NO_KEY
                if event.anchor is not None:
                    self._anchors[event.anchor] = (top, 0)
                continue
            elif kind is map_end or kind is list_end:
                value = top
                top, key, anchor, before = stack.pop()
                if anchor is not None and self._anchors[anchor][0] is value:
                    self._anchors[anchor] = (value, self._decoded - before)
            elif kind is alias:
                value = self._alias(event)
                aliased = True
            elif kind is document_end or kind is stream_end:
                break
            else:
                continue

            shape = value.__class__
            if top.__class__ is list:
                top.append(number(value) if shape is int or shape is float else value)
            elif key is _NO_KEY:
                key = value if shape is str else self._key(value)
            else:
                if key is _MERGE:
                    self._merge(top, value, aliased=aliased)
                elif key is not None:
                    top[key] = number(value) if shape is int or shape is float else value
                elif self._convert_error.endswith(_OF_VALUE):
                    self._convert_error += syntax(value)
                key = _NO_KEY
            if shape is float and (value - value) != 0 and not self._convert_error:
                self._convert_error = f"json: unsupported value: {_INFINITIES[str(value)]}"
        if self._decode_error:
            raise YamlError(f"{_CONVERTING}yaml: {self._decode_error}")
        if self._convert_error:
            raise YamlError(f"{_CONVERTING}{self._convert_error}")
        return root[0] if root else None

    def _tagged(self, tag: str, text: str) -> Any:
        try:
            return resolve_tagged(tag, text)
        except TagMismatchError as error:
            self._fail(str(error))
            return text

    def _alias(self, event: Any) -> Any:
        """Return a copy of what the anchor named; the copies of a whole document are bounded as Go bounds them."""
        name = event.anchor
        if name not in self._anchors:
            raise YamlError(
                f"{_CONVERTING}yaml: unknown anchor '{name}' referenced",
                event.start_mark.line + 1,
                event.start_mark.column + 1,
            )
        value, size = self._anchors[name]
        if size == 0:
            self._fail(f"anchor '{name}' value contains itself")
            return None
        self._decoded += size + 1
        self._expanded += size
        if self._expanded > 100 and self._decoded > 1000:
            if self._expanded / self._decoded > _allowed_alias_ratio(self._decoded):
                self._fail("document contains excessive aliasing")
            if self._decode_error:
                return None
        return _copy(value)

    def _merge(self, into: dict[str, Any], value: Any, *, aliased: bool) -> None:
        """Apply the value of a ``<<`` key: it overrides keys before it and yields to keys after it."""
        if isinstance(value, dict):
            into.update(value)
        elif isinstance(value, list) and not aliased and all(isinstance(item, dict) for item in value):
            for item in reversed(value):
                into.update(item)
        else:
            self._fail("map merge requires map or sequence of maps as the value")

    def _key(self, value: Any) -> str | None:
        """Return the string that a key becomes, None if it cannot."""
        if value.__class__ is str:
            return str(value)
        if value is True:
            return "true"
        if value is False:
            return "false"
        if isinstance(value, int) and value <= _INT64_MAX:
            return str(value)
        if isinstance(value, float):
            return format_float32(value)
        if isinstance(value, (dict, list)):
            self._fail(f"invalid map key: {syntax(value)}")
        elif not self._convert_error.startswith("unsupported map key"):
            kind = "%!s(<nil>)" if value is None else "uint64"
            shown = "<nil>" if value is None else f"{value:#x}"
            self._convert_error = f"unsupported map key of type: {kind}, key: {shown}{_OF_VALUE}"
        return None

    def _fail(self, reason: str) -> None:
        self._decode_error = self._decode_error or reason


_OF_VALUE = ", value: "
_MERGE_TAG = "tag:yaml.org,2002:merge"
_INFINITIES = {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}


def _allowed_alias_ratio(decoded: int) -> float:
    """Return which part of so many decoded nodes may come from aliases (go-yaml's own bounds)."""
    if decoded <= 400_000:
        return 0.99
    if decoded >= 4_000_000:
        return 0.10
    return 0.99 - 0.89 * ((decoded - 400_000) / 3_600_000)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value
