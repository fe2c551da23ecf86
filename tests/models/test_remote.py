"""Engines are asked by their own interfaces and tried at start; failures are retried or reported."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from rule_rm import Rollout, Settings, Status
from rule_rm.engine import Engine as Service
from rule_rm.errors import ConfigurationError, ModelError
from rule_rm.models import remote
from rule_rm.models.conversation import as_engine_text
from rule_rm.models.engine_api import APIS
from rule_rm.models.remote import EngineOptions, ScoringEngine

from ..fakes.fake_engine import FakeEngine, worth_of
from ..fakes.faulty_server import half_a_reply, reset, silence, status, text, trickled_body
from ..waiting import PATIENCE, until

WHOLE = "<|im_start|>user\n1+1?<|im_end|>\n<|im_start|>assistant\n2<|im_end|>"
ROLLOUT = Rollout("1+1?", "2", text=WHOLE)
WITHOUT_TEXT = Rollout("1+1?", "2")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(remote, "RETRIES", replace(remote.RETRIES, first_pause=0.01))
    monkeypatch.setattr(remote, "START_PAUSE", 0.01)
    monkeypatch.setattr(remote, "START_PATIENCE", 0.0)


@pytest.fixture
def connect(stack) -> Callable[..., ScoringEngine]:
    """Return the client of fake engines, tried and ready."""

    def connect(*engines: FakeEngine, **options) -> ScoringEngine:
        urls = tuple(engine.url for engine in engines)
        return stack.enter_context(closing(ScoringEngine(EngineOptions(urls=urls, **options))))

    return connect


def ask(engine: ScoringEngine, rollout: Rollout = ROLLOUT, chat_template="auto", patience: float = PATIENCE):
    return engine.score(as_engine_text(rollout, chat_template), time.monotonic() + patience)


@pytest.mark.parametrize(
    ("api", "path", "seen"),
    [
        ("vllm_classify", "/classify", WHOLE),
        ("vllm_pooling", "/pooling", WHOLE),
        ("vllm_score", "/score", "1+1?|2"),
        ("vllm_rerank", "/rerank", "1+1?|2"),
        ("sglang_classify", "/classify", WHOLE),
        ("sglang_embeddings", "/v1/embeddings", WHOLE),
    ],
)
def test_every_interface_gives_the_raw_score_of_the_text(engine, connect, api, path, seen):
    served = engine()
    assert ask(connect(served, api=api, model="rm")) == pytest.approx(worth_of(seen))
    asked, body = served.bodies[-1]
    assert (asked, body["model"]) == (path, "rm")


def test_every_interface_is_tried():
    tested = {"vllm_classify", "vllm_pooling", "vllm_score", "vllm_rerank"}
    assert set(APIS) == tested | {"sglang_classify", "sglang_embeddings"}


def test_vllm_is_asked_for_raw_scores_and_adds_no_second_begin_token(engine, connect):
    served = engine()
    ask(connect(served))
    assert served.bodies[-1][1] == {"input": [WHOLE], "add_special_tokens": False, "use_activation": False}


def test_without_a_text_vllm_applies_the_template_to_messages(engine, connect):
    served = engine()
    for api in ("vllm_classify", "vllm_pooling"):
        assert ask(connect(served, api=api), WITHOUT_TEXT) == worth_of("<user>1+1?<assistant>2")
    assert served.bodies[-1][1]["messages"] == [
        {"role": "user", "content": "1+1?"},
        {"role": "assistant", "content": "2"},
    ]


def test_without_a_text_an_interface_that_knows_no_messages_is_not_asked(engine, connect):
    client = connect(engine(), api="sglang_classify")
    with pytest.raises(ValueError, match="chat_template=none"):
        ask(client, WITHOUT_TEXT)
    assert ask(client, WITHOUT_TEXT, "none") == worth_of("1+1?2")


def test_sorted_results_go_back_to_the_places_of_their_texts():
    reply = {"results": [{"index": 2, "relevance_score": 9.0}, {"index": 0, "relevance_score": 5.0}]}
    reply["results"].append({"index": 1, "relevance_score": -1.0})
    assert APIS["vllm_rerank"].read(reply, 3) == [5.0, -1.0, 9.0]


def classified(*probs):
    return {"data": [{"index": index, "probs": one} for index, one in enumerate(probs)]}


@pytest.mark.parametrize(
    ("api", "reply", "scores"),
    [
        ("vllm_classify", classified([0.25]), [0.25]),
        ("vllm_classify", classified([0.25, 0.75]), [0.75]),
        ("vllm_pooling", {"data": [{"index": 0, "data": [-2]}]}, [-2.0]),
        ("vllm_pooling", {"data": [{"index": 0, "data": 1.5}]}, [1.5]),
        ("vllm_pooling", {"data": [{"index": 0, "data": [[0.1], [0.2], [0.3]]}]}, [0.3]),
        ("sglang_classify", {"embedding": [3.5], "meta_info": {}}, [3.5]),
    ],
)
def test_replies_of_the_shapes_that_engines_have_are_read(api, reply, scores):
    assert APIS[api].read(reply, 1) == scores


@pytest.mark.parametrize(
    ("api", "reply"),
    [
        ("vllm_classify", None),
        ("vllm_classify", []),
        ("vllm_classify", {"data": []}),
        ("vllm_classify", {"data": [None]}),
        ("vllm_classify", classified([0.1], [0.2])),
        ("vllm_classify", classified([])),
        ("vllm_classify", classified(None)),
        ("vllm_classify", classified(["0.5"])),
        ("vllm_classify", classified([True])),
        ("vllm_classify", {"data": [{"index": 1, "probs": [0.5]}]}),
        ("vllm_pooling", {"data": [{"index": 0, "data": [0.1, 0.2]}]}),
        ("vllm_pooling", {"data": [{"index": 0, "data": "AACAPw=="}]}),
        ("vllm_rerank", {"results": [{"relevance_score": 0.5}]}),
        ("sglang_classify", [{"embedding": [0.1] * 1024}]),
        ("sglang_classify", [[0.1]]),
        ("sglang_embeddings", {"data": [{"index": 0, "embedding": [0.1] * 1024}]}),
    ],
)
def test_what_is_no_score_is_refused(api, reply):
    with pytest.raises(ValueError, match=r"with|numbers? as"):
        APIS[api].read(reply, 1)


@pytest.mark.parametrize("api", sorted(APIS))
def test_an_engine_that_finds_all_texts_equal_is_refused_at_start(engine, connect, api):
    with pytest.raises(ConfigurationError, match="serves no reward model"):
        connect(engine(lambda text: 1.5), api=api)


@pytest.mark.parametrize("api", sorted(APIS))
def test_an_engine_that_squashes_where_raw_scores_were_asked_for_is_refused_at_start(engine, connect, api):
    with pytest.raises(ConfigurationError, match="rm_activation=true"):
        connect(engine(always_activates=True), api=api)


def test_squashed_scores_are_taken_where_they_are_wanted(engine, connect):
    served = engine()
    assert 0 < ask(connect(served, activation=True)) < 1
    assert served.bodies[-1][1]["use_activation"] is True


def test_an_engine_that_gives_no_numbers_is_refused_at_start(engine, connect):
    with pytest.raises(ConfigurationError, match="no numbers"):
        connect(engine(lambda text: float("nan")))


def test_endpoints_that_serve_different_models_are_refused_at_start(engine, connect):
    with pytest.raises(ConfigurationError, match="different models"):
        connect(engine(), engine(lambda text: -worth_of(text)))


def test_an_engine_that_is_not_there_is_told_at_start(dead):
    with pytest.raises(ConfigurationError, match="can't be used: .*can't be reached"):
        ScoringEngine(EngineOptions(urls=(dead,)))


def test_an_engine_that_still_loads_is_waited_for(monkeypatch, engine, connect):
    monkeypatch.setattr(remote, "START_PATIENCE", PATIENCE)
    served = engine()
    served.faults = [status(503)] * 3
    assert ask(connect(served)) == worth_of(WHOLE)


def test_an_interface_that_the_engine_lacks_is_told_at_start(engine, connect):
    served = engine()
    served.faults = [status(404, b'{"detail": "Not Found"}')]
    with pytest.raises(ConfigurationError, match="/score answered 404"):
        connect(served, api="vllm_score")


@pytest.mark.parametrize(
    "fault",
    [
        status(429, headers={"Retry-After": "0"}),
        status(500),
        status(503, headers={"Retry-After": "soon"}),
        status(502, b"<html>Bad Gateway</html>"),
        reset,
        half_a_reply,
        text(b"<html>"),
        text(b'{"data": []}'),
        text(b'{"data": [{"index": 0, "probs": null}]}'),
    ],
)
def test_a_failure_that_passes_costs_no_score(engine, connect, fault):
    served = engine()
    client = connect(served)
    served.faults = [fault, fault]
    assert ask(client) == worth_of(WHOLE)
    # The first reset tears a connection that was kept, which says nothing of the engine.
    assert client.state()["failures"] == (1 if fault is reset else 2)


def test_a_failure_that_stays_is_told(engine, connect):
    served = engine()
    client = connect(served)
    served.faults = [status(500, b'{"error": {"message": "CUDA out of memory"}}')] * 100
    with pytest.raises(ModelError, match="answered 500: CUDA out of memory"):
        ask(client)
    assert len(served.faults) == 100 - remote.RETRIES.attempts


def test_a_text_that_the_engine_refuses_is_not_asked_again(engine, connect):
    served = engine()
    client = connect(served)
    served.faults = [status(400, b'{"error": {"message": "maximum context length"}}')] * 2
    with pytest.raises(ModelError, match="maximum context length"):
        ask(client)
    assert len(served.faults) == 1


@pytest.mark.parametrize("fault", [silence, trickled_body])
def test_an_engine_that_hangs_holds_nobody_past_the_deadline(engine, connect, fault):
    served = engine()
    client = connect(served)
    served.faults = [fault] * 100
    start = time.monotonic()
    with pytest.raises(ModelError):
        ask(client, patience=0.3)
    assert time.monotonic() - start < PATIENCE / 2


def test_an_endpoint_that_died_is_left_for_the_others(stack, connect):
    with FakeEngine() as dying, FakeEngine() as living:
        client = connect(dying, living)
        ask(client)
        dying.faults = [reset] * 1000
        assert {ask(client) for _ in range(20)} == {worth_of(WHOLE)}
        assert len(living.bodies) > 20


@pytest.mark.parametrize("code", [302, 401, 403, 404])
def test_an_endpoint_that_refuses_all_at_once_costs_no_score_while_another_replies(connect, code):
    with FakeEngine() as refusing, FakeEngine() as living:
        client = connect(refusing, living)
        refusing.faults = [status(code)] * 1000
        assert {ask(client) for _ in range(20)} == {worth_of(WHOLE)}
        assert len(living.bodies) > 20


def test_endpoints_share_the_load(engine, connect):
    served = [engine(), engine()]
    client = connect(*served)
    for _ in range(10):
        ask(client)
    assert [len(one.bodies) - 1 for one in served] == [5, 5]


def test_many_threads_each_get_the_score_of_their_text(engine, connect):
    client = connect(engine())
    rollouts = [Rollout("", "", text="x" * number) for number in range(1, 400)]
    with ThreadPoolExecutor(128) as threads:
        scores = list(threads.map(lambda rollout: ask(client, rollout), rollouts))
    assert scores == [worth_of(rollout.text) for rollout in rollouts]


def test_the_key_is_sent_and_never_shown(monkeypatch, engine, connect):
    monkeypatch.setenv("RM_API_KEY", "sesame-4711")
    served = engine(key="sesame-4711")
    assert ask(connect(served)) == worth_of(WHOLE)
    served.key = "another"
    with pytest.raises(ConfigurationError, match="answered 401") as told:
        connect(served)
    assert "4711" not in str(told.value)


@pytest.mark.parametrize(
    ("urls", "options", "told"),
    [
        (("ftp://host",), {}, "rm_url"),
        (("http://me:secret@host",), {}, "rm_url"),
        ((), {}, "rm_url"),
        (("http://host",), {"api": "vllm"}, "rm_api must be one of"),
        (("http://host",), {"timeout": 0.0}, "timeout"),
    ],
)
def test_options_that_can_not_be_meant_are_told_at_start(urls, options, told):
    with pytest.raises(ConfigurationError, match=told) as error:
        ScoringEngine(EngineOptions(urls=urls, **options))
    assert "secret" not in str(error.value)


def service(served: FakeEngine, *options: str) -> Service:
    return Service(
        Settings(
            reward_type="reward_model",
            reward_option=(f"rm_url={served.url}", *options),
            workers=1,
            request_timeout=PATIENCE,
        )
    )


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/classify"])
def test_the_address_of_an_engine_may_be_given_as_others_take_it(engine, connect, suffix):
    served = engine()
    options = EngineOptions(urls=(served.url + suffix,))
    with closing(ScoringEngine(options)) as client:
        assert ask(client) == worth_of(WHOLE)


def test_the_service_scores_with_an_engine(engine):
    served = engine()
    with service(served) as running:
        scores = running.score([ROLLOUT] * 3)
        shown = running.state()["residents"]["reward_model"]
    assert [score.reward for score in scores] == [worth_of(WHOLE)] * 3
    assert shown["engine"] == f"{served.url}/classify"


def test_what_the_engine_could_not_score_is_unscored_in_the_service(engine):
    served = engine(lambda text: float("nan") if text == "nan" else worth_of(text))
    with service(served) as running:
        served.faults = []
        (nan,) = running.score([Rollout("", "", text="nan")])
        served.faults = [status(400)]
        (refused,) = running.score([Rollout("", "", text="long")])
    assert (nan.reward, nan.status) == (None, Status.ERROR)
    assert (refused.reward, refused.status) == (None, Status.UNAVAILABLE)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ((), "either reward_pretrain, a model to load here, or rm_url"),
        (("rm_url=http://127.0.0.1:1", "reward_pretrain=x"), "either"),
        (("rm_url=http://127.0.0.1:1", "chat_template=some"), "chat_template must be one of"),
        (("rm_url=http://127.0.0.1:1", "chat_template=apply", "rm_api=sglang_classify"), "applies none"),
        (("reward_pretrain=x", "max_len=1"), "max_len must be at least 2"),
        (("reward_pretrain=x", "batch_size=0"), "batch_size must be at least 1"),
        (("reward_pretrain=x", "max_batch_tokens=-1"), "max_batch_tokens must be at least 0"),
        (("reward_pretrain=x", "param_dtype=int8"), "param_dtype must be one of auto, bf16, fp16, fp32"),
        (("reward_pretrain=x", "device=tpu"), "device must be auto, cpu, cuda or cuda:N"),
        (("reward_pretrain=x", "truncation_side=middle"), "truncation_side must be one of"),
        (("reward_pretrain=x", "value_head_prefix=a.b"), "value_head_prefix must be a name"),
        (("reward_pretrain=x", "load_in_4bit=true", "param_dtype=fp16"), "computes in bf16"),
    ],
)
def test_wrong_options_are_told_when_the_service_starts(options, told):
    with pytest.raises(ConfigurationError, match=told):
        Service(Settings(reward_type="reward_model", reward_option=options, workers=1))


def test_no_thread_and_no_connection_is_left(engine):
    before = set(threading.enumerate())
    with service(engine()) as running:
        running.score([ROLLOUT])
        lanes = {thread for thread in set(threading.enumerate()) - before if "resident" in thread.name}
        assert lanes
    until(lambda: not any(thread.is_alive() for thread in lanes), "its lanes to end")


def test_bodies_are_json_that_every_engine_reads(engine, connect):
    """Requests are strict JSON: without NaN, and with half of a surrogate pair escaped."""
    served = engine(lambda text: worth_of(ascii(text)))
    assert ask(connect(served), Rollout("", "", text="\ud800")) == worth_of(ascii("\ud800"))
    assert json.loads(json.dumps(served.bodies[-1][1]))["input"] == ["\ud800"]
