"""Names in as a feature: its pages and navigation."""

from __future__ import annotations

from outreach.feature import Feature

FEATURE = Feature()
