"""Count the files that one request visits in the server's process, and the moves between them.

A profiler notes each call into the package. A file counts once, a move is a call or return into another file
than the last. The requests: mathematics that is plain, mathematics that needs a worker, a program, a judge.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import rule_rm
from benchmarks.chaos.asked import Judge
from rule_rm import Settings
from rule_rm.engine import Engine
from rule_rm.web import create_app

HOME = str(Path(rule_rm.__file__).parent)
ASSERTION = ["assert add(1, 2) == 3"]
REQUESTS: dict[str, tuple[str, dict[str, Any]]] = {
    "math, plain": ("math_equal", {"responses": [r"\boxed{7}"], "golden_responses": ["7"]}),
    "math, in a worker": (
        "math_equal",
        {"responses": [r"\boxed{\sqrt{18}+B}"], "golden_responses": [r"3\sqrt2+B"]},
    ),
    "code": (
        "code_tests",
        {"responses": ["```python\ndef add(a, b):\n    return a + b\n```"], "golden_responses": [ASSERTION]},
    ),
    "judge": ("llm_judge", {"responses": ["It is 4."], "golden_responses": ["4"]}),
}


class Walk:
    """The calls of one request, in all threads."""

    def __init__(self) -> None:
        self.files: set[str] = set()
        self.moves = self.calls = 0
        self._last: dict[int, str] = {}

    def note(self, frame: FrameType, event: str, _argument: object) -> None:
        """Note a call into the package; set as the profiler of a thread."""
        file = frame.f_code.co_filename
        if event != "call" or not file.startswith(HOME):
            return
        thread = threading.get_ident()
        self.calls += 1
        self.files.add(file)
        self.moves += self._last.get(thread) not in (None, file)
        self._last[thread] = file


def main() -> int:
    """Print what each request visits."""
    judge = Judge()
    settings = Settings(
        reward_type="code_tests",
        workers=1,
        allow_weak_sandbox=True,
        judge_url=(judge.url,),
        judge_model="judge",
    )
    walk = Walk()
    # Lanes are started with the engine: each begins with a profiler that does nothing yet.
    threading.setprofile(lambda *call: walk.note(*call))
    with Engine(settings) as engine:
        client = create_app(settings, engine).test_client()
        for name, (reward_type, payload) in REQUESTS.items():
            path, body = f"/get_reward/{reward_type}", {"prompts": ["What is it?"], **payload}
            client.post(path, json={**body, "prompts": ["Warm up."], "responses": ["nothing"]})
            walk = Walk()
            sys.setprofile(walk.note)
            reply = client.post(path, json={**body, "details": True})
            sys.setprofile(None)
            answer: Any = reply.json
            status = answer["details"][0]["status"]
            print(
                json.dumps(
                    {
                        "request": name,
                        "status": status,
                        "files": len(walk.files),
                        "moves": walk.moves,
                        "calls": walk.calls,
                    }
                )
            )
    threading.setprofile(None)
    judge.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
