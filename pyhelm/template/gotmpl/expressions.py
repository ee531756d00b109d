"""Pipelines and what they are made of, compiled to closures ``f(dot, v)``.

text/template says in an error which node it visited last, which need not be the one at fault. So compiling a node also
tells its *last* node: a node, or (where ``and`` and ``or`` stop early) code that finds it after the fact.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from pyhelm.errors import FunctionError
from pyhelm.functions.gotypes import Int, type_of
from pyhelm.template.gotmpl.calls import Calls, parameter, wrong_count
from pyhelm.template.gotmpl.nodes import (
    Bool,
    Chain,
    Dot,
    Field,
    Identifier,
    Nil,
    Number,
    Pipe,
    String,
    Variable,
)
from pyhelm.template.gotmpl.values import (
    NIL,
    Complex,
    RefusedError,
    accept,
    can_be_nil,
    field,
    go_name,
    integer_constant,
    method_of,
    zero_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.functions.registry import Function
    from pyhelm.template.gotmpl.calls import Evaluate, Last, Nothing
    from pyhelm.template.gotmpl.failures import Place
    from pyhelm.template.gotmpl.nodes import Command, Node, Operand

METHODS = frozenset(
    {"AsConfig", "AsMap", "AsSecrets", "Encode", "Get", "GetBytes", "GitVersion", "Glob", "Has", "Lines"}
    | {"PathValue", "String", "Table", "YAML"}
)
"""Names that maps among the built-in objects have as methods: fields of these names take the slow way."""

_ABSENT: Any = object()


class Scope:
    """The variables that can be seen, and whether dot and they may be elements of a ``range``."""

    __slots__ = ("loose", "slots")

    def __init__(self) -> None:
        self.slots: dict[str, tuple[int, bool]] = {"$": (1, False)}
        self.loose = False

    def inner(self, *, loose: bool | None = None) -> Scope:
        """Return the scope of a block: what it declares stays in it."""
        scope = Scope()
        scope.slots = dict(self.slots)
        scope.loose = self.loose if loose is None else loose
        return scope


class Expressions(Calls):
    """Compiles pipelines; ``next_slot`` is where the next variable goes."""

    def __init__(self, name: str, place: Place, resolve: Callable[[str], Function | None]) -> None:
        super().__init__(name, place, resolve)
        self.next_slot = 2

    def pipe(self, node: Pipe, scope: Scope) -> tuple[Evaluate, Last]:
        """Return the code of a pipeline; its value is never NIL."""
        evaluate: Evaluate | None = None
        last: Last = node
        for command in node.commands:
            evaluate, last = self.command(command, scope, evaluate, last)
        assert evaluate is not None  # noqa: S101
        if not node.declared:
            return evaluate, last
        return self.declaration(node, scope, evaluate, last), last

    def declaration(self, node: Pipe, scope: Scope, evaluate: Evaluate, last: Last) -> Evaluate:
        slots: list[int] = []
        for variable in node.declared:
            name = variable.names[0]
            slot = self.next_slot
            self.next_slot += 1
            if not node.assign:
                scope.slots[name] = (slot, False)
            elif name in scope.slots:
                slot = scope.slots[name][0]
            else:
                return self.failing(f"undefined variable: {name}", last, self.base, evaluate)
            slots.append(slot)
        if len(slots) == 1:
            only = slots[0]

            def assign(dot: Any, v: list[Any]) -> Any:
                value = v[only] = evaluate(dot, v)
                return value

            return assign

        def assign_all(dot: Any, v: list[Any]) -> Any:
            value = evaluate(dot, v)
            for slot in slots:
                v[slot] = value
            return value

        return assign_all

    def command(self, node: Command, scope: Scope, final: Evaluate | None, before: Last) -> tuple[Evaluate, Last]:
        """Return the code of a command; ``final`` is the pipeline before it, and ``before`` its last node."""
        args = node.args
        first = args[0]
        if isinstance(first, Identifier):
            return self.function(first, node, args[1:], scope, final)
        bare = len(args) == 1 and final is None
        if isinstance(first, (Field, Chain)) or (isinstance(first, Variable) and len(first.names) > 1):
            if bare:
                return self.operand(first, scope)
            return self.method(first, args[1:], scope, final)
        if not bare:
            base = self.base
            # A parenthesized pipeline is not visited before the complaint.
            last = before if isinstance(first, Pipe) else first
            return self.failing(f"can't give argument to non-function {first}", last, base, final), last
        if isinstance(first, Nil):
            return self.failing("nil is not a command", first, self.base, None), first
        return self.operand(first, scope)

    def operand(self, node: Operand, scope: Scope) -> tuple[Evaluate, Last]:
        """Return the code of an operand without arguments; its value may be None for NIL."""
        if isinstance(node, Field):
            return self.field(node, scope), node
        if isinstance(node, Pipe):
            return self.pipe(node, scope)
        if isinstance(node, Variable):
            return self.variable(node, scope), node
        if isinstance(node, Dot):
            if scope.loose:
                return lambda dot, v: None if dot is NIL else dot, node  # noqa: ARG005
            return lambda dot, v: dot, node  # noqa: ARG005
        if isinstance(node, Identifier):
            return self.function(node, node, (), scope, None)
        if isinstance(node, Chain):
            return self.chain(node, scope)
        if isinstance(node, Number):
            return self.number(node), node
        value = node.value if isinstance(node, Bool) else node.text if isinstance(node, String) else None
        return lambda dot, v: value, node  # noqa: ARG005

    def number(self, node: Number) -> Evaluate:
        value: Any
        if node.imaginary is not None:
            value = Complex(node.imaginary)
        elif (
            node.real is not None
            and any(mark in node.text for mark in ".eEpP")
            and not (node.text[:2] in {"0x", "0X"} and "p" not in node.text.lower())
            and node.text[0] != "'"
        ):
            value = node.real
        elif node.integer is not None:
            value = Int(node.integer)
        else:
            return self.failing(f"{node.text} overflows int", node, self.base, None)
        return lambda dot, v: value  # noqa: ARG005

    def field(self, node: Field, scope: Scope) -> Evaluate:
        names = node.names
        walk = self.walker(node, names, node, self.base)
        loose = scope.loose

        def slowly(dot: Any, v: list[Any]) -> Any:
            return walk(dot, loose, dot, v)

        if not METHODS.isdisjoint(names):
            return slowly
        if len(names) == 1:
            (one,) = names

            def field_1(dot: Any, v: list[Any]) -> Any:
                try:
                    return dot[one]
                except (KeyError, TypeError):
                    return walk(dot, loose, dot, v)

            return field_1
        if len(names) == 2:
            one, two = names

            def field_2(dot: Any, v: list[Any]) -> Any:
                try:
                    return dot[one][two]
                except (KeyError, TypeError):
                    return walk(dot, loose, dot, v)

            return field_2
        if len(names) == 3:
            one, two, three = names

            def field_3(dot: Any, v: list[Any]) -> Any:
                try:
                    return dot[one][two][three]
                except (KeyError, TypeError):
                    return walk(dot, loose, dot, v)

            return field_3

        def field_n(dot: Any, v: list[Any]) -> Any:
            value = dot
            try:
                for name in names:
                    value = value[name]
            except (KeyError, TypeError):
                return walk(dot, loose, dot, v)
            return value

        return field_n

    def variable(self, node: Variable, scope: Scope) -> Evaluate:
        name, *rest = node.names
        slot, loose = scope.slots.get(name, (-1, False))
        if slot < 0:
            return self.failing(f"undefined variable: {name}", node, self.base, None)
        if not rest:
            if loose:
                return lambda dot, v: None if v[slot] is NIL else v[slot]  # noqa: ARG005
            return lambda dot, v: v[slot]  # noqa: ARG005
        names = tuple(rest)
        walk = self.walker(node, names, node, self.base)
        if not METHODS.isdisjoint(names):
            return lambda dot, v: walk(v[slot], loose, dot, v)

        def fields(dot: Any, v: list[Any]) -> Any:
            value = v[slot]
            try:
                for name in names:
                    value = value[name]
            except (KeyError, TypeError):
                return walk(v[slot], loose, dot, v)
            return value

        return fields

    def chain(self, node: Chain, scope: Scope) -> tuple[Evaluate, Last]:
        if isinstance(node.node, Nil):
            return self.failing(f"indirection through explicit nil in {node}", node, self.base, None), node
        inner, last = self.operand(node.node, scope)
        loose = isinstance(node.node, Identifier) and self.untyped(node.node)
        walk = self.walker(node, node.names, last, self.base)
        return (lambda dot, v: walk(inner(dot, v), loose, dot, v)), last

    def walker(
        self, node: Field | Variable | Chain, names: tuple[str, ...], last: Last, base: int
    ) -> Callable[[Any, bool, Any, list[Any]], Any]:
        """Return code that follows ``names`` from a value by all of text/template's rules."""

        def walk(value: Any, loose: bool, dot: Any, v: list[Any]) -> Any:  # noqa: FBT001
            strict = v[0].strict
            absent = value is None and not loose
            for name in names:
                if absent:
                    if strict:
                        self.fail(f'nil data; no entry for key "{name}"', last, base, dot, v)
                    return None
                if value is None or value is NIL:
                    self.fail(f"nil pointer evaluating interface {{}}.{name}", last, base, dot, v)
                method = method_of(value, name)
                if method is not None:
                    value = self.call_method(method, value, (), node, last, base, dot, v)
                    loose = False
                    continue
                try:
                    value, loose = field(value, name, loose=loose, strict=strict)
                except RefusedError as refusal:
                    self.fail(str(refusal), last, base, dot, v)
            return value

        return walk

    def method(
        self, node: Field | Variable | Chain, args: tuple[Operand, ...], scope: Scope, final: Evaluate | None
    ) -> tuple[Evaluate, Last]:
        """Return the code of a field that is given arguments: it must be a method."""
        base = self.base
        last: Last = node
        loose = False
        if isinstance(node, Field):
            names = node.names
            root: Evaluate = lambda dot, v: dot  # noqa: ARG005, E731
            loose = scope.loose
        elif isinstance(node, Variable):
            names = node.names[1:]
            slot, loose = scope.slots.get(node.names[0], (-1, False))
            root = lambda dot, v: v[slot]  # noqa: ARG005, E731
        else:
            names = node.names
            root, last = self.operand(node.node, scope)
        *before, name = names
        walk = self.walker(node, tuple(before), last, base)
        known: dict[str, list[Evaluate]] = {}
        scope = scope.inner()
        last_argument = self.argument(args[-1], "reflect.Value", scope)[1] if args else last

        def after(dot: Any, v: list[Any]) -> Last:
            """Without a receiver there is no call, and arguments are not visited."""
            return last if root(dot, v) is None else last_argument

        def call(dot: Any, v: list[Any]) -> Any:
            extra = final(dot, v) if final is not None else _ABSENT
            start = root(dot, v)
            receiver = walk(start, loose, dot, v) if before else start
            if receiver is None and start is None:
                return None
            if receiver is None or receiver is NIL:
                self.fail(f"nil pointer evaluating interface {{}}.{name}", last, base, dot, v)
            method = method_of(receiver, name)
            if method is None:
                if isinstance(receiver, dict):
                    self.fail(f"{name} is not a method but has arguments", last, base, dot, v)
                if name in getattr(receiver, "go_fields", ()):
                    self.fail(f"{name} has arguments but cannot be invoked as function", last, base, dot, v)
                shown = "interface {}" if before or loose else type_of(receiver)
                self.fail(f"can't evaluate field {name} in type {shown}", last, base, dot, v)
            count = len(args) + (extra is not _ABSENT)
            wrong = wrong_count(method, count, len(args))
            if wrong:
                self.fail(wrong, last, base, dot, v)
            key = f"{type(receiver).__name__}.{name}"
            if key not in known:
                self.base = base
                known[key] = [
                    self.argument(arg, parameter(method, position), scope)[0] for position, arg in enumerate(args)
                ]
            values = [evaluate(dot, v) for evaluate in known[key]]
            if extra is not _ABSENT:
                try:
                    values.append(accept(extra, parameter(method, len(args)), loose=False))
                except RefusedError as refusal:
                    self.fail(str(refusal), after, base, dot, v)
            try:
                return method.call(receiver, *values)
            except FunctionError as error:
                raise self.called(error, name, node, base) from None

        return call, after

    def function(
        self, node: Identifier, caller: Node, args: tuple[Operand, ...], scope: Scope, final: Evaluate | None
    ) -> tuple[Evaluate, Last]:
        base = self.base
        function = self.resolve(node.name)
        if function is None:
            return self.failing(f'"{node.name}" is not a defined function', node, base, final), node
        given = len(args)
        count = given + (final is not None)
        wrong = wrong_count(function, count, given)
        if wrong:
            return self.failing(wrong, node, base, final), node
        if node.name == "call" and args:
            function = replace(function, call=partial(function.call, str(args[0])))
        if node.name in {"and", "or"}:
            return self.logic(node, args, scope, final, stop=node.name == "or")
        last: Last = node
        evaluates: list[Evaluate] = []
        for position, arg in enumerate(args):
            evaluate, last = self.argument(arg, parameter(function, position), scope)
            evaluates.append(evaluate)
        last_node = last
        if final is not None:
            param = parameter(function, given)
            check = None if param in {"interface {}", "reflect.Value"} else self.checker(param, last_node, base)
            if node.name == "len":
                piped = self.piped(function, caller, evaluates, final, check, base)
                return self.length(piped, lambda dot, v: False), last_node  # noqa: ARG005
            return self.piped(function, caller, evaluates, final, check, base), last_node
        if node.name == "len":
            return self.length(
                self.invoke(function, caller, evaluates, base), self.looseness(args[0], scope)
            ), last_node
        return self.invoke(function, caller, evaluates, base), last_node

    def logic(
        self, node: Identifier, args: tuple[Operand, ...], scope: Scope, final: Evaluate | None, *, stop: bool
    ) -> tuple[Evaluate, Last]:
        """Return the code of ``and`` and ``or``, which stop at the first argument that settles them."""
        compiled = [self.argument(arg, "reflect.Value", scope) for arg in args]
        evaluates = [evaluate for evaluate, _ in compiled]
        if final is None and len(evaluates) == 2:
            one, two = evaluates
            if stop:

                def logic(dot: Any, v: list[Any]) -> Any:
                    return one(dot, v) or two(dot, v)
            else:

                def logic(dot: Any, v: list[Any]) -> Any:
                    return one(dot, v) and two(dot, v)
        else:

            def logic(dot: Any, v: list[Any]) -> Any:
                extra = final(dot, v) if final is not None else None
                value = None
                for evaluate in evaluates:
                    value = evaluate(dot, v)
                    if bool(value) == stop:
                        return value
                return value if final is None else extra

        def last(dot: Any, v: list[Any]) -> Last:
            where: Last = node
            for evaluate, where in compiled:  # noqa: B007
                if bool(evaluate(dot, v)) == stop:
                    break
            return where

        return logic, (last if len(compiled) > 1 else compiled[0][1] if compiled else node)

    def argument(self, node: Operand, param: str, scope: Scope) -> tuple[Evaluate, Last]:
        """Return the code of an argument for a parameter of the Go type ``param``."""
        base = self.base
        if isinstance(node, Nil):
            if can_be_nil(param):
                return (lambda dot, v: zero_for(param)), node  # noqa: ARG005
            return self.failing(f"cannot assign nil to {param}", node, base, None), node
        if isinstance(node, (Bool, Number, String)):
            return self.constant(node, param, scope), node
        evaluate, last = self.operand(node, scope)
        if param in {"interface {}", "reflect.Value"}:
            return evaluate, last
        return self.checked(evaluate, self.looseness(node, scope), param, last, base), last

    def looseness(self, node: Operand, scope: Scope) -> Nothing:
        """Return code that tells of a None whether Go has it as a nil interface, rather than as nothing at all."""
        if isinstance(node, Field):
            return lambda dot, v: dot is not None  # noqa: ARG005
        if isinstance(node, Dot):
            return lambda dot, v: dot is NIL  # noqa: ARG005
        if isinstance(node, Variable):
            slot = scope.slots.get(node.names[0], (1, False))[0]
            if len(node.names) == 1:
                return lambda dot, v: v[slot] is NIL  # noqa: ARG005
            return lambda dot, v: v[slot] is not None  # noqa: ARG005
        if isinstance(node, Chain):
            inner, _ = self.operand(node.node, scope)
            return lambda dot, v: inner(dot, v) is not None
        untyped = isinstance(node, Identifier) and self.untyped(node)
        return lambda dot, v: untyped  # noqa: ARG005

    def untyped(self, node: Identifier) -> bool:
        """Whether Go declares the function's result as an interface."""
        function = self.resolve(node.name)
        return function is not None and go_name(function.returns) == "interface {}"

    def constant(self, node: Operand, param: str, scope: Scope) -> Evaluate:
        """Return the code of a constant as ``param`` wants it."""
        if param in {"interface {}", "reflect.Value"}:
            return self.operand(node, scope)[0]
        kind = param.rstrip("0123456789")
        value: Any = _ABSENT
        wanted = ""
        if param == "string":
            wanted = "string"
            value = node.text if isinstance(node, String) else _ABSENT
        elif param == "bool":
            wanted = "bool"
            value = node.value if isinstance(node, Bool) else _ABSENT
        elif kind == "int" and not param.startswith("interface"):
            wanted = "integer"
            if isinstance(node, Number) and node.integer is not None:
                value = integer_constant(node.integer, param)
        elif kind == "uint":
            wanted = "unsigned integer"
            if isinstance(node, Number) and node.unsigned is not None:
                value = node.unsigned
        elif kind == "float":
            wanted = "float"
            if isinstance(node, Number) and node.real is not None:
                value = node.real
        else:
            return self.failing(f"can't handle {node} for arg of type {param}", node, self.base, None)
        if value is _ABSENT:
            return self.failing(f"expected {wanted}; found {node}", node, self.base, None)
        return lambda dot, v: value  # noqa: ARG005
