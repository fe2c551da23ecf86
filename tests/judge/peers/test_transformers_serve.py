"""The judge's client in front of `transformers serve`, which silently ignores what it doesn't know."""

from __future__ import annotations

from time import monotonic

from rule_rm.judge.reading.verdicts import read_verdict

from .test_llama_cpp import MENU, PATIENCE, ask


def test_it_judges_as_the_other_server_does(serve_url, client_of, tiny_model):
    client = client_of(serve_url, model=str(tiny_model))
    client.check(monotonic() + PATIENCE)
    assert ask(client, "731", "731").text == "VERDICT: CORRECT"
    assert ask(client, "731", "713").text == "VERDICT: INCORRECT"


def test_a_schema_and_logprobs_are_ignored_and_the_verdict_is_read_all_the_same(
    serve_url, client_of, tiny_model
):
    client = client_of(serve_url, model=str(tiny_model))
    reply = ask(client, "731", "713", json_schema=MENU.schema(reasoning=False), top_logprobs=3)
    assert reply.logprobs is None
    assert read_verdict(reply, MENU, as_json=True).value == 0.0
