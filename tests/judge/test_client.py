"""The judge's client with a server that works: its requests, replies and counters."""

from __future__ import annotations

import time
from types import MappingProxyType
from typing import Any

import pytest

from rule_rm.errors import JudgeError
from rule_rm.judge import Question, Reply

from ..fakes.scripted_judge import Completion
from .conftest import Connect, Serve, ask, question

SCHEMA = {"type": "object", "properties": {"verdict": {"type": "string"}}, "required": ["verdict"]}


def test_a_question_is_sent_in_the_words_of_the_protocol(serve: Serve, connect: Connect) -> None:
    judge = serve("CORRECT")
    messages = ({"role": "system", "content": "You grade."}, {"role": "user", "content": "4?"})
    asked = Question(messages=messages, temperature=0.5, max_tokens=64, vote=3)
    reply = connect(judge).ask(asked, time.monotonic() + 20)
    assert (reply.text, reply.finish_reason, reply.is_cached) == ("CORRECT", "stop", False)
    assert judge.bodies == [
        {"model": "judge", "messages": list(messages), "temperature": 0.5, "max_tokens": 64, "seed": 3}
    ]


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_a_url_may_come_with_or_without_its_path(path: str, serve: Serve, connect: Connect) -> None:
    judge = serve()
    reply = ask(connect(judge.url.removesuffix("/v1") + path))
    assert reply.endpoint == judge.url


def test_any_text_reaches_the_judge(serve: Serve, connect: Connect) -> None:
    judge = serve()
    text = 'x\x00"\\ \u2028 𝔸 é </script>'
    ask(connect(judge), text)
    assert judge.bodies[0]["messages"][0]["content"] == text


def test_half_a_character_does_not_make_a_server_refuse_the_question(serve: Serve, connect: Connect) -> None:
    judge = serve()
    ask(connect(judge), "a\ud800b")
    assert judge.bodies[0]["messages"][0]["content"] == "a?b"


def test_images_are_passed_on(serve: Serve, connect: Connect) -> None:
    judge = serve()
    parts = [
        {"type": "text", "text": "see"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}},
    ]
    asked = Question(messages=(MappingProxyType({"role": "user", "content": parts}),))
    connect(judge).ask(asked, time.monotonic() + 20)
    assert judge.bodies[0]["messages"][0]["content"] == parts


def test_what_json_cannot_hold_is_the_callers_mistake(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    for content in ({1, 2}, float("nan")):
        with pytest.raises((TypeError, ValueError)):
            client.ask(Question(messages=({"role": "user", "content": content},)), time.monotonic() + 5)
    assert not judge.bodies


def test_the_key_is_sent_as_a_bearer_token(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_KEY", "s3cret")
    assert ask(connect(serve(key="s3cret"), api_key_env="SOME_KEY")).text == "CORRECT"


def test_more_fields_can_be_sent_and_some_left_out(serve: Serve, connect: Connect) -> None:
    judge = serve()
    extra = (
        '{"chat_template_kwargs": {"enable_thinking": false}, "max_tokens": null, "max_completion_tokens": 9}'
    )
    ask(connect(judge, extra_body=extra))
    (body,) = judge.bodies
    assert body["chat_template_kwargs"] == {"enable_thinking": False}
    assert body["max_completion_tokens"] == 9
    assert "max_tokens" not in body


@pytest.mark.parametrize(
    ("completion", "expected"),
    [
        (Completion("4", reasoning="2+2"), ("4", "2+2", "stop")),
        (Completion("The ans", finish_reason="length"), ("The ans", None, "length")),
        # All tokens went into thinking: not a fault of the server, and no better next time.
        (Completion(None, reasoning="hm", finish_reason="length"), ("", "hm", "length")),
        (Completion(None, finish_reason="content_filter"), ("", None, "content_filter")),
        (Completion("4", finish_reason=None), ("4", None, "stop")),  # fewer tokens than it was allowed
        (Completion(" 4" * 1024, finish_reason=None), (" 4" * 1024, None, "")),
        (Completion("4", finish_reason="eos_token"), ("4", None, "stop")),
        (Completion("4", finish_reason="MAX_TOKENS"), ("4", None, "length")),
        (Completion(""), ("", None, "stop")),
    ],
)
def test_what_the_judge_said_is_told_as_it_is(
    completion: Completion, expected: tuple[Any, ...], serve: Serve, connect: Connect
) -> None:
    judge = serve(lambda body: completion)
    reply = ask(connect(judge))
    assert (reply.text, reply.reasoning, reply.finish_reason) == expected
    assert len(judge.bodies) == 1


def test_logprobs_come_with_their_alternatives(serve: Serve, connect: Connect) -> None:
    judge = serve(lambda body: Completion("7", logprobs=[("7", {"7": -0.25, "8": -1.5})]))
    client = connect(judge)
    assert ask(client).logprobs is None
    assert ask(client, top_logprobs=2).logprobs == (("7", (("7", -0.25), ("8", -1.5))),)
    assert judge.bodies[1]["logprobs"] is True
    assert judge.bodies[1]["top_logprobs"] == 2


def test_tokens_and_their_cost_are_counted(serve: Serve, connect: Connect) -> None:
    client = connect(serve("one two"), price_in=1e6, price_out=2e6)
    assert (ask(client, "a b c").prompt_tokens, ask(client, "d").completion_tokens) == (3, 2)
    state = client.state()
    assert (state["prompt_tokens"], state["completion_tokens"], state["cost"]) == (4, 4, 12.0)
    assert (state["calls"], state["requests"], state["replies"], state["lost"]) == (2, 2, 2, {})
    assert (state["in_flight"], state["waiting"]) == (0, 0)


# Formats


@pytest.mark.parametrize("status", [400, 422])
def test_a_server_that_knows_no_schema_is_asked_for_json_and_then_for_text(
    status: int, serve: Serve, connect: Connect
) -> None:
    judge = serve(refuses={"json_schema": status, "json_object": status})
    client = connect(judge)
    for text in "ab":
        assert ask(client, text, json_schema=SCHEMA).text == "CORRECT"
    formats = [body.get("response_format", {}).get("type") for body in judge.bodies]
    # It is remembered: the second question goes out once.
    assert formats == ["json_schema", "json_object", None, None]
    assert judge.bodies[0]["response_format"]["json_schema"]["schema"] == SCHEMA
    assert judge.bodies[1]["response_format"]["schema"] == SCHEMA


def test_a_refusal_by_500_is_believed_the_second_time(serve: Serve, connect: Connect) -> None:
    judge = serve(refuses={"json_schema": 500})
    client = connect(judge)
    for text in "abc":
        assert ask(client, text, json_schema=SCHEMA).text == "CORRECT"
    formats = [body["response_format"]["type"] for body in judge.bodies]
    assert formats == ["json_schema", "json_object", "json_schema", "json_object", "json_object"]
    assert client.state()["failures"] == {}


def test_a_schema_that_worked_is_not_given_up_for_an_error(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    ask(client, "a", json_schema=SCHEMA)
    judge.refuses = {"json_schema": 400}
    with pytest.raises(JudgeError, match="400: response_format json_schema is not supported"):
        ask(client, "b", json_schema=SCHEMA)
    judge.refuses = {}
    ask(client, "c", json_schema=SCHEMA)
    assert [body["response_format"]["type"] for body in judge.bodies] == ["json_schema"] * 3


def test_what_a_server_refuses_in_any_format_is_the_questions_fault(serve: Serve, connect: Connect) -> None:
    judge = serve(refuses={"json_schema": 400, "json_object": 400, "text": 400})
    client = connect(judge)
    with pytest.raises(JudgeError, match="400"):
        ask(client, "too long", json_schema=SCHEMA)
    judge.refuses = {}
    ask(client, "short", json_schema=SCHEMA)
    assert judge.bodies[-1]["response_format"]["type"] == "json_schema"


def test_each_schema_is_found_out_for_itself(serve: Serve, connect: Connect) -> None:
    judge = serve(refuses={"json_schema": 400})
    client = connect(judge)
    ask(client, "a", json_schema=SCHEMA)
    judge.refuses = {}
    ask(client, "b", json_schema={"type": "array"})
    assert judge.bodies[-1]["response_format"]["type"] == "json_schema"


def test_a_question_without_a_schema_has_no_format(serve: Serve, connect: Connect) -> None:
    judge = serve()
    ask(connect(judge))
    assert "response_format" not in judge.bodies[0]


# Endpoints


def test_endpoints_share_the_questions(serve: Serve, connect: Connect) -> None:
    first, second = serve(), serve()
    client = connect(first, second)
    for number in range(10):
        ask(client, str(number))
    assert [len(judge.bodies) for judge in (first, second)] == [5, 5]


def test_a_reply_says_who_gave_it(serve: Serve, connect: Connect) -> None:
    judge = serve()
    reply = ask(connect(judge))
    assert reply == Reply("CORRECT", None, "stop", None, 3, 1, judge.url)


def test_nothing_is_asked_once_the_client_is_closed(serve: Serve, connect: Connect) -> None:
    judge = serve()
    client = connect(judge)
    client.close()
    with pytest.raises(JudgeError, match="closed"):
        client.ask(question(), time.monotonic() + 5)
    assert not judge.bodies
