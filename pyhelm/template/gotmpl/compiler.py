"""From parse trees to Python closures.

A statement becomes ``f(dot, v, out)``, a pipeline ``f(dot, v)``: ``v`` holds the run (``v[0]``), ``$`` (``v[1]``) and
the template's variables, whose places are settled here; ``out`` takes text. Functions, arities and constants are
resolved here too. Bodies of branches are compiled when they first run. Why closures: decision 0006.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, elements
from pyhelm.template.gotmpl.expressions import Expressions, Scope
from pyhelm.template.gotmpl.failures import ExecError
from pyhelm.template.gotmpl.nodes import Action, Branch, Break, Continue, If, Range, Text, With
from pyhelm.template.gotmpl.values import NIL, holds_anything, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pyhelm.functions.registry import Function
    from pyhelm.template.gotmpl.calls import Evaluate, Last
    from pyhelm.template.gotmpl.failures import Place
    from pyhelm.template.gotmpl.nodes import Statement, TemplateCall, Tree

    Execute = Callable[[Any, list[Any], Callable[[str], None]], Any]
    """A statement: ``(dot, v, out)``; what it returns says whether a loop is to be left."""

MAX_DEPTH = 100_000
"""How deep text/template lets the action ``template`` go; a run's own limit may be lower, but only recursion
without an end ever meets either."""

_BREAK, _CONTINUE = 1, 2


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
            ExecError: It cannot go on.
        """
        code = self._code
        if code is None:
            code = self._code = Compiler(self.name, self.place, self.resolve).statements(self.tree.body, Scope())
        code(data, [run, data] + [None] * self.tree.slots, out)


class Compiler(Expressions):
    """Compiles statements."""

    def statements(self, nodes: list[Statement], scope: Scope) -> Execute:
        steps: list[Execute] = []
        jumps = False
        for node in nodes:
            steps.append(self.statement(node, scope))
            jumps = jumps or isinstance(node, (Break, Continue)) or (isinstance(node, Branch) and node.jumps)
        if jumps:
            return _sequence_with_jumps(steps)
        if len(steps) == 1:
            return steps[0]
        return _sequence(steps)

    def statement(self, node: Statement, scope: Scope) -> Execute:
        if isinstance(node, Text):
            text = node.text
            return lambda dot, v, out: out(text)  # noqa: ARG005
        if isinstance(node, Break):
            return lambda dot, v, out: _BREAK  # noqa: ARG005
        if isinstance(node, Continue):
            return lambda dot, v, out: _CONTINUE  # noqa: ARG005
        self.base = node.base
        if isinstance(node, Action):
            return self.action(node, scope)
        if isinstance(node, If):
            return self.condition(node, scope)
        if isinstance(node, With):
            return self.with_(node, scope)
        if isinstance(node, Range):
            return self.range(node, scope)
        return self.call_template(node, scope)

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
                out(printed(value))

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
        compiler = Compiler(self.name, self.place, self.resolve)
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
        # Elements of a slice or map of anything are interfaces to Go, those of others are not: so there are two bodies.
        delayed_bodies: list[Callable[[], Execute]] = []
        for loose in (True, False):
            inner = scope.inner(loose=loose)
            if not pipe.assign:
                for position, (name, slot) in enumerate(zip(declared, slots, strict=True), 1):
                    inner.slots[name] = (slot, loose and position == len(slots))
            delayed_bodies.append(self.delay(node.body, inner))
        delayed_other = self.delay(node.otherwise or [], scope)
        bodies: list[Execute | None] = [None, None]
        other: Execute | None = None
        key_slot = slots[0] if len(slots) == 2 else -1
        value_slot = slots[-1] if slots else -1
        plain = pipe.assign

        def range_(dot: Any, v: list[Any], out: Callable[[str], None]) -> Any:
            nonlocal other
            items = evaluate(dot, v)
            pairs: Iterable[tuple[Any, Any]]
            if isinstance(items, dict):
                size = len(items)
                pairs = [(key, items[key]) for key in sorted(items)]
            elif isinstance(items, list):
                size = len(items)
                pairs = list(enumerate(items)) if key_slot < 0 else [(Int(i), item) for i, item in enumerate(items)]
            else:
                size, pairs = self.countable(items, len(slots), last, base, dot, v)
            if not size:
                if other is None:
                    other = delayed_other()
                # A break in the else of a range leaves that else, a continue goes on with the range around it.
                jump = other(dot, v, out)
                return None if jump == _BREAK else jump
            run = v[0]
            try:
                run.spend(size)
            except ExecError as failure:
                raise failure.at(self.place, self.name, node.pipe, base) from None
            kind = type(items) is not list and type(items) is not dict and not holds_anything(items)
            code = bodies[kind]
            if code is None:
                code = bodies[kind] = delayed_bodies[kind]()
            mark = 0
            for ticks, (key, item) in enumerate(pairs, 1):
                element = NIL if item is None else item
                if value_slot >= 0:
                    v[value_slot] = item if plain else element
                    if key_slot >= 0:
                        v[key_slot] = key
                if code(element, v, out) == _BREAK:
                    break
                if not ticks & 255:
                    mark = run.weigh(out, mark)
            return None

        return range_

    def countable(
        self, items: Any, variables: int, last: Last, base: int, dot: Any, v: list[Any]
    ) -> tuple[int, Iterable[tuple[Any, Any]]]:
        """Return number and pairs of what to range over, which is neither a map nor a plain slice."""
        if items is None:
            return 0, ()
        if isinstance(items, int) and not isinstance(items, bool):
            if variables > 1:
                self.fail(f"can't use {items:d} to iterate over more than one variable", last, base, dot, v)
            cls = type(items)
            return max(items, 0), ((None, cls(i)) for i in range(items))
        if isinstance(items, bytes):
            return len(items), [(Int(i), item) for i, item in enumerate(elements(items))]
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
                self.fail(f"exceeded maximum template depth ({MAX_DEPTH})", node, base, dot, v)
            run.spend(1)
            data = evaluate(dot, v)
            run.depth += 1
            template.run(run, data, out)
            run.depth -= 1

        return call


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
