"""The worker's two parts: one for the first save offline, one for the rest.

The worker comes in two scripts. The first holds what static/js/field/first_part.js names, the
second all other screens. The rest follows from this one list. A template belongs to the second when
no module of the first shows it; a sentence, when no module or template of the first says it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent
JS = PACKAGE / "static" / "js"
TEMPLATES = PACKAGE / "templates"
FIRST, SECOND = JS / "field" / "worker.js", JS / "field" / "second_part.js"
# Pages of the phone app that Flask renders and the worker never does.
FLASK_ONLY = frozenset({"field/boot.html", "field/in_app.html", "field/refused.html"})
FRAME = ("field/_head.html", "field/_foot.html")
IMPORT = re.compile(r"""^(?:import|export|\})[^;"]*"(\.[^"]+)";""", re.MULTILINE)
SHOWN = re.compile(r'\bview: "(\w+)"')
TAKEN = re.compile(r"""\{% (?:include|from) "([^"]+)" """)
# What a script says to its readers, types too, is no part of it.
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
# `field.section.${step}`: every sentence that begins so may be said.
COMPOSED = re.compile(r"`([a-z_0-9.]+\.)\$\{")


@cache
def modules_from(entry: Path) -> frozenset[Path]:
    """The modules that a script is made of, generated ones left out."""
    modules, waiting = set(), [entry]
    while waiting:
        path = waiting.pop()
        if path in modules or path.parent.name == "gen" or path.suffix != ".js":
            continue
        modules.add(path)
        names = IMPORT.findall(path.read_text(encoding="utf-8"))
        waiting += [(path.parent / name).resolve() for name in names]
    return frozenset(modules)


def second_screens() -> list[str]:
    """The modules of screens that the first script does not hold, from the root of the code."""
    screens = set((JS / "field" / "screens").rglob("*.js")) - modules_from(FIRST)
    return sorted(path.relative_to(JS).as_posix() for path in screens)


def all_modules() -> frozenset[Path]:
    """The modules of both scripts."""
    entries = [FIRST, SECOND, *(JS / name for name in second_screens())]
    return frozenset().union(*map(modules_from, entries))


def page_names(templates: Path = TEMPLATES) -> list[str]:
    """The templates the worker renders."""
    names = (f"field/{path.name}" for path in (templates / "field").glob("*.html"))
    return sorted(set(names) - FLASK_ONLY)


def first_pages() -> list[str]:
    """The templates that the first script shows by name."""
    screens = [path for path in modules_from(FIRST) if JS / "field" in path.parents]
    shown = {f"field/{name}.html" for path in screens for name in SHOWN.findall(read_source(path))}
    return sorted(shown | set(FRAME))


def later_pages() -> list[str]:
    """The templates that only the second script shows."""
    return sorted(set(page_names()) - set(first_pages()))


@cache
def read_source(path: Path) -> str:
    """The text of a source, of a script without its comments."""
    text = path.read_text(encoding="utf-8")
    return COMMENT.sub("", text) if path.suffix == ".js" else text


@cache
def sources(first: bool) -> str:
    """The text of the modules and templates of the first script, or of everything."""
    scripts = modules_from(FIRST) if first else all_modules()
    return "\n".join(
        [read_source(path) for path in sorted(scripts)]
        + [
            read_source(TEMPLATES / name)
            for name in with_parts(first_pages() if first else page_names())
        ]
    )


def with_parts(names: list[str]) -> list[str]:
    """Templates with those that they include or import, however deep."""
    templates: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in templates:
            templates.add(name)
            waiting += TAKEN.findall(read_source(TEMPLATES / name))
    return sorted(templates)


def says(key: str, first: bool = True) -> bool:
    """True when the first script, or the worker as a whole, may say this sentence."""
    text = sources(first)
    if f'"{key.removesuffix(".one")}"' in text:
        return True
    return key.startswith(tuple(prefix for prefix in COMPOSED.findall(text)))


def names(address: str) -> bool:
    """True when the first script may name this address."""
    return f'u("{address}"' in sources(first=True)
