"""Score example responses on a running server, and print their rewards.

The examples fit the reward type; where golden answers are plain, they come from the golden dataset. The
command takes the options of `rule-rm serve`, so that both agree on address, token, dataset and keys.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from rule_rm.cli._demos import Demo, demo_for
from rule_rm.cli._settings import add_settings, chosen_settings
from rule_rm.token import read_token

_SHOWN = 110
"""Characters of a response that are printed, so that it fits into a line of a terminal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the address of the server, and every setting."""
    parser.add_argument("--url", help="the server's URL (default: from --host and --port)")
    parser.add_argument("--json", action="store_true", help="print the rewards as JSON")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print a line for each response; return the exit status."""
    from rule_rm.client import RemoteRewardModel
    from rule_rm.web.ports import url

    settings = chosen_settings(arguments)
    demo = demo_for(settings)
    address = arguments.url or url(settings.host, settings.port)
    # The server runs already. If it can't be reached, it is gone and will not come back.
    with RemoteRewardModel(address, retry_seconds=5.0, token=read_token(settings)) as server:
        details = server.ask(_request(demo))["details"]
    if arguments.json:
        print(json.dumps(_as_json(demo, details), indent=2, ensure_ascii=False))
        return 0
    print(f"question  {demo.prompt}")
    for (description, response), detail in zip(demo.responses.items(), details, strict=True):
        print(f"{_reward(detail):>6}    {_line(response)}   ({description})")
        if detail["reward"] is None:
            print(f"{'':10}unscored, {detail['status']}: {detail['explanation']}")
    return 0


def _as_json(demo: Demo, details: list[dict[str, Any]]) -> dict[str, Any]:
    shown = [
        {"description": description, "response": response, **detail}
        for (description, response), detail in zip(demo.responses.items(), details, strict=True)
    ]
    return {"prompt": demo.prompt, "responses": shown}


def _request(demo: Demo) -> dict[str, Any]:
    responses = list(demo.responses.values())
    return {
        "prompts": [demo.prompt] * len(responses),
        "responses": responses,
        "golden_responses": [demo.golden_answer] * len(responses),
        # Rewards for length need the token count that a trainer would send.
        "extra_infos": [{"response_length": len(response.split())} for response in responses],
        "details": True,
    }


def _reward(detail: dict[str, Any]) -> str:
    return "-" if detail["reward"] is None else f"{detail['reward'] + 0.0:.2f}"


def _line(response: str) -> str:
    line = response.replace("\n", "\\n")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
