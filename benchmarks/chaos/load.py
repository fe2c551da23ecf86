"""Clients that know what each of their rollouts is worth, and count what became of it."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

TIMEOUT = 60.0
"""Seconds after which an answer is late; the service's own limit is far below."""
LONGEST = 120.0
"""Seconds after which a client counts its request as lost."""
PAUSE = 0.05
_VERDICTS = frozenset({"ok", "no_answer", "wrong_format", "refused", "timeout"})


@dataclass
class Account:
    """The number of rollouts sent, and their outcomes; the counts of `lost` and below must be 0.

    A refusal is an answer: a status, or a connection that was refused. A reset after the whole request was
    sent is a refusal only if the journal shows that nothing of it was scored. An answer after a client's
    deadline is late, not lost: on a busy machine the client may not have run.
    """

    sent: int = 0
    answered: int = 0
    scored: int = 0
    unscored: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    late: int = 0
    """Rollouts answered after TIMEOUT."""
    reset: dict[str, int] = field(default_factory=dict)
    """Rollouts of requests that were sent and torn without an answer, by the request's id, until `settle`."""
    lost: int = 0
    wrong: int = 0
    twice: int = 0
    leaked: dict[str, int] = field(default_factory=dict)
    examples: list[str] = field(default_factory=list)
    """The first of what should not have been."""

    @property
    def is_clean(self) -> bool:
        """True if nothing was lost, wrong, answered twice or left behind."""
        return not (self.lost or self.wrong or self.twice or any(self.leaked.values()))

    def settle(self, scored: Collection[str], unwritten: int = 0) -> None:
        """Decide on requests that were torn, by the ids in the journal, which lost `unwritten` rows."""
        for name, rollouts in self.reset.items():
            if name in scored:
                self.blame("lost", f"{name} was scored, and its connection was reset")
            elif unwritten:
                self.blame(
                    "lost", f"{name} was reset, and may be among {unwritten} rows that were not written"
                )
            else:
                self.refused["reset before it was read"] += rollouts
        self.reset.clear()

    def blame(self, kind: str, what: str) -> None:
        """Count what should not have been."""
        setattr(self, kind, getattr(self, kind) + 1)
        if len(self.examples) < 20:
            self.examples.append(f"{kind}: {what}")


Drawn = tuple[str, list[str], list[str], list[float]]
"""A reward type, responses with their golden answers, and the reward that each is worth."""


def rollouts(random_: random.Random) -> Drawn:
    """Return a reward type, responses with their golden answers, and what each is worth."""
    size = random_.choice((1, 1, 4, 16))
    if random_.random() < 0.5:
        worth = [float(random_.randrange(1000)) for _ in range(size)]
        return "weigh", [f"{one} {random_.choice((0, 0, 1, 30))}" for one in worth], [""] * size, worth
    numbers = [random_.randrange(10**6) for _ in range(size)]
    is_right = [random_.random() < 0.5 for _ in numbers]
    responses = [
        rf"\boxed{{\sqrt{{2}} + {number if right else number + 1}}}"
        for number, right in zip(numbers, is_right, strict=True)
    ]
    golden = [rf"{number} + \sqrt{{2}}" for number in numbers]
    return "math_equal", responses, golden, [float(right) for right in is_right]


class Client(threading.Thread):
    """One client: a request at a time, on a connection of its own or on one that it keeps."""

    def __init__(
        self,
        port: int,
        account: Account,
        lock: threading.Lock,
        seed: str,
        draw: Callable[[random.Random], Drawn] = rollouts,
    ) -> None:
        super().__init__(name=f"client-{seed}", daemon=True)
        self._port = port
        self._account = account
        self._lock = lock
        self._random = random.Random(seed)
        self._draw = draw
        self._number = 0
        self.is_over = threading.Event()

    def run(self) -> None:
        """Send requests until `is_over` is set."""
        while not self.is_over.is_set():
            self._ask()

    def _ask(self) -> None:
        reward_type, responses, golden, worth = self._draw(self._random)
        payload = {
            "prompts": [""] * len(worth),
            "responses": responses,
            "golden_responses": golden,
            "details": True,
        }
        body = json.dumps(payload).encode()
        self._number += 1
        name = f"{self.name}-{self._number}"
        head = (
            f"POST /get_reward/{reward_type} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"X-Request-ID: {name}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with self._lock:
            self._account.sent += len(worth)
        begun, was_sent = time.monotonic(), False
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=LONGEST) as connection:
                connection.sendall(head.encode() + body)
                was_sent = True
                reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        except (ConnectionRefusedError, ConnectionResetError, BrokenPipeError) as error:
            if was_sent:
                with self._lock:
                    self._account.reset[name] = len(worth)
                self.is_over.wait(PAUSE)
            else:
                self._refuse(type(error).__name__, len(worth))
        except OSError as error:
            with self._lock:
                self._account.blame("lost", f"{name}: {type(error).__name__} after {LONGEST:g} s")
        else:
            if time.monotonic() - begun > TIMEOUT:
                with self._lock:
                    self._account.late += len(worth)
            self._enter(reply, worth, reward_type)

    def _refuse(self, why: str, rollouts: int) -> None:
        with self._lock:
            self._account.refused[why] += rollouts
        self.is_over.wait(PAUSE)

    def _enter(self, reply: bytes, worth: list[float], reward_type: str) -> None:
        head, _, body = reply.partition(b"\r\n\r\n")
        status = head[9:12].decode()
        if status != "200":
            if status in ("503", "408"):
                self._refuse(status, len(worth))
            else:
                with self._lock:
                    self._account.blame("lost", f"status {status!r}: {reply[:200]!r}")
            return
        try:
            answer = json.loads(body)
            details = answer["details"]
        except (ValueError, KeyError):
            with self._lock:
                self._account.blame("twice" if b"HTTP/1.1" in body else "lost", f"{reply[-200:]!r}")
            return
        with self._lock:
            self._account.answered += len(details)
            if len(details) != len(worth):
                self._account.blame("lost", f"{len(details)} answers for {len(worth)} rollouts")
                return
            for detail, right in zip(details, worth, strict=True):
                self._count(detail, right, reward_type)

    def _count(self, detail: dict[str, object], right: float, reward_type: str) -> None:
        if detail["status"] not in _VERDICTS:
            why = str(detail["explanation"])[:80]
            self._account.unscored[f"{reward_type}: {detail['status']}: {why}"] += 1
        elif detail["reward"] == right and detail["status"] == "ok":
            self._account.scored += 1
        else:
            self._account.blame("wrong", f"{reward_type}: {right} was worth {detail}")


def wait_ready(port: int, seconds: float) -> float | None:
    """Return the seconds until `/ready` answers 200; None if it does not within that time."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5.0) as connection:
                connection.sendall(b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if connection.recv(12) == b"HTTP/1.1 200":
                    return time.monotonic() - begun
        except OSError:
            pass
        time.sleep(PAUSE)
    return None
