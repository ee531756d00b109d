"""The engine for Jinja2 templates: files that end in ``.j2``.

They see what Go templates see: ``Values``, ``Release``, ``Chart``, ``Files``, ``Capabilities``, ``Template``,
``Subcharts``, and all of it as ``ctx``. What is particular:

* Numbers of values are integers where they are whole, so that ``range(Values.replicas)`` works.
* ``Values.a.b`` looks for the key before any method of Python's; a key that is missing is an error (``is defined`` and
  ``default`` help).
* Every function of the library is a global with Go's order of arguments, ``indent(4, text)``, and a filter that takes
  the piped value last, as a Go pipeline does: ``text | nindent(4)``. Where Jinja has the name already (``default``,
  ``indent``, ``join``, ``dict``…) it means what Jinja means.
* ``include("name")`` gives a template defined in Go, for ``ctx`` or for a second argument; ``tpl(text)`` runs text as
  a Go template. Go templates in turn may ``include`` a Jinja file by its path.
* ``{% include %}``, ``{% import %}`` and ``{% extends %}`` find other ``.j2`` files of the chart and its subcharts:
  beside the file, under its chart's ``templates/``, or by full path. Names that begin with ``_`` are only for that.
* A tag alone on its line leaves no empty line (``trim_blocks``, ``lstrip_blocks``); a last newline is kept.
* Output writes ``true``, ``false``, nothing for nil, numbers as Go does, and lists and maps as JSON, which is YAML.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from pyhelm import functions
from pyhelm.errors import Frame, FunctionError, PyhelmError, RenderLimitError, Span, TemplateExecError
from pyhelm.errors import TemplateSyntaxError as PyhelmSyntaxError
from pyhelm.functions.gofmt import to_text
from pyhelm.functions.gotypes import Int, Object
from pyhelm.template.bound import BOUND, resolve
from pyhelm.template.gotmpl.builtins import BUILTINS
from pyhelm.template.gotmpl.calls import parameter, wrong_count
from pyhelm.template.gotmpl.failures import ExecError
from pyhelm.template.gotmpl.values import RefusedError, accept, method_of, printed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import CodeType, TracebackType

    from pyhelm.functions.registry import Function
    from pyhelm.template.render import Render, Source

MAX_WIDTH = 1_000_000
"""How wide padding may be."""

MAX_TEXT = 64 * 1024 * 1024
"""How long a text or list may become by multiplication, concatenation or replacement."""

_LENIENT = frozenset({"all", "any", "coalesce", "default", "empty", "required", "ternary", "kindOf", "typeOf"})
_code: dict[tuple[str, str], CodeType] = {}


class JinjaEngine:
    """Renders the ``.j2`` files of one chart."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.run: Render | None = None
        self.environment: _Environment | None = None

    def prepare(self, sources: Sequence[Source], render: Render) -> None:
        self.run = render
        self.sources = {source.path: source for source in sources}
        self.environment = _Environment(self.sources, render)
        for source in sources:
            self._compiled(source)
        render.templates = {**render.templates, **{path: _Included(path, self) for path in self.sources}}

    def execute(self, source: Source, data: Any) -> str:
        assert self.environment is not None  # noqa: S101
        assert self.run is not None  # noqa: S101
        try:
            template = self.environment.get_template(source.path)
            pieces: list[str] = []
            for piece in template.generate(_context(data)):
                self.run.wrote(len(piece))
                pieces.append(piece)
        except jinja2.TemplateSyntaxError as error:
            raise self._syntax_error(error, source) from None
        except RecursionError:
            raise
        except (jinja2.TemplateError, PyhelmError, ExecError, ArithmeticError, LookupError) as error:
            raise self._failure(error, source) from None
        except (TypeError, ValueError, AttributeError) as error:
            raise self._failure(error, source) from None
        return "".join(pieces)

    def _compiled(self, source: Source) -> None:
        assert self.environment is not None  # noqa: S101
        try:
            self.environment.code_of(source)
        except jinja2.TemplateSyntaxError as error:
            raise self._syntax_error(error, source) from None

    def _syntax_error(self, error: jinja2.TemplateSyntaxError, source: Source) -> PyhelmSyntaxError:
        path = error.name if error.name in self.sources else source.path
        return PyhelmSyntaxError(error.message or "invalid syntax", self._span(path or source.path, error.lineno))

    def _failure(self, error: Exception, source: Source) -> TemplateExecError:
        """Return the public form of what went wrong, with the place in each template that was running."""
        frames: list[Frame] = []
        for path, line in _places(error.__traceback__, self.sources):
            span = self._span(path, line)
            frames.append(Frame(span, path, span.source.strip()))
        if not frames:
            frames.append(Frame(self._span(source.path, 1), source.path, ""))
        span = frames[-1].span
        if isinstance(error, ExecError):
            error = error.error()
        if isinstance(error, RenderLimitError):
            return RenderLimitError(error.reason, span, [*frames, *error.frames])
        if isinstance(error, TemplateExecError):
            return TemplateExecError(
                error.reason,
                error.span if error.frames else span,
                [*frames, *error.frames],
                deliberate=error.deliberate,
                wrapped=error.wrapped,
            )
        if isinstance(error, FunctionError):
            return TemplateExecError(error.reason, span, frames, deliberate=error.deliberate)
        reason = error.message if isinstance(error, jinja2.TemplateError) else str(error)
        return TemplateExecError(reason or type(error).__name__, span, frames)

    def _span(self, path: str, line: int) -> Span:
        source = self.sources.get(path)
        lines = source.text.split("\n") if source else []
        return Span(path, line, source=lines[line - 1] if 0 < line <= len(lines) else "")


class _Included:
    """A Jinja file as Go templates see it."""

    __slots__ = ("engine", "name")

    def __init__(self, name: str, engine: JinjaEngine) -> None:
        self.name = name
        self.engine = engine

    def run(self, run: Any, data: Any, out: Callable[[str], None]) -> None:  # noqa: ARG002
        try:
            out(self.engine.execute(self.engine.sources[self.name], data))
        except TemplateExecError as error:
            failure = ExecError(
                error.reason,
                wrapped=error.wrapped,
                deliberate=error.deliberate,
                limit=isinstance(error, RenderLimitError),
            )
            failure.inner = error.frames
            raise failure from None


def _places(trace: TracebackType | None, known: dict[str, Source]) -> Iterator[tuple[str, int]]:
    """Yield file and line of each template in a traceback, outermost first."""
    last = None
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        template = trace.tb_frame.f_globals.get("__jinja_template__") if path in known else None
        if template is not None:
            place = (path, template.get_corresponding_lineno(trace.tb_lineno))
            if place != last:
                yield place
            last = place
        trace = trace.tb_next


# --- values ---------------------------------------------------------------------------------------------------------


def _context(data: Any) -> dict[str, Any]:
    """Return the variables of a template whose dot is ``data``."""
    variables = {name: _natural(value) for name, value in data.items()} if isinstance(data, dict) else {}
    return {**variables, "ctx": data}


def _natural(value: Any) -> Any:
    """Return ``value`` with whole numbers as integers, all the way down."""
    cls = type(value)
    if cls is float:
        return int(value) if value.is_integer() and abs(value) < 2.0**53 else value
    if isinstance(value, dict) and not hasattr(cls, "go_zero"):
        inner = {key: _natural(item) for key, item in value.items()}
        return inner if cls is dict else cls(inner)
    if cls is list:
        return [_natural(item) for item in value]
    return value


@jinja2.pass_context
def _written(context: jinja2.runtime.Context, value: Any) -> Any:
    """Return what output writes for ``value``; taking the context keeps Jinja from doing it ahead of time."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, jinja2.Undefined):
        return value
    elif value is None:
        return ""
    elif isinstance(value, (dict, list, tuple)) and not hasattr(value, "go_string"):
        from pyhelm.functions import gojson

        text = gojson.dumps(list(value) if isinstance(value, tuple) else value, html=False)
    else:
        text = printed(value)
    context.environment.run.wrote(len(text))  # type: ignore[attr-defined]
    return text


class _Missing(jinja2.StrictUndefined):
    """A value that is not there: says which key, and what comes close."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if self._undefined_hint:
            return self._undefined_hint
        if owner is None or owner is jinja2.utils.missing:
            return f"{name!r} is undefined"
        if owner is None or isinstance(owner, dict):
            return f"no key {name!r}{_close(str(name), owner or ())}"
        return f"no {name!r} in a value of type {type(owner).__name__}"


def _close(name: str, keys: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [key for key in keys if isinstance(key, str)], 1)
    return f" (there is {near[0]!r})" if near else ""


# --- functions ------------------------------------------------------------------------------------------------------


class _Callable:
    """A function of the library, found when it is first called; names with an underscore are closed to templates."""

    __slots__ = ("_function", "_name", "_piped", "_run")

    def __init__(self, name: str, run: Render, *, piped: bool = False) -> None:
        self._name = name
        self._run = run
        self._piped = piped
        self._function: Function | None = None

    def __call__(self, *args: Any) -> Any:
        function = self._function
        if function is None:
            function = self._function = resolve(self._name)
            assert function is not None  # noqa: S101
        if self._piped and len(args) > 1:
            args = (*args[1:], args[0])
        return _invoke(function, (self._run,) if function.impure else (), args)


def _invoke(function: Function, before: tuple[Any, ...], args: tuple[Any, ...]) -> Any:
    """Call a function of the library as Go would, but for whole numbers, which may stand for any kind of number.

    Raises:
        FunctionError: It cannot be called so, or fails.
    """
    wrong = wrong_count(function, len(args), len(args))
    if wrong:
        raise FunctionError(wrong)
    values = []
    for position, given in enumerate(args):
        value = given
        if isinstance(value, jinja2.Undefined):
            if function.name not in _LENIENT:
                value._fail_with_undefined_error()  # noqa: SLF001 - Jinja's own way to complain
            value = None
        elif isinstance(value, tuple):
            value = list(value)
        param = parameter(function, position)
        if type(value) is int or type(value) is Int:
            value = float(value) if param == "float64" else Int(value) if param == "int" else value
            if param in {"int64", "float64"}:
                values.append(value)
                continue
        try:
            values.append(accept(value, param, loose=False))
        except RefusedError as refusal:
            raise FunctionError(f"{function.name}: {refusal}") from None
    try:
        return function.call(*before, *values)
    except FunctionError as error:
        if error.deliberate:
            raise
        raise FunctionError(f"error calling {function.name}: {error.reason}") from None


class _Filters(dict[str, Any]):
    """Jinja's filters, and the library's functions where Jinja has no filter of the name."""

    def __init__(self, own: dict[str, Any], run: Render) -> None:
        super().__init__(own)
        self._run = run

    def __missing__(self, name: str) -> Any:
        if name in _names():
            found = self[name] = _Callable(name, self._run, piped=True)
            return found
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in _names()


def _names() -> frozenset[str]:
    return functions.names() | frozenset(BOUND) | (frozenset(BUILTINS) - {"and", "or", "not", "call"})


# --- the sandbox ----------------------------------------------------------------------------------------------------


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja as charts may use it: nothing of the host, nothing without a bound."""

    intercepted_binops = frozenset({"*", "**", "+", "%", "//", "/", "-"})

    def __init__(self, sources: dict[str, Source], run: Render) -> None:
        super().__init__(
            undefined=_Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_written,
            optimized=False,
            autoescape=False,
            extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"],
        )
        self.sources = sources
        self.run = run
        self.loader = jinja2.FunctionLoader(lambda name: None)  # noqa: ARG005 - get_template goes another way
        own = dict(self.filters)
        own.update(center=_center, indent=_bounded_first(own["indent"]), format=_format, replace=_replace)
        self.filters = _Filters(own, run)
        for name in _names():
            if name not in self.globals:
                self.globals[name] = _Callable(name, run)
        self.globals["include"] = _include
        self.globals["tpl"] = _tpl

    # Templates: by path, compiled once per content.

    def join_path(self, template: str, parent: str) -> str:
        source = self.sources.get(parent)
        folder = parent.rpartition("/")[0]
        places = [f"{folder}/{template}", template]
        if source is not None:
            places.insert(1, f"{source.base_path}/{template}")
        return next((place for place in places if place in self.sources), template)

    def _load_template(self, name: str, globals: Any) -> jinja2.Template:  # noqa: A002
        source = self.sources.get(name)
        if source is None:
            raise jinja2.TemplateNotFound(name, f"no Jinja template {name!r} in the chart")
        assert self.cache is not None  # noqa: S101
        key: Any = (None, name)
        cached: jinja2.Template | None = self.cache.get(key)
        if cached is not None:
            return cached
        template = self.template_class.from_code(self, self.code_of(source), self.make_globals(globals))
        self.cache[key] = template
        return template

    def code_of(self, source: Source) -> CodeType:
        """Return the compiled form of a file."""
        key = (source.path, source.text)
        code = _code.get(key)
        if code is None:
            if len(_code) >= 4096:
                _code.clear()
            code = _code[key] = self.compile(source.text, source.path, source.path)
        return code

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Bounds().visit(tree)  # type: ignore[no-any-return]

    def handle_exception(self, source: str | None = None) -> NoReturn:  # noqa: ARG002
        # Jinja would rewrite the whole traceback, in time that grows with its depth; we only read it.
        error = sys.exc_info()[1]
        assert error is not None  # noqa: S101
        raise error

    # Values.

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, dict):
            if attribute in obj:
                return obj[attribute]
            method = method_of(obj, attribute)
            if method is not None:
                return _Method(method, obj)
        elif isinstance(obj, Object) or hasattr(type(obj), "go_methods"):
            method = method_of(obj, attribute)
            if method is not None:
                return _Method(method, obj)
            if isinstance(obj, Object):
                if attribute in obj.go_fields and attribute[0].isupper():
                    return getattr(obj, attribute)
                return self.undefined(obj=obj, name=attribute)
        if isinstance(obj, dict) and not hasattr(dict, attribute):
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    # Bounds.

    def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
        self.run.spend(1)
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, (str, bytes)):
            _check_method(owner, getattr(obj, "__name__", ""), args)
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "*":
            _check_product(left, right)
        elif operator == "**":
            if not isinstance(left, float) and isinstance(right, int) and right > 64 and abs(left) > 1:
                raise ExecError("an exponent of more than 64", limit=True)
        elif operator == "+" and isinstance(left, (str, list, tuple)):
            _check_size(len(left) + (len(right) if isinstance(right, (str, list, tuple)) else 0))
        elif operator == "%" and isinstance(left, str):
            return _format(left, *(right if isinstance(right, tuple) else (right,)))
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        wrapped = super().wrap_str_format(value)
        if wrapped is not None and re.search(r"\d{7}|[{][^{}]*[{]", str(value.__self__)):
            raise ExecError("a format that is too wide, or nested", limit=True)
        return wrapped

    def counted(self, items: Iterable[Any], weight: int = 0) -> Iterator[Any]:
        """Yield ``items``, counting each; ``weight`` is how much text a turn of the loop writes by itself."""
        run = self.run
        for item in items:
            run.spend(1)
            run.wrote(weight)
            yield item

    def joined(self, *values: Any) -> str:
        """Return what ``~`` makes of ``values``."""
        texts = []
        for value in values:
            if isinstance(value, jinja2.Undefined):
                value._fail_with_undefined_error()  # noqa: SLF001 - Jinja's own way to complain
            texts.append("" if value is None else printed(value))
        _check_size(sum(map(len, texts)))
        return "".join(texts)


class _Method:
    """A method of a built-in object, bound to it."""

    __slots__ = ("_method", "_owner")

    def __init__(self, method: Function, owner: Any) -> None:
        self._method = method
        self._owner = owner

    def __call__(self, *args: Any) -> Any:
        return _invoke(self._method, (self._owner,), args)


class _Bounds(NodeTransformer):
    """Makes loops count their turns, and ``~`` mind its result."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        weight = sum(len(data.data) for data in node.find_all(nodes.TemplateData))
        args: list[Any] = [node.iter, nodes.Const(weight)]
        node.iter = _method_call("counted", args, node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 - Jinja's name
        self.generic_visit(node)
        return _method_call("joined", node.nodes, node.lineno)


def _method_call(name: str, args: list[Any], line: int) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name, lineno=line), args, [], None, None, lineno=line)


def _check_size(size: float) -> None:
    if size > MAX_TEXT:
        raise ExecError(f"a value of more than {MAX_TEXT >> 20} Mi elements", limit=True)


def _check_product(left: Any, right: Any) -> None:
    for many, times in ((left, right), (right, left)):
        if isinstance(many, (str, bytes, list, tuple)) and isinstance(times, int):
            _check_size(len(many) * times)
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > 4096:
        raise ExecError("a number of more than 4096 bits", limit=True)


def _check_method(owner: str | bytes, name: str, args: tuple[Any, ...]) -> None:
    if name in {"center", "ljust", "rjust", "zfill", "expandtabs"} and args:
        _check_width(args[0])
    elif name == "replace" and len(args) > 1:
        _check_size((len(owner) + 1) * max(len(str(args[1])), 1))
    elif name == "join" and args and isinstance(args[0], (list, tuple)):
        _check_size(len(owner) * len(args[0]) + sum(len(item) for item in args[0] if isinstance(item, (str, bytes))))


def _check_width(width: Any) -> None:
    if isinstance(width, (int, float)) and width > MAX_WIDTH:
        raise ExecError(f"a width of more than {MAX_WIDTH}", limit=True)


def _center(value: str, width: int = 80) -> str:
    _check_width(width)
    return to_text(value).center(width)


def _bounded_first(function: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(value: Any, width: Any = 4, *args: Any, **kwargs: Any) -> Any:
        _check_width(len(width) if isinstance(width, str) else width)
        _check_size(str(value).count("\n") * (len(width) if isinstance(width, str) else width))
        return function(value, width, *args, **kwargs)

    return bounded


def _format(value: str, *args: Any, **kwargs: Any) -> str:
    if re.search(r"\d{7}|%[^%a-zA-Z]*\*", value):
        raise ExecError("a format that is too wide", limit=True)
    return value % (kwargs or args)


def _replace(value: Any, old: str, new: str, count: int = -1) -> str:
    text = to_text(value)
    _check_size((len(text) + 1) * max(len(new), 1))
    return text.replace(old, new, count)


_ABSENT: Any = object()


@jinja2.pass_context
def _include(context: jinja2.runtime.Context, name: str, data: Any = _ABSENT) -> str:
    """Return what the Go template ``name`` writes for ``data``, or for all that the caller sees."""
    run: Render = context.environment.run  # type: ignore[attr-defined]
    return run.include(name, context["ctx"] if data is _ABSENT else data)


@jinja2.pass_context
def _tpl(context: jinja2.runtime.Context, text: str, data: Any = _ABSENT) -> str:
    """Return what ``text``, a Go template, writes for ``data``, or for all that the caller sees."""
    run: Render = context.environment.run  # type: ignore[attr-defined]
    return run.tpl(text, context["ctx"] if data is _ABSENT else data)
