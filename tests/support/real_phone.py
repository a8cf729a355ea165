"""Phones that run the product's own JavaScript: store, vault and sync client, in one node process.

Nothing of the phone is imitated but the browser: IndexedDB lies in memory, and each request comes
here, where ``fetch`` decides how it fares.
"""

from __future__ import annotations

import json
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from tests.support.database import ROOT
from tests.support.network import Request
from tests.support.phone import Report

Fetch = Callable[[Request], Response | None]
BRIDGE = ROOT / "tests/js/support/bridge.mjs"
ROUNDS = 200


class Node:
    """The process in which the phones live."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", "--no-warnings", str(BRIDGE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def do(self, what: str, phone: int = -1, fetch: Fetch | None = None, **how: Any) -> Any:
        """The answer of one act; its requests go through ``fetch``."""
        self.say({"do": what, "phone": phone, **how})
        while True:
            heard = self.hear()
            if "fetch" not in heard:
                assert "failed" not in heard, heard["failed"]
                return heard["done"]
            answer = fetch(request_of(heard["fetch"])) if fetch else None
            self.say({"answer": answer and wire_form(answer)})

    def say(self, line: dict[str, Any]) -> None:
        """Send one line."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()

    def hear(self) -> dict[str, Any]:
        """The next line."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the phones' process ended"
        found: dict[str, Any] = json.loads(line)
        return found


def request_of(said: dict[str, Any]) -> Request:
    """A phone's request; whose cookie goes with it stands in its body or its address."""
    address = urlsplit(said["url"])
    path = address.path.removeprefix("/sync/v1/") + (f"?{address.query}" if address.query else "")
    data = b64decode(said["body"] or "")
    request = Request("", path, data, said["method"], said["headers"])
    device = request.json().get("device") or address.query.partition("device=")[2].split("&")[0]
    return Request(device, path, data, said["method"], said["headers"])


def wire_form(answer: Response) -> dict[str, Any]:
    """An answer as it travels to the phones' process; cookies stay in the browser."""
    headers = [(k, v) for k, v in answer.headers if k.lower() != "set-cookie"]
    body = b64encode(answer.get_data()).decode()
    return {"status": answer.status_code, "headers": headers, "body": body}


class RealPhone:
    """One of the phones, with the questions that tests.support.lives asks of any phone."""

    def __init__(self, node: Node, number: int, user_id: str, fetch: Fetch) -> None:
        self.node, self.number, self.user_id = node, number, user_id
        self.do("make", fetch, user=user_id)

    def do(self, what: str, fetch: Fetch | None = None, **how: Any) -> Any:
        """One act of this phone."""
        return self.node.do(what, self.number, fetch, **how)

    @property
    def device(self) -> str:
        """The device id it has now."""
        return str(self.do("device"))

    def save(
        self, scope: str, changes: dict[str, Any], row_id: str | None = None, op: str = "put"
    ) -> Any:
        """Save; None where the screen shows nothing that could be edited."""
        key = self.do("save", scope=scope, changes=changes, id=row_id, op=op)
        return key and SimpleNamespace(key=key)

    def talk(self, fetch: Fetch, _what: str, size: int) -> None:
        """One step of the sync client; a small ``size`` is a phone that dies soon."""
        if size < 50:
            self.do("die", fetch, writes=2 * size)
        else:
            self.do("step", fetch, seconds=60)

    def settle(self, fetch: Fetch) -> None:
        """Steps until nothing is left to do, or until it may only send and has sent."""
        for turn in range(ROUNDS):
            if not self.do("step", fetch, seconds=0 if turn else 60)["more"]:
                return
        raise AssertionError("sync never ends")

    def open(self, fetch: Fetch) -> None:
        """The app is opened: it tells the server who it is, and hears of its villages."""
        self.do("register", fetch)

    def shown(self) -> list[tuple[str, str]]:
        """(scope, id) of what is on the screens."""
        return [(scope, row) for scope, row in self.do("shown")]

    def broken(self) -> list[tuple[str, str]]:
        """(scope, id) of the rows whose NIK was refused."""
        return [(scope, row) for scope, row in self.do("broken")]

    def report(self) -> Report:
        """Everything the invariants speak of."""
        said = self.do("report")
        said["kept"] = [(key, body) for key, body in said["kept"]]
        said["rows"] = {
            scope: {row: (ver, data) for row, (ver, data) in rows.items()}
            for scope, rows in said["rows"].items()
        }
        return Report(**said)

    def disk(self) -> int:
        """A photograph of everything a power cut would leave."""
        return int(self.do("disk"))

    def roll_back(self, photo: int) -> None:
        """The disk as it once was, and the app started on it."""
        self.do("putBack", photo=photo)
