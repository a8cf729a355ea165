"""Guards of keys, seals, signatures, replaced forms and carried files, each turned off."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from outreach.core.carried import carried_import
from outreach.core.carried.carried_file import CarriedFile
from outreach.core.exchange import devices, gaps, journal_sequence, known_keys, push, readable_forms
from outreach.core.exchange.journal_sequence import Plan
from outreach.core.keys import sealing, server_keys, signing
from outreach.core.record import changes, judgement
from outreach.storage import queries_erasures, queries_identity, queries_sync
from outreach.sync import guards
from tests.mutants.server import Mutant, Patch, always, set_to, silent_gap

IDENTITY, SEALED = "tests.sync.test_identity", "tests.sync.test_sealed"
CARRIED, KEYS = "tests.sync.test_carried", "tests.sync.test_keys"
MENDED = f"{SEALED}:TestUnopenable.test_the_open_form_takes_its_place_and_mends_the_chain"
UNSIGNED = f"{IDENTITY}:TestSignature.test_unsigned_push_is_held_and_stored"


def newest_key(patch: Patch) -> None:
    """Whoever has the cookie may put a key of his own in the place of the phone's: neither the
    door nor the registration compares them."""

    def take(_session: Any, device: Any, said: Any, _may: bool) -> None:
        device.public_key = said.public_key or device.public_key

    patch.setattr(guards, "tells", always(True))
    patch.setattr(devices, "take_keys", take)


def never_lost(patch: Patch) -> None:
    """A lost phone is like any revoked one."""
    known = queries_sync.device_at_door

    def found(*args: Any) -> Any:
        row = known(*args)
        return row and replace(row, lost_at=None)

    patch.setattr(queries_sync, "device_at_door", found)


def link_what_was_received(plan: Plan, change: Any, _signed: bool = True) -> None:
    """The chain goes on over bytes that the phone does not have."""
    plan.last_hash = change.hash = changes.link(plan.last_hash, change.payload)
    plan.last_mid, plan.last_key = change.mid, change.key


def signed_or_not(patch: Patch) -> None:
    """Whatever came is a link of the chain, whoever sent it."""
    take = Plan.take
    patch.setattr(Plan, "take", lambda plan, change, _signed=True: take(plan, change))


def no_word_of_the_phone(patch: Patch) -> None:
    """An unknown chain stays unknown, whatever the phone says."""
    patch.setattr(journal_sequence, "hash_of", always(None))


def decided_is_open(patch: Patch) -> None:
    """A form may be replaced whatever a person decided on it."""
    stored = queries_sync.stored_mutation

    def found(*args: Any) -> Any:
        row = stored(*args)
        return row and SimpleNamespace(**{**row._asdict(), "hold_state": "open"})

    patch.setattr(queries_sync, "stored_mutation", found)


def closed_is_held(patch: Patch) -> None:
    """What today's SECRET_KEY does not open counts as damaged."""
    opener = sealing.opener

    def quiet(*args: Any) -> Any:
        open_with = opener(*args)

        def found(*parts: Any) -> Any:
            try:
                return open_with(*parts)
            except server_keys.KeysUnreadable:
                return None

        return found

    patch.setattr(sealing, "opener", quiet)


def known_is_replay(patch: Patch) -> None:
    """A known key is a replay, whoever sends it and whatever it says."""
    patch.setattr(known_keys, "is_author", always(True))
    patch.setattr(known_keys, "is_same", always(True))


MUTANTS = [
    Mutant(
        "opening seals",
        "sealed saves are not opened",
        f"{SEALED}:TestOpened.test_sealed_is_judged_and_stored_like_the_open_one",
        set_to(sealing, "opener", always(always(None))),
    ),
    Mutant(
        "signature",
        "any signature will do",
        "tests.attacks.test_cookie_alone"
        ":TestFetching.test_the_key_of_a_locked_phone_fetches_nobody",
        set_to(signing, "is_signed", always(True)),
    ),
    Mutant(
        "signature asked for",
        "a phone with a key need not sign",
        UNSIGNED,
        set_to(push, "hold_reason_of", always(None)),
        {"header": "other"},
    ),
    Mutant(
        "first key",
        "a phone's key can be replaced by the cookie",
        f"{IDENTITY}:TestKey.test_first_key_is_kept_and_another_is_refused",
        newest_key,
    ),
    Mutant(
        "lost phone",
        "a lost phone is not told to end",
        f"{IDENTITY}:TestLost.test_lost_phone_is_told_to_end_and_may_still_send",
        never_lost,
    ),
    Mutant(
        "unknown chain",
        "the chain goes on over what could not be read",
        f"{SEALED}:TestUnopenable.test_no_fork_while_the_chain_is_unknown"
        "_and_a_receipt_once_it_is_mended",
        set_to(Plan, "take", link_what_was_received),
    ),
    Mutant(
        "unsigned link",
        "the chain goes on over what nobody signed",
        "tests.attacks.test_stolen_keys:test_what_nobody_signed_is_no_link_of_the_phones_chain",
        signed_or_not,
        {"lies": 1},
    ),
    Mutant("phone's word", "the phone's chain is not taken up", MENDED, no_word_of_the_phone),
    Mutant(
        "readable form",
        "what could not be read stays held for ever",
        MENDED,
        set_to(readable_forms, "judge_anew", always(None)),
    ),
    Mutant(
        "replaced form",
        "what stood there before is thrown away",
        MENDED,
        set_to(queries_identity, "keep_form", always(None)),
    ),
    Mutant(
        "mended chain",
        "the chain is not computed when the readable form comes",
        MENDED,
        set_to(readable_forms, "mend_chain", always(b"")),
    ),
    Mutant(
        "followers",
        "what waited for an unread create waits for ever",
        f"{SEALED}:TestUnopenable.test_what_waited_for_it_takes_effect_in_order",
        set_to(readable_forms, "led_by", always([])),
    ),
    Mutant(
        "decision stands",
        "sending again undoes a supervisor's decision",
        f"{IDENTITY}:TestSignature.test_a_decision_on_the_same_bytes_stands",
        decided_is_open,
    ),
    Mutant(
        "erased stays erased",
        "a late copy brings an erased person's save back",
        f"{SEALED}:TestErased.test_nothing_is_left_of_replaced_forms_and_nothing_comes_back",
        set_to(queries_erasures, "erased_among", always(set())),
    ),
    Mutant(
        "secret key",
        "sealed saves are held when the operator must act",
        f"{SEALED}:TestSecretKey.test_sealed_waits_for_the_operator_and_open_goes_on",
        closed_is_held,
    ),
    Mutant(
        "bound wrapping",
        "one key's row can stand in for another's",
        f"{KEYS}:test_private_halves_are_wrapped_and_bound_to_their_row",
        set_to(server_keys, "bound", always(b"")),
    ),
    Mutant(
        "copied key",
        "a key somebody copied passes for another user's save",
        "tests.sync.test_numbers:TestReplay"
        ".test_a_key_another_user_took_first_loses_nothing_and_tells_nothing",
        known_is_replay,
    ),
    Mutant(
        "signer",
        "a carried file is believed whoever signed it",
        f"{CARRIED}:TestUnproven.test_forged_contents_give_way_to_the_true_ones",
        set_to(CarriedFile, "is_signed_by", always(True)),
    ),
    Mutant(
        "lie apart",
        "unproven contents flow into an officer's record",
        f"{CARRIED}:TestUnproven.test_a_lie_never_flows_into_what_the_officer_sends",
        set_to(judgement, "OF_FORM", frozenset()),
    ),
    Mutant(
        "carried numbers",
        "a carried file moves the numbers on over a gap",
        f"{CARRIED}:TestProven.test_what_does_not_continue_is_judged_and_leaves_the_numbers_alone",
        set_to(carried_import, "skip_gap", silent_gap),
    ),
    Mutant(
        "carried lineage",
        "a file of another lineage moves the numbers on",
        f"{CARRIED}:TestProven.test_another_lineage_never_moves_the_numbers",
        set_to(carried_import, "check_chain", always(None)),
    ),
    Mutant(
        "carried gap",
        "a gap stays open although a file filled it",
        f"{CARRIED}:TestProven.test_a_file_fills_what_was_named_missing",
        set_to(gaps, "close_arrived", always(0)),
    ),
    Mutant(
        "carried place",
        "what fills a gap is stored beside it",
        f"{CARRIED}:TestProven.test_a_file_fills_what_was_named_missing",
        set_to(carried_import, "free_of", always(set())),
    ),
]
