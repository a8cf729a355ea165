"""Twenty people of one day in a village, registered through the real form by taps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from tests.support.form import Officer, saved_id

GIVEN = (
    "SUTINI",
    "PONIMAN",
    "ROHAYATI",
    "KASWANTO",
    "MARDIYAH",
    "TUGIRAN",
    "SUHARTI",
    "BEJO",
    "WARSINI",
    "PARTONO",
    "YUNARSIH",
    "SAIDI",
    "MISIYEM",
    "RUSDI",
    "KOMARIAH",
    "LAMIDI",
    "SUPIYAH",
    "JUMADI",
    "ROSIDAH",
    "HERMANTO",
)
OCCUPATIONS = ("Petani kopi", "Buruh tani/kebun", "Petani padi", "Petani sayur")


@dataclass(frozen=True)
class Person:
    """One invented person at the door; ``born`` is a day, serials are synthetic."""

    name: str
    nik: str | None
    born: date
    kind: str = "plain"  # plain | represented | thumb | employer


def nik_of(born: date, female: bool, serial: int) -> str:
    """A NIK first issued in Balik Bukit for this birth date and a synthetic serial."""
    day = born.day + (40 if female else 0)
    return f"180404{day:02}{born.month:02}{born.year % 100:02}{serial:04}"


def sixty_five(today: date) -> date:
    """The latest birth date of somebody who is 65 today. Nobody turns 65 on 29 February: 65 years
    before a leap year lies none, and who was born on 1 March turns 65 on that day."""
    last = today - timedelta(days=1) if (today.month, today.day) == (2, 29) else today
    return last.replace(year=today.year - 65)


def before_a_birthday(today: date) -> date:
    """Today, or the next day on whose morrow somebody turns 65."""
    tomorrow = today + timedelta(days=1)
    return tomorrow if (tomorrow.month, tomorrow.day) == (2, 29) else today


def twenty_people(today: date) -> list[Person]:
    """Three without a NIK, two represented, two by thumb, one with an employer, one 65 today."""
    people = []
    for i, given in enumerate(GIVEN):
        born = sixty_five(today) if i == 19 else date(1970 + i, 1 + i % 12, 1 + i)
        without = i in (3, 4, 5)
        kind = {6: "represented", 7: "represented", 8: "thumb", 9: "thumb", 10: "employer"}
        nik = None if without else nik_of(born, i % 2 == 0, 9100 + i)
        people.append(Person(f"{given} {chr(65 + i)}WANDA", nik, born, kind.get(i, "plain")))
    return people


EXPECTED = {"draf": 2, "dirujuk_pu": 1, "di_luar_usia": 1, "calon": 16}


def status_of(person: Person, today: date) -> str:
    """The status that follows from what this person said."""
    if person.kind == "represented":
        return "draf"
    if person.kind == "employer":
        return "dirujuk_pu"
    return "di_luar_usia" if person.born == sixty_five(today) else "calon"


def identity(officer: Officer, person: Person) -> None:
    """The first screen: the card in hand, or why there is none."""
    if person.nik is None:
        officer.page.get_by_test_id("go-nik_tiada").click()
        officer.choose("nik_status", "Belum rekam")
        officer.type("birth_date", person.born.strftime("%d-%m-%Y"))
        officer.choose("sex", "Perempuan")
    else:
        officer.type("nik", person.nik)
        officer.choose("nik_match", "Ya")
        officer.photo("ktp_photo")
    officer.go_on("nama")


def work_to_heir(officer: Officer, person: Person, number: int) -> None:
    """Work, for whom, income, telephone and heir."""
    officer.choose("occupation_code", OCCUPATIONS[number % len(OCCUPATIONS)])
    officer.go_on("majikan")
    if person.kind == "employer":
        officer.choose("employment_relation", "Punya majikan")
        officer.type("employer_name", "CV KEBUN UJI")
    else:
        officer.choose("employment_relation", "Menggarap bagi hasil")
    officer.choose("already_member", "Belum")
    officer.go_on("hasil")
    officer.choose("income", "Sampai Rp1.099.000")
    if number % 3 == 0:
        officer.type("phone", f"08120000{number:04}")
    else:
        officer.choose("no_phone", "Tidak punya HP")
    officer.go_on("waris")
    officer.type("heir0_name", "AHLI WARIS UJI")
    officer.choose("heir0_relation", "Anak")
    officer.go_on("setuju")


def agree_by_thumb(officer: Officer) -> None:
    """Consent of somebody who cannot write: thumb photographed, with a witness."""
    page = officer.page
    officer.choose("agree", "Setuju")
    officer.go_on("izin")
    for purpose in ("p_wa", "p_foto", "p_opd", "p_pajang"):
        officer.choose(purpose, "Tidak")
    page.locator("summary").filter(has_text="Tidak bisa").first.click()
    officer.choose("method", "Cap jempol")
    officer.photo("evidence_photo")
    officer.type("witness", "SAKSI UJI")


def represented(officer: Officer) -> None:
    """A relative gives the facts: saved as incomplete, nobody consents for another adult."""
    page = officer.page
    page.get_by_test_id("save-later").click()
    officer.choose("facts_from", "Diwakili")
    officer.type("informant_name", "KERABAT UJI")
    officer.type("informant_relation", "adik")
    page.get_by_test_id("save-draf").click()


def register(officer: Officer, person: Person, number: int) -> str:
    """Register one person, straight after another or from Today; the worker's id."""
    another = officer.page.get_by_test_id("add-another")
    if another.count():
        another.click()
        officer.at("nik")
    else:
        officer.start()
    identity(officer, person)
    return go_on_from_name(officer, person, number)


def go_on_from_name(officer: Officer, person: Person, number: int) -> str:
    """The screens after the first, until saved."""
    officer.type("full_name", person.name)
    officer.home()
    if person.kind == "represented":
        represented(officer)
        return saved_id(officer.page)
    officer.go_on("kerja")
    work_to_heir(officer, person, number)
    if person.kind == "thumb":
        agree_by_thumb(officer)
    else:
        officer.consent()
    return officer.save()
