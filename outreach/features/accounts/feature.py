"""The accounts as a feature: its pages, words and commands."""

from __future__ import annotations

from flask import Flask

from outreach.feature import Feature
from outreach.features.accounts import (
    commands_access,
    commands_demo,
    commands_offices,
    commands_users,
    signed_in,
    startup,
    template_globals,
    views,
)
from outreach.web import access


def begin(app: Flask) -> None:
    """Guard all addresses, and refuse what production must not serve with."""
    access.init_app(app, signed_in.find_user, signed_in.find_actor)
    startup.refuse_demo_in_production(app)


FEATURE = Feature(
    pages=(views.pages,),
    words=template_globals.WORDS,
    commands=(
        commands_access.access,
        commands_users.users,
        commands_offices.offices,
        commands_offices.assign,
        commands_offices.handover,
    ),
    demo_commands=(commands_demo.make,),
    begin=begin,
)
