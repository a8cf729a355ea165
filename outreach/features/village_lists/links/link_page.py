"""One list as its link's page shows it: in groups by place, masked, without photos or authors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from outreach.core.record.verdicts import Verdict
from outreach.domain import formats
from outreach.domain.village_decisions import (
    ASKED,
    FIELDS_ON_LIST,
    REASONS,
    REFUSED,
    TOLD,
    UNDECIDED,
    Decision,
    Line,
    Resolution,
    counts,
    resolve,
)
from outreach.features.village_lists.checking.deciding import decision_of
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.records import link_queries, queries
from outreach.features.village_lists.records.link_queries import LinkRow, OpenList
from outreach.features.village_lists.records.membership import OTHER, VISIT
from outreach.features.village_lists.records.queries import LineRow
from outreach.web import display
from outreach.web.access import today
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t

# The first big answer, the third, and what stands behind the second.
ANSWERS = {
    "fund": ("layak", "tunda", REASONS),
    "monthly": ("masih_ada", "tidak_tahu", ("meninggal", "pindah")),
    "visit": ("ada", "tidak_dikenal", ("meninggal", "pindah")),
}
HAMLET = {"pekon": "field.lists.ask.hamlet", "kelurahan": "field.lists.ask.hamlet_urban"}
SIGNS = {"no": "✗", "later": "…"}
NO = frozenset({REFUSED, "meninggal", "pindah"})
LATER = frozenset({"tunda", "tidak_tahu", "tidak_dikenal"})
FLAGS = ("maybe_duplicate", "soon_65", "other_address")


@dataclass(frozen=True, slots=True)
class Shown:
    """A list's lines with what all decisions make of them."""

    own: OpenList
    lines: list[LineRow]
    decisions: dict[str, Decision]
    resolved: Mapping[str, Resolution]


def read(session: Session, link: LinkRow) -> Shown:
    """The list of a link as it stands."""
    regency, list_id = link.regency, link.list_id
    [own] = link_queries.lists_not_closed(session, regency, list_id)
    found = queries.decisions(session, regency, [list_id])
    decisions = {row.id: decision_of(row) for row in found}
    lines = link_queries.lines_of_list(session, regency, list_id)
    return Shown(own, lines, decisions, resolve(decisions.values()))


def page(session: Session, link: LinkRow) -> dict[str, object]:
    """What the template shows."""
    shown = read(session, link)
    names = link_queries.names_of_list(session, link.regency, link.list_id)
    numbered = [line for line in shown.lines if line.part != VISIT]
    visits = [line for line in shown.lines if line.part == VISIT and not line.gone]
    return {
        "name": list_name(shown.own),
        "place": shown.own.village,
        "until": display.moment(link.expires_at),
        "due": display.day(shown.own.due) if shown.own.due else "",
        "progress": progress(shown),
        "groups": groups(numbered, shown),
        "visits": [line_view(line, shown) for line in visits],
        "names": names,
        "hamlet": t(HAMLET[place_kind(shown.own)]),
        "whys": [why(kind, shown.own) for kind in kinds(shown)],
    }


def kinds(shown: Shown) -> list[str]:
    """The kinds of lines that are on this list."""
    return sorted({kind_of(line, shown) for line in shown.lines})


def kind_of(line: LineRow, shown: Shown) -> str:
    """How a line is asked about: fund, monthly or visit."""
    return VISIT if line.part == VISIT else shown.own.purpose


def place_kind(own: OpenList) -> str:
    """pekon or kelurahan."""
    return "kelurahan" if own.kind == "kelurahan" else "pekon"


def list_name(own: OpenList) -> str:
    """ "Daftar APBD kabupaten 2026", or "Masih ada? November 2026"."""
    if own.purpose == "fund":
        fund = display.label("funding_source", own.fund)
        return t("field.lists.fund", fund=fund, year=own.year)
    month = formats.format_month(f"{own.year}-{own.month or 1:02}", current_lang())
    return t("field.lists.monthly", month=month)


def progress(shown: Shown) -> str:
    """ "64 dari 100 sudah dicek"."""
    counted = counts([as_line(line) for line in shown.lines], shown.resolved)
    there = counted["lines"] - counted["gone"]
    done = there - counted["undecided"] - counted["clashes"]
    text = t("field.lists.progress", n=display.number(done), all=display.number(there))
    clashes = counted["clashes"]
    return f"{text} · {t('field.lists.clashes', n=clashes)}" if clashes else text


def as_line(row: LineRow) -> Line:
    """The line of a table row as the rules take it."""
    own = {"id": row.id, "no": row.no, "part": row.part, "gone": row.gone, "into": row.into}
    return cast(Line, {**row.snapshot, **own})


def groups(lines: Iterable[LineRow], shown: Shown) -> list[dict[str, object]]:
    """Lines by hamlet and RT, in the order of their first numbers."""
    found: dict[str, list[dict[str, object]]] = {}
    for line in lines:
        found.setdefault(place_of(line, shown.own), []).append(line_view(line, shown))
    return [{"title": title, "lines": rows} for title, rows in found.items()]


def place_of(line: LineRow, own: OpenList) -> str:
    """ "Pemangku 2 · RT 01"; in a kelurahan "Lingkungan 2 · RT 01"."""
    hamlet, rt = (str(line.snapshot.get(name) or "") for name in ("hamlet", "rt"))
    word = "lingkungan" if place_kind(own) == "kelurahan" else "pemangku"
    counted = t(f"field.hamlet.{word}", n=hamlet) if hamlet.isdigit() else hamlet
    parts = [part for part in (counted, f"RT {rt}" if rt else "") if part]
    return " · ".join(parts) or t(f"village_lists.link.no_place.{place_kind(own)}")


def line_view(line: LineRow, shown: Shown) -> dict[str, object]:
    """One line; ``seen`` names the decisions that its reader sees, which the next one replaces."""
    state = shown.resolved.get(line.id, UNDECIDED)
    kind, told = kind_of(line, shown), line.snapshot
    yes, later, _ = ANSWERS[kind]
    flags = cast(Sequence[str], told.get("flags") or ())
    return {
        "id": line.id,
        "kind": kind,
        "name": line_name(line),
        "who": who(told),
        "work": work(told.get("occupation")),
        "nik": told.get("nik") or "",
        "flags": [t(f"field.lists.flag.{one}") for one in FLAGS if one in flags],
        "gone": gone_words(line),
        "clash": [said_words(one, shown) for one in clashing(state, shown)],
        "said": state_words(state, shown),
        "seen": " ".join(state.heads),
        "yes": yes,
        "later": later,
    }


def line_name(line: LineRow) -> str:
    """ "12. SITI AMINAH"; a name without a number alone."""
    name = str(line.snapshot.get("name") or t("field.no_name"))
    return f"{line.no}. {name}" if line.no else name


def who(told: Mapping[str, object]) -> str:
    """ "P · ±46 th": of the birth only the year is on a list."""
    born = told.get("birth_year")
    years = t("field.years", n=f"±{today().year - born}") if isinstance(born, int) else ""
    return " · ".join(part for part in (str(told.get("sex") or ""), years) if part)


def work(code: object) -> str:
    """The occupation in words; what the person said where no code fits."""
    return "" if code in (None, OTHER) else reference().occupation_name(str(code), current_lang())


def gone_words(line: LineRow) -> str:
    """Why somebody is no longer on the list."""
    return t(f"field.lists.gone.{line.gone}") if line.gone else ""


def clashing(state: Resolution, shown: Shown) -> list[Decision]:
    """What was said differently of one line."""
    heads = [shown.decisions[head] for head in state.heads] if state.clash else []
    return [one for one in heads if one["verdict"] != "batal"]


def state_words(state: Resolution, shown: Shown) -> str:
    """ "✓ Layak"; no answer is told by colour alone."""
    if state.verdict is None:
        return ""
    said = {"verdict": state.verdict, "reason": state.reason, "detail": state.detail}
    tone = "no" if state.verdict in NO else "later" if state.verdict in LATER else "yes"
    return f"{SIGNS.get(tone, '✓')} {said_words(said, shown)}"


def said_words(said: Mapping[str, object], shown: Shown) -> str:
    """What a decision says, with its details: "Tidak masuk: pindah ke Liwa"."""
    reason, detail = said.get("reason"), said.get("detail")
    word = str(reason or said["verdict"])
    plain = t(f"field.lists.{'reason' if reason else 'verdict'}.{word}")
    told = detail_words(word, detail, shown) if isinstance(detail, dict) and detail else ""
    why = " ".join(part for part in (plain, told) if part)
    return t("field.lists.refused", why=why) if reason else why


def detail_words(word: str, detail: Mapping[str, object], shown: Shown) -> str:
    """The details of a decision in words."""
    names = {line.id: line_name(line) for line in shown.lines} if word == "ganda" else {}
    return words.detail(word, detail, names, place_kind(shown.own))


def field_words(name: str, own: OpenList) -> str:
    """A field of the record in words; where somebody lives has another name in a kelurahan."""
    if name == "pemangku" and place_kind(own) == "kelurahan":
        name = "pemangku.kelurahan"
    return display.field_label(name)


def why(kind: str, own: OpenList) -> dict[str, object]:
    """The reasons behind the second big answer of a kind, and what each asks."""
    group = "reason" if kind == "fund" else "verdict"
    return {
        "kind": kind,
        "title": t(f"field.lists.why.{kind}"),
        "no": t(f"field.lists.no.{kind}"),
        "refused": REFUSED if kind == "fund" else "",
        "words": [
            {
                "word": word,
                "label": t(f"field.lists.{group}.{word}"),
                "hint": t(f"field.lists.hint.{word}"),
                "asks": [ask(name, kind, word, own) for name in members(word)],
            }
            for word in ANSWERS[kind][2]
        ],
    }


def members(word: str) -> Sequence[str]:
    """What must be told with a word, and what may be."""
    return (*ASKED.get(word, ()), *TOLD.get(word, ()))


def ask(name: str, kind: str, word: str, own: OpenList) -> dict[str, object]:
    """One question behind a reason."""
    options = [(one, field_words(one, own)) for one in FIELDS_ON_LIST] if name == "field" else []
    return {
        "name": name,
        "label": t(f"field.lists.ask.{name}"),
        "hint": "" if name in ("date", "field") else t(f"field.lists.hint.{name}"),
        "required": kind != VISIT and name in ASKED.get(word, ()),
        "options": options,
    }


def none_taken(said: Sequence[Mapping[str, object]], code: str) -> list[dict[str, object]]:
    """What the page hears where nothing of what it sent could be kept."""
    return [{"id": one["id"], "taken": False, "text": t(f"error.{code}")} for one in said]


def result(save: str, verdict: Verdict) -> dict[str, object]:
    """What the page hears of one save: taken, or one sentence why not."""
    taken = verdict.status == "applied"
    return {"id": save, "taken": taken, "text": words.first_fault(verdict.errors)}
