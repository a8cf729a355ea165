"""The modules the build generates for the phone's worker from templates and data."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import orjson

from outreach.build import worker_bundles
from outreach.build.compiler import compile_templates
from outreach.build.worker_types import worker_types
from outreach.domain.lifecycle import FACTS, LIFECYCLE
from outreach.web.addresses import addresses
from outreach.web.assets import Manifest
from outreach.web.headers import STRICT

Tree = dict[str, "str | Tree"]
"""Sentences by the parts of their keys."""
PACKAGE = Path(__file__).parent.parent
# Stands between two English sentences.
BETWEEN = "|"
# What the first save asks; labels of all other fields come later.
DOOR = PACKAGE / "static/js/field/screens/form/steps_door.js"
# Parts of the catalogue that a phone shows.
PARTS = ("field", "error", "kit", "label", "shell", "domain")
# Sentences about what only a desk does, or what a phone's own requests cannot meet.
DESK = (
    "error.body_",
    "error.heirs_incomplete",
    "error.conflict_",
    "error.decision_forbidden",
    "error.hold_",
    "error.http_",
    "error.opening_",
    "error.merge_",
    "error.mutation_unnumbered",
    "error.split_",
    "error.step_",
    "error.too_many_mutations",
    "error.words_required",
    "label.obstacle.",
)
# Sentences of screens that nobody needs before the first save.
LATER = (
    "error.answer_erased",
    "error.blob_missing",
    "error.challenge_stale",
    "error.check_",
    "error.change_",
    "error.device_key_differs",
    "error.email_",
    "error.fetch_",
    "error.field_",
    "error.heir_nik_same",
    "error.key_lost",
    "error.list",
    "error.locked",
    "error.logged_out",
    "error.login",
    "error.no_progress",
    "error.not_in_list",
    "error.occupation_",
    "error.part_",
    "error.sha_",
    "error.signature",
    "error.storage_broken",
    "error.storage_full",
    "error.time_",
    "error.uuid_",
    "error.wrong_user",
    "error.village_wrong",
    "field.discard.edit",
    "error.kk_",
    "error.kpj_",
    "error.postal_",
    "error.storage_blocked",
    "error.storage_newer",
    "field.list.empty_head",
    "field.village.none_found",
    "field.ask.programmes",
    "field.ask.village",
    "field.code",
    "field.complete",
    "field.conflict",
    "field.consents",
    "field.edit",
    "field.empty",
    "field.explain.",
    "field.face.",
    "field.fix.absent",
    "field.fix.none",
    "field.fix.open",
    "field.guardian",
    "field.heir.permission",
    "field.hint.children",
    "field.hint.criteria",
    "field.hint.fund",
    "field.hint.hours",
    "field.hint.jht",
    "field.hint.kpj",
    "field.hint.mother",
    "field.account",
    "field.history",
    "field.install.",
    "field.missing_later",
    "field.lost",
    "field.sent_but",
    "field.months",
    "field.operation",
    "field.partial",
    "field.photo.face",
    "field.section.",
    "field.settings.",
    "field.signature",
    "field.unsent",
    "field.verdict.",
    "field.when",
    "field.withdraw",
    "kit.role.",
    "label.birth_about_",
    "label.consent_",
    "label.income_",
    "label.flag.",
    "label.informant_",
    "label.head.",
    "label.heir_nik",
    "label.heir_phone",
    "label.ktp_village",
    "label.nik_check.",
    "label.purpose.",
    "label.section.",
    "label.tariff.",
    "label.work_location.",
)
RULES = orjson.loads((PACKAGE / "domain" / "rules.json").read_bytes())
# Settings that are read aloud.
# Occupations that the first save can choose from; the others come with the second part.
COMMON_WORK = 6
TOLD = ("retention", "contact")
# Texts that the first save can do without: it then says only what is true of everybody.
TOLD_LATER = ("explain_", "after_saving_", "slip_")
# Statuses that a save on this phone may begin with; the others are on no page after a save.
OWN_STATUSES = frozenset(
    step.target for step in LIFECYCLE.steps_from(None) if step.rule == FACTS
) - {"tarik_persetujuan"}


def modules(package: Path = PACKAGE) -> dict[str, str]:
    """Every generated module but build.js, which needs the finished files."""
    first, later = compile_templates(
        package / "templates",
        worker_bundles.first_pages(),
        worker_bundles.later_pages(),
        "./templates.js",
        "../field/runtime.js",
    )
    return {
        "second_screens.js": "".join(
            f'import "../{name}";\n' for name in worker_bundles.second_screens()
        ),
        "templates.js": first,
        "templates.later.js": later,
        "catalogue.js": f"export default {script(nested(sentences('id')))};\n",
        "catalogue.later.js": f"export default {script(nested(sentences('id', later=True)))};\n",
        "lifecycle.js": f"export const follows = {script(follows())};\n",
        "lifecycle.later.js": lifecycle_module(),
        "reference.later.js": f"export default {script(reference(later=True))};\n",
        "rules.js": f"export default {script(RULES)};\n",
        "worker_data.d.ts": worker_types(RULES["fields"]),
        "reference.js": reference_module(),
        "addresses.js": f"export const table = {script(some_addresses(later=False))};\n",
        "addresses.later.js": f"export default {script(some_addresses(later=True))};\n",
    }


def script(value: object) -> str:
    """A JavaScript literal of JSON-like ``value``."""
    text = orjson.dumps(value).decode()
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def sentences(lang: str, later: bool = False) -> dict[str, str]:
    """The catalogue's sentences on a phone: the worker's own part, or what may come ``later``."""
    merged: dict[str, str] = {}
    for part in (*PARTS, *feature_data()):
        for path in sorted((PACKAGE / "translations" / lang).glob(f"{part}*.json")):
            merged.update(orjson.loads(path.read_bytes()))
    return {
        key: text for key, text in merged.items() if is_said(key) and may_come_later(key) is later
    }


def nested(flat: dict[str, str]) -> Tree:
    """The sentences by the parts of their keys, which packs better; "" is the key up to there."""
    tree: Tree = {}
    for key, text in flat.items():
        *way, last = key.split(".")
        at = tree
        for part in way:
            inner = at.get(part)
            if not isinstance(inner, dict):
                inner = at[part] = {} if inner is None else {"": inner}
            at = inner
        there = at.get(last)
        if isinstance(there, dict):
            there[""] = text
        else:
            at[last] = text
    return tree


def is_said(key: str) -> bool:
    """True unless the sentence belongs to pages that only Flask makes."""
    if key.startswith((*DESK, *(f"{name}.desk." for name in feature_data()))):
        return False
    if not key.startswith(("kit.", "shell.")) or key.startswith("kit.role."):
        return True
    return worker_bundles.says(key, first=False)


def may_come_later(key: str) -> bool:
    """True for sentences that cannot be needed before the first save."""
    if key.startswith(LATER):
        return True
    if key.startswith("error."):
        code = key.split(".")[1]
        pattern = code.removesuffix("_wrong")
        return pattern not in RULES["patterns"] and f'"{code}"' not in worker_bundles.sources(
            first=True
        )
    part = key.split(".")[1]
    if key.startswith("label.") and part in RULES["fields"]:
        return f'"{part}"' not in worker_bundles.read_source(DOOR)
    if key.startswith("label.status."):
        return key.split(".")[2] not in OWN_STATUSES
    return not key.startswith("label.") and not worker_bundles.says(key)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file."""
    with (PACKAGE / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def reference_module() -> str:
    """The reference data of a first save before the first pull, as a module of the worker."""
    return "".join(
        f"export const {name} = {script(value)};\n" for name, value in reference().items()
    )


def reference(later: bool = False) -> dict[str, object]:
    """Reference data known before the first pull: the first save's, or what may come ``later``."""
    texts = orjson.loads((PACKAGE / "data" / "texts.json").read_bytes())
    settings = orjson.loads((PACKAGE / "data" / "settings.json").read_bytes())
    if later:
        return {
            "texts": {name: one for name, one in texts.items() if name.startswith(TOLD_LATER)},
            "benefits": benefits(),
            "occupations": occupations()[COMMON_WORK:-1],
            "words": {code: words for code, _name, words in common_work()},
            "features": feature_data(),
        }
    return {
        "occupations": [
            [code, name, ", ".join(words.split(", ")[:2])] for code, name, words in common_work()
        ],
        "bands": bands(),
        "texts": {
            name: {"version": one["version"], "id": one["id"]}
            for name, one in texts.items()
            if not name.startswith(TOLD_LATER)
        },
        "districts": districts(),
        "settings": {
            **{name: {"id": settings[name]["id"]} for name in TOLD},
            "min_age": {"value": settings["min_age"]["value"]},
        },
    }


@cache
def feature_data() -> dict[str, object]:
    """The data that each feature gives the phone, by its name. With it comes its catalogue, but
    for ``<name>.desk.``."""
    files = sorted((PACKAGE / "features").glob("*/phone.json"))
    return {path.parent.name: orjson.loads(path.read_bytes()) for path in files}


def occupations() -> list[list[str]]:
    """[code, name, local words] of each occupation, the commonest first, "other" last."""
    listed = sorted(rows("occupations.csv"), key=lambda row: -float(row["share_percent"]))
    listed.sort(key=lambda row: row["code"] == "LAIN")
    return [[row[column] for column in ("code", "label_id", "local_terms")] for row in listed]


def common_work() -> list[list[str]]:
    """The occupations that the first save can choose from; what else finds them comes later."""
    return occupations()[:COMMON_WORK] + occupations()[-1:]


def follows() -> list[str]:
    """The states that facts move there and back again: these the phone works out by itself, of all
    others the server tells."""
    there = LIFECYCLE.moved_to("calon")
    back = [state for state in there if "calon" in LIFECYCLE.moved_to(state)]
    return [state for state in LIFECYCLE.states if state in {*back, "calon"}]


def lifecycle_module() -> str:
    """What the second part knows of the statuses: where each stands on the way."""
    states = LIFECYCLE.states.values()
    known = {
        "stages": {state.code: state.stage for state in states},
        "trouble": [state.code for state in states if state.trouble],
        "nikAwaited": [state.code for state in states if state.nik_awaited],
    }
    return "".join(f"export const {name} = {script(value)};\n" for name, value in known.items())


def english() -> dict[str, object]:
    """All that the phone says in English: sentences, and the names and texts of reference data.

    ``sentences`` stand in the order of the Indonesian keys, in one text, which packs better than a
    list of texts; ``also`` are those with keys of their own (the singular of counted things).
    Raises ValueError for a sentence that holds what stands between two.
    """
    indonesian = sorted({**sentences("id"), **sentences("id", later=True)})
    texts_by_key = {**sentences("en"), **sentences("en", later=True)}
    texts = orjson.loads((PACKAGE / "data" / "texts.json").read_bytes())
    settings = orjson.loads((PACKAGE / "data" / "settings.json").read_bytes())
    return {
        "sentences": joined([texts_by_key.pop(key) for key in indonesian]),
        "also": texts_by_key,
        "english": {
            "occupations": {row["code"]: row["label_en"] for row in rows("occupations.csv")},
            "texts": {name: one["en"] for name, one in texts.items()},
            "settings": {name: settings[name]["en"] for name in TOLD},
        },
    }


def joined(texts: list[str]) -> str:
    """Texts as one, which the phone takes apart again (field/language.js)."""
    if any(BETWEEN in text for text in texts):
        raise ValueError(f"an English sentence holds {BETWEEN}")
    return BETWEEN.join(texts)


def some_addresses(later: bool) -> dict[str, str]:
    """The addresses that the worker's first part names, or all others."""
    return {
        name: way for name, way in addresses().items() if worker_bundles.names(name) is not later
    }


def bands() -> list[dict[str, int | None]]:
    """The income bands with their monthly parts."""
    numbers = ("band", "income_from", "base_income", "jkk_month", "jkm_month", "jht_month")
    return [
        {key: int(row[key]) if row[key] else None for key in numbers}
        for row in rows("tariff_bpu.csv")
    ]


def benefits() -> list[list[str | int]]:
    """The sums that the explainer names."""
    return [
        [row["programme"], row["benefit"], int(row["amount_rp"])]
        for row in rows("benefits.csv")
        if row["benefit"].startswith(("TOTAL", "Only"))
    ]


def districts() -> list[tuple[str, str, list[str]]]:
    """[code, name, [last part of a village's code, its name, …]] of each kecamatan."""
    by_code: dict[str, tuple[str, str, list[str]]] = {}
    for row in sorted(rows("regions.csv"), key=lambda row: row["code"]):
        if row["level"] == "3":
            by_code[row["code"]] = (row["code"], row["name"], [])
        elif row["level"] == "4":
            # The phone tells a kelurahan by its number, as the ministry's codes do.
            if (row["kind"] == "kelurahan") != (row["code"][9] == "1"):
                raise ValueError(f"{row['code']} is called {row['kind']}")
            by_code[row["code"][:8]][2].extend([row["code"][9:], row["name"]])
    return list(by_code.values())


def build_module(made: Manifest, version: str) -> str:
    """The worker's module about its own build: files to keep, their hashes, the strict headers."""
    by_path = {entry["path"]: entry["sha256"] for entry in made["files"].values()}
    sets = {
        name: [[path, by_path[path][:32]] for path in made[name]]
        for name in ("core", "rest", "english")
    }
    named = {
        name: entry["path"] for name, entry in made["files"].items() if is_known_key(name, made)
    }
    constants = {"version": version, **sets, "assets": named, "headers": STRICT}
    return "".join(f"export const {name} = {script(value)};\n" for name, value in constants.items())


def is_known_key(name: str, made: Manifest) -> bool:
    """True for files that the worker's pages name."""
    return made["files"][name]["path"] in [*made["core"], *made["rest"], *made["english"]]
