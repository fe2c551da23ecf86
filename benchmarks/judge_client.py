"""The judge's client compared with other HTTP clients, in one run: rate and processor time.

    python -m benchmarks.judge_client [--concurrency 256] [--waves 10] [--rounds 5] [--seconds 0.2]

The judge is `peers/waiting_judge.py`, a process of its own that replies to everything after the same time.
Each client writes a request as JSON, sends it, and takes the text out of the reply. Ours also counts
requests, merges equal questions, caches the replies and handles every failure. In each round all clients take
turns, so that other load on the machine affects all alike. Each turn uses a new client, warmed up by one wave
of questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from rule_rm.judge import ClientOptions, JudgeClient, Question

PEER = Path(__file__).with_name("peers") / "waiting_judge.py"
PATH = "/v1/chat/completions"
PATIENCE = 60.0
TARGET = 0.8
"""Of the rate of plain urllib3."""
REFERENCE = "urllib3, threads"
PROMPT = (
    "Judge whether the answer is the reference. The reference is always right; compare final answers alone.\n"
    + "A question of a usual length, with the text that goes with it. " * 10
)
Ask = Callable[[str], object]
"""Asks for one text in the caller's thread; raises if there is no reply."""
AsyncAsk = Callable[[str], Awaitable[object]]


def payload(text: str) -> dict[str, Any]:
    messages = [{"role": "user", "content": PROMPT + text}]
    return {"model": "judge", "messages": messages, "temperature": 0.0, "max_tokens": 1024}


def text_of(content: bytes) -> str:
    return json.loads(content)["choices"][0]["message"]["content"]


@contextmanager
def rule_rm(url: str, concurrency: int) -> Iterator[Ask]:
    options = ClientOptions(urls=(url,), model="judge", concurrency=concurrency)
    with closing(JudgeClient(options)) as client:
        yield (
            lambda text: (
                client.ask(
                    Question(messages=({"role": "user", "content": PROMPT + text},)),
                    time.monotonic() + PATIENCE,
                ).text
            )
        )


@contextmanager
def plain_urllib3(url: str, concurrency: int) -> Iterator[Ask]:
    headers = {"Content-Type": "application/json"}
    with urllib3.PoolManager(maxsize=concurrency, retries=False, timeout=PATIENCE) as pool:
        yield lambda text: text_of(
            pool.request("POST", url + PATH, body=json.dumps(payload(text)).encode(), headers=headers).data
        )


@contextmanager
def plain_requests(url: str, concurrency: int) -> Iterator[Ask]:
    with requests.Session() as session:
        session.trust_env = False
        session.mount("http://", HTTPAdapter(pool_maxsize=concurrency))
        yield lambda text: text_of(session.post(url + PATH, json=payload(text), timeout=PATIENCE).content)


@asynccontextmanager
async def async_httpx(url: str, concurrency: int) -> AsyncIterator[AsyncAsk]:
    import httpx

    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(limits=limits, timeout=PATIENCE, trust_env=False) as client:

        async def ask(text: str) -> str:
            return text_of((await client.post(url + PATH, json=payload(text))).content)

        yield ask


@asynccontextmanager
async def async_openai(url: str, concurrency: int) -> AsyncIterator[AsyncAsk]:
    import openai

    async with openai.AsyncOpenAI(
        base_url=url + "/v1", api_key="none", timeout=PATIENCE, max_retries=0
    ) as client:

        async def ask(text: str) -> str | None:
            return (await client.chat.completions.create(**payload(text))).choices[0].message.content

        yield ask


@asynccontextmanager
async def async_aiohttp(url: str, concurrency: int) -> AsyncIterator[AsyncAsk]:
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=concurrency)) as session:

        async def ask(text: str) -> str:
            async with session.post(url + PATH, json=payload(text)) as reply:
                return text_of(await reply.read())

        yield ask


THREADED = {"rule_rm": rule_rm, REFERENCE: plain_urllib3, "requests, threads": plain_requests}
ASYNC = {"aiohttp": async_aiohttp, "openai": async_openai, "httpx": async_httpx}


class Round:
    """The questions of one client's turn: `waves` waves of `concurrency` questions each."""

    def __init__(self, name: str, concurrency: int, waves: int) -> None:
        self._texts = (f"{name} {time.monotonic_ns()} {number}" for number in range(concurrency * waves))
        self._lock = threading.Lock()
        self.lost = 0

    def next(self) -> str | None:
        with self._lock:
            return next(self._texts, None)

    def in_threads(self, ask: Ask, concurrency: int) -> None:
        def work() -> None:
            while (text := self.next()) is not None:
                try:
                    ask(text)
                except Exception:  # noqa: BLE001 - whatever it is, the question is lost
                    with self._lock:
                        self.lost += 1

        threads = [threading.Thread(target=work) for _ in range(concurrency)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    async def in_tasks(self, ask: AsyncAsk, concurrency: int) -> None:
        async def work() -> None:
            while (text := self.next()) is not None:
                try:
                    await ask(text)
                except Exception:  # noqa: BLE001 - whatever it is, the question is lost
                    self.lost += 1

        await asyncio.gather(*(work() for _ in range(concurrency)))


def measure(name: str, url: str, concurrency: int, waves: int) -> tuple[float, float, int]:
    """Return the questions per second, milliseconds of processor time per question, and the number lost."""
    warm_up, measured = Round(name, concurrency, 1), Round(name, concurrency, waves)

    def figures(began: float, used: float) -> tuple[float, float, int]:
        count = concurrency * waves
        return (
            count / (time.monotonic() - began),
            (time.process_time() - used) / count * 1000,
            warm_up.lost + measured.lost,
        )

    if name in THREADED:
        with THREADED[name](url, concurrency) as ask:
            warm_up.in_threads(ask, concurrency)
            began, used = time.monotonic(), time.process_time()
            measured.in_threads(ask, concurrency)
            return figures(began, used)

    async def run() -> tuple[float, float, int]:
        async with ASYNC[name](url, concurrency) as ask:
            await warm_up.in_tasks(ask, concurrency)
            began, used = time.monotonic(), time.process_time()
            await measured.in_tasks(ask, concurrency)
            return figures(began, used)

    return asyncio.run(run())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--concurrency", type=int, default=256)
    parser.add_argument("--waves", type=int, default=10, help="questions of each caller in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2, help="that the judge takes for a reply")
    parser.add_argument("--only", default="", help="names of clients, with commas")
    given = parser.parse_args()
    names = [*THREADED, *(name for name in ASYNC if find_spec(name))]
    names = [name for name in names if not given.only or name.split(",")[0] in given.only.split(",")]
    samples: dict[str, list[tuple[float, float, int]]] = {name: [] for name in names}
    with subprocess.Popen(
        [sys.executable, str(PEER), str(given.seconds)], stdout=subprocess.PIPE, text=True
    ) as peer:
        try:
            assert peer.stdout is not None
            url = f"http://127.0.0.1:{peer.stdout.readline().strip()}"
            for _ in range(given.rounds):
                for name in names:
                    samples[name].append(measure(name, url, given.concurrency, given.waves))
        finally:
            peer.terminate()
    report(samples, given.concurrency / given.seconds)


def report(samples: dict[str, list[tuple[float, float, int]]], ideal: float) -> None:
    print(f"| client | questions/s (ideal {ideal:.0f}) | × {REFERENCE} | CPU ms/question | lost |")
    print("|---|---|---|---|---|")
    for name, found in samples.items():
        ratio = "-"
        if REFERENCE in samples:
            # Round by round: both had the machine as it was then.
            pairs = zip(found, samples[REFERENCE], strict=True)
            ratio = f"{statistics.median(ours / theirs for (ours, *_), (theirs, *_) in pairs):.2f}"
        rate, cpu = (statistics.median(sample[index] for sample in found) for index in (0, 1))
        print(f"| {name} | {rate:.0f} | {ratio} | {cpu:.2f} | {sum(sample[2] for sample in found)} |")
    print(f"\nThe target for rule_rm is {TARGET} of {REFERENCE}.")


if __name__ == "__main__":
    main()
