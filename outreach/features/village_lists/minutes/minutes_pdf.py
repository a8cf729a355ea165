"""A signed version as a PDF: the full minutes for the office and the LHP, and a copy for those who
were present.

typst lays it out from JSON; nothing of people is pasted into its source. The file says nothing that
could change later, and no clock: the same version makes the same bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore

import orjson
import segno

from outreach.domain.list_document import blocks
from outreach.domain.list_signers import GLASS, THUMB
from outreach.domain.self_decisions import name_keys
from outreach.features.village_lists.checking.acting import FIT
from outreach.features.village_lists.minutes import minutes_presenter, minutes_words
from outreach.features.village_lists.minutes.minutes_file import FileLine, MinutesFile
from outreach.features.village_lists.overview import words
from outreach.features.village_lists.overview.presenter import reference
from outreach.features.village_lists.records.paper_sheets import SheetCode, code_of
from outreach.web import display
from outreach.web.i18n import speaking, t

SOURCE = Path(__file__).parents[3] / "templates" / "village_lists" / "minutes.typ"
SIZES = {"a4": (210, 297), "f4": (215, 330)}
FULL, COPY = "full", "copy"
KINDS = (FULL, COPY)
STAMP_SPACE, NAME_SPACE = 26, 16  # millimetres above a name, with a stamp and without
LINES_A_PAGE, FEWEST_PAGES = 10, 3  # as many codes as the longest names can make pages
ONE = BoundedSemaphore(1)  # a document takes its memory once
DIGESTS = 1_000  # of so many documents a process keeps size and hash: two kinds in two sizes each

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Digest:
    """A document's size in bytes and its SHA-256."""

    size: int
    sha256: bytes

    def begins(self, data: bytes) -> bool:
        """True for a file that begins with the very document."""
        return sha256(data[: self.size]).digest() == self.sha256


made_before: OrderedDict[bytes, Digest] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Col:
    """A column: its word, its width in millimetres or its share of what is left."""

    word: str
    width: int | None = None
    share: int = 1
    right: bool = False

    def told(self) -> Json:
        """The column as the layout reads it."""
        return {"word": self.word, "width": self.width, "share": self.share, "right": self.right}


def is_there(file: MinutesFile, kind: str) -> bool:
    """True for a document that the version has: its list has come; a copy only of a meeting."""
    return bool(file.lines) and (kind == FULL or (kind == COPY and bool(file.row.kind)))


def make_pdf(file: MinutesFile, kind: str, size: str) -> bytes:
    """The document's bytes, in Indonesian whoever asks."""
    import typst

    texts = texts_of(file, kind, size)
    data = {**texts, "codes": codes(file)}
    with ONE:
        made = typst.compile(
            SOURCE,
            root=SOURCE.parent,
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": orjson.dumps(data).decode()},
            timestamp=int(file.row.received_at.timestamp()),
        )
    assert isinstance(made, bytes), "one file is asked for"
    keep_digest(key_of(file, texts), Digest(len(made), sha256(made).digest()))
    return made


def digest_of(file: MinutesFile, kind: str, size: str) -> Digest:
    """The document's digest; laid out only where this process has not made the very same before."""
    key = key_of(file, texts_of(file, kind, size))
    if found := made_before.get(key):
        return found
    data = make_pdf(file, kind, size)
    return Digest(len(data), sha256(data).digest())


def key_of(file: MinutesFile, texts: Json) -> bytes:
    """The hash of everything that a document is made from."""
    row = file.row
    return sha256(orjson.dumps([row.id, row.received_at, texts])).digest()


def keep_digest(key: bytes, digest: Digest) -> None:
    """Keep a digest; the oldest goes where there are too many."""
    made_before[key] = digest
    while len(made_before) > DIGESTS:
        made_before.popitem(last=False)


def texts_of(file: MinutesFile, kind: str, size: str) -> Json:
    """What stands in it, in Indonesian."""
    with speaking("id"):
        return document(file, kind, size)


def document(file: MinutesFile, kind: str, size: str) -> Json:
    """Everything that stands in it but the pages' codes, in words."""
    row, place = file.row, reference().place_name(file.row.region_code)
    kecamatan, width, height = reference().place_name(row.region_code[:8]), *SIZES[size]
    where = f"village_lists.paper.where.{file.kind or 'pekon'}"
    lines = file.lines if kind == FULL else fit_lines(file)
    return {
        "paper": {"width": width, "height": height},
        "title": title_of(file, kind),
        "head": words.purpose(file.of),
        "subtitle": words.purpose(file.of),
        "where": t(where, village=place, kecamatan=kecamatan),
        "version": t("village_lists.minutes.version", n=row.n),
        "page_words": t("village_lists.pdf.page"),
        "of_words": t("village_lists.pdf.of"),
        "blocks": blocks(row.hash),
        "hash_words": t("village_lists.minutes.hash"),
        "leads": t("village_lists.pdf.leads"),
        "facts": minutes_presenter.meeting_facts(file),
        **counted(file),
        "notes": notes(file, kind),
        "columns": [column.told() for column in columns(file, kind)],
        "lines": [cells(file, one, kind) for one in lines],
        "nobody": t("village_lists.pdf.nobody"),
        "closing": t(f"village_lists.pdf.closing.{kind}"),
        "signers": [signer(file, place) for place in range(len(row.signers))],
    }


def title_of(file: MinutesFile, kind: str) -> str:
    """What the document is."""
    if kind == COPY:
        return t("village_lists.pdf.title.copy")
    meeting = words.forum(file.row.kind)
    if not meeting:
        return t("village_lists.pdf.title.monthly")
    return t("village_lists.pdf.title.full", meeting=meeting)


def codes(file: MinutesFile) -> list[list[int]]:
    """The QR code of each page there can be, as the bytes of a PNG; as on the worksheet."""
    row = file.row
    pages = range(1, FEWEST_PAGES + len(file.lines) // LINES_A_PAGE + 1)
    return [qr_of(code_of(SheetCode(row.list_id, row.n, page, row.hash))) for page in pages]


def qr_of(text: str) -> list[int]:
    """A QR code as the bytes of a PNG."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="png", scale=6, border=2)
    return list(out.getvalue())


def counted(file: MinutesFile) -> Json:
    """The numbers by verdict and reason, for men and women."""
    told = file.row.counts
    sexes = [t("field.lists.about.men"), t("field.lists.about.women"), t("village_lists.all")]
    return {
        "count_words": minutes_presenter.count_words(told),
        "counts": number_rows(told.get("verdicts"), "verdict"),
        "count_heads": [t("village_lists.minutes.col.said"), *sexes],
        "reasons": number_rows(told.get("reasons"), "reason"),
        "reason_heads": [t("village_lists.minutes.reasons"), *sexes],
    }


def number_rows(found: object, group: str) -> list[list[str]]:
    """The rows of a table of numbers."""
    rows = minutes_presenter.count_rows(found, group)
    return [[word, *map(display.number, numbers)] for word, *numbers in rows]


def notes(file: MinutesFile, kind: str) -> list[str]:
    """Sentences under the numbers: what the reader of this paper has to know."""
    said = [t("village_lists.pdf.root", root=" ".join(blocks(file.row.root)))]
    if kind == FULL and (own := signers_on_list(file)):
        said.append(t("village_lists.pdf.selves", n=own))
    if file.once:
        said.append(t("village_lists.pdf.once", n=display.number(file.once)))
    if kind == COPY:
        said.append(words.of_kind("village_lists.pdf.rest", file.kind))
    elif any(one.get("method") == GLASS for one in file.row.signers):
        said.append(t("village_lists.pdf.glass"))
    return said


def signers_on_list(file: MinutesFile) -> str:
    """The numbers of lines that have a signer's name: from the minutes alone, for what accounts
    and records say could change later, and telephone and household are nothing for paper."""
    names = name_keys(one.get("name") for one in file.row.signers)
    found = [one for one in file.lines if name_keys([one.item.get("name")]) & names]
    return ", ".join(str(one.signed.no) for one in found)


def columns(file: MinutesFile, kind: str) -> list[Col]:
    """The columns of the names: what those present get, and what the office keeps."""
    no = Col(t("village_lists.minutes.col.no"), 11, right=True)
    name = Col(t("village_lists.minutes.col.name"), share=5)
    hamlet = Col(f"{words.hamlet_label(file.kind)}/RT", share=3)
    about = t("village_lists.minutes.col.born")
    if kind == COPY:
        return [no, name, Col(words.hamlet_label(file.kind), share=3)]
    return [
        no,
        name,
        Col(about, 19),
        hamlet,
        Col(t("village_lists.minutes.col.occupation"), share=4),
        Col(t("village_lists.minutes.col.nik"), 25),
        Col(t("village_lists.pdf.verdict"), share=4),
    ]


def cells(file: MinutesFile, one: FileLine, kind: str) -> list[str]:
    """One line."""
    row = minutes_presenter.line_row(file, one)
    hamlet, rt = (str(one.item.get(name) or "") for name in ("hamlet", "rt"))
    if kind == COPY:
        return [row.no, row.name, hamlet]
    place = " / ".join(filter(None, (hamlet, rt)))
    return [row.no, row.name, row.born, place, row.occupation, row.nik, row.said]


def fit_lines(file: MinutesFile) -> Sequence[FileLine]:
    """The lines that were signed as fit; nobody else is named to those present."""
    return [one for one in file.lines if one.item.get("verdict") == FIT]


def signer(file: MinutesFile, place: int) -> Json:
    """Who signs on the paper: the office, room for hand and stamp, the name."""
    said = file.row.signers[place]
    stamps = said.get("role") in ("head", "lhp_chair")
    method = said.get("method")
    return {
        "role": minutes_words.office_on_paper(file, said),
        "name": str(said.get("name") or ""),
        "how": minutes_presenter.method_words(said) if method in (GLASS, THUMB) else "",
        "space": STAMP_SPACE if stamps else NAME_SPACE,
    }


def name_of(file: MinutesFile, kind: str) -> str:
    """The file's name."""
    place = reference().place_name(file.row.region_code).lower().replace(" ", "-")
    with speaking("id"):
        word = t(f"village_lists.pdf.file.{kind}")
    return f"{word}-{place}-v{file.row.n}-{file.row.hash[:8]}.pdf"
