"""Few bytes that become many: pictures, journals, files.

The attacker has one phone, or gives somebody a file, and wants the server to run out of memory,
disk or of people's patience. What honest phones do in a day goes on: one thousand saves and five
hundred photos.
"""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zlib
from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from PIL import Image
from sqlalchemy import func, select

from outreach.core.evidence import pictures, quotas
from outreach.core.record import changes
from outreach.extensions import db
from outreach.storage.accounts import User
from outreach.storage.locks import TURNS
from outreach.storage.sync import DayIntake, Mutation
from tests.support.database import ROOT
from tests.support.factories import NOW
from tests.sync.conftest import PERSON, Handset, Server, SigningClient
from tests.sync.test_blobs import head, name_of, photo, piece, upload

MEMORY = """
import io, runpy, threading
import psutil
from PIL import Image
runpy.run_path("outreach/gunicorn_conf.py")
from outreach.core.evidence import pictures

def bomb(kind, width, height):
    out = io.BytesIO()
    more = {"progressive": True} if kind == "JPEG" else {}
    Image.new("RGB", (width, height), "green").save(out, kind, **more)
    return out.getvalue()

bombs = [bomb("PNG", 2000, 2000), bomb("JPEG", 5000, 4000), bomb("WEBP", 2000, 2000)] * 3
pictures.inspect(bomb("JPEG", 64, 64))
process, most, done = psutil.Process(), 0, threading.Event()

def watch():
    global most
    while not done.wait(0.005):
        most = max(most, process.memory_info().rss)

def read(data):
    with pictures.one_at_a_time(300):
        pictures.inspect(data)

before = process.memory_info().rss
watcher = threading.Thread(target=watch)
watcher.start()
threads = [threading.Thread(target=read, args=(data,)) for data in bombs]
[t.start() for t in threads]
[t.join() for t in threads]
done.set()
watcher.join()
print((most - before) // 2**20)
"""


class TestPictures:
    def test_nine_large_pictures_at_once_take_the_memory_of_one(self) -> None:
        done = subprocess.run(
            [sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert int(done.stdout) <= 120, "MiB"

    def test_while_one_is_read_the_next_is_told_to_come_again(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pictures, "PATIENCE", 0.05)
        monkeypatch.setattr(pictures.one_at_a_time.__wrapped__, "__defaults__", (0.05,))
        data = photo()
        piece(phone, name_of(data), 0, len(data), data[:1000])
        with pictures.one_at_a_time():
            answer = piece(phone, name_of(data), 1000, len(data), data[1000:])
        assert (answer.status_code, answer.json["code"]) == (503, "blob_busy")
        assert answer.headers["Retry-After"] == "5"
        assert head(phone, name_of(data))["Upload-Offset"] == "1000", "nothing was taken"
        last = piece(phone, name_of(data), 1000, len(data), data[1000:])
        assert last.json["state"] == "complete", "and the same piece finishes it later"

    def test_no_row_is_locked_and_no_writer_waits_while_a_picture_is_read(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[bool] = []
        read = pictures.encode_anew

        def watched(data: bytes, kind: str) -> bytes:
            seen.append(db.session().in_transaction() or any(t.locked() for t in TURNS.values()))
            return read(data, kind)

        monkeypatch.setattr(pictures, "encode_anew", watched)
        assert upload(phone, photo())["state"] == "complete"
        assert seen == [False]

    def test_two_last_pieces_at_once_are_one_picture(self, phone: Handset) -> None:
        data, answers = photo(side=300), []
        start = threading.Barrier(2)

        def send() -> None:
            client = SigningClient(phone.server.app, Response, phone=phone)
            token = phone.client.get_cookie(f"jk_{phone.device}", path="/sync/v1")
            client.set_cookie(f"jk_{phone.device}", token.value, path="/sync/v1")
            start.wait()
            address = f"/sync/v1/blob/{name_of(data)}?device={phone.device}"
            found = client.put(f"{address}&offset=0&total={len(data)}", data=data)
            answers.append((found.status_code, found.json.get("state")))

        threads = [threading.Thread(target=send) for _ in range(2)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert (200, "complete") in answers
        assert all(status in (200, 409) for status, _ in answers), answers
        assert head(phone, name_of(data))["Upload-State"] == "complete"

    @pytest.mark.parametrize(
        ("kind", "size"), [("JPEG", (5001, 4001)), ("PNG", (2001, 2001)), ("WEBP", (2001, 2001))]
    )
    def test_pixels_are_counted_before_they_are_read(
        self, kind: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        out = io.BytesIO()
        Image.new("L" if kind == "JPEG" else "RGB", size).save(out, kind)

        def never(_image: Any) -> bytes:
            raise AssertionError("was read")

        monkeypatch.setattr(pictures, "small_jpeg", never)
        with pytest.raises(pictures.BlobRefused, match="blob_too_many_pixels"):
            pictures.inspect(out.getvalue())

    def test_a_jpeg_of_endless_scans_is_not_begun(self) -> None:
        out = io.BytesIO()
        Image.effect_noise((640, 480), 90).save(out, "JPEG", progressive=True)
        data = out.getvalue()
        first = data.index(pictures.SCAN)
        second = data.index(pictures.SCAN, first + 2)
        scans = data[:second] + data[first:second] * pictures.MAX_SCANS + data[second:]
        with pytest.raises(pictures.BlobRefused, match="blob_not_readable"):
            pictures.inspect(scans)
        assert pictures.inspect(data)[1] == "image/jpeg"

    @pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16", "CMYK"])
    def test_pictures_of_every_colour_are_still_shown(self, mode: str) -> None:
        out = io.BytesIO()
        kind = "JPEG" if mode == "CMYK" else "PNG"
        Image.new(mode, (2000, 1000)).save(out, kind)
        _, mime, shown = pictures.inspect(out.getvalue())
        with Image.open(io.BytesIO(shown)) as image:
            assert (mime, image.size, image.mode) == ("image/jpeg", (2000, 1000), "RGB")

    def test_a_turned_photo_is_shown_upright(self) -> None:
        out = io.BytesIO()
        exif = Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (2000, 1000)).save(out, "JPEG", exif=exif)
        with Image.open(io.BytesIO(pictures.inspect(out.getvalue())[2])) as image:
            assert image.size == (1000, 2000)
            assert not image.getexif()


def test_deep_json_is_refused_before_anything_walks_it(phone: Handset) -> None:
    for body in (b'{"device":' + b"[" * 60_000, b"[" * 900_000 + b"]" * 900_000):
        packed = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = packed.compress(body) + packed.flush()
        answer = phone.client.post("/sync/v1/push", data=data, headers={"Content-Encoding": "gzip"})
        assert answer.status_code in (400, 413)


class TestDay:
    """A day's work is far below what a day may bring; what is above waits, without a verdict."""

    def test_a_thousand_saves_and_five_hundred_photos_of_a_day_pass(self, phone: Handset) -> None:
        notes = "rumah di ujung jalan " * 20
        for _ in range(20):
            sent = [
                phone.mutation(set={**PERSON, "notes": notes, "rt": f"{n + 1:03}"})
                for n in range(50)
            ]
            assert {r["status"] for r in phone.results(*sent)} == {"applied"}
        pieces = [photo(side=32) + bytes([n % 256, n // 256]) for n in range(500)]
        for data in pieces:
            assert upload(phone, data, size=60_000)["state"] == "complete"
        day = db.session.get_one(DayIntake, (phone.user_id, NOW.date()))
        assert day.saves_bytes < quotas.SAVES_MAX / 10
        assert day.files_bytes == sum(map(len, pieces))

    def test_the_limits_hold_a_thousand_of_the_longest_saves_and_five_hundred_big_photos(
        self,
    ) -> None:
        assert changes.MAX_BYTES * 1000 <= quotas.SAVES_MAX
        assert quotas.FILES_MAX >= 500 * 1024 * 1024

    def test_what_is_above_is_told_to_come_again_and_gets_no_verdict(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(quotas, "SAVES_MAX", 1000)
        phone.push(phone.mutation())
        over = [phone.mutation(set={**PERSON, "notes": "x" * 400})]
        answer = phone.send(*over)
        assert (answer.status_code, answer.json["code"]) == (429, "day_full")
        assert answer.headers["Retry-After"] == "300"
        assert db.session.scalar(select(func.count()).select_from(Mutation)) == 1
        phone.server.wait(days=1)
        assert {r["status"] for r in phone.results(*over)} == {"applied"}, "tomorrow all of it"

    def test_what_came_already_is_never_counted_again(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = phone.mutation()
        phone.push(first)
        monkeypatch.setattr(quotas, "SAVES_MAX", 1)
        assert phone.results(first)[0]["replay"]

    def test_another_phone_of_the_same_person_has_no_day_of_its_own(
        self, phone: Handset, server: Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        phone.push(phone.mutation())
        monkeypatch.setattr(quotas, "SAVES_MAX", 100)
        second = Handset(server, db.session.get_one(User, phone.user_id))
        assert second.send(second.mutation()).status_code == 429

    def test_photos_have_a_day_too_and_saves_go_on(
        self, phone: Handset, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, second = photo(), photo("red")
        upload(phone, first)
        monkeypatch.setattr(quotas, "FILES_MAX", max(len(first), len(second)))
        answer = piece(phone, name_of(second), 0, len(second), second)
        assert (answer.status_code, answer.json["code"]) == (429, "day_full")
        assert head(phone, name_of(second))["Upload-State"] == "none"
        assert phone.results(phone.mutation())[0]["status"] == "applied"
        phone.server.wait(days=1)
        assert upload(phone, second)["state"] == "complete"

    def test_earlier_days_are_forgotten(self, phone: Handset, server: Server) -> None:
        phone.push(phone.mutation())
        quotas.tidy(db.session(), server.now + quotas.KEPT + timedelta(days=1))
        assert db.session.scalar(select(func.count()).select_from(DayIntake)) == 0
