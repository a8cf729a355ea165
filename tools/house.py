"""Measure the house, so that two commits can be compared: ``python tools/house.py``.

``--root DIR`` measures another checkout; named more than once, each gets a column of its own.
Counted are the committed Python and JavaScript files of ``outreach``. A function's lines run from
its name to its end; those inside count again. An unnamed arrow counts where it has a block.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from statistics import median, quantiles

LONG = 25
SPLIT = ("core", "features")  # folders whose sub-folders are packages of their own
SCRIPTS = "outreach/static/js/"
Graph = dict[str, set[str]]


@dataclass
class Source:
    """What one file holds: its imports by path, its functions by length, its vague types."""

    path: str
    text: str
    imports: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)  # imported for types alone
    functions: list[tuple[int, str]] = field(default_factory=list)
    vague: int = 0

    @property
    def lines(self) -> int:
        return self.text.count("\n")


# Python


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(node: ast.AST, modules: dict[str, str]) -> Iterator[str]:
    """Paths of ours that an import statement names."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [one.name for one in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        full = [f"{node.module}.{one.name}" for one in node.names]
        names = [name if name in modules else node.module for name in full]
    yield from (modules[name] for name in names if name in modules)


def typing_only(tree: ast.AST) -> set[ast.AST]:
    """Nodes under ``if TYPE_CHECKING``."""
    blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n)]
    return {inner for block in blocks for inner in ast.walk(block)}


def read_python(path: str, text: str, modules: dict[str, str]) -> Source:
    source = Source(path, text)
    tree = ast.parse(text)
    apart = typing_only(tree)
    for node in ast.walk(tree):
        (source.types if node in apart else source.imports).update(imported(node, modules))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            source.functions.append(((node.end_lineno or 0) - node.lineno + 1, node.name))
        if isinstance(node, ast.Name) and node.id == "Any":
            source.vague += 1
    return source


# JavaScript

COMMENT = r"//[^\n]*|/\*.*?\*/"
STRING = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
INNER = r"`(?:\\.|[^`\\])*`"
TEMPLATE = rf"`(?:\\.|\$\{{(?:[^{{}}`]|{INNER}|\{{[^{{}}]*\}})*\}}|[^`\\])*`"
REGEX = r"(?:[(,=:\[!&|?{};>]|\breturn)\s*(?P<regex>/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n*])+/)"
WORDS = re.compile(rf"(?P<comment>{COMMENT})|{STRING}|{TEMPLATE}|{REGEX}", re.S)
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"'\n]+)["']""")
BEGINNING = re.compile(
    r"(?:(?P<name>[\w$#]+)\s*(?:[=:]\s*(?:async\s+)?(?:function\s*\*?\s*)?)?)?(?=\()"
)
BLOCKS = {"if", "for", "while", "switch", "catch", "await"}  # followed by brackets and a block
UNNAMED = {None, "async", "function", "return"}
JSDOC_TYPE = re.compile(r"@\w+\s*\{")
VAGUE_TYPE = re.compile(r"\b(?:any|object|Object|Function)\b|\*")
IGNORED = re.compile(r"@ts-(?:ignore|expect-error)\b")


def blank(text: str, comments_only: bool = False) -> str:
    """The text with comments, and by default strings and patterns, made of spaces."""

    def spaces(hit: re.Match[str]) -> str:
        if comments_only and not hit["comment"]:
            return hit[0]
        kept = hit[0][: hit.start("regex") - hit.start()] if hit["regex"] else ""
        return kept + re.sub(r"[^\n]", " ", hit[0][len(kept) :])

    return WORDS.sub(spaces, text)


def closing(text: str, at: int) -> int:
    """Where the bracket that opens at ``at`` is closed."""
    depth = 0
    for i in range(at, len(text)):
        depth += (text[i] in "([{") - (text[i] in ")]}")
        if not depth:
            return i
    return len(text) - 1


def expression_end(text: str, at: int) -> int:
    """Where the expression that begins at ``at`` ends."""
    while at < len(text) and text[at] not in ",;)]}":
        at = closing(text, at) + 1 if text[at] in "([{" else at + 1
    return at - 1


def function_end(text: str, at: int, named: bool) -> int | None:
    """Where the function ends whose parameters may open at ``at``; None where there is none."""
    after = closing(text, at) + 1
    arrow = re.compile(r"\s*=>\s*").match(text, after)
    block = re.compile(r"\s*\{").match(text, arrow.end() if arrow else after)
    if block:
        return closing(text, block.end() - 1)
    return expression_end(text, arrow.end()) if arrow and named else None


def javascript_functions(text: str) -> Iterator[tuple[int, str]]:
    """Length and name; one without a name counts where it has a block."""
    plain = blank(text)
    last = -1
    for hit in BEGINNING.finditer(plain):
        again, last = hit.end() == last, hit.end()  # the same bracket, without its name
        if again or hit["name"] in BLOCKS:
            continue
        name = "=>" if hit["name"] in UNNAMED else hit["name"]
        end = function_end(plain, hit.end(), named=name != "=>")
        if end is not None:
            yield plain.count("\n", hit.start(), end) + 1, name


def vague_types(comment: str) -> int:
    """Types of JSDoc that say nothing; the ``object`` that opens a typedef is none."""
    text = re.sub(r"@typedef\s*\{object\}", "", re.sub(r"(?m)^\s*\*(?!/)", "", comment))
    spans = [
        text[hit.end() - 1 : closing(text, hit.end() - 1)] for hit in JSDOC_TYPE.finditer(text)
    ]
    return sum(len(VAGUE_TYPE.findall(span)) for span in spans) + len(IGNORED.findall(text))


def resolve(path: str, named: str) -> str:
    parts: list[str] = []
    for part in (PurePosixPath(path).parent / named).parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def read_javascript(path: str, text: str, known: set[str]) -> Source:
    source = Source(path, text, functions=list(javascript_functions(text)))
    code = blank(text, comments_only=True)
    source.imports = {resolve(path, name) for name in IMPORT.findall(code)} & known
    source.types = {resolve(path, name) for name in IMPORT.findall(text)} & known
    comments = [hit["comment"] for hit in WORDS.finditer(text) if hit["comment"]]
    source.vague = sum(map(vague_types, comments))
    return source


# Folders and arrows


def package_of(path: str) -> str:
    """The package of a file: a script's folder, else a child of outreach, core or features."""
    if path.startswith(SCRIPTS):
        return str(PurePosixPath(path).parent)[len(SCRIPTS) :]
    parts = path.removesuffix(".py").split("/")[1:]
    deep = 2 if parts[0] in SPLIT and len(parts) > 2 else 1
    return "/".join(parts[:deep])


def module_graph(sources: list[Source], types: bool = False) -> Graph:
    return {one.path: one.imports | (one.types if types else set()) for one in sources}


def package_graph(modules: Graph) -> Graph:
    graph: Graph = {package_of(path): set() for path in modules}
    for path, targets in modules.items():
        graph[package_of(path)] |= {package_of(target) for target in targets} - {package_of(path)}
    return graph


def reachable(graph: Graph, start: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        node = ahead.pop()
        if node not in seen:
            seen.add(node)
            ahead += graph.get(node, ())
    return seen


def circles(graph: Graph) -> list[list[str]]:
    """Strongly connected components of more than one node, the biggest first."""
    reach = {node: reachable(graph, node) for node in graph}
    found = {
        tuple(sorted(other for other in reach[node] if node in reach.get(other, ())))
        for node in graph
        if node in reach[node]
    }
    return sorted((list(one) for one in found if len(one) > 1), key=lambda one: (-len(one), one))


# The table


def short(path: str) -> str:
    return path.removeprefix(SCRIPTS).removeprefix("outreach/")


def listed(pairs: Iterable[tuple[int, str]], most: int) -> str:
    ranked = sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
    return ", ".join(f"{name} {count}" for count, name in ranked[:most])


def spread(counts: list[int]) -> str:
    p90 = quantiles(counts, n=10)[8] if len(counts) > 1 else counts[0]
    return f"{median(counts):g}, {p90:.0f}"


def circle_words(graph: Graph) -> str:
    sizes = [len(one) for one in circles(graph)]
    return f"{len(sizes)} ({', '.join(map(str, sizes))})" if sizes else "0"


def named_circles(graph: Graph) -> str:
    return "; ".join(" ".join(one) for one in circles(graph)) or "–"


def rows(sources: list[Source]) -> dict[str, str]:
    folders = Counter(short(str(PurePosixPath(one.path).parent)) for one in sources)
    lengths = [(count, f"`{name}`") for one in sources for count, name in one.functions]
    long = sum(count > LONG for count, _ in lengths)
    modules, with_types = module_graph(sources), module_graph(sources, types=True)
    packages = package_graph(modules)
    return {
        "files, lines": f"{len(sources)}, {sum(one.lines for one in sources):,}",
        "files a folder, median": f"{median(folders.values()):g} in {len(folders)} folders",
        "the five fullest folders": listed(((n, name) for name, n in folders.items()), 5),
        "lines a file, median and p90": spread([one.lines for one in sources]),
        "the five longest files": listed(((one.lines, short(one.path)) for one in sources), 5),
        "functions, their median lines": f"{len(lengths)}, {median(n for n, _ in lengths):g}",
        f"functions over {LONG} lines": f"{long} ({100 * long / len(lengths):.1f} %)",
        "the longest function": listed(lengths, 1),
        "packages, arrows between them": f"{len(packages)}, {sum(map(len, packages.values()))}",
        "circles of packages": circle_words(packages),
        "the packages in circles": named_circles(packages),
        "circles of modules": circle_words(modules),
        "the same, imports of types too": circle_words(with_types),
        "vague types": str(sum(one.vague for one in sources)),
    }


def committed(root: Path) -> list[str]:
    listing = ["git", "-C", str(root), "ls-files", "-z", "outreach"]
    names = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.split("\0")
    return [name for name in names if name and (root / name).is_file()]


def read_house(root: Path) -> dict[str, list[Source]]:
    """The sources of a checkout by language."""
    texts = {
        name: (root / name).read_text() for name in committed(root) if name.endswith((".py", ".js"))
    }
    modules = {module_of(name): name for name in texts if name.endswith(".py")}
    scripts = {name for name in texts if name.startswith(SCRIPTS)}
    return {
        "Python": [read_python(name, texts[name], modules) for name in modules.values()],
        "JavaScript": [read_javascript(name, texts[name], scripts) for name in sorted(scripts)],
    }


def commit_of(root: Path) -> str:
    asked = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def table(roots: list[Path]) -> str:
    """A Markdown table: a row a figure, a column a checkout."""
    houses = [read_house(root) for root in roots]
    lines = ["| what |" + "".join(f" {commit_of(root)} |" for root in roots)]
    lines.append("|---|" + "---|" * len(roots))
    for language in houses[0]:
        columns = [rows(house[language]) for house in houses]
        for what in columns[0]:
            lines.append(f"| {language}: {what} |" + "".join(f" {one[what]} |" for one in columns))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--root", type=Path, action="append", metavar="DIR")
    print(table(parser.parse_args().root or [Path(__file__).parent.parent]))


if __name__ == "__main__":
    main()
