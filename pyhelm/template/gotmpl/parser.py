"""From the text of a template file to parse trees.

Grammar, as in text/template's ``parse`` package::

    file     := (text | comment | define | action)*
    define   := "define" string items "end"
    block    := "block" string pipeline items "end"
    action   := pipeline | control | "template" string pipeline? | "break" | "continue"
    control  := ("if" | "with" | "range") pipeline items ("else" …)? "end"
    pipeline := (variable ("," variable)? (":=" | "="))? command ("|" command)*
    command  := operand (space operand)*
    operand  := term field*
    term     := literal | function | "." | field | variable | "(" pipeline ")"

Charts repeat themselves: half of the actions in a large chart occur before in the same words. So an action is parsed
without its surroundings (``Parsed`` says which variables it needs and which it brings) and found again by its text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pyhelm.errors import Span, TemplateSyntaxError
from pyhelm.template.gotmpl import literals
from pyhelm.template.gotmpl.lexer import ACTION, SPACE, Token, after_marker, tokenize, trims_left, trims_right
from pyhelm.template.gotmpl.nodes import (
    Action,
    Bool,
    Break,
    Chain,
    Command,
    Continue,
    Dot,
    Field,
    Identifier,
    If,
    Nil,
    Number,
    Operand,
    Pipe,
    Range,
    Statement,
    String,
    TemplateCall,
    Text,
    Tree,
    Variable,
    With,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_DEPTH = 10_000
"""How deep parentheses may be nested, as in text/template."""

_REMEMBERED = 20_000


class Parsed:
    """An action by itself.

    Attributes:
        keyword: ``if``, ``range``, ``with``, ``else``, ``end``, ``define``, ``block``, ``template``, ``break``,
            ``continue``; empty for a plain action.
        chained: Of ``else``: ``if`` or ``with`` where it goes on so.
        needs: Variables that must be there, with the position of each use.
        brings: Variables that it declares.
        error: A complaint and its position; what stands before it in the action is in order.
    """

    __slots__ = ("brings", "chained", "error", "keyword", "name", "name_pos", "needs", "pipe", "quoted")

    def __init__(self) -> None:
        self.keyword = ""
        self.chained = ""
        self.pipe: Pipe | None = None
        self.name = ""
        self.quoted = ""
        self.name_pos = 0
        self.needs: list[tuple[str, int]] = []
        self.brings: list[str] = []
        self.error: tuple[str, int, bool] | None = None


class _ParseError(Exception):
    """A complaint about an action; ``lexical`` if it is the lexer's."""

    def __init__(self, reason: str, pos: int, *, lexical: bool = False) -> None:
        self.reason = reason
        self.pos = pos
        self.lexical = lexical


class Parser:
    """Parses template files; remembers actions, so one is worth keeping.

    Args:
        known: Tells whether there is a function of a name.
    """

    def __init__(self, known: Callable[[str], bool]) -> None:
        self.known = known
        self._memory: dict[str, Parsed] = {}

    def parse(self, name: str, text: str) -> list[Tree]:
        """Return the templates that ``text``, the content of the file ``name``, defines; the file's own is last.

        Raises:
            TemplateSyntaxError: It cannot be parsed.
        """
        return _File(self, name, text).run()

    def action(self, text: str, start: int, key: str) -> tuple[Parsed, int]:
        """Return the action at ``start`` and its end (-1 after an error); ``key`` is its text, where that is clear."""
        if key:
            parsed = self._memory.get(key)
            if parsed is not None:
                return parsed, start + len(key)
        parsed = Parsed()
        tokens, end = tokenize(text, start)
        try:
            _ActionParser(tokens, parsed, self.known).run()
        except _ParseError as problem:
            parsed.error = (problem.reason, problem.pos, problem.lexical)
            return parsed, end
        if key and end == start + len(key):
            if len(self._memory) >= _REMEMBERED:
                self._memory.clear()
            self._memory[key] = parsed
        return parsed, end


class _Open:
    """A construct whose ``end`` has not come yet."""

    __slots__ = ("base", "body", "chain", "items", "jumps", "keyword", "parsed", "scope")

    def __init__(self, keyword: str, base: int, parsed: Parsed, scope: int) -> None:
        self.keyword = keyword
        self.base = base
        self.parsed = parsed
        self.scope = scope
        self.items: list[Statement] = []
        self.body: list[Statement] | None = None
        self.chain = 0
        self.jumps = False


class _Scope:
    """The state of one tree that is being parsed: a file, a define or a block."""

    __slots__ = ("loops", "name", "slots", "variables")

    def __init__(self, name: str) -> None:
        self.name = name
        self.variables = ["$"]
        self.slots = 0
        self.loops = 0


_BRANCHES: dict[str, type[If | With | Range]] = {"if": If, "with": With, "range": Range}


class _File:
    """One run over the text of a file."""

    def __init__(self, parser: Parser, name: str, text: str) -> None:
        self.parser = parser
        self.name = name
        self.text = text
        self.trees: dict[str, Tree] = {}
        self.stack: list[_Open] = []
        self.items: list[Statement] = []
        self.scope = _Scope(name)
        self.scopes: list[_Scope] = []

    def run(self) -> list[Tree]:
        text = self.text
        find_action = ACTION.match
        pos = 0
        trim = False
        while True:
            start = text.find("{{", pos)
            if start < 0:
                break
            if start > pos:
                piece = text[pos:start]
                if trim:
                    piece = piece.lstrip(SPACE)
                if trims_left(text, start):
                    piece = piece.rstrip(SPACE)
                if piece:
                    self.items.append(Text(piece))
            match = find_action(text, start)
            assert match is not None  # noqa: S101
            if match["comment"] is not None:
                pos = match.end()
            else:
                key = match.group() if match["action"] is not None else ""
                if not key:
                    self.check_comment(start)
                parsed, pos = self.parser.action(text, start, key)
                self.add(parsed, start, pos)
            trim = trims_right(text, pos)
        rest = text[pos:].lstrip(SPACE) if trim else text[pos:]
        if rest:
            self.items.append(Text(rest))
        if self.stack:
            self.fail("unexpected EOF", len(text))
        self.close_tree(self.name, len(text))
        self.trees[self.name] = self.trees.pop(self.name)
        return list(self.trees.values())

    def add(self, parsed: Parsed, base: int, end: int) -> None:
        """Take in an action; ``end`` is where the text goes on."""
        scope = self.scope
        keyword = parsed.keyword
        if parsed.chained:
            self.check_else(parsed, base, end)
        for variable, pos in parsed.needs:
            if variable not in scope.variables:
                self.fail(f'undefined variable "{variable}"', base + pos)
        if parsed.error is not None:
            self.complain(parsed, base)
        if not keyword:
            assert parsed.pipe is not None  # noqa: S101
            self.items.append(Action(base, parsed.pipe))
            self.declare(parsed)
        elif keyword in _BRANCHES:
            self.open(keyword, base, parsed)
            self.declare(parsed)
            if keyword == "range":
                scope.loops += 1
        elif keyword == "else":
            self.otherwise(parsed, base, end)
        elif keyword == "end":
            self.close(end)
        elif keyword == "template":
            self.items.append(TemplateCall(base, parsed.name_pos, parsed.name, parsed.quoted, parsed.pipe))
            self.declare(parsed)
        elif keyword in {"define", "block"}:
            if keyword == "define" and self.stack:
                self.fail("unexpected <define> in command", base + parsed.name_pos)
            self.declare(parsed)
            self.open(keyword, base, parsed)
            self.scopes.append(scope)
            self.scope = _Scope(parsed.name)
        else:
            if not scope.loops:
                self.fail(f"{{{{{keyword}}}}} outside {{{{range}}}}", end - 2)
            self.items.append(Break() if keyword == "break" else Continue())
            self.mark_jump()

    def mark_jump(self) -> None:
        """Note in what is open that it can be left, out to the range that is meant."""
        for entry in reversed(self.stack):
            if entry.keyword == "range" and entry.body is None:
                return
            entry.jumps = True

    def declare(self, parsed: Parsed) -> None:
        if parsed.brings:
            self.scope.variables.extend(parsed.brings)
            self.scope.slots += len(parsed.brings)

    def open(self, keyword: str, base: int, parsed: Parsed) -> None:
        entry = _Open(keyword, base, parsed, len(self.scope.variables))
        self.stack.append(entry)
        entry.items, self.items = self.items, []

    def check_else(self, parsed: Parsed, base: int, end: int) -> None:
        """Fail where no ``else`` may be, before what follows the word is looked at."""
        end = end if end >= 0 else base + parsed.name_pos + 2
        if not self.stack:
            self.fail("unexpected {{else}}", end - 2)
        top = self.stack[-1]
        if top.keyword in {"define", "block"}:
            self.fail(f"unexpected {{{{else}}}} in {top.keyword} clause", end - 2)
        if top.body is not None:
            self.fail("expected end; found {{else}}", end - 2)
        if parsed.chained and parsed.chained != top.keyword:
            self.fail(f"unexpected <{parsed.chained}> in input", base + parsed.name_pos)

    def otherwise(self, parsed: Parsed, base: int, end: int) -> None:
        self.check_else(parsed, base, end)
        top = self.stack[-1]
        top.body, self.items = self.items, []
        if top.keyword == "range":
            self.scope.loops -= 1
        if parsed.chained:
            self.open(parsed.chained, base, parsed)
            self.stack[-1].chain = top.chain + 1
            self.declare(parsed)

    def close(self, end: int) -> None:
        if not self.stack:
            self.fail("unexpected {{end}}", end - 2)
        while True:
            top = self.stack.pop()
            items, self.items = self.items, top.items
            if top.keyword in {"define", "block"}:
                self.close_tree(top.parsed.name, end - 2, items)
                self.scope = self.scopes.pop()
                if top.keyword == "block":
                    parsed = top.parsed
                    self.items.append(TemplateCall(top.base, parsed.name_pos, parsed.name, parsed.quoted, parsed.pipe))
                return
            body, other = (items, None) if top.body is None else (top.body, items)
            if top.keyword == "range" and top.body is None:
                self.scope.loops -= 1
            assert top.parsed.pipe is not None  # noqa: S101
            self.items.append(_BRANCHES[top.keyword](top.base, top.parsed.pipe, body, other, jumps=top.jumps))
            del self.scope.variables[top.scope :]
            if not top.chain:
                return

    def close_tree(self, name: str, pos: int, items: list[Statement] | None = None) -> None:
        items = self.items if items is None else items
        empty = all(type(item) is Text and not item.text.strip() for item in items)
        old = self.trees.get(name)
        if old is None or old.empty:
            self.trees.pop(name, None)
            self.trees[name] = Tree(name, items, self.scope.slots, empty=empty)
        elif not empty:
            from pyhelm.functions.goquote import quote

            self.fail(f"template: multiple definition of template {quote(name)}", pos)

    # --- errors ------------------------------------------------------------------------------------------------------

    def check_comment(self, start: int) -> None:
        inner = after_marker(self.text, start)
        if self.text.startswith("/*", inner):
            closed = self.text.find("*/", inner + 2) >= 0
            self.fail("comment ends before closing delimiter" if closed else "unclosed comment", start)

    def complain(self, parsed: Parsed, base: int) -> NoReturn:
        assert parsed.error is not None  # noqa: S101
        reason, pos, lexical = parsed.error
        if lexical and parsed.keyword != "define":
            began = self.line(base)
            if began != self.line(base + pos):
                reason += f"{'' if reason.endswith(' action') else ' in action'} started at {self.name}:{began}"
        self.fail(reason, base + pos)

    def line(self, pos: int) -> int:
        return self.text.count("\n", 0, pos) + 1

    def fail(self, reason: str, pos: int) -> NoReturn:
        line = self.line(pos)
        begin = self.text.rfind("\n", 0, pos) + 1
        stop = self.text.find("\n", pos)
        source = self.text[begin : stop if stop >= 0 else None]
        raise TemplateSyntaxError(reason, Span(self.name, line, source=source))


class _ActionParser:
    """Recursive descent over the tokens of one action."""

    __slots__ = ("depth", "index", "known", "last", "parsed", "tokens")

    def __init__(self, tokens: list[Token], parsed: Parsed, known: Callable[[str], bool]) -> None:
        self.tokens = tokens
        self.last = len(tokens) - 1
        self.parsed = parsed
        self.known = known
        self.index = 0
        self.depth = 0

    def run(self) -> None:
        parsed = self.parsed
        kind, word, pos, _ = self.tokens[0]
        if kind != "keyword" or word == "nil":
            parsed.pipe = self.pipeline("command", "right")
            return
        self.index = 1
        if word in {"if", "with", "range"}:
            parsed.keyword = word
            parsed.pipe = self.pipeline(word, "right")
        elif word == "end":
            parsed.keyword = word
            self.expect_right("end")
        elif word == "else":
            self.otherwise()
        elif word in {"define", "block", "template"}:
            self.named(word, pos)
        else:
            parsed.keyword = word
            self.expect_right(f"{{{{{word}}}}}")

    def otherwise(self) -> None:
        parsed = self.parsed
        parsed.keyword = "else"
        kind, word, pos, _ = self.tokens[1]
        if kind == "keyword" and word in {"if", "with"}:
            self.index = 2
            parsed.chained = word
            parsed.name_pos = pos
            parsed.pipe = self.pipeline(word, "right")
        else:
            self.expect_right("else")

    def named(self, word: str, pos: int) -> None:
        parsed = self.parsed
        parsed.keyword = word
        context = f"{word} clause"
        token = self.next()
        if token.kind != "string":
            self.unexpected(token, context)
        parsed.quoted = token.text
        parsed.name_pos = token.pos
        try:
            parsed.name = literals.unquote(token.text)
        except literals.LiteralError as error:
            raise _ParseError(str(error), token.pos) from None
        if word == "define":
            parsed.name_pos = pos
            self.expect_right(context)
            return
        if word == "template":
            from pyhelm.functions.goquote import quote

            parsed.quoted = quote(parsed.name)
            if self.tokens[self.index].kind == "right":
                return
        else:
            parsed.quoted = token.text
        parsed.pipe = self.pipeline(context, "right")

    # --- tokens ------------------------------------------------------------------------------------------------------

    def next(self) -> Token:
        token = self.tokens[self.index]
        if self.index < self.last:
            self.index += 1
        return token

    def expect_right(self, context: str) -> None:
        token = self.next()
        if token.kind != "right":
            self.unexpected(token, context)

    def unexpected(self, token: Token, context: str) -> NoReturn:
        if token.kind == "error":
            raise _ParseError(token.text, token.pos, lexical=True)
        raise _ParseError(f"unexpected {_show(token)} in {context}", token.pos)

    # --- grammar -----------------------------------------------------------------------------------------------------

    def pipeline(self, context: str, end: str) -> Pipe:
        tokens = self.tokens
        first = tokens[self.index]
        declared: tuple[Variable, ...] = ()
        assign = False
        if first.kind == "variable":
            declared, assign = self.declarations(context)
        commands: list[Command] = []
        while True:
            token = tokens[self.index]
            kind = token.kind
            if kind == end:
                break
            if kind in _OPERANDS or (kind == "keyword" and token.text == "nil"):
                commands.append(self.command())
            else:
                self.unexpected(token, context)
        closing = token.pos
        if self.index < self.last:
            self.index += 1
        if not commands:
            raise _ParseError(f"missing value for {context}", closing)
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.args[0], (Bool, Dot, Nil, Number, String)):
                raise _ParseError(f"non executable command in pipeline stage {stage}", closing)
        return Pipe(first.pos, declared, tuple(commands), assign=assign)

    def declarations(self, context: str) -> tuple[tuple[Variable, ...], bool]:
        """Read ``$a :=``, ``$a =`` or ``$a, $b :=``; leave the tokens alone if there is none of them."""
        tokens = self.tokens
        declared: list[Variable] = []
        while True:
            token = tokens[self.index]
            if token.kind != "variable":
                return tuple(declared), False
            following = tokens[min(self.index + 1, self.last)]
            if following.kind in {"declare", "assign"}:
                self.index += 2
                declared.append(Variable(token.pos, (token.text,)))
                self.parsed.brings.append(token.text)
                return tuple(declared), following.kind == "assign"
            if following.kind != "char" or following.text != ",":
                return tuple(declared), False
            self.index += 2
            declared.append(Variable(token.pos, (token.text,)))
            self.parsed.brings.append(token.text)
            if context != "range" or len(declared) > 1:
                raise _ParseError(f"too many declarations in {context}", following.pos)
            after = tokens[min(self.index, self.last)]
            if after.kind not in {"variable", "right", "rparen"}:
                raise _ParseError("range can only initialize variables", after.pos)

    def command(self) -> Command:
        tokens = self.tokens
        pos = tokens[self.index].pos
        args: list[Operand] = []
        while True:
            operand = self.operand()
            if operand is not None:
                args.append(operand)
            token = tokens[self.index]
            kind = token.kind
            if kind in {"right", "rparen"}:
                break
            if kind == "pipe":
                self.index += 1
                break
            if operand is None or not token.spaced:
                self.unexpected(token, "operand")
        if not args:
            raise _ParseError("empty command", token.pos)
        return Command(pos, tuple(args))

    def operand(self) -> Operand | None:
        node = self.term()
        if node is None:
            return None
        token = self.tokens[self.index]
        if token.kind != "field" or token.spaced:
            return node
        self.index += 1
        names = tuple(token.text[1:].split("."))
        if isinstance(node, Variable):
            return Variable(token.pos, node.names + names)
        if isinstance(node, (Bool, String, Number, Nil, Dot)):
            from pyhelm.functions.goquote import quote

            raise _ParseError(f"unexpected . after term {quote(str(node))}", token.pos)
        return Chain(token.pos, node, names)

    def term(self) -> Operand | None:
        token = self.tokens[self.index]
        kind, text, pos, _ = token
        if kind == "field":
            self.index += 1
            names = tuple(text[1:].split("."))
            # text/template gives a chain the position of its second name.
            return Field(pos + len(names[0]) + 1 if len(names) > 1 else pos, names)
        if kind == "identifier":
            if not self.known(text):
                raise _ParseError(f'function "{text}" not defined', pos)
            self.index += 1
            return Identifier(pos, text)
        if kind == "string":
            self.index += 1
            try:
                return String(pos, text, literals.unquote(text))
            except literals.LiteralError as error:
                raise _ParseError(str(error), pos) from None
        if kind == "lparen":
            return self.parenthesized(pos)
        if kind == "variable":
            self.index += 1
            if text not in self.parsed.brings:
                self.parsed.needs.append((text, pos))
            return Variable(pos, (text,))
        if kind == "dot":
            self.index += 1
            return Dot(pos)
        if kind in {"number", "rune"}:
            self.index += 1
            try:
                return literals.number(pos, text) if kind == "number" else literals.rune(pos, text)
            except literals.LiteralError as error:
                raise _ParseError(str(error), pos) from None
        if kind == "bool":
            self.index += 1
            return Bool(pos, text == "true")
        if kind == "keyword" and text == "nil":
            self.index += 1
            return Nil(pos)
        return None

    def parenthesized(self, pos: int) -> Pipe:
        if self.depth >= MAX_DEPTH:
            raise _ParseError("max expression depth exceeded", pos)
        self.depth += 1
        self.index += 1
        pipe = self.pipeline("parenthesized pipeline", "rparen")
        self.depth -= 1
        return pipe


_OPERANDS = frozenset({"field", "identifier", "string", "lparen", "variable", "dot", "number", "rune", "bool"})


def _show(token: Token) -> str:
    if token.kind in {"keyword", "dot"}:
        return f"<{token.text}>"
    from pyhelm.functions.goquote import quote

    text = token.text if token.kind != "field" else "." + token.text.split(".")[1]
    if token.kind == "right":
        text = "}}"
    if len(text.encode("utf-8", "surrogateescape")) > 10:
        return quote(text[:10]) + "..."
    return quote(text)
