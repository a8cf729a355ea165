"""A slow phone's processor: the whole browser held to a part of one core.

A cpu control group where the machine lets us make one (exact), else stopping and continuing
the processes in turn (coarse; the report says which).
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

V1 = Path("/sys/fs/cgroup/cpu")
V2 = Path("/sys/fs/cgroup")
PERIOD = 50_000
SLICE = 0.06


def family(pid: int) -> list[int]:
    """The process and all below it."""
    try:
        parent = psutil.Process(pid)
        return [pid, *(child.pid for child in parent.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


@contextmanager
def held_to(pid: int, share: float) -> Iterator[str]:
    """Hold a process and its children to ``share`` of one core; yields how it is done."""
    group = make_group(share)
    ended = threading.Event()
    work = follow if group else duty_cycle
    keeper = threading.Thread(target=work, args=(pid, group or share, ended), daemon=True)
    keeper.start()
    time.sleep(0.3)
    try:
        yield "control group" if group else "stop and continue"
    finally:
        ended.set()
        keeper.join()
        if group:
            leave(group)


def make_group(share: float) -> Path | None:
    """A control group with this quota, or None where none can be made."""
    name = f"bench-{os.getpid()}-{time.monotonic_ns()}"
    quota = int(PERIOD * share)
    try:
        if (V1 / "cpu.cfs_period_us").exists():
            group = V1 / name
            group.mkdir()
            (group / "cpu.cfs_period_us").write_text(str(PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
            return group
        group = V2 / name
        group.mkdir()
        (group / "cpu.max").write_text(f"{quota} {PERIOD}")
        return group
    except OSError:
        return None


def follow(pid: int, group: Path, ended: threading.Event) -> None:
    """Keep every process of the family, new ones too, in the group."""
    while not ended.is_set():
        for one in family(pid):
            try:
                (group / "cgroup.procs").write_text(str(one))
            except OSError:
                continue
        ended.wait(0.2)


def leave(group: Path) -> None:
    """Move what is left to the parent group and remove this one."""
    for one in (group / "cgroup.procs").read_text().split():
        try:
            (group.parent / "cgroup.procs").write_text(one)
        except OSError:
            continue
    try:
        group.rmdir()
    except OSError:
        return


def duty_cycle(pid: int, share: float, ended: threading.Event) -> None:
    """Let the family run ``share`` of each slice."""
    while not ended.is_set():
        members = family(pid)
        each(members, signal.SIGCONT)
        time.sleep(SLICE * share)
        each(members, signal.SIGSTOP)
        time.sleep(SLICE * (1 - share))
    each(family(pid), signal.SIGCONT)


def each(members: list[int], what: signal.Signals) -> None:
    """Signal every process that still lives."""
    for one in members:
        try:
            os.kill(one, what)
        except ProcessLookupError:
            continue
