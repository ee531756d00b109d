"""Calls of functions and methods: the code that makes them, checks what they get, and says where they failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from pyhelm.errors import FunctionError
from pyhelm.functions.gotypes import Int
from pyhelm.template.gotmpl.failures import ExecError
from pyhelm.template.gotmpl.values import RefusedError, accept, go_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyhelm.functions.registry import Function
    from pyhelm.template.gotmpl.failures import Place
    from pyhelm.template.gotmpl.nodes import Node

    Evaluate = Callable[[Any, list[Any]], Any]
    """A pipeline or operand: ``(dot, v) -> value``."""
    Last = Node | Callable[[Any, list[Any]], "Last"]
    """The node visited last, or code that finds it."""
    Nothing = Callable[[Any, list[Any]], bool]
    """Tells of a None whether Go has it as a nil interface."""
    Check = Callable[[Any, Any, list[Any]], Any]
    """Checks a value against a parameter: ``(value, dot, v) -> value``."""

_QUICK: dict[str, Any] = {"string": str, "bool": bool, "int": Int, "float64": float}
_ABSENT: Any = object()


def parameter(function: Function, position: int) -> str:
    """Return the Go type of a parameter."""
    params = function.params
    return go_name(params[position] if position < len(params) else params[-1])


def wrong_count(function: Function, count: int, given: int) -> str:
    """Return the complaint about ``count`` arguments, of which ``given`` do not come down a pipeline; or nothing."""
    fixed = len(function.params) - function.variadic
    if count >= fixed and (function.variadic or count == fixed):
        return ""
    if function.variadic:
        return f"wrong number of args for {function.name}: want at least {fixed} got {given}"
    return f"wrong number of args for {function.name}: want {fixed} got {count}"


class Calls:
    """What is compiled for one template; ``base`` is where the action at hand begins."""

    def __init__(self, name: str, place: Place, resolve: Callable[[str], Function | None]) -> None:
        self.name = name
        self.place = place
        self.resolve = resolve
        self.base = 0

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
        place, template = self.place, self.name
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
            except ExecError as failure:
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

    def length(self, invoked: Evaluate, loose: Nothing) -> Evaluate:
        """Return the code of ``len``: to Go a nil that is no value at all is worth another complaint."""

        def length(dot: Any, v: list[Any]) -> Any:
            try:
                return invoked(dot, v)
            except ExecError as failure:
                if failure.reason == "len of nil pointer" and len(failure.frames) == 1 and not loose(dot, v):
                    failure.reason = "reflect: call of reflect.Value.Type on zero Value"
                raise

        return length

    def called(self, error: FunctionError, name: str, node: Node, base: int) -> ExecError:
        """Return the failure of a call of the function ``name``."""
        failure = ExecError(error.reason, wrapped=True, deliberate=error.deliberate)
        return failure.at(self.place, self.name, node, base, name)

    def fail(self, reason: str, last: Last, base: int, dot: Any, v: list[Any]) -> NoReturn:
        while callable(last):
            last = last(dot, v)
        raise ExecError(reason).at(self.place, self.name, last, base)

    def checked(self, evaluate: Evaluate, loose: Nothing, param: str, last: Last, base: int) -> Evaluate:
        """Return ``evaluate`` with a check that its value can be given for ``param``."""
        quick = _QUICK.get(param, _ABSENT)

        def check(dot: Any, v: list[Any]) -> Any:
            value = evaluate(dot, v)
            if type(value) is quick:
                return value
            try:
                return accept(value, param, loose=value is None and loose(dot, v))
            except RefusedError as refusal:
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
            except RefusedError as refusal:
                return self.fail(str(refusal), last, base, dot, v)

        return check

    def failing(self, reason: str, last: Last, base: int, final: Evaluate | None) -> Evaluate:
        def fail(dot: Any, v: list[Any]) -> NoReturn:
            if final is not None:
                final(dot, v)
            self.fail(reason, last, base, dot, v)

        return fail

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
        wrong = wrong_count(method, count, count)
        if wrong:
            self.fail(wrong, last, base, dot, v)
        try:
            return method.call(value, *args)
        except FunctionError as error:
            raise self.called(error, method.name, node, base) from None
