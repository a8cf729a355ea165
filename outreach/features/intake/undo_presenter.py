"""What taking a list back does, in words. Who gave a list learns how many people stay, and not
what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from outreach.domain.refusals import AlreadyDecided
from outreach.features.intake.jobs import StillWorking
from outreach.features.intake.tables import ImportRun, Source
from outreach.features.intake.undoing import Outlook
from outreach.storage.queries_touches import QuietPhone
from outreach.web import display
from outreach.web.i18n import t


def page(
    run: ImportRun,
    source: Source | None,
    told: Outlook,
    phones: Sequence[QuietPhone],
    *,
    sees: bool,
) -> dict[str, object]:
    """Everything intake/undo.html needs; ``sees`` shows reasons and whose phones are silent."""
    stays = sum(told.stays.values())
    return {
        "run": run,
        "title": source.title if source else run.file_name,
        "goes": t("intake.undo.goes", n=display.number(told.goes)),
        "stays": t("intake.undo.stays", n=display.number(stays)) if stays else "",
        "reasons": reasons(told.stays) if sees else [],
        "phones": [phone_line(phone) for phone in phones] if sees else [],
        "quiet": t("intake.undo.phones", n=display.number(len(phones))) if phones else "",
        "act": t("intake.undo.act" if told.goes else "intake.undo.act_source"),
    }


def reasons(stays: Mapping[str, int]) -> list[tuple[str, str]]:
    """Why people stay, the most frequent first, each with how many."""
    ordered = sorted(stays.items(), key=lambda one: (-one[1], one[0]))
    return [(t(word), display.number(count)) for word, count in ordered]


def phone_line(phone: QuietPhone) -> str:
    """Whose phone it is, since when nothing was heard, and what it holds as far as it said."""
    since = display.moment(phone.seen_at)
    if not phone.unsent:
        return t("intake.undo.phone", officer=phone.officer, since=since)
    unsent = display.number(phone.unsent)
    return t("intake.undo.phone_unsent", officer=phone.officer, since=since, n=unsent)


def refusal_word(refused: AlreadyDecided) -> str:
    """The key of the sentence why a list cannot be taken back now."""
    if isinstance(refused, StillWorking):
        return "intake.undo.working"
    already = refused.args[:1] == ("withdrawn",)
    return "intake.undo.already" if already else "intake.undo.nothing"
