"""Make the load of the memory benchmark: batches of several kinds, requests that are refused or end early."""

from __future__ import annotations

import json
import random
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

SIZE = 500
"""Rollouts of a batch that costs little."""
_FEW = 20
"""Rollouts of a batch of programs."""
_KEPT = 50
"""Batches that may be sent again."""
TIMEOUT = 0.3
"""Seconds after which the service ends a rollout, given to it at its start."""
_TOO_LONG = 2000
"""Milliseconds that a rollout naps which shall time out."""
_REFUSED: tuple[tuple[str, bytes], ...] = (
    ("/get_reward/math_equal", b'{"prompts": ["'),
    ("/get_reward/math_equal", b"\xff\xfe{}"),
    ("/get_reward/math_equal", b'{"prompts": [""], "responses": [], "golden_responses": [""]}'),
    ("/get_reward/no_such_reward", b'{"prompts": [""], "responses": [""], "golden_responses": [""]}'),
    ("/get_reward/math_equal", b"[" * 20_000),
    ("/nowhere", b"{}"),
)
"""Requests that the service refuses: paths and bodies."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A request for rewards, and the rewards that are right."""

    reward_type: str
    responses: list[str]
    golden: list[str]
    worth: list[float]

    def body(self) -> bytes:
        """Return it as JSON."""
        return json.dumps(
            {"prompts": [""] * len(self.worth), "responses": self.responses, "golden_responses": self.golden}
        ).encode()


class Mixture:
    """A source of batches: new and known ones, with workers, programs and timeouts among them."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._sent: deque[Batch] = deque(maxlen=_KEPT)

    def batch(self) -> Batch:
        """Return the next batch; one in six was sent before."""
        if self._sent and self._chance.random() < 1 / 6:
            return self._chance.choice(self._sent)
        kinds = (self._mathematics, self._weighed, self._programs, self._timed_out)
        (kind,) = self._chance.choices(kinds, (40, 6, 1, 3))
        self._sent.append(made := kind())
        return made

    def is_time(self, share: float) -> bool:
        """Return True in a share of the calls."""
        return self._chance.random() < share

    def refused(self) -> tuple[str, bytes]:
        """Return the path and the body of a request that the service refuses; each is another one."""
        path, body = self._chance.choice(_REFUSED)
        return f"{path}?n={self._chance.random()}", body

    def leave_early(self, port: int) -> None:
        """Send part of a request, or all of it, and go away without the answer."""
        body = self._mathematics().body()
        head = (
            f"POST /get_reward/math_equal HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        sent = head.encode() + body
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=10.0) as connection:
            connection.sendall(sent[: self._chance.choice((10, len(sent) // 2, len(sent)))])

    def _made(self, reward_type: str, size: int, rollout: Callable[[int], tuple[str, str, float]]) -> Batch:
        responses, golden, worth = map(list, zip(*map(rollout, range(size)), strict=True))
        return Batch(reward_type, responses, golden, worth)

    def _mathematics(self) -> Batch:
        """Return rollouts most of which are decided in the server's process, some by a worker."""
        return self._made("math_equal", SIZE, lambda _: self._answer())

    def _answer(self) -> tuple[str, str, float]:
        chance = self._chance
        number, is_right = chance.randrange(10**9), chance.random() < 0.5
        said = number + (not is_right)
        padding = f"Step {chance.random()}: " + "so we go on. " * chance.randrange(60)
        kind = chance.random()
        if kind < 0.06:
            return rf"{padding}\boxed{{\sqrt{{2}} + {said}}}", rf"{number} + \sqrt{{2}}", float(is_right)
        if kind < 0.12:
            return f"{padding} I do not know.", str(number), 0.0
        return rf"{padding}\boxed{{{said}}}", str(number), float(is_right)

    def _weighed(self) -> Batch:
        """Return rollouts of an own function, which needs workers."""

        def rollout(_: int) -> tuple[str, str, float]:
            worth = self._chance.randrange(10**6)
            return f"{worth} 0", "", float(worth)

        return self._made("weigh", SIZE, rollout)

    def _timed_out(self) -> Batch:
        """Return one rollout that takes too long, among some that do not."""

        def rollout(place: int) -> tuple[str, str, float]:
            worth = self._chance.randrange(10**6)
            return f"{worth} {0 if place else _TOO_LONG}", "", float(worth) if place else 0.0

        return self._made("weigh", _FEW, rollout)

    def _programs(self) -> Batch:
        """Return programs for the sandbox."""

        def rollout(_: int) -> tuple[str, str, float]:
            number, is_right = self._chance.randrange(10**9), self._chance.random() < 0.5
            program = f"```python\ndef f(x):\n    return x + {number + (not is_right)}\n```"
            return program, json.dumps([f"assert f(1) == {number + 1}"]), float(is_right)

        return self._made("code_tests", _FEW, rollout)
