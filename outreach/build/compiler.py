"""Compiles the phone's Jinja2 templates to plain JavaScript functions, byte for byte alike.

Only a small part of Jinja2 is accepted; everything else is refused with file and line. A template
that the two languages would render differently must fail the build, not a page in the forest.
The accepted part is listed in docs/decisions/002-template-compiler.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateError, TemplateSyntaxError, nodes
from markupsafe import escape

from outreach.build.markup import TEXT, Place, UnclearMarkup, follow, merge
from outreach.web.addresses import parameters
from outreach.web.white_space import CollapseSpace

METHODS = frozenset(name for name in dir(dict) if not name.startswith("_"))
# Names with a meaning of their own; they cannot be bound.
TAKEN = frozenset({"t", "u", "loop", "self", "super", "caller", "varargs", "kwargs"})
# Names that Flask and Jinja2 fill in when the context does not; they cannot be read unbound.
GLOBALS = TAKEN | frozenset(
    {"range", "dict", "lipsum", "cycler", "joiner", "namespace", "config", "request", "session"}
    | {"g", "url_for", "get_flashed_messages", "current_user", "asset"}
)
ORDER = {"lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}
LOOP = {"index": "({i}+1)", "index0": "{i}", "first": "({i}===0)", "last": "({i}==={s}.length-1)"}
LOOP["length"] = "{s}.length"
FORBIDDEN_ATTRIBUTES = frozenset({"style", "srcdoc", "srcset", "content"})
ADDRESS_ATTRIBUTES = frozenset(
    {"href", "src", "action", "formaction", "xlink:href", "poster", "data", "ping", "cite"}
    | {"background", "manifest"}
)
FORBIDDEN_TAGS = frozenset(
    {"iframe", "object", "embed", "base", "xmp", "plaintext", "noembed", "noframes"}
)


class TemplateRefused(ValueError):
    """A template uses something outside the accepted part; the message names file and line."""


@dataclass
class Scope:
    """Names that are JavaScript variables here; every other name is read from the context."""

    names: dict[str, str] = field(default_factory=dict)
    loop: tuple[str, str] | None = None
    in_macro: bool = False


@dataclass(frozen=True)
class MacroInfo:
    """A macro's JavaScript function, how many arguments it takes, and its last ones' defaults."""

    function: str
    most: int
    defaults: tuple[str, ...]

    @property
    def least(self) -> int:
        """How many arguments must be given."""
        return self.most - len(self.defaults)


class Compiler:
    """Compiles a set of templates that may include and import each other."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.done: dict[str, TemplateCompiler] = {}
        self.busy: list[str] = []

    def add(self, name: str) -> TemplateCompiler:
        """The compiled template ``name``, compiled once."""
        if name not in self.done:
            self.busy.append(name)
            self.done[name] = TemplateCompiler(self, name, len(self.done))
            self.done[name].compile()
            self.busy.pop()
        return self.done[name]

    def has(self, name: str) -> bool:
        """True when the loader knows the template."""
        try:
            self.env.loader.get_source(self.env, name)  # type: ignore[union-attr]
        except TemplateError:
            return False
        return True

    def module(self, names: Iterable[str], runtime: str) -> str:
        """An ES module that exports ``render(name, ctx, {t, u})`` for ``names``."""
        bodies, table = self.part(names)
        return f"{HEADER.format(runtime=quote(runtime))}{bodies}\nconst R = {table};\n{RENDER}"

    def part(self, names: Iterable[str]) -> tuple[str, str]:
        """The functions of ``names`` not compiled before, and the table of their names."""
        before, ordered = set(self.done), sorted(names)
        for name in ordered:
            self.add(name)
        for template in self.done.values():
            template.refuse_shadowed_macros()
        table = ",".join(f"{quote(name)}:{self.done[name].function}" for name in ordered)
        fresh = [template for name, template in self.done.items() if name not in before]
        return "\n".join(template.code for template in fresh), f"{{{table}}}"

    def two_modules(
        self, first: Iterable[str], later: Iterable[str], own: str, runtime: str
    ) -> tuple[str, str]:
        """The module of ``first``, called ``own``, and one that adds ``later`` to its table."""
        module = self.module(first, runtime)
        lines = dict(FUNCTION_LINE.findall(module))
        used = reached(lines, module[module.index("\nconst R = ") :])
        kept_back = [line for name, line in lines.items() if name not in used]
        for line in kept_back:
            module = module.replace(f"{line}\n", "")
        bodies, table = self.part(later)
        bodies = "\n".join([*kept_back, bodies])
        shared = sorted({*FUNCTION.findall(bodies + table)} & used)
        taken = f"import {{ {', '.join(['add', *shared])} }} from {quote(own)};\n"
        header = HEADER.format(runtime=quote(runtime))
        return (
            f"{module}\nexport {{ {', '.join(sorted(used))} }};\n",
            f"{header}{taken}{bodies}\nadd({table});\n",
        )


def reached(functions: dict[str, str], start: str) -> set[str]:
    """The functions that ``start`` names, and those that they name in turn."""
    names: set[str] = set()
    waiting = [name for name in FUNCTION.findall(start) if name in functions]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.add(name)
            waiting += [other for other in FUNCTION.findall(functions[name]) if other in functions]
    return names


HEADER = (
    "// @ts-nocheck\n"
    "import {{ A, AND, DEF, E, EQ, G, I, IN, JOIN, K, LEN, LT, OR, P, S, T }} from {runtime};\n"
)
# The names of compiled templates and macros, as TemplateCompiler gives them.
FUNCTION = re.compile(r"\bf\d+(?:_m\d+)?\b")
FUNCTION_LINE = re.compile(r"^(?=function (f\d+(?:_m\d+)?)\()(.*)$", re.MULTILINE)
RENDER = """
/** More templates for render. @param {any} more */
export const add = (more) => Object.assign(R, more);
/** The HTML of a template. @param {string} name @param {any} ctx @param {{t: any, u: any}} tools */
export function render(name, ctx, { t, u }) {
  if (!Object.prototype.hasOwnProperty.call(R, name)) throw new Error(`no template ${name}`);
  return R[name](ctx, t, u);
}
"""


def quote(text: str) -> str:
    """A JavaScript string literal of ``text``."""
    literal = json.dumps(text, ensure_ascii=False)
    return literal.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class TemplateCompiler:
    """One template on its way to a JavaScript function."""

    def __init__(self, compiler: Compiler, name: str, number: int) -> None:
        self.compiler = compiler
        self.name = name
        self.function = f"f{number}"
        self.macros: dict[str, MacroInfo] = {}
        self.includes: list[str] = []
        self.read: set[str] = set()
        self.count = 0
        self.functions: list[str] = []
        self.code = ""

    def compile(self) -> None:
        """Fill ``code``; raises TemplateRefused."""
        tree = self.parse()
        body, end = self.block(tree.body, Scope(), TEXT, top=True)
        if end != TEXT:
            self.refuse(tree, f"the template ends inside markup ({end.state})")
        main = f'function {self.function}(c,t,u){{let o="";{body}return o}}'
        self.code = "\n".join([*self.functions, main])

    def parse(self) -> nodes.Template:
        """The template's tree, parsed with the application's own settings."""
        env = self.compiler.env
        source, _, _ = env.loader.get_source(env, self.name)  # type: ignore[union-attr]
        try:
            return env.parse(source, self.name)
        except TemplateSyntaxError as error:
            raise TemplateRefused(f"{self.name}:{error.lineno}: {error.message}") from error

    def refuse(self, node: nodes.Node, why: str) -> None:
        """Raise TemplateRefused at the node's line."""
        inside = (child.lineno for child in node.find_all(nodes.Node) if child.lineno)
        raise TemplateRefused(f"{self.name}:{node.lineno or next(inside, 1)}: {why}")

    def fresh(self, prefix: str) -> str:
        """A JavaScript variable not used before in this template."""
        self.count += 1
        return f"{prefix}{self.count}"

    def refuse_shadowed_macros(self) -> None:
        """Refuse included templates that read a name which is a macro here: Jinja2 shows it."""
        for included in self.reachable():
            clash = self.macros.keys() & self.compiler.done[included].read
            if clash:
                raise TemplateRefused(f"{included}:1: {min(clash)} is a macro of {self.name}")

    def reachable(self) -> Iterator[str]:
        """Every template included from here, however deep."""
        for name in self.includes:
            yield name
            yield from self.compiler.done[name].reachable()

    # Statements: each returns the JavaScript and the place in the HTML after it.

    def block(
        self, body: list[nodes.Node], scope: Scope, place: Place, top: bool = False
    ) -> tuple[str, Place]:
        """The statements of ``body`` one after another."""
        code = []
        for node in body:
            handler = getattr(self, f"do_{type(node).__name__.lower()}", None)
            if handler is None or (type(node) in (nodes.Macro, nodes.FromImport) and not top):
                self.refuse(node, f"{type(node).__name__} is not accepted here")
            piece, place = handler(node, scope, place)  # type: ignore[misc]
            code.append(piece)
        return "".join(code), place

    def do_output(self, node: nodes.Output, scope: Scope, place: Place) -> tuple[str, Place]:
        code = []
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                place = self.read_text(part, place)
                code.append(quote(part.data))
            else:
                self.check_place(part, place)
                code.append(self.output(part, scope, place))
                place = follow(place, "…") if place.in_value else place
        return f"o+={'+'.join(code)};", place

    def read_text(self, node: nodes.TemplateData, place: Place) -> Place:
        """The place after literal text; dangerous tags are refused on the way."""
        tags = set(re.findall(r"<([a-z]+)", node.data.lower())) & FORBIDDEN_TAGS
        if tags:
            self.refuse(node, f"the tag {min(tags)} is not accepted")
        try:
            return follow(place, node.data)
        except UnclearMarkup as error:
            self.refuse(node, str(error))
            raise

    def check_place(self, node: nodes.Expr, place: Place) -> None:
        """Refuse an output where escaping would not make it harmless."""
        if place.state == "text":
            return
        if not place.in_value:
            self.refuse(
                node, f"output is not accepted here ({place.state} of {place.tag or 'markup'})"
            )
        name = place.attr.removeprefix("data-") if place.attr.startswith("data-hx-") else place.attr
        if name.startswith("on") or name in FORBIDDEN_ATTRIBUTES:
            self.refuse(node, f"output is not accepted in the attribute {place.attr}")
        if name in ADDRESS_ATTRIBUTES or name.startswith("hx-"):
            if not is_call_of(node, "u"):
                self.refuse(node, f"{place.attr} takes only u(…)")
            if place.value:
                self.refuse(node, f"u(…) must stand first in {place.attr}")

    def output(self, node: nodes.Expr, scope: Scope, place: Place) -> str:
        """JavaScript of an output's escaped text."""
        self.refuse_nothing(node)
        if isinstance(node, nodes.Const):
            return quote(str(escape(self.constant(node))))
        if isinstance(node, nodes.Call) and any(is_call_of(node, name) for name in self.macros):
            if place.state != "text":
                self.refuse(node, "a macro is put out only between tags")
            return self.macro_call(node, scope)
        if isinstance(node, nodes.Filter) and node.name == "e" and not node.args and node.node:
            node = node.node
        return f"E({self.expr(node, scope)})"

    def refuse_nothing(self, *texts: nodes.Expr | None) -> None:
        """Refuse ``none`` where a text is meant: it reads "None"."""
        for node in texts:
            if isinstance(node, nodes.Const) and node.value is None:
                self.refuse(node, "none is no text; a name of the context is called otherwise")

    def do_if(self, node: nodes.If, scope: Scope, place: Place) -> tuple[str, Place]:
        code, ends = [], []
        for branch in [node, *node.elif_]:
            body, end = self.block(branch.body, scope, place)
            code.append(f"if({self.truth(branch.test, scope)}){{{body}}}")
            ends.append(end)
        body, end = self.block(node.else_, scope, place)
        ends.append(end)
        if body:
            code.append(f"{{{body}}}")
        return "else ".join(code), self.merged(node, ends)

    def merged(self, node: nodes.Node, ends: list[Place]) -> Place:
        """The place after branches that ended at ``ends``."""
        place = ends[0]
        try:
            for end in ends[1:]:
                place = merge(place, end)
        except UnclearMarkup as error:
            self.refuse(node, str(error))
        return place

    def do_for(self, node: nodes.For, scope: Scope, place: Place) -> tuple[str, Place]:
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            self.refuse(node, "for takes one name, no condition, no recursion")
        self.check_name(node.target, node.target.name)  # type: ignore[attr-defined]
        s, i, x = self.fresh("s"), self.fresh("i"), self.fresh("x")
        names = {**scope.names, node.target.name: x}  # type: ignore[attr-defined]
        inner = Scope(names, (s, i), scope.in_macro)
        source = self.expr(node.iter, scope)
        _, end = self.block(node.body, inner, place)
        start = self.merged(node, [place, end])
        body, end = self.block(node.body, inner, start)
        start = self.merged(node, [start, end])
        otherwise, other_end = self.block(
            node.else_, Scope(scope.names, None, scope.in_macro), place
        )
        walk = f"for(let {i}=0;{i}<{s}.length;{i}++){{const {x}={s}[{i}];{body}}}"
        code = f"const {s}=I({source});{walk}"
        if otherwise:
            code += f"if(!{s}.length){{{otherwise}}}"
        return code, self.merged(node, [start, other_end])

    def do_include(self, node: nodes.Include, scope: Scope, place: Place) -> tuple[str, Place]:
        name = self.template_name(node)
        if node.ignore_missing or not node.with_context or scope.in_macro:
            self.refuse(node, "include takes a name alone, outside macros")
        if place != TEXT:
            self.refuse(node, "include stands only between tags")
        template = self.compiler.add(name)
        self.includes.append(name)
        context_names = ",".join(f"{quote(k)}:{v}" for k, v in scope.names.items())
        context = f"{{...c,{context_names}}}" if context_names else "c"
        return f"o+={template.function}({context},t,u);", place

    def template_name(self, node: nodes.Include | nodes.FromImport) -> str:
        """The constant name of an included or imported template."""
        if not isinstance(node.template, nodes.Const) or not isinstance(node.template.value, str):
            self.refuse(node, "the template's name must be a constant text")
        name = str(node.template.value)  # type: ignore[attr-defined]
        if name in self.compiler.busy:
            self.refuse(node, f"{name} includes itself")
        if not self.compiler.has(name):
            self.refuse(node, f"there is no template {name}")
        return name

    def do_fromimport(
        self, node: nodes.FromImport, scope: Scope, place: Place
    ) -> tuple[str, Place]:
        if node.with_context:
            self.refuse(node, "import takes no context")
        source = self.compiler.add(self.template_name(node))
        for item in node.names:
            name, alias = item if isinstance(item, tuple) else (item, item)
            if name not in source.macros:
                self.refuse(node, f"{source.name} has no macro {name}")
            self.check_name(node, alias)
            self.macros[alias] = source.macros[name]
        return "", place

    def do_macro(self, node: nodes.Macro, scope: Scope, place: Place) -> tuple[str, Place]:
        self.check_name(node, node.name)
        names = {}
        for arg in node.args:
            self.check_name(node, arg.name)
            names[arg.name] = self.fresh("a")
        if place != TEXT:
            self.refuse(node, "a macro stands only between tags")
        body, end = self.block(node.body, Scope(names, None, True), TEXT)
        if end != TEXT:
            self.refuse(node, f"the macro ends inside markup ({end.state})")
        function = f"{self.function}_{self.fresh('m')}"
        defaults = tuple(self.literal(default) for default in node.defaults)
        head = ",".join(["t", "u", *names.values()])
        self.functions.append(f'function {function}({head}){{let o="";{body}return o}}')
        self.macros[node.name] = MacroInfo(function, len(node.args), defaults)
        return "", place

    def check_name(self, node: nodes.Node, name: str) -> None:
        """Refuse a new name that already means something."""
        if name in TAKEN or name in self.macros or name.startswith("_"):
            self.refuse(node, f"the name {name} is taken")

    # Expressions: each returns JavaScript that yields a value.

    def truth(self, node: nodes.Node, scope: Scope) -> str:
        return f"T({self.expr(node, scope)})"

    def expr(self, node: nodes.Node, scope: Scope) -> str:
        """JavaScript of an expression; raises TemplateRefused."""
        handler = getattr(self, f"ex_{type(node).__name__.lower()}", None)
        if handler is None:
            self.refuse(node, f"{type(node).__name__} is not accepted")
        return str(handler(node, scope))  # type: ignore[misc]

    def constant(self, node: nodes.Const) -> str | int | bool | None:
        value = node.value
        if value is not None and not isinstance(value, str | int):
            self.refuse(node, f"the constant {value!r} is not accepted")
        if isinstance(value, int) and abs(value) > 2**53 - 1:
            self.refuse(node, "the number is too large")
        return value  # type: ignore[no-any-return]

    def literal(self, node: nodes.Expr) -> str:
        """JavaScript of a constant, refused when it is anything else."""
        if not isinstance(node, nodes.Const):
            self.refuse(node, "only a constant is accepted here")
        return self.ex_const(node, Scope())  # type: ignore[arg-type]

    def ex_const(self, node: nodes.Const, scope: Scope) -> str:
        value = self.constant(node)
        if isinstance(value, str):
            return quote(value)
        if value is None or isinstance(value, bool):
            return json.dumps(value)
        return str(value)

    def ex_name(self, node: nodes.Name, scope: Scope) -> str:
        if node.name in scope.names:
            return scope.names[node.name]
        if node.name in GLOBALS or node.name in self.macros or node.name.startswith("_"):
            self.refuse(node, f"{node.name} cannot be used as a value")
        if scope.in_macro:
            self.refuse(node, f"a macro knows only its arguments, not {node.name}")
        self.read.add(node.name)
        return f"G(c,{quote(node.name)})"

    def ex_getattr(self, node: nodes.Getattr, scope: Scope) -> str:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop":
            if scope.loop is None or node.attr not in LOOP:
                self.refuse(node, f"loop.{node.attr} is not accepted here")
            s, i = scope.loop  # type: ignore[misc]
            return LOOP[node.attr].format(s=s, i=i)
        if node.attr in METHODS or node.attr.startswith("_"):
            self.refuse(node, f"the name {node.attr} is a method in Python")
        return f"A({self.expr(node.node, scope)},{quote(node.attr)})"

    def ex_getitem(self, node: nodes.Getitem, scope: Scope) -> str:
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self.ex_getattr(
                nodes.Getattr(node.node, node.arg.value, "load", lineno=node.lineno), scope
            )
        return f"A({self.expr(node.node, scope)},{self.expr(node.arg, scope)})"

    def ex_concat(self, node: nodes.Concat, scope: Scope) -> str:
        self.refuse_nothing(*node.nodes)
        return "(" + "+".join(f"S({self.expr(part, scope)})" for part in node.nodes) + ")"

    def ex_and(self, node: nodes.And, scope: Scope) -> str:
        return f"AND({self.expr(node.left, scope)},()=>{self.expr(node.right, scope)})"

    def ex_or(self, node: nodes.Or, scope: Scope) -> str:
        return f"OR({self.expr(node.left, scope)},()=>{self.expr(node.right, scope)})"

    def ex_not(self, node: nodes.Not, scope: Scope) -> str:
        return f"!{self.truth(node.node, scope)}"

    def ex_compare(self, node: nodes.Compare, scope: Scope) -> str:
        if len(node.ops) != 1:
            self.refuse(node, "one comparison at a time")
        op = node.ops[0].op
        left, right = self.expr(node.expr, scope), self.expr(node.ops[0].expr, scope)
        if op in ("eq", "ne"):
            return f"{'!' if op == 'ne' else ''}EQ({left},{right})"
        if op in ("in", "notin"):
            return f"{'!' if op == 'notin' else ''}IN({left},{right})"
        return f"(LT({left},{right}){ORDER[op]}0)"

    def ex_test(self, node: nodes.Test, scope: Scope) -> str:
        if node.args or node.kwargs or node.name not in ("none", "defined"):
            self.refuse(node, f"the test {node.name} is not accepted")
        value = self.expr(node.node, scope)
        return f"({value}===null)" if node.name == "none" else f"({value}!==undefined)"

    def ex_filter(self, node: nodes.Filter, scope: Scope) -> str:
        if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.refuse(node, f"the filter {node.name} takes plain arguments only")
        self.refuse_nothing(node.node, *node.args)
        value, args = self.expr(node.node, scope), node.args  # type: ignore[arg-type]
        if node.name == "length" and not args:
            return f"LEN({value})"
        if node.name in ("upper", "lower") and not args:
            return f"S({value}).to{node.name.title()}Case()"
        if node.name == "join" and len(args) <= 1:
            return f"JOIN({value},{self.separator(args)})"
        if node.name == "default" and len(args) <= 2:
            return self.default(value, args, scope)
        self.refuse(node, f"the filter {node.name} is not accepted here")
        raise AssertionError

    def separator(self, args: list[nodes.Expr]) -> str:
        """join's constant separator."""
        if args and (not isinstance(args[0], nodes.Const) or not isinstance(args[0].value, str)):
            self.refuse(args[0], "join takes a constant text")
        return self.literal(args[0]) if args else '""'

    def default(self, value: str, args: list[nodes.Expr], scope: Scope) -> str:
        """default's replacement, and its second argument, a constant."""
        replacement = self.expr(args[0], scope) if args else '""'
        empty = self.literal(args[1]) if len(args) > 1 else "false"
        return f"DEF({value},{replacement},T({empty}))"

    def ex_call(self, node: nodes.Call, scope: Scope) -> str:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name in self.macros:
            self.refuse(node, "a macro's call stands alone in {{ }}")
        if name not in ("t", "u") or name in scope.names:
            self.refuse(node, "only t(…), u(…) and macros are called")
        if len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            self.refuse(node, f"{name} takes one name and keyword arguments")
        if name == "u":
            self.check_address(node)
        self.refuse_nothing(node.args[0], *(pair.value for pair in node.kwargs))
        key, wrap = self.expr(node.args[0], scope), {"t": "K", "u": "P"}[name]
        keywords = ",".join(
            f"{quote(pair.key)}:{wrap}({self.expr(pair.value, scope)})" for pair in node.kwargs
        )
        return f"{name}({key},{{{keywords}}})" if keywords else f"{name}({key})"

    def check_address(self, node: nodes.Call) -> None:
        """Refuse an address that the table does not have, or has with other parameters."""
        if not isinstance(node.args[0], nodes.Const):
            self.refuse(node, "u takes a constant name")
        name = node.args[0].value  # type: ignore[attr-defined]
        try:
            expected = parameters(name)
        except KeyError:
            self.refuse(node, f"no address is called {name!r}")
        names = {pair.key for pair in node.kwargs}
        if names != expected:
            self.refuse(node, f"the address {name} takes {sorted(expected)}, not {sorted(names)}")

    def macro_call(self, node: nodes.Call, scope: Scope) -> str:
        """JavaScript of a macro's text."""
        macro = self.macros[node.node.name]  # type: ignore[attr-defined]
        if node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.refuse(node, "a macro takes positional arguments only")
        if not macro.least <= len(node.args) <= macro.most:
            self.refuse(node, f"the macro takes {macro.least} to {macro.most} arguments")
        # Defaults are filled in here: JavaScript's own would also replace a given undefined.
        args = [self.expr(arg, scope) for arg in node.args]
        args += macro.defaults[len(args) - macro.least :]
        return f"{macro.function}({','.join(['t', 'u', *args])})"


def is_call_of(node: nodes.Expr, name: str) -> bool:
    """True for ``name(…)``."""
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name == name
    )


def build_environment(folder: Path) -> Environment:
    """Jinja2 as the Flask app sets it, for compiling."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[CollapseSpace],
    )


def compile_templates(
    folder: Path, first: Iterable[str], later: Iterable[str], own: str, runtime: str
) -> tuple[str, str]:
    """The ES modules of the templates under ``folder``: ``first``, called ``own``, and ``later``.

    Raises TemplateRefused with file and line.
    """
    return Compiler(build_environment(folder)).two_modules(first, later, own, runtime)
