"""A feature as one record: ``outreach/features/<name>/feature.py`` makes it, and ``FEATURES`` in
outreach/__init__.py has its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click
from flask import Blueprint, Flask

from outreach.commands import demo
from outreach.core.backup.erased_rows import WorkerEraser
from outreach.core.demo.demo_rows import DemoRows
from outreach.core.evidence.file_followers import FileFollower
from outreach.core.exchange.pulled_rows import RowSource
from outreach.core.record.aggregates import Aggregate
from outreach.core.record.merge_followers import MergeFollower
from outreach.core.record.worker_followers import WorkerFollower
from outreach.core.record.worker_touches import WorkerTouch
from outreach.core.register.member_figures import MemberFigures
from outreach.core.register.worker_marks import WorkerMark
from outreach.core.register.worker_notices import WorkerNotices
from outreach.storage.own_tables import OwnTable
from outreach.web import metrics
from outreach.web.office import NavEntry, add_entry

if TYPE_CHECKING:
    from prometheus_client.registry import Collector


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One job of a person. Each part may be empty.

    ``pages`` are its blueprints, ``navigation`` its entries on the left with what waits behind
    them. ``words`` are called by its templates, ``figures`` make collectors of /metrics.
    ``commands`` come under ``flask``, ``demo_commands`` under ``flask demo``. ``begin`` binds what
    else the app needs of it, or refuses to start; ``serve`` is called in each process that begins
    to serve.

    The rest is what the core calls, for it knows no feature. ``tables`` are the feature's own,
    ``rows`` what phones pull of them, ``aggregates`` how their saves are judged. ``merges`` follow
    when two workers become one, ``followers`` when any changes, ``erasers`` when one is erased.
    ``touches`` tell with whom somebody has begun. ``notices`` stand on a worker's page, ``marks``
    in the list of workers. ``figures_of_members`` are known for places. ``files`` follow when a
    file has come that a row names, ``demo_rows`` are its part of the demo.
    """

    pages: tuple[Blueprint, ...] = ()
    navigation: tuple[NavEntry, ...] = ()
    words: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    figures: tuple[Callable[[Flask], Collector], ...] = ()
    commands: tuple[click.Command, ...] = ()
    demo_commands: tuple[click.Command, ...] = ()
    begin: Callable[[Flask], None] | None = None
    serve: Callable[[Flask], None] | None = None
    tables: tuple[OwnTable, ...] = ()
    rows: tuple[RowSource, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    merges: tuple[MergeFollower, ...] = ()
    followers: tuple[WorkerFollower, ...] = ()
    touches: tuple[WorkerTouch, ...] = ()
    erasers: tuple[WorkerEraser, ...] = ()
    notices: tuple[WorkerNotices, ...] = ()
    marks: tuple[WorkerMark, ...] = ()
    figures_of_members: tuple[MemberFigures, ...] = ()
    files: tuple[FileFollower, ...] = ()
    demo_rows: tuple[DemoRows, ...] = ()

    @property
    def hooks(self) -> tuple[object, ...]:
        """The hooks that the core calls."""
        given = (
            self.tables,
            self.rows,
            self.aggregates,
            self.merges,
            self.followers,
            self.touches,
            self.erasers,
            self.notices,
            self.marks,
            self.figures_of_members,
            self.files,
            self.demo_rows,
        )
        return tuple(hook for hooks in given for hook in hooks)


def add_feature(app: Flask, feature: Feature) -> None:
    """Bind every part of the feature to the app."""
    for pages in feature.pages:
        app.register_blueprint(pages)
    for entry in feature.navigation:
        add_entry(app, entry)
    app.jinja_env.globals.update(feature.words)
    for collector in feature.figures:
        metrics.add_figures(app, collector(app))
    for command in feature.commands:
        app.cli.add_command(command)
    for command in feature.demo_commands:
        demo.add_command(command)
    for hook in feature.hooks:
        app.extensions["hooks"].add(hook)
    if feature.begin is not None:
        feature.begin(app)
    if feature.serve is not None:
        app.extensions.setdefault("serve", []).append(feature.serve)
