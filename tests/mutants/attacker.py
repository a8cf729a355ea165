"""Guards against whoever stands in the middle, has only a cookie, or copies what others sent, each
turned off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import false

from outreach.core.exchange import devices
from outreach.core.keys import signing
from outreach.core.keys.challenges import Challenges
from outreach.core.record import merging
from outreach.storage import queries_phones
from outreach.sync import envelopes, guards, proof
from tests.mutants.server import Mutant, Patch, always, set_to

ANSWERS, COOKIE = "tests.sync.test_answers", "tests.attacks.test_cookie_alone"
MERGES = "tests.features.review.test_merge:TestNothingGoesOutOfSight"


def of_any_request(patch: Patch) -> None:
    """An answer's signature says nothing of what was asked."""
    text = signing.answer_text
    patch.setattr(signing, "answer_text", lambda status, _asked, body: text(status, "", body))


def only_good_news(patch: Patch) -> None:
    """What refuses is not signed."""
    sign = proof.sign
    patch.setattr(proof, "sign", lambda made: sign(made) if made.status_code == 200 else made)


def numbers_of_anybody(patch: Patch) -> None:
    """What stands around unsigned saves counts like a signed phone's word."""
    read = envelopes.push_envelope

    def found(body: dict[str, Any], signed: bool) -> Any:
        return replace(read(body, True), signed=signed)

    patch.setattr(envelopes, "push_envelope", found)


def whoever_asks(patch: Patch) -> None:
    """A key is taken without a login."""
    take = devices.take_keys
    patch.setattr(
        devices, "take_keys", lambda session, row, said, _may: take(session, row, said, True)
    )


def newest_says(patch: Patch) -> None:
    """Who repeated an answer last is taken for its author."""
    patch.setattr(
        merging, "origin_of", lambda saves, *_: (saves[0], None) if saves else (None, None)
    )


MUTANTS = [
    Mutant(
        "this very request",
        "an answer is signed to whatever was asked",
        f"{ANSWERS}:test_every_answer_is_signed_whatever_it_says",
        of_any_request,
        {"case": "404"},
    ),
    Mutant(
        "signed refusals",
        "what ends a phone is not signed",
        f"{ANSWERS}:test_what_bars_a_phone_is_signed",
        only_good_news,
        {"act": "lose", "status": 410},
    ),
    Mutant(
        "numbers by cookie",
        "who has only the cookie moves a phone's numbers",
        f"{COOKIE}:TestSending.test_an_unsigned_push_names_no_gap_and_no_number",
        numbers_of_anybody,
        {"signed": True},
    ),
    Mutant(
        "fetch key",
        "whatever signed it, a fetch is answered",
        f"{COOKIE}:TestFetching.test_the_key_of_a_locked_phone_fetches_nobody",
        set_to(guards, "must_fetch", always(None)),
    ),
    Mutant(
        "key by login",
        "who has cookie and key to send brings a key to fetch with",
        f"{COOKIE}:TestBringingAKey.test_the_cookie_and_the_key_to_send_bring_no_key_to_fetch",
        whoever_asks,
    ),
    Mutant(
        "challenge",
        "a recorded request is good for ever",
        f"{COOKIE}:TestFetching.test_a_recorded_request_fetches_nothing_a_quarter_of_an_hour_later",
        set_to(Challenges, "is_fresh", always(True)),
    ),
    Mutant(
        "who said it",
        "a conflict is told to whoever repeated the answer",
        f"{MERGES}.test_a_conflict_is_told_to_who_brought_the_answer_not_to_who_repeated_it",
        newest_says,
        {"again": "copied"},
    ),
    Mutant(
        "ended unsaid",
        "a phone whose data was cleared is on no list",
        "tests.features.phones.test_board:TestCalls.test_a_phone_whose_data_was_cleared_is_called_about",
        set_to(queries_phones, "ENDED", false()),
    ),
]
