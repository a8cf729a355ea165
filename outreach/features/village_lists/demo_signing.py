"""The demo's signed lists: one that counts, and one that waits for its stamped sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from outreach.core.demo.demo_accounts import KUBU_PERAHU
from outreach.core.evidence import blobs, desk_files, file_followers
from outreach.domain.actor import Actor
from outreach.domain.age import jakarta_date
from outreach.domain.ids import uuid7
from outreach.domain.list_document import (
    ListFacts,
    canonical,
    document,
    document_hash,
    merkle_root,
)
from outreach.domain.list_signers import HEAD
from outreach.domain.village_decisions import TOGETHER, counts, resolve
from outreach.features.village_lists.checking import desk, opening
from outreach.features.village_lists.checking.acting import as_line
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.checking.desk import Say
from outreach.features.village_lists.checking.list_file import open_list_file
from outreach.features.village_lists.checking.opening import ListForm
from outreach.features.village_lists.records import minutes_queries, queries
from outreach.storage.blobs_port import Blobs

FACTS = ("purpose", "fund", "year", "month", "no")
PRESENT = 23
SIGNED_BY = (("apbd_kab", "peratin"), ("dbh_sawit", "petugas"))  # fund, whose phone


def sign_this_year(
    session: Session, store: Blobs, people: Mapping[str, Actor], now: datetime
) -> None:
    """Two lists of this year. The head has signed one, which counts. The other was signed on the
    officer's phone and waits for its stamped sheet."""
    year = jakarta_date(now).year
    for number, (fund, signs) in enumerate(SIGNED_BY, 31):
        form = ListForm(purpose="fund", fund=fund, year=year)
        own = opening.open_list(session, people["supervisor"], KUBU_PERAHU, form, now).id
        if agree(session, people["peratin"], own, now):
            desk.begin_meeting(session, people["peratin"], own, now)
            sign(session, store, people[signs], own, f"140/{number}/DEMO/{year}", now)


def agree(session: Session, head: Actor, list_id: str, now: datetime) -> int:
    """The head agrees to all names but the last, which is put off; answers how many there are.
    Names that have a flag are decided one by one, as the screen has it."""
    remaining = open_list_file(session, head, list_id).remaining
    agreed, last = remaining[:-1], [line.id for line in remaining[-1:]]
    plain = [line.id for line in agreed if not line.snapshot.get("flags")]
    alone = [line.id for line in agreed if line.snapshot.get("flags")]
    says = [Say(plain, "layak", how=TOGETHER)] if plain else []
    says += [Say([line], "layak") for line in alone]
    says += [Say(last, "tunda")] if last else []
    for say in says:
        desk.decide(session, head, list_id, say, now)
    return len(remaining)


def sign(
    session: Session, store: Blobs, actor: Actor, list_id: str, letter: str, now: datetime
) -> None:
    """Bring the list as it stands, signed by the head on paper, and its minutes."""
    [row] = queries.lists_by_id(session, actor.regency, {list_id})
    found = minutes_queries.whole_lines(session, actor.regency, list_id)
    lines = [as_line(line) for line in found]
    rows = queries.decisions(session, actor.regency, {list_id})
    resolved = resolve(decision_of(one) for one in rows)
    facts = {"list": list_id, "village": row.region_code}
    facts |= {name: getattr(row, name) for name in FACTS}
    whole = document(cast(ListFacts, facts), lines, resolved)
    digest, items = document_hash(whole), cast(list[object], whole["items"])
    said = {
        "list": list_id,
        "hash": digest,
        "root": merkle_root(items),
        "counts": dict(counts(lines, resolved)),
        "kind": row.forum,
        "letter_no": letter,
        "date": jakarta_date(now).isoformat(),
        "place": "Balai pekon",
        "present": PRESENT,
        "signers": [signer_of(session, actor.regency, row.region_code)],
    }
    data = canonical(whole)
    looked = blobs.look_whole(session, store, actor.regency, digest, data)
    desk_files.keep(session, store, actor, digest, len(data), looked, now)
    made = uuid7(now)
    desk.submit(session, actor, list_id, minutes_queries.TABLE, said, now, row_id=made)
    of_lists = (minutes_queries.TABLE,)
    file_followers.follow_named(session, store, actor.regency, actor.user_id, of_lists, now)


def signer_of(session: Session, regency: str, village: str) -> dict[str, object]:
    """The head of the village, who signs with a pen."""
    found = minutes_queries.terms_of_village(session, regency, village)
    term, user, office = next(one for one in found if one[0].capacity == "definitif")
    return {
        "role": HEAD,
        "name": user.name,
        "title": term.title,
        "method": "wet",
        "office": office.id,
        "term": term.id,
        "capacity": term.capacity,
    }
