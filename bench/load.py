"""One client process of many: ``python -m bench.load BASE USER VILLAGE BATCHES FIRST``.

Everything is made before the start is given on stdin, so the clock sees only the server.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime

from bench.client import Client
from bench.phones import BATCH, Phone
from outreach.services.synthetic_people import People


def main(base: str, user: str, village: str, batches: int, first: int) -> None:
    """Prepare, say ready, wait for the start, push, say what happened."""
    phone = Phone(Client(base))
    phone.client.login(user)
    phone.register()
    people = iter(People(7, first, batches * BATCH, datetime.now(UTC)))
    bodies = []
    for _ in range(batches):
        texts = []
        for _ in range(BATCH):
            data = {**next(people).data, "village_code": village}
            texts.append(phone.mutation({k: [None, v] for k, v in data.items()}, village))
        bodies.append(phone.envelope(texts))
    print("ready", flush=True)
    sys.stdin.readline()
    statuses: dict[str, int] = {}
    times = []
    for body, encoding in bodies:
        began = time.perf_counter()
        answer = phone.client.send_packed("/sync/v1/push", body, encoding)
        times.append(time.perf_counter() - began)
        found = (
            [r["status"] for r in answer.json["results"]]
            if answer.status == 200
            else [str(answer.status)] * BATCH
        )
        for status in found:
            statuses[status] = statuses.get(status, 0) + 1
    wire = sum(len(body) for body, _ in bodies)
    print(json.dumps({"statuses": statuses, "slowest": max(times), "wire": wire}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
