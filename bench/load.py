"""One client process of many: ``python -m bench.load BASE USER VILLAGE BATCHES FIRST [sealed]``.

Everything is made before the start is given on stdin, so the clock sees only the server.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

from bench.client import Client
from bench.phones import BATCH, Phone
from outreach.core.demo.synthetic_people import People

SEALED_BATCH = 25  # what is sealed packs badly: fifty would not fit the wire's 64 KiB


def main(base: str, user: str, village: str, batches: int, first: int, sealed: bool) -> None:
    """Prepare, say ready, wait for the start, push, say what happened. Every push is signed;
    ``sealed`` sends what a locked phone would."""
    phone = Phone(Client(base))
    phone.client.login(user)
    phone.register()
    people = iter(People(7, first, batches * BATCH, datetime.now(UTC)))
    size = SEALED_BATCH if sealed else BATCH
    bodies = []
    for _ in range(batches * BATCH // size):
        texts = []
        for _ in range(size):
            data = {**next(people).data, "village_code": village}
            texts.append(phone.mutation({k: [None, v] for k, v in data.items()}, village))
        bodies.append(phone.envelope(texts, list(map(phone.sealed, texts)) if sealed else None))
    print("ready", flush=True)
    sys.stdin.readline()
    statuses: dict[str, int] = {}
    times = []
    for body in bodies:
        began = time.perf_counter()
        answer = phone.client.send_packed("/sync/v1/push", body)
        times.append(time.perf_counter() - began)
        found = (
            [r["status"] for r in answer.json["results"]]
            if answer.status == 200
            else [str(answer.status)] * size
        )
        for status in found:
            statuses[status] = statuses.get(status, 0) + 1
    wire = sum(len(body.wire) for body in bodies)
    print(json.dumps({"statuses": statuses, "slowest": max(times), "wire": wire}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:6]), "sealed" in sys.argv)  # type: ignore[arg-type]
