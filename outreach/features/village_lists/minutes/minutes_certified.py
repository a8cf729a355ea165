"""PDFs of a version that were signed elsewhere: what their signatures are worth, and whether it is
this version that was signed.

They are shown apart from signatures on glass, and count for nothing by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from outreach.core.evidence.pdf_signatures import NotSigned, PdfSignature, signatures_in
from outreach.features.village_lists.minutes import minutes_pdf
from outreach.features.village_lists.minutes.minutes_file import MinutesFile

# What stands beside a signature, in the order of what matters.
BROKEN, UNKNOWN, KNOWN = "broken", "unknown", "known"


@dataclass(frozen=True, slots=True)
class CertifiedFile:
    """One of them. ``ours``: it begins with the very bytes of this version's own document, to which
    a signature is only added."""

    field: str
    signatures: Sequence[PdfSignature]
    ours: bool


def read(file: MinutesFile, field: str, data: bytes, roots: Sequence[bytes]) -> CertifiedFile:
    """What a stored file is worth today; roots may have been put in since it came."""
    try:
        found = signatures_in(data, roots)
    except NotSigned:
        found = []
    return CertifiedFile(field, found, is_ours(file, data))


def is_ours(file: MinutesFile, data: bytes) -> bool:
    """True for a document of this version, in whichever kind and size."""
    return any(
        minutes_pdf.digest_of(file, kind, size).begins(data)
        for kind in minutes_pdf.KINDS
        if minutes_pdf.is_there(file, kind)
        for size in minutes_pdf.SIZES
    )


def worth(signature: PdfSignature) -> str:
    """The word for what a signature is worth."""
    if not (signature.intact and signature.whole):
        return BROKEN
    return KNOWN if signature.known else UNKNOWN
