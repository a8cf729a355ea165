"""A bad network: HTTP between browsers and server, in which ``/sync/v1`` is hurt at random.

Everything else passes unharmed. The proxy knows nothing of the product but that path; it hurts
by its own random numbers, never by what a request says. Some requests end at somebody in the
middle (tests/support/middle_box.py), who answers with any status, any page and our own shapes.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.support.middle_box import SHAPES, STATUSES, MiddleBox, Said

HURT = b"/sync/v1"
WEIGHTS = {
    "drop_before": 4,
    "drop_after": 5,
    "delay": 5,
    "duplicate": 4,
    "late": 4,
    "cut_request": 3,
    "cut_answer": 4,
    "box_instead": 8,
    "box_after": 7,
}
# Whoever logs in takes in the key that the answer to it is signed with (the sync contract): nobody
# in the middle tells his own here.
LIES = [shape for shape in SHAPES if shape != "told"]
REASON = "As it pleases"
LEFT_OUT = ("content-length", "transfer-encoding", "connection", "set-cookie")
LONGEST_HEAD = 65536


@dataclass(frozen=True)
class Message:
    """One request as it arrived: ``head`` with its empty line, and the body."""

    head: bytes
    body: bytes

    @property
    def path(self) -> bytes:
        """The address asked for."""
        return self.head.split(b" ", 2)[1]

    def header(self, name: str) -> str:
        """What a header says; "" where it is not there."""
        return read_header(self.head, name)

    def last_of_its_line(self) -> bytes:
        """The request as it goes on, asking the server to hang up afterwards."""
        lines = self.head.rstrip(b"\r\n").split(b"\r\n")
        kept = [line for line in lines if not line.lower().startswith(b"connection:")]
        return b"\r\n".join([*kept, b"Connection: close", b"", b""]) + self.body


class Proxy:
    """Listens on ``port`` once started; ``rate`` is the share of requests that are hurt."""

    def __init__(self, upstream: int, seed: int, rate: float = 0.3, port: int = 0) -> None:
        self.upstream = upstream
        self.random = random.Random(seed)
        self.rate = rate
        self.port = port
        self.counts: Counter[str] = Counter()
        self.passed = 0
        self.box = MiddleBox()
        self.overhear: Callable[[Message], None] = lambda message: None
        self.quiet = False
        self.loop = asyncio.new_event_loop()
        self.tasks: set[asyncio.Task[None]] = set()  # the loop itself holds them only weakly

    def start(self) -> None:
        """Serve from a thread of its own."""
        ready = threading.Event()

        def run() -> None:
            asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(self.listen())
            ready.set()
            self.loop.run_forever()

        self.thread = threading.Thread(target=run, daemon=True, name="bad network")
        self.thread.start()
        ready.wait(10)

    async def listen(self) -> None:
        """Open the port."""
        server = await asyncio.start_server(
            self.take, "127.0.0.1", self.port, limit=LONGEST_HEAD, backlog=200
        )
        self.port = server.sockets[0].getsockname()[1]

    def calm(self) -> None:
        """From here on everything passes."""
        self.quiet = True

    def stop(self) -> None:
        """Hang up on everybody and end the thread."""

        async def hang_up() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(hang_up(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer, whatever becomes of them."""
        self.keep(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            message = await read_message(reader)
            await self.treat(message, writer)
            await writer.drain()
        with suppress(OSError):
            writer.close()

    def keep(self, task: asyncio.Task[None] | None) -> None:
        """Hold on to a task until it is done."""
        if task:
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def treat(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """Let a request pass, or hurt it."""
        self.passed += 1
        hurt = message.path.startswith(HURT) and not self.quiet
        with suppress(ValueError, KeyError, OSError):
            self.overhear(message)
        if not hurt or self.random.random() >= self.rate:
            answer = await self.ask(message)
            said = read_answer(answer) if hurt else None
            if said is not None:
                self.box.hear(door_path(message), said)
            writer.write(answer)
            return
        kind = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        self.counts[kind] += 1
        await getattr(self, kind)(message, writer)

    async def ask(self, message: Message) -> bytes:
        """The server's whole answer; raises OSError when it is away."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            writer.write(message.last_of_its_line())
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise ConnectionResetError("the server hung up")
        return answer

    async def box_instead(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """Somebody answers in the server's place, who never hears of it."""
        writer.write(self.boxed(message, None))

    async def box_after(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The server took it and answered; the phone hears something else."""
        writer.write(self.boxed(message, read_answer(await self.ask(message))))

    def boxed(self, message: Message, true: Said | None) -> bytes:
        """An answer that no server of ours gave, of any status and shape."""
        status, shape = self.random.choice(STATUSES), self.random.choice(LIES)
        asked, told = (message.header(name) for name in ("jangkau-signature", "jangkau-key"))
        said = self.box.answer(door_path(message), status, shape, asked, told, true)
        self.counts[f"box said {shape}"] += 1
        self.counts[f"box said {said.status}"] += 1
        lines = [f"HTTP/1.1 {said.status} {REASON}"]
        lines += [f"{name}: {value}" for name, value in said.headers.items()]
        lines += [f"Content-Length: {len(said.body)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode() + said.body

    async def drop_before(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The request never arrives."""

    async def drop_after(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The server took it, the answer is lost."""
        await self.ask(message)

    async def delay(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """Slow there, slow back."""
        await asyncio.sleep(self.random.uniform(0.2, 3))
        answer = await self.ask(message)
        await asyncio.sleep(self.random.uniform(0.2, 3))
        writer.write(answer)

    async def duplicate(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The server gets it twice at once; one of the answers comes back."""
        answers = await asyncio.gather(self.ask(message), self.ask(message), return_exceptions=True)
        whole = [answer for answer in answers if isinstance(answer, bytes)]
        if whole:
            writer.write(self.random.choice(whole))

    async def late(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The phone hears nothing; the server gets it after what the phone sends next."""

        async def deliver(seconds: float) -> None:
            await asyncio.sleep(seconds)
            with suppress(OSError):
                await self.ask(message)

        self.keep(asyncio.create_task(deliver(self.random.uniform(1, 12))))

    async def cut_request(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The line breaks in the middle of the request."""
        whole = message.last_of_its_line()
        _, upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
        head = len(whole) - len(message.body)
        upstream.write(whole[: self.random.randint(head // 2, max(head, len(whole) - 1))])
        await upstream.drain()
        upstream.close()

    async def cut_answer(self, message: Message, writer: asyncio.StreamWriter) -> None:
        """The line breaks in the middle of the answer."""
        answer = await self.ask(message)
        writer.write(answer[: self.random.randint(1, max(1, len(answer) - 1))])


def door_path(message: Message) -> str:
    """The address below the door, without its query."""
    return message.path.partition(b"?")[0].decode().removeprefix("/sync/v1/")


def read_answer(whole: bytes) -> Said | None:
    """An answer as it came from the server, which hangs up after each; None for half of one."""
    head, _, body = whole.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    headers = {name: value.strip() for name, _, value in pairs if name.lower() not in LEFT_OUT}
    if not headers or len(body) != int(read_header(head, "content-length") or -1):
        return None
    return Said(int(first.split(" ")[1]), body, headers)


def read_header(head: bytes, name: str) -> str:
    """What a header says; "" where it is not there."""
    for line in head.decode("latin-1").split("\r\n"):
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return ""


async def read_message(reader: asyncio.StreamReader) -> Message:
    """The next request of a connection; raises IncompleteReadError when the browser went."""
    head = await reader.readuntil(b"\r\n\r\n")
    size = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            size = int(value)
    return Message(head, await reader.readexactly(size) if size else b"")
