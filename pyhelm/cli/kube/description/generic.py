"""Descriptions of kinds that have no describer of their own: every field, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyhelm.cli.kube.description.writer import Writer
    from pyhelm.kube.client import Client
    from pyhelm.kube.objects import Object

_ACRONYMS = {"API", "URL", "UID", "GUID"}
_HIDDEN = {f".metadata.{field}" for field in ("managedFields", "name", "namespace", "labels", "annotations")}


def describe_unknown(writer: Writer, obj: Object, _client: Client) -> None:
    """Write all fields of an object in words (kubectl's generic describer)."""
    writer.head(obj)
    _content(writer, 0, obj, "")


def _content(writer: Writer, level: int, content: Object, place: str) -> None:
    for field, value in sorted(content.items()):
        path = f"{place}.{field}"
        if path in _HIDDEN:
            continue
        if isinstance(value, dict):
            writer.line(level, f"{label_of(field)}:")
            _content(writer, level + 1, value, path)
        elif isinstance(value, list):
            writer.line(level, f"{label_of(field)}:")
            for item in value:
                if isinstance(item, dict):
                    _content(writer, level + 1, item, path)
                else:
                    writer.line(level + 1, _scalar(item))
        else:
            writer.line(level, f"{label_of(field)}:\t{_scalar(value)}")


def _scalar(value: Any) -> str:
    from pyhelm.functions.gofmt import to_text

    return to_text(value)


def label_of(field: str) -> str:
    """Return a field's name as words (``apiVersion``: ``API Version``)."""
    if not all(char.isalpha() or char == "-" for char in field):
        return field
    words: list[str] = []
    for word in _merged(_camel_words(field)):
        if word.upper() in _ACRONYMS:
            words.append(word.upper())
        else:
            words.append(word[:1].upper() + word[1:] if word == word.lower() else word)
    return " ".join(words)


def _camel_words(field: str) -> list[str]:
    """Split at changes of case; the last capital of a run belongs to the word after it (camelcase.Split)."""
    runs: list[str] = []
    last = None
    for char in field:
        kind = "lower" if char.islower() else "upper" if char.isupper() else "other"
        if kind == last:
            runs[-1] += char
        else:
            runs.append(char)
        last = kind
    for at in range(len(runs) - 1):
        if runs[at] and runs[at][0].isupper() and runs[at + 1][0].islower():
            runs[at + 1] = runs[at][-1] + runs[at + 1]
            runs[at] = runs[at][:-1]
    return [run for run in runs if run]


def _merged(words: list[str]) -> list[str]:
    """Join a run of capitals with a capitalised word after it (``CIDRBlock`` stays one word)."""
    result: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        if (
            len(word) > 1
            and not any(char.isalpha() and not char.isupper() for char in word)
            and following[:1].isupper()
        ):
            result.append(word + following)
            at += 2
            continue
        result.append(word)
        at += 1
    return result
