"""Links of lists as the desk shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from outreach.core.record.rights import NotAllowed
from outreach.features.village_lists.links.link_page import list_name
from outreach.features.village_lists.links.links import DAYS_MAX, MadeLink
from outreach.features.village_lists.records.link_queries import DeskLink, OpenList
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Empty, Listing


@dataclass(frozen=True, slots=True)
class ListLine:
    """An open list and how many links lead to it now."""

    village: str
    name: str
    state: str
    links: str
    href: str


@dataclass(frozen=True, slots=True)
class LinkLine:
    """A link; ``ends`` is the address that ends it, empty for one that has ended."""

    made: str
    maker: str
    state: str
    opened: str
    tries: str
    slowed: str
    ends: str


def state_of(link: DeskLink, own_state: str, now: datetime) -> str:
    """open, revoked, expired or closed."""
    if link.revoked_at is not None:
        return "revoked"
    if link.expires_at <= now:
        return "expired"
    return "closed" if own_state == "closed" else "open"


def lists(found: Sequence[OpenList], made: Sequence[DeskLink], now: datetime) -> Listing[ListLine]:
    """Open lists by village."""
    live = Counter(link.list_id for link in made if state_of(link, "open", now) == "open")
    return Listing(
        title=t("village_lists.links.title"),
        columns=[Column(t(f"village_lists.links.{name}")) for name in LIST_COLUMNS],
        rows=[
            ListLine(
                village=one.village,
                name=list_name(one),
                state=t(f"field.lists.state.{one.state}"),
                links=display.number(live[one.id]),
                href=url_for("list_links.of_list", list_id=one.id),
            )
            for one in found
        ],
        empty=Empty(t("village_lists.links.no_lists")),
        testid="lists-with-links",
        row_testid="list-with-links",
    )


LIST_COLUMNS = ("village", "list", "state", "live")
LINK_COLUMNS = ("made", "state", "opened", "tries", "act")


def links_page(own: OpenList, made: Sequence[DeskLink], now: datetime) -> dict[str, object]:
    """The links of one list."""
    rows = [link_line(link, own, now) for link in made]
    return {
        "title": t("village_lists.links.of", list=list_name(own), place=own.village),
        "may": own.state != "closed",
        "days_max": DAYS_MAX,
        "list_id": own.id,
        "list": Listing(
            title=t("village_lists.links.title"),
            columns=[Column(t(f"village_lists.links.{name}")) for name in LINK_COLUMNS],
            rows=rows,
            empty=Empty(t("village_lists.links.none")),
            testid="links",
            row_testid="link",
        ),
    }


def link_line(link: DeskLink, own: OpenList, now: datetime) -> LinkLine:
    """One link in words."""
    state = state_of(link, own.state, now)
    slowed = link.slowed_until if link.slowed_until and link.slowed_until > now else None
    at = display.short_moment
    last = f" · {at(link.opened_at)}" if link.opened_at else ""
    return LinkLine(
        made=at(link.made_at),
        maker=link.maker,
        state=t(f"village_lists.links.state.{state}", until=at(link.expires_at)),
        opened=f"{display.number(link.opened)}×{last}",
        tries=display.number(link.tries),
        slowed=t("village_lists.links.slowed", until=at(slowed)) if slowed else "",
        ends=url_for("list_links.revoke", link_id=link.id) if state == "open" else "",
    )


def made_page(own: OpenList, made: MadeLink, address: str) -> dict[str, object]:
    """A new link: what goes into the chat, and what is told by telephone."""
    until = display.moment(made.expires_at)
    named = {"list": list_name(own), "place": own.village}
    return {
        "title": t("village_lists.links.of", **named),
        "chat": t("village_lists.links.chat", **named, until=until, address=address),
        "code": made.code,
        "spelled": ", ".join(made.code.replace("-", "")),
        "back": url_for("list_links.of_list", list_id=own.id),
    }


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused, and in which field."""

    text: str
    field: str


def refusal(refused: NotAllowed) -> Refusal:
    """Why no link was made."""
    text = t(f"error.{refused.code}", max=DAYS_MAX)
    return Refusal(text, next(iter(refused.errors), ""))
