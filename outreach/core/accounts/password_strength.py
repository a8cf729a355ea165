"""How many guesses a password costs somebody who knows Indonesian, this office and its owner.

zxcvbn counts them; its English lists are joined by the commonest Indonesian words and names
(outreach/data/README.md) and by the words of this programme and place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from math import prod
from pathlib import Path

# zxcvbn calls 10^8 guesses safe against a login that slows them; ten times as many, since phrases
# of three everyday words are what people try first. With the argon2id settings of passwords.py
# that is a year on one core for somebody who has stolen the hashes.
ENOUGH = 10**9
# What zxcvbn looks at in reasonable time; a longer password is judged by its beginning.
LOOKED_AT = 72
# It reads the whole anew for each way in which signs may stand for letters ("1" for i or l), and
# looks up each part each time: 72 well-chosen signs took a core six seconds.
MOST_WORK = 4 * LOOKED_AT**2
WORDS = Path(__file__).parents[2] / "data" / "common_words_id.txt"
OURS = """
jangkau bpjs ketenagakerjaan jamsostek jamsos lampung barat lambar liwa petugas pekon peratin
kelurahan lurah kecamatan supervisor pengawas admin pengelola mpp dinas disnaker pemkab kopi
sandi katasandi password bismillah alhamdulillah indonesia rahasia
"""


@cache
def lists() -> dict[str, dict[str, int]]:
    """zxcvbn's ranked lists with ours beside them; read once."""
    from zxcvbn import matching

    words = WORDS.read_text(encoding="utf-8").split()
    return {
        **matching.RANKED_DICTIONARIES,
        "indonesian": matching.build_ranked_dict(words),
        "ours": matching.build_ranked_dict(OURS.split()),
    }


def guesses(password: str, about: Iterable[str] = ()) -> float:
    """How many guesses the password costs; ``about`` are names of its owner and office.

    zxcvbn's own front door keeps the owner's words in a global, so its parts are called here.
    """
    from zxcvbn import matching, scoring

    own = [word for text in about for word in re.split(r"[\W_]+", text.casefold()) if len(word) > 2]
    whole = [text.casefold() for text in about if text]
    ranked = {**lists(), "user_inputs": matching.build_ranked_dict([*own, *whole])}
    # Between words zxcvbn takes a space or dash for something drawn by lot.
    forms = {beginning(password), beginning(re.sub(r"[\W_]+", "", password)) or "-"}
    return min(
        float(
            scoring.most_guessable_match_sequence(one, matching.omnimatch(one, ranked))["guesses"]
        )
        for one in forms
    )


def beginning(password: str) -> str:
    """As much of the password as zxcvbn looks at within MOST_WORK."""
    start = password[:LOOKED_AT]
    while readings(start) * len(start) ** 2 > MOST_WORK:
        start = start[:-1]
    return start


def readings(password: str) -> int:
    """In how many ways the signs of a password may stand for letters, by zxcvbn's own table."""
    from zxcvbn.matching import L33T_TABLE

    return prod(max(1, len(set(signs) & set(password))) for signs in L33T_TABLE.values())


def is_weak(password: str, about: Iterable[str] = ()) -> bool:
    """True when somebody who tries likely passwords first would find it too soon."""
    return guesses(password, about) < ENOUGH
