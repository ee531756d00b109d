"""What the user gives: values files and ``--set`` flags, added up in Helm's order (Go's ``pkg/cli/values``)."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyhelm.errors import UnsupportedError, ValuesFileError, YamlError
from pyhelm.values.expressions import (
    os_error_text,
    parse_json_object,
    parse_set,
    parse_set_file,
    parse_set_json,
    parse_set_literal,
    parse_set_string,
)
from pyhelm.yaml import load_values, merge_maps

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

_STDIN = "-"
MAX_SIZE = 100 * 1024 * 1024
"""How many bytes a file may give: a device like /dev/zero never ends."""


@dataclass(frozen=True, slots=True)
class ValueSources:
    """The flags that give values, each in the order of the command line.

    Attributes:
        files: ``-f``; ``-`` is standard input.
        set: ``--set``; the others likewise are named after their flags.
    """

    files: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    set_string: tuple[str, ...] = ()
    set_json: tuple[str, ...] = ()
    set_file: tuple[str, ...] = ()
    set_literal: tuple[str, ...] = ()


def read_local(name: str) -> bytes:
    """Return the bytes of a local file, or of standard input for ``-``.

    Raises:
        OSError: It cannot be read, or has no end.
        UnsupportedError: ``name`` is a URL.
    """
    if name.strip() == _STDIN:
        import sys

        if sys.stdin is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF), name)
        return _bounded(sys.stdin.buffer, name)
    scheme, colon, _ = name.partition("://")
    if colon and scheme in {"http", "https", "oci"}:
        error = UnsupportedError(f"values from a URL: {name}")
        error.hint = "download the file and give its path"
        raise error
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib would be one more import at start-up
        return _bounded(file, name)


def _bounded(file: BinaryIO, name: str) -> bytes:
    data = file.read(MAX_SIZE + 1)
    if len(data) > MAX_SIZE:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), name)
    return data


def merge_sources(sources: ValueSources, *, read: Callable[[str], bytes] = read_local) -> dict[str, Any]:
    """Return the user's values: files first, then ``--set-json``, ``--set``, ``-string``, ``-file``, ``-literal``.

    Args:
        sources: The flags.
        read: Returns the bytes of a file named by ``-f`` or ``--set-file``.

    Raises:
        ValuesFileError: A file cannot be read, or is no map.
        SetSyntaxError: A flag's value breaks its grammar.
        UnsupportedError: A file is a URL.
    """
    values: dict[str, Any] = {}
    for path in sources.files:
        values = merge_maps(values, _load_file(path, read))
    for expression in sources.set_json:
        if expression.strip().startswith("{"):
            values = merge_maps(values, parse_json_object(expression))
        else:
            parse_set_json(expression, values)
    for expression in sources.set:
        parse_set(expression, values)
    for expression in sources.set_string:
        parse_set_string(expression, values)
    for expression in sources.set_file:
        parse_set_file(expression, values, lambda path: read(path).decode("utf-8", "surrogateescape"))
    for expression in sources.set_literal:
        parse_set_literal(expression, values)
    return values


def _load_file(path: str, read: Callable[[str], bytes]) -> dict[str, Any]:
    try:
        data = read(path)
    except OSError as error:
        raise ValuesFileError(path, os_error_text("open", path, error), unread=True) from None
    try:
        return load_values(data, source=path)
    except YamlError as error:
        raise ValuesFileError(path, error.reason) from error
