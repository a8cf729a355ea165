"""An officer who lies about a village's list, with his own phone and in others' names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from outreach.domain.ids import uuid7
from outreach.extensions import db
from outreach.features.village_lists.records.minutes_tables import ListMinutes
from outreach.features.village_lists.records.tables import ListDecision, ListLine
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.liar import Liar

LIST_LIES = (
    "foreign_line",
    "named",
    "other_village",
    "own_word",
    "altered_word",
    "said_again",
    "said_first",
    "altered_first",
    "signed_for",
    "altered_version",
    "confirmed_for",
)


class ListLiar(Liar):
    """As Liar, about lists."""

    def lie_of_list(self, kind: str, lives: Any, pick: int) -> None:
        """Send one lie about the list of the life."""
        self.tally[f"lie: {kind}"] += 1
        bodies = getattr(self, kind)(lives, pick)
        if bodies:
            self.send(*bodies)

    def word_of(self, scope: str, row: str | None = None, **said: Any) -> dict[str, Any]:
        """A decision that shows whose it is."""
        own = uuid7()
        told = {"verdict": "tidak_masuk", "reason": "punya_majikan"}
        whole = {**told, "detail": {"employer": self.word()}, **said}
        pairs = {name: [None, value] for name, value in whole.items()}
        made = {"key": own, "schema": 1, "op": "put", "table": "list_decision", "id": row or own}
        return {**made, "scope": scope, "ver": 0, "set": pairs}

    def line(self, lives: Any, scope: str, pick: int) -> list[str]:
        """One numbered line of a village's list."""
        own = select(ListLine.id).where(
            ListLine.list_id == lives.lists[scope], ListLine.part != "visit"
        )
        return list(lives.pick(own, pick))

    def foreign_line(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """The list of one village, the line of another's."""
        lines = self.line(lives, SEBARUS, pick)
        return [self.word_of(KUBU_PERAHU, list=lives.lists[KUBU_PERAHU], lines=lines)]

    def named(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """In the head's name: in the save, and on it."""
        head = lives.users[-1]
        lines = self.line(lives, KUBU_PERAHU, pick)
        about = {"list": lives.lists[KUBU_PERAHU], "lines": lines}
        claimed = self.word_of(KUBU_PERAHU, **about, author=head, via="own")
        return [claimed, {**self.word_of(KUBU_PERAHU, **about), "on_behalf": head}]

    def other_village(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """Another village's list, whole."""
        lines = self.line(lives, SEBARUS, pick)
        return [self.word_of(KUBU_PERAHU, list=lives.lists[SEBARUS], lines=lines)]

    def own_word(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """What breaks no rule: an officer of the village may say it, as his own."""
        lines = self.line(lives, KUBU_PERAHU, pick)
        return [self.word_of(KUBU_PERAHU, list=lives.lists[KUBU_PERAHU], lines=lines)]

    def stored_row(self, lives: Any, pick: int) -> ListDecision | None:
        """A decision of somebody else's that the server has."""
        rows = lives.pick(select(ListDecision.id).where(ListDecision.author != self.user), pick)
        return db.session.get(ListDecision, rows[0]) if rows else None

    def altered_word(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """Other words under a stored decision's id."""
        row = self.stored_row(lives, pick)
        about = row and {"list": row.list_id, "lines": row.lines}
        return [self.word_of(row.region_code, row.id, **about)] if row and about else []

    def said_again(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """A stored decision word by word, under its key and under one of his own."""
        row = self.stored_row(lives, pick)
        body = self.stored(row.id) if row else None
        known = body or (row and self.body_of_row(lives, row))
        return [{**known}, {**known, "key": uuid7()}] if known else []

    def body_of_row(self, lives: Any, row: ListDecision) -> dict[str, Any] | None:
        """The save that made a decision."""
        found = lives.save_of(row.id)
        return self.stored(found) if found else None

    def said_first(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """What somebody else has saved and not yet sent, word by word, before it comes."""
        waiting = lives.unsent()
        if not waiting:
            return []
        known = dict(waiting[pick % len(waiting)])
        known.pop("mid", None)
        return [{**known, "key": uuid7()}]

    def altered_first(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """Other words under the id of what is not yet sent."""
        waiting = [one for one in lives.unsent() if one["table"] == "list_decision"]
        if not waiting:
            return []
        said = waiting[pick % len(waiting)]
        about = {name: said["set"][name][1] for name in ("list", "lines")}
        return [self.word_of(said["scope"], said["id"], **about)]

    def version(self, lives: Any, pick: int) -> ListMinutes | None:
        """A signed version of somebody else's."""
        rows = lives.pick(select(ListMinutes.id).where(ListMinutes.author != self.user), pick)
        return db.session.get(ListMinutes, rows[0]) if rows else None

    def minutes(self, row: str, values: dict[str, Any]) -> dict[str, Any]:
        """A save of a version."""
        pairs = {name: [None, value] for name, value in values.items()}
        made = {"key": uuid7(), "schema": 1, "op": "put", "table": "list_minutes", "id": row}
        return {**made, "scope": KUBU_PERAHU, "ver": 0, "set": pairs}

    def signed_for(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """A version that somebody signed, signed once more in the head's name: his own row."""
        known = sorted(lives.minutes)
        if not known:
            return []
        values = {**lives.minutes[known[pick % len(known)]], "place": self.word()}
        return [self.minutes(uuid7(), values)]

    def altered_version(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """Another place and list under a version's id, sent or not."""
        known = sorted(lives.minutes)
        if not known:
            return []
        row = known[pick % len(known)]
        return [self.minutes(row, {**lives.minutes[row], "hash": "b" * 64, "place": self.word()})]

    def confirmed_for(self, lives: Any, pick: int) -> list[dict[str, Any]]:
        """The word of whoever holds the office, which he is not."""
        row = self.version(lives, pick)
        return (
            [{**self.minutes(row.id, {"confirmed": True}), "on_behalf": row.author}] if row else []
        )
