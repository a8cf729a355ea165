"""A TCP line between phone and server: counts what passes, and can be slow as a village's."""

from __future__ import annotations

import queue
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

REQUEST = re.compile(rb"(GET|POST|PUT|HEAD) (/[^ ?]*)[^ ]* HTTP/1\.1\r\n")
VIEW = re.compile(rb'"view":"(list|full)"')


@dataclass(slots=True)
class Passed:
    """One request: when it began, when its answer's last byte left, how many bytes that was."""

    path: str
    view: str
    began: float
    ended: float = 0.0
    size: int = 0


@dataclass(slots=True)
class Line:
    """``rate`` bytes a second each way (0 = as fast as it goes), ``delay`` seconds each way."""

    target: tuple[str, int]
    rate: float = 0.0
    delay: float = 0.0
    seen: list[Passed] = field(default_factory=list)
    free_at: dict[str, float] = field(default_factory=lambda: {"up": 0.0, "down": 0.0})
    ends: list[socket.socket] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def due(self, way: str, size: int) -> float:
        """When bytes that arrive now come out at the other end."""
        with self.lock:
            now = time.monotonic()
            sent = max(now, self.free_at[way]) + (size / self.rate if self.rate else 0)
            self.free_at[way] = sent
            return sent + self.delay

    def carry(self, source: socket.socket, sink: socket.socket, way: str, of: list[Passed]) -> None:
        """Move bytes one way until the connection ends."""
        waiting: queue.Queue[tuple[float, bytes]] = queue.Queue()
        threading.Thread(target=self.deliver, args=(waiting, sink, way, of), daemon=True).start()
        try:
            while piece := source.recv(16384 if not self.rate else 4096):
                if way == "up":
                    self.note(piece, of)
                waiting.put((self.due(way, len(piece)), piece))
        except OSError:
            pass
        waiting.put((time.monotonic() + self.delay, b""))

    def note(self, piece: bytes, of: list[Passed]) -> None:
        """Remember each request that begins in these bytes."""
        for found in REQUEST.finditer(piece):
            passed = Passed(found[2].decode(), "", time.monotonic())
            of.append(passed)
            self.seen.append(passed)
        view = VIEW.search(piece)
        if view and of:
            of[-1].view = view[1].decode()

    def deliver(
        self,
        waiting: queue.Queue[tuple[float, bytes]],
        sink: socket.socket,
        way: str,
        of: list[Passed],
    ) -> None:
        """Hand bytes on when they are due; an empty piece closes."""
        try:
            while True:
                due, piece = waiting.get()
                time.sleep(max(0.0, due - time.monotonic()))
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
                # Before it is sent: after it the phone may have asked something else already.
                asked = of[-1] if way == "down" and of else None
                sink.sendall(piece)
                if asked:
                    asked.size += len(piece)
                    asked.ended = time.monotonic()
        except OSError:
            return

    def accept(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self.ends.append(near)
            try:
                far = socket.create_connection(self.target)
            except OSError:
                near.close()
                continue
            self.ends.append(far)
            of: list[Passed] = []
            threading.Thread(target=self.carry, args=(near, far, "up", of), daemon=True).start()
            threading.Thread(target=self.carry, args=(far, near, "down", of), daemon=True).start()


@contextmanager
def line_to(base: str, bits: float = 0, round_trip: float = 0) -> Iterator[tuple[str, Line]]:
    """(address to open instead, the line): ``bits`` a second, ``round_trip`` seconds."""
    parts = urlsplit(base)
    line = Line((str(parts.hostname), int(parts.port or 80)), bits / 8, round_trip / 2)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        accepting = threading.Thread(target=line.accept, args=(listener,), daemon=True)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", line
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            accepting.join()
            for end in line.ends:
                end.close()
