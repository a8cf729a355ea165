"""The phone's pages as a feature."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.field import views

FEATURE = Feature(pages=(views.pages,))
