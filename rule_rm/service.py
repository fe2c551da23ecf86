"""The service: from a request to its reply, whether it came over HTTP or from a trainer in this process.

recognise → parse_request → golden.attach → engine.score → journal.record → build_response
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rule_rm import protocols
from rule_rm.editions import Edition, Editions, Stay, load_golden
from rule_rm.engine import Batch, Engine
from rule_rm.engine.gathering import Gatherings
from rule_rm.engine.template_process import Begun
from rule_rm.errors import PayloadError
from rule_rm.golden import GoldenDataset, Match
from rule_rm.journal import NOBODY, STEPS, Journal, Scored, Sender
from rule_rm.journal.unscored_guard import UnscoredGuard
from rule_rm.messages.groups import Places, bundled, places_of_groups, scattered
from rule_rm.messages.notices import Notices
from rule_rm.messages.prepare import prepared
from rule_rm.processes.failures import Seldom
from rule_rm.protocols import WireFormat
from rule_rm.registry.learned_metrics import LearnedMetrics
from rule_rm.settings import Settings
from rule_rm.types import Rollout, Score

logger = logging.getLogger(__name__)


class Service:
    """The parts of a service, built once, and their one way from a request to its reply."""

    def __init__(self, settings: Settings, engine: Engine, golden: GoldenDataset) -> None:
        """Serve with this engine, which the caller closes, and this golden data, until they are reloaded."""
        self.settings = settings
        self.editions = Editions(settings, Edition(engine, golden))
        self.journal = Journal()
        self.started = time.monotonic()
        self.figures = LearnedMetrics()
        self.guard = UnscoredGuard()
        self.notices = Notices(settings)
        self.lone_groups = Seldom()
        self.gatherings = Gatherings(settings.group_size, settings.group_window)

    @classmethod
    def start(cls, settings: Settings, engine: Engine | None = None, begun: Begun | None = None) -> Service:
        """Return the service of these settings, with an engine of its own unless one is given.

        `begun` is a template process that was begun for it.

        Raises ConfigurationError if it can't start with a setting, a dataset or a reward file.
        """
        golden = load_golden(settings)
        return cls(settings, engine or Engine(settings, begun=begun), golden)

    def begin_index(self) -> None:
        """Start to index the golden data, which the first prompt that needs the index would wait for."""
        threading.Thread(target=self.golden.prepare, name="golden-index", daemon=True).start()

    @property
    def engine(self) -> Engine:
        """The current engine."""
        return self.editions.current.engine

    @property
    def golden(self) -> GoldenDataset:
        """The current golden data."""
        return self.editions.current.golden

    def close(self) -> None:
        """Log the rest of the counts, and close the engines of reloads. The first one is the caller's."""
        self.gatherings.close()
        self.journal.close()
        self.editions.close()

    def answer(
        self,
        payload: Mapping[str, Any],
        reward_type: str | None = None,
        *,
        wire_format: WireFormat | None = None,
        wants_details: bool = False,
    ) -> dict[str, Any] | list[dict[str, Any]] | float:
        """Return the reply to a request and wait for it. Takes and raises what `begin` does."""
        answer = self.begin(payload, reward_type, wire_format=wire_format, wants_details=wants_details)
        answer.batch.wait(answer.until)
        return answer.reply()

    def score_again(self, rollout: Rollout, reward_type: str) -> Score:
        """Return the score of a rollout by a reward type, without a record of it in counts and journal.

        Raises UnknownRewardError or OverloadedError.
        """
        stay = self.editions.enter()
        try:
            return score_alone(stay.edition.engine, rollout, reward_type, self.settings.request_timeout)
        finally:
            stay.end()

    def begin(
        self,
        payload: Mapping[str, Any],
        reward_type: str | None = None,
        *,
        wire_format: WireFormat | None = None,
        wants_details: bool = False,
        arrived: float | None = None,
        patience: float | None = None,
        sender: Sender = NOBODY,
    ) -> Answer:
        """Begin to answer a request of any wire format, which is detected from its keys unless it is given.

        `reward_type` is the one of the settings by default. `arrived` is the monotonic time from which the
        request timeout runs; now by default. `patience` is the number of seconds that the client waits, if it
        said so: the timeout is no longer than that. Raises PayloadError, UnknownRewardError and
        OverloadedError.
        """
        began = time.monotonic() if arrived is None else arrived
        reward_type = reward_type or self.settings.reward_type
        wire_format = wire_format or protocols.recognise(payload)
        protocols.check_names(wire_format, payload)
        parsed = wire_format.parse_request(payload, chat_template=self.settings.chat_template)
        self.notices.look(parsed)
        parsed = [prepared(rollout, self.settings) for rollout in parsed]
        stay = self.editions.enter()
        try:
            edition = stay.edition
            read = time.monotonic()
            rollouts, matches = edition.golden.attach(parsed)
            stages = {"read": read - began, "golden": time.monotonic() - read}
            timeout = self.settings.request_timeout
            until = began + (timeout if patience is None else min(patience, timeout))
            function = edition.engine.rewards.get(reward_type)
            groups = places_of_groups(rollouts) if function is not None and function.groups else None
            batch = self._begin(edition.engine, rollouts, groups, reward_type, until, sender.request_id)
        except BaseException:
            stay.end()
            raise
        return Answer(
            self,
            stay,
            payload,
            reward_type,
            wire_format,
            matches,
            batch,
            began,
            until,
            wants_details=wants_details,
            rollouts=rollouts,
            stages=stages,
            groups=groups,
            sender=sender,
        )

    def _begin(
        self,
        engine: Engine,
        rollouts: Sequence[Rollout],
        groups: Sequence[Places] | None,
        reward_type: str,
        until: float,
        request_id: str | None,
    ) -> Batch:
        """Begin to score the rollouts; one that came alone waits for its group, if that has a known size."""

        def name(place: int) -> str:
            return f"{request_id}:{place if groups is None else groups[place][0]}" if request_id else ""

        if groups is None:
            return engine.begin(rollouts, reward_type, until, name)
        if len(rollouts) == 1:
            if self.settings.group_size > 1:
                return self.gatherings.join(engine.begin, rollouts[0], reward_type, until)
            self._notice_lone_group(reward_type)
        return engine.begin(bundled(rollouts, groups), reward_type, until, name)

    def _notice_lone_group(self, reward_type: str) -> None:
        if self.lone_groups.is_due():
            self.lone_groups.note()
            logger.warning(
                "%s takes the responses to a prompt together and gets them one at a time: if a trial shows "
                "that it compares them, they are unscored. Send a group in one request, or set --group-size "
                "to their number; if it compares nothing, declare groups=False (GROUPS = False in a file)",
                reward_type,
            )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, under way."""

    service: Service
    stay: Stay
    """Its use of the edition that it is answered with."""
    payload: Mapping[str, Any]
    reward_type: str
    wire_format: WireFormat
    matches: Sequence[Match]
    batch: Batch
    began: float
    until: float
    """The monotonic time at which the answer is given, with the rollouts scored by then."""
    wants_details: bool
    rollouts: Sequence[Rollout]
    stages: Mapping[str, float]
    """Seconds of the stages before the scoring."""
    groups: Sequence[Places] | None = None
    """The places of the members of each group, if the reward sees groups."""
    sender: Sender = NOBODY

    def when_complete(self, callback: Callable[[], object]) -> None:
        """Call back when every rollout is scored, at once if they already are."""
        self.batch.when_complete(callback)

    def abandon(self) -> None:
        """Start no further rollouts: nobody waits for them any more."""
        self.batch.abandon()
        self.stay.end()

    def reply(self) -> dict[str, Any] | list[dict[str, Any]] | float:
        """Close the answer and return the reply. Raises PayloadError if a bare number should have details."""
        try:
            return self._reply()
        finally:
            self.stay.end()

    def _reply(self) -> dict[str, Any] | list[dict[str, Any]] | float:
        service, wire_format, edition = self.service, self.wire_format, self.stay.edition
        scores = self.batch.close(self.until - self.began)
        if self.groups is not None:
            scores = scattered(scores, self.groups)
        self._record(scores)
        service.guard.note(scores, service.settings.max_unscored)
        function = edition.engine.rewards[self.reward_type]
        reply = wire_format.build_response(
            self.payload,
            scores,
            metrics=service.figures.names(function, scores, edition.number),
            unscored_reward=service.settings.unscored_reward,
        )
        if not self.wants_details:
            return reply
        if not isinstance(reply, dict):
            raise PayloadError(f"a reply to {wire_format.NAME} is a bare number, without details", "details")
        versions = {"reward": function.version, "golden": edition.golden.version}
        return {**reply, "details": _details(scores, self.matches, versions)}

    def _record(self, scores: Sequence[Score]) -> None:
        function = self.stay.edition.engine.rewards[self.reward_type]
        now = time.monotonic()
        seconds = now - self.began
        scored = Scored(
            self.reward_type,
            self.rollouts,
            scores,
            self.matches,
            seconds,
            {**self.stages, "score": seconds - sum(self.stages.values())},
            time.time(),
            next((self.payload[name] for name in STEPS if name in self.payload), None),
            function.version,
            self.sender,
        )
        if self.service.journal.traces is not None:
            kind = "sandbox" if "sandbox" in function.needs else "resident" if function.is_resident else ""
            # A group is scored at once, as its first member.
            ends = self.batch.ends.copy().items()
            ago = {at if self.groups is None else self.groups[at][0]: now - end for at, end in ends}
            scored = replace(scored, kind=kind or scored.kind, ended=ago)
        self.service.journal.record(scored)


def _details(
    scores: Sequence[Score], matches: Sequence[Match], versions: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return how the reward of each rollout came about; the reward is null where there is none."""
    return [
        {
            "reward": score.reward,
            "status": score.status.value,
            "answer": score.answer,
            "explanation": score.explanation,
            "metrics": dict(score.metrics),
            "golden": {"tier": match.tier.value, "similarity": match.similarity},
            "versions": versions,
            "question": score.question,
            "reply": score.reply,
            "seconds": None if score.seconds is None else round(score.seconds, 4),
        }
        for score, match in zip(scores, matches, strict=True)
    ]


def score_alone(engine: Engine, rollout: Rollout, reward_type: str, timeout: float) -> Score:
    """Return the score of one rollout, after at most `timeout` seconds.

    Raises UnknownRewardError, or OverloadedError if too much waits already.
    """
    until = time.monotonic() + timeout
    function = engine.rewards.get(reward_type)
    groups = places_of_groups([rollout]) if function is not None and function.groups else None
    batch = engine.begin([rollout] if groups is None else bundled([rollout], groups), reward_type, until)
    batch.wait(until)
    scores = batch.close(timeout)
    return scores[0] if groups is None else scattered(scores, groups)[0]
