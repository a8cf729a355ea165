"""Rules of the house that hold for the whole repository."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest
from jinja2 import Environment

from outreach.config import Config
from tools import house

ROOT = Path(__file__).parent.parent
OWN_NAME = "tests/test_house.py"
TEXT = {".py", ".md", ".js", ".css", ".html", ".json", ".csv", ".toml", ".in", ".txt", ".sh", ""}
DOCS = ("README.md", "CONTRIBUTING.md", "docs")
# Types that say nothing in the phone's JavaScript, each with its reason beside it; in Python those
# that a library asks for, and the code of an address.
VAGUE = {"JavaScript": 8, "Python": 20}


@cache
def committed() -> list[Path]:
    """Text files that git knows."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]


def offences(
    pattern: str, skip: tuple[str, ...] = (), flags: int = 0, own: bool = False
) -> list[str]:
    """``file:line`` wherever the pattern stands in a committed file; ``own``: in this one too."""
    found = []
    for path in committed():
        name = str(path.relative_to(ROOT))
        if (name == OWN_NAME and not own) or name.startswith(skip):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for hit in re.finditer(pattern, text, flags):
            found.append(f"{name}:{text[: hit.start()].count(chr(10)) + 1} {hit.group()[:60]}")
    return found


def markdown() -> list[Path]:
    return [
        p for p in committed() if p.suffix == ".md" and str(p.relative_to(ROOT)).startswith(DOCS)
    ]


def test_pytest_walks_into_every_folder_with_tests(pytestconfig: pytest.Config) -> None:
    """By itself it leaves out folders called build, dist and others."""
    tests = (path.relative_to(ROOT) for path in committed() if path.name.startswith("test_"))
    folders = {part for path in tests for part in path.parts[:-1]}
    left_out = pytestconfig.getini("norecursedirs")
    assert [one for one in folders if any(fnmatch(one, each) for each in left_out)] == []


def test_imports_go_down_only() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("language", VAGUE)
def test_types_say_something(language: str) -> None:
    vague = {one.path: one.vague for one in house.read_house(ROOT)[language] if one.vague}
    assert sum(vague.values()) <= VAGUE[language], vague


def test_the_lock_file_holds_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["packages"]
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]


def test_python_pins_are_exact() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line[:1].isalnum()]
        assert lines
        assert all("==" in line for line in lines), name


# Folders of the server whose docstrings are not yet all as the others'.
LATER = "storage core/accounts core/audit core/backup core/exchange core/record"
DOCSTRINGS_LATER = tuple(f"outreach/{name}/" for name in LATER.split())
MOST_WORDS = 25
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"(])|[;:·]\s|\n\s*(?:\n|[-*] )")


def docstrings() -> Iterator[tuple[str, str]]:
    """``file:line`` and text of the server's docstrings, code in it as one word."""
    for path in committed():
        name = str(path.relative_to(ROOT))
        if path.suffix != ".py" or not name.startswith("outreach/"):
            continue
        if name.startswith(DOCSTRINGS_LATER):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node) or ""
                place = f"{name}:{getattr(node, 'lineno', 1)}"
                yield place, re.sub(r"``[^`]*``", "X", text)


def test_sentences_of_docstrings_are_short() -> None:
    long = [
        f"{place} {part.strip()[:40]}"
        for place, text in docstrings()
        for part in SENTENCE_END.split(text)
        if len(part.split()) > MOST_WORDS
    ]
    assert long == []


# How the address of a package or of an index looks; of nobody's in particular.
PACKAGE_ADDRESSES = {
    "package": r"\w://[\w.-]+/\S*\.(?:whl|tgz|tar\.gz)\b",
    "index": r"\w://[\w.-]+/(?:\S*/)?simple\b",
    "option": r"--[\w-]*(?:index|registry|find-links)[\w-]*[=\s]+\w+:",
    "short option": r"(?<!\S)-[if]\s+\w+://",
    "setting": r"(?im)^\s*[\w@:-]*(?:index.url|registry|find.links)\s*=\s*['\"]?\w+:",
}
LOOKS = {
    "package": "requests @ {0}://files.host/requests-2.whl",
    "index": "{0}://host/simple/",
    "option": "pip install --extra-index-url {0}://host",
    "short option": "pip install -i {0}://host/x",
    "setting": "[global]\nindex-url = {0}://host/x",
}


@pytest.mark.parametrize("shape", PACKAGE_ADDRESSES)
def test_no_address_of_a_package_or_an_index_stands_in_the_repository(shape: str) -> None:
    assert re.search(PACKAGE_ADDRESSES[shape], LOOKS[shape].format("https"))
    assert offences(PACKAGE_ADDRESSES[shape], own=True) == []


def test_requirements_hold_names_and_pins_alone() -> None:
    allowed = r"-r requirements[\w.-]*|[\w.\[\],~=<>!-]+"
    for path in ROOT.glob("requirements*"):
        lines = [one for one in path.read_text().splitlines() if one and one[0] != "#"]
        assert [one for one in lines if not re.fullmatch(allowed, one)] == [], path.name


def test_no_machine_is_named() -> None:
    assert offences(r"(?<![\w.])/(?:work|root|home|Users)/[\w.-]+", skip=("package-lock",)) == []


def test_nothing_is_left_open() -> None:
    assert offences(r"\b(?:TODO|FIXME|XXX)\b") == []


NOBODYS = {
    "1111111111111111": "a joke that must be refused",
    "9876543210987654": "a joke that must be refused",
    "1804010708800000": "serial 0000 must be refused",
    "1804012502120000": "serial 0000 must be refused",
    "1804010708808999": "the last serial that is not taken for invented",
    "1804040708800123": "a serial that must not be called invented",
}


def test_every_nik_in_the_repository_is_invented() -> None:
    looks_real = r"(?<![\w.])[1-9]\d{5}(?:[0-6]\d|7[01])(?:0\d|1[0-2])\d{2}[0-8]\d{3}(?!\w)"
    found = offences(looks_real, skip=("package-lock",))
    assert [one for one in found if one.split()[-1] not in NOBODYS] == []


def test_every_template_parses() -> None:
    templates = [p for p in committed() if p.suffix == ".html"]
    assert len(templates) > 10
    environment = Environment(autoescape=True)
    for path in templates:
        environment.parse(path.read_text(encoding="utf-8"), filename=str(path))


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.M))


def test_every_make_command_in_the_documents_exists() -> None:
    for path in [p for p in markdown() if p.exists()]:
        named = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)", path.read_text()))
        assert named <= make_targets(), f"{path.name}: {named - make_targets()}"


def named_files(text: str) -> set[str]:
    """What stands in backticks and looks like a file or folder; addresses start with a slash."""
    words = {word.partition("::")[0] for word in re.findall(r"`(?:T=)?([\w./{},*:-]+)`", text)}
    words |= {word.partition("::")[0] for word in re.findall(r" T=([\w./:-]+)`", text)}
    return {
        word
        for word in words
        if not word.startswith("/") and re.search(r"/$|\.(?:py|m?js|json|html|md)$", word)
    }


def test_every_file_that_the_guide_names_is_there() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    there = [f"/{name}" for name in listed.splitlines()]
    for word in named_files(guide):
        choice = re.search(r"\{(.+)\}", word)
        for one in choice[1].split(",") if choice else [""]:
            name = re.sub(r"\{.+\}", one, word)
            shape = f"*/{name}*" if name.endswith("/") else f"*/{name}"
            assert any(fnmatch(path, shape) for path in there), f"CONTRIBUTING.md: {name}"
    assert len(named_files(guide)) > 40
    assert guide.count("\n") <= 133, "one page stays one page"


def test_promised_commands_are_there() -> None:
    promised = {"setup", "run", "test", "bench", "check", "help", "demo"}
    assert promised <= make_targets()
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for name in promised:
        assert f"make {name} " in shown


def settings_read() -> set[str]:
    """Names of environment variables that config.py and the server's settings read."""
    source = (ROOT / "outreach/config.py").read_text()
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', source))
    server = (ROOT / "outreach/gunicorn_conf.py").read_text()
    return read | set(re.findall(r'environ\.get\("([A-Z_]+)"', server))


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    assert len(settings_read()) >= len(fields(Config))
    table = (ROOT / "docs/deploy.md").read_text()
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.M))
    assert documented == settings_read()


DECISIONS = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
DATED = (
    r"# \d{3} .+\n\nDate: \d+ [A-Z][a-z]+ \d{4}\b[^#]*?\bStatus:\s(accepted|superseded by \d{3})\b"
)


def test_every_decision_is_short_dated_and_listed_once() -> None:
    listed = re.findall(
        r"\]\((\d{3}-[\w-]+\.md)\)", (ROOT / "docs/decisions/README.md").read_text()
    )
    assert sorted(listed) == [path.name for path in DECISIONS]
    assert [int(path.name[:3]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        text = path.read_text()
        assert text.startswith(f"# {path.name[:3]} "), path.name
        assert re.match(DATED, text), f"{path.name}: no date or status"
        assert text.count("\n") <= 60, f"{path.name}: two decisions?"


@pytest.mark.parametrize("path", ["wsgi.py", "README.md", "Makefile", "requirements.txt"])
def test_what_others_rely_on_is_there(path: str) -> None:
    assert (ROOT / path).is_file()
