"""Every label and error has its sentence in both languages, and no sentence is left over."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from outreach.domain import catalogue, rules
from outreach.domain.lifecycle import LIFECYCLE
from outreach.domain.rulebook import FIELDS, RULES
from outreach.features.village_lists.checking.deciding import TOLD_BY_NAME

ROOT = Path(__file__).parent.parent.parent / "outreach"
CODE_FIELDS = {
    "lifecycle.py": r'\bRefused\("([a-z_]+)"',
    "nik.py": r'return "((?:nik)_[a-z]+)"',
    "kk.py": r'"(kk_[a-z]+)"',
    "paper_entry.py": r'return "(paper_[a-z_]+)"',
    "village_decisions.py": r'"(check_(?:name|too_long))"',
    "doubts.py": r'\bfault\("([a-z_]+)"',
    "death_words.py": r'\bfault\("([a-z_]+)"',
    "rules.py": r'\bfault\(\s*"([a-z0-9_]+)"',
}
WAYS = (
    r'\bfault\(\s*"([a-z0-9_]+)"',
    r'\b(?:Upload|Device|Blob)Refused\(\s*"([a-z0-9_]+)"',
    r'\bRefused\(\s*\d{3},\s*"([a-z0-9_]+)"',
    r'\bNotAllowed\(\s*"([a-z0-9_]+)"',
    r'"code": "([a-z0-9_]+)"',
    r'\bcode: "([a-z0-9_]+)"',
    r'\bStoreError\(\s*"([a-z0-9_]+)"',
    r'"(storage_[a-z]+)"',
)
# Judges of a village's list name a code by a part of its own kind, or by what has to be told.
OF_LISTS = (
    r'"((?:check|sign|opening|task)_[a-z_]+|list_closed|display_(?:day|form)'
    r'|objection_(?!days|entered|decided)[a-z]+|death_own_[a-z]+)"'
)
# So do the answers at doors; the phone asks for what an outcome needs.
OF_VISITS = r'"(visit_(?:wrong|unknown|not_yours|form))"'
NEEDED_AT_DOORS = ("kpj", "employer", "to", "source")
BLAME = re.compile(r"\b(salah(?! sat)|invalid|error)\b", re.IGNORECASE)
# A peratin is no customer: who is spoken to is Bapak/Ibu, or needs no word.
COLD = re.compile(r"\b(anda|kamu|kalian)\b", re.IGNORECASE)
# The words of a cell that was edited outside stand with those of its page.
NO_CODES = {"code", "cell_broken", "cell_became_day"}
HTTP = (400, 401, 403, 404, 405, 413, 422, 429, 500, 503)
HELD = (
    "out_of_scope",
    "survivor_scope",
    "deleted",
    "verified",
    "changed_since",
    "unknown_row",
    "waits",
    "revoked",
    "inactive",
    "role",
    "login",
    "invalid",
    "sealed",
    "signature",
    "signer",
)
PARTS = {
    "informant": "informant",
    "income_said": "income",
    "heirs": "heir",
    "consent": "consent",
    "birth_about": "birth_about",
}
UNLABELLED = {"gps", "consent_withdrawn"}
VARIANTS = {
    "label.status.verifikasi_pekon.kelurahan",
    "label.status.terverifikasi.kelurahan",
    "label.status.ditolak_pekon.kelurahan",
    "label.status.menunggak.dana",
    "label.pemangku.kelurahan",
}
FLAGS = [
    "nik_kosong",
    "nik_kode_lama",
    "nik_luar_daerah",
    "tgl_lahir_beda",
    "jk_beda",
    "abad_ganda",
    "usia_di_bawah",
    "usia_65",
    "diwakili",
    "nik_ganda",
    "nama_tgl_ganda",
    "foto_ktp_kurang",
    "jam_hp_meleset",
    "nik_uji",
    "wali_kurang",
    "tgl_perkiraan",
]
OBSTACLES = [
    "dirujuk_pu",
    "sudah_peserta",
    "usia_65",
    "usia_di_bawah",
    "usia_dana",
    "kriteria_dana",
    "belum_lengkap",
]
# What a doubt or a deletion shows of the answer.
DOUBTED = {"name", "money", "value"}
PLACES = {"min", "max", "first", "last", "row", "part", "n", "sign", *DOUBTED}
OWN_WORDS = {
    "label.yes",
    "label.no",
    "label.unknown",
    "label.status",
    "label.tariff.unsure",
    "label.head.pekon",
    "label.head.kelurahan",
}


def sentences(lang: str, part: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((ROOT / "translations" / lang / f"{part}.json").read_text())
    return found


def values_of(spec: dict[str, Any]) -> list[str]:
    if spec["t"] in ("e", "m"):
        return list(spec["of"])
    return [str(value) for value in spec.get("any", ())]


def wanted_labels() -> set[str]:
    keys = set(OWN_WORDS) | VARIANTS
    for name, spec in FIELDS.items():
        keys.add(f"label.{name}")
        keys |= {f"label.{name}.{value}" for value in values_of(spec)}
        if isinstance(spec.get("of"), dict) and name not in UNLABELLED:
            keys |= part_labels(PARTS[name], spec["of"])
    keys |= {f"label.purpose.{name}" for name in FIELDS["consent"]["of"]["purposes"]["of"]}
    keys |= {f"label.section.{name}" for name in RULES["sections"]}
    keys |= {f"label.status.{name}" for name in LIFECYCLE.statuses}
    keys |= {f"label.flag.{name}" for name in FLAGS}
    return keys | {f"label.obstacle.{name}" for name in OBSTACLES}


def part_labels(prefix: str, parts: dict[str, Any]) -> set[str]:
    keys = {f"label.{prefix}_{name}" for name in parts}
    for name, spec in parts.items():
        keys |= {f"label.{prefix}_{name}.{value}" for value in values_of(spec)}
    return keys


def domain_codes() -> set[str]:
    """Error codes that the rules can answer, read from the code and the rule book."""
    codes = {f"{name}_wrong" for name in RULES["patterns"]}
    codes |= {spec["never"]["code"] for spec in FIELDS.values() if "never" in spec}
    for file, pattern in CODE_FIELDS.items():
        codes |= set(re.findall(pattern, (ROOT / "domain" / file).read_text()))
    codes |= set(
        re.findall(r'_wrong"|"((?:date|time)_wrong)"', (ROOT / "domain/rules.py").read_text())
    )
    return (codes | set(rules.COUNTED.values())) - {""}


def codes_used_elsewhere() -> set[str]:
    """Error codes that the core, sync and the phone answer, by the ways they name them."""
    files = [path for path in ROOT.rglob("*.py") if path.parent.name != "domain"]
    files += [path for path in (ROOT / "static/js").rglob("*.js") if "gen" not in path.parts]
    found: set[str] = set()
    for path in files:
        text = path.read_text()
        found |= {code for way in WAYS for code in re.findall(way, text)}
    of_lists = "".join(path.read_text() for path in (ROOT / "features/village_lists").rglob("*.py"))
    found |= set(re.findall(OF_LISTS, of_lists)) | {f"check_{name}" for name in TOLD_BY_NAME}
    of_visits = "".join(path.read_text() for path in (ROOT / "features/visits").glob("*.py"))
    found |= set(re.findall(OF_VISITS, of_visits))
    found |= {f"visit_needs_{name}" for name in NEEDED_AT_DOORS}
    judges = (
        "core/record/judge",
        "core/record/deletion",
        "core/record/verdicts",
        "core/exchange/readable_forms",
    )
    judged = "".join((ROOT / f"{name}.py").read_text() for name in (*judges, "storage/sync"))
    return (found | {reason for reason in HELD if f'"{reason}"' in judged}) - NO_CODES


@pytest.mark.parametrize(("lang", "here"), [("id", "HP ini"), ("en", "this phone")])
def test_why_a_save_is_held_reads_true_on_any_phone_of_its_author(lang: str, here: str) -> None:
    words = catalogue.load(lang)
    assert not [reason for reason in HELD if here in words[f"error.{reason}"]]


def test_every_label_is_there_and_none_is_left_over() -> None:
    assert set(sentences("id", "label")) == wanted_labels()


def test_every_error_code_has_a_sentence() -> None:
    codes = domain_codes() | codes_used_elsewhere()
    assert {f"error.{code}" for code in codes} - set(sentences("id", "error")) == set()


def test_every_error_sentence_is_used_by_some_code() -> None:
    codes = domain_codes() | codes_used_elsewhere() | {f"http_{n}" for n in HTTP}
    assert set(sentences("id", "error")) - {f"error.{code}" for code in codes} == set()


@pytest.mark.parametrize(
    "part", sorted(path.stem for path in (catalogue.FOLDER / "id").glob("*.json"))
)
def test_both_languages_have_the_same_keys_and_places(part: str) -> None:
    indonesian, english = sentences("id", part), sentences("en", part)
    assert without_singular(indonesian) == without_singular(english)
    for key in indonesian.keys() & english.keys():
        assert places(indonesian[key]) == places(english[key]), key
        assert "" not in (indonesian[key].strip(), english[key].strip()), key


@pytest.mark.parametrize("part", ["error", "label"])
def test_sentences_have_no_margins_and_no_markup(part: str) -> None:
    for lang in catalogue.LANGS:
        for key, text in sentences(lang, part).items():
            assert text.strip() == text, key
            assert "<" not in text, key


def without_singular(keys: dict[str, str]) -> set[str]:
    """The keys, without the forms for one that a language may have."""
    return {key for key in keys if not (key.endswith(".one") and key[:-4] in keys)}


def places(text: str) -> set[str]:
    return set(catalogue.PLACE.findall(text))


def test_error_sentences_say_how_to_mend_and_blame_nobody() -> None:
    for lang in catalogue.LANGS:
        for key, text in sentences(lang, "error").items():
            assert re.search(r"[.;:,] ?\w+", text), key
            assert text.endswith("."), key
            assert not BLAME.search(text), key


def test_nobody_is_spoken_to_coldly() -> None:
    parts = sorted(path.stem for path in (ROOT / "translations" / "id").glob("*.json"))
    said = [f"{key}: {text}" for part in parts for key, text in sentences("id", part).items()]
    assert len(parts) > 20
    assert [one for one in said if COLD.search(one)] == []


def test_every_place_of_an_error_is_a_parameter_it_carries() -> None:
    """A row and a part come with nested errors; the limits stand in the check's own call."""
    for key, text in sentences("id", "error").items():
        assert places(text) <= PLACES, key


def test_a_sentence_of_each_check_reads_without_empty_places() -> None:
    for name, value in {
        "full_name": "",
        "months": 4,
        "monthly_income": -1,
        "notes": "x" * 501,
        "nik": "18",
        "kk_number": "l8",
        "phone": "tidak ada",
    }.items():
        found = rules.check_field(name, value)
        assert found is not None
        for lang in catalogue.LANGS:
            assert "{" not in catalogue.translate(lang, f"error.{found['code']}", **found["params"])


def test_a_key_defined_in_two_parts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xx").mkdir()
    for part in ("a", "b"):
        (tmp_path / "xx" / f"{part}.json").write_text('{"same": "text"}')
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="same"):
        catalogue.load("xx")


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        catalogue.translate("id", "error.no_such_code")
