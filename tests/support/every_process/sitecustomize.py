"""Python reads this at the start of every process that has this folder on its path.

The suite puts it there when it is given a day (``tests/support/day.py``), so that servers and
commands which tests start live on that day too.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

if "DAY_SHIFT" in os.environ:
    import time_machine

    shift = timedelta(seconds=int(os.environ["DAY_SHIFT"]))
    time_machine.travel(datetime.now(UTC) + shift).start()
