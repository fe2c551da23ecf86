"""A served reward model compared with OpenRLHF's loop and with one text at a time, in one run.

    python -m benchmarks.reward_model [--layers 10] [--json figures.json]
    python -m benchmarks.reward_model --device cuda

README.md describes the contestants. On a CPU the figure is processor time with one thread each, since other
load hardly affects it. On a GPU it is texts and tokens per second. Models have random weights: the cost of a
pass does not depend on their values.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import resource
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.processes import Process, free_port

MEDIAN, LONGEST = 186, 1500
CLIENTS = {"cpu": 64, "cuda": 256}
BATCH = {"cpu": None, "cuda": 16}
"""OpenRLHF's batch size: on a processor all that a request has, its default; on a GPU that of its example."""
TARGETS = {"one by one": 1 / 0.9, "OpenRLHF's loop": 8.0}
CLOSE = {"cpu": 1e-5, "cuda": 0.5}


@dataclass
class Figures:
    """One contestant's seconds of wall and processor time, and its scores in the order of the texts."""

    name: str
    wall: float
    processor: float
    scores: list[float]


def main() -> int:
    arguments = parsed()
    if arguments.contestant:
        return contestant(arguments)
    texts = texts_of(arguments.samples, arguments.seed)
    lengths = sorted(map(len, texts))
    print(
        f"{len(texts)} texts of {lengths[0]} to {lengths[-1]} tokens, "
        f"median {statistics.median(lengths):g}, {sum(lengths)} in all"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "texts.json").write_text(json.dumps(texts))
        build(folder / "model", arguments)
        first = in_a_loop("one by one", folder, arguments)
        served = from_the_service(folder, texts, arguments)
        loop = in_a_loop("OpenRLHF's loop", folder, arguments)
        again = in_a_loop("one by one", folder, arguments)
    one_by_one = Figures("one by one", *mean_of(first, again), first.scores)
    return report([one_by_one, loop, *served], sum(lengths), arguments)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--samples", type=int, help="texts (default 128, on a GPU 2048)")
    parser.add_argument("--layers", type=int, help="layers of the model (default 10, on a GPU 16)")
    parser.add_argument("--width", type=int, help="its hidden size (default 256, on a GPU 2048)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--contestant", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    small = arguments.device == "cpu"
    arguments.samples = arguments.samples or (128 if small else 2048)
    arguments.layers = arguments.layers or (10 if small else 16)
    arguments.width = arguments.width or (256 if small else 2048)
    return arguments


def texts_of(count: int, seed: int) -> list[str]:
    """Texts with a long tail of lengths, of letters that are one token each; one has the longest length."""
    generator = random.Random(seed)
    lengths = [min(int(generator.lognormvariate(5.226, 0.75)) + 1, LONGEST) for _ in range(count - 1)]
    lengths.insert(generator.randrange(count), LONGEST)
    return ["".join(generator.choices(string.ascii_letters, k=length)) for length in lengths]


def build(path: Path, arguments: argparse.Namespace) -> None:
    """Save a sequence classification model with random weights, and its tokenizer, under a path."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import AutoModelForSequenceClassification, PreTrainedTokenizerFast, Qwen2Config

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>", pad_token="<pad>")
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(fast),
        hidden_size=arguments.width,
        intermediate_size=4 * arguments.width,
        num_hidden_layers=arguments.layers,
        num_attention_heads=arguments.width // 64,
        num_key_value_heads=max(arguments.width // 256, 1),
        max_position_embeddings=4096,
        num_labels=1,
        pad_token_id=fast.pad_token_id,
    )
    model = AutoModelForSequenceClassification.from_config(config)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    print(f"a model of {parameters / 1e6:.1f} million parameters on {arguments.device}")
    model.to(torch.bfloat16 if arguments.device == "cuda" else torch.float32).save_pretrained(path)
    fast.save_pretrained(path)


def environ(device: str) -> dict[str, str]:
    # Threads that wait for each other burn processor time, the more the busier the machine is.
    return {**os.environ, "OMP_NUM_THREADS": "1"} if device == "cpu" else dict(os.environ)


def in_a_loop(name: str, folder: Path, arguments: argparse.Namespace) -> Figures:
    """Return a contestant without a server, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.reward_model", "--contestant", name, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--device", arguments.device],
        env=environ(arguments.device),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Figures(name, **json.loads(done.stdout.splitlines()[-1]))


def contestant(arguments: argparse.Namespace) -> int:
    """Be that process: score the texts, tell what it took."""
    texts = json.loads((arguments.folder / "texts.json").read_text())
    ways = {"one by one": one_by_one, "OpenRLHF's loop": openrlhf}
    score = ways[arguments.contestant](str(arguments.folder / "model"), arguments.device)
    score(texts[:2])
    start, before = time.perf_counter(), processor_seconds()
    scores = score(texts)
    figures = {
        "wall": time.perf_counter() - start,
        "processor": processor_seconds() - before,
        "scores": scores,
    }
    print(json.dumps(figures))
    return 0


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def one_by_one(path: str, device: str) -> Callable[[list[str]], list[float]]:
    """Return a scorer that runs transformers' own model on one text after the other, without padding."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(path)
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    model = AutoModelForSequenceClassification.from_pretrained(path, dtype=dtype).to(device).eval()

    def score(texts: list[str]) -> list[float]:
        with torch.inference_mode():
            encoded = (tokenizer(text, add_special_tokens=False, return_tensors="pt") for text in texts)
            return [float(model(**inputs.to(device)).logits) for inputs in encoded]

    return score


def openrlhf(path: str, device: str) -> Callable[[list[str]], list[float]]:
    import torch
    from peers.openrlhf_serve_rm import OpenRLHFRewardModel

    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    return OpenRLHFRewardModel(path, dtype=dtype, device=device, batch_size=BATCH[device]).get_reward


def from_the_service(folder: Path, texts: Sequence[str], arguments: argparse.Namespace) -> list[Figures]:
    """rule_rm's server, by several orders of arrival and from many clients at once."""
    port = free_port()
    command = [sys.executable, "-m", "rule_rm.cli", "serve-rm", "--port", str(port)]
    command += ["--reward_pretrain", str(folder / "model"), "--device", arguments.device]
    with Process(command, folder / "server.log", environ(arguments.device)) as server:
        server.wait_ready(lambda: is_ready(port), limit=600.0)
        asked(port, texts[:2])
        server.wait_at_rest()
        orders = {
            "as drawn": list(range(len(texts))),
            "shortest first": sorted(range(len(texts)), key=lambda n: len(texts[n])),
            "longest first": sorted(range(len(texts)), key=lambda n: -len(texts[n])),
            "shuffled": random.Random(7).sample(range(len(texts)), len(texts)),
        }
        found = [
            measured(f"served, {name}", server, order, lambda part: asked(port, part), texts)
            for name, order in orders.items()
        ]
        clients = CLIENTS[arguments.device]
        with ThreadPoolExecutor(clients) as threads:

            def singly(part: list[str]) -> list[float]:
                return [one for (one,) in threads.map(lambda text: asked(port, [text]), part)]

            found.append(measured(f"served, {clients} clients", server, orders["shuffled"], singly, texts))
    return found


def measured(
    name: str,
    server: Process,
    order: list[int],
    ask: Callable[[list[str]], list[float]],
    texts: Sequence[str],
) -> Figures:
    start, before = time.perf_counter(), server.cpu_seconds()
    rewards = ask([texts[number] for number in order])
    wall = time.perf_counter() - start
    scores = [0.0] * len(texts)
    for number, reward in zip(order, rewards, strict=True):
        scores[number] = reward
    return Figures(name, wall, server.cpu_seconds() - before, scores)


def asked(port: int, texts: Sequence[str]) -> list[float]:
    """Return the rewards of OpenRLHF's request."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600.0)
    try:
        body = json.dumps({"query": list(texts)})
        connection.request("POST", "/get_reward", body, {"Content-Type": "application/json"})
        reply: dict[str, Any] = json.loads(connection.getresponse().read())
        assert not any(reply["extra_logs"]["unscored"]), "the service left texts unscored"
        rewards: list[float] = reply["rewards"]
        return rewards
    finally:
        connection.close()


def is_ready(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5.0)
        connection.request("GET", "/ready")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False


def mean_of(*figures: Figures) -> tuple[float, float]:
    return statistics.mean(one.wall for one in figures), statistics.mean(one.processor for one in figures)


def report(found: list[Figures], tokens: int, arguments: argparse.Namespace) -> int:
    """Print the table; the exit status is 1 if a target was missed."""
    base, loop = found[0], found[1]
    exact = base.scores
    print(f"\n{'':24} {'CPU s':>8} {'wall s':>8} {'texts/s':>8} {'tokens/s':>9} {'furthest score':>15}")
    for one in found:
        apart = max(abs(score - other) for score, other in zip(one.scores, exact, strict=True))
        print(
            f"{one.name:24} {one.processor:8.2f} {one.wall:8.2f} {len(exact) / one.wall:8.1f} "
            f"{tokens / one.wall:9.0f} {apart:15.1e}"
        )
        assert apart < CLOSE[arguments.device], f"{one.name} scores differently"
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(one) for one in found]))
    if arguments.device != "cpu":
        worst = max(found[2:], key=lambda one: one.wall)
        print(f"\nslowest service: {loop.wall / worst.wall:.2f} times OpenRLHF's loop in texts a second")
        return 0
    worst = max(found[2:], key=lambda one: one.processor)
    costs, saves = worst.processor / base.processor, loop.processor / worst.processor
    is_met = costs <= TARGETS["one by one"] and saves >= TARGETS["OpenRLHF's loop"]
    print(
        f"\ndearest service: {costs:.2f} times one by one (at most {TARGETS['one by one']:.2f}), and "
        f"{saves:.1f} times cheaper than OpenRLHF's loop (at least {TARGETS[loop.name]:g}): "
        f"{'met' if is_met else 'MISSED'}"
    )
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
