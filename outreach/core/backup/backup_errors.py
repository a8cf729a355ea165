"""Why a backup, its check or a restore stopped; nothing half done remains."""

from __future__ import annotations


class BackupRefused(Exception):
    """``code`` is the last part of the catalogue key ``backup.refused.<code>``; ``params`` fill
    the sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
