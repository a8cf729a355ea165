"""A set of damaged NIKs for measuring repairs: the true person is held in half of the cases, and
in half of them a twin is, whose number differs in the last digit alone.

Twins are called as twins are: names that rhyme, that share a first or a last word, or that have
nothing in common, and one in ten rows has the digits of a stranger besides. Nobody else of those
digits has the person's very name, and no slip of the pen writes the twin's: nothing could tell
then. Names of the list are written as lists write them; how often is a guess, stated in
``WRITTEN``.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from outreach.features.intake.matching.facts import Facts, facts_of
from outreach.features.intake.matching.repair import Holder


def names(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


FIRST = names("Siti Nur Sri Ahmad Muhammad Dewi Abdul Eka Dwi Tri")
MEN = names("""
Sutrisno Supriyadi Wahyudi Hariyanto Hermansyah Ridwan Rohman Hasan Husen Fauzi Fauzan
Rizki Rizal Suherman Sudirman Kurniawan Setiawan Gunawan Syarifuddin Zainuddin
Kamaruddin Yanto
""")
WOMEN = names("""
Aminah Aisah Rohmah Rahmah Rina Rini Lina Liana Marlina Marliana Kartika Sartika Kartina
Karina Yuliana Yuliani Susilawati Kurniasih Nuraini Halimah Hasanah Khotimah Purwati
Suryani
""")
RHYMES = [
    ["Rina", "Rini", "Lina", "Liana", "Dina"],
    ["Rohmah", "Rahmah", "Rohimah", "Hikmah"],
    ["Marlina", "Marliana", "Marina", "Erlina", "Erliana"],
    ["Kartika", "Sartika", "Kartina", "Karina", "Sartina"],
    ["Yuliana", "Yuliani", "Yulianti", "Juliana"],
    ["Hasan", "Husen", "Hasim", "Husin", "Hasran"],
    ["Fauzi", "Fauzan", "Fauzil", "Fausi"],
    ["Rohman", "Rahman", "Rohim", "Rahim"],
    ["Rizki", "Rizka", "Rizal", "Riski"],
    ["Susilawati", "Susilowati", "Susiawati", "Kurniawati"],
    ["Supriyadi", "Supriyanto", "Supriyono"],
]
LAST = names("Basri Saputra Wijaya Hidayat Lestari Rahayu Utami Handayani Pratama Nugroho")
SPELLING = (("u", "oe"), ("y", "i"), ("c", "tj"), ("j", "dj"), ("n", "nn"), ("s", "ss"))
VOWELS = "aeiou"
# How lists write a name, of a hundred.
WRITTEN = {
    "same": 55,
    "spelling": 20,
    "title": 8,
    "dropped": 6,
    "slip": 5,
    "initial": 2,
    "letter": 2,
    "order": 2,
}


KNOWN = {
    word
    for name in FIRST + MEN + WOMEN + LAST + [word for group in RHYMES for word in group]
    for word in facts_of(name, {}).words
}


@dataclass(frozen=True, slots=True)
class Case:
    """One damaged row: ``truth`` is the number it had, ``held`` whether anybody holds it."""

    line: Facts
    truth: str
    held: bool
    holders: list[Holder]


def make_set(seed: int, size: int) -> list[Case]:
    """So many cases, by chance but always the same."""
    chance = random.Random(seed)
    return [make_case(chance, at) for at in range(size)]


def make_case(chance: random.Random, at: int) -> Case:
    """A person with or without their record, perhaps with a twin's and a stranger's."""
    digits, sex = fifteen(chance)
    ends = chance.sample(range(10), 3)
    name = full_name(chance, sex)
    held, twin, stranger = (chance.random() < share for share in (0.5, 0.5, 0.1))
    around = [(name, ends[0])] if held else []
    around += [(twin_name(chance, name), ends[1])] if twin else []
    around += [(other_name(chance, name), ends[2])] if stranger else []
    where = chance.choice(["worker", "line", "file"])
    holders = [
        Holder(facts_of(called, {"nik": f"{digits}{end}"}), where, f"{at}-{end}")
        for called, end in around
    ]
    chance.shuffle(holders)
    others = [called for called, end in around if end != ends[0]]
    line = facts_of(written_of(chance, name, others), {"nik15": digits})
    return Case(line, f"{digits}{ends[0]}", held, holders)


def fifteen(chance: random.Random) -> tuple[str, str]:
    """The first fifteen digits of an invented number, and its sex."""
    sex = chance.choice("LP")
    day = chance.randint(1, 28) + (40 if sex == "P" else 0)
    born = f"{day:02d}{chance.randint(1, 12):02d}{chance.randint(60, 99):02d}"
    return f"1804{chance.randint(1, 26):02d}{born}9{chance.randint(0, 99):02d}", sex


def full_name(chance: random.Random, sex: str) -> str:
    """A name of one to three words."""
    rhymed = chance.choice(chance.choice(RHYMES))
    own = rhymed if chance.random() < 0.4 else chance.choice(MEN if sex == "L" else WOMEN)
    before = [chance.choice(FIRST)] if chance.random() < 0.5 else []
    after = [chance.choice(LAST)] if chance.random() < 0.4 else []
    return " ".join([*before, own, *after])


def twin_name(chance: random.Random, name: str) -> str:
    """A brother's or sister's name of the same day: never the very same name."""
    words = name.split()
    own = next(at for at, word in enumerate(words) if word not in FIRST)
    kind = chance.choice(["rhyme", "rhyme", "other own", "two names", "unlike"])
    if kind == "unlike":
        return other_name(chance, name)
    elif kind == "two names" and len(words) > own + 1:
        words[-1] = chance.choice(LAST)
    else:
        near = [group for group in RHYMES if words[own] in group] if kind == "rhyme" else []
        words[own] = chance.choice(near[0] if near else MEN + WOMEN)
    twin = " ".join(words)
    return twin_name(chance, name) if is_same(twin, name) else twin


def other_name(chance: random.Random, name: str) -> str:
    """Any other name."""
    other = full_name(chance, chance.choice("LP"))
    return other_name(chance, name) if is_same(other, name) else other


def is_same(one: str, other: str) -> bool:
    """True for two spellings of one name."""
    return facts_of(one, {}).key == facts_of(other, {}).key


def other_letter(chance: random.Random, word: str, letters: str) -> str:
    """The word with one of these letters exchanged for another of them."""
    places = [at for at, letter in enumerate(word.lower()) if letter in letters]
    if not places:
        return word
    at = chance.choice(places)
    other = chance.choice([letter for letter in letters if letter != word[at].lower()])
    return word[:at] + other + word[at + 1 :]


def written_of(chance: random.Random, name: str, others: list[str]) -> str:
    """The name as the list has it; never quite another's."""
    found = written(chance, name)
    hits = any(is_same(found, other) for other in others)
    return written_of(chance, name, others) if hits else found


def written(chance: random.Random, name: str) -> str:
    """The name as somebody wrote it into a list."""
    way = chance.choices(list(WRITTEN), list(WRITTEN.values()))[0]
    words = name.split()
    at = chance.randrange(len(words))
    if way == "spelling":
        for plain, old in chance.sample(SPELLING, 2):
            words[-1] = words[-1].replace(plain, old, 1)
    elif way == "title":
        words = [chance.choice(["H.", "Hj.", "Bpk", "Drs."]), *words]
    elif way == "slip":
        words[at] = slip(chance, words[at])
    elif way == "dropped" and len(words) > 1:
        del words[at]
    elif way == "initial":
        words[at] = f"{words[at][0]}."
    elif way == "letter":
        words[at] = other_letter(chance, words[at], VOWELS)
    elif way == "order":
        words.reverse()
    return " ".join(words).upper()


def slip(chance: random.Random, word: str) -> str:
    """Two neighbours changed places, or a letter left out."""
    at = chance.randrange(1, len(word) - 1)
    if chance.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
