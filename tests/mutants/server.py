"""The server's guards, each turned off by patching the real code, and the test that then fails.

A mutant that no test notices is a guard that may vanish unseen. Killers are ordinary tests of the
suite, named here as ``module:Class.test``; they pass as long as nobody turns their guard off.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from outreach.core.exchange import gaps, journal_sequence, pull, push
from outreach.core.record import changes, judge
from outreach.core.record.judgement import Judgement
from outreach.domain import actor
from outreach.extensions import db
from outreach.storage import queries_sync, queries_worker_rows
from outreach.storage.sync import Mutation
from outreach.sync import envelopes, views

Patch = pytest.MonkeyPatch


@dataclass(frozen=True)
class Mutant:
    """One guard off. ``args`` fill the killer's parameters; ``only`` names the one database on
    which the guard is needed at all."""

    guard: str
    off: str
    killer: str
    apply: Callable[[Patch], None]
    args: dict[str, Any] = field(default_factory=dict)
    only: str = ""
    alters_tables: bool = False


def set_to(owner: Any, name: str, value: Any) -> Callable[[Patch], None]:
    """A mutant that replaces one function or value."""
    return lambda patch: patch.setattr(owner, name, value)


def always(value: Any) -> Callable[..., Any]:
    """A function that has stopped thinking."""
    return lambda *_, **__: value


def drop_key(_patch: Patch) -> None:
    """The table of mutations without its primary key."""
    table = Mutation.__table__
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            key = table.primary_key.name  # type: ignore[attr-defined]
            connection.execute(text(f"ALTER TABLE mutation DROP CONSTRAINT {key} CASCADE"))
        return
    with closing(sqlite3.connect(str(db.engine.url.database))) as file:
        made = file.execute("SELECT sql FROM sqlite_master WHERE name = 'mutation'").fetchone()[0]
        loose = re.sub(r'PRIMARY KEY \("key"\)', "CHECK (1)", made)
        assert loose != made
        file.executescript(
            "PRAGMA legacy_alter_table = ON; ALTER TABLE mutation RENAME TO strict_mutation; "
            f"{loose}; INSERT INTO mutation SELECT * FROM strict_mutation; "
            "DROP TABLE strict_mutation"
        )


def judge_before_lock(patch: Patch) -> None:
    """Rows are read when the scopes are guessed, before any counter is locked."""
    seen: dict[int, Any] = {}
    guess, read = push.scopes_of, Judgement.read

    def early(session: Session, context: Any, found: Any) -> Any:
        guessed = guess(session, context, found)
        judgement = Judgement(session, context, dict.fromkeys(guessed, 0), 0, set(guessed), guessed)
        read(judgement, found)
        seen[threading.get_ident()] = judgement.people
        return guessed

    def late(judgement: Judgement, found: Any) -> None:
        read(judgement, found)
        judgement.people = seen.get(threading.get_ident(), judgement.people)

    patch.setattr(push, "scopes_of", early)
    patch.setattr(Judgement, "read", late)


def durable_at_once(patch: Patch) -> None:
    """What arrived counts as being in a backup."""
    known = queries_sync.device_at_door

    def eager(*args: Any) -> Any:
        found = known(*args)
        return found and replace(found, durable_mid=found.last_mid)

    patch.setattr(queries_sync, "device_at_door", eager)


def any_epoch(patch: Patch) -> None:
    """Whatever life a phone speaks of, it is this one."""
    read = envelopes.push_envelope
    patch.setattr(envelopes, "push_envelope", lambda *a: replace(read(*a), epoch=1))


def markers_forgotten(patch: Patch) -> None:
    """A page goes on from any cursor, however many gone markers were thrown away."""
    known = queries_sync.counters
    patch.setattr(
        queries_sync, "counters", lambda *a: {s: (seq, 0) for s, (seq, _) in known(*a).items()}
    )


def tidy_payload(patch: Patch) -> None:
    """A payload is stored as JSON of our own making instead of the bytes received."""
    load = changes.load
    patch.setattr(changes, "load", lambda text: (load(text)[0], orjson.dumps(load(text)[0])))


def same_number(patch: Patch) -> None:
    """An edited row keeps the number it had."""
    touch = Judgement.touch

    def quiet(judgement: Judgement, person: Any, region: str | None = None) -> None:
        ver = person.ver
        touch(judgement, person, region)
        person.ver = ver

    patch.setattr(Judgement, "touch", quiet)


def silent_gap(*args: Any) -> bool:
    """Numbers that are missing are skipped, whoever lost them."""
    plan, change = args[0], args[1]
    plan.last_mid = change.mid - 1
    return True


NUMBERS, VERDICTS = "tests.sync.test_numbers", "tests.sync.test_verdicts"
LOCKS, PULL = "tests.sync.test_locks", "tests.sync.test_pull"
FULL_ACCESS = set_to(actor.Actor, "can_write", always(True))
MUTANTS = [
    Mutant(
        "idempotency",
        "a key that is known is judged again",
        f"{NUMBERS}:TestReplay.test_second_push_of_same_mutation_is_answered_the_same",
        set_to(queries_sync, "known_mutations", always({})),
    ),
    Mutant(
        "key uniqueness",
        "the table takes one key twice",
        f"{LOCKS}:test_key_that_somebody_else_stores_meanwhile_takes_effect_once",
        drop_key,
        alters_tables=True,
    ),
    Mutant(
        "gap stop",
        "a push goes on over numbers that did not come",
        f"{NUMBERS}:TestOrder.test_gap_stops_the_push",
        set_to(journal_sequence, "skip_gap", silent_gap),
    ),
    Mutant(
        "named gap",
        "numbers that a phone lost are skipped in silence",
        f"{NUMBERS}:TestOrder.test_numbers_the_phone_lost_are_named",
        set_to(gaps, "name", always(None)),
    ),
    Mutant(
        "chain",
        "the hash before the first mutation is not compared",
        f"{NUMBERS}:TestOrder.test_wrong_hash_before_the_first_is_a_fork",
        set_to(push, "check_chain", always(None)),
    ),
    Mutant(
        "lock order",
        "rows are read and judged before their counter is locked",
        f"{LOCKS}:test_overlapping_edits_of_one_row",
        judge_before_lock,
        only="postgresql",
    ),
    Mutant(
        "lock of a NIK",
        "two villages look for the same NIK at once",
        f"{LOCKS}:test_same_nik_in_two_villages_at_once_is_paired",
        set_to(queries_worker_rows, "lock_niks", always(None)),
        only="postgresql",
    ),
    Mutant(
        "merge",
        "the last writer wins",
        f"{VERDICTS}:TestMerge.test_same_field_of_two_people_is_a_conflict",
        set_to(judge, "merge_field", always("take")),
    ),
    Mutant(
        "gone",
        "a row leaves its village without a marker",
        f"{VERDICTS}:TestMoves.test_moved_row_leaves_one_village_and_enters_the_other",
        set_to(Judgement, "leave", always(None)),
    ),
    Mutant(
        "revoke",
        "a phone may fetch every village it asks for",
        f"{PULL}:TestScopes.test_foreign_villages_and_users_are_revoked_not_shown",
        set_to(pull, "may_pull", always(True)),
    ),
    Mutant(
        "revoked device",
        "a revoked phone may fetch",
        f"{VERDICTS}:TestHeld.test_revoked_device_may_send_slowly_and_never_fetch",
        set_to(views, "barred", always(None)),
    ),
    Mutant(
        "standing",
        "what a revoked phone sends takes effect",
        f"{VERDICTS}:TestHeld.test_revoked_device_may_send_slowly_and_never_fetch",
        set_to(push, "hold_reason_of", always(None)),
    ),
    Mutant(
        "scope",
        "a save outside the author's villages takes effect",
        f"{VERDICTS}:TestHeld.test_edit_after_the_term_waits_and_changes_nothing",
        FULL_ACCESS,
    ),
    Mutant(
        "durable",
        "phones may let go of what no backup has",
        f"{NUMBERS}:TestReplay.test_nothing_is_durable_before_a_backup_has_it",
        durable_at_once,
    ),
    Mutant(
        "from",
        "an old cursor goes on although markers were thrown away",
        f"{PULL}:TestPages.test_old_cursor_starts_again_when_markers_were_thrown_away",
        markers_forgotten,
    ),
    Mutant(
        "ver",
        "an edited row keeps its number",
        f"{PULL}:TestOffice.test_desk_edit_is_numbered_and_reaches_the_phone",
        same_number,
    ),
    Mutant(
        "early ack",
        "a push is answered before it is committed",
        f"{LOCKS}:test_what_was_answered_is_committed",
        set_to(Session, "commit", Session.flush),
    ),
    Mutant(
        "epoch",
        "a request of another life is taken",
        f"{NUMBERS}:TestEpoch.test_another_epoch_changes_nothing_and_answers_the_counters",
        any_epoch,
    ),
    Mutant(
        "new life",
        "a restore keeps the epoch",
        f"{PULL}:TestNewLife.test_restore_raises_epoch_and_counters",
        set_to(queries_sync, "raise_epoch", always(2)),
    ),
    Mutant(
        "chains",
        "an edit of a held create finds nothing to wait for",
        f"{VERDICTS}:TestChains.test_edits_after_a_held_create_wait_for_it"
        "_and_follow_its_acceptance",
        set_to(queries_sync, "waiting_on", always([])),
    ),
    Mutant(
        "survivor",
        "a late edit changes the record that was merged away",
        f"{VERDICTS}:TestMerged.test_late_edit_follows_to_the_survivor",
        set_to(Judgement, "survivor", lambda self, row: self.people.get(row)),
    ),
    Mutant(
        "verbatim",
        "the bytes received are written anew",
        f"{NUMBERS}:TestStorage.test_bytes_are_stored_as_received_and_chained",
        tidy_payload,
    ),
    Mutant(
        "one bad save",
        "what cannot be written stops the whole push",
        f"{LOCKS}:test_one_that_cannot_be_written_does_not_stop_the_others",
        set_to(push, "judge_each", judge.judge),
    ),
]
