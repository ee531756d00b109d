"""libyaml's events, through PyYAML, with errors in go-yaml's words.

The only module that imports PyYAML: loading it costs more than parsing a chart, so it is imported when first needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError
from yaml.scanner import ScannerError

from pyhelm.errors import YamlError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "AliasEvent",
    "DocumentEndEvent",
    "MappingEndEvent",
    "MappingStartEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "parse",
]


def parse(data: bytes) -> Iterator[Any]:
    """Yield the events of a YAML stream.

    Raises:
        YamlError: It is no YAML; what was yielded before is to be thrown away.
    """
    try:
        yield from iter(CParser(data).get_event, None)
    except MarkedYAMLError as error:
        raise _marked(error) from None
    except ReaderError as error:
        raise YamlError(f"error converting YAML to JSON: yaml: {error.reason}") from None


def _marked(error: MarkedYAMLError) -> YamlError:
    """Word an error as go-yaml's ``parser.fail``: its lines are one too small for errors of the grammar."""
    line = 0
    mark = error.problem_mark
    if mark is not None and mark.line:
        line = mark.line + isinstance(error, ScannerError)
    elif error.context_mark is not None and error.context_mark.line:
        line = error.context_mark.line
    where = f"line {line}: " if line else ""
    problem = error.problem or "unknown problem parsing YAML content"
    place = mark or error.context_mark
    return YamlError(
        f"error converting YAML to JSON: yaml: {where}{_WORDING.get(problem, problem)}",
        place.line + 1 if place else 0,
        place.column + 1 if place else 0,
    )


_WORDING: dict[str, str] = {}
