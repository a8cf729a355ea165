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
# The same for what tests with the same parameters set up: a database brought up from a version.
BY_PARAMETERS = ("tests/sync/test_versions.py",)


class Together(LoadScopeScheduling):
    """Each test goes to the next free worker; those of a file in ``ON_ONE_WORKER`` go as one, and
    of a file in ``BY_PARAMETERS`` those with the same parameters."""

    def _split_scope(self, nodeid: str) -> str:
        """What is sent to a worker as one piece."""
        file, _, test = nodeid.partition("::")
        if file in ON_ONE_WORKER:
            return file
        with_parameters = file in BY_PARAMETERS and "[" in test
        return f"{file}[{test.partition('[')[2]}" if with_parameters else nodeid
