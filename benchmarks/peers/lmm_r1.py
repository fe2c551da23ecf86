"""lmm-r1's approach to a reward server, rewritten: one process takes requests, a process pool verifies.

The golden answer is looked up by the exact question, else by the Levenshtein ratio to every question. Each
sample is one task of a `concurrent.futures` pool. A worker has math-verify parse the golden answer and the
whole response, and compare them, within math-verify's own limits of 5 s. An answer that can't be verified
earns the accuracy reward.

The original serves with FastAPI; this one serves with Flask, which is not the bottleneck of any figure here.
"""

from __future__ import annotations

import argparse
import json
import re
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import Levenshtein
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify

FORMAT = re.compile(r"^<think>(?:(?!</think>).)*</think><answer>(?:(?!</answer>).)*</answer>\Z", re.DOTALL)
"""A whole response in the format: `<think>so</think><answer>5</answer>`."""
BOXED_FIRST = LatexExtractionConfig(
    normalization_config=NormalizationConfig(
        nits=False, malformed_operators=False, basic_latex=True, equations=True, boxed=True, units=True
    ),
    boxed_match_priority=0,
    try_extract_without_anchor=False,
)


def accuracy(response: str, golden: str) -> float:
    """Return 1.0 if the response's answer equals the golden one or can't be verified. Runs in a worker."""
    expected = parse(golden, extraction_mode="first_match", extraction_config=[LatexExtractionConfig()])
    if not expected:
        return 1.0
    given = parse(response, extraction_mode="first_match", extraction_config=[BOXED_FIRST])
    try:
        return float(verify(given, expected))
    except Exception:  # noqa: BLE001 (the approach)
        return 1.0


def create_app(goldens: dict[str, str], pool: ProcessPoolExecutor) -> Flask:
    """Return the server over the pool."""
    app = Flask(__name__)

    def golden_answer(prompt: str) -> str:
        if prompt in goldens:
            return goldens[prompt]
        return goldens[max(goldens, key=lambda question: Levenshtein.ratio(prompt, question))]

    @app.post("/get_reward")
    def get_reward() -> ResponseReturnValue:
        message = request.get_json()
        responses = message["responses"]
        tasks = [
            pool.submit(accuracy, response, golden_answer(prompt))
            for prompt, response in zip(message["prompts"], responses, strict=True)
        ]
        formats = [bool(FORMAT.match(text)) and text.count("<think>") == 1 for text in responses]
        rewards = [0.5 * has_format + task.result() for has_format, task in zip(formats, tasks, strict=True)]
        return jsonify({"rewards": rewards})

    return app


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--dataset", type=Path, required=True)
    options.add_argument("--workers", type=int, default=2)
    given = options.parse_args()
    goldens = {}
    for item in json.loads(given.dataset.read_text(encoding="utf-8")):
        answer = item["answer"].strip()
        goldens[item["question"]] = answer if answer.startswith("$") else f"${answer}$"
    with ProcessPoolExecutor(given.workers) as pool:
        pool.submit(int).result()
        create_app(goldens, pool).run(host="127.0.0.1", port=given.port, threaded=True)


if __name__ == "__main__":
    main()
