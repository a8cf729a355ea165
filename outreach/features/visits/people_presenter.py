"""The people of a village who are to be seen, as the page that sends somebody shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for

from outreach.core.record.changes import Errors
from outreach.domain.actor import Actor
from outreach.domain.age import age_on
from outreach.domain.statuses import is_kelurahan
from outreach.domain.worker_data import object_at, text_at
from outreach.extensions import db
from outreach.features.visits import desk_queries, presenter
from outreach.features.visits.assigning import hamlet_of
from outreach.features.visits.desk_queries import SeenPerson
from outreach.features.visits.presenter import reference
from outreach.features.visits.queries import VisitRow
from outreach.web import display
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Empty, Link, Listing, Switch, UrlArgs

COLUMNS = ("choose", "name", "who", "place", "status", "plan")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in words."""

    id: str
    name: str
    href: str
    who: str
    place: str
    status: str
    plan: str
    chosen: bool


def people_page(
    actor: Actor, village: str, typed: Mapping[str, str], errors: Errors, today: date
) -> dict[str, object]:
    """Everything visits/people.html needs."""
    session = db.session()
    everybody = desk_queries.people_to_see(session, actor.regency, village)
    hamlet = typed.get("hamlet", "")
    rows = [one for one in everybody if not hamlet or hamlet_of(one) == hamlet]
    rows.sort(key=lambda one: (hamlet_of(one), text_at(one.data, "rt") or "", one.full_name))
    visits = desk_queries.open_visits_in(session, actor.regency, village)
    officers = desk_queries.officers_in(session, actor.regency, village, today)
    names = {one.id: one.name for one in officers}
    chosen = set(typed.getlist("person")) if hasattr(typed, "getlist") else set()
    lines = [
        person_line(one, visits.get(one.id), names, village, today, one.id in chosen)
        for one in rows
    ]
    return {
        "list": Listing(
            title=t("visits.people", village=reference().place_name(village)),
            columns=[Column(t(f"visits.col.{name}"), unseen=name == "choose") for name in COLUMNS],
            rows=lines,
            empty=nothing(),
            testid="people",
            row_testid="person",
        ),
        "village": village,
        "village_name": reference().place_name(village),
        "hamlet": hamlet,
        "hamlets": hamlet_switches(everybody, village, hamlet),
        "officers": [(one.id, one.name) for one in officers],
        "typed": typed,
        "errors": presenter.sentences(errors),
        "count": len(lines),
        "today": today.isoformat(),
        "filter_words": filter_words(village, hamlet),
    }


def nothing() -> Empty:
    """What stands where nobody is to be seen."""
    link = Link(t("visits.title"), url_for("visits.listing"))
    return Empty(t("visits.people.none"), t("visits.people.none.words"), (link,))


def filter_words(village: str, hamlet: str) -> list[str]:
    """What the list stands under, for the printed page."""
    place = reference().place_name(village)
    return [place, hamlet_name(village, hamlet)] if hamlet else [place]


def hamlet_switches(people: Sequence[SeenPerson], village: str, hamlet: str) -> list[Switch]:
    """A filter for each pemangku or lingkungan where somebody is to be seen."""
    counts: dict[str, int] = {}
    for one in people:
        counts[hamlet_of(one)] = counts.get(hamlet_of(one), 0) + 1
    found = [switch(village, "", hamlet, len(people))]
    return found + [switch(village, one, hamlet, counts[one]) for one in sorted(counts) if one]


def switch(village: str, one: str, hamlet: str, count: int) -> Switch:
    """One filter."""
    args: UrlArgs = {"in": village, **({"hamlet": one} if one else {})}
    return Switch(
        hamlet_name(village, one) if one else t("visits.hamlet.all"),
        url_for("visits.people", **args),
        on=one == hamlet,
        count=display.number(count),
        one_of=True,
    )


def hamlet_name(village: str, hamlet: str) -> str:
    """ "Pemangku 1", or Lingkungan in a kelurahan; a name of its own as it is."""
    if not hamlet.isdigit():
        return hamlet
    kind = "lingkungan" if is_kelurahan(village) else "pemangku"
    return t(f"visits.hamlet.{kind}", n=hamlet)


def person_line(
    one: SeenPerson,
    visit: VisitRow | None,
    officers: Mapping[str, str],
    village: str,
    today: date,
    chosen: bool,
) -> PersonLine:
    """One person in words: of a listed name no more than phones may see."""
    place = [hamlet_name(village, hamlet_of(one)) if hamlet_of(one) else ""]
    place.append(f"RT {text_at(one.data, 'rt')}" if text_at(one.data, "rt") else "")
    who = [age_words(one, today), reference().occupation_name(one.occupation_code, current_lang())]
    return PersonLine(
        id=one.id,
        name=one.full_name,
        href=url_for("review_worker.worker", worker_id=one.id),
        who=" · ".join(part for part in who if part),
        place=" · ".join(part for part in place if part),
        status=display.label("status", one.status),
        plan=plan_words(visit, officers),
        chosen=chosen,
    )


def age_words(one: SeenPerson, today: date) -> str:
    """The age, or about which age."""
    if one.birth_date:
        return t("visits.years", n=age_on(one.birth_date, today))
    year = object_at(one.data, "birth_about").get("year")
    return t("visits.years_about", n=today.year - year) if isinstance(year, int) else ""


def plan_words(visit: VisitRow | None, officers: Mapping[str, str]) -> str:
    """For whom and which day: both sides' days where both moved it."""
    if visit is None:
        return ""
    given, own = visit.assigned_day, visit.own_day
    words = []
    if visit.assigned_to:
        name = officers.get(visit.assigned_to) or t("visits.other_officer")
        words.append(t("visits.plan.given", name=name, day=display.short_day(given)))
    if own and own != given:
        words.append(t("visits.plan.own", day=display.short_day(own)))
    return " · ".join(words)
