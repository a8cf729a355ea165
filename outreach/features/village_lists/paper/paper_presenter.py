"""Lists on paper for their pages: the overview, a list's sheets, and the worksheet itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import segno
from flask import url_for

from outreach.domain import formats
from outreach.domain.list_document import blocks
from outreach.domain.village_decisions import ASKED, REASONS
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.paper.paper_on_phones import PhoneSheet
from outreach.features.village_lists.paper.paper_printing import SIZES, Print
from outreach.features.village_lists.records.paper_queries import EntryRow, PrintRow
from outreach.features.village_lists.records.paper_sheets import LINES_A_PAGE, PaperLine, to_print
from outreach.features.village_lists.records.queries import FullList
from outreach.web import display
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t
from outreach.web.lists import Column, Empty, Listing, Paging

LONG, VERY_LONG = 28, 56
MONTHLY = ("meninggal", "pindah", "tidak_tahu")
NOTE_ROWS = 3


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list in the overview."""

    href: str
    title: str
    village: str
    kecamatan: str
    state: str
    sheets: str
    due: str


def list_title(row: FullList) -> str:
    """What a list is about: a fund and its year, or a month."""
    if row.purpose == "monthly":
        month = formats.format_month(f"{row.year}-{row.month or 1:02}", current_lang())
        return t("field.lists.monthly", month=month)
    fund = display.label("funding_source", row.fund)
    return t("field.lists.fund", fund=fund, year=row.year)


def is_kelurahan(village: str) -> bool:
    """True for a village that is a kelurahan: no word of a pekon stands on its pages."""
    place = reference().places.get(village)
    return place is not None and place.kind == "kelurahan"


def kind_of(village: str) -> str:
    """The kind by which words of a village are chosen."""
    return "kelurahan" if is_kelurahan(village) else "pekon"


def hamlet_word(village: str) -> str:
    """What the village calls its parts."""
    return t(f"village_lists.paper.hamlet.{kind_of(village)}")


def lists_page(
    rows: Sequence[FullList], sheets: Mapping[str, Sequence[str]], page: int, *, more: bool
) -> Listing[ListRow]:
    """Lists that can be printed and entered, and their sheets that do not count yet."""
    return Listing(
        title=t("village_lists.paper.title"),
        columns=[
            Column(t("village_lists.paper.col.village")),
            Column(t("village_lists.paper.col.list")),
            Column(t("village_lists.paper.col.state")),
            Column(t("village_lists.paper.col.sheets")),
            Column(t("village_lists.paper.col.due")),
        ],
        rows=[list_row(row, sheets.get(row.id, ())) for row in rows],
        empty=Empty(t("village_lists.paper.none")),
        paging=Paging(
            previous=url_for("list_paper.lists", page=page - 1) if page > 1 else "",
            next=url_for("list_paper.lists", page=page + 1) if more else "",
        ),
        testid="paper-lists",
        row_testid="paper-list",
    )


def list_row(row: FullList, sheets: Sequence[str]) -> ListRow:
    """One list of the overview."""
    return ListRow(
        href=url_for("list_paper.sheets", list_id=row.id),
        title=list_title(row),
        village=reference().place_name(row.region_code),
        kecamatan=reference().place_name(row.region_code[:8]),
        state=t(f"field.lists.state.{row.state}"),
        sheets=", ".join(
            f"{n} {t(f'village_lists.paper.state.{state}')}" for state, n in Counter(sheets).items()
        ),
        due=display.day(row.due),
    )


def head_of(row: FullList) -> dict[str, object]:
    """What every page of a list says of it."""
    return {
        "list_id": row.id,
        "title": list_title(row),
        "village": reference().place_name(row.region_code),
        "kecamatan": reference().place_name(row.region_code[:8]),
        "kind": kind_of(row.region_code),
        "closed": row.state == "closed",
    }


def sheets_page(
    row: FullList,
    prints: Sequence[PrintRow],
    lines: Sequence[PaperLine],
    entries: Sequence[EntryRow],
    phones: Sequence[PhoneSheet] = (),
) -> dict[str, object]:
    """A list's page: its versions on paper, and the sheets that are entered here and on phones."""
    return {
        **head_of(row),
        "names": len(to_print(lines)),
        "sizes": [(size, t(f"village_lists.paper.size.{size}")) for size in SIZES],
        "entries": [entry_line(one, prints) for one in entries],
        "phones": [phone_line(one) for one in phones],
        "pages_due": pages_due(prints, entries, phones),
        "versions": [
            {
                "n": one.n,
                "at": display.moment(one.printed_at),
                "pages": one.pages,
                "names": len(one.lines),
                "hash": " ".join(blocks(one.hash)[:2]),
            }
            for one in prints
        ],
    }


def entry_line(entry: EntryRow, prints: Sequence[PrintRow]) -> dict[str, str]:
    """A sheet that is entered, and where it stands."""
    n = next((one.n for one in prints if one.id == entry.print_id), 0)
    return {
        "href": url_for("paper_entry.sheet", list_id=entry.list_id, entry=entry.id),
        "name": words.sheet(n, entry.page or 0, entry.label or ""),
        "state": t(f"village_lists.paper.state.{entry.state}"),
    }


def phone_line(sheet: PhoneSheet) -> dict[str, str]:
    """A sheet that was entered on a phone: how, by whom, on which phone, when."""
    how = "once" if sheet.once else "same" if sheet.same else "done"
    name = words.sheet(sheet.n, sheet.page) or t("village_lists.paper.no_code")
    return {
        "name": name,
        "state": t(f"village_lists.paper.phone.{how}"),
        "by": " · ".join(filter(None, (sheet.by, sheet.device, display.moment(sheet.at)))),
        "answers": t("village_lists.paper.phone.answers", n=sheet.answers),
    }


def pages_due(
    prints: Sequence[PrintRow], entries: Sequence[EntryRow], phones: Sequence[PhoneSheet] = ()
) -> str:
    """Which pages of the newest version nobody began, in words."""
    if not prints or not (entries or phones):
        return ""
    newest = prints[0]
    begun = {one.page for one in entries if one.print_id == newest.id}
    begun |= {one.page for one in phones if one.n == newest.n}
    due = [str(page) for page in range(1, newest.pages + 1) if page not in begun]
    if not due:
        return ""
    return t("village_lists.paper.pages_due", n=newest.n, numbers=", ".join(due))


# --- the worksheet -------------------------------------------------------------------------------

BREAKABLE = "/\u200b"  # a stroke after which a printed line may end


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of a worksheet; ``cls`` makes a long name small."""

    no: int
    name: str
    cls: str
    place: str
    age: str
    occupation: str
    nik: str


def worksheet(made: Print, size: str, day: date) -> dict[str, object]:
    """The pages of a version."""
    row, pages = made.of, made.pages
    return {
        **head_of(row),
        "size": size,
        "purpose": row.purpose,
        "place_word": f"{hamlet_word(row.region_code)}/RT",
        "n": made.version.n,
        "at": display.moment(made.version.printed_at),
        "hash": " ".join(blocks(made.version.hash)),
        "legend": legend(row.purpose),
        "notes": range(NOTE_ROWS),
        "pages": [
            {
                "no": no,
                "of": len(pages),
                "qr": qr_image(made.code(no)),
                "lines": [sheet_line(line, row.region_code, day) for line in own],
                "blank": range(LINES_A_PAGE - len(own)),
            }
            for no, own in enumerate(pages, start=1)
        ],
        "back": url_for("list_paper.sheets", list_id=row.id),
    }


def qr_image(code: str) -> str:
    """The code as a QR picture in a ``data:`` address, which the CSP allows."""
    return segno.make(code, error="m").svg_data_uri(scale=3, border=2)


def sheet_line(line: PaperLine, village: str, day: date) -> SheetLine:
    """A line as it is printed."""
    shown = line.snapshot
    name = text(shown.get("name"))
    return SheetLine(
        no=line.no or 0,
        name=name,
        cls="longest" if len(name) > VERY_LONG else "long" if len(name) > LONG else "",
        place=place_of(shown, village),
        age=age_of(shown, day),
        occupation=occupation_of(shown).replace("/", BREAKABLE),
        nik=text(shown.get("nik")) or t("village_lists.paper.no_nik"),
    )


def text(value: object) -> str:
    """A text of a snapshot; empty for none."""
    return value if isinstance(value, str) else ""


def place_of(shown: dict[str, object], village: str) -> str:
    """The hamlet and RT of a line."""
    hamlet, rt = text(shown.get("hamlet")), text(shown.get("rt"))
    word = hamlet_word(village)
    parts = [f"{word} {hamlet}" if hamlet.isdigit() else hamlet, f"RT {rt}" if rt else ""]
    return " / ".join(filter(None, parts))


def age_of(shown: dict[str, object], day: date) -> str:
    """The age that is reached in the year of the print; empty where nobody knows."""
    born = shown.get("birth_year")
    return str(day.year - born) if isinstance(born, int) else ""


def occupation_of(shown: dict[str, object]) -> str:
    """The occupation in words."""
    return reference().occupation_name(text(shown.get("occupation")) or None, current_lang())


def legend(purpose: str) -> list[tuple[str, str, str]]:
    """The codes of reasons: the digit, the word, and what to write beside it."""
    codes = REASONS if purpose == "fund" else MONTHLY
    kind = "reason" if purpose == "fund" else "verdict"
    coded = [
        (str(n), t(f"field.lists.{kind}.{word}"), told(word)) for n, word in enumerate(codes, 1)
    ]
    return [*coded, ("T", t("field.lists.do.tunda"), "")] if purpose == "fund" else coded


def told(word: str) -> str:
    """What has to be written beside a reason; empty for nothing."""
    return t(f"village_lists.paper.write.{word}") if word in ASKED else ""
