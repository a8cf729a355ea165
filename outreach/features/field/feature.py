"""What this feature adds to the app."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.field import views

FEATURE = Feature(pages=(views.pages,))
