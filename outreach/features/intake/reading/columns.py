"""Which row is the header, and which of its columns holds what: guesses with a confidence.

Headers are matched by words; where words say nothing, by values. An office's earlier choice for the
same header, or a known program's, goes before every guess.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Literal, NamedTuple

from outreach.core.workbooks.books import Cell, Row
from outreach.domain import nik as rules
from outreach.features.intake.lines import Column
from outreach.features.intake.reading.ready_mappings import READY

SEARCHED = 30
SAMPLES = 200
CERTAIN, EXACT, PART, VALUES = 100, 95, 75, 55
LETTERS = re.compile(r"[^a-z0-9]+")
GROUPED = re.compile(r"[a-z0-9_]+(?:/[a-z0-9_]+)+")
LONG_NUMBER = re.compile(r"[0-9]{5}")
# Headers about somebody or something else: never guessed, only chosen.
OTHERS = re.compile(
    r"\b(?:ibu|ayah|suami|istri|isteri|pasangan|anak|waris|kepala keluarga|no kk|nomor kk|nokk|kk|"
    r"pendata|petugas|enumerator|kk level|status|email|berkas)\b"
)
# Words of a header as normalised: the whole of it, or a part of it. The first that fits is taken.
WORDS: dict[Column, tuple[str, str]] = {
    "nik": (
        "nik|no nik|nomor nik|n i k|no ktp|nomor ktp|nik ktp|no identitas|nomor identitas|nonik"
        "|nomor induk kependudukan|no induk kependudukan",
        "nik|induk kependudukan|no ktp|nomor ktp",
    ),
    "kpj": (
        "kpj|no kpj|nomor kpj|no peserta|nomor peserta|no kartu|nomor kartu|no bpjs|no bpjstk",
        "kpj|no peserta|nomor peserta|kartu peserta",
    ),
    "member_until": (
        "berlaku sampai|berlaku s d|aktif sampai|masa berlaku|akhir kepesertaan|tgl akhir"
        "|tanggal akhir|tgl nonaktif|sampai",
        "berlaku s|aktif s|masa berlaku|akhir kepesertaan",
    ),
    "birth_year": ("tahun lahir|thn lahir|th lahir", "tahun lahir|thn lahir"),
    "birth_date": (
        "tanggal lahir|tgl lahir|tgllahir|tanggallahir|tg lahir|ttl|tempat tanggal lahir"
        "|tempat tgl lahir|tempat dan tanggal lahir|lahir|dob|birth date|date of birth",
        "tanggal lahir|tgl lahir|tempat tanggal",
    ),
    "birth_place": ("tempat lahir|tempatlahir|tmp lahir|tmpt lahir", "tempat lahir"),
    "age": ("umur|usia|umur tahun|usia tahun|age", "umur|usia"),
    "sex": ("jenis kelamin|jk|l p|lp|sex|kelamin|gender|jns kelamin|j k", "kelamin"),
    "kecamatan": ("kecamatan|kec|nama kecamatan|nmkec|kode kecamatan", "kecamatan"),
    "village": (
        "pekon|desa|kelurahan|pekon kelurahan|desa kelurahan|kelurahan desa|kel desa|desa kel"
        "|nama pekon|nama desa|nama kelurahan|nmdesa|nmkel|kode desa|kode pekon|kode kelurahan"
        "|kode wilayah|village|kel",
        "pekon|desa|kelurahan",
    ),
    "pemangku": (
        "pemangku|dusun|lingkungan|nama dusun|nama pemangku|lk|dsn|hamlet",
        "pemangku|dusun|lingkungan",
    ),
    "rt": ("rt|rt rw|no rt|rukun tetangga", "rt"),
    "rw": ("rw|no rw|rukun warga", "rw"),
    "occupation": (
        "pekerjaan|jenis pekerjaan|profesi|mata pencaharian|pekerjaan id|jenis pekerjaan 1|kerja"
        "|occupation|jenis usaha",
        "pekerjaan|profesi|pencaharian",
    ),
    "phone": (
        "hp|no hp|nomor hp|no wa|nomor wa|no telp|no telepon|nomor telepon|telepon|telp|handphone"
        "|no handphone|nohp|wa|whatsapp|phone|no hp wa",
        "hp|telp|telepon|handphone|whatsapp",
    ),
    "address_line": (
        "alamat|alamat lengkap|alamat rumah|alamat ktp|alamat sekarang|alamat domisili|address",
        "alamat",
    ),
    "full_name": (
        "nama|nama lengkap|nama pekerja|nama peserta|nama tenaga kerja|nama penerima|nama warga"
        "|nama petani|nama anggota|nama penduduk|nama sesuai ktp|nama lengkap sesuai ktp|name"
        "|full name",
        "nama lengkap|nama",
    ),
    "note": ("keterangan|ket|catatan|note", "keterangan|catatan"),
}
PATTERNS = {
    column: (re.compile(f"(?:{whole})"), re.compile(rf"\b(?:{part})\b"))
    for column, (whole, part) in WORDS.items()
}
Reason = Literal["learned", "ready", "header", "values"]


class Guess(NamedTuple):
    """A column of the file for one of ours. ``confidence`` is 0 to 100, ``why`` its ground."""

    at: int
    confidence: int
    why: Reason


Guesses = dict[Column, Guess]


def normalised(header: str) -> str:
    """The words of a header as they are compared: no marks, no capitals, no group of a form."""
    text = header.strip().lower()
    if GROUPED.fullmatch(text) and text not in ("rt/rw", "l/p", "hp/wa"):
        text = text.rsplit("/", 1)[1]
    return LETTERS.sub(" ", text).strip()


def fingerprint(headers: Sequence[str]) -> str:
    """The same for the same headers in any order."""
    words = sorted(filter(None, map(normalised, headers)))
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def guess_header_row(rows: Sequence[Row]) -> int:
    """The number of the header's last row, as a spreadsheet counts; 0 where there is none."""
    best, found = 1, 0
    for number in range(1, min(SEARCHED, len(rows)) + 1):
        if _is_header_like(rows[number - 1]):
            known = len(_by_words(headers_at(rows, number)))
            if known > best:
                best, found = known, number
    return found


def headers_at(rows: Sequence[Row], header_row: int) -> list[str]:
    """The headers: the row's words, behind those of the row above where both make one header."""
    width = max((len(row) for row in islice(rows, SAMPLES)), default=0)
    if header_row < 1 or header_row > len(rows):
        return [""] * width
    own = _padded(rows[header_row - 1], width)
    above = _padded(rows[header_row - 2], width) if header_row > 1 else [""] * width
    if not _is_header_like(above) or len(set(filter(None, above))) < 2:
        above = [""] * width
    pairs = zip(above, own, strict=True)
    return [" › ".join(dict.fromkeys(filter(None, pair))) for pair in pairs]


def _padded(row: Sequence[Cell], width: int) -> list[str]:
    return [" ".join(str(cell).split()) for cell in row] + [""] * (width - len(row))


def _is_header_like(row: Sequence[Cell]) -> bool:
    """True for two words or more, without a number of five digits or a day among them."""
    cells = [cell for cell in row if cell != ""]
    texts = all(isinstance(cell, str) and not LONG_NUMBER.search(cell) for cell in cells)
    return len(cells) >= 2 and texts and not all(str(cell).strip("().").isdigit() for cell in cells)


def guess_columns(
    rows: Sequence[Row], header_row: int, learned: Mapping[str, int] | None = None
) -> Guesses:
    """Our columns in the file: learned, ready, by the header's words, then by values."""
    headers = headers_at(rows, header_row)
    if learned:
        return {
            column: Guess(index, CERTAIN, "learned")
            for column, index in learned.items()
            if column in WORDS and index < len(headers)
        }
    guesses = _ready(headers)
    taken = {guess.at for guess in guesses.values()}
    for more in (_by_words(headers), _by_values(rows, header_row, headers)):
        for column, guess in more.items():
            if column not in guesses and guess.at not in taken:
                guesses[column] = guess
                taken.add(guess.at)
    return guesses


def ready_mapping(headers: Sequence[str]) -> str | None:
    """The name of the known program whose header this is."""
    names = {normalised(header) for header in headers}
    return next((ready.name for ready in READY if ready.marks <= names), None)


def _ready(headers: Sequence[str]) -> Guesses:
    """What a known program's header says; a field of that program that we leave is none of ours."""
    name = ready_mapping(headers)
    ready = next((each for each in READY if each.name == name), None)
    if ready is None:
        return {}
    places = {normalised(header): index for index, header in reversed(list(enumerate(headers)))}
    return {
        column: Guess(places[theirs], CERTAIN, "ready")
        for column, theirs in ready.columns.items()
        if theirs in places
    }


def _by_words(headers: Sequence[str]) -> Guesses:
    """For each of ours the header that says it whole, else the first that has it as a part."""
    guesses: Guesses = {}
    taken: set[int] = set()
    for confidence in (EXACT, PART):
        for column, patterns in PATTERNS.items():
            for index, header in enumerate(headers):
                if column in guesses or index in taken or not header:
                    continue
                if _says(header, patterns, whole=confidence == EXACT):
                    guesses[column] = Guess(index, confidence, "header")
                    taken.add(index)
    return guesses


def _says(header: str, patterns: tuple[re.Pattern[str], re.Pattern[str]], *, whole: bool) -> bool:
    text = normalised(header)
    last = normalised(header.rsplit(" › ", 1)[-1])
    if OTHERS.search(text):
        return False
    if whole:
        return any(patterns[0].fullmatch(each) for each in (text, last))
    return patterns[1].search(text) is not None


def _by_values(rows: Sequence[Row], header_row: int, headers: Sequence[str]) -> Guesses:
    """NIK, sex and birth date by what stands in the column, where its header is silent."""
    guesses: Guesses = {}
    for index, header in enumerate(headers):
        cells = [row[index] for row in rows[header_row : header_row + SAMPLES] if index < len(row)]
        cells = [cell for cell in cells if cell != ""]
        if len(cells) >= 2 and not OTHERS.search(normalised(header)):
            column = _kind_of(cells)
            if column:
                guesses.setdefault(column, Guess(index, VALUES, "values"))
    return guesses


def _kind_of(cells: list[Cell]) -> Column | None:
    niks = sum(_is_nik(cell) for cell in cells)
    if niks * 10 > len(cells) * 6 and len(set(cells)) * 10 > len(cells) * 9:
        return "nik"
    if {str(cell).upper() for cell in cells} <= {"L", "P", "LK", "PR", "LAKI-LAKI", "PEREMPUAN"}:
        return "sex"
    years = [cell.year for cell in cells if isinstance(cell, date)]
    return "birth_date" if len(years) * 10 > len(cells) * 6 and max(years) < 2015 else None


def _is_nik(cell: Cell) -> bool:
    text = f"{cell:.0f}" if isinstance(cell, float) else str(cell).replace(" ", "")
    return rules.error(text) is None or rules.error(text[:15] + "1") is None


def samples(rows: Sequence[Row], header_row: int, index: int, most: int = 3) -> list[Cell]:
    """The first different values of a column."""
    cells = (row[index] for row in rows[header_row:] if index < len(row) and row[index] != "")
    found: dict[Cell, None] = {}
    for cell in cells:
        found.setdefault(cell)
        if len(found) == most:
            break
    return list(found)
