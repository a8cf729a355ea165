"""Which tests of a run on several workers stay on one worker.

pytest-xdist 3.8 has a mark for it that does nothing under pytest 9.2, without a word
(pytest-dev/pytest-xdist#1386), so the files are named here.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

# What these set up once, an office to walk through or versions of the product, costs more than the
# other workers would win.
ON_ONE_WORKER = (
    "tests/browser/test_lifecycle.py",
    "tests/browser/test_office_screens.py",
)


class Together(LoadScopeScheduling):
    """Each test goes to the next free worker; those of a file in ``ON_ONE_WORKER`` go as one."""

    def _split_scope(self, nodeid: str) -> str:
        """What is sent to a worker as one piece."""
        file = nodeid.partition("::")[0]
        return file if file in ON_ONE_WORKER else nodeid
