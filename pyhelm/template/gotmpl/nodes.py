"""The parse tree: what text/template's ``parse`` package calls nodes.

Positions are offsets in characters from the start of the action (its ``{{``), so that one parsed action serves
wherever its text occurs again; statements carry the absolute ``base`` of their action. ``str(node)`` is the node as
text/template prints it in error messages. Nodes are never changed once parsed, and can be pickled.
"""

from __future__ import annotations

from typing import Union


class Text:
    """Plain text."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class Dot:
    """The cursor."""

    __slots__ = ("pos",)

    def __init__(self, pos: int) -> None:
        self.pos = pos

    def __str__(self) -> str:
        return "."


class Nil:
    """The untyped nil constant."""

    __slots__ = ("pos",)

    def __init__(self, pos: int) -> None:
        self.pos = pos

    def __str__(self) -> str:
        return "nil"


class Bool:
    """``true`` or ``false``."""

    __slots__ = ("pos", "value")

    def __init__(self, pos: int, value: bool) -> None:  # noqa: FBT001
        self.pos = pos
        self.value = value

    def __str__(self) -> str:
        return "true" if self.value else "false"


class Number:
    """A numeric constant, as every type that can hold it (None where none can).

    Attributes:
        integer: As a signed 64-bit integer.
        unsigned: As an unsigned 64-bit integer.
        real: As a float64.
        imaginary: As a complex128; only for constants written with an ``i``.
    """

    __slots__ = ("imaginary", "integer", "pos", "real", "text", "unsigned")

    def __init__(
        self,
        pos: int,
        text: str,
        integer: int | None = None,
        unsigned: int | None = None,
        real: float | None = None,
        imaginary: complex | None = None,
    ) -> None:
        self.pos = pos
        self.text = text
        self.integer = integer
        self.unsigned = unsigned
        self.real = real
        self.imaginary = imaginary

    def __str__(self) -> str:
        return self.text


class String:
    """A string constant; ``quoted`` is how it is written, ``text`` what it means."""

    __slots__ = ("pos", "quoted", "text")

    def __init__(self, pos: int, quoted: str, text: str) -> None:
        self.pos = pos
        self.quoted = quoted
        self.text = text

    def __str__(self) -> str:
        return self.quoted


class Identifier:
    """The name of a function."""

    __slots__ = ("name", "pos")

    def __init__(self, pos: int, name: str) -> None:
        self.pos = pos
        self.name = name

    def __str__(self) -> str:
        return self.name


class Field:
    """``.a.b.c``. The position is that of the second name, where there is one: text/template's quirk."""

    __slots__ = ("names", "pos")

    def __init__(self, pos: int, names: tuple[str, ...]) -> None:
        self.pos = pos
        self.names = names

    def __str__(self) -> str:
        return "." + ".".join(self.names)


class Variable:
    """``$name`` and perhaps fields of it: ``names[0]`` has the dollar sign."""

    __slots__ = ("names", "pos")

    def __init__(self, pos: int, names: tuple[str, ...]) -> None:
        self.pos = pos
        self.names = names

    def __str__(self) -> str:
        return ".".join(self.names)


class Chain:
    """Fields of a parenthesized pipeline or of a function's result."""

    __slots__ = ("names", "node", "pos")

    def __init__(self, pos: int, node: Operand, names: tuple[str, ...]) -> None:
        self.pos = pos
        self.node = node
        self.names = names

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return f"{inner}.{'.'.join(self.names)}"


class Command:
    """An element of a pipeline: an operand and what is given to it."""

    __slots__ = ("args", "pos")

    def __init__(self, pos: int, args: tuple[Operand, ...]) -> None:
        self.pos = pos
        self.args = args

    def __str__(self) -> str:
        return " ".join(f"({arg})" if isinstance(arg, Pipe) else str(arg) for arg in self.args)


class Pipe:
    """A pipeline: declarations (``assign``: of variables that exist) and commands."""

    __slots__ = ("assign", "commands", "declared", "pos")

    def __init__(
        self, pos: int, declared: tuple[Variable, ...], commands: tuple[Command, ...], *, assign: bool
    ) -> None:
        self.pos = pos
        self.declared = declared
        self.commands = commands
        self.assign = assign

    def __str__(self) -> str:
        text = " | ".join(map(str, self.commands))
        if not self.declared:
            return text
        return f"{', '.join(map(str, self.declared))} {'=' if self.assign else ':='} {text}"


class Action:
    """``{{pipeline}}``."""

    __slots__ = ("base", "pipe")

    def __init__(self, base: int, pipe: Pipe) -> None:
        self.base = base
        self.pipe = pipe

    def __str__(self) -> str:
        return f"{{{{{self.pipe}}}}}"


class Branch:
    """What ``if``, ``with`` and ``range`` have in common; ``jumps``: a break or continue in it leaves it."""

    __slots__ = ("base", "body", "jumps", "otherwise", "pipe")
    keyword = ""

    def __init__(
        self,
        base: int,
        pipe: Pipe,
        body: list[Statement],
        otherwise: list[Statement] | None,
        *,
        jumps: bool = False,
    ) -> None:
        self.jumps = jumps
        self.base = base
        self.pipe = pipe
        self.body = body
        self.otherwise = otherwise

    def __str__(self) -> str:
        text = f"{{{{{self.keyword} {self.pipe}}}}}{''.join(map(str, self.body))}"
        if self.otherwise is not None:
            text += "{{else}}" + "".join(map(str, self.otherwise))
        return text + "{{end}}"


class If(Branch):
    """``{{if pipeline}} … {{else}} … {{end}}``."""

    __slots__ = ()
    keyword = "if"


class With(Branch):
    """``{{with pipeline}} … {{else}} … {{end}}``."""

    __slots__ = ()
    keyword = "with"


class Range(Branch):
    """``{{range pipeline}} … {{else}} … {{end}}``."""

    __slots__ = ()
    keyword = "range"


class TemplateCall:
    """``{{template "name" pipeline}}``, and what is left of ``{{block}}``; ``pos`` is that of the name."""

    __slots__ = ("base", "name", "pipe", "pos", "quoted")

    def __init__(self, base: int, pos: int, name: str, quoted: str, pipe: Pipe | None) -> None:
        self.base = base
        self.pos = pos
        self.name = name
        self.quoted = quoted
        self.pipe = pipe

    def __str__(self) -> str:
        return f"{{{{template {self.quoted}{'' if self.pipe is None else f' {self.pipe}'}}}}}"


class Break:
    """``{{break}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{break}}"


class Continue:
    """``{{continue}}``."""

    __slots__ = ()

    def __str__(self) -> str:
        return "{{continue}}"


class Tree:
    """One template: the body of a file, of a ``define`` or of a ``block``.

    Attributes:
        name: By which it is called.
        body: Its statements.
        slots: How many variables it declares.
        empty: It has nothing but space and comments; such a tree never replaces another.
    """

    __slots__ = ("body", "empty", "name", "slots")

    def __init__(self, name: str, body: list[Statement], slots: int, *, empty: bool) -> None:
        self.name = name
        self.body = body
        self.slots = slots
        self.empty = empty


Operand = Union[Dot, Nil, Bool, Number, String, Identifier, Field, Variable, Chain, Pipe]  # noqa: UP007
Statement = Union[Text, Action, If, With, Range, TemplateCall, Break, Continue]  # noqa: UP007
Node = Union[Operand, Command, Action, TemplateCall]  # noqa: UP007
