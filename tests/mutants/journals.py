"""Guards of authors, contents, receipts and the account of every number, each turned off."""

from __future__ import annotations

from typing import Any

from outreach.core.exchange import gaps, holds, journals, known_keys, readable_forms
from outreach.core.record import changes, judge
from outreach.core.record.changes import Change
from tests.mutants.server import Mutant, Patch, always, set_to

STOLEN = "tests.attacks.test_stolen_keys"


def key_alone_begins(patch: Patch) -> None:
    """What had to be stored under a key of its own begins no record."""
    patch.setattr(Change, "fresh_row", property(lambda c: c.key == c.id and c.op == "put"))


def under_the_phones_key(patch: Patch) -> None:
    """A stored mutation is judged again under the key its phone gave it."""
    made = changes.restore

    def restored(*args: Any) -> Change:
        change = made(*args)
        change.key = change.phone_key or change.key
        return change

    patch.setattr(holds, "restore", restored)


MUTANTS = [
    Mutant(
        "author",
        "whoever sends a key is its author",
        f"{STOLEN}:test_the_same_content_from_another_officer_counts_as_that_officers_own",
        set_to(known_keys, "is_author", always(True)),
    ),
    Mutant(
        "content",
        "a known key is a replay whatever it says",
        f"{STOLEN}:test_a_true_authors_other_content_under_one_key_is_stored_too",
        set_to(known_keys, "is_same", always(True)),
    ),
    Mutant(
        "own beginning",
        "a true save waits for the lie that came first",
        f"{STOLEN}:test_what_begins_a_record_never_waits_for_rubbish_that_came_before",
        key_alone_begins,
    ),
    Mutant(
        "own key decided",
        "a decision is written under the key that somebody else used",
        f"{STOLEN}:test_what_is_held_under_a_key_of_its_own_is_decided_under_it",
        under_the_phones_key,
    ),
    Mutant(
        "crowd",
        "one key takes any number of contents",
        f"{STOLEN}:test_identical_forms_are_kept_once_and_at_most_five_a_key",
        set_to(known_keys, "refuse_crowds", always(None)),
    ),
    Mutant(
        "strangers apart",
        "what nobody signed fills the places of the author",
        f"{STOLEN}:test_what_nobody_signed_fills_no_places_of_the_author",
        set_to(known_keys, "UNPROVEN_REASONS", frozenset()),
        {"taken": True},
    ),
    Mutant(
        "unsigned first",
        "what nobody signed is judged where it breaks a rule",
        f"{STOLEN}:test_what_nobody_signed_fills_no_places_of_the_author",
        set_to(judge, "UNPROVEN_REASONS", frozenset({"signer"})),
        {"taken": True},
    ),
    Mutant(
        "other forms end",
        "lies go on waiting once the true save is here",
        f"{STOLEN}:test_what_nobody_signed_fills_no_places_of_the_author",
        set_to(readable_forms, "end_forms", always(None)),
        {"taken": True},
    ),
    Mutant(
        "repeated numbers",
        "a number whose save is stored elsewhere is not put down",
        f"{STOLEN}:test_renumbered_and_in_another_form_it_is_still_the_same",
        set_to(journals, "keep_repeated", always(None)),
        {"form": "sealed"},
    ),
    Mutant(
        "receipt's end",
        "a receipt covers numbers under which nothing stands",
        f"{STOLEN}:test_the_numbers_of_a_theft_before_the_upgrade_are_sent_again_and_taken",
        set_to(gaps, "holes", always([])),
    ),
    Mutant(
        "free numbers",
        "what comes under a missing number is another history",
        f"{STOLEN}:test_the_numbers_of_a_theft_before_the_upgrade_are_sent_again_and_taken",
        set_to(gaps, "free_among", always(frozenset())),
    ),
]
