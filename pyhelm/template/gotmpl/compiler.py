"""From parse trees to Python closures.

A statement becomes ``f(dot, v, out)``, a pipeline ``f(dot, v)``: ``v`` holds the run (``v[0]``), ``$`` (``v[1]``) and the
template's variables, whose places are settled here; ``out`` takes text. Functions, arities and constants are resolved
here too. Bodies of branches are compiled when they first run. Why closures: docs/decisions.

text/template says in an error which node it visited last, which need not be the one at fault. So compiling a node also
tells its *last* node: a node, or (where ``and`` and ``or`` stop early) a function that finds it after the fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from pyhelm.errors import FunctionError
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, elements, type_of
from pyhelm.template.gotmpl.failures import Failure
from pyhelm.template.gotmpl.nodes import (
    Action,
    Bool,
    Break,
    Chain,
    Continue,
    Dot,
    Field,
    Identifier,
    If,
    Nil,
    Number,
    Pipe,
    Range,
    String,
    TemplateCall,
    Text,
    Variable,
    With,
)
from pyhelm.template.gotmpl.values import (
    NIL,
    Refusal,
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
    from pyhelm.template.gotmpl.failures import Place

    from pyhelm.template.gotmpl.nodes import Command, Node, Operand, Statement, Tree

    Evaluate = Callable[[Any, list[Any]], Any]
    Execute = Callable[[Any, list[Any], Callable[[str], None]], Any]
    Last = Node | Callable[[Any, list[Any]], "Last"]
    Nothing = Callable[[Any, list[Any]], bool]
    Check = Callable[[Any, Any, list[Any]], Any]

METHODS = frozenset(
    "AsConfig AsMap AsSecrets Encode Get GetBytes GitVersion Glob Has Lines PathValue String Table YAML".split()
)
"""Names that maps among the built-in objects have as methods: fields of these names take the slow way."""

_QUICK: dict[str, Any] = {"string": str, "bool": bool, "int": Int, "float64": float}

_BREAK, _CONTINUE = 1, 2
_ABSENT: Any = object()


class Template:
    """A template that can run: a parse tree, where it comes from, and its code once it has run."""

    __slots__ = ("_code", "name", "place", "resolve", "tree")

    def __init__(self, name: str, tree: Tree, place: Place, resolve: Callable[[str], Function | None]) -> None:
        self.name = name
        self.tree = tree
        self.place = place
        self.resolve = resolve
        self._code: Execute | None = None

    def run(self, run: Any, data: Any, out: Callable[[str], None]) -> None:
        """Write the template's output for ``data`` with ``out``.

        Raises:
            Failure: It cannot go on.
        """
        code = self._code
        if code is None:
            code = self._code = Compiler(self).statements(self.tree.body, Scope())
        code(data, [run, data] + [None] * self.tree.slots, out)


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


class Compiler:
    """Compiles one template; ``base`` is where the action at hand begins."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.resolve = template.resolve
        self.next_slot = 2
        self.base = 0

    # --- statements --------------------------------------------------------------------------------------------------

    def statements(self, nodes: list[Statement], scope: Scope) -> Execute:
        steps: list[Execute] = []
        jumps = False
        for node in nodes:
            steps.append(self.statement(node, scope))
            jumps = jumps or _jumps(node)
        if jumps:
            return _sequence_with_jumps(steps)
        if len(steps) == 1:
            return steps[0]
        return _sequence(steps)

    def statement(self, node: Statement, scope: Scope) -> Execute:
        cls = type(node)
        if cls is Text:
            text = node.text  # type: ignore[union-attr]
            return lambda dot, v, out: out(text)  # noqa: ARG005
        if cls is Break:
            return lambda dot, v, out: _BREAK  # noqa: ARG005
        if cls is Continue:
            return lambda dot, v, out: _CONTINUE  # noqa: ARG005
        self.base = node.base  # type: ignore[union-attr]
        if cls is Action:
            return self.action(node, scope)  # type: ignore[arg-type]
        if cls is If:
            return self.condition(node, scope)  # type: ignore[arg-type]
        if cls is With:
            return self.with_(node, scope)  # type: ignore[arg-type]
        if cls is Range:
            return self.range(node, scope)  # type: ignore[arg-type]
        return self.call_template(node, scope)  # type: ignore[arg-type]

    def action(self, node: Action, scope: Scope) -> Execute:
        evaluate, _ = self.pipe(node.pipe, scope)
        if node.pipe.declared:

            def declare(dot: Any, v: list[Any], out: Callable[[str], None]) -> None:  # noqa: ARG001
                evaluate(dot, v)

            return declare

        def emit(dot: Any, v: list[Any], out: Callable[[str], None]) -> None:
            value = evaluate(dot, v)
            if type(value) is str:
                out(value)
            elif value is None:
                out("<no value>")
            else:
                out(to_text(value))

        return emit

    def condition(self, node: If, scope: Scope) -> Execute:
        scope = scope.inner()
        test, _ = self.pipe(node.pipe, scope)
        body: Execute | None = None
        other: Execute | None = None
        delayed = self.delay(node.body, scope)
        if node.otherwise is None:

            def if_(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
                nonlocal body
                if test(dot, v):
                    if body is None:
                        body = delayed()
                    return body(dot, v, out)
                return None

            return if_
        delayed_other = self.delay(node.otherwise, scope)

        def if_else(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
            nonlocal body, other
            if test(dot, v):
                if body is None:
                    body = delayed()
                return body(dot, v, out)
            if other is None:
                other = delayed_other()
            return other(dot, v, out)

        return if_else

    def with_(self, node: With, scope: Scope) -> Execute:
        scope = scope.inner()
        evaluate, _ = self.pipe(node.pipe, scope)
        body: Execute | None = None
        other: Execute | None = None
        delayed = self.delay(node.body, scope.inner(loose=False))
        delayed_other = self.delay(node.otherwise or [], scope)

        def with_(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
            nonlocal body, other
            value = evaluate(dot, v)
            if value:
                if body is None:
                    body = delayed()
                return body(value, v, out)
            if other is None:
                other = delayed_other()
            return other(dot, v, out)

        return with_

    def delay(self, nodes: list[Statement], scope: Scope) -> Callable[[], Execute]:
        """Return a function that compiles ``nodes``, for when they first run.

        Their variables take the places after those known now: what is declared later cannot be seen in them.
        """
        compiler = Compiler(self.template)
        compiler.next_slot = self.next_slot
        scope = scope.inner()
        return lambda: compiler.statements(nodes, scope)

    def range(self, node: Range, scope: Scope) -> Execute:
        scope = scope.inner()
        base = self.base
        pipe = node.pipe
        declared = [variable.names[0] for variable in pipe.declared]
        evaluate, last = self.pipe(pipe, scope)
        slots = [scope.slots.get(name, (-1, False))[0] for name in declared]
        if not pipe.assign:
            for name, slot in zip(declared, slots, strict=True):
                scope.slots[name] = (slot, True)
        inner = scope.inner(loose=True)
        body: Execute | None = None
        other: Execute | None = None
        delayed = self.delay(node.body, inner)
        delayed_other = self.delay(node.otherwise or [], scope)
        key_slot = slots[0] if len(slots) == 2 else -1
        value_slot = slots[-1] if slots else -1
        plain = pipe.assign

        def range_(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
            nonlocal body, other
            items = evaluate(dot, v)
            pairs: Any
            if isinstance(items, dict):
                pairs = [(key, items[key]) for key in sorted(items)]
            elif isinstance(items, list):
                pairs = list(enumerate(items)) if key_slot < 0 else [(Int(i), item) for i, item in enumerate(items)]
            else:
                pairs = self.countable(items, len(slots), last, base, dot, v) if items is not None else ()
            if not pairs:
                if other is None:
                    other = delayed_other()
                return other(dot, v, out)
            run = v[0]
            run.spend(len(pairs))
            if body is None:
                body = delayed()
            code = body
            mark = ticks = 0
            for key, item in pairs:
                element = NIL if item is None else item
                if value_slot >= 0:
                    v[value_slot] = item if plain else element
                    if key_slot >= 0:
                        v[key_slot] = key
                if code(element, v, out) == _BREAK:
                    break
                ticks += 1
                if not ticks & 255:
                    mark = run.weigh(out, mark)
            return None

        return range_

    def countable(self, items: Any, variables: int, last: Last, base: int, dot: Any, v: list[Any]) -> Any:
        """Return the pairs to range over of what is neither a map nor a plain slice."""
        if isinstance(items, int) and not isinstance(items, bool):
            if variables > 1:
                self.fail(f"can't use {items:d} to iterate over more than one variable", last, base, dot, v)
            v[0].spend(max(items, 0))
            cls = type(items)
            return [(None, cls(i)) for i in range(items)]
        if isinstance(items, bytes):
            return [(Int(i), item) for i, item in enumerate(elements(items))]
        return self.fail(f"range can't iterate over {to_text(items)}", last, base, dot, v)

    def call_template(self, node: TemplateCall, scope: Scope) -> Execute:
        base = self.base
        name = node.name
        evaluate: Evaluate = (lambda dot, v: None) if node.pipe is None else self.pipe(node.pipe, scope)[0]  # noqa: ARG005

        def call(dot: Any, v: list[Any], out: Callable[[str], None]) -> None:
            run = v[0]
            template = run.templates.get(name)
            if template is None:
                self.fail(f'template "{name}" not defined', node, base, dot, v)
            if run.depth >= run.max_depth:
                self.fail(f"exceeded maximum template depth ({run.max_depth})", node, base, dot, v)
            run.spend(1)
            data = evaluate(dot, v)
            run.depth += 1
            template.run(run, data, out)
            run.depth -= 1

        return call

    # --- pipelines ---------------------------------------------------------------------------------------------------

    def pipe(self, node: Pipe, scope: Scope) -> tuple[Evaluate, Last]:
        """Return the code of a pipeline; its value is never NIL."""
        evaluate: Evaluate | None = None
        last: Last = node
        for command in node.commands:
            evaluate, last = self.command(command, scope, evaluate, last)
        assert evaluate is not None  # noqa: S101
        if not node.declared:
            return evaluate, last
        return self.declaration(node, scope, evaluate), last

    def declaration(self, node: Pipe, scope: Scope, evaluate: Evaluate) -> Evaluate:
        slots: list[int] = []
        base = self.base
        for variable in node.declared:
            name = variable.names[0]
            slot = self.next_slot
            self.next_slot += 1
            if not node.assign:
                scope.slots[name] = (slot, False)
            elif name in scope.slots:
                slot = scope.slots[name][0]
            else:

                def undefined(dot: Any, v: list[Any]) -> NoReturn:
                    evaluate(dot, v)
                    self.fail(f"undefined variable: {name}", node, base, dot, v)

                return undefined
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
        cls = type(first)
        if cls is Identifier:
            return self.function(first, node, args[1:], scope, final)  # type: ignore[arg-type]
        bare = len(args) == 1 and final is None
        if cls is Field or (cls in {Variable, Chain} and len(first.names) > (cls is Variable)):  # type: ignore[union-attr]
            if bare:
                return self.operand(first, scope)
            return self.method(first, args[1:], scope, final)  # type: ignore[arg-type]
        if not bare:
            base = self.base
            # A parenthesized pipeline is not visited before the complaint.
            last = before if cls is Pipe else first
            return self.failing(f"can't give argument to non-function {_show(first)}", last, base, final), last
        if cls is Nil:
            return self.failing("nil is not a command", first, self.base, None), first
        return self.operand(first, scope)

    def failing(self, reason: str, last: Last, base: int, final: Evaluate | None) -> Evaluate:
        def fail(dot: Any, v: list[Any]) -> NoReturn:
            if final is not None:
                final(dot, v)
            self.fail(reason, last, base, dot, v)

        return fail

    # --- operands ----------------------------------------------------------------------------------------------------

    def operand(self, node: Operand, scope: Scope) -> tuple[Evaluate, Last]:
        """Return the code of an operand without arguments; its value may be None for NIL."""
        cls = type(node)
        if cls is Field:
            return self.field(node, scope), node  # type: ignore[arg-type]
        if cls is Pipe:
            return self.pipe(node, scope)  # type: ignore[arg-type]
        if cls is Variable:
            return self.variable(node, scope), node  # type: ignore[arg-type]
        if cls is Dot:
            if scope.loose:
                return lambda dot, v: None if dot is NIL else dot, node  # noqa: ARG005
            return lambda dot, v: dot, node  # noqa: ARG005
        if cls is Identifier:
            return self.function(node, node, (), scope, None)  # type: ignore[arg-type]
        if cls is Chain:
            return self.chain(node, scope)  # type: ignore[arg-type]
        if cls is Number:
            return self.number(node), node  # type: ignore[arg-type]
        value = node.value if cls is Bool else node.text if cls is String else None  # type: ignore[union-attr]
        return lambda dot, v: value, node  # noqa: ARG005

    def number(self, node: Number) -> Evaluate:
        value: Any
        if node.imaginary is not None:
            value = node.imaginary
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
        if type(node.node) is Nil:
            return self.failing(f"indirection through explicit nil in {node}", node, self.base, None), node
        inner, last = self.operand(node.node, scope)
        loose = type(node.node) is Identifier and self.untyped(node.node)
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
                except Refusal as refusal:
                    self.fail(str(refusal), last, base, dot, v)
            return value

        return walk

    def call_method(
        self,
        method: Function,
        value: Any,
        args: tuple[Any, ...],
        node: Node,
        last: Last,
        base: int,
        dot: Any,
        v: list[Any],
    ) -> Any:
        count = len(args)
        fixed = len(method.params) - method.variadic
        if count < fixed or (count > fixed and not method.variadic):
            self.fail(_wrong_count(method, count, count), last, base, dot, v)
        try:
            return method.call(value, *args)
        except FunctionError as error:
            raise self.called(error, method.name, node, base) from None

    def method(
        self, node: Field | Variable | Chain, args: tuple[Operand, ...], scope: Scope, final: Evaluate | None
    ) -> tuple[Evaluate, Last]:
        """Return the code of a field that is given arguments: it must be a method."""
        base = self.base
        last: Last = node
        loose = False
        if type(node) is Field:
            names = node.names
            root: Evaluate = lambda dot, v: dot  # noqa: ARG005, E731
            loose = scope.loose
        elif type(node) is Variable:
            names = node.names[1:]
            slot, loose = scope.slots.get(node.names[0], (-1, False))
            root = lambda dot, v: v[slot]  # noqa: ARG005, E731
        else:
            names = node.names
            root, last = self.operand(node.node, scope)  # type: ignore[union-attr]
        *before, name = names
        walk = self.walker(node, tuple(before), last, base)
        known: dict[str, list[Evaluate]] = {}
        scope = scope.inner()

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
                shown = "interface {}" if before else type_of(receiver)
                self.fail(f"can't evaluate field {name} in type {shown}", last, base, dot, v)
            count = len(args) + (extra is not _ABSENT)
            fixed = len(method.params) - method.variadic
            if count < fixed or (count > fixed and not method.variadic):
                self.fail(_wrong_count(method, count, len(args)), last, base, dot, v)
            key = f"{type(receiver).__name__}.{name}"
            if key not in known:
                self.base = base
                known[key] = [
                    self.argument(arg, go_name(_param(method, position)), scope)[0] for position, arg in enumerate(args)
                ]
            values = [evaluate(dot, v) for evaluate in known[key]]
            if extra is not _ABSENT:
                try:
                    values.append(accept(extra, go_name(_param(method, len(args))), loose=False))
                except Refusal as refusal:
                    self.fail(str(refusal), last, base, dot, v)
            try:
                return method.call(receiver, *values)
            except FunctionError as error:
                raise self.called(error, name, node, base) from None

        return call, last

    # --- calls -------------------------------------------------------------------------------------------------------

    def function(
        self, node: Identifier, caller: Node, args: tuple[Operand, ...], scope: Scope, final: Evaluate | None
    ) -> tuple[Evaluate, Last]:
        base = self.base
        function = self.resolve(node.name)
        if function is None:
            return self.failing(f'"{node.name}" is not a defined function', node, base, final), node
        given = len(args)
        count = given + (final is not None)
        fixed = len(function.params) - function.variadic
        if count < fixed or (count > fixed and not function.variadic):
            return self.failing(_wrong_count(function, count, given), node, base, final), node
        if node.name in {"and", "or"}:
            return self.logic(node, args, scope, final, stop=node.name == "or")
        last: Last = node
        evaluates: list[Evaluate] = []
        for position, arg in enumerate(args):
            evaluate, last = self.argument(arg, go_name(_param(function, position)), scope)
            evaluates.append(evaluate)
        last_node = last
        if final is not None:
            param = go_name(_param(function, given))
            check = None if param in {"interface {}", "reflect.Value"} else self.checker(param, last_node, base)
            return self.piped(function, caller, evaluates, final, check, base), last_node
        if node.name == "len" and type(args[0]) is Pipe:
            return self.length_of_pipe(function, caller, evaluates[0], base), last_node
        return self.invoke(function, caller, evaluates, base), last_node

    def length_of_pipe(self, function: Function, caller: Node, evaluate: Evaluate, base: int) -> Evaluate:
        invoked = self.invoke(function, caller, [evaluate], base)

        def length(dot: Any, v: list[Any]) -> Any:
            try:
                return invoked(dot, v)
            except Failure as failure:
                if failure.reason == "len of nil pointer" and len(failure.frames) == 1:
                    failure.reason = "reflect: call of reflect.Value.Type on zero Value"
                raise

        return length

    def invoke(self, function: Function, caller: Node, args: list[Evaluate], base: int) -> Evaluate:
        """Return the code of a call. Unrolled by number of arguments: calls are half of a render's time."""
        call = function.call
        name = function.name
        called = self.called
        if function.impure and len(args) == 2:
            return self.invoke_engine(function, caller, args, base)
        if function.impure or len(args) > 3:

            def call_n(dot: Any, v: list[Any]) -> Any:
                values = [arg(dot, v) for arg in args]
                try:
                    return call(v[0], *values) if function.impure else call(*values)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return call_n
        if len(args) == 1:
            (one,) = args

            def call_1(dot: Any, v: list[Any]) -> Any:
                value = one(dot, v)
                try:
                    return call(value)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return call_1
        if len(args) == 2:
            one, two = args

            def call_2(dot: Any, v: list[Any]) -> Any:
                first = one(dot, v)
                second = two(dot, v)
                try:
                    return call(first, second)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return call_2
        if len(args) == 3:
            one, two, three = args

            def call_3(dot: Any, v: list[Any]) -> Any:
                first = one(dot, v)
                second = two(dot, v)
                third = three(dot, v)
                try:
                    return call(first, second, third)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return call_3

        def call_0(dot: Any, v: list[Any]) -> Any:  # noqa: ARG001
            try:
                return call()
            except FunctionError as error:
                raise called(error, name, caller, base) from None

        return call_0

    def invoke_engine(
        self, function: Function, caller: Node, args: list[Evaluate], base: int, *, swapped: bool = False
    ) -> Evaluate:
        """Return the code of a call with the run and two arguments: ``include``, ``tpl``, ``required``.

        No star-arguments here: with them every nested include would use up stack of the interpreter itself.

        Args:
            swapped: The second argument comes down the pipeline, and so is evaluated first.
        """
        call = function.call
        name = function.name
        place, template = self.template.place, self.template.name
        one, two = args

        def call_engine(dot: Any, v: list[Any]) -> Any:
            if swapped:
                second = two(dot, v)
                first = one(dot, v)
            else:
                first = one(dot, v)
                second = two(dot, v)
            try:
                return call(v[0], first, second)
            except FunctionError as error:
                raise self.called(error, name, caller, base) from None
            except Failure as failure:
                failure.at(place, template, caller, base, name)
                raise

        return call_engine

    def piped(
        self, function: Function, caller: Node, args: list[Evaluate], final: Evaluate, check: Check | None, base: int
    ) -> Evaluate:
        """Return the code of a call whose last argument is what comes down the pipeline, which is evaluated first."""
        call = function.call
        name = function.name
        called = self.called
        if not function.impure and not args and check is None:

            def piped_1(dot: Any, v: list[Any]) -> Any:
                value = final(dot, v)
                try:
                    return call(value)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return piped_1
        if len(args) == 1:
            (one,) = args
            if function.impure:
                checked = final if check is None else lambda dot, v: check(final(dot, v), dot, v)
                return self.invoke_engine(function, caller, [one, checked], base, swapped=True)

            def piped_2(dot: Any, v: list[Any]) -> Any:
                value = final(dot, v)
                first = one(dot, v)
                if check is not None:
                    value = check(value, dot, v)
                try:
                    return call(first, value)
                except FunctionError as error:
                    raise called(error, name, caller, base) from None

            return piped_2

        def piped_n(dot: Any, v: list[Any]) -> Any:
            value = final(dot, v)
            values = [arg(dot, v) for arg in args]
            if check is not None:
                value = check(value, dot, v)
            try:
                return call(v[0], *values, value) if function.impure else call(*values, value)
            except FunctionError as error:
                raise called(error, name, caller, base) from None

        return piped_n

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
        cls = type(node)
        base = self.base
        if cls is Nil:
            if can_be_nil(param):
                return (lambda dot, v: zero_for(param)), node  # noqa: ARG005
            return self.failing(f"cannot assign nil to {param}", node, base, None), node
        if cls in {Bool, Number, String}:
            return self.constant(node, param, scope), node
        evaluate, last = self.operand(node, scope)
        if param in {"interface {}", "reflect.Value"}:
            return evaluate, last
        return self.checked(evaluate, self.looseness(node, scope), param, last, base), last

    def looseness(self, node: Operand, scope: Scope) -> Nothing:
        """Return code that tells of a None whether Go has it as a nil interface, rather than as nothing at all."""
        cls = type(node)
        if cls is Field:
            return lambda dot, v: dot is not None  # noqa: ARG005
        if cls is Dot:
            return lambda dot, v: dot is NIL  # noqa: ARG005
        if cls is Variable:
            slot = scope.slots.get(node.names[0], (1, False))[0]  # type: ignore[union-attr]
            if len(node.names) == 1:  # type: ignore[union-attr]
                return lambda dot, v: v[slot] is NIL  # noqa: ARG005
            return lambda dot, v: v[slot] is not None  # noqa: ARG005
        if cls is Chain:
            inner, _ = self.operand(node.node, scope)  # type: ignore[union-attr]
            return lambda dot, v: inner(dot, v) is not None
        untyped = cls is Identifier and self.untyped(node)  # type: ignore[arg-type]
        return lambda dot, v: untyped  # noqa: ARG005

    def untyped(self, node: Identifier) -> bool:
        """Whether Go declares the function's result as an interface."""
        function = self.resolve(node.name)
        return function is not None and go_name(function.returns) == "interface {}"

    def checked(self, evaluate: Evaluate, loose: Nothing, param: str, last: Last, base: int) -> Evaluate:
        """Return ``evaluate`` with a check that its value can be given for ``param``."""
        quick = _QUICK.get(param, _ABSENT)

        def check(dot: Any, v: list[Any]) -> Any:
            value = evaluate(dot, v)
            if type(value) is quick:
                return value
            try:
                return accept(value, param, loose=value is None and loose(dot, v))
            except Refusal as refusal:
                return self.fail(str(refusal), last, base, dot, v)

        return check

    def checker(self, param: str, last: Last, base: int) -> Check:
        """Return the check of a value that comes down a pipeline."""
        quick = _QUICK.get(param, _ABSENT)

        def check(value: Any, dot: Any, v: list[Any]) -> Any:
            if type(value) is quick:
                return value
            try:
                return accept(value, param, loose=False)
            except Refusal as refusal:
                return self.fail(str(refusal), last, base, dot, v)

        return check

    def constant(self, node: Operand, param: str, scope: Scope) -> Evaluate:
        """Return the code of a constant as ``param`` wants it."""
        cls = type(node)
        if param in {"interface {}", "reflect.Value"}:
            return self.operand(node, scope)[0]
        kind = param.rstrip("0123456789")
        value: Any = _ABSENT
        wanted = ""
        if param == "string":
            wanted = "string"
            value = node.text if cls is String else _ABSENT  # type: ignore[union-attr]
        elif param == "bool":
            wanted = "bool"
            value = node.value if cls is Bool else _ABSENT  # type: ignore[union-attr]
        elif kind == "int" and not param.startswith("interface"):
            wanted = "integer"
            if cls is Number and node.integer is not None:  # type: ignore[union-attr]
                value = integer_constant(node.integer, param)  # type: ignore[union-attr]
        elif kind == "uint":
            wanted = "unsigned integer"
            if cls is Number and node.unsigned is not None:  # type: ignore[union-attr]
                value = node.unsigned  # type: ignore[union-attr]
        elif kind == "float":
            wanted = "float"
            if cls is Number and node.real is not None:  # type: ignore[union-attr]
                value = node.real  # type: ignore[union-attr]
        else:
            return self.failing(f"can't handle {node} for arg of type {param}", node, self.base, None)
        if value is _ABSENT:
            return self.failing(f"expected {wanted}; found {node}", node, self.base, None)
        return lambda dot, v: value  # noqa: ARG005

    # --- failures ----------------------------------------------------------------------------------------------------

    def called(self, error: FunctionError, name: str, node: Node, base: int) -> Failure:
        """Return the failure of a call of the function ``name``."""
        failure = Failure(error.reason, wrapped=True, deliberate=error.deliberate)
        return failure.at(self.template.place, self.template.name, node, base, name)

    def fail(self, reason: str, last: Last, base: int, dot: Any, v: list[Any]) -> NoReturn:
        while callable(last):
            last = last(dot, v)
        raise Failure(reason).at(self.template.place, self.template.name, last, base)


def _sequence(steps: list[Execute]) -> Execute:
    def run(dot: Any, v: list[Any], out: Callable[[str], None]) -> None:
        for step in steps:
            step(dot, v, out)

    return run


def _sequence_with_jumps(steps: list[Execute]) -> Execute:
    def run(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
        for step in steps:
            jump = step(dot, v, out)
            if jump:
                return jump
        return None

    return run


def _jumps(node: Statement) -> bool:
    """Whether a break or continue in ``node`` leaves it."""
    cls = type(node)
    if cls is Break or cls is Continue:
        return True
    if cls is If or cls is With:
        return any(map(_jumps, node.body)) or any(map(_jumps, node.otherwise or ()))  # type: ignore[union-attr]
    # The else of a range belongs to what is around it.
    return cls is Range and any(map(_jumps, node.otherwise or ()))  # type: ignore[union-attr]


def _param(function: Function, position: int) -> str:
    params = function.params
    return params[position] if position < len(params) else params[-1]


def _wrong_count(function: Function, count: int, given: int) -> str:
    if function.variadic:
        return f"wrong number of args for {function.name}: want at least {len(function.params) - 1} got {given}"
    return f"wrong number of args for {function.name}: want {len(function.params)} got {count}"


def _show(node: Node) -> str:
    return str(node)
