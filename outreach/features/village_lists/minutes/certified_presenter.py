"""PDFs that were signed elsewhere, in words: whose signatures they have, and what each is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.core.evidence.pdf_signatures import PdfSignature
from outreach.features.village_lists.minutes import minutes_certified
from outreach.features.village_lists.minutes.minutes_certified import CertifiedFile
from outreach.features.village_lists.minutes.minutes_file import MinutesFile
from outreach.features.village_lists.minutes.minutes_presenter import address
from outreach.web import display
from outreach.web.i18n import t


@dataclass(frozen=True, slots=True)
class CertifiedLine:
    """A PDF that was signed elsewhere: its address, whose signatures it has, in words."""

    href: str
    ours: str
    signatures: list[tuple[str, str, bool]]


def certified_lines(file: MinutesFile, found: Sequence[CertifiedFile]) -> list[CertifiedLine]:
    """The PDFs in words; a signature is (name and moment, worth, whether it holds)."""
    return [
        CertifiedLine(
            href=address("photo", file.row, field=one.field),
            ours=t(f"village_lists.pdf.certified.{'ours' if one.ours else 'other'}"),
            signatures=[signature_words(signature) for signature in one.signatures],
        )
        for one in found
    ]


def signature_words(signature: PdfSignature) -> tuple[str, str, bool]:
    """One signature in words."""
    code = minutes_certified.worth(signature)
    at = display.moment(signature.at) if signature.at else ""
    who = ", ".join(filter(None, (signature.name, at)))
    return who, t(f"village_lists.pdf.certified.{code}"), code != minutes_certified.BROKEN
