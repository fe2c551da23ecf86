"""align-anything's approach to a reward server, written anew: everything happens in the request's thread.

A Flask development server takes the request. For each prompt it computes the Levenshtein ratio to every
question of the golden dataset and takes the best, however bad. Then it has math-verify parse the golden
answer and the response's answer, and verify them, one sample after the other. An answer that can't be
verified earns the accuracy reward.

As shipped, math-verify's time limits are signals, which only work in a process's main thread: in a thread of
the server each verdict fails. `--as-shipped` shows that; without it the limits are switched off, so that the
approach works at all, and nothing bounds the time of a verdict.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from pathlib import Path
from typing import Any

import Levenshtein
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from latex2sympy2_extended import NormalizationConfig
from math_verify import LatexExtractionConfig, parse, verify

FORMAT = re.compile(r"^<think>(?:(?!</think>).)*</think><answer>(?:(?!</answer>).)*</answer>\Z", re.DOTALL)
"""A whole response in the format: `<think>so</think><answer>5</answer>`."""
ANSWER = re.compile(r"<answer>(.*?)</answer>", re.DOTALL)
"""An answer in its tags: `<answer>5</answer>`; the group is `5`."""
BOXED_FIRST = LatexExtractionConfig(
    normalization_config=NormalizationConfig(
        nits=False, malformed_operators=False, basic_latex=True, equations=True, boxed=True, units=True
    ),
    boxed_match_priority=0,
    try_extract_without_anchor=False,
)


def create_app(goldens: dict[str, str], limits: dict[str, dict[str, Any]]) -> Flask:
    """Return the server; `limits` are the keyword arguments of parse and verify that bound their time."""
    app = Flask(__name__)

    def most_similar(prompt: str) -> str:
        best, best_ratio = "", -1.0
        for question in goldens:
            ratio = Levenshtein.ratio(prompt, question)
            if ratio > best_ratio:
                best, best_ratio = question, ratio
        return best

    def accuracy(response: str, golden: str) -> float:
        expected = parse(
            golden,
            extraction_mode="first_match",
            extraction_config=[LatexExtractionConfig()],
            **limits["parse"],
        )
        found = ANSWER.search(response)
        if found is None:
            return 0.0
        if not expected:
            return 1.0
        given = parse(
            found[1].strip(),
            extraction_mode="first_match",
            extraction_config=[BOXED_FIRST],
            **limits["parse"],
        )
        try:
            return float(verify(given, expected, **limits["verify"]))
        except Exception:  # noqa: BLE001 (the approach)
            return 1.0

    @app.post("/get_reward")
    def get_reward() -> ResponseReturnValue:
        try:
            message = request.get_json()
            prompts, responses = message["prompts"], message["responses"]
            answers = [goldens[most_similar(prompt)] for prompt in prompts]
            print(f"prompts {prompts}\nresponses {responses}\nanswers {answers}")
            rewards = []
            for prompt, response, answer in zip(prompts, responses, answers, strict=True):
                has_format = FORMAT.match(response) and response.count("<think>") == 1
                rewards.append(0.5 * bool(has_format) + accuracy(response, answer))
                if random.random() < 0.1:
                    print(f"prompt {prompt}\nresponse {response}\nreward {rewards[-1]}")
            return jsonify({"rewards": rewards})
        except Exception as error:  # noqa: BLE001 (the approach)
            return jsonify({"error": str(error)}), 500

    return app


def main() -> None:
    """Serve until killed."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--dataset", type=Path, required=True)
    options.add_argument("--as-shipped", action="store_true", help="with math-verify's own time limits")
    given = options.parse_args()
    goldens = {}
    for item in json.loads(given.dataset.read_text(encoding="utf-8")):
        answer = item["answer"]
        goldens[item["question"]] = answer if answer.strip().startswith("$") else f"${answer}$"
    unlimited: dict[str, dict[str, Any]] = {
        "parse": {"parsing_timeout": None},
        "verify": {"timeout_seconds": None},
    }
    limits = {"parse": {}, "verify": {}} if given.as_shipped else unlimited
    create_app(goldens, limits).run(host="127.0.0.1", port=given.port, threaded=True)


if __name__ == "__main__":
    main()
