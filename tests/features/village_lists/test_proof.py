"""Is this paper what the server has? By code, by two blocks; and one line, by who has nothing of
ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from outreach.core.backup import erasure
from outreach.domain.list_document import blocks
from outreach.extensions import db
from outreach.features.village_lists.paper import paper_printing, proof, proof_views
from outreach.features.village_lists.records import paper_queries
from outreach.features.village_lists.records.paper_sheets import SheetCode, code_of
from tests.features.village_lists.test_minutes import address, decide_again, text_of
from tests.features.village_lists.test_signing import decided
from tests.support.desk_pages import forget_request, log_in, page, post
from tests.support.factories import KUBU_PERAHU, SEBARUS
from tests.support.lists import edit, lines_of
from tests.support.signed_lists import head_with_term, sign, version
from tests.sync.conftest import Handset, Server

TOOL = Path(__file__).parents[3] / "tools" / "check_line.py"


@pytest.fixture
def signed(server: Server, phone: Handset) -> tuple[str, str, str]:
    """(list, first version, second version), the second with a corrected line."""
    head, term = head_with_term(server)
    list_id = decided(server, phone, head, {}, {}, {}, {}, {})
    first = sign(head, list_id, term)
    line = lines_of(list_id)[0]
    edit(server, line.worker_id, rt="009")
    decide_again(head, list_id, line.id)
    return list_id, first, sign(head, list_id, term)


def code(list_id: str, digest: str, n: int = 1) -> str:
    """The text of a paper's QR code."""
    return code_of(SheetCode(list_id, n, 1, digest))


def found_by_code(client: FlaskClient, text: str) -> str:
    """What the page says of a code."""
    return text_of(post(client, "/lists/check", 200, code=text).split('data-testid="found"')[1])


class TestCode:
    def test_newest_version_is_the_same(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        list_id, _, second = signed
        said = found_by_code(desk, code(list_id, version(second).hash, 2))
        assert "Sama" in said
        assert "Berita acara versi 2, 22 November 2026: berlaku" in said

    def test_version_without_a_number_is_found_by_its_hash(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        """A phone prints before the server has given the number."""
        list_id, _, second = signed
        assert "Sama" in found_by_code(desk, code(list_id, version(second).hash, 0).lower())

    def test_earlier_version_is_an_older_one(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        list_id, first, _ = signed
        said = found_by_code(desk, code(list_id, version(first).hash))
        assert "Versi lama" in said
        assert "Yang sekarang: Berita acara versi 2" in said

    def test_declined_version_is_not_what_others_are_measured_by(
        self, server: Server, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        list_id, first, second = signed
        version(second).state = "declined"
        db.session.commit()
        assert "Sama" in found_by_code(desk, code(list_id, version(first).hash))
        said = found_by_code(desk, code(list_id, version(second).hash, 2))
        assert "Versi lama" in said
        assert "ditolak" in said
        assert "Yang sekarang: Berita acara versi 1" in said

    def test_another_hash_is_different(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        assert "Berbeda" in found_by_code(desk, code(signed[0], "ab" * 32))

    def test_list_out_of_sight_is_different_and_named_nowhere(
        self, server: Server, signed: tuple[str, str, str]
    ) -> None:
        list_id, _, second = signed
        head = log_in(server, "head", SEBARUS)
        said = found_by_code(head, code(list_id, version(second).hash, 2))
        assert "Berbeda" in said
        assert "Kubu Perahu" not in said
        page(head, f"/lists/{list_id}/check", 404)

    def test_worksheet_is_the_same_until_the_list_changes(
        self, server: Server, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        list_id = signed[0]
        session, actor = db.session(), server.actor()
        n = paper_printing.make_version(session, actor, list_id, server.now)
        made = paper_queries.print_by_no(session, "18.04", list_id, n)
        assert made is not None
        text = code(list_id, made.hash, n)
        assert "Sama" in found_by_code(desk, text)
        edit(server, lines_of(list_id)[1].worker_id, rt="008")
        said = found_by_code(desk, text)
        assert "Versi lama" in said
        assert "berubah sejak kertas ini dicetak" in said

    @pytest.mark.parametrize("text", ["", "https://example.org", "JKL1.x.1.1.y"])
    def test_text_that_is_no_code_gets_one_sentence(self, desk: FlaskClient, text: str) -> None:
        html = post(desk, "/lists/check", 422, code=text)
        assert "bukan kode dari kertas Jangkau" in html
        assert 'aria-invalid="true"' in html


class TestBlocks:
    def answer(
        self, client: FlaskClient, list_id: str, said: dict[int, str], status: int = 200
    ) -> str:
        """What the page says of two blocks."""
        form = {f"block_{place}": text for place, text in said.items()}
        asked = ",".join(map(str, said))
        return post(client, f"/lists/{list_id}/check", status, asked=asked, **form)

    def test_two_blocks_tell_the_versions_apart(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        list_id, first, second = signed
        for made, word in ((second, "Sama"), (first, "Versi lama")):
            own = blocks(version(made).hash)
            said = {3: f" {own[2].upper()} ", 16: own[15]}
            assert word in text_of(self.answer(desk, list_id, said))
        wrong = blocks(version(second).hash)
        said = {3: wrong[2], 16: "0000" if wrong[15] != "0000" else "1111"}
        assert "Berbeda" in text_of(self.answer(desk, list_id, said))

    @pytest.mark.parametrize(
        "said", [{3: "ab12"}, {3: "", 4: "ab12"}, {3: "ab1", 4: "ab12"}, {3: "xyzq", 4: "ab12"}]
    )
    def test_incomplete_blocks_get_one_sentence(
        self, desk: FlaskClient, signed: tuple[str, str, str], said: dict[int, str]
    ) -> None:
        html = self.answer(desk, signed[0], said, 422)
        assert "Isi kedua blok" in html

    def test_blocks_beyond_the_hash_are_not_asked(
        self, desk: FlaskClient, signed: tuple[str, str, str]
    ) -> None:
        self.answer(desk, signed[0], {17: "ab12", 99: "ab12"}, 422)

    def test_page_asks_for_two_by_chance(
        self, desk: FlaskClient, signed: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        chance = SimpleNamespace(sample=lambda places, n: [9, 2])
        monkeypatch.setattr(proof_views, "CHANCE", chance)
        html = page(desk, f"/lists/{signed[0]}/check")
        assert "Blok ke-2" in html
        assert "Blok ke-9" in html
        assert 'name="asked" value="2,9"' in html
        assert proof.ask(lambda places, n: list(places)[:n]) == [1, 2]


class TestOneLine:
    def proof(self, client: FlaskClient, list_id: str, no: int, status: int = 200) -> Any:
        """The proof as the page gives it."""
        forget_request()
        answer = client.get(address(list_id, 2, f"/lines/{no}/proof.json"))
        assert answer.status_code == status
        return answer.get_json() if status == 200 else None

    def checked(self, tmp_path: Path, made: Any, *more: str) -> tuple[int, str]:
        """(exit status, words) of the tool, run by a Python that finds nothing of ours."""
        file = tmp_path / "bukti.json"
        file.write_text(json.dumps(made))
        alone = tmp_path / "check_line.py"
        alone.write_bytes(TOOL.read_bytes())
        run = subprocess.run(
            [sys.executable, "-I", "-S", str(alone), str(file), *more],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr

    def test_every_line_is_proven_by_a_script_that_imports_nothing_of_ours(
        self, desk: FlaskClient, signed: tuple[str, str, str], tmp_path: Path
    ) -> None:
        list_id, _, second = signed
        root = " ".join(blocks(version(second).root))
        for no in range(1, 6):
            made = self.proof(desk, list_id, no)
            status, said = self.checked(tmp_path, made, *root.split())
            assert (status, said.split(": ")[0]) == (0, "SAMA / THE SAME"), said
            assert made["item"]["name"] in said
        source = TOOL.read_text()
        assert "outreach" not in source

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda made: made["item"].update(verdict="tidak_masuk"),
            lambda made: made["item"].update(name="ORANG LAIN", canonical=""),
            lambda made: made.update(index=made["index"] ^ 1),
            lambda made: made["path"].reverse(),
            lambda made: made["path"].pop(),
            lambda made: made.update(root="ab" * 32),
            lambda made: made.update(lines=4),
            lambda made: made.update(index=7),
        ],
    )
    def test_anything_else_is_different(
        self, desk: FlaskClient, signed: tuple[str, str, str], tmp_path: Path, spoil: Any
    ) -> None:
        made = self.proof(desk, signed[0], 2)
        spoil(made)
        status, said = self.checked(tmp_path, made)
        assert (status, said.split(":")[0]) == (1, "BERBEDA / DIFFERENT"), said

    def test_root_of_another_paper_is_different(
        self, desk: FlaskClient, signed: tuple[str, str, str], tmp_path: Path
    ) -> None:
        list_id, first, _ = signed
        status, said = self.checked(tmp_path, self.proof(desk, list_id, 2), version(first).root)
        assert status == 1
        assert "versi lain" in said

    def test_neighbours_of_an_erased_person_are_still_proven(
        self,
        server: Server,
        desk: FlaskClient,
        signed: tuple[str, str, str],
        tmp_path: Path,
    ) -> None:
        list_id = signed[0]
        person = lines_of(list_id)[2].worker_id
        store = server.app.extensions["blobs"]
        erasure.erase(db.session(), store, "18.04", person, "12/2026", None, server.now)
        self.proof(desk, list_id, 3, 404)
        for no in (2, 4):
            assert self.checked(tmp_path, self.proof(desk, list_id, no))[0] == 0
        assert "lines/3/proof.json" not in page(desk, address(list_id, 2))

    def test_desk_of_the_mpp_gets_no_proof(
        self, server: Server, signed: tuple[str, str, str]
    ) -> None:
        clerk = log_in(server, "mpp")
        self.proof(clerk, signed[0], 1, 403)
        assert "proof.json" not in page(clerk, address(signed[0], 2))
        own = log_in(server, "head", KUBU_PERAHU)
        assert self.proof(own, signed[0], 1)["version"] == 2
