"""The random lives with phones that run the product's own JavaScript."""

from __future__ import annotations

from dataclasses import replace

from tests.support.invariants import the_phone_says_what_is_gone
from tests.support.lives import Lives
from tests.support.network import Boxed, Request
from tests.support.real_phone import Fetch, Node, RealPhone


class RealLives(Lives):
    """As Lives; ``node`` is the process in which the phones live."""

    node: Node

    def clean(self) -> None:
        super().clean()
        self.node.do("clear")

    def make_phone(self, number: int) -> RealPhone:
        return RealPhone(self.node, number, self.users[number], self.line(number, "ok"))

    def line(self, number: int, mode: str | Boxed) -> Fetch:  # type: ignore[override]
        def fetch(request: Request) -> object:
            user = self.users[number] if request.path == "device" else ""
            return self.net.send(replace(request, user=user), mode)

        return fetch  # type: ignore[return-value]

    def open(self, number: int) -> None:
        self.phones[number].open(self.line(number, "ok"))

    def check(self) -> None:
        super().check()
        for number, phone in enumerate(self.phones):
            the_phone_says_what_is_gone(phone.report(), phone.user_id, self.said[number])

    def answer_arrives_late(self, _pick: int) -> bool:
        """A browser hands no answer to anybody who has stopped waiting for it."""
        self.net.late.clear()
        return False
