"""Who can be handed a slip. The phone has the same rule in field/screens/slip/view.js; both run
tests/shared/slips.json."""

from __future__ import annotations

from outreach.domain.worker_data import Data, object_at

BEFORE_MEMBERSHIP = frozenset(
    {
        "draf",
        "calon",
        "verifikasi_pekon",
        "terverifikasi",
        "diusulkan",
        "cadangan",
        "perbaikan_data",
        "dirujuk_pu",
        "sudah_peserta",
        "di_luar_usia",
    }
)
"""States in which the words after saving are still true: recorded, and no member by it yet."""


def has_slip(status: str, data: Data) -> bool:
    """True where somebody met the person, nobody took the consent back, and membership has not
    begun."""
    back = object_at(data, "consent_withdrawn").get("pendaftaran")
    return bool(data.get("captured_at")) and not back and status in BEFORE_MEMBERSHIP
