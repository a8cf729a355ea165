"""The coverage as a feature: its pages and navigation."""

from __future__ import annotations

from outreach.feature import Feature
from outreach.features.coverage import views
from outreach.web.office import NavEntry

FEATURE = Feature(
    pages=(views.pages,),
    navigation=(NavEntry("coverage", "coverage.home", views.READERS, order=10),),
)
