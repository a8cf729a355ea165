"""One day of the desk as a file: names of fields as titles in CSV, labels in a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import Response

from outreach.core.register.exports import MIMES, plain_csv
from outreach.core.register.workbook import workbook
from outreach.domain import formats, nik
from outreach.features.counter.served import Service
from outreach.web.field_values import reference
from outreach.web.i18n import current_lang, t

NAMES = ("time", "service", "person", "nik", "kecamatan", "village", "village_code", "by")


def answer(services: Sequence[Service], day: date, kind: str) -> Response:
    """The file to download; its NIKs are masked."""
    rows = [cells(service) for service in services]
    if kind == "xlsx":
        labels = tuple(t(f"counter.col.{name}") for name in NAMES)
        content = b"".join(workbook([labels], [rows], "meja"))
    else:
        content = plain_csv([NAMES, *rows])
    name = f"meja-mpp-{day.isoformat()}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=MIMES[kind], headers=headers)


def cells(service: Service) -> tuple[str, ...]:
    """One service; a place's code stands beside its name, since villages share names."""
    village = service.village
    return (
        formats.format_time(service.at, current_lang()),
        t(f"counter.service.{service.kind}"),
        service.name,
        nik.mask(service.nik) if service.nik else "",
        reference().place_name(village[:8]) if village else "",
        reference().place_name(village) if village else "",
        village,
        service.by,
    )
