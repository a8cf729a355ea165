"""Figures of /metrics that tables and disk hold.

Verdicts, replays, blobs and silent phones are read from the tables at each scrape, so they are
right after a restart and with several processes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select

from outreach.core.backup import backup_state
from outreach.extensions import db
from outreach.storage.sync import Blob, Device, Hold, Mutation
from outreach.web.health import health_now

SILENT_AFTER = timedelta(days=3)


class DatabaseFigures:
    """Figures that the tables hold, read at each scrape."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def describe(self) -> list[Metric]:
        """Nothing: registering must not touch the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The families of figures."""
        verdicts = CounterMetricFamily(
            "jangkau_mutations", "Mutations by verdict", labels=["verdict"]
        )
        grouped = select(Mutation.status, func.count()).group_by(Mutation.status)
        for status, n in db.session.execute(grouped):
            verdicts.add_metric([status], n)
        yield verdicts
        holds = GaugeMetricFamily(
            "jangkau_holds", "Mutations held, by reason and state", labels=["reason", "state"]
        )
        by_reason = select(Hold.reason, Hold.state, func.count()).group_by(Hold.reason, Hold.state)
        for reason, state, n in db.session.execute(by_reason):
            holds.add_metric([reason, state], n)
        yield holds
        sealed = select(func.count(Mutation.received_at)).where(Mutation.sealed)
        yield CounterMetricFamily(
            "jangkau_sealed",
            "Mutations that came sealed",
            value=float(db.session.scalar(sealed) or 0),
        )
        unreadable = current_app.extensions["keyring"].unreadable(db.session(), datetime.now(UTC))
        yield GaugeMetricFamily(
            "jangkau_keys_unreadable",
            "Server keys that today's SECRET_KEY does not open",
            value=float(len(unreadable)),
        )
        replays = select(func.coalesce(func.sum(Device.replays), 0))
        yield CounterMetricFamily(
            "jangkau_replays", "Mutations sent again", value=float(db.session.scalar(replays) or 0)
        )
        blobs = GaugeMetricFamily("jangkau_blobs", "Pictures by state", labels=["state"])
        for state, n in db.session.execute(select(Blob.state, func.count()).group_by(Blob.state)):
            blobs.add_metric([state], n)
        yield blobs
        yield from backup_ages()
        yield from health_figures()
        silent = select(func.count()).where(
            Device.kind == "phone",
            Device.revoked_at.is_(None),
            Device.seen_at < datetime.now(UTC) - SILENT_AFTER,
        )
        yield GaugeMetricFamily(
            "jangkau_devices_silent",
            "Phones not seen for three days",
            value=float(db.session.scalar(silent) or 0),
        )


def backup_ages() -> Iterator[Metric]:
    """How old the newest backup is, and the newest verified one; nothing where there is none."""
    backup = backup_state.state(db.session(), current_app.config["OUTREACH"].backup_recipient)
    for name, at in (("", backup.made_at), ("verified_", backup.verified_at)):
        if at is not None:
            age = (datetime.now(UTC) - at).total_seconds()
            yield GaugeMetricFamily(
                f"jangkau_backup_{name}age_seconds", "Age of the newest backup", value=age
            )


def health_figures() -> Iterator[Metric]:
    """The health of the push, and the bytes free where photos lie."""
    health = health_now()
    ok = float(not health.faults)
    yield GaugeMetricFamily("jangkau_healthy", "1 while a push can be taken", value=ok)
    if health.free is not None:
        yield GaugeMetricFamily(
            "jangkau_photos_free_bytes", "Room left where photos lie", value=float(health.free)
        )
