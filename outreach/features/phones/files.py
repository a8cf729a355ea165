"""The board as a file, by the rules of the list of workers (core/register/exports.py).

One row of titles: labels in a workbook, names of fields in CSV, which is for programs. Codes stand
beside words: of the phone, of its officer's villages, of its state and of the reasons to call.
Amounts are bare numbers. Moments are in the regency's own time, which their titles name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from outreach.core.register.exports import ZONES
from outreach.core.register.workbook import Rows
from outreach.domain.age import on_clock
from outreach.features.phones import presenter
from outreach.features.phones.phone_board import Phone
from outreach.storage.sync import Device
from outreach.web.field_values import reference
from outreach.web.i18n import t

Villages = list[str]
Cell = Callable[[Phone, Villages], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name for programs, which is also the last word of its label's key."""

    name: str
    cell: Cell


def words(*names: str) -> list[Column]:
    """Columns that say what the board says."""
    return [Column(name, labelled_cell(name)) for name in names]


def labelled_cell(name: str) -> Cell:
    """The board's own words under this name."""
    return lambda phone, _: str(getattr(presenter.phone_line(phone), name))


def amounts(**names: str) -> list[Column]:
    """Columns with a bare number of the device's report, empty where it never said."""
    return [Column(name, amount(attribute)) for name, attribute in names.items()]


def amount(attribute: str) -> Cell:
    """One number of the device."""
    return lambda phone, _: text(getattr(phone.device, attribute))


def text(value: object) -> str:
    """The value as it is, nothing for nothing."""
    return "" if value is None else str(value)


def kecamatan(_phone: Phone, villages: Villages) -> str:
    """The kecamatan of the officer's villages, each once."""
    return "; ".join(dict.fromkeys(reference().place_name(code[:8]) for code in villages))


def village_names(_phone: Phone, villages: Villages) -> str:
    """The officer's villages, in the order of their codes."""
    return "; ".join(reference().place_name(code) for code in villages)


def reason_words(phone: Phone, _villages: Villages) -> str:
    """Every reason to call, in whole sentences."""
    return " ".join(sentence for _, sentence in presenter.reasons(phone))


BEFORE = [
    Column("phone_code", lambda phone, _: phone.device.id),
    *words("officer"),
    Column("number", lambda phone, _: phone.number or ""),
    *words("device"),
    Column("kecamatan", kecamatan),
    Column("villages", village_names),
    Column("village_codes", lambda _, villages: "; ".join(villages)),
]
MOMENTS = {"seen": "seen_at", "oldest": "oldest_unsent"}
AFTER = [
    *amounts(recorded="recorded"),
    Column("received", lambda phone, _: str(phone.received)),
    Column("unsent", lambda phone, _: text(phone.unsent)),
    *amounts(drafts="drafts", durable="durable_mid"),
    *words("gaps", "version"),
    *amounts(**{name: name for name in (Device.storage_used.key, Device.storage_quota.key)}),
    *words("persisted", "pin"),
    Column("clock_code", lambda phone, _: presenter.clock_code(phone.device.clock_offset)),
    Column("clock_seconds", lambda phone, _: text(phone.device.clock_offset).lstrip("-")),
    *words("clock"),
    Column("state_code", lambda phone, _: presenter.state_code(phone)),
    *words("state"),
    Column("reason_codes", lambda phone, _: "; ".join(phone.reasons)),
    Column("reasons", reason_words),
]


class Board:
    """The rows of a file: phones with the villages of their officers (user id → codes)."""

    def __init__(
        self, phones: Iterable[Phone], villages: dict[str, Villages], timezone: str
    ) -> None:
        self.phones, self.villages = phones, villages
        self.clock, self.zone = ZoneInfo(timezone), ZONES.get(timezone, timezone)
        moments = [Column(name, self.moment(attribute)) for name, attribute in MOMENTS.items()]
        self.columns = [*BEFORE, *moments, *AFTER]

    def moment(self, attribute: str) -> Cell:
        """A moment of the device on the regency's clock: 2026-11-22 13:05."""

        def cell(phone: Phone, _villages: Villages) -> str:
            at: datetime | None = getattr(phone.device, attribute)
            return on_clock(at, self.clock).isoformat(" ", "minutes")[:16] if at else ""

        return cell

    def names(self) -> tuple[str, ...]:
        """The titles for programs."""
        zone = self.zone.lower()
        return tuple(
            f"{column.name}_at_{zone}" if column.name in MOMENTS else column.name
            for column in self.columns
        )

    def labels(self) -> tuple[str, ...]:
        """The titles for people; those of moments name the clock."""
        labels = [(column.name, t(f"phones.col.{column.name}")) for column in self.columns]
        return tuple(
            f"{label} ({self.zone})" if name in MOMENTS else label for name, label in labels
        )

    def rows(self) -> Rows:
        """A row a phone."""
        return [
            tuple(
                column.cell(phone, self.villages.get(phone.device.user_id, []))
                for column in self.columns
            )
            for phone in self.phones
        ]
