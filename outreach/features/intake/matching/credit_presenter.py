"""A giver's month in words, for the page and for the paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import orjson
from flask import url_for

from outreach.features.intake.matching.credit import FATES, Count, Credit, fate_of
from outreach.features.intake.matching.facts import text
from outreach.features.intake.matching.queries_credit import GivenName
from outreach.storage.accounts import Office
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import speaking, t
from outreach.web.lists import Column, Empty, Listing, Paging

PAGE = 50
TEMPLATE = Path(__file__).parents[3] / "templates" / "intake" / "credit.typ"


@dataclass(frozen=True, slots=True)
class NameLine:
    """One name and what its giver hears of it."""

    name: str
    village: str
    fate: str


def month_words(month: date) -> str:
    """The month as people write it."""
    return display.day(month).split(" ", 1)[1]


def page(
    office: Office | None,
    offices: Sequence[Office],
    month: date,
    credit: Credit,
    names: Sequence[GivenName],
    number: int,
) -> dict[str, object]:
    """Everything intake/credit.html needs."""
    return {
        "office": office,
        "offices": offices,
        "month": f"{month:%Y-%m}",
        "month_words": month_words(month),
        "before": to_month(office, month - timedelta(days=1)),
        "after": to_month(office, month + timedelta(days=32)),
        "pdf": url_for("intake_credit.pdf", office=office and office.id, month=f"{month:%Y-%m}"),
        "figures": figures(credit),
        "total": credit.total,
        "list": Listing(
            title=t("intake.credit.names"),
            columns=[Column(t(f"intake.credit.col.{one}")) for one in ("name", "village", "fate")],
            rows=[name_line(one) for one in names],
            empty=Empty(t("intake.credit.empty"), t("intake.credit.empty_do")),
            paging=paging(office, month, number, credit.total),
            cls="matches",
            testid="credit",
        ),
    }


def to_month(office: Office | None, day: date) -> str:
    """The address of the same giver's other month."""
    return url_for("intake_credit.show", office=office and office.id, month=f"{day:%Y-%m}")


def paging(office: Office | None, month: date, number: int, total: int) -> Paging:
    """The ways to the pages beside this one."""

    def to(page: int) -> str:
        return f"{to_month(office, month)}&page={page}"

    more = number * PAGE < total
    return Paging(
        previous=to(number - 1) if number > 1 else "", next=to(number + 1) if more else ""
    )


def figures(credit: Credit) -> list[tuple[str, str]]:
    """Each figure's word and number."""
    told = [(t(f"intake.credit.fate.{one}"), display.number(credit.fates[one])) for one in FATES]
    groups = [(t(f"intake.credit.group.{one}"), words(n)) for one, n in credit.groups.items()]
    return [(t("intake.credit.total"), display.number(credit.total)), *told, *groups]


def words(count: Count) -> str:
    """The number as far as it may be told."""
    if count.exact is not None:
        return display.number(count.exact)
    return t("intake.credit.at_least" if count.at_least else "intake.credit.few", n=5)


def name_line(row: GivenName) -> NameLine:
    """One name, its village and its fate."""
    told = row.values if isinstance(row.values, dict) else {}
    return NameLine(
        text(told, "full_name"),
        reference().place_name(row.village) if row.village else t("kit.none"),
        t(f"intake.credit.fate.{fate_of(row.fate, row.decision, row.status)}"),
    )


def make_pdf(office: Office, month: date, credit: Credit) -> bytes:
    """The month on paper: figures alone and no name, in Indonesian whoever asks."""
    import typst

    with speaking("id"):
        data = document(office, month, credit)
    made = typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": orjson.dumps(data).decode()},
        timestamp=0,
    )
    assert isinstance(made, bytes), "one file is asked for"
    return made


def document(office: Office, month: date, credit: Credit) -> dict[str, object]:
    """Everything that stands in it, in words."""
    heads = ["village", "given", "met", "unmet", "mend"]
    rows = [
        [
            reference().place_name(code) if code else t("kit.none"),
            *(display.number(n) for n in (sum(told.values()), told["met"], told["unmet"])),
            display.number(told["mend"]),
        ]
        for code, told in sorted(credit.villages.items())
    ]
    return {
        "title": t("intake.credit.title"),
        "subtitle": t("intake.credit.of", office=office.name, month=month_words(month)),
        "thanks": t("intake.credit.thanks", office=office.name),
        "figures": figures(credit),
        "heads": [t(f"intake.credit.col.{one}") for one in heads],
        "rows": rows,
        "note": t("intake.credit.note"),
    }
