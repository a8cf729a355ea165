"""Headers of programs whose files come again and again, where a public source shows the header.

Others are learned at an office's first file. We found no public source of the headers of SIKS-NG,
DTSEN or BPJS Ketenagakerjaan: their words are matched like anybody's, and then remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from outreach.features.intake.lines import Column


class ReadyMapping(NamedTuple):
    """A program's header. ``marks`` are headers that only its files have all together."""

    name: str
    source: str
    marks: frozenset[str]
    columns: Mapping[Column, str]


READY = (
    # github.com/OpenSID/OpenSID, donjo-app/models/Impor_model.php: $daftar_kolom. Sex is 1 or 2,
    # occupation the number in the list of the identity card, "dusun" the hamlet.
    ReadyMapping(
        name="OpenSID",
        source="OpenSID/OpenSID donjo-app/models/Impor_model.php",
        marks=frozenset({"no kk", "nik", "tempatlahir", "tanggallahir", "pekerjaan id", "dusun"}),
        columns={
            "nik": "nik",
            "full_name": "nama",
            "sex": "sex",
            "birth_place": "tempatlahir",
            "birth_date": "tanggallahir",
            "occupation": "pekerjaan id",
            "address_line": "alamat",
            "pemangku": "dusun",
            "rt": "rt",
            "rw": "rw",
        },
    ),
)
