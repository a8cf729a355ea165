"""What the signatures inside a PDF that was signed elsewhere are worth: intact or not, whose, and
whether an administrator knows the root of the certificate.

No network is asked: neither for certificates nor for revocations.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyhanko.sign.validation import EmbeddedPdfSignature
    from pyhanko_certvalidator import ValidationContext

PDF = "application/pdf"
PDF_START = b"%PDF-"
SIGNATURES_MAX = 20


class NotSigned(ValueError):
    """The bytes are no PDF that can be read, or nobody signed it."""


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature: whose certificate, the moment that the signer claims, and what holds.

    ``intact``: what was signed is unchanged, and the signature fits the certificate. ``whole``:
    nothing was added behind it that it does not cover. ``known``: the certificate leads to a root
    that an administrator put in.
    """

    name: str
    at: datetime | None
    intact: bool
    whole: bool
    known: bool


def signatures_in(data: bytes, roots: Sequence[bytes]) -> list[PdfSignature]:
    """Every signature of the PDF, in its order; ``roots`` are certificates in DER. Raises NotSigned
    for a file that is no PDF, or that nobody signed."""
    if not data.startswith(PDF_START):
        raise NotSigned
    try:
        found = in_own_thread(data, roots)
    except Exception as error:  # a stranger's file: whatever it does to the reader, it is not read
        raise NotSigned from error
    if not found:
        raise NotSigned
    return found


def in_own_thread(data: bytes, roots: Sequence[bytes]) -> list[PdfSignature]:
    """The signatures, read in a thread of their own: the library starts an event loop, and a
    server's thread may run one already."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(lambda: list(judged(data, roots))).result()


def judged(data: bytes, roots: Sequence[bytes]) -> Iterator[PdfSignature]:
    """The signatures as the library finds them."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    # It logs each unknown root with a traceback; here that is an answer.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    reader = PdfFileReader(BytesIO(data))
    for one in reader.embedded_regular_signatures[:SIGNATURES_MAX]:
        yield judge(one, context(roots))


def context(roots: Sequence[bytes]) -> ValidationContext:
    """What certificates are measured by: the administrator's roots alone."""
    from asn1crypto.x509 import Certificate
    from pyhanko_certvalidator import ValidationContext

    trusted = [Certificate.load(root) for root in roots]
    return ValidationContext(trust_roots=trusted, allow_fetching=False)


def judge(one: EmbeddedPdfSignature, measure: ValidationContext) -> PdfSignature:
    """One signature in our words."""
    from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature

    status = validate_pdf_signature(one, measure)
    subject = status.signing_cert.subject.native
    covers = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return PdfSignature(
        name=str(subject.get("common_name") or status.signing_cert.subject.human_friendly),
        at=status.signer_reported_dt,
        intact=bool(status.intact and status.valid),
        whole=bool(covers or status.docmdp_ok),
        known=bool(status.trusted),
    )


def roots_of(path: str) -> list[bytes]:
    """The certificates of a PEM file, in DER; none where no file is named or it cannot be read."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    try:
        text = Path(path).read_bytes() if path else b""
        found = x509.load_pem_x509_certificates(text) if text else []
    except (OSError, ValueError):
        logging.getLogger(__name__).exception("the roots of certificates cannot be read")
        return []
    return [one.public_bytes(Encoding.DER) for one in found]
