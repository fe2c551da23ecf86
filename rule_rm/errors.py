"""Every error of the house, as one tree, each with the HTTP status that it becomes.

    RuleRmError 500
    ├── RequestError 400             the body is no JSON
    │   └── PayloadError 422         it is, but no protocol can take it; names the field and the index
    ├── UnknownRewardError 404       no reward function of that name; names the nearest
    ├── UnopenedRewardError 404      a reward that holds something open, which the service was not started for
    ├── OverloadedError 503          the queue is full; carries retry_after in seconds
    ├── UnavailableError 503         a service that a reward needs can't be had; never a verdict
    │   ├── WorkerUnavailableError   no worker process can be had
    │   ├── SandboxError             a program can't be run: no sandbox, or no compiler
    │   ├── JudgeError               the judge gave no reply in time
    │   ├── ModelError               the reward model gave no score in time
    │   └── UnscoredError            a rollout is unscored, and its trainer wants an error
    ├── ConfigurationError           raised at start, never at the first sample
    │   ├── DatasetError             the golden dataset can't be used; names file and line
    │   ├── ChildDiedError           a child process died while it started
    │   └── RegistrationError        a reward function can't be registered; names what is wrong with it
    ├── ReloadError 409              rewards and golden data can't be exchanged; the old ones stay
    ├── TooManyUnscoredError 424     more of a run is unscored than `--max-unscored` allows
    ├── RemoteRewardError            raised by the client, when the service gave no rewards
    └── InternalError                raised and caught within the house; each is defined where it is raised

A failed rollout is not an error but data: see `types.Status`. The modules of `sandbox.inside` run in
a program's process with the standard library alone, so their errors have the bases of Python.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RuleRmError(Exception):
    """The root. `http_status` is what a client sees if the error ends a request."""

    http_status = 500


class RequestError(RuleRmError):
    """The request can't be read. `field` and `index` (from 0) say where, if known."""

    http_status = 400

    def __init__(self, message: str, field: str | None = None, index: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.index = index


class PayloadError(RequestError):
    """The request is JSON, but its content is invalid."""

    http_status = 422


class UnknownRewardError(RuleRmError):
    """No reward function is registered under this name.

    >>> str(UnknownRewardError("math_verifer", ["math_verifier", "gsm8k"]))
    "unknown reward type 'math_verifer'; did you mean 'math_verifier'? There are: gsm8k, math_verifier"
    >>> str(UnknownRewardError("mine", ["gsm8k"], "f.py has it, but it takes no response"))
    "unknown reward type 'mine': f.py has it, but it takes no response. There are: gsm8k"
    """

    http_status = 404

    def __init__(self, name: str, known: Iterable[str], reason: str = "") -> None:
        known = sorted(known)
        near = [] if reason else get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f": {reason}." if reason else "."
        super().__init__(f"unknown reward type {name!r}{hint} There are: {', '.join(known)}")


class UnopenedRewardError(RuleRmError):
    """The reward holds something open, such as a judge's client, and the service was not started for it.

    Or it needs packages that are not installed, whose `extras` are named.
    """

    http_status = 404

    def __init__(self, name: str, extras: Iterable[str] = ()) -> None:
        if packages := ",".join(extras):
            super().__init__(f"reward type {name!r} needs a package: pip install 'rule-rm[{packages}]'")
        else:
            super().__init__(
                f"reward type {name!r} was not opened when the service was started; start it with "
                f"--reward-type {name}, or with {name} in the file of --reward-config"
            )


class OverloadedError(RuleRmError):
    """Nothing more can be queued. `retry_after` is in seconds."""

    http_status = 503

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(RuleRmError):
    """A service that a reward needs is not available: the rollout is unscored, not the policy to blame."""

    http_status = 503


class TooManyUnscoredError(RuleRmError):
    """More of a run is unscored than `--max-unscored` allows; no attempt would change that."""

    http_status = 424


class UnscoredError(UnavailableError):
    """A rollout was not scored, and its trainer takes an error better than a number."""


class SandboxError(UnavailableError):
    """A program could not be run through no fault of its own."""


class JudgeError(UnavailableError):
    """No judge replied in time, or only with errors."""


class ModelError(UnavailableError):
    """The reward model, or the engine that serves it, gave no score in time."""


class WorkerUnavailableError(UnavailableError):
    """No worker process could be had."""


class ConfigurationError(RuleRmError):
    """A setting, a dataset or a reward file that the service can't start with."""


class DatasetError(ConfigurationError):
    """The golden dataset can't be used. The message starts with FILE or FILE:LINE."""


class RegistrationError(ConfigurationError):
    """A reward function can't be registered."""


class ChildDiedError(ConfigurationError):
    """A child process died, or said nothing, while it started; another start may succeed."""


class StuckError(ChildDiedError):
    """A child process was stopped, or hung, while it started, and was killed."""


class ReloadError(RuleRmError):
    """Rewards, mixture or golden data can't be loaded again; the service goes on with those that it has."""

    http_status = 409


class RemoteRewardError(RuleRmError):
    """The service answered with an error (`status_code`, its HTTP status), or not at all (None)."""

    def __init__(self, message: str, status_code: int | None = None) -> None:
        super().__init__(message)
        self.status_code = status_code


class InternalError(RuleRmError):
    """Raised and caught within the house, to end a search or an attempt."""
