"""`generative_rm` in front of the scripted judge: reading replies, averaging votes, errors at start."""

from __future__ import annotations

import math
import re
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import yaml

from rule_rm.errors import ConfigurationError, JudgeError, RegistrationError
from rule_rm.judge.averaging import averaged, likely
from rule_rm.judge.client.question import Reply
from rule_rm.judge.options import GenerativeOptions
from rule_rm.judge.reading.menu import JudgeVerdict, Label, Menu, NoVerdictError
from rule_rm.registry import get
from rule_rm.registry.resident import Ask
from rule_rm.rewards.generative_rm import GenerativeRm
from rule_rm.types import Rollout, Status

from ..fakes.scripted_judge import Completion, Refusal, ScriptedJudge

YES_NO = Menu({"Yes": Label(1.0), "No": Label(0.0), "Unclear": Label(None)})
PAGE = (Path(__file__).parents[2] / "docs" / "generative_rm.md").read_text(encoding="utf-8")
ROLLOUT = Rollout("Name a city on the Rhine.", "Basel lies on the Rhine.")
SURE = (("Yes", {"Yes": math.log(0.9), "No": math.log(0.1)}),)


def reply(*tokens: tuple[str, dict[str, float]], finish_reason: str = "stop") -> Reply:
    logprobs = tuple((token, tuple(alternatives.items())) for token, alternatives in tokens)
    return Reply("".join(token for token, _ in tokens), None, finish_reason, logprobs, 0, 0, "")


def odds(**shares: float) -> dict[str, float]:
    return {token: math.log(share) for token, share in shares.items()}


def opened(judge: ScriptedJudge, **options: Any) -> Any:
    return closing(GenerativeRm(GenerativeOptions(judge_url=judge.url, judge_model="judge", **options)))


def score(resident: GenerativeRm, rollout: Rollout = ROLLOUT, seconds: float = 30.0) -> Any:
    return resident.score(rollout, Ask(monotonic() + seconds, lambda name, rollout: pytest.fail(name)))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (reply(("Yes", odds(Yes=0.9, No=0.1))), 0.9),
        (reply(("No", odds(No=0.6, Yes=0.2))), 0.25),
        (reply((" yes", {" yes": math.log(0.3), "YES": math.log(0.3), " no": math.log(0.4)})), 0.6),
        (reply(("\n", odds(x=1.0)), ("Yes", odds(Yes=0.8, No=0.2))), 0.8),
        (reply(("**", odds(x=1.0)), ("Yes", odds(Yes=0.8, No=0.2)), ("**", odds(x=1.0))), 0.8),
        (reply(("Y", odds(Y=0.75, N=0.25)), ("es", odds(es=1.0))), 0.75),
        (reply(("Yes", odds(Yes=0.5, No=0.5)), (", as", odds(x=1.0)), finish_reason="length"), 0.5),
    ],
)
def test_the_probability_is_that_of_the_words_at_the_verdict(said: Reply, value: float) -> None:
    assert likely(said, YES_NO).value == pytest.approx(value)


@pytest.mark.parametrize(
    "said",
    [
        reply(),
        Reply("Yes", None, "stop", None, 0, 0, ""),
        reply(("Perhaps", odds(Perhaps=0.9, Yes=0.1))),
        reply(("Unclear", odds(Unclear=0.8, Yes=0.2))),
        reply(("<think>", odds(x=1.0)), ("Yes", odds(Yes=1.0))),
        reply(("Yes", odds(Yes=1.0)), finish_reason="content_filter"),
        reply(("VERDICT: ", odds(x=1.0)), ("Yes", odds(Yes=1.0)), finish_reason="length"),
        reply(("VERDICT: ", odds(x=1.0)), ("Yes", odds(Yes=1.0)), (" or no", odds(x=1.0))),
        reply(("…", odds(x=1.0))),
    ],
    ids=lambda said: f"{said.text}-{said.finish_reason}",
)
def test_what_can_t_be_believed_is_no_verdict(said: Reply) -> None:
    with pytest.raises(NoVerdictError):
        likely(said, YES_NO)


def test_the_mean_counts_if_more_than_half_of_the_votes_gave_a_verdict() -> None:
    half, full, lost = JudgeVerdict(0.5, "0.5"), JudgeVerdict(1.0, "1"), JudgeError("down")
    outcome = averaged([half, full, full])
    assert outcome.verdict.value == pytest.approx(2.5 / 3)
    assert (outcome.votes, outcome.agreement) == (3, 0.5)
    assert averaged([half, lost, half]).votes == 2
    with pytest.raises(JudgeError):
        averaged([full, lost, lost])
    with pytest.raises(NoVerdictError):
        averaged([full, NoVerdictError("no line")])


def test_all_votes_are_cast_at_once_and_are_different_questions() -> None:
    with ScriptedJudge("Reward: 0.5") as judge, opened(judge, votes=4, temperature=0.7) as resident:
        given = score(resident)
        seeds = sorted(body["seed"] for body in judge.bodies if body["max_tokens"] > 1)
    assert (given.reward, given.metrics) == (0.5, {"agreement": 1.0, "votes": 4.0})
    assert seeds == [0, 1, 2, 3]


def test_the_dialogue_is_shown_in_its_order_and_in_fences() -> None:
    messages = (
        {"role": "system", "content": "You are a guide."},
        {"role": "user", "content": "Hello there."},
        {"role": "assistant", "content": "Where to?"},
        {"role": "user", "content": "A city on the Rhine."},
    )
    rollout = Rollout("…", "Basel lies on the Rhine.", messages=messages)
    with ScriptedJudge("Reward: 1") as judge, opened(judge) as resident:
        assert score(resident, rollout).reward == 1.0
        text = judge.bodies[-1]["messages"][-1]["content"]
    parts = [
        "You are a guide.",
        "user: <turn ",
        "Hello there.",
        "assistant: <turn ",
        "Where to?",
        "A city",
        "Basel",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert len(set(re.findall(r"</\w+ ([0-9a-f]+)>", text))) == 1


def test_a_model_that_is_down_leaves_rollouts_unscored_before_their_time_is_over() -> None:
    with ScriptedJudge("Reward: 1") as judge, opened(judge) as resident:
        judge.delay = 30.0
        began = monotonic()
        with pytest.raises(JudgeError):
            score(resident, seconds=0.2)
        assert monotonic() - began < 20.0


def test_a_server_without_logprobs_is_told_at_start_if_they_are_needed() -> None:
    options = {"judge_template": "yes_no", "expected_value": True}
    with ScriptedJudge("Yes") as judge, pytest.raises(ConfigurationError, match="gives none"):
        opened(judge, **options)
    with (
        ScriptedJudge(lambda body: Completion("Yes", logprobs=SURE)) as judge,
        opened(judge, **options) as resident,
    ):
        assert score(resident).reward == pytest.approx(0.9)
        assert resident.state()["template"] == "yes_no"


def test_a_model_that_takes_no_system_prompt_is_told_at_start() -> None:
    def answer(body: Any) -> str | Refusal:
        roles = {message["role"] for message in body["messages"]}
        return Refusal(400, "System role not supported") if "system" in roles else "OK"

    with ScriptedJudge(answer) as judge:
        with pytest.raises(ConfigurationError, match="by generative_rm: .*System role not supported"):
            opened(judge)
        with opened(judge, judge_template="yes_no") as resident:
            assert resident.state()["template"] == "yes_no"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"votes": 0}, "votes must be at least 1"),
        ({"votes": 3}, "temperature above 0"),
        ({"temperature": 3.0}, "temperature must be from 0 to 2"),
        ({"max_tokens": 0}, "max_tokens must be at least 1"),
        ({"max_chars": 0}, "max_chars must be at least 1"),
        ({"expected_value": True}, "needs a template of kind label"),
        ({"expected_value": True, "judge_template": "yes_no", "json_mode": True}, "not with json_mode"),
        ({"judge_template": "rubric"}, "kind must be one of label, scale, dimensions"),
        ({"judge_template": "no_such"}, "judge template no_such"),
        ({"judge_url": ""}, "needs a model"),
        ({"judge_model": ""}, "model"),
        ({"judge_url": "http://127.0.0.1:9"}, "can't be used"),
    ],
)
def test_what_can_t_be_meant_is_told_at_start(options: dict[str, Any], told: str) -> None:
    with ScriptedJudge("Reward: 1") as judge, pytest.raises(ConfigurationError, match=told):
        GenerativeRm(GenerativeOptions(**{"judge_url": judge.url, "judge_model": "judge", **options}))


def test_the_page_names_every_option_and_its_block_can_be_configured() -> None:
    options = set(get("generative_rm").defaults)
    table = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    named = {name for cell in table for name in re.findall(r"`(\w+)`", cell)}
    assert options == named
    block = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    given = block["rewards"][1]["options"]
    texts = [f"{name}={str(value).lower()}" for name, value in given.items()]
    function = get("generative_rm").with_options(texts)
    with ScriptedJudge(lambda body: Completion("Yes", logprobs=SURE)) as judge:
        reachable = function.with_defaults({"judge_url": judge.url, "judge_model": "judge"})
        with closing(reachable.open()) as resident:
            assert score(resident).reward == pytest.approx(0.9)


@pytest.mark.parametrize(("former", "now"), [("probability", "expected_value"), ("bf16", "param_dtype")])
def test_a_former_name_of_an_option_is_refused_with_the_one_of_today(former: str, now: str) -> None:
    with pytest.raises(RegistrationError, match=f"calls it {now} now"):
        get("generative_rm").with_options([f"{former}=true"])


def test_a_response_that_says_nothing_is_never_asked_about() -> None:
    with ScriptedJudge("Reward: 1") as judge, opened(judge) as resident:
        given = score(resident, Rollout("Name a city.", "Solution:"))
        assert (given.reward, given.status) == (0.0, Status.NO_ANSWER)
        assert {body["max_tokens"] for body in judge.bodies} == {1}
