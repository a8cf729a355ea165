"""A spoken consent at the desk: only what can be played is taken, and only the sound goes on."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from outreach.core.evidence.sounds import LONGEST_MS, SOUND_MAX, NotSound, write_anew
from tests.support.factories import KUBU_PERAHU
from tests.support.office import log_in, office
from tests.support.sound import HIDDEN, OPUS_HEAD, SILENCE, part, recording
from tests.sync.conftest import PERSON, Server
from tests.sync.test_blobs import name_of, upload

WHOLE = recording()
CONSENT = {
    "version": "consent-2026-11",
    "lang": "id",
    "method": "lisan_terekam",
    "witness": "SUMIATI",
    "purposes": {"pendaftaran": True, "hubungi_wa": False, "pasfoto": False, "bagi_ke_opd": False},
    "at": "2026-11-22T06:00:00.000Z",
}


def test_sound_alone_is_written_anew() -> None:
    played = write_anew(WHOLE)
    assert HIDDEN in WHOLE
    assert HIDDEN not in played
    assert b"Recorder" not in played
    assert OPUS_HEAD in played
    assert played.count(SILENCE) == 100
    assert write_anew(played) == played


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (recording(doc_type=b"matroska"), "no WebM"),
        (recording(codec=b"V_VP8"), "no Opus track"),
        (recording(kind=b"\x01"), "no Opus track"),
        (recording(tracks=2), "not one track"),
        (recording(tracks=0), "not one track"),
        (recording(0), "no sound"),
        (recording(track=b"\x82"), "another kind"),
        (recording(flags=b"\x82"), "another kind"),
        (recording(packet=b""), "another kind"),
        (recording(packet=b"x" * 4000), "another kind"),
        (recording(channels=b"\x03"), "not one or two channels"),
        (recording().replace(OPUS_HEAD, b"x" * len(OPUS_HEAD)), "no Opus track"),
        (recording().replace(b"\x0f\x42\x40", b"\x0f\x42\x41"), "unit of time"),
        (WHOLE[:-1], "cut short"),
        (WHOLE + b"\x00", "no number"),
        (WHOLE + b"\x1a\x45", "a number cut short"),
        (WHOLE + part("a3", b"\x81\x00"), "a block cut short"),
        (WHOLE + part("e7", b""), "no number"),
        (WHOLE + part("e7", bytes(9)), "no number"),
        (WHOLE + b"x" * SOUND_MAX, "too big"),
        (WHOLE + recording(3)[len(recording(0)) :], "out of its time"),
    ],
)
def test_anything_else_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotSound, match=why):
        write_anew(data)


def test_half_an_hour_is_no_consent() -> None:
    late = recording(1).replace(b"\xe7\x40\x01\x00", b"\xe7\x40\x03" + LONGEST_MS.to_bytes(3))
    assert write_anew(late)
    over = recording(1).replace(b"\xe7\x40\x01\x00", b"\xe7\x40\x03" + (LONGEST_MS + 1).to_bytes(3))
    with pytest.raises(NotSound, match="out of its time"):
        write_anew(over)


@given(st.data())
def test_broken_files_never_do_worse_than_being_refused(data: st.DataObject) -> None:
    broken = bytearray(recording(3))
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    del broken[data.draw(st.integers(1, len(broken))) :]
    try:
        played = write_anew(bytes(broken))
    except NotSound:
        return
    assert write_anew(played) == played


def test_the_desk_plays_a_consent_and_the_look_is_noted(app: Flask, session: Session) -> None:
    office(session)
    phone = Server(app).phone(KUBU_PERAHU)
    made = phone.mutation(set={**PERSON, "consent": {**CONSENT, "evidence": name_of(WHOLE)}})
    assert phone.results(made)[0]["status"] == "applied"
    assert upload(phone, WHOLE)["state"] == "complete"
    client = log_in(app, session, "supervisor")
    page = client.get(f"/workers/{made['id']}").get_data(as_text=True)
    address = f"/workers/{made['id']}/picture/consent_evidence"
    assert f'<audio controls preload="none" src="{address}"' in page
    answer = client.get(address)
    assert answer.mimetype == "audio/webm"
    assert answer.data == write_anew(WHOLE)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert log_in(app, session, "officer").get(address).status_code == 403


def test_a_recording_that_cannot_be_played_leaves_the_record(app: Flask, session: Session) -> None:
    office(session)
    phone = Server(app).phone(KUBU_PERAHU)
    cut = WHOLE[:-1]
    made = phone.mutation(set={**PERSON, "consent": {**CONSENT, "evidence": name_of(cut)}})
    assert phone.results(made)[0]["status"] == "applied"
    assert upload(phone, cut) == {
        "offset": len(cut),
        "total": len(cut),
        "state": "refused",
        "code": "blob_not_readable",
        "params": {"offset": len(cut)},
    }
