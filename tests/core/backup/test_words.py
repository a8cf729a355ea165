"""Every refusal of backups and restores has its sentence, in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

import outreach
from outreach.domain import catalogue

ROOT = Path(outreach.__file__).parent
OPERATIONS = ROOT / "features" / "operations"
PREFIX = "backup.refused."


def strings_of(source: str) -> set[str]:
    """Every plain string in the source."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def codes() -> set[str]:
    """First arguments of BackupRefused, and the codes chosen by a name."""
    found: set[str] = set()
    for path in [*ROOT.glob("core/**/*.py"), *OPERATIONS.glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if getattr(node.func, "id", "") == "BackupRefused":
                found |= strings_of(ast.unparse(node.args[0]))
    return {code for code in found if code.islower() and " " not in code}


def test_every_refusal_has_its_sentence_and_every_sentence_its_refusal() -> None:
    used = codes()
    assert {"disk_full", "wrong_key", "pack_missing"} & used
    sources = [*ROOT.glob("core/**/*.py"), *OPERATIONS.glob("*.py")]
    named = set().union(*(strings_of(path.read_text()) for path in sources))
    for lang in catalogue.LANGS:
        known = {key.removeprefix(PREFIX) for key in catalogue.load(lang) if key.startswith(PREFIX)}
        assert used - known == set()
        assert known - named == set()


def test_every_sentence_of_the_commands_is_there_and_used() -> None:
    sources = [*OPERATIONS.glob("*.py")]
    named = set().union(*(strings_of(path.read_text()) for path in sources))
    used = {name for name in named if name.startswith("backup.") and name.count(".") == 1}
    for lang in catalogue.LANGS:
        known = {key for key in catalogue.load(lang) if key.startswith("backup.")}
        plain = {key for key in known if key.count(".") == 1}
        assert plain == used
        notices = {key.rpartition(".")[2] for key in known if key.startswith("backup.notice.")}
        assert notices == {"none", "unverified", "old"}
