"""Operations as a feature: its commands and figures."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.operations import (
    commands_audit,
    commands_backup,
    commands_erase,
    commands_restore,
    figures,
)

FEATURE = Feature(
    figures=(figures.DatabaseFigures,),
    commands=(
        commands_audit.audit,
        commands_backup.backup,
        commands_restore.restore,
        commands_erase.erase,
    ),
)
