"""The form that opens lists, what it would do, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from outreach.core.record.changes import Errors
from outreach.domain.actor import Actor
from outreach.features.village_lists.checking import opening
from outreach.features.village_lists.checking.opening import ListForm, Progress
from outreach.features.village_lists.overview.overview import Expected
from outreach.features.village_lists.overview.presenter import places, reference
from outreach.web import display
from outreach.web.i18n import t
from outreach.web.lists import Column, Listing

Option = tuple[str, str]
FIELDS = ("in", "purpose", "fund", "year", "month", "forum", "due", "objection_days")


@dataclass(frozen=True, slots=True)
class VillageLine:
    """What opening would do in one village, in words."""

    name: str
    kecamatan: str
    names: str
    visits: str
    refusal: str


def form_page(
    actor: Actor, typed: Mapping[str, str], today: date, errors: Errors | None = None
) -> dict[str, object]:
    """Everything village_lists/open.html needs."""
    return {
        "typed": {**defaults(today), **{name: typed[name] for name in FIELDS if name in typed}},
        "funds": [(code, display.label("funding_source", code)) for code in opening.FUNDS],
        "months": [(str(n), month_name(n)) for n in range(1, 13)],
        "forums": [(code, t(f"field.lists.forum.{code}")) for code in opening.FORUMS["pekon"]],
        "places": places(actor),
        "errors": sentences(errors or {}),
        "most_days": opening.OBJECTION_MAX,
    }


def defaults(today: date) -> dict[str, str]:
    """What the empty form says: a fund's list of the coming year."""
    return {
        "in": "",
        "purpose": "fund",
        "fund": "",
        "year": str(today.year + 1 if today.month >= 7 else today.year),
        "month": str(today.month),
        "forum": opening.FORUMS["pekon"][0],
        "due": "",
        "objection_days": "0",
    }


def month_name(n: int) -> str:
    """The name of a month."""
    return display.day(date(2026, n, 1)).split()[1]


def sentences(errors: Errors) -> dict[str, str]:
    """The first sentence for each field that is wrong."""
    return {
        name: t(f"error.{found[0]['code']}", **found[0]["params"])
        for name, found in errors.items()
        if found
    }


def preview_page(
    typed: Mapping[str, str], form: ListForm, rows: Sequence[Expected]
) -> dict[str, object]:
    """Everything village_lists/preview.html needs."""
    opens = [row for row in rows if not row.refusal]
    counts = {
        "villages": len(opens),
        "names": sum(row.names for row in opens),
        "visits": sum(row.visits for row in opens),
    }
    return {
        "typed": carried(typed),
        "form": form,
        "title": title_of(form),
        "sentence": t(
            "village_lists.preview.sentence", **{k: display.number(v) for k, v in counts.items()}
        ),
        "opens": len(opens),
        "nobody": len([row for row in opens if not row.names and not row.visits]),
        "list": Listing(
            title=t("village_lists.preview.title"),
            columns=[
                Column(t("village_lists.col.village")),
                Column(t("village_lists.preview.names"), "num"),
                Column(t("village_lists.preview.visits"), "num"),
                Column(t("village_lists.preview.note")),
            ],
            rows=[village_line(row) for row in rows],
            testid="preview",
            row_testid="village",
        ),
    }


def carried(typed: Mapping[str, str]) -> dict[str, str]:
    """What the form said, for the next step."""
    return {name: typed[name] for name in FIELDS if typed.get(name)}


def title_of(form: ListForm) -> str:
    """What the list would be called."""
    from outreach.features.village_lists.overview import words

    return words.purpose(form)


def village_line(row: Expected) -> VillageLine:
    """One village in words."""
    return VillageLine(
        name=row.village.name,
        kecamatan=reference().place_name(row.village.code[:8]),
        names="" if row.refusal else display.number(row.names),
        visits="" if row.refusal else display.number(row.visits),
        refusal=t(f"error.{row.refusal}") if row.refusal else "",
    )


def progress_page(
    typed: Mapping[str, str], form: ListForm, done: Progress, before: Mapping[str, int]
) -> dict[str, object]:
    """Everything village_lists/progress.html needs; ``before`` counts earlier steps."""
    counts = {
        "villages": before.get("villages", 0) + len(done.opened),
        "names": before.get("names", 0) + sum(one.names for one in done.opened.values()),
        "skipped": before.get("skipped", 0) + len(done.skipped),
        "rest": len(done.rest),
    }
    return {
        "typed": carried(typed),
        "title": title_of(form),
        "counts": counts,
        "all": counts["villages"] + counts["skipped"] + counts["rest"],
        "sentence": t(
            "village_lists.progress.sentence",
            **{name: display.number(n) for name, n in counts.items()},
        ),
        "over": not done.rest,
    }
