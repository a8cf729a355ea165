"""What the facts of a record say of its status, and the flags that deserve a second look.

Which states the facts move, and where to, says the one table of steps (``lifecycle``).
"""

from __future__ import annotations

from datetime import date

from outreach.domain import nik
from outreach.domain.age import MIN_AGE, TOO_OLD, age_on, age_problem
from outreach.domain.lifecycle import Facts, follow
from outreach.domain.merge import equal
from outreach.domain.rules import capture_day, guardian_lacks, missing_for_door
from outreach.domain.worker_data import Data, object_at, text_at

# What tells of a visit: a save that changes one of these has met the person anew.
VISIT = ("captured_at", "consent")

# Every code a record may be flagged with, in the order in which people read them.
FLAGS = (
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
)


def derive(data: Data, today: date, current: str | None = None, min_age: int = MIN_AGE) -> str:
    """The status of a record with these facts that has had the status ``current`` until now."""
    return follow(current, facts_of(data, today, min_age=min_age))


def facts_of(
    data: Data,
    today: date,
    before: Data | None = None,
    wrong: str | None = None,
    min_age: int = MIN_AGE,
) -> Facts:
    """What the lifecycle asks of a record's facts. ``before`` are the facts as they were until this
    save, ``wrong`` the field that somebody wants corrected, where one is named."""
    return Facts(
        facts_say(data, today, min_age),
        met=data.get("captured_at") is not None,
        met_anew=before is not None and changed(before, data, VISIT),
        corrected=before is not None and (wrong is None or changed(before, data, (wrong,))),
    )


def changed(before: Data, data: Data, names: tuple[str, ...]) -> bool:
    """True when one of the answers is another one now."""
    return any(not equal(before.get(name), data.get(name)) for name in names)


def facts_say(data: Data, today: date, min_age: int = MIN_AGE) -> str:
    """The status that follows from the facts alone.

    Who withdrew the consent to be registered is nobody's task any more, until a new consent.
    """
    if object_at(data, "consent_withdrawn").get("pendaftaran"):
        return "tarik_persetujuan"
    if data.get("facts_from") == "diwakili" or missing_for_door(data, today):
        return "draf"
    if data.get("already_member") in ("ya_pu", "ya_bpu"):
        return "sudah_peserta"
    if data.get("employment_relation") == "punya_majikan":
        return "dirujuk_pu"
    if age_problem(text_at(data, "birth_date"), capture_day(data, today), min_age):
        return "di_luar_usia"
    return "calon"


def flags(data: Data, today: date, production: bool = False, min_age: int = MIN_AGE) -> list[str]:
    """The codes of what deserves a look. Those that need other records or the server's clock
    (nik_ganda, nama_tgl_ganda, jam_hp_meleset) are added by whoever knows them."""
    number, birth = text_at(data, "nik"), text_at(data, "birth_date")
    codes: list[str] = []
    if not number:
        codes.append("nik_kosong")
    else:
        village, sex = text_at(data, "village_code"), text_at(data, "sex")
        codes += nik.warnings(number, village, birth, sex, today)
    problem = age_problem(birth, capture_day(data, today), min_age)
    if problem:
        codes.append(problem)
    if data.get("facts_from") == "diwakili":
        codes.append("diwakili")
    if number and _photo_is_wanted(data, codes):
        codes.append("foto_ktp_kurang")
    if production and number and nik.is_demo(number):
        codes.append("nik_uji")
    if guardian_lacks(data, today):
        codes.append("wali_kurang")
    if data.get("birth_about") and not birth:
        codes.append("tgl_perkiraan")
    return codes


def _photo_is_wanted(data: Data, codes: list[str]) -> bool:
    """A typed NIK needs the photo or the re-key; one that contradicts the card, the photo."""
    if data.get("ktp_photo"):
        return False
    return data.get("nik_check") != "ketik_ulang" or bool(
        {"tgl_lahir_beda", "jk_beda"} & set(codes)
    )


AFTER_SAVING = {
    "draf": "after_saving_draf",
    "dirujuk_pu": "after_saving_pu",
    "sudah_peserta": "after_saving_member",
}


def after_saving(status: str, data: Data, today: date) -> str:
    """The name of the text that is read out after saving: only a calon hears what protects."""
    if status == "di_luar_usia":
        years = age_on(text_at(data, "birth_date"), capture_day(data, today)) or 0
        return "after_saving_65" if years >= TOO_OLD else "after_saving_minor"
    return AFTER_SAVING.get(status, "after_saving")


def is_kelurahan(village_code: str | None) -> bool:
    """True for the code of an urban village (…1001); pekon have …2001."""
    steps = (village_code or "").split(".")
    return len(steps) == 4 and steps[3].startswith("1")


def head_key(village_code: str | None) -> str:
    """The catalogue key of the title of a village's head: peratin, or lurah of a kelurahan.

    Waits for the village's list.
    """
    return "label.head.kelurahan" if is_kelurahan(village_code) else "label.head.pekon"
