"""Go's types for Python values: what a template function sees, prints and compares.

A Go value is a Python value of this type:

==========================  =======================================================================================
``string``                  ``str``; a byte that is no UTF-8 is a lone surrogate (``surrogateescape``)
``bool``, ``nil``           ``bool``, ``None``
``float64``                 ``float``
``int64``                   ``int`` itself
``int``                     :class:`Int` (literals in templates, ``len``, ``int``, ``until``)
``map[string]interface {}`` ``dict``
``[]interface {}``          ``list``
``[]uint8``                 ``bytes``
==========================  =======================================================================================

Other Go types are subclasses of these, or of :class:`Object`, which name themselves in the class attributes ``go_type``
and ``go_kind``. A nil slice is a :class:`NilList` or :class:`NilStrings`: empty, and ``null`` in JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyhelm.functions.registry import Function


class Int(int):
    """Go's ``int``; plain ``int`` is ``int64``."""

    __slots__ = ()
    go_type = "int"
    go_kind = "int"


class Int32(int):
    """Go's ``int32``, also a rune."""

    __slots__ = ()
    go_type = "int32"
    go_kind = "int32"


class Uint8(int):
    """Go's ``uint8``: an element of ``bytes``."""

    __slots__ = ()
    go_type = "uint8"
    go_kind = "uint8"


class Uint64(int):
    """Go's ``uint64``: the numbers of a semantic version."""

    __slots__ = ()
    go_type = "uint64"
    go_kind = "uint64"


class Strings(list[str]):
    """Go's ``[]string``."""

    __slots__ = ()
    go_type = "[]string"
    go_kind = "slice"


class Ints(list[Int]):
    """Go's ``[]int``."""

    __slots__ = ()
    go_type = "[]int"
    go_kind = "slice"


class Lists(list[list[Any]]):
    """Go's ``[][]interface {}``."""

    __slots__ = ()
    go_type = "[][]interface {}"
    go_kind = "slice"


class Maps(list[dict[str, Any]]):
    """Go's ``[]map[string]interface {}``."""

    __slots__ = ()
    go_type = "[]map[string]interface {}"
    go_kind = "slice"


class NilList(list[Any]):
    """Go's nil ``[]interface {}``."""

    __slots__ = ()
    go_type = "[]interface {}"
    go_kind = "slice"
    go_nil = True


class NilStrings(Strings):
    """Go's nil ``[]string``."""

    __slots__ = ()
    go_nil = True


class StringMap(dict[str, str]):
    """Go's ``map[string]string``."""

    __slots__ = ()
    go_type = "map[string]string"
    go_kind = "map"


class NilMap(dict[str, Any]):
    """Go's nil ``map[string]interface {}``."""

    __slots__ = ()
    go_type = "map[string]interface {}"
    go_kind = "map"
    go_nil = True


class Object:
    """Base of values that Go has as structs or pointers to them.

    An object with a method ``go_string() -> str`` is a ``Stringer``: ``%v`` prints that rather than the fields.
    ``go_syntax() -> str`` is what ``%#v`` prints, ``go_copy()`` what ``deepCopy`` makes of it.

    Attributes:
        go_type: The type as ``%T`` prints it, such as ``*semver.Version``.
        go_kind: ``struct`` or ``ptr``.
        go_fields: Names of the exported fields, which are attributes of the same name.
        go_methods: Exported methods; ``call`` takes the object first, and ``params`` leave it out.
    """

    __slots__ = ()
    go_type: ClassVar[str] = "struct {}"
    go_kind: ClassVar[str] = "struct"
    go_fields: ClassVar[Sequence[str]] = ()
    go_methods: ClassVar[Mapping[str, Function]] = {}

    def go_json(self) -> Any:
        """Return the plain value that ``encoding/json`` writes."""
        return {name: getattr(self, name) for name in self.go_fields}


_TYPES: dict[type, str] = {
    str: "string",
    bool: "bool",
    Int: "int",
    int: "int64",
    float: "float64",
    dict: "map[string]interface {}",
    list: "[]interface {}",
    type(None): "<nil>",
    bytes: "[]uint8",
}
_KINDS: dict[type, str] = {
    str: "string",
    bool: "bool",
    Int: "int",
    int: "int64",
    float: "float64",
    dict: "map",
    list: "slice",
    type(None): "invalid",
    bytes: "slice",
}


def type_of(value: Any) -> str:
    """Return the Go type of ``value`` as ``%T`` prints it; ``<nil>`` for nil."""
    cls = type(value)
    known = _TYPES.get(cls)
    if known is None:
        known = _TYPES[cls] = _inherited(cls, "go_type", _TYPES)
    return known


def kind_of(value: Any) -> str:
    """Return the Go kind of ``value``; ``invalid`` for nil."""
    cls = type(value)
    known = _KINDS.get(cls)
    if known is None:
        known = _KINDS[cls] = _inherited(cls, "go_kind", _KINDS)
    return known


def _inherited(cls: type, attribute: str, known: Mapping[type, str]) -> str:
    declared = getattr(cls, attribute, None)
    if declared is not None:
        return str(declared)
    for base in cls.__mro__:
        if base in known:
            return known[base]
    return f"*{cls.__module__}.{cls.__name__}" if attribute == "go_type" else "ptr"


def is_nil(value: Any) -> bool:
    """Return whether ``value`` is nil or a nil slice."""
    return value is None or getattr(value, "go_nil", False)


_SLICE_LIKE = frozenset({"slice", "array"})


def is_slice(value: Any) -> bool:
    """Return whether ``value`` is a slice or an array."""
    return type(value) is list or kind_of(value) in _SLICE_LIKE


def elements(value: Any) -> Sequence[Any]:
    """Return the elements of a slice as Go values of their own."""
    if isinstance(value, bytes):
        return [Uint8(octet) for octet in value]
    return value  # type: ignore[no-any-return]


def deep_equal(left: Any, right: Any) -> bool:
    """Return whether two values are the same in type and content (Go's ``reflect.DeepEqual``)."""
    if type(left) is not type(right) and type_of(left) != type_of(right):
        return False
    if isinstance(left, dict):
        if left is right:
            return True
        return len(left) == len(right) and all(
            key in right and deep_equal(value, right[key]) for key, value in left.items()
        )
    if isinstance(left, list):
        if left is right:
            return True
        return (
            len(left) == len(right)
            and is_nil(left) == is_nil(right)
            and all(deep_equal(one, other) for one, other in zip(left, right, strict=True))
        )
    return bool(left == right)


def wrap_int64(number: int) -> int:
    """Return ``number`` as an ``int64`` holds it after overflow."""
    return (number + 0x8000_0000_0000_0000) % 0x1_0000_0000_0000_0000 - 0x8000_0000_0000_0000
