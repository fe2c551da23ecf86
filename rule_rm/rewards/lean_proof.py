"""`lean_proof`: a proof in Lean 4, checked by a REPL server."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from rule_rm import redaction
from rule_rm.errors import ConfigurationError, UnavailableError
from rule_rm.extract import code_block
from rule_rm.http.endpoints import Endpoint, Endpoints
from rule_rm.http.replies import decode, error_text, quote
from rule_rm.http.retry import PASSING_STATUSES, GaveUpError, PassingError, RetryPolicy, retry_after
from rule_rm.http.transport import ExchangeError
from rule_rm.messages.turns import spoken
from rule_rm.registry import register
from rule_rm.registry.resident import Ask, Resident
from rule_rm.structured.lean import Statement, StatementError, fault_in, proof_of, read_statement
from rule_rm.types import Rollout, Score, Status

STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""The axioms of Lean itself."""
RETRIES = RetryPolicy(attempts=4, first_pause=0.2, longest_pause=5.0)
PATH = "/api/check"
START = 120.0
"""Seconds for the proof at start: importing Mathlib takes a while."""
LONGEST = 100_000
"""Characters of the longest proof that is checked."""
_AXIOMS = re.compile(
    r"\A'(?P<name>[^\n]+)' (?:does not depend on any axioms|depends on axioms: \[(?P<axioms>[^\]]*)\])"
)
"""The reply to `#print axioms`: `'t' depends on axioms: [propext]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeanOptions:
    """The options of `lean_proof`."""

    lean_url: str = ""
    """The URL of a server with the API of Kimina Lean Server, or several, separated by commas."""
    lean_api_key_env: str = "LEAN_API_KEY"
    """The environment variable that holds the key."""
    header: str = "import Mathlib"
    """The first lines of statements without an import."""
    lean_timeout: float = 60.0
    """Seconds for one proof; a proof that takes longer earns 0."""


@register(
    "lean_proof", summary="1 if Lean 4 accepts the proof of the given statement, else 0", metrics=("proved",)
)
class LeanProof(Resident):
    """1 for a proof of the golden statement that Lean accepts without `sorry` or further axioms, else 0.

    The golden answer is a Lean source that ends with `theorem NAME … := by sorry`. The response's last fenced
    block, else all of it, must have this statement word for word. The server gets the golden source with the
    proof in brackets: definitions, options and lemmas around the response's statement don't count. A server
    that can't be reached leaves the rollout unscored.
    """

    def __init__(self, options: LeanOptions) -> None:
        """Ask the server for a trivial proof. Raises ConfigurationError if it can't be used."""
        if not options.lean_url:
            raise ConfigurationError("lean_proof needs a server: --reward-option lean_url=http://HOST:PORT")
        if not 0 < options.lean_timeout < 3600:
            raise ConfigurationError(
                f"lean_timeout must be above 0 and below 3600, not {options.lean_timeout}"
            )
        self._options = options
        key = os.environ.get(options.lean_api_key_env, "").strip()
        redaction.remember(key, options.lean_api_key_env)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        urls = [url.strip().rstrip("/") for url in options.lean_url.split(",") if url.strip()]
        try:
            self._endpoints = Endpoints([url if url.endswith(PATH) else url + PATH for url in urls], headers)
        except ValueError as error:
            raise ConfigurationError(f"lean_url: {error}") from None
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._closing = threading.Event()
        score = self._checked(read_statement("theorem rule_rm_start : True := by sorry"), "trivial", START)
        if score.reward != 1.0:
            self.close()
            raise ConfigurationError(f"lean_url {self._endpoints} does not prove True: {score.explanation}")

    def score(self, rollout: Rollout, ask: Ask) -> Score:
        """Return the score of one proof."""
        score = self._score(rollout, ask.until - monotonic())
        with self._lock:
            self._counts[score.status.value] += 1
        return score

    def state(self) -> dict[str, Any]:
        """Return the address and the counts by status."""
        with self._lock:
            return {"servers": str(self._endpoints), "scored": dict(self._counts)}

    def close(self) -> None:
        """Ask the server nothing more."""
        self._closing.set()
        self._endpoints.close()

    def _score(self, rollout: Rollout, seconds: float) -> Score:
        if rollout.ground_truth is None:
            return Score.unscored(Status.NO_GROUND_TRUTH, "there is no statement")
        try:
            statement = read_statement(str(rollout.ground_truth))
        except StatementError as error:
            return Score.unscored(Status.BAD_GROUND_TRUTH, str(error))
        said = spoken(rollout.response)
        if not said or not said.strip():
            return _failed(Status.NO_ANSWER, "there is no proof after the thinking")
        proof = proof_of(_source(said), statement)
        if proof is None:
            return _failed(Status.WRONG_FORMAT, "the statement is missing or changed, or it has no proof")
        if len(proof) > LONGEST:
            return _failed(Status.REFUSED, f"the proof has {len(proof)} characters")
        if (fault := fault_in(proof)) is not None:
            return _failed(Status.WRONG_FORMAT, f"the proof is not one term or tactic block: {fault}")
        return self._checked(statement, proof, seconds)

    def _checked(self, statement: Statement, proof: str, seconds: float) -> Score:
        before = statement.before
        if "import " not in before:
            before = f"{self._options.header}\n{before}"
        theorem = f"{before}\n\n{statement.text} := ({proof}\n)"
        code = f"{theorem}\n#print axioms {statement.name}\n"
        try:
            result = self._ask(code, monotonic() + seconds)
        except UnavailableError as error:
            return Score.unscored(Status.UNAVAILABLE, str(error))
        return _verdict(result, statement.name)

    def _ask(self, code: str, until: float) -> Mapping[str, Any]:
        """Return the server's result for a source. Raises UnavailableError if there is none."""
        seconds = self._options.lean_timeout
        body = json.dumps({"snippets": [{"id": "proof", "code": code}], "timeout": seconds, "reuse": True})

        def attempt(endpoint: Endpoint) -> Mapping[str, Any]:
            return self._attempt(endpoint, body.encode("utf-8", "replace"), until)

        try:
            return RETRIES.insist(self._endpoints, attempt, until, wait=self._closing.wait)
        except GaveUpError as error:
            raise error.failure from None

    def _attempt(self, endpoint: Endpoint, body: bytes, until: float) -> Mapping[str, Any]:
        try:
            status, headers, data = endpoint.post(body, until)
        except ExchangeError as error:
            raise PassingError(UnavailableError(str(error)), is_connection=True) from error
        reply = decode(data)
        if status != 200:
            said = quote(error_text(reply) or data, 200)
            failure = UnavailableError(f"{endpoint} answered {status}: {said}")
            if status in PASSING_STATUSES or status >= 500 or len(self._endpoints) > 1:
                raise PassingError(failure, retry_after(headers) or 0.0)
            raise failure
        results = reply.get("results") if isinstance(reply, Mapping) else None
        if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], Mapping):
            raise PassingError(UnavailableError(f"{endpoint} answered {quote(data, 200)}"))
        return results[0]


def _source(said: str) -> str:
    """Return the last fenced block of a text, else all of it."""
    block = code_block(said)
    return said if block is None else block


def _verdict(result: Mapping[str, Any], name: str) -> Score:
    """Return the score of the server's result for a theorem of this name."""
    if error := result.get("error"):
        if "timed out" in str(error):
            return _failed(Status.TIMEOUT, str(error))
        return Score.unscored(Status.UNAVAILABLE, f"the Lean server failed: {error}"[:300])
    response = result.get("response")
    if not isinstance(response, Mapping):
        return Score.unscored(Status.UNAVAILABLE, "the Lean server sent no response")
    if "message" in response and "env" not in response:
        return Score.unscored(Status.UNAVAILABLE, f"the Lean REPL failed: {response['message']}"[:300])
    messages: Sequence[Any] = response.get("messages") or []
    errors = [one for one in messages if isinstance(one, Mapping) and one.get("severity") == "error"]
    if errors:
        return _failed(Status.OK, f"Lean says: {errors[0].get('data')}"[:500])
    if response.get("sorries") or any("declaration uses" in _said(one) for one in messages):
        return _failed(Status.OK, "the proof uses sorry")
    printed = [found for one in messages if (found := _AXIOMS.match(_said(one)))]
    if not printed or printed[-1]["name"].removeprefix("_root_.").split(".")[-1] != name.split(".")[-1]:
        return Score.unscored(Status.UNAVAILABLE, "the Lean server did not print the axioms")
    axioms = {axiom.strip() for axiom in (printed[-1]["axioms"] or "").split(",") if axiom.strip()}
    if further := sorted(axioms - STANDARD_AXIOMS):
        return _failed(Status.OK, f"the proof depends on the axioms {', '.join(further)}")
    return Score(1.0, metrics={"proved": 1.0})


def _said(message: Any) -> str:
    return str(message.get("data")) if isinstance(message, Mapping) else ""


def _failed(status: Status, why: str) -> Score:
    return Score(0.0, status, explanation=why, metrics={"proved": 0.0})
