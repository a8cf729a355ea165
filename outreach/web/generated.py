"""The modules the build generates for the phone's worker from templates and data."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from outreach.web.addresses import addresses
from outreach.web.compiler import compile_templates
from outreach.web.headers import STRICT

PACKAGE = Path(__file__).parent.parent
# Pages of the phone app that Flask renders and the worker never does.
FLASK_ONLY = frozenset({"field/boot.html", "field/in_app.html", "field/refused.html"})
# Parts of the catalogue that a phone shows.
PARTS = ("field", "error", "kit", "label", "shell", "domain")
# Sentences of screens that nobody needs before the first save.
LATER = (
    "field.explain.",
    "field.install.",
    "field.settings.",
    "field.verdict.",
    "field.withdraw.",
    "label.flag.",
    "label.funding_source.",
    "label.marital_status.",
    "label.obstacle.",
    "label.vulnerability_flags.",
)
OCCUPATION = {"code": "code", "id": "label_id", "en": "label_en", "local": "local_terms"}


def modules(package: Path = PACKAGE) -> dict[str, str]:
    """Every generated module but build.js, which needs the finished files."""
    templates = package / "templates"
    return {
        "templates.js": compile_templates(templates, page_names(templates), "../field/runtime.js"),
        "catalogue.js": f"export default {script({'id': sentences('id')})};\n",
        "rules.js": f"export default {script(orjson.loads(rules_bytes()))};\n",
        "reference.js": reference_module(),
        "addresses.js": f"export const table = {script(addresses())};\n",
    }


def page_names(templates: Path) -> list[str]:
    """The templates the worker renders."""
    names = (f"field/{path.name}" for path in (templates / "field").glob("*.html"))
    return sorted(set(names) - FLASK_ONLY)


def script(value: Any) -> str:
    """A JavaScript literal of JSON-like ``value``."""
    text = orjson.dumps(value).decode()
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def rules_bytes() -> bytes:
    """The rules both sides read."""
    return (PACKAGE / "domain" / "rules.json").read_bytes()


def sentences(lang: str, later: bool = False) -> dict[str, str]:
    """What a phone shows of the catalogue: the worker's own part, or what may come ``later``."""
    merged: dict[str, str] = {}
    for part in PARTS:
        for path in sorted((PACKAGE / "translations" / lang).glob(f"{part}*.json")):
            merged.update(orjson.loads(path.read_bytes()))
    sources = phone_sources()
    return {
        key: text
        for key, text in merged.items()
        if is_said(key, sources) and may_come_later(key, sources) is later
    }


@cache
def phone_sources() -> str:
    """The text of every script and template of the phone."""
    scripts = (p for p in (PACKAGE / "static" / "js").rglob("*.js") if p.parent.name != "gen")
    pages = (PACKAGE / "templates" / name for name in page_names(PACKAGE / "templates"))
    kit = (PACKAGE / "templates" / "_kit").glob("*.html")
    return "\n".join(path.read_text() for path in sorted({*scripts, *pages, *kit}))


def is_said(key: str, sources: str) -> bool:
    """True unless the sentence belongs to pages that only Flask makes."""
    if not key.startswith(("kit.", "shell.")) or key.startswith("kit.role."):
        return True
    return f'"{key}"' in sources


def may_come_later(key: str, sources: str) -> bool:
    """True for sentences that cannot be needed before the first save."""
    if key.startswith("error."):
        return f'"{key.split(".")[1]}"' not in sources
    return key.startswith(LATER)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file."""
    with (PACKAGE / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference_module() -> str:
    """Occupations, tariff bands, texts and villages known before the first pull."""
    occupations = [
        {short: row[column] for short, column in OCCUPATION.items()}
        | {"sector": row["pp50_sector"]}
        for row in rows("occupations.csv")
    ]
    numbers = ("band", "income_from", "base_income", "jkk_month", "jkm_month", "jht_month")
    bands = [
        {key: int(row[key]) if row[key] else None for key in numbers}
        for row in rows("tariff_bpu.csv")
    ]
    texts = orjson.loads((PACKAGE / "data" / "texts.json").read_bytes())
    villages = [
        [row["code"], row["name"], row["kind"]]
        for row in rows("regions.csv")
        if row["level"] != "2"
    ]
    benefits = [
        [row["programme"], row["benefit"], int(row["amount_rp"])]
        for row in rows("benefits.csv")
        if row["benefit"].startswith(("TOTAL", "Only"))
    ]
    settings = orjson.loads((PACKAGE / "data" / "settings.json").read_bytes())
    said = {key: settings[key] for key in ("retention", "contact", "min_age")}
    parts = {"occupations": occupations, "bands": bands, "texts": texts, "regions": villages}
    parts |= {"benefits": benefits, "settings": said}
    return "".join(f"export const {name} = {script(value)};\n" for name, value in parts.items())


def build_module(made: dict[str, Any], version: str) -> str:
    """What the worker knows of its own build: files to keep, their hashes, the strict headers."""
    by_path = {entry["path"]: entry["sha256"] for entry in made["files"].values()}
    sets = {name: [[path, by_path[path][:32]] for path in made[name]] for name in ("core", "rest")}
    named = {name: entry["path"] for name, entry in made["files"].items() if known(name, made)}
    parts = {"version": version, **sets, "assets": named, "headers": STRICT}
    return "".join(f"export const {name} = {script(value)};\n" for name, value in parts.items())


def known(name: str, made: dict[str, Any]) -> bool:
    """True for files that the worker's pages name."""
    return made["files"][name]["path"] in [*made["core"], *made["rest"]]
