"""``python -m tests.chaos.run_phone PLAN.json``: one phone of the run in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.chaos.arrive import PATIENCE, Stuck
from tests.chaos.head import Head
from tests.chaos.phone import Phone, Plan

ROLES = {"officer": Phone, "head": Head}


def main(path: str) -> int:
    """Run the plan; 1 when the phone could not go on."""
    expect.set_options(timeout=PATIENCE * 1000)
    plan = Plan(**json.loads(Path(path).read_text()))
    phone = ROLES[plan.role](plan)
    try:
        with sync_playwright() as playwright:
            phone.run(playwright)
    except Stuck as stuck:
        phone.notes.write("stuck", phone=phone.plan.number, words=str(stuck)[:2000])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
